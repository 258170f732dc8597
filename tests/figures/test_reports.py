"""The figures of reports against those that a model works out from what was done: medians, nine of ten, shares, and who waits still."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models import Agent
from helpdesk.reports import asked
from helpdesk.reports.behind import behind
from helpdesk.reports.collecting import COLLECT, collect, leads
from helpdesk.reports.report import Report, Scope
from tests.figures.desk import Lived
from tests.figures.house import working_times
from tests.figures.metrics_model import Fact, facts_of
from tests.figures.rating_model import ratings

BERLIN = ZoneInfo("Europe/Berlin")
STRETCHES = {"first-response": "first-response", "next-reply": "wait", "resolution": "resolution"}
WAITING = {
    "first-response": ("first-response", "never-answered"),
    "next-reply": ("wait", "unanswered"),
    "resolution": ("unsolved",),
}
HOURS_A_DAY = {"Billing": 8, "Repairs": 8, "Overseas": 8, "Nights": 10}


@dataclass
class Asked:
    """Some days, of some teams, by somebody's eyes."""

    lived: Lived
    session: Session
    scope: Scope
    reader: Agent
    teams: tuple[str, ...] | None  # None: all
    facts: dict[int, list[Fact]]

    def those(self, kinds: Iterable[str]) -> list[tuple[int, Fact]]:
        """(case, fact) of these kinds that are counted in the period."""
        period, kinds = self.scope.period, tuple(kinds)
        return [
            (number, fact)
            for number, facts in self.facts.items()
            for fact in facts
            if fact.kind in kinds
            and fact.at is not None
            and period.begins_at <= fact.at < period.ends_at
            and self._is_asked(fact)
        ]

    def seconds(self, kind: str) -> list[int]:
        found = (fact.working if self.scope.time == "working" else fact.value for _number, fact in self.those([kind]))
        return sorted(value for value in found if value is not None)

    def going_on(self, kinds: Iterable[str]) -> int:
        """How many went on at the end of the period, whatever became of them later."""
        kinds, at = tuple(kinds), min(self.scope.period.ends_at, self.scope.now)
        return sum(
            fact.kind in kinds and fact.began_at is not None and fact.began_at < at and (fact.at is None or fact.at >= at)
            and self._is_asked(fact)
            for facts in self.facts.values() for fact in facts
        )  # fmt: skip

    def counts(self, number: int) -> bool:
        """Whether a case, or the one in which it goes on, is one of those."""
        merged = {line.case: line.more["into"] for line in self.lived.diary if line.deed == "merged"}
        home = merged.get(number, number)
        return home in self.facts and (self.teams is None or team_of(self.lived, home) in self.teams)

    def _is_asked(self, fact: Fact) -> bool:
        return self.teams is None or fact.team in self.teams


def team_of(lived: Lived, number: int) -> str:
    """Whose case it is today."""
    lines = [line for line in lived.diary if line.case == number]
    moves = [line.more["to"] for line in lines if line.deed == "team"]
    first: str = next(line.more["team"] for line in lines if "team" in line.more)
    return moves[-1] if moves else first


def known(lived: Lived) -> dict[int, list[Fact]]:
    """The facts of all cases, worked out once."""
    key = id(lived.diary)
    if key not in _KNOWN:
        _KNOWN[key] = facts_of(lived.diary, lived.now)
    return _KNOWN[key]


_KNOWN: dict[int, dict[int, list[Fact]]] = {}


def ask(lived: Lived, session: Session, days: tuple[date, date], time: str, team: str | None, reader: str = "Carol") -> Asked:
    """Prepare a question to the product and to the model."""
    email = f"{reader.lower()}@example.org"
    agent = session.scalars(select(Agent).where(Agent.email == email)).one()
    team_id = lived.ids[team] if team else None
    scope = asked.scope_of(days, zone=BERLIN, now=lived.now, time=time, team_id=team_id)  # type: ignore[arg-type]
    hidden = {line.case for line in lived.diary if line.deed == "secret"}
    facts = {number: facts for number, facts in known(lived).items() if number not in hidden}
    return Asked(lived, session, scope, agent, (team,) if team else None, facts)


def periods(lived: Lived) -> list[tuple[date, date]]:
    """All of it, a month of it, a week in which the clocks change, and what is not over yet."""
    first, last = (at.astimezone(BERLIN).date() for at in (lived.diary.lines[0].at, lived.now))
    change = date(2024, 10, 21) if first.year == 2024 else date(2025, 3, 24)
    return [
        (first, last),
        (first + timedelta(days=15), first + timedelta(days=44)),
        (change, change + timedelta(days=6)),
        (last, last + timedelta(days=3)),
    ]


@pytest.mark.parametrize("time", ["working", "calendar"])
@pytest.mark.parametrize("team", [None, "Billing"])
def test_every_figure_of_a_period_is_what_was_done_says(lived: Lived, time: str, team: str | None) -> None:
    wrong = []
    with clock.freeze(lived.now), lived.database.reading() as session:
        for days in periods(lived):
            one = ask(lived, session, days, time, team)
            wrong += [f"{days[0]} – {days[1]} {what}: {mine} ≠ {its}" for what, its, mine in compare(one) if its != mine]
    assert not wrong, "by the model ≠ by the product\n" + "\n".join(wrong)


def compare(one: Asked) -> Iterable[tuple[str, object, object]]:
    """(what, by the product, by the model) of each figure whose definition is told."""
    names = ("workload", "continuity", "service-levels", "escalation")
    reports = [collect(one.session, name, one.scope, one.reader) for name in names]  # type: ignore[arg-type]
    figures = {figure.key: figure for report in reports for figure in report.figures}
    for key, kind in STRETCHES.items():
        values = one.seconds(kind)
        figure = figures[key]
        yield f"{key} n", figure.amount.of, len(values)
        yield f"{key} median", figure.amount.value, middle(values)
        yield (
            f"{key} nine of ten",
            figure.nine_of_ten and figure.nine_of_ten.value,
            values[math.ceil(len(values) * 0.9) - 1] if values else None,
        )
        yield f"{key} waiting", figure.waiting, one.going_on(WAITING[key])
    for kind in ("first-response", "next-reply", "resolution"):
        met, missed = (len(one.those([f"{kind}-{end}"])) for end in ("met", "missed"))
        amount = figures[f"compliance-{kind}"].amount
        yield f"compliance {kind}", (amount.value, amount.of), (met if met + missed else None, met + missed)
    yield "backlog", figures["backlog"].amount.value, one.going_on(["unsolved"])
    yield "chasers", figures["chasers"].amount.value, len(one.those(["chaser"]))
    solved = {number for number, _fact in one.those(["first-resolution", "solved-again"])}
    reopened = {number for number, _fact in one.those(["reopened"])}
    amount = figures["reopened"].amount
    yield "reopened", (amount.value, amount.of), (len(reopened) if solved else None, len(solved))
    if one.teams is None:
        kept, broken = (len(one.those([f"promise-{end}"])) for end in ("kept", "broken"))
        amount = figures["promises"].amount
        yield "promises", (amount.value, amount.of), (kept if kept + broken else None, kept + broken)
    amount, once = figures["one-and-done"].amount, len(one.those(["one-and-done"]))
    yield "one and done", (amount.value, amount.of), (once if solved else None, len(solved))
    amount, noted, not_noted = figures["handovers-with-note"].amount, len(one.those(["handover"])), len(one.those(["passed-on"]))
    yield "handovers", (amount.value, amount.of), (noted if noted + not_noted else None, noted + not_noted)
    for key, kind in (("moves", "moved"), ("opened", "opened"), ("arrivals", "arrived"), ("sent", "sent")):
        yield key, figures[key].amount.value, len(one.those([kind]))
    amount = figures["several-repliers"].amount
    yield "several repliers", amount.value or 0, len(one.those(["repliers"]))
    if one.scope.period.ends_at >= one.scope.now:
        bars = {bar.name: bar.value.value for chart in reports[0].charts if chart.key == "backlog-by-age" for bar in chart.bars}  # type: ignore[union-attr]
        yield "ages", {name: number for name, number in bars.items() if number}, dict(ages(one))
    yield from satisfaction(one)
    yield "longest wait", figures["longest-wait"].amount.of, one.going_on(["wait", "unanswered"])


def satisfaction(one: Asked) -> Iterable[tuple[str, object, object]]:
    """Satisfied of those who answered in the period, and answered of those who were asked in it."""
    figures = {figure.key: figure.amount for figure in collect(one.session, "friction", one.scope, one.reader).figures}
    period, said = one.scope.period, [row for row in ratings(one.lived.diary) if one.counts(row.case)]
    answered = [row for row in said if row.answered_at and period.begins_at <= row.answered_at < period.ends_at]
    happy = sum(bool(row.satisfied) for row in answered)
    yield "satisfied", (figures["satisfaction"].value, figures["satisfaction"].of), (happy if answered else None, len(answered))
    those = [row for row in said if period.begins_at <= row.at < period.ends_at]
    heard = sum(row.answered_at is not None for row in those)
    amount = figures["satisfaction-answered"]
    yield "answered", (amount.value, amount.of), (heard if those else None, len(those))


def ages(one: Asked) -> Counter[str]:
    """The cases that are not solved now, by how many working days ago they were opened."""
    edges = {"0-1": 1, "1-3": 3, "3-7": 7, "7-14": 14, "14-28": 28, ">28": math.inf}
    found: Counter[str] = Counter()
    for facts in one.facts.values():
        opened = next(fact.at for fact in facts if fact.kind == "opened")
        for fact in facts:
            if (
                fact.kind == "unsolved"
                and fact.at is None
                and opened is not None
                and (one.teams is None or fact.team in one.teams)
            ):
                days = working_times()[fact.team].worked(opened, one.scope.now) / 3600 / HOURS_A_DAY[fact.team]
                found[next(name for name, edge in edges.items() if days < edge)] += 1
    return found


def middle(values: list[int]) -> float | None:
    half = len(values) // 2
    return None if not values else values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


@pytest.mark.parametrize("name", sorted(COLLECT))
def test_every_figure_leads_to_as_many_cases_as_it_counts(lived: Lived, name: str) -> None:
    with clock.freeze(lived.now), lived.database.reading() as session:
        for days in periods(lived):
            one = ask(lived, session, days, "working", None)
            report: Report = collect(session, name, one.scope, one.reader)  # type: ignore[arg-type]
            for link, number in leads(report):
                assert len(behind(session, link, one.scope, one.reader)) == (number or 0), (days, link)


def test_what_only_insiders_may_know_is_in_no_figure_for_others(lived: Lived) -> None:
    hidden = {line.case for line in lived.diary if line.deed == "secret"}
    assert hidden
    with clock.freeze(lived.now), lived.database.reading() as session:
        one = ask(lived, session, periods(lived)[0], "working", None)
        for name in COLLECT:
            for link, _number in leads(collect(session, name, one.scope, one.reader)):
                assert not hidden.intersection(behind(session, link, one.scope, one.reader)), link
