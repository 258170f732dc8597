"""Connecting mailboxes: look first, ask what is to be taken of what lies there, and say what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text

from helpdesk import clock
from helpdesk.actions import mailboxes
from helpdesk.db import Database
from helpdesk.models import Mailbox
from helpdesk.queries import mailboxes as find
from helpdesk.queries.mailboxes import Account
from helpdesk.web import Extras
from tests.web.browsing import Browser, open_pages, words_of

SERVER = {
    "host": "imap.example.org", "port": "", "tls": "imaps", "username": "help@example.org", "password": "open sesame",
    "password_locked": "", "folder": "",
}  # fmt: skip


@dataclass
class Look:
    """The bridge's eyes: remembers who asked for what, and answers what it was told to."""

    count: int = 4312
    oldest: datetime | None = datetime(2024, 3, 3, tzinfo=UTC)
    folders: tuple[str, ...] = ("INBOX", "Archive")
    idle: bool = True
    trouble: str | None = None
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def __call__(self, account: Account) -> Look:
        self.asked.append((account.host, account.port, account.tls, account.username, account.password, account.folder))
        return self


@pytest.fixture()
def look() -> Look:
    return Look()


@pytest.fixture()
def app(database: Database, look: Look) -> Flask:
    return open_pages(database, Extras(look_into_mailbox=look))


@pytest.fixture()
def ada(browser) -> Browser:
    return browser("ada")


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    form = page.split('<form class="card form"')[1].split("</form>")[0]
    pairs = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', form)
    return {name: value for name, value in pairs if name != "csrf_token"}


def only_mailbox(database: Database) -> Mailbox | None:
    with database.reading() as session:
        found = session.scalars(select(Mailbox)).one_or_none()
        session.expunge_all()
        return found


def connected(database: Database, *, take: str = "new") -> int:
    with database.transaction() as session:
        account = Account("imap.example.org", 993, "imaps", "help@example.org", "open sesame")
        return mailboxes.add(session, account, agent=None, now=clock.now(), take=take).id


def test_a_mailbox_that_is_already_full_shows_its_count_and_asks(ada, look, database) -> None:
    page = ada.post("/settings/mailboxes/look", SERVER)
    words = words_of(page)
    assert "4,312 messages lie there, the oldest of 3 March 2024." in words
    assert "INBOX, Archive" in words
    assert "arrives at once (IDLE)" in words
    assert re.search(r'name="take" value="new" checked', page.text), "mail from now on is what one gets without a choice"
    assert look.asked == [("imap.example.org", 993, "imaps", "help@example.org", "open sesame", "INBOX")]
    assert only_mailbox(database) is None, "a look changes nothing"


@pytest.mark.parametrize(
    ("answer", "take"),
    [({"take": "new", "days": "30"}, "new"), ({"take": "days", "days": " 14 "}, "14"), ({"take": "all", "days": ""}, "all")],
)
def test_the_answer_decides_what_is_taken(ada, database, answer, take) -> None:
    form = hidden(ada.post("/settings/mailboxes/look", SERVER).text)
    done = ada.post("/settings/mailboxes", {**form, **answer}, follow_redirects=True)
    assert "help@example.org@imap.example.org:993/INBOX is connected." in words_of(done)
    mailbox = only_mailbox(database)
    assert mailbox is not None
    assert (mailbox.take, mailbox.active, mailbox.host, mailbox.folder) == (take, True, "imap.example.org", "INBOX")
    with database.reading() as session:
        assert find.account(session, mailbox).password == "open sesame"


def test_an_empty_mailbox_asks_nothing(ada, look, database) -> None:
    look.count, look.oldest = 0, None
    page = ada.post("/settings/mailboxes/look", SERVER)
    assert "The folder is empty." in words_of(page)
    assert 'type="radio"' not in page.text
    ada.post("/settings/mailboxes", hidden(page.text))
    assert only_mailbox(database).take == "new"


def test_no_page_ever_holds_a_password_in_the_clear(ada, look, database) -> None:
    look.trouble = "imap.example.org refused the user name or the password."
    assert "open sesame" not in ada.post("/settings/mailboxes/look", SERVER).text
    look.trouble = None
    assert "open sesame" not in ada.post("/settings/mailboxes/look", SERVER).text
    assert "open sesame" not in ada.get(f"/settings/mailboxes/{connected(database)}").text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(ada, look, database) -> None:
    look.trouble = "imap.example.org refused the user name or the password."
    page = ada.post("/settings/mailboxes/look", {**SERVER, "folder": "Complaints"})
    assert "The mailbox does not open. imap.example.org refused the user name or the password." in words_of(page)
    for typed in ("imap.example.org", "help@example.org", "Complaints"):
        assert f'value="{typed}"' in page.text
    look.trouble = None
    again = {**SERVER, "username": "desk@example.org", "password": "", "password_locked": hidden(page.text)["password_locked"]}
    assert "The mailbox opens." in words_of(ada.post("/settings/mailboxes/look", again))
    assert look.asked[-1][3:5] == ("desk@example.org", "open sesame"), "the password need not be typed twice"


@pytest.mark.parametrize(
    ("wrong", "name", "sentence"),
    [
        ({"host": "no server"}, "host", "“no server” is not the name of a server, like imap.example.org."),
        ({"host": "100%d"}, "host", "“100%d” is not the name of a server"),
        ({"port": "many"}, "port", "A port is a number"),
        ({"port": "70000"}, "port", "70000 is not a port."),
        ({"tls": "none"}, "tls", "The password would travel in the clear"),
        ({"tls": "ssl3"}, "port", "A port is a number"),
        ({"username": ""}, "username", "Something is missing here"),
        ({"password": ""}, "password", "Something is missing here"),
        ({"password": "", "password_locked": "made up"}, "password", "Something is missing here"),
        ({"folder": "a\nb"}, "folder", "control characters"),
    ],
)
def test_what_cannot_work_is_refused_before_any_server_is_asked(ada, look, wrong, name, sentence) -> None:
    page = ada.post("/settings/mailboxes/look", {**SERVER, **wrong})
    assert page.status_code == 422
    assert f'href="#f-{name}"' in page.text
    assert sentence in words_of(page)
    assert look.asked == []


def test_a_number_of_days_that_is_none_is_asked_for_again(ada, database) -> None:
    form = hidden(ada.post("/settings/mailboxes/look", SERVER).text)
    for days in ("", "0", "-3", "many", "100000"):
        page = ada.post("/settings/mailboxes", {**form, "take": "days", "days": days})
        assert page.status_code == 422
        words = words_of(page)
        assert "Write a number of days, from 1 to 9999." in words
        assert "4,312 messages lie there" in words, "the question stands as it was asked"
    assert ada.post("/settings/mailboxes", {**form, "take": "some", "days": ""}).status_code == 422
    assert only_mailbox(database) is None


def test_a_mailbox_is_not_connected_twice(ada, database) -> None:
    connected(database)
    form = hidden(ada.post("/settings/mailboxes/look", SERVER).text)
    page = ada.post("/settings/mailboxes", {**form, "take": "new", "days": "30"})
    assert page.status_code == 422
    assert "is connected already." in words_of(page)


def test_a_mailbox_gets_another_password_and_another_answer(ada, database) -> None:
    path = f"/settings/mailboxes/{connected(database)}"
    form = {"tls": "starttls", "password": "", "take": "days", "days": "7"}
    assert "Saved." in words_of(ada.post(path, form, follow_redirects=True))
    with database.reading() as session:
        mailbox = session.scalars(select(Mailbox)).one()
        assert (mailbox.tls, mailbox.take, find.account(session, mailbox).password) == ("starttls", "7", "open sesame")
    ada.post(path, {**form, "password": "another"})
    with database.reading() as session:
        assert find.account(session, session.scalars(select(Mailbox)).one()).password == "another"
    assert ada.post(path, {**form, "tls": "none"}).status_code == 422
    assert ada.post(path, {**form, "host": "evil.example"}).status_code == 400


def test_the_connection_is_tested_as_it_would_be_after_saving(ada, look, database) -> None:
    path = f"/settings/mailboxes/{connected(database)}/test"
    form = {"tls": "starttls", "password": "", "take": "new", "days": "30"}
    assert "The mailbox opens. 4,312 messages lie there" in words_of(ada.post(path, form))
    assert look.asked[-1] == ("imap.example.org", 993, "starttls", "help@example.org", "open sesame", "INBOX")
    look.trouble = "imap.example.org does not answer."
    assert "imap.example.org does not answer." in words_of(ada.post(path, {**form, "password": "new one"}))
    assert look.asked[-1][4] == "new one"
    assert ada.post(path, {**form, "tls": "none"}).status_code == 422
    assert len(look.asked) == 2, "no password is ever sent in the clear, not for a test either"
    assert only_mailbox(database).tls == "imaps"


def test_no_lock_is_held_while_a_server_is_waited_for(ada, look, database) -> None:
    def writes(_account: Account) -> Look:
        with database.transaction() as session:  # would wait for the page's own transaction, and fail
            session.execute(text("UPDATE agent SET notify = notify"))
        return look

    quick = Database(database.house.settings)
    window = Browser(open_pages(quick, Extras(look_into_mailbox=writes)))
    window.log_in("ada@example.org")
    assert "The mailbox opens." in words_of(window.post("/settings/mailboxes/look", SERVER))
    quick.close()


def test_a_mailbox_is_let_go_and_its_password_forgotten(ada, database) -> None:
    path = f"/settings/mailboxes/{connected(database)}"
    assert "Nothing is fetched from" in words_of(ada.post(f"{path}/remove", follow_redirects=True))
    mailbox = only_mailbox(database)
    assert (mailbox.active, mailbox.password_locked) == (False, None)
    assert "let go" in words_of(ada.get("/settings/mailboxes"))
    assert "Nothing is fetched from here." in words_of(ada.get(path))


def test_a_mailbox_of_the_settings_is_shown_and_only_its_answer_is_changed(ada, database) -> None:
    mailbox_id = connected(database)
    with database.transaction() as session:
        mailbox = session.get_one(Mailbox, mailbox_id)
        mailbox.from_settings, mailbox.password_locked = True, None
    path = f"/settings/mailboxes/{mailbox_id}"
    page = ada.get(path)
    assert "HOLDLINE_IMAP_URL" in page.text
    assert 'type="password"' not in page.text
    assert ada.post(path, {"take": "all", "days": "30"}).status_code == 303
    assert only_mailbox(database).take == "all"
    assert ada.post(f"{path}/remove").status_code == 404
    assert "The password of this mailbox is not in HOLDLINE_IMAP_URL any more." in words_of(
        ada.post(f"{path}/test", {"take": "all", "days": "30"})
    )


def test_trouble_stands_in_the_list(ada, database) -> None:
    mailbox_id = connected(database)
    with database.transaction() as session:
        session.get_one(Mailbox, mailbox_id).trouble = "imap.example.org does not answer."
    words = words_of(ada.get("/settings/mailboxes"))
    assert "Trouble imap.example.org does not answer." in words


def test_a_process_without_a_bridge_says_so(database, staff) -> None:
    window = Browser(open_pages(database))
    window.log_in("ada@example.org")
    assert "This process cannot look into mailboxes." in words_of(window.post("/settings/mailboxes/look", SERVER))
