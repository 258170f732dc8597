"""What is spam asks nobody, and who is blocked is held: nothing is refused, nothing is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import blocks, spam
from helpdesk.models import Agent, Block, Case
from tests.ways import each_once, in_process


@pytest.fixture()
def agent(bob):
    """Bob's row, in whatever transaction asks for it."""
    return lambda session: session.scalar(select(Agent).where(Agent.email == bob.address))


@pytest.fixture()
def block(desk, agent):
    return lambda pattern: desk.changes(lambda s: blocks.block(s, pattern, agent=agent(s), now=clock.now()).id)


@pytest.fixture()
def mark(desk, agent):
    """Mark a case as spam, or (`spam.unmark`) take it back."""
    return lambda case, deed=spam.mark: desk.changes(
        lambda s: deed(s, s.get_one(Case, case.number), agent=agent(s), now=clock.now())
    )


@each_once
def test_a_blocked_sender_is_held_with_who_and_when_until_somebody_lets_it_in(desk, anna, bob, block) -> None:
    case = anna.writes("Buy our printers")
    block(anna.address)
    mails = len(anna.inbox)
    at_desk, at_case = anna.sends("Buy more"), anna.sends("And more", to=case.door.address)
    for brought in (at_desk, at_case):
        assert brought.outcome == "held"
        assert brought.reason == "Mail from anna@customer.example was blocked by Bob Builder on 2025-01-06."
    assert len(anna.inbox) == mails
    assert bob.releases(at_desk.id).outcome == "new-case"
    assert bob.releases(at_case.id).case == case


@in_process
def test_a_blocked_domain_holds_all_who_write_from_it_and_nobody_else(desk, anna, carl, bob, block) -> None:
    block("@customer.example")
    assert {who.sends("Hello").outcome for who in (anna, carl)} == {"held"}
    assert anna.sends("Hello", author="Anna <anna@elsewhere.example>", envelope="x@elsewhere.example").outcome == "new-case"
    assert anna.sends("Hello", author="Eve <eve@elsewhere.example>").outcome == "held"  # the envelope counts, too


@in_process
def test_whoever_is_let_in_again_comes_in(desk, anna, agent, block) -> None:
    row = block(anna.address)
    desk.changes(lambda s: blocks.free(s, s.get_one(Block, row), agent=agent(s), now=clock.now()))
    assert anna.sends("Hello").outcome == "new-case"


@in_process
def test_mail_to_a_spam_case_is_kept_there_and_asks_nobody(desk, anna, bob, mark) -> None:
    case = anna.writes("Buy our printers")
    mark(case)
    mails = len(anna.inbox)
    brought = anna.sends("And our ink", to=case.door.address)
    assert (brought.outcome, brought.case, case.state) == ("case", case, "resolved")
    assert case.last_message.text == "And our ink"
    assert (len(anna.inbox), len(bob.inbox)) == (mails, 0)


@in_process
def test_taken_back_it_is_as_before_and_what_came_meanwhile_waits(desk, anna, bob, mark) -> None:
    answered, quiet = anna.writes("It burns"), anna.writes("It smokes", subject="Smoke")
    bob.replies(answered, "Use the stairs")
    mark(answered)
    mark(quiet)
    anna.sends("It still burns", to=answered.door.address)
    mark(answered, spam.unmark)
    mark(quiet, spam.unmark)
    assert (answered.state, quiet.state) == ("open", "new")
    assert {door.standing for case in (answered, quiet) for door in case.doors} == {"active"}


@in_process
def test_a_spam_case_has_no_follow_up(desk, anna, mark) -> None:
    case = anna.writes("Buy our printers")
    mark(case)
    desk.days_pass(29)
    late = anna.sends("And our ink", to=case.door.address)
    assert (late.outcome, len(desk.cases)) == ("held", 1)
