"""Who has an escalation in hand can take that back at once: it waits again, told to nobody twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk.actions import cases, escalations, undo
from helpdesk.actions.cases import NotPermitted
from helpdesk.db import Database
from helpdesk.models import Case, Escalation, Event, Notice, TakenBack
from helpdesk.queries import cases as find_case
from helpdesk.queries import escalations as find
from tests.escalations import Burning

BREAKS = 24  # a first answer is due on Tuesday at ten, 24 hours after Monday at ten
A_SECOND = 1 / 3600
Deed = Callable[..., Event]


@pytest.fixture()
def burning(database: Database) -> Burning:
    return burns(database)


def burns(database: Database) -> Burning:
    """Bob holds a case that is broken; he and Erik were told, and somebody asks for a look as well."""
    desk = Burning(database)
    desk.writes()
    desk.does(lambda session, case, **by: cases.assign(session, case, by["agent"], told_as=None, **by), 1)
    desk.tells(BREAKS)
    desk.does(
        lambda session, case, now, agent: escalations.raise_(session, case, "third-handover", cause="handover 3", now=now), BREAKS
    )
    desk.tells(BREAKS)
    return desk


def saw(session: Any, row: Escalation, **by: Any) -> Any:
    return escalations.saw(session, row, **by)


def saw_the_other(session: Any, row: Escalation, **by: Any) -> Any:
    return escalations.saw(session, find.open_in(session, row.case_number)[-1], **by)


def takes(session: Any, row: Escalation, **by: Any) -> Any:
    return escalations.take_over(session, row, **by)


def hands_back(session: Any, row: Escalation, **by: Any) -> Any:
    dana = session.scalars(select(find.Agent).where(find.Agent.name == "Dana")).one()
    return escalations.hand_back(session, row, dana, "Call her, please", **by)


def does(burning: Burning, deed: Deed, hours: float, by: str = "erik") -> int:
    def about_the_breach(session: Any, case: Case, **by: Any) -> int:
        return deed(session, find.open_in(session, case.number)[0], **by).id

    return int(burning.does(about_the_breach, hours, by=by))


def takes_back(burning: Burning, event_id: int, hours: float, by: str = "erik") -> None:
    burning.does(lambda session, case, **by: undo.take_back(session, case, session.get_one(Event, event_id), **by), hours, by=by)


def look(burning: Burning) -> tuple[object, ...]:
    with burning.database.reading() as session:
        rows = session.scalars(select(Escalation).order_by(Escalation.id)).all()
        unseen = select(Notice.agent_id).where(Notice.kind == "escalation", Notice.seen_at.is_(None)).order_by(Notice.id)
        told = find.tellings(session, [row.id for row in rows])
        case = session.get_one(Case, 1001)
        return (
            [(row.reason, row.outcome, row.closed_at, row.acknowledged_at, row.acknowledged_by_id, row.next_at) for row in rows],
            [(row.agent_id, row.how, row.mail_at) for row in told], session.scalars(unseen).all(), case.assignee_id, case.state,
        )  # fmt: skip


@pytest.mark.parametrize("deed", [saw, saw_the_other, takes, hands_back])
def test_an_escalation_waits_again_where_its_deed_is_taken_back(burning: Burning, deed: Deed) -> None:
    before = look(burning)
    event_id = does(burning, deed, BREAKS + 1)
    assert look(burning) != before
    takes_back(burning, event_id, BREAKS + 1 + A_SECOND)
    assert look(burning) == before
    assert burning.tells(BREAKS + 2) == [], "nobody is told twice"
    assert ("Carol", 3, "mail") in burning.tells(BREAKS + 4), "and the next level hears of it when it would have"


@pytest.mark.parametrize("deed", [saw, takes])
def test_what_was_taken_back_was_no_action_and_no_handover(burning: Burning, deed: Deed) -> None:
    takes_back(burning, does(burning, deed, BREAKS + 1), BREAKS + 1 + A_SECOND)
    with burning.database.reading() as session:
        assert set(session.scalars(select(Escalation.first_action_at))) == {None}
        case = session.get_one(Case, 1001)
        assert (find.hands(session, case), find.held_at(session, case, burning.at(BREAKS))) == (0, case.assignee_id)


def test_what_somebody_said_before_stays_said(burning: Burning) -> None:
    does(burning, saw, BREAKS + 1)
    before = look(burning)
    takes_back(burning, does(burning, takes, BREAKS + 2, by="carol"), BREAKS + 2 + A_SECOND, by="carol")
    assert look(burning) == before


def test_what_became_worse_meanwhile_stays_over(burning: Burning) -> None:
    burning.writes(BREAKS, "And the other one, too")
    burning.tells(BREAKS + 6)
    event_id = burning.does(
        lambda session, case, **by: escalations.saw(session, find.open_in(session, case.number)[0], **by).id,
        BREAKS + 24 - A_SECOND, 1002, by="erik",
    )  # fmt: skip
    burning.tells(BREAKS + 24)
    assert burning.raised(1002) == [("warning", "worse", False), ("breach", None, True)]
    burning.does(
        lambda session, case, **by: undo.take_back(session, case, session.get_one(Event, event_id), **by),
        BREAKS + 24 + A_SECOND, 1002, by="erik",
    )  # fmt: skip
    assert burning.raised(1002) == [("warning", "worse", False), ("breach", None, True)]


def test_nobody_takes_back_what_the_customer_has_answered_meanwhile(burning: Burning) -> None:
    event_id = does(burning, saw, BREAKS + 1)
    burning.writes(BREAKS + 1 + A_SECOND, "Hello?", number=1001)
    with pytest.raises(NotPermitted, match="happened in the case since"):
        takes_back(burning, event_id, BREAKS + 1 + 2 * A_SECOND)


def test_a_mail_that_waited_for_the_morning_leaves_where_seen_is_taken_back(burning: Burning) -> None:
    burning.does(escalations.ask_for_help, BREAKS + 10, words="May I?")  # at eight in the evening
    assert burning.tells(BREAKS + 10)[-1][2] == "web"
    takes_back(burning, does(burning, saw_the_other, BREAKS + 11), BREAKS + 11 + A_SECOND)
    assert ("Erik", 2, "mail") in burning.tells(BREAKS + 23)


def test_two_clicks_take_it_back_once(each_database: Database) -> None:
    burning, refused = burns(each_database), list[str]()
    event_id, now = does(burning, takes, BREAKS + 1), burning.at(BREAKS + 1 + A_SECOND)

    def click() -> None:
        with each_database.transaction() as session:
            erik = burning.agent(session, "erik")
            case = find_case.by_number(session, 1001, erik, for_change=True)
            assert case is not None
            undo.take_back(session, case, session.get_one(Event, event_id), agent=erik, now=now)
            both.wait(0.5)

    def second_click() -> None:
        try:
            click()
        except NotPermitted as why:
            refused.append(str(why))

    both = threading.Event()
    threads = [threading.Thread(target=second_click, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    with each_database.reading() as session:
        assert session.scalars(select(TakenBack.event_id)).all().count(event_id) == 1
    assert burning.tells(BREAKS + 2) == []
