"""A case changes hands, and the customer hears of it in one quiet line."""

from __future__ import annotations

import pytest

from helpdesk import clock
from helpdesk.actions import handovers
from helpdesk.models import Case
from tests.cast import Colleague
from tests.ways import in_process

LINE = "From now on Dana Klein answers here, and knows the whole story."
NOTE = {"promised": "Friday", "tried": "A cable", "next_step": "A technician"}


@pytest.fixture()
def dana(desk) -> Colleague:
    return Colleague(desk, "Dana Klein", "dana@example.org", "agent")


def hands_over(desk, case, giver, to) -> None:
    def deed(session):
        handovers.hand_over(
            session, session.get_one(Case, case.number), to._me(session), NOTE, agent=giver._me(session), now=clock.now()
        )

    desk.changes(deed)


@in_process
def test_the_next_answer_says_once_who_answers_from_now_on_at_the_same_address(desk, anna, bob, dana) -> None:
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    mails = len(anna.inbox)
    hands_over(desk, case, bob, dana)
    assert len(anna.inbox) == mails
    dana.replies(case, "The technician is on the way")
    assert LINE in anna.inbox[-1].text
    assert anna.inbox[-1].reply_to == anna.inbox[-2].reply_to
    dana.replies(case, "He is at the door")
    assert LINE not in anna.inbox[-1].text
    assert not any(word in letter.text for letter in anna.inbox for word in NOTE.values())


@in_process
def test_a_colleague_who_helps_out_once_is_not_introduced(desk, anna, bob, dana) -> None:
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    dana.replies(case, "Bob is at lunch; the stairs are to the left")
    assert LINE not in anna.inbox[-1].text


@in_process
def test_who_answers_first_of_all_needs_no_introduction(desk, anna, bob, dana) -> None:
    case = anna.writes("The printer is on fire")
    hands_over(desk, case, bob, dana)
    dana.replies(case, "Use the stairs")
    assert LINE not in anna.inbox[-1].text
