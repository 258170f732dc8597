"""At night it stands on the pages, and the mail waits for the hours of whoever has the case when it leaves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.actions import calendars, cases, clocks, escalations, handovers, recall, sending
from helpdesk.db import Database
from helpdesk.models import Agent, Calendar, Entry, Escalation, EscalationLevel, EscalationTelling, Notice, OutboxMail, Team
from helpdesk.queries import clocks as find_clocks
from helpdesk.queries import escalations as find
from tests.conftest import MONDAY
from tests.escalations import Burning

MIDNIGHT, MORNING = 38, 47  # Tuesday 24:00, Wednesday 9:00
AFTERNOON = 53  # Wednesday 15:00, when people come to work in New York
A_SECOND, A_MINUTE = 1 / 3600, 1 / 60
BOTH = [("Bob", 1, "mail"), ("Erik", 2, "mail")]


@pytest.fixture()
def by_night(database: Database) -> Burning:
    """A deadline of one calendar day: it ends at midnight of Tuesday, 38 hours after Monday at ten, when nobody works."""
    burning = Burning(database)
    burning.writes()
    with database.transaction() as session:
        policy = session.scalars(select(find.DeadlinePolicy)).one()
        policy.first_response, policy.resolution = "1 days", ""
    with database.transaction() as session:
        clocks.set_anew(session, 1001, now=MONDAY)
        team_with(session, "Overseas", "America/New_York", [9 * 60, 17 * 60])
        team_with(session, "Nights", "Europe/Berlin", [0, 6 * 60])
    burning.does(lambda session, case, **by: cases.assign(session, case, by["agent"], told_as=None, **by), 1)
    burning.tells(30)  # the warning, by day
    return burning


@pytest.fixture()
def told(by_night: Burning) -> Burning:
    """Holder and supervisor were told at midnight, and their mails wait for the morning."""
    assert by_night.tells(MIDNIGHT) == [("Bob", 1, "web"), ("Erik", 2, "web")]
    return by_night


def team_with(session, name: str, zone: str, span: list[int]) -> None:  # type: ignore[no-untyped-def]
    week = [[day, *span] for day in range(5)]
    calendar = Calendar(name=name, zone=zone, hours=week, country="", region="", local_days=[])
    session.add(calendar)
    session.flush()
    dana = session.scalars(select(Agent).where(Agent.name == "Dana")).one()
    dana.teams.append(Team(name=name, calendar_id=calendar.id))


def gives_to(name: str):  # type: ignore[no-untyped-def]
    def deed(session, case, **by):  # type: ignore[no-untyped-def]
        team = session.scalars(select(Team).where(Team.name == name)).one()
        return handovers.give_to_team(session, case, team, **by)

    return deed


def hands_to(name: str):  # type: ignore[no-untyped-def]
    def deed(session, case, **by):  # type: ignore[no-untyped-def]
        team = session.scalars(select(Team).where(Team.name == name)).one()
        return handovers.hand_over(session, case, team, dict.fromkeys(handovers.FIELDS, "As told"), **by)

    return deed


def about_the_breach(session, case) -> Escalation:  # type: ignore[no-untyped-def]
    rows = select(Escalation).where(Escalation.case_number == case.number, Escalation.reason == "breach")
    return session.scalars(rows).one()  # type: ignore[no-any-return]


def test_at_night_it_stands_on_the_pages_and_the_mail_waits_for_the_morning(told: Burning) -> None:
    assert told.tells(MORNING - A_SECOND) == []
    assert told.tells(MORNING) == BOTH
    assert [at for _name, at in told.mails()][-2:] == [told.at(MORNING)] * 2


def test_a_mail_that_waited_is_dropped_when_it_was_answered_meanwhile(told: Burning) -> None:
    before = told.mails()
    told.answers(MIDNIGHT + 1)
    told.tells(MORNING)
    assert told.mails() == before
    with told.database.reading() as session:
        assert set(session.scalars(select(EscalationTelling.how).where(EscalationTelling.at == told.at(MIDNIGHT)))) == {"dropped"}
        assert session.scalar(select(Notice.id).where(Notice.kind == "escalation", Notice.seen_at.is_(None))) is None


def test_a_level_may_be_mailed_at_any_time(by_night: Burning) -> None:
    with by_night.database.transaction() as session:
        policy = session.scalars(select(find.DeadlinePolicy)).one()
        session.add(EscalationLevel(policy_id=policy.id, level=1, whom="holder", after_minutes=0))
        session.add(EscalationLevel(policy_id=policy.id, level=2, whom="supervisors", after_minutes=0, at_any_time=True))
    assert by_night.tells(MIDNIGHT) == [("Bob", 1, "web"), ("Erik", 2, "mail")]


# ── whoever has the case when it leaves ──────────────────────────────────────────────────────────────────────────────


def test_a_mail_waits_on_where_the_team_that_has_the_case_now_is_closed(told: Burning) -> None:
    told.does(gives_to("Overseas"), MIDNIGHT + 1)
    assert told.tells(MORNING) == [], "nine in Berlin is three at night there"
    assert told.tells(AFTERNOON - A_SECOND) == []
    assert told.tells(AFTERNOON) == BOTH


@pytest.mark.parametrize("moves", [gives_to, hands_to])
def test_a_mail_leaves_at_once_where_the_team_that_gets_the_case_is_at_work(told: Burning, moves) -> None:  # type: ignore[no-untyped-def]
    told.does(moves("Nights"), MIDNIGHT + 1)
    assert told.tells(MIDNIGHT + 1) == BOTH


def test_a_mail_that_was_late_for_its_team_waits_for_the_next_day(told: Burning) -> None:
    assert told.tells(MORNING + 9) == [("Carol", 3, "web")], (
        "the sweep stood still until 18:00: four hours without a sign have passed"
    )
    assert told.tells(MORNING + 24) == [*BOTH, ("Carol", 3, "mail")]


def test_what_waits_about_two_things_is_mailed_about_both(told: Burning) -> None:
    for minutes, wish in enumerate(("May I refund 400 euros?", "May I send a new one?")):
        told.does(escalations.ask_for_help, MIDNIGHT + 1 + minutes * A_MINUTE, words=wish)
    told.tells(MIDNIGHT + 2)
    told.tells(MORNING)
    with told.database.reading() as session:
        to_erik = OutboxMail.kind == "escalation", OutboxMail.recipient == "erik@example.org"
        mails = session.scalars(select(OutboxMail).where(*to_erik, OutboxMail.created_at == told.at(MORNING))).all()
    (mail,) = mails
    assert sorted((thing["reason"], thing["wish"]) for thing in mail.words["things"]) == [
        ("breach", ""), ("help", "May I refund 400 euros?"), ("help", "May I send a new one?"),
    ]  # fmt: skip


def test_a_mail_follows_the_calendar_where_that_changes_by_night(told: Burning) -> None:
    def closes(session, _case, **by):  # type: ignore[no-untyped-def]
        wednesday = date(2026, 11, 4)
        return calendars.close(session, find_clocks.standard(session), wednesday, wednesday, "Moving house", **by)

    def opens(session, _case, **by):  # type: ignore[no-untyped-def]
        calendar = find_clocks.standard(session)
        calendars.open_again(session, calendar, calendar.closed[0], **by)

    told.does(closes, MIDNIGHT + 1)
    jobs.set_clocks(told.database, now=told.at(MIDNIGHT + 1))
    assert told.tells(MORNING) == []
    told.does(opens, MORNING + 1)
    jobs.set_clocks(told.database, now=told.at(MORNING + 1))
    assert told.tells(MORNING + 1) == BOTH


# ── what was taken back ──────────────────────────────────────────────────────────────────────────────────────────────


def answers_and_takes_it_back(burning: Burning, hours: float) -> None:
    def sends(session, case, **by):  # type: ignore[no-untyped-def]
        return sending.send(session, case, "Use the stairs", undo=timedelta(seconds=10), **by).id

    def takes_back(session, case, **by):  # type: ignore[no-untyped-def]
        return recall.take_back(session, case, session.get_one(Entry, entry_id), **by)

    entry_id = burning.does(sends, hours)
    burning.does(takes_back, hours + A_SECOND)


def test_an_answer_that_was_taken_back_keeps_no_mail_from_leaving(told: Burning) -> None:
    answers_and_takes_it_back(told, MIDNIGHT + 1)
    assert told.tells(MIDNIGHT + 1 + A_MINUTE) == [], "it is night still, and nobody is told twice"
    assert told.tells(MORNING) == BOTH


def test_an_answer_that_was_taken_back_leaves_the_notices_as_they_were(told: Burning) -> None:
    answers_and_takes_it_back(told, MIDNIGHT + 1)
    with told.database.reading() as session:
        waiting = select(Agent.name).join(Notice, Notice.agent_id == Agent.id).where(Notice.seen_at.is_(None))
        assert sorted(session.scalars(waiting.where(Notice.kind == "escalation"))) == ["Bob", "Erik"]


def test_no_mail_comes_back_about_what_somebody_has_in_hand(told: Burning) -> None:
    told.does(
        lambda session, case, **by: escalations.saw(session, about_the_breach(session, case), **by), MIDNIGHT + 1, by="erik"
    )
    answers_and_takes_it_back(told, MIDNIGHT + 2)
    assert told.tells(MORNING) == []
