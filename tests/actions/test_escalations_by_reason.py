"""Reasons that are no clocks: somebody asks for a human, comes back again, goes through many hands, gets no mail."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.actions import (
    deliveries,
    escalations,
    undo,
)
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.models import (
    Entry,
    Event,
    OutboxMail,
)
from tests.escalations import A_SECOND, BREAKS, Burning, about, gives_to, resolves


def test_a_customer_who_asks_for_a_human_gets_one(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.writes(2, "I want to speak to a real person!", number=1001)
    assert burning.tells(2) == [("Bob", 1, "mail")]
    assert burning.tells(3) == [("Erik", 2, "mail")], "an hour without a sign"
    burning.answers(4)
    assert burning.raised() == [("wants-human", "answered", False)]


def test_an_agent_may_say_that_they_ask_for_a_human(burning: Burning) -> None:
    def marks(session, case, **by):  # type: ignore[no-untyped-def]
        return escalations.mark_wish(session, case, session.scalars(select(Entry)).first(), **by)

    burning.does(marks, 1)
    with pytest.raises(NotPermitted):
        burning.does(marks, 2)
    assert burning.raised() == [("wants-human", None, True)]


def test_a_case_that_comes_back_twice_is_looked_at(burning: Burning) -> None:
    for hours in (1, 3):
        burning.does(resolves, hours)
        burning.writes(hours + 1, number=1001)
    assert burning.raised() == [("second-reopening", None, True)]
    assert [name for name, _level, _how in burning.tells(4)] == ["Bob", "Dana", "Erik"]
    burning.does(about(escalations.saw, "second-reopening"), 5, by="erik")
    assert burning.raised() == [("second-reopening", "acknowledged", False)]


def test_a_case_that_goes_through_three_hands_is_looked_at_once(burning: Burning) -> None:
    for hours, name in enumerate(("Bob", "Dana", "Bob", "Dana", "Bob"), start=1):
        assert burning.raised() == ([] if hours <= 4 else [("third-handover", None, True)])
        burning.does(gives_to(name), hours)
    assert burning.raised() == [("third-handover", None, True)]


def test_a_handover_that_was_taken_back_was_none(burning: Burning) -> None:
    for hours, name in enumerate(("Bob", "Dana", "Bob"), start=1):
        event = burning.does(gives_to(name), hours)
    burning.does(lambda s, case, **by: undo.take_back(s, case, s.get_one(Event, event.id), **by), 3 + A_SECOND)
    burning.does(gives_to("Erik"), 4)
    assert burning.raised() == []


def test_taking_an_escalated_case_over_is_no_third_handover(burning: Burning) -> None:
    for hours, name in enumerate(("Bob", "Dana", "Bob"), start=1):
        burning.does(gives_to(name), hours)
    burning.tells(BREAKS)
    burning.does(about(escalations.take_over, "breach"), BREAKS + 1, by="erik")
    assert [reason for reason, _outcome, _open in burning.raised()] == ["breach"]


def test_an_answer_that_came_back_is_escalated_once(burning: Burning) -> None:
    burning.answers(1)

    def bounces(session, case, agent, now):  # type: ignore[no-untyped-def]
        mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "reply")).one()
        deliveries.failed(session, mail, "550 nobody here", now=now)

    burning.does(bounces, 2)
    assert burning.raised() == [("bounced", None, True)]
    burning.answers(3)
    assert burning.raised() == [("bounced", "answered", False)]


def test_an_agent_asks_for_help_and_their_own_answer_does_not_end_that(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.does(escalations.ask_for_help, 2, words="May I refund 400 euros?")
    assert burning.tells(2) == [("Erik", 2, "mail")], "whoever asks need not be told"
    burning.answers(3)
    assert burning.raised() == [("help", None, True)]
    burning.answers(4, by="erik")
    assert burning.raised() == [("help", "answered", False)]


def test_a_wish_for_help_needs_a_sentence_and_an_open_case(burning: Burning) -> None:
    with pytest.raises(NotUsable):
        burning.does(escalations.ask_for_help, 1, words=" ")
    burning.does(resolves, 2)
    with pytest.raises(NotPermitted):
        burning.does(escalations.ask_for_help, 3, words="Help")


def test_the_same_cause_is_raised_once_and_a_promise_ends_what_was_at_risk(burning: Burning) -> None:
    def raises(session, case, reason, agent, now):  # type: ignore[no-untyped-def]
        return escalations.raise_(session, case, reason, cause="promise 1", due_at=burning.at(4), now=now)

    assert burning.does(raises, 3, reason="promise-at-risk") is not None
    assert burning.does(raises, 3, reason="promise-at-risk") is None
    assert burning.does(raises, 5, reason="promise-broken") is not None
    assert burning.raised() == [("promise-at-risk", "worse", False), ("promise-broken", None, True)]
    burning.does(lambda s, case, agent, now: escalations.close_about(s, case, "promise 1", "kept", now=now), 6)
    assert burning.raised()[-1] == ("promise-broken", "kept", False)
