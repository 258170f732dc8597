"""Too much, too old, not yet: what is held or kept silent is there to be seen, and a click lets it in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.actions.post import NothingToDo
from mail.letter import Unreadable
from tests.cast import MONDAY
from tests.ways import in_process, where_mail_is_fetched

DAY = timedelta(days=1)


@pytest.mark.desk(new_cases_per_hour=3)
def test_more_new_cases_an_hour_than_the_limit_are_held_and_a_click_lets_them_in(desk, anna, bob) -> None:
    for number in range(3):
        anna.writes(f"Case {number}")
    held = anna.sends("One too many")
    assert held.outcome == "held"
    assert "More than 3 new cases" in held.reason
    assert len(desk.cases) == 3
    let_in = bob.releases(held.id)
    assert (let_in.outcome, let_in.case.last_message.text) == ("new-case", "One too many")


@pytest.mark.desk(new_cases_per_hour=3)
def test_the_limit_is_of_an_hour_and_of_a_sender(desk, anna, carl) -> None:
    for number in range(3):
        anna.writes(f"Case {number}")
    carl.writes("I am another")
    desk.waits_until(MONDAY + timedelta(hours=1) - timedelta(microseconds=1))
    assert anna.sends("Too soon").outcome == "held"
    desk.waits_until(MONDAY + timedelta(hours=1))
    anna.writes("An hour later")


@pytest.mark.desk(new_cases_per_hour=2)
def test_a_limit_never_holds_what_belongs_to_a_case(desk, anna) -> None:
    case, _other = anna.writes("One"), anna.writes("Two")
    for number in range(5):
        assert anna.sends(f"More {number}", to=case.door.address).outcome == "case"


@pytest.mark.desk(new_cases_per_hour=2)
@in_process
def test_the_limit_counts_the_arrivals_and_not_the_reading(desk, anna) -> None:
    """Mail that waited for a sick worker is not let through because its hour is over, nor held because it is read at once."""
    for number in range(3):
        desk.keeps(anna.letter(f"Case {number}"), anna.address, ["help@example.org"])
    desk.is_now(MONDAY + 2 * DAY)
    desk.works()
    assert [line.outcome for line in desk.post_room] == ["new-case", "new-case", "held"]


@pytest.mark.desk(new_cases_per_hour=0)
@in_process
def test_without_a_limit_every_mail_opens_its_case(desk, anna) -> None:
    for number in range(40):
        anna.writes(f"Case {number}")


def test_three_acknowledgements_a_day_and_a_fourth_the_day_after(desk, anna) -> None:
    for number in range(5):
        anna.writes(f"Case {number}")
    assert len(anna.inbox) == 3
    desk.waits_until(MONDAY + DAY - timedelta(microseconds=1))
    anna.writes("A day is not over")
    assert len(anna.inbox) == 3
    desk.waits_until(MONDAY + DAY)
    anna.writes("Now it is")
    assert len(anna.inbox) == 4


def test_a_forged_sender_s_victim_gets_three_neutral_mails_at_the_most(desk, anna, mallory) -> None:
    for number in range(8):
        mallory.sends(f"Pay now {number}", author="Anna <anna@customer.example>", subject="You owe us")
    assert len(anna.inbox) == 3
    assert "owe" not in str([mail.raw for mail in anna.inbox])


@where_mail_is_fetched
def test_mail_that_lay_in_the_mailbox_before_is_taken_quietly_where_the_operator_wants_it(desk, anna, bob) -> None:
    desk.is_now(MONDAY - 10 * DAY)
    desk.door.put(anna.letter("Ten days ago"), anna.address, "help@example.org")
    desk.is_now(MONDAY)
    desk.door.connect(take="all")
    desk.door.fetch()
    desk.works()
    (case,) = desk.cases
    assert anna.inbox == []
    bob.replies(case, "Sorry for the wait")
    assert len(anna.inbox) == 1


@where_mail_is_fetched
def test_mail_that_lay_in_the_mailbox_before_is_left_there_as_a_rule(desk, anna) -> None:
    desk.is_now(MONDAY - 10 * DAY)
    desk.door.put(anna.letter("Ten days ago"), anna.address, "help@example.org")
    desk.is_now(MONDAY)
    desk.door.connect()
    desk.door.fetch()
    desk.works()
    assert (desk.cases, desk.post_room) == ([], [])


@where_mail_is_fetched
def test_mail_that_is_fetched_a_day_late_opens_a_case_and_is_not_acknowledged(desk, anna) -> None:
    anna.writes("The first one")
    desk.door.put(anna.letter("While nobody fetched"), anna.address, "help@example.org")
    desk.is_now(MONDAY + DAY + timedelta(microseconds=1))
    desk.door.fetch()
    desk.works()
    assert len(desk.cases) == 2
    assert len(anna.inbox) == 1


def test_held_mail_is_replayed_by_today_s_rules(desk, anna, carol) -> None:
    case = anna.writes("The printer is on fire")
    held = anna.sends("I am away", headers=[("Auto-Submitted", "auto-replied")])
    assert held.outcome == "held"
    assert carol.replays(held.id).outcome == "held"
    assert carol.releases(held.id).outcome == "new-case"
    assert case.state == "new"


def test_a_held_stranger_whom_somebody_lets_in_gets_a_case_but_not_the_old_one(desk, anna, bob, carl) -> None:
    case = anna.writes("The printer is on fire")
    bob.resolves(case)
    desk.days_pass(40)
    if desk.refuses:
        held = carl.sends("For the postmaster", to="postmaster@reply.example.org")
    else:
        held = carl.sends("Late and a stranger", to=case.door.address)
    assert held.outcome == "held"
    let_in = bob.releases(held.id)
    assert let_in.outcome in ("new-case", "follow-up")
    assert let_in.case.requester == "carl@customer.example"
    assert len(case.messages) == 1


@where_mail_is_fetched
def test_whoever_cannot_be_answered_is_not_let_in_however_often_somebody_clicks(desk, anna, bob) -> None:
    """No author, no sender, at a door that has ended: there is nobody to open a case for."""
    case = anna.writes("The printer is on fire")
    bob.resolves(case)
    desk.days_pass(40)
    for author, envelope in (("nobody", ""), ("help@example.org", "help@example.org")):
        held = anna.sends("Who am I?", to=case.door.address, author=author, envelope=envelope)
        assert held.outcome == "held"
        assert bob.releases(held.id).outcome == "held"


def test_what_lies_in_a_case_is_not_replayed_into_a_second(desk, anna, carol) -> None:
    anna.writes("The printer is on fire")
    with pytest.raises(NothingToDo):
        carol.replays(desk.post_room[0].id)
    assert len(desk.cases) == 1


@in_process
def test_a_letter_that_kills_its_reader_is_held_with_its_bytes_and_the_next_is_read(desk, anna, carol) -> None:
    healthy = desk.around.reader

    class Dies:
        def read(self, raw: bytes):
            if b"poison" in raw:
                raise Unreadable("its reader ran out of memory")
            return healthy.read(raw)

    desk.around.reader = Dies()
    desk.keeps(anna.letter("poison"), anna.address, ["help@example.org"])
    for _ in range(5):
        try:
            desk.works()
        except Unreadable:
            desk.is_now(clock.now() + timedelta(minutes=1))
    (line,) = desk.post_room
    assert (line.outcome, "ran out of memory" in line.reason) == ("held", True)
    anna.writes("Healthy")
    desk.around.reader = healthy
    assert carol.replays(line.id).outcome == "new-case"
