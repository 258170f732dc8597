"""Reports over a desk that was lived through: every figure leads to exactly its cases, and no sum tells what is not for its reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock, jobs
from helpdesk.actions import agents, cases, desks, entries, escalations, fields, friction, handovers, merging, sight, spam, tags
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Entry, Friction, MeasureStale, MeasureSum, Team
from helpdesk.reports import asked, behind
from helpdesk.reports.collecting import COLLECT, collect, leads
from helpdesk.reports.report import Amount, Behind, Figure, Report, Scope
from tests.conftest import MONDAY
from tests.web.browsing import anna_writes, mail_comes

HOUR = timedelta(hours=1)
WEEK = (date(2026, 11, 2), date(2026, 11, 8))
MONDAY_ALONE = (date(2026, 11, 2), date(2026, 11, 2))
SUNDAY = 6.5 * 24  # in hours since Monday at ten


class Life:
    """A desk, and what is done at it: time is told in hours since Monday at ten."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            desks.sync_from_settings(session, now=MONDAY)
            for name, role in (("bob", "agent"), ("clara", "agent"), ("erik", "supervisor")):
                agents.create(session, f"{name}@example.org", name.title(), role=role, now=MONDAY)

    def writes(self, hours: float, **mail: Any) -> int:
        with clock.freeze(MONDAY + hours * HOUR):
            return anna_writes(self.database, **mail)

    def writes_again(self, hours: float, number: int, text: str = "And now?") -> None:
        with clock.freeze(MONDAY + hours * HOUR):
            mail_comes(self.database, number, text)

    def does(self, hours: float, number: int, deed: Callable[..., Any], *what: Any, by: str = "bob", **more: Any) -> None:
        now = MONDAY + hours * HOUR
        with clock.freeze(now), self.database.transaction() as session:
            deed(session, session.get_one(Case, number), *what, agent=_agent(session, by), now=now, **more)

    def answers(self, hours: float, number: int, by: str = "bob", **more: Any) -> None:
        self.does(hours, number, entries.reply, "Use the stairs", by=by, **more)

    def solves(self, hours: float, number: int) -> None:
        self.does(hours, number, cases.resolve)

    def marks(self, hours: float, number: int, kind: str, *, last: bool = False) -> None:
        """At their first message, or at the last one."""
        theirs = select(Entry).where(Entry.kind == "mail-in", Entry.case_number == number)
        with self.database.transaction() as session:
            entry = session.scalars(theirs.order_by(Entry.id.desc() if last else Entry.id)).first()
            assert entry is not None
            case, bob = session.get_one(Case, number), _agent(session, "bob")
            friction.mark(session, case, entry, kind, agent=bob, now=MONDAY + hours * HOUR)

    def is_measured(self, hours: float = SUNDAY) -> None:
        jobs.measure(self.database, now=MONDAY + hours * HOUR)

    def report(
        self, name: Any = "escalation", hours: float = SUNDAY, reader: str = "erik", days: Any = WEEK, **more: Any
    ) -> Report:
        self.is_measured(hours)
        with self.database.reading() as session:
            return collect(session, name, self.scope(session, hours, days, **more), _agent(session, reader))

    def behind(self, wanted: Behind, hours: float = SUNDAY, reader: str = "erik", days: Any = WEEK, **more: Any) -> list[int]:
        with self.database.reading() as session:
            return behind.behind(session, wanted, self.scope(session, hours, days, **more), _agent(session, reader))

    def scope(self, session: Session, hours: float, days: Any = WEEK, **more: Any) -> Scope:
        return asked.scope_of(days, zone=asked.zone_of(session, more.get("team_id")), now=MONDAY + hours * HOUR, **more)

    def figure(self, key: str, **more: Any) -> Figure:
        report = self.report(**more)
        return next(one for one in report.figures if one.key == key)


def _agent(session: Session, name: str) -> Agent:
    return session.scalars(select(Agent).where(Agent.email == f"{name}@example.org")).one()


@pytest.fixture()
def life(database: Database, monday: datetime) -> Life:
    return Life(database)


@pytest.fixture()
def week(life: Life) -> Life:
    """A week with something of everything."""
    quick, slow, silent, back, merged, junk = (life.writes(hours) for hours in (0, 1, 2, 3, 4, 5))
    life.answers(1, quick)
    life.solves(2, quick)
    life.writes_again(3, slow)
    life.answers(27, slow)
    life.writes_again(28, slow)
    life.answers(29, back, "clara")
    life.solves(30, back)
    life.writes_again(48, back, "It is broken again")
    life.answers(49, back)
    life.solves(50, back)
    life.does(50, merged, lambda s, case, **by: merging.merge(s, case, s.get_one(Case, slow), **by))
    life.does(51, junk, spam.mark)
    life.writes_again(60, silent)
    note = dict.fromkeys(handovers.FIELDS, "As told")
    life.does(70, silent, lambda s, case, **by: handovers.hand_over(s, case, _agent(s, "clara"), note, **by))
    return life


def test_half_had_their_first_answer_within_and_nobody_who_waits_is_forgotten(week: Life) -> None:
    figure = week.figure("first-response")
    assert figure.amount == Amount("seconds", 10 * 3600, 3), "one hour; ten hours; ten hours"
    assert (figure.waiting, figure.before) == (1, Amount("seconds", None, 0))
    assert week.figure("first-response", time="calendar").amount.value == 26 * 3600


def test_a_wait_is_counted_when_it_ends_and_goes_on_until_then(week: Life) -> None:
    figure = week.figure("next-reply")
    assert (figure.amount.of, figure.waiting) == (4, 2)
    on_monday = week.figure("next-reply", days=MONDAY_ALONE)
    assert (on_monday.amount.of, on_monday.waiting) == (1, 4), (
        "the second and third case, the one that came back, and the one merged later"
    )


def test_a_first_deed_is_counted_when_it_is_done_and_was_waited_for_until_then(life: Life) -> None:
    soon, late, silent = (life.writes(hours) for hours in (0, 1, 2))
    for number in (soon, late, silent):
        life.does(3, number, escalations.ask_for_help, "May I?")
    life.answers(4, soon, "erik")
    over, next_week, days = SUNDAY + 3, SUNDAY + 3 * 24, (date(2026, 11, 9), date(2026, 11, 15))
    during = life.figure("first-action", hours=over)
    assert (during.amount.of, during.waiting) == (1, 2)
    life.answers(next_week - 1, late, "erik")
    assert life.figure("first-action", hours=next_week) == during, "what was waited for at the end of a week stays so"
    assert [life.behind(Behind("first-action", part), hours=next_week) for part in ("", "waiting")] == [[soon], [late, silent]]
    after = life.figure("first-action", hours=next_week, days=days)
    assert (after.amount.of, after.waiting, after.before) == (1, 1, during.amount)
    in_it = [life.behind(Behind("first-action", part), hours=next_week, days=days) for part in ("", "waiting")]
    assert in_it == [[late], [silent]]


def test_what_they_brought_back_is_counted_once_to_the_week_in_which_it_was_solved(week: Life) -> None:
    assert week.figure("reopened").amount == Amount("share", 1, 2)
    assert week.figure("reopened").so_far, "it can still come back"
    assert not week.figure("reopened", hours=24 * 60).so_far


def test_every_figure_leads_to_exactly_its_cases(week: Life) -> None:
    week.does(71, 1002, lambda s, case, **by: tags.add(s, case, "press", **by))
    week.marks(72, 1002, "waited")
    week.marks(73, 1002, "praise")
    for name, more in product(COLLECT, ({}, {"time": "calendar"}, {"tag": "press"}, {"days": MONDAY_ALONE})):
        expected = dict(leads(week.report(name, **more)))
        assert {lead: len(week.behind(lead, **more)) for lead in expected} == expected, (name, more)
        assert name == "doors" or any(expected.values()), "there is something to lead to"


def test_a_mark_counts_in_the_week_in_which_it_was_said_with_the_wait_in_which_that_was_written(life: Life) -> None:
    number = life.writes(0)
    life.answers(3, number)
    life.writes_again(24, number, "I am still waiting, and was never told")
    life.marks(8 * 24, number, "waited")
    life.marks(8 * 24, number, "rude", last=True)

    report = life.report("friction", time="calendar")
    by_kind, hours = ({bar.name: bar.value for bar in chart.bars} for chart in report.charts)
    assert by_kind["waited"].value == 1, "somebody marked it in the week behind"
    assert hours["waited"] == Amount("seconds", 3 * 3600, 1)
    assert hours["rude"] == Amount("seconds", (SUNDAY - 24) * 3600, 1), "who waits still is not forgotten"
    assert life.behind(Behind("waited-hours", group="rude"), time="calendar") == [number]

    life.answers(30, number)
    hours = {bar.name: bar.value for bar in life.report("friction", time="calendar").charts[1].bars}
    assert hours["rude"] == Amount("seconds", 6 * 3600, 1)


def test_a_mark_that_was_taken_back_is_in_no_figure(life: Life) -> None:
    number = life.writes(0)
    life.marks(1, number, "rude")
    assert life.figure("friction", name="friction").amount.value == 1
    life.does(2, number, lambda s, case, **by: friction.unmark(s, case, s.scalars(select(Friction)).one(), **by))
    assert life.figure("friction", name="friction").amount.value == 0


def test_sums_of_days_and_months_tell_what_the_measures_tell(week: Life) -> None:
    live = week.report(hours=1)
    later = 24 * 70  # the days are summed, and so are the months, also that in which addresses end
    week.is_measured(later)
    with week.database.reading() as session:
        assert {row.grain for row in session.scalars(select(MeasureSum))} == {"day", "month"}
        assert session.scalars(select(MeasureStale)).all() == []
    for days in (WEEK, (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 1, 1), date(2026, 12, 31))):
        summed, read = (_amounts(week.report(hours=later, days=days, **more)) for more in ({}, {"fields": {"channel": "mail"}}))
        assert summed == read
    assert live is not None
    week.does(later + 1, 1001, entries.reply, "One more thing")
    assert ("sent", date(2027, 1, 11)) not in _sums(week)
    week.is_measured(later + 24)
    assert ("sent", date(2027, 1, 11)) in _sums(week)


def _amounts(report: Report) -> list[Any]:
    return [(one.key, one.amount, one.waiting, one.nine_of_ten) for one in report.figures]


def _sums(life: Life) -> set[tuple[str, date]]:
    with life.database.reading() as session:
        return {(row.kind, row.day) for row in session.scalars(select(MeasureSum).where(MeasureSum.grain == "day"))}


def test_what_was_measured_once_is_not_measured_again(week: Life) -> None:
    week.is_measured()
    assert jobs.measure(week.database, now=MONDAY + SUNDAY * HOUR) == 0


def test_a_confidential_case_is_counted_for_those_who_know_of_it_and_for_nobody_else(week: Life) -> None:
    before = week.figure("first-response")
    week.does(80, 1001, cases.assign, None, by="bob")
    week.does(80, 1001, lambda s, case, **by: cases.assign(s, case, _agent(s, "clara"), **by))
    week.does(81, 1001, sight.conceal, by="clara")
    for hours in (SUNDAY, 24 * 40):
        outside, inside = (week.figure("first-response", reader=name, hours=hours) for name in ("erik", "clara"))
        assert (before.amount.of, outside.amount.of, inside.amount.of) == (3, 2, 3)
        assert 1001 not in week.behind(Behind("first-response"), reader="erik", hours=hours)
        assert 1001 in week.behind(Behind("first-response"), reader="clara", hours=hours)


def test_whoever_is_shut_out_of_a_case_does_not_find_it_in_a_figure(week: Life) -> None:
    week.does(80, 1001, lambda s, case, **by: sight.shut_out(s, case, _agent(s, "erik"), "It is about him", **by), by="bob")
    assert [week.figure("first-response", reader=name, hours=24 * 40).amount.of for name in ("erik", "clara")] == [2, 3]


def test_a_team_that_becomes_confidential_takes_its_cases_out_of_all_sums(week: Life) -> None:
    with week.database.transaction() as session:
        team = Team(name="Quiet")
        session.add(team)
        session.flush()
        team_id, clara = team.id, _agent(session, "clara")
        desks.change_team(session, team, name="Quiet", members=[clara], agent=clara, now=MONDAY)
    week.does(80, 1001, lambda s, case, **by: handovers.give_to_team(s, case, s.get_one(Team, team_id), **by))
    assert week.figure("first-response", hours=24 * 40).amount.of == 3
    with week.database.transaction() as session:
        team, clara = session.get_one(Team, team_id), _agent(session, "clara")
        desks.change_team(session, team, name="Quiet", members=[clara], confidential=True, agent=clara, now=MONDAY)
    found = [week.figure("first-response", reader=name, hours=24 * 40).amount.of for name in ("erik", "clara")]
    assert found == [2, 3]


def test_a_deadline_that_passes_is_missed_before_any_clock_has_rung(life: Life) -> None:
    life.writes(0)
    figures = [life.figure("compliance-first-response", name="service-levels", hours=hours).amount for hours in (23.9, 24.1)]
    assert figures == [Amount("share", None, 0), Amount("share", 0, 1)]


def test_a_report_of_one_priority_has_only_its_cases(week: Life) -> None:
    week.does(80, 1002, fields.prioritise, "high")
    assert week.figure("first-response", fields={"priority": "high"}).amount == Amount("seconds", 10 * 3600, 1)


def test_who_waited_when_the_period_ended_is_told_also_if_the_case_was_solved_without_an_answer_since(database: Database) -> None:
    life = Life(database)
    life.solves(48, life.writes(0))
    jobs.measure(database, now=MONDAY + 72 * HOUR)
    with database.reading() as session:
        scope = asked.scope_of(MONDAY_ALONE, zone=UTC, now=MONDAY + 72 * HOUR)
        figures = {figure.key: figure for figure in collect(session, "escalation", scope, _agent(session, "erik")).figures}
    assert (figures["first-response"].waiting, figures["next-reply"].waiting, figures["longest-wait"].amount.of) == (1, 1, 1)


def test_a_wait_that_came_with_a_merged_case_is_the_same_in_the_queue_and_in_the_figures(life: Life) -> None:
    answered, waits = life.writes(0), life.writes(1)
    life.answers(2, answered)
    life.does(3, waits, lambda s, case, **by: merging.merge(s, case, s.get_one(Case, answered), **by))
    with life.database.reading() as session:
        since = session.get_one(Case, answered).waiting_since
    assert since == MONDAY + HOUR
    longest = life.figure("longest-wait", time="calendar")
    assert longest.amount == Amount("seconds", (SUNDAY - 1) * 3600, 1)
    assert life.figure("next-reply").waiting == 1
    life.solves(4, answered)
    life.writes_again(5, answered)
    life.does(6, answered, lambda s, _case, **by: merging.unmerge(s, s.get_one(Case, waits), **by))
    assert life.figure("next-reply").waiting == 2, "each waits by itself again"


def test_a_solved_case_in_which_an_open_one_goes_on_is_in_the_backlog_as_it_is_in_the_queue(life: Life) -> None:
    solved, waits = life.writes(0), life.writes(1)
    life.answers(2, solved)
    life.solves(3, solved)
    life.does(4, waits, lambda s, case, **by: merging.merge(s, case, s.get_one(Case, solved), **by))
    with life.database.reading() as session:
        assert session.get_one(Case, solved).state == "open"
    assert life.figure("backlog").amount.value == 1
    assert life.behind(Behind("backlog")) == [solved]


def test_a_case_that_two_teams_solved_is_solved_in_the_figures_of_both(life: Life) -> None:
    with life.database.transaction() as session:
        ids = []
        for name in ("First", "Second"):
            team = Team(name=name)
            for n in range(5):  # fewer would be told together
                agent = agents.create(session, f"{name}{n}@example.org", f"{name} {n}", role="agent", now=MONDAY)
                agent.teams.append(team)
            session.flush()
            ids.append(team.id)
    number = life.writes(0)
    life.does(1, number, lambda s, case, **by: handovers.give_to_team(s, case, s.get_one(Team, ids[0]), **by))
    life.answers(2, number)
    life.solves(3, number)
    life.writes_again(4, number)
    life.does(5, number, lambda s, case, **by: handovers.give_to_team(s, case, s.get_one(Team, ids[1]), **by))
    life.answers(6, number)
    life.solves(7, number)
    assert [life.figure("resolved", name="workload", team_id=one).amount.value for one in ids] == [1, 1]
    assert life.figure("resolved", name="workload").amount.value == 1, "and once in those of all"
