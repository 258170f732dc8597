"""One's own account, and the ways to a password for whoever has none or forgot it."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import agents, desks, throttles
from helpdesk.db import Database
from helpdesk.models import Agent, OutboxMail, PasswordLink
from tests.web.browsing import PASSWORD, Browser, words_of

NEW = "a much better horse"


def sent_token(database: Database, recipient: str = "bob@example.org") -> str:
    """The token in the newest mail to somebody: what their link ends with."""
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.recipient == recipient).order_by(OutboxMail.id.desc())).first()
        assert mail is not None
        return database.house.keys.unlock(mail.words["token"])


def mails(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(mail.kind, mail.recipient) for mail in session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


def agent(database: Database, email: str = "bob@example.org") -> Agent:
    with database.reading() as session:
        found = session.scalars(select(Agent).where(Agent.email == email)).one()
        session.expunge(found)
        return found


# ── the account ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_changes_name_language_and_notifications(browser, database) -> None:
    bob = browser("bob")
    answer = bob.post("/account", {"name": "Bob  Baker", "formal_name": "Herr Baker", "language": "de"}, follow_redirects=True)
    assert "Gespeichert." in words_of(answer)
    assert 'value="Bob Baker"' in answer.text
    assert '<html lang="de"' in answer.text
    found = agent(database)
    assert (found.name, found.formal_name, found.language, found.notify) == ("Bob Baker", "Herr Baker", "de", False)


def test_the_theme_belongs_to_the_browser_and_goes_back_to_the_systems(browser) -> None:
    bob, form = browser("bob"), {"name": "Bob", "language": "", "notify": "1"}
    assert "data-theme" not in bob.get("/account").text
    bob.post("/account", {**form, "theme": "dark"})
    assert 'data-theme="dark"' in bob.get("/people").text
    assert "data-theme" not in browser("bob").get("/people").text
    bob.post("/account", {**form, "theme": ""})
    assert "data-theme" not in bob.get("/people").text


@pytest.mark.parametrize(
    ("wrong", "field"), [({"name": " "}, "name"), ({"language": "fr"}, "language"), ({"theme": "neon"}, "theme")]
)
def test_what_cannot_be_is_refused_at_its_field(browser, database, wrong, field) -> None:
    answer = browser("bob").post("/account", {"name": "Robert", "language": "de", "theme": "", "notify": "1", **wrong})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert agent(database).name == "Bob"


def test_nobody_makes_themselves_an_admin(browser, database) -> None:
    form = {"name": "Bob", "language": "", "theme": "", "notify": "1"}
    for more in ({"role": "admin"}, {"active": "1"}, {"email": "mallory@example.org"}):
        assert browser("bob").post("/account", {**form, **more}).status_code == 400
    assert agent(database).role == "agent"


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/log-out-everywhere"])
def test_the_account_needs_a_log_in_and_the_token_of_the_form(browser, path) -> None:
    assert browser("bob").client.post(path, data={}).status_code == 403
    nobody = browser()
    assert nobody.post(path).status_code == 401
    if "log-out" not in path:
        assert nobody.get(path).status_code == 302


def test_a_new_password_ends_all_other_log_ins_but_not_this_one(browser, database) -> None:
    here, elsewhere = browser("bob"), browser("bob")
    answer = here.post("/account/password", {"current": PASSWORD, "password": NEW, "again": NEW}, follow_redirects=True)
    assert "Your password is changed." in words_of(answer)
    assert here.get("/people").status_code == 200
    assert elsewhere.get("/people").status_code == 302
    assert browser().log_in("bob@example.org").status_code == 401
    assert browser().log_in("bob@example.org", NEW).status_code == 303


@pytest.mark.parametrize(
    ("form", "field", "status"),
    [
        ({"current": "a wrong guess", "password": NEW, "again": NEW}, "current", 403),
        ({"current": PASSWORD, "password": NEW, "again": NEW + "!"}, "again", 422),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "password", 422),
    ],
)
def test_a_password_that_will_not_do_is_refused_at_its_field_and_never_shown(browser, form, field, status) -> None:
    bob = browser("bob")
    answer = bob.post("/account/password", form)
    assert answer.status_code == status
    assert f'href="#f-{field}"' in answer.text
    assert not any(value in answer.text for value in form.values() if value != "short")
    assert bob.get("/people").status_code == 200
    assert browser().log_in("bob@example.org").status_code == 303


def test_wrong_guesses_at_the_present_password_are_counted(browser) -> None:
    bob, form = browser("bob"), {"current": "a wrong guess", "password": NEW, "again": NEW}
    with clock.freeze(clock.now()):
        answers = [bob.post("/account/password", form).status_code for _ in range(throttles.FREE_TRIES + 1)]
        assert answers == [403] * throttles.FREE_TRIES + [429]
        assert bob.post("/account/password", {**form, "current": PASSWORD}).status_code == 429


def test_logging_out_everywhere_ends_every_log_in(browser) -> None:
    here, elsewhere = browser("bob"), browser("bob")
    assert here.post("/account/log-out-everywhere").headers["Location"] == "/"
    assert here.get("/people").status_code == 302
    assert elsewhere.get("/people").status_code == 302


# ── invitation and reset ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_leads_to_a_password_and_into_the_desk(browser, database) -> None:
    ada, dora = browser("ada"), browser()
    ada.post("/settings/agents", {"name": "Dora", "email": "dora@example.org", "role": "agent", "language": ""})
    path = f"/password/{sent_token(database, 'dora@example.org')}"
    assert "Welcome, Dora. You log in with dora@example.org" in words_of(dora.get(path))
    answer = dora.post(path, {"password": NEW, "again": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cases")
    assert dora.get("/people").status_code == 200
    assert browser().log_in("dora@example.org", NEW).status_code == 303


def test_a_forgotten_password_is_replaced_by_the_link_that_was_mailed(browser, database) -> None:
    elsewhere, bob = browser("bob"), browser()
    assert '<a href="/forgot">' in bob.get("/").text
    answer = bob.post("/forgot", {"email": " Bob@Example.org "}, follow_redirects=True)
    assert "Look into your mailbox." in words_of(answer)
    assert mails(database) == [("reset", "bob@example.org")]
    path = f"/password/{sent_token(database)}"
    assert "For bob@example.org." in words_of(bob.get(path))
    assert bob.post(path, {"password": NEW, "again": NEW}).status_code == 303
    assert elsewhere.get("/people").status_code == 302, "log-ins with the old password end"
    assert browser().log_in("bob@example.org", NEW).status_code == 303


def test_looking_at_a_link_uses_nothing_up_but_choosing_a_password_does(browser, database) -> None:
    bob = browser()
    bob.post("/forgot", {"email": "bob@example.org"})
    path = f"/password/{sent_token(database)}"
    for _ in range(3):
        assert bob.get(path).status_code == 200
        assert bob.client.head(path).status_code == 200
    assert bob.post(path, {"password": "short", "again": "short"}).status_code == 422
    assert bob.post(path, {"password": NEW, "again": "something else"}).status_code == 422
    assert bob.post(path, {"password": NEW, "again": NEW}).status_code == 303
    second = browser()
    assert second.get(path).status_code == 410
    assert second.post(path, {"password": NEW + "2", "again": NEW + "2"}).status_code == 410
    assert second.log_in("bob@example.org", NEW).status_code == 303


@pytest.mark.parametrize(("life", "status"), [(agents.RESET - timedelta(seconds=1), 200), (agents.RESET, 410)])
def test_a_link_works_for_half_an_hour(browser, database, life, status) -> None:
    bob, start = browser(), clock.now()
    with clock.freeze(start):
        bob.post("/forgot", {"email": "bob@example.org"})
    with clock.freeze(start + life):
        answer = bob.get(f"/password/{sent_token(database)}")
    assert answer.status_code == status
    assert ("This link works no more" in words_of(answer)) is (status == 410)


def test_a_link_dies_with_its_agent(browser, database) -> None:
    bob = browser()
    bob.post("/forgot", {"email": "bob@example.org"})
    with database.transaction() as session:
        ada = session.scalars(select(Agent).where(Agent.email == "ada@example.org")).one()
        agents.change(session, session.get_one(Agent, agent(database).id), {"active": False}, by=ada, now=clock.now())
    assert bob.get(f"/password/{sent_token(database)}").status_code == 410
    bob.post("/forgot", {"email": "bob@example.org"})
    assert len(mails(database)) == 1


def test_a_made_up_link_opens_nothing(browser) -> None:
    window = browser()
    for token in ("x", "x" * 2000, "%00", "é"):
        assert window.get(f"/password/{token}").status_code == 410
        assert window.post(f"/password/{token}", {"password": NEW, "again": NEW}).status_code == 410


def test_the_answer_does_not_tell_who_works_here(browser, database) -> None:
    known, unknown = (browser().post("/forgot", {"email": f"{name}@example.org"}) for name in ("bob", "nobody"))
    assert (known.status_code, known.headers["Location"], known.data) == (
        unknown.status_code,
        unknown.headers["Location"],
        unknown.data,
    )
    assert mails(database) == [("reset", "bob@example.org")]


def test_the_time_of_the_answer_does_not_tell_who_works_here(browser) -> None:
    """Within ten milliseconds of work; what a busy machine adds tells nobody anything."""
    window = browser()
    token = window.token()
    spent: dict[str, list[float]] = {"bob": [], "nobody": []}
    for _ in range(throttles.FREE_TRIES):
        for name, times in spent.items():
            began = time.thread_time()
            window.client.post("/forgot", data={"csrf_token": token, "email": f"{name}@example.org"})
            times.append(time.thread_time() - began)
    assert abs(statistics.median(spent["bob"]) - statistics.median(spent["nobody"])) < 0.010


def test_asking_again_and_again_gets_slow_whether_or_not_somebody_works_here(browser) -> None:
    with clock.freeze(clock.now()):
        for name in ("bob", "nobody"):
            window = browser()
            answers = [
                window.post("/forgot", {"email": f"{name}@example.org"}).status_code for _ in range(throttles.FREE_TRIES + 1)
            ]
            assert answers == [303] * throttles.FREE_TRIES + [429]


def test_a_link_is_not_asked_for_by_somebody_elses_page(browser, database) -> None:
    window = browser()
    window.get("/forgot")
    assert window.client.post("/forgot", data={"email": "bob@example.org"}).status_code == 403
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert window.post("/forgot", {"email": "bob@example.org"}, headers=headers).status_code == 403
    assert mails(database) == []


def test_an_agent_of_a_desks_own_address_cannot_be(database, staff) -> None:
    """W7: a reset would otherwise go into a case."""
    with database.transaction() as session, pytest.raises(desks.NotUsable):
        agents.create(session, "re-x@reply.example.org", "Case", role="agent", now=clock.now())


def test_what_is_stored_of_a_link_opens_nothing(browser, database) -> None:
    window = browser()
    window.post("/forgot", {"email": "bob@example.org"})
    with database.reading() as session:
        digest = session.scalars(select(PasswordLink.digest)).one()
    assert window.get(f"/password/{digest}").status_code == 410


def test_who_is_being_attacked_still_gets_in_by_the_log_in_form(browser, database) -> None:
    bob = browser()
    with clock.freeze(clock.now()):
        for _ in range(throttles.FREE_TRIES):
            Browser(bob.client.application).log_in("bob@example.org", "a guess")
        bob.post("/forgot", {"email": "bob@example.org"})
        answer = bob.post(f"/password/{sent_token(database)}", {"password": NEW, "again": NEW}, follow_redirects=True)
    assert "Your password is set. Please log in." in words_of(answer)
