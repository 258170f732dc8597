"""Nobody is told of what is over: an escalation ends with what it was about, and not with what was taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from helpdesk import jobs
from helpdesk.actions import (
    merging,
    recall,
    sending,
    spam,
    undo,
)
from helpdesk.models import (
    Case,
    CaseAlarm,
    CaseClock,
    Entry,
    EscalationTelling,
    Event,
)
from helpdesk.queries import escalations as find
from tests.escalations import A_SECOND, BREAKS, Burning, gives_to, resolves


def test_what_was_answered_before_anybody_was_told_is_told_to_nobody(burning: Burning) -> None:
    jobs.ring_at_your_word(burning.database, now=burning.at(BREAKS))
    burning.answers(BREAKS + A_SECOND)
    assert burning.tells(BREAKS + 2 * A_SECOND) == []
    assert burning.raised() == []


@pytest.mark.parametrize("deed", ["answers", "resolves", "spam", "merges"])
def test_a_breach_ends_with_what_the_customer_waited_for(burning: Burning, deed: str) -> None:
    burning.writes(0.1)
    burning.tells(BREAKS)
    match deed:
        case "answers":
            burning.answers(BREAKS + 1)
        case "resolves":
            burning.does(resolves, BREAKS + 1)
        case "spam":
            burning.does(lambda session, case, **by: spam.mark(session, case, **by), BREAKS + 1)
        case "merges":
            burning.does(lambda session, case, **by: merging.merge(session, case, session.get_one(Case, 1002), **by), BREAKS + 1)
    outcome = {"answers": "answered", "resolves": "resolved", "spam": "dropped", "merges": "dropped"}[deed]
    assert burning.raised()[-1] == ("breach", outcome, False)
    assert all(number != 1001 for number in told_cases(burning, BREAKS + 40))


def told_cases(burning: Burning, hours: float) -> set[int]:
    burning.tells(hours)
    with burning.database.reading() as session:
        rows = session.scalars(select(EscalationTelling).where(EscalationTelling.at == burning.at(hours)))
        return {row.escalation.case_number for row in rows}


def test_a_late_solution_rings_when_it_is_our_turn_and_not_after_an_answer(burning: Burning) -> None:
    def rang() -> list[str]:
        with burning.database.reading() as session:
            query = (
                select(CaseAlarm.level)
                .join(CaseAlarm.clock)
                .where(CaseClock.kind == "resolution", CaseAlarm.case_number == number)
            )
            return list(session.scalars(query.order_by(CaseAlarm.id)))

    number = burning.writes()  # to be solved within forty working hours: until Monday at ten
    burning.tells(167.9)
    burning.answers(168.02, number)  # before anybody looked
    burning.tells(168.1)
    assert rang() == ["warning"]
    burning.writes(169, "It burns again", number=number)
    burning.tells(169.1)
    assert rang() == ["warning", "breach"]


def test_an_answer_that_was_taken_back_ended_nothing(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(BREAKS)

    def sends(session, case, **by):  # type: ignore[no-untyped-def]
        return sending.send(session, case, "Use the stairs", undo=timedelta(seconds=10), **by).id

    entry_id = burning.does(sends, BREAKS + 1)
    assert burning.raised()[-1] == ("breach", "answered", False)
    burning.does(
        lambda session, case, **by: recall.take_back(session, case, session.get_one(Entry, entry_id), **by),
        BREAKS + 1 + A_SECOND,
    )
    assert burning.raised()[-1] == ("breach", None, True)


def test_a_solution_that_was_taken_back_ended_nothing(burning: Burning) -> None:
    burning.tells(BREAKS)
    event = burning.does(resolves, BREAKS + 1)
    burning.does(
        lambda session, case, **by: undo.take_back(session, case, session.get_one(Event, event.id), **by), BREAKS + 1 + A_SECOND
    )
    assert burning.raised()[-1] == ("breach", None, True)


def test_what_was_escalated_meanwhile_keeps_nobody_from_taking_a_deed_back(burning: Burning) -> None:
    event = burning.does(gives_to("Bob"), BREAKS - A_SECOND)
    burning.tells(BREAKS)
    burning.does(lambda session, case, **by: undo.take_back(session, case, session.get_one(Event, event.id), **by), BREAKS)


def test_a_reopened_case_is_not_late_at_that_instant(burning: Burning) -> None:
    burning.does(resolves, 1)
    burning.writes(80, number=1001)
    assert burning.tells(80) == []
    assert burning.raised() == []


def test_rules_that_changed_end_what_they_no_longer_ask(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(BREAKS)
    with burning.database.transaction() as session:
        session.execute(update(find.CaseClock).values(end="dropped", stopped_at=burning.at(BREAKS + 1), alarm_at=None))
    assert burning.tells(BREAKS + 30) == []
    assert burning.raised()[-1] == ("breach", "dropped", False)
