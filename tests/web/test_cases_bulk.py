"""One deed for several cases, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk import clock, db
from helpdesk.actions import entries
from helpdesk.models import Agent, Case, CaseTag, Tag
from helpdesk.queries import addresses as find_addresses
from tests.web.browsing import Browser, anna_writes, mail_comes, offered, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def numbers(browser: Windows, database: db.Database, monday: datetime) -> list[int]:
    """Three cases of Anna's."""
    browser()
    return [anna_writes(database, subject=f"No. {n}") for n in range(3)]


def test_several_cases_are_taken_at_once_and_given_back_at_once(
    browser: Windows, numbers: list[int], database: db.Database
) -> None:
    bob = browser("bob")
    page = bob.post("/cases/bulk", {"case": numbers[:2], "deed": "take", "back": "/cases?view=ours"}, follow_redirects=True)
    assert "You have these 2 cases now. Undo" in words_of(page)
    assert page.request.full_path == "/cases?view=ours"
    assert holders(database, numbers) == ["Bob", "Bob", None]
    page = bob.post("/cases/undo", offered(page), follow_redirects=True)
    assert "Taken back in 2 cases." in words_of(page)
    assert holders(database, numbers) == [None, None, None]


def test_a_tag_that_a_mistake_made_goes_with_it_unless_somebody_uses_it(
    browser: Windows, numbers: list[int], database: db.Database
) -> None:
    bob = browser("bob")
    for used in (False, True):
        page = bob.post("/cases/bulk", {"case": numbers[:2], "deed": "tag", "tag": "misprint"}, follow_redirects=True)
        if used:
            browser("carol").post(f"/cases/{numbers[2]}/tags", {"tag": "misprint"})
        assert "Taken back in 2 cases." in words_of(bob.post("/cases/undo", offered(page), follow_redirects=True))
        with database.reading() as session:
            assert session.scalars(select(Tag.name)).all() == (["misprint"] if used else [])
    page = bob.post("/cases/bulk", {"case": numbers[:1], "deed": "tag", "tag": "misprint"}, follow_redirects=True)
    browser("carol").post(f"/cases/{numbers[2]}/tags/1/remove")
    bob.post("/cases/undo", offered(page))
    with database.reading() as session:
        assert session.scalars(select(Tag.name)).all() == ["misprint"], "it was there before"


def test_cases_are_given_to_a_colleague_or_to_nobody(
    browser: Windows, numbers: list[int], database: db.Database, staff: dict[str, Agent]
) -> None:
    bob = browser("bob")
    to_carol = {"case": numbers, "deed": "assign", "agent": staff["carol"].id}
    assert "Carol has these 3 cases now." in words_of(bob.post("/cases/bulk", to_carol, follow_redirects=True))
    bob.post("/cases/bulk", {"case": numbers[0], "deed": "assign", "agent": ""})
    assert holders(database, numbers) == [None, "Carol", "Carol"]
    assert bob.post("/cases/bulk", {"case": numbers, "deed": "assign", "agent": "999"}).status_code == 404


def test_what_could_not_be_done_is_said_with_its_reason(
    browser: Windows, numbers: list[int], database: db.Database, staff: dict[str, Agent]
) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{numbers[1]}/resolve")
    page = words_of(bob.post("/cases/bulk", {"case": [*numbers, 4711], "deed": "resolve"}, follow_redirects=True))
    assert "2 cases are solved." in page
    assert f"Case {numbers[1]}: It is solved already." in page
    assert "Case 4711: You may not do that there." in page
    page = words_of(bob.post("/cases/bulk", {"case": numbers[:1], "deed": "resolve"}, follow_redirects=True))
    assert "Nothing was changed." in page
    assert "2 cases are open again." in words_of(
        bob.post("/cases/bulk", {"case": numbers[1:], "deed": "reopen"}, follow_redirects=True)
    )


def test_undo_says_in_which_cases_something_happened_since(browser: Windows, numbers: list[int], database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post("/cases/bulk", {"case": numbers, "deed": "resolve"}, follow_redirects=True)
    mail_comes(database, numbers[1], "One more thing")
    told = words_of(bob.post("/cases/undo", offered(page), follow_redirects=True))
    assert "Taken back in 2 cases." in told
    assert f"Case {numbers[1]}: Something has happened in the case since, so it stays as it is." in told


def test_the_undo_of_a_solution_leaves_a_waiting_case_waiting(
    browser: Windows, numbers: list[int], database: db.Database, staff: dict[str, Agent], monday: datetime
) -> None:
    with database.transaction() as session:
        entries.reply(session, session.get_one(Case, numbers[0]), "Which one?", agent=staff["bob"], now=clock.now())
    bob = browser("bob")
    with clock.freeze(monday + timedelta(seconds=20)):
        page = bob.post(f"/cases/{numbers[0]}/resolve", follow_redirects=True)
        bob.post("/cases/undo", offered(page))
    with database.reading() as session:
        case = session.get_one(Case, numbers[0])
        assert (case.state, case.resolved_at) == ("waiting", None)


def test_cases_are_tagged_together_and_lose_only_what_was_put_on_them(
    browser: Windows, numbers: list[int], database: db.Database
) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{numbers[0]}/tags", {"tag": "recall"})
    page = bob.post("/cases/bulk", {"case": numbers, "deed": "tag", "tag": "recall"}, follow_redirects=True)
    assert "3 cases are tagged. Undo" in words_of(page)
    assert tagged(database) == numbers
    assert "Taken back in 2 cases." in words_of(bob.post("/cases/undo", offered(page), follow_redirects=True))
    assert tagged(database) == numbers[:1]
    assert "Bob took the tag “recall” off again" in words_of(bob.get(f"/cases/{numbers[1]}"))


def test_a_tag_that_was_put_on_or_taken_off_by_mistake_is_taken_back(
    browser: Windows, numbers: list[int], database: db.Database
) -> None:
    bob, number = browser("bob"), numbers[0]
    page = bob.post(f"/cases/{number}/tags", {"tag": "recall"}, follow_redirects=True)
    bob.post("/cases/undo", offered(page))
    assert tagged(database) == []
    bob.post(f"/cases/{number}/tags", {"tag": "recall"})
    page = bob.post(f"/cases/{number}/tags/1/remove", follow_redirects=True)
    assert tagged(database) == []
    page = bob.post("/cases/undo", offered(page), follow_redirects=True)
    assert "Bob put the tag “recall” back" in words_of(page)
    assert tagged(database) == [number]


def test_spam_has_a_view_of_its_own_as_soon_as_there_is_some_and_comes_back_from_there(
    browser: Windows, numbers: list[int], database: db.Database
) -> None:
    bob = browser("bob")
    assert "view=spam" not in bob.get("/cases").text
    page = bob.post("/cases/bulk", {"case": numbers[:2], "deed": "spam", "back": "/cases?view=ours"}, follow_redirects=True)
    assert "2 cases are marked as spam. Nothing is deleted. Undo" in words_of(page)
    assert "Spam 2 cases" in words_of(page)
    page = bob.get("/cases?view=spam")
    assert "Spam 2 cases" in words_of(page)
    assert "It is no spam" in words_of(page)
    told = bob.post("/cases/bulk", {"case": numbers, "deed": "no-spam", "back": "/cases?view=spam"}, follow_redirects=True)
    assert f"2 cases are no spam. Case {numbers[2]}: It is not marked as spam. Undo" in words_of(told)
    assert "Nothing is marked as spam." in words_of(told)
    assert "Taken back in 2 cases." in words_of(bob.post("/cases/undo", offered(told), follow_redirects=True))
    assert "Spam 2 cases" in words_of(bob.get("/cases"))


def test_a_case_that_was_marked_as_spam_by_mistake_is_exactly_what_it_was(
    browser: Windows, numbers: list[int], database: db.Database, staff: dict[str, Agent]
) -> None:
    with database.transaction() as session:
        entries.reply(session, session.get_one(Case, numbers[0]), "Which one?", agent=staff["bob"], now=clock.now())
    before = facts(database, numbers[0])
    bob = browser("bob")
    page = bob.post(f"/cases/{numbers[0]}/spam", follow_redirects=True)
    assert facts(database, numbers[0]) != before
    page = bob.post("/cases/undo", offered(page), follow_redirects=True)
    assert facts(database, numbers[0]) == before
    assert "Bob took back that this is spam" in words_of(page)


def test_nonsense_is_refused_and_an_empty_choice_is_a_sentence(browser: Windows, numbers: list[int]) -> None:
    bob = browser("bob")
    assert "No case is selected." in words_of(bob.post("/cases/bulk", {"deed": "take"}, follow_redirects=True))
    for data in ({"deed": "explode", "case": "1001"}, {"deed": "take", "case": "x"}, {"deed": "take", "case": ["1"] * 101},
                 {"deed": "take", "case": "1001", "state": "resolved"}):  # fmt: skip
        assert bob.post("/cases/bulk", data).status_code == 400
    for data in ({}, {"events": "x"}, {"events": "1 " * 101}, {"events": "1", "more": "1"}):
        assert bob.post("/cases/undo", data).status_code == 400
    assert bob.post("/cases/undo", {"events": "999999"}).status_code == 404
    answer = bob.post("/cases/bulk", {"deed": "take", "case": numbers, "back": "//evil.example"})
    assert answer.headers["Location"] == "/cases"


def test_only_whoever_did_a_deed_takes_it_back(browser: Windows, numbers: list[int], database: db.Database) -> None:
    bob, carol = browser("bob"), browser("carol")
    fields = offered(bob.post(f"/cases/{numbers[0]}/resolve", follow_redirects=True))
    assert "Nothing was taken back." in words_of(carol.post("/cases/undo", fields, follow_redirects=True))
    with database.reading() as session:
        assert session.get_one(Case, numbers[0]).state == "resolved"


def tagged(database: db.Database) -> list[int]:
    with database.reading() as session:
        return sorted(row.case_number for row in session.query(CaseTag))


def facts(database: db.Database, number: int) -> tuple[object, ...]:
    with database.reading() as session:
        case = session.get_one(Case, number)
        doors = [(row.expires_at, row.expired_at) for row in find_addresses.of_case(session, number)]
        return case.state, case.waiting_since, case.resolved_at, case.spam_at, doors


def holders(database: db.Database, numbers: list[int]) -> list[str | None]:
    with database.reading() as session:
        found = [session.get_one(Case, number) for number in numbers]
        return [case.assignee.name if case.assignee else None for case in found]
