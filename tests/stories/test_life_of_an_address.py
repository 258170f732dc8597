"""A case is resolved, its address lives on for a while, and ends; both sides of every instant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import addresses, entries
from helpdesk.models import Case, Person, ReplyAddress
from helpdesk.queries import people
from tests.cast import MONDAY
from tests.ways import in_process, where_mail_can_be_refused, where_mail_is_fetched

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
GRACE = 28 * DAY


@pytest.fixture()
def case(anna, bob):
    """Anna's case, resolved on Monday morning."""
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    bob.resolves(case)
    return case


def _ended(desk, case, bob) -> str:
    """The reply address of this case, resolved, after its end."""
    if case.is_open:
        bob.resolves(case)
    desk.days_pass(40)
    return str(case.door.address)


def test_a_reply_within_the_grace_period_reopens_the_case(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    bob.resolves(case)
    desk.days_pass(3)
    anna.answers("Still burning")
    assert case.is_open
    assert case.last_message.text == "Still burning"
    assert (case.door.standing, case.door.expires_at) == ("active", None)
    assert case.events[-1] == "reopened"


def test_resolving_again_begins_the_whole_grace_period_anew(desk, case, anna, bob) -> None:
    desk.days_pass(20)
    anna.answers("Still burning")
    bob.resolves(case)
    assert case.door.expires_at == MONDAY + 20 * DAY + GRACE
    desk.days_pass(27)
    assert anna.answers("Again").case == case
    assert case.is_open


def test_a_reply_in_the_last_moment_is_in_time(desk, case, anna) -> None:
    desk.waits_until(MONDAY + GRACE - INSTANT)
    assert case.door.standing == "grace"
    brought = anna.answers("Just in time")
    assert (brought.outcome, brought.case, case.state) == ("case", case, "open")


def test_a_reply_in_the_very_instant_of_the_end_is_too_late(desk, case, anna) -> None:
    desk.is_now(MONDAY + GRACE)  # no sweep has noted it yet
    assert case.door.standing == "expired"
    assert anna.answers("A moment too late").outcome == "follow-up"
    assert case.state == "resolved"


def test_late_mail_of_the_customer_opens_a_follow_up_that_knows_the_old_case(desk, case, anna) -> None:
    desk.days_pass(40)
    assert case.events[-1] == "expired"
    brought = anna.answers("Burning again")
    assert brought.outcome == "follow-up"
    follow_up = brought.case
    assert (follow_up.follows, follow_up.requester, follow_up.holder) == (case, "anna@customer.example", "bob@example.org")
    assert follow_up.last_message.text == "Burning again"
    assert follow_up.last_message.flags == ("late",)
    assert (case.state, len(case.messages)) == ("resolved", 2)
    assert "linked" in case.events
    assert anna.inbox[-1].reply_to == follow_up.door.address != case.door.address


def test_whoever_goes_on_writing_to_the_old_address_is_still_in_one_conversation(desk, case, anna) -> None:
    desk.days_pass(40)
    first = anna.inbox[-1]
    follow_up = anna.answers("Burning again", first).case
    brought = anna.answers("And the scanner, too", first)
    assert (brought.outcome, brought.case) == ("case", follow_up)
    assert len(desk.cases) == 2


@in_process
def test_late_mail_under_another_name_of_the_customer_s_goes_on_in_one_follow_up(desk, case, anna, bob) -> None:
    door = _ended(desk, case, bob)
    first, *others = [anna.sends(text, to=door, author="Anna <alias@customer.example>") for text in ("One", "Two", "Three")]
    assert [brought.outcome for brought in (first, *others)] == ["follow-up", "case", "case"]
    assert {brought.case for brought in others} == {first.case}
    with desk.database.reading() as session:
        known = session.scalars(select(Person.address)).all()
        assert "alias@customer.example" not in known, "who writes from elsewhere becomes nobody new by that"


def test_an_answer_s_sender_address_lets_people_in_no_longer_than_its_reply_address(desk, case, anna, mallory, bob) -> None:
    envelope = next(letter.sender for letter in anna.inbox if letter.sender)
    _ended(desk, case, bob)
    assert mallory.sends("Me, too", to=envelope).outcome == "held"
    assert anna.sends("Burning again", to=envelope).outcome == "follow-up"
    assert case.state == "resolved"


@in_process
def test_an_answer_s_sender_address_lets_nobody_in_whose_reply_address_was_withdrawn(desk, case, anna, bob) -> None:
    bob.revokes(case.door)
    assert anna.sends("Hello", to=next(letter.sender for letter in anna.inbox if letter.sender)).outcome == "held"
    assert case.state == "resolved"


@in_process
def test_late_mail_that_its_server_sends_again_is_shown_once(desk, case, anna, bob) -> None:
    door = _ended(desk, case, bob)
    raw = anna.letter("Late", to=[door])
    first, again = (desk.takes(raw, anna.address, [door]) for _ in range(2))
    assert (first.outcome, again.outcome, again.case) == ("follow-up", "duplicate", first.case)


@in_process
def test_a_mail_that_was_filed_in_time_opens_no_follow_up_when_it_is_sent_again(desk, case, anna, bob) -> None:
    raw = anna.letter("In time", to=[case.door.address])
    desk.takes(raw, anna.address, [case.door.address])
    again = desk.takes(raw, anna.address, [_ended(desk, case, bob)])
    assert (again.outcome, again.case) == ("duplicate", case)


def test_late_mail_to_the_address_and_to_the_desk_is_one_entry_of_one_follow_up(desk, case, anna, bob) -> None:
    first, *others = anna.sends("Late", to=[_ended(desk, case, bob), "help@example.org"]).arrived
    assert (first.outcome, {line.outcome for line in others}) == ("follow-up", {"duplicate"})
    assert len(desk.cases) == 2


@in_process
def test_a_late_answer_to_all_is_one_entry_of_one_follow_up(desk, case, anna, bob) -> None:
    ours = anna.inbox[0]
    _ended(desk, case, bob)
    assert [line.outcome for line in anna.answers("Late", ours, copy_to="help@example.org").arrived] == ["follow-up", "duplicate"]


@in_process
def test_a_stranger_s_mail_to_an_ended_address_and_to_the_desk_is_a_case_of_the_desk(desk, case, carl, bob) -> None:
    door = _ended(desk, case, bob)
    opened = carl.writes("My printer", cc=[door])
    assert (opened.requester, opened.follows) == ("carl@customer.example", None)


def test_an_answer_to_the_follow_up_s_own_door_joins_it(desk, case, anna, bob) -> None:
    desk.days_pass(40)
    follow_up = anna.answers("Burning again").case
    bob.replies(follow_up, "The stairs again")
    assert anna.answers("They burn, too").case == follow_up


def test_late_mail_by_our_message_id_alone_opens_the_follow_up_too(desk, case, anna) -> None:
    desk.days_pass(40)
    brought = anna.answers("My client ignores Reply-To", to="help@example.org")
    assert brought.outcome == "follow-up"
    assert brought.case.follows == case


@where_mail_can_be_refused
def test_a_stranger_at_an_expired_address_is_refused_with_the_day_and_where_to_write(desk, case, mallory) -> None:
    desk.days_pass(40)
    brought = mallory.sends("Let me in", to=case.door.address)
    assert brought.answer.startswith("550 5.1.6")
    assert "help@example.org" in brought.answer
    assert "3 February 2025" in brought.answer
    assert len(desk.post_room) == 1


@where_mail_is_fetched
def test_a_stranger_s_late_mail_that_is_here_already_is_held(desk, case, mallory) -> None:
    desk.days_pass(40)
    assert mallory.sends("Let me in", to=case.door.address).outcome == "held"
    assert len(desk.cases) == 1


def test_a_machine_at_an_expired_address_does_not_get_into_the_old_case(desk, case, anna) -> None:
    desk.days_pass(40)
    before = len(case.said)
    brought = anna.sends("I am away", to=case.door.address, headers=[("Auto-Submitted", "auto-replied")])
    assert brought.outcome == "held"
    assert (len(case.said), len(desk.cases)) == (before, 1)


@where_mail_can_be_refused
def test_who_takes_part_by_the_envelope_alone_is_let_in(desk, case, anna) -> None:
    """Sent «on behalf of»: the envelope is hers, From is another address of hers."""
    desk.days_pass(40)
    brought = anna.sends("From my other account", to=case.door.address, author="anna@private.example")
    assert brought.outcome == "follow-up"
    assert brought.case.requester == "anna@customer.example"


@pytest.mark.desk(expired="refuse")
def test_the_strict_form_still_takes_what_was_a_week_on_its_way(desk, case, anna) -> None:
    desk.waits_until(MONDAY + GRACE + 7 * DAY - INSTANT)
    assert anna.answers("Our server was down").outcome == "follow-up"


@pytest.mark.desk(expired="refuse")
def test_the_strict_form_then_refuses_everybody_and_by_imap_it_is_late(desk, case, anna) -> None:
    desk.waits_until(MONDAY + GRACE + 7 * DAY)
    brought = anna.answers("Anybody there?")
    assert brought.refused if desk.refuses else brought.outcome == "late"
    assert len(desk.cases) == 1


def test_an_answer_after_the_end_opens_the_door_again_for_old_and_new_mail(desk, case, anna, bob) -> None:
    desk.days_pass(40)
    first = anna.inbox[0]
    bob.replies(case, "One more thing")
    assert case.door.expires_at == MONDAY + 40 * DAY + GRACE
    assert anna.inbox[-1].reply_to == first.reply_to
    assert anna.answers("About your first mail", first).case == case
    assert (case.state, len(case.doors)) == ("open", 1)


def test_an_extended_door_works_until_its_new_last_day(desk, case, anna, bob) -> None:
    bob.extends(case.door, 7)
    desk.waits_until(MONDAY + GRACE + 7 * DAY - INSTANT)
    assert anna.answers("Still in time").outcome == "case"


def test_a_door_that_has_ended_can_be_opened_again_for_some_days(desk, case, anna, bob) -> None:
    desk.days_pass(40)
    bob.extends(case.door, 7)
    desk.days_pass(6)
    assert anna.answers("Thank you for waiting").case == case


def test_reopening_by_hand_opens_the_old_door(desk, case, anna, bob) -> None:
    desk.days_pass(40)
    bob.reopens(case)
    assert anna.answers("Yes, still").case == case


def test_a_withdrawn_door_is_closed_at_once_and_the_next_answer_carries_another(desk, anna, bob, mallory) -> None:
    case = anna.writes("The printer is on fire")
    leaked = case.door
    bob.revokes(leaked)
    brought = mallory.sends("x", to=leaked.address)
    if desk.refuses:
        assert brought.answer.startswith("550 5.2.1")
    else:
        assert brought.outcome == "held"
    bob.replies(case, "Please use this address from now on")
    assert anna.inbox[-1].reply_to != leaked.address
    assert anna.answers("Got it").case == case


def test_a_machine_at_a_withdrawn_door_does_not_get_into_the_case(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.revokes(case.door)
    brought = anna.sends("I am away", to=case.door.address, headers=[("Auto-Submitted", "auto-replied")])
    assert brought.refused if desk.refuses else brought.outcome == "held"
    assert len(case.said) == 2


def test_a_door_can_be_changed_for_another_in_one_deed(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.rotates(case.door)
    assert [door.standing for door in case.doors] == ["revoked", "active"]
    assert anna.sends("By the new one", to=case.door.address).case == case


def test_a_mail_that_waits_in_the_outbox_leaves_with_the_door_that_works(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    with desk.database.transaction() as session:  # written, and not sent yet when the door is withdrawn
        me, row = people.agent_by_email(session, bob.address), session.get_one(Case, case.number)
        entries.reply(session, row, "Use the stairs", agent=me, now=clock.now())
        addresses.rotate(session, session.get_one(ReplyAddress, case.door.id), agent=me, now=clock.now())
    desk.works()
    assert anna.inbox[-1].reply_to == case.door.address


def test_eleven_months_after_its_end_a_door_is_forgotten_but_for_its_hash(desk, case, anna) -> None:
    old = case.door.address
    desk.days_pass(28 + 335)
    assert (case.door.standing, case.door.address == old) == ("retired", False)
    brought = anna.sends("A year later", to=old)
    if desk.refuses:
        assert brought.answer.startswith("550 5.1.6")
        assert "help@example.org" in brought.answer
    else:
        assert brought.outcome == "held"


def test_mail_that_was_written_in_time_and_came_late_is_met_by_the_follow_up(desk, case, anna) -> None:
    desk.waits_until(MONDAY + GRACE + DAY)
    brought = anna.answers("Our server was down for five days", date=MONDAY + GRACE - 4 * DAY)
    assert brought.outcome == "follow-up"
    assert brought.case.follows == case
