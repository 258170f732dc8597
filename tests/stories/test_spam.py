"""What a filter calls spam opens nothing by itself, is there to be seen, and a click frees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.models import Case, Event
from tests.cast import MONDAY
from tests.ways import in_process

SPAM = [("X-Spam-Status", "Yes, score=23.4 required=5.0"), ("X-Spam-Flag", "YES")]
HOURS = timedelta(hours=1)


def test_what_a_filter_calls_spam_is_held_without_case_acknowledgement_or_clock(desk, anna, bob) -> None:
    held = anna.sends("Cheap printers", headers=SPAM)
    assert held.outcome == "held"
    assert "a filter on its way calls it spam (X-Spam-Status: Yes, 23.4 points)" in held.reason
    assert (desk.cases, anna.inbox) == ([], [])
    desk.is_now(MONDAY + 3 * HOURS)
    case = bob.releases(held.id).case
    assert (case.state, case.last_message.text) == ("new", "Cheap printers")
    with desk.database.reading() as session:
        row = session.get_one(Case, case.number)
        assert (row.opened_at, row.waiting_since) == (MONDAY, MONDAY), "their wait counts from the arrival"
    assert case.last_message.flags == ()
    assert len(anna.inbox) == 1, "an acknowledgement three hours late still says something"


@in_process
def test_who_let_a_held_mail_in_stands_in_its_story(desk, anna, bob) -> None:
    case = bob.releases(anna.sends("Hello", headers=SPAM).id).case
    with desk.database.reading() as session:
        told = session.scalars(select(Event).where(Event.case_number == case.number, Event.deed == "mail-let-in")).one()
        assert told.agent.name == "Bob Builder"


@in_process
@pytest.mark.parametrize(("hours", "letters"), [(24, 1), (25, 0)])
def test_a_mail_that_was_held_for_more_than_a_day_is_let_in_quietly(desk, anna, bob, hours, letters) -> None:
    held = anna.sends("Hello", headers=SPAM)
    desk.is_now(MONDAY + hours * HOURS)
    assert bob.releases(held.id).outcome == "new-case"
    assert len(anna.inbox) == letters


def test_what_a_participant_writes_comes_into_the_case_whatever_a_filter_says(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    answer = anna.sends("Which stairs?", to=case.door.address, headers=SPAM)
    assert (answer.outcome, answer.case) == ("case", case)
    assert (case.state, case.last_message.flags) == ("open", ("spam",))
    assert anna.answers("Hello?", to="help@example.org", headers=_answering(anna, SPAM)).case == case


@in_process
def test_spam_of_strangers_stays_out_of_a_case_until_somebody_lets_it_in(desk, anna, bob, mallory) -> None:
    case = anna.writes("The printer is on fire")
    held = mallory.sends("Cheap printers", to=case.door.address, headers=SPAM)
    assert held.outcome == "held"
    assert f"A stranger wrote to case {case.number}, but a filter" in held.reason
    let_in = bob.releases(held.id)
    assert (let_in.outcome, case.last_message.flags) == ("case", ("stranger",))


@in_process
def test_spam_to_an_expired_address_opens_no_follow_up(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.resolves(case)
    desk.days_pass(29)
    held = anna.sends("Cheap printers", to=case.door.address, headers=SPAM)
    assert held.outcome == "held"
    assert bob.releases(held.id).outcome == "follow-up"


@in_process
@pytest.mark.desk(spam_headers="ignore")
def test_a_desk_may_choose_not_to_look(desk, anna) -> None:
    assert anna.writes("Cheap printers", headers=SPAM).last_message.flags == ()


@in_process
def test_a_filter_s_no_proves_nothing_and_changes_nothing(desk, anna) -> None:
    assert anna.sends("Hello", headers=[("X-Spam-Flag", "NO"), *SPAM]).outcome == "held"


def _answering(anna, more):
    message_id = anna.inbox[-1]["Message-ID"]
    return [("In-Reply-To", message_id), *more]
