"""Deeds by a click: assign, solve, reopen, addresses, who takes part, send once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from helpdesk import clock, db
from helpdesk.actions import agents, cases, deliveries, entries
from helpdesk.models import Agent, Case, OutboxMail, ReplyAddress
from helpdesk.queries import addresses as find
from tests.web.browsing import Browser, anna_writes, offered, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def number(browser: Windows, database: db.Database, monday: datetime) -> int:
    """A case of Anna's."""
    browser()
    return anna_writes(database)


def test_an_agent_takes_a_case_and_can_take_that_back(
    browser: Windows, number: int, database: db.Database, staff: dict[str, Agent]
) -> None:
    bob = browser("bob")
    page = bob.post(f"/cases/{number}/assign", {"agent": staff["bob"].id}, follow_redirects=True)
    assert "You have the case. Undo" in words_of(page)
    assert "Bob took the case" in words_of(page)
    assert "Take over" not in words_of(page)
    taken_back = bob.post("/cases/undo", offered(page), follow_redirects=True)
    assert "Taken back." in words_of(taken_back)
    assert "Bob took that back: nobody has the case" in words_of(taken_back)
    assert holder(database, number) is None


def test_an_agent_hands_a_case_over(browser: Windows, number: int, database: db.Database, staff: dict[str, Agent]) -> None:
    page = browser("bob").post(f"/cases/{number}/assign", {"agent": staff["carol"].id}, follow_redirects=True)
    assert "Carol has the case." in words_of(page)
    assert holder(database, number) == "Carol"


def test_nobody_gets_a_case_who_does_not_work_here(
    browser: Windows, number: int, database: db.Database, staff: dict[str, Agent]
) -> None:
    bob = browser("bob")
    with database.transaction() as session:
        agents.change(session, session.get_one(Agent, staff["carol"].id), {"active": False}, by=staff["ada"], now=clock.now())
    page = bob.post(f"/cases/{number}/assign", {"agent": staff["carol"].id})
    assert page.status_code == 422
    assert "Carol does not work here any more." in words_of(page)
    assert "Carol arbeitet hier nicht mehr." in words_of(
        bob.post(f"/cases/{number}/assign", {"agent": staff["carol"].id}, headers={"Accept-Language": "de"})
    )
    for nonsense in ("999", "x", "9" * 30):
        assert bob.post(f"/cases/{number}/assign", {"agent": nonsense}).status_code == 404
    assert holder(database, number) is None


def test_solving_and_reopening_are_a_click_each_and_twice_is_once(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    for deed, expected, told in (("resolve", "resolved", "The case is solved."), ("reopen", "open", "The case is open again.")):
        for _ in range(2):
            page = bob.post(f"/cases/{number}/{deed}", follow_redirects=True)
            assert told in words_of(page)
        with database.reading() as session:
            assert session.get_one(Case, number).state == expected
    words = words_of(bob.get(f"/cases/{number}"))
    assert words.count("Bob solved the case") == 1
    assert words.count("Bob reopened the case") == 1


def test_a_toast_is_shown_once_and_only_in_the_browser_that_did_the_deed(browser: Windows, number: int) -> None:
    bob, carol = browser("bob"), browser("carol")
    bob.post(f"/cases/{number}/resolve")
    assert "The case is solved." not in words_of(carol.get("/cases"))
    assert "The case is solved." in words_of(bob.get("/cases"))
    assert "The case is solved." not in words_of(bob.get("/cases"))


def test_nobody_can_plant_a_toast(browser: Windows) -> None:
    bob = browser("bob")
    for planted in ('{"text": "Call 0900"}', "gAAAAABm", ""):
        bob.client.set_cookie("holdline-toast", planted)
        page = bob.get("/cases")
        assert page.status_code == 200
        assert "0900" not in page.text


def test_an_address_is_extended_withdrawn_and_replaced(
    browser: Windows, number: int, database: db.Database, monday: datetime
) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}/resolve")
    (row,) = doors(database, number)
    page = bob.post(f"/cases/{number}/addresses/{row.id}/extend", {"days": "7"}, follow_redirects=True)
    assert "The reply address works 7 days longer." in words_of(page)
    assert doors(database, number)[0].expires_at == monday + timedelta(days=35)
    page = bob.post(f"/cases/{number}/addresses/{row.id}/replace", follow_redirects=True)
    assert "The next answer carries the new one." in words_of(page)
    old, new = doors(database, number)
    assert old.revoked_at == monday
    assert new.revoked_at is None
    bob.post(f"/cases/{number}/addresses/{new.id}/revoke")
    assert doors(database, number)[1].revoked_at == monday


def test_a_deed_that_an_address_does_not_permit_says_why(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    (row,) = doors(database, number)
    page = bob.post(f"/cases/{number}/addresses/{row.id}/extend", {"days": "28"})
    assert page.status_code == 422
    assert "there is nothing to extend" in words_of(page)
    assert bob.post(f"/cases/{number}/addresses/{row.id}/extend", {"days": "3650"}).status_code == 400


def test_an_address_answers_only_to_its_own_case(browser: Windows, number: int, database: db.Database) -> None:
    bob, other = browser("bob"), anna_writes(database, address="tom@customer.example")
    (row,) = doors(database, other)
    for deed in ("revoke", "replace"):
        assert bob.post(f"/cases/{number}/addresses/{row.id}/{deed}").status_code == 404
    with database.reading() as session:
        report = session.query(ReplyAddress).filter_by(purpose="report").first()
        assert report is None
    assert doors(database, other)[0].revoked_at is None
    assert bob.post(f"/cases/{number}/addresses/{'9' * 30}/revoke").status_code == 404


def test_somebody_takes_part_only_by_an_agents_deed_and_never_an_address_of_ours(
    browser: Windows, number: int, database: db.Database
) -> None:
    bob = browser("bob")
    page = bob.post(f"/cases/{number}/participants", {"person": "Tom Ferry <tom@customer.example>"}, follow_redirects=True)
    assert "Tom Ferry takes part from now on." in words_of(page)
    assert "Tom Ferry <tom@customer.example>" in words_of(page).split("Note, internal only")[1]
    page = bob.post(f"/cases/{number}/participants", {"person": "help@example.org"})
    assert page.status_code == 422
    assert "cannot take part in a case" in words_of(page)
    page = bob.post(f"/cases/{number}/participants", {"person": "Tom <tom"})
    assert "That is not a mail address" in words_of(page)
    with database.reading() as session:
        assert len(session.get_one(Case, number).participants) == 2


def test_a_mail_that_did_not_arrive_is_sent_once_more(
    browser: Windows, number: int, database: db.Database, staff: dict[str, Agent], monday: datetime
) -> None:
    bob = browser("bob")
    with database.transaction() as session:
        case = session.get_one(Case, number)
        entries.reply(session, case, "Hello", agent=session.get_one(Agent, staff["bob"].id), now=monday)
        row = session.query(OutboxMail).one()
        row_id = row.id
        deliveries.failed(session, row, "550 no such user", now=monday)
    page = bob.get(f"/cases/{number}")
    assert f'action="/cases/{number}/mail/{row_id}/again"' in page.text
    page = bob.post(f"/cases/{number}/mail/{row_id}/again", follow_redirects=True)
    assert "The mail to anna@customer.example is sent once more." in words_of(page)
    assert f'action="/cases/{number}/mail/{row_id}/again"' not in page.text
    other = anna_writes(database, address="tom@customer.example")
    assert bob.post(f"/cases/{other}/mail/{row_id}/again").status_code == 404


def test_a_deed_to_a_case_that_is_not_there_is_404(browser: Windows, number: int) -> None:
    bob = browser("bob")
    for deed in ("assign", "resolve", "reopen", "participants", "addresses/1/revoke", "mail/1/again", ""):
        path = f"/cases/4711/{deed}".rstrip("/")
        assert bob.post(path, {"text": "x", "agent": "1"} if deed in ("", "assign") else {}).status_code in (400, 404)


def holder(database: db.Database, number: int) -> str | None:
    with database.reading() as session:
        assignee = session.get_one(Case, number).assignee
        return assignee.name if assignee else None


def doors(database: db.Database, number: int) -> list[ReplyAddress]:
    with database.transaction() as session:
        return find.of_case(session, number)


def test_a_case_is_reopened_with_its_address(browser: Windows, number: int, database: db.Database, monday: datetime) -> None:
    with database.transaction() as session:
        cases.resolve(session, session.get_one(Case, number), agent=None, now=monday)
    browser("bob").post(f"/cases/{number}/reopen")
    assert doors(database, number)[0].expires_at is None


def test_a_forwarded_mail_asks_once_whose_case_it_is(browser, database) -> None:
    bob, traits = browser("bob"), {"forwarded": {"name": "Eva <b>", "address": "eva@customer.example", "state": "open"}}
    number = anna_writes(database, "Please take over.", name="Bob", address="bob@example.org", traits=traits)
    page = bob.get(f"/cases/{number}")
    assert "This was forwarded by Bob." in words_of(page)
    assert "Is Eva &lt;b&gt; (eva@customer.example) the customer?" in page.text
    answer = bob.post(f"/cases/{number}/entries/1/is-customer", follow_redirects=True)
    assert "is the customer now. Nobody was mailed." in words_of(answer)
    assert "This was forwarded" not in words_of(answer)
    assert "eva@customer.example" in words_of(answer)
    assert bob.post(f"/cases/{number}/entries/1/is-customer").status_code == 404, "once"
    assert bob.post(f"/cases/{number}/entries/1/is-not-customer").status_code == 404


def test_no_leaves_a_forwarded_case_with_whoever_forwarded_it(browser, database) -> None:
    bob, traits = browser("bob"), {"forwarded": {"name": "", "address": "eva@customer.example", "state": "open"}}
    number = anna_writes(database, "Please take over.", name="Bob", address="bob@example.org", traits=traits)
    assert "Is eva@customer.example the customer?" in words_of(bob.get(f"/cases/{number}"))
    assert "Bob stays the customer." in words_of(bob.post(f"/cases/{number}/entries/1/is-not-customer", follow_redirects=True))
    assert "This was forwarded" not in words_of(bob.get(f"/cases/{number}"))


def test_a_forwarded_mail_of_the_desk_itself_makes_nobody_a_customer(browser, database) -> None:
    bob, traits = browser("bob"), {"forwarded": {"name": "", "address": "help@example.org", "state": "open"}}
    number = anna_writes(database, "Please take over.", name="Bob", address="bob@example.org", traits=traits)
    refused = bob.post(f"/cases/{number}/entries/1/is-customer")
    assert refused.status_code == 422
    assert "help@example.org is an address of this desk" in words_of(refused)
