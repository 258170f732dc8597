"""Mailboxes: named in the settings or connected in the web, changed, let go; and who of them ails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.actions import agents, mailboxes
from helpdesk.actions.desks import NotUsable
from helpdesk.db import Database
from helpdesk.models import Event, InboundMail, Mailbox
from helpdesk.queries import mailboxes as find
from helpdesk.queries.mailboxes import Account, account_of
from helpdesk.settings import Settings

ACCOUNT = Account("imap.example.org", 993, "imaps", "help", "a secret", "INBOX")


@pytest.fixture()
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@contextmanager
def configured(settings: Settings, *urls: str) -> Iterator[Session]:
    """The same installation with these URLs in its settings."""
    database = Database(settings.model_copy(update={"imap_url": tuple(map(SecretStr, urls))}))
    with closing(database), database.transaction() as session:
        yield session


def events(session: Session) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    return [(e.deed, e.thing, e.before, e.after) for e in session.scalars(select(Event).order_by(Event.id))]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("imaps://u:p@h.example", Account("h.example", 993, "imaps", "u", "p", "INBOX")),
        ("imaps://u%40d.example:p%2C%3A%40@h.example:994/Re%20ply/B%C3%BCro", Account("h.example", 994, "imaps", "u@d.example", "p,:@", "Re ply/Büro")),
        ("imaps://u@d.example:p@h.example/", Account("h.example", 993, "imaps", "u@d.example", "p", "INBOX")),
        ("imap://u:p@h.example?tls=starttls", Account("h.example", 143, "starttls", "u", "p", "INBOX")),
        ("imap://u:p@h.example/X?tls=none", Account("h.example", 143, "none", "u", "p", "X")),
        ("imap://u:p@127.0.0.1:1143", Account("127.0.0.1", 1143, "none", "u", "p", "INBOX")),
        ("imap://u:p@localhost?tls=starttls", Account("localhost", 143, "starttls", "u", "p", "INBOX")),
    ],
)  # fmt: skip
def test_a_url_says_where_the_mailbox_is_and_how_to_get_in(url: str, expected: Account) -> None:
    assert account_of(url) == expected


def test_an_account_never_shows_its_password() -> None:
    assert "a secret" not in repr(ACCOUNT)
    assert ACCOUNT.name == "help@imap.example.org:993/INBOX"


def test_the_settings_connect_mailboxes_and_keep_their_passwords_to_themselves(
    settings: Settings, database: Database, monday: datetime
) -> None:
    with configured(settings, "imaps://help:one@a.example", "imaps://sales:two@b.example/New") as session:
        for _ in range(2):
            mailboxes.sync_from_settings(session, now=monday)
        first, second = find.active(session)
        assert (first.name, first.from_settings, first.take) == ("help@a.example:993/INBOX", True, "new")
        assert (first.password_locked, second.password_locked) == (None, None)
        assert [find.account(session, box).password for box in (first, second)] == ["one", "two"]
        assert [deed for deed, *_ in events(session)] == ["mailbox-added", "mailbox-added"]


def test_a_mailbox_that_vanished_from_the_settings_rests_and_keeps_its_place(
    settings: Settings, database: Database, monday: datetime
) -> None:
    url = "imaps://help:one@a.example"
    with configured(settings, url) as session:
        mailboxes.sync_from_settings(session, now=monday)
        mailboxes.opened(session, find.active(session)[0], uidvalidity=7, uidnext=50)
    with configured(settings) as session:
        mailboxes.sync_from_settings(session, now=monday + timedelta(days=1))
        assert find.active(session) == []
        [box] = find.everyone(session)
        with pytest.raises(ValueError, match="HOLDLINE_IMAP_URL"):
            find.account(session, box)
    with configured(settings, url) as session:
        mailboxes.sync_from_settings(session, now=monday + timedelta(days=2))
        [box] = find.active(session)
        assert (box.uidvalidity, box.floor_uid, box.connected_at) == (7, 50, monday)
        assert [deed for deed, *_ in events(session)] == ["mailbox-added", "mailbox-removed", "mailbox-added"]


def test_a_mailbox_of_the_web_is_not_touched_by_the_settings(settings: Settings, database: Database, monday: datetime) -> None:
    with configured(settings, "imaps://other:p@a.example") as session:
        box = mailboxes.add(session, ACCOUNT, agent=None, now=monday)
        mailboxes.sync_from_settings(session, now=monday)
        assert box.active
        assert not box.from_settings


def test_a_password_from_the_web_is_stored_encrypted(session: Session, monday: datetime) -> None:
    box = mailboxes.add(session, ACCOUNT, agent=None, now=monday, take="30")
    assert box.password_locked is not None
    assert "a secret" not in box.password_locked
    assert find.account(session, box) == ACCOUNT
    assert (box.take, box.connected_at, box.active) == ("30", monday, True)


def test_who_connected_changed_and_removed_a_mailbox_is_written_down_without_its_password(
    session: Session, monday: datetime
) -> None:
    carol = agents.create(session, "carol@corp.example", "Carol", role="admin", now=monday)
    box = mailboxes.add(session, ACCOUNT, agent=carol, now=monday)
    mailboxes.change(session, box, {"password": "another one", "take": "all"}, agent=carol, now=monday)
    mailboxes.remove(session, box, agent=carol, now=monday)
    said = events(session)[1:]
    assert said == [
        ("mailbox-added", f"mailbox {box.id}", {}, {"name": ACCOUNT.name, "take": "new"}),
        (
            "mailbox-changed",
            f"mailbox {box.id}",
            {"tls": "imaps", "take": "new"},
            {"tls": "imaps", "take": "all", "password": "changed"},
        ),
        ("mailbox-removed", f"mailbox {box.id}", {"name": ACCOUNT.name}, {}),
    ]
    assert all(event.agent is carol for event in session.scalars(select(Event).where(Event.thing == f"mailbox {box.id}")))


def test_an_empty_password_field_changes_no_password(session: Session, monday: datetime) -> None:
    box = mailboxes.add(session, ACCOUNT, agent=None, now=monday)
    mailboxes.change(session, box, {"password": "", "take": "7"}, agent=None, now=monday)
    assert find.account(session, box).password == "a secret"
    assert box.take == "7"


def test_a_removed_mailbox_forgets_its_password_and_can_be_connected_again(session: Session, monday: datetime) -> None:
    box = mailboxes.add(session, ACCOUNT, agent=None, now=monday)
    mailboxes.opened(session, box, uidvalidity=7, uidnext=50)
    mailboxes.remove(session, box, agent=None, now=monday)
    assert box.password_locked is None
    assert find.active(session) == []
    later = monday + timedelta(days=30)
    again = mailboxes.add(session, ACCOUNT, agent=None, now=later, take="7")
    assert again is box
    assert (again.active, again.take, again.connected_at, again.floor_uid) == (True, "7", later, None)


def test_a_mailbox_is_connected_once(session: Session, monday: datetime) -> None:
    mailboxes.add(session, ACCOUNT, agent=None, now=monday)
    with pytest.raises(NotUsable) as refused:
        mailboxes.add(session, ACCOUNT, agent=None, now=monday)
    assert refused.value.field == "username"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "no server"),
        ("host", ""),
        ("host", "a.example/x"),
        ("port", 0),
        ("port", 65536),
        ("tls", "none"),
        ("tls", "ssl3"),
        ("username", ""),
        ("username", "help\r\nA1 LOGOUT"),
        ("password", "x\0"),
        ("password", ""),
        ("folder", "INBOX\nA1 DELETE INBOX"),
    ],
)
def test_what_could_not_work_or_would_do_harm_is_refused_by_its_field(
    session: Session, monday: datetime, field: str, value: object
) -> None:
    with pytest.raises(NotUsable) as refused:
        mailboxes.add(session, replace(ACCOUNT, **{field: value}), agent=None, now=monday)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert session.scalar(select(Mailbox.id)) is None


def test_without_tls_only_on_the_same_machine(session: Session, monday: datetime) -> None:
    local = Account("127.0.0.1", 1143, "none", "help", "a secret")
    assert mailboxes.add(session, local, agent=None, now=monday).tls == "none"


def test_an_unknown_choice_of_old_mail_is_refused(session: Session, monday: datetime) -> None:
    with pytest.raises(NotUsable) as refused:
        mailboxes.add(session, ACCOUNT, agent=None, now=monday, take="yesterday")
    assert refused.value.field == "take"


def test_host_user_and_folder_do_not_change_and_what_the_settings_say_is_changed_there(
    settings: Settings, database: Database, monday: datetime
) -> None:
    with configured(settings, "imaps://help:one@a.example") as session:
        mailboxes.sync_from_settings(session, now=monday)
        named, typed = find.active(session)[0], mailboxes.add(session, ACCOUNT, agent=None, now=monday)
        for box, field in [(typed, "host"), (typed, "folder"), (named, "password"), (named, "tls")]:
            with pytest.raises(NotUsable) as refused:
                mailboxes.change(session, box, {field: "x"}, agent=None, now=monday)
            assert refused.value.field == field
        mailboxes.change(session, named, {"take": "all"}, agent=None, now=monday)
        assert named.take == "all"
        with pytest.raises(NotUsable):
            mailboxes.remove(session, named, agent=None, now=monday)


def kept(session: Session, box: Mailbox, uid: int, at: datetime) -> None:
    """A message of the present numbering."""
    mail = InboundMail(door="imap", peer=box.name, sender="", received_at=at, sha256=blobs.keep(session, b"x"), size=1)
    mail.mailbox_id, mail.uidvalidity, mail.uid = box.id, box.uidvalidity, uid
    session.add(mail)
    session.flush()


def test_the_first_opening_draws_the_line_between_old_and_new_and_later_ones_leave_it(session: Session, monday: datetime) -> None:
    box = mailboxes.add(session, ACCOUNT, agent=None, now=monday)
    mailboxes.opened(session, box, uidvalidity=7, uidnext=50)
    kept(session, box, 50, monday)
    mailboxes.opened(session, box, uidvalidity=7, uidnext=51)
    assert (box.uidvalidity, box.floor_uid) == (7, 50)
    assert find.kept_uids(session, box) == {50}
    assert not find.renumbered(session, box)


def test_another_uidvalidity_makes_all_uids_void(session: Session, monday: datetime) -> None:
    box = mailboxes.add(session, ACCOUNT, agent=None, now=monday)
    mailboxes.opened(session, box, uidvalidity=7, uidnext=50)
    kept(session, box, 50, monday)
    mailboxes.opened(session, box, uidvalidity=8, uidnext=3)
    assert (box.uidvalidity, box.floor_uid) == (8, 3)
    assert find.kept_uids(session, box) == set()
    assert find.renumbered(session, box)


def test_uids_that_start_again_under_the_same_uidvalidity_are_another_numbering_and_stay_it(
    session: Session, monday: datetime
) -> None:
    box = mailboxes.add(session, ACCOUNT, agent=None, now=monday)
    mailboxes.opened(session, box, uidvalidity=7, uidnext=50)
    kept(session, box, 50, monday)
    for uidnext in (20, 21, 60):
        mailboxes.opened(session, box, uidvalidity=7, uidnext=uidnext)
        assert (box.uidvalidity, box.floor_uid) == (7 + 2**32, 20)
        assert find.renumbered(session, box)


def test_a_mailbox_ails_that_is_in_trouble_or_has_been_silent_for_ten_minutes(session: Session, monday: datetime) -> None:
    boxes = [
        mailboxes.add(session, Account("a.example", 993, "imaps", user, "x"), agent=None, now=monday)
        for user in ("well", "troubled", "silent", "never", "let go")
    ]
    well, troubled, silent, _never, gone = boxes
    later = monday + timedelta(minutes=10)
    for box in (well, troubled):
        mailboxes.checked(session, box, trouble=None, now=later)
    mailboxes.failed(session, troubled, trouble="The password is wrong.")
    mailboxes.checked(session, silent, trouble=None, now=monday)
    mailboxes.remove(session, gone, agent=None, now=monday)
    session.flush()
    assert [box.username for box in find.ailing(session, now=later)] == ["troubled", "silent", "never"]
    assert [box.username for box in find.ailing(session, now=later - timedelta(microseconds=1))] == ["troubled"]
    mailboxes.checked(session, troubled, trouble=None, now=later)
    assert troubled not in find.ailing(session, now=later)
