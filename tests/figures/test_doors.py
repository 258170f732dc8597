"""The figures of doors and of mail against those that a model counts, of a desk to which letters come at every age of an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock, jobs
from helpdesk.actions import desks
from helpdesk.db import Database, House
from helpdesk.models import Agent, Desk, Team
from helpdesk.reports import asked
from helpdesk.reports.behind import behind
from helpdesk.reports.collecting import collect
from helpdesk.reports.report import Behind, Figure, Scope
from tests.figures.conftest import LONG, on_a_database
from tests.figures.door_days import Pace
from tests.figures.door_diary import Diary
from tests.figures.door_figures import Asked, middle, per_hundred, within
from tests.figures.door_hands import DoorHands
from tests.figures.door_life import LONG_AGO, DoorLife
from tests.figures.door_model import Model
from tests.figures.door_post import DESKS
from tests.figures.house import furnish

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2024, 9, 16, 4, tzinfo=UTC)
EVERYDAY = {
    "sqlite": Pace(12, BEGIN, 91, 7.0, opening=0.2, steps=7),
    "postgresql": Pace(10, BEGIN, 91, 7.0, opening=0.4, steps=9),
}
KEYS = {"late": "late", "strangers": "strangers", "brought-back": "brought-back", "late-brought-back": "late-brought-back"}
READS_IN = {"Carol": frozenset[str](), "Ben": frozenset({"Billing"})}


@dataclass(frozen=True)
class Lived:
    """A desk to whose doors letters came: what the product keeps, what the model knows, the ids, and the instant it is now."""

    database: Database
    diary: Diary
    model: Model
    ids: dict[str, int]
    now: datetime


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def doors(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Three months of letters: to 2,000 cases, or in the everyday run to a few.  Each is really read, decided on and filed, which takes
    its time; so in the long run less comes to each case, and there are many of every kind all the same."""
    pace = Pace(2000, BEGIN, 91, 1.2) if LONG else EVERYDAY[request.param]
    with on_a_database(request, tmp_path_factory.mktemp("doors"), request.param, canary=timedelta(hours=1)) as database:
        yield live(database, pace)


def live(database: Database, pace: Pace) -> Lived:
    begin = pace.begin - LONG_AGO - timedelta(days=1)
    with clock.freeze(begin), database.transaction() as session:
        ids = furnish(session, begin)
        desks.add(
            session, DESKS["Repairs"], "Repairs", language="en", agent=None, now=begin, team=session.get_one(Team, ids["Repairs"])
        )
        for desk in session.scalars(select(Desk)):
            desk.asks_satisfaction = False
    diary, settings = Diary(), database.house.settings
    life = DoorLife(DoorHands(database, ids, diary), pace)
    life.lives()
    with clock.freeze(life.end):
        jobs.measure(database, now=life.end)
    database.house = House(settings, database.house.keys)
    return Lived(database, diary, Model(diary), ids, life.end)


def periods(lived: Lived) -> list[tuple[date, date]]:
    """All of it, a month of it, a week in which the clocks change, a month of the calendar, and what is not over yet."""
    last = lived.now.astimezone(BERLIN).date()
    first = last - timedelta(days=91)
    change = date(2024, 10, 21)
    return [
        (first, last),
        (first + timedelta(days=15), first + timedelta(days=44)),
        (change, change + timedelta(days=6)),
        (date(2024, 11, 1), date(2024, 11, 30)),
        (last, last + timedelta(days=3)),
    ]


def ask(lived: Lived, session: Session, days: tuple[date, date], team: str | None, reader: str) -> tuple[Scope, Agent, Asked]:
    agent = session.scalars(select(Agent).where(Agent.email == f"{reader.lower()}@example.org")).one()
    scope = asked.scope_of(days, zone=BERLIN, now=lived.now, team_id=lived.ids[team] if team else None)
    return scope, agent, Asked(lived.model, READS_IN[reader], team, lived.now)


@pytest.mark.parametrize("reader", ["Carol", "Ben"])
@pytest.mark.parametrize("team", [None, "Billing", "Repairs"])
def test_every_figure_of_doors_and_mail_is_what_came_and_was_done(doors: Lived, team: str | None, reader: str) -> None:
    wrong = []
    with clock.freeze(doors.now), doors.database.reading() as session:
        for days in periods(doors):
            scope, agent, model = ask(doors, session, days, team, reader)
            report = collect(session, "doors", scope, agent)
            figures = {figure.key: figure for figure in report.figures}
            bars = {bar.name: (bar.value.value, bar.before.value if bar.before else None) for bar in report.charts[0].bars}  # type: ignore[union-attr]
            found = [*of_figures(figures, model, scope), *of_outcomes(bars, model, scope)]
            wrong += [f"{days[0]} – {days[1]} {what}: {mine} ≠ {its}" for what, its, mine in found if its != mine]
    assert not wrong, "by the model ≠ by the product\n" + "\n".join(wrong)


def of_figures(figures: dict[str, Figure], model: Asked, scope: Scope) -> Iterable[tuple[str, object, object]]:
    """(what, by the product, by the model) of each figure, of a period and of the one before."""
    for key, number in (model.addresses() | model.mismatches()).items():
        yield key, figures[key].amount.value, number
    (times, lost), (times_before, _lost) = (model.probes(one.begins_at, one.ends_at) for one in (scope.period, scope.before))
    for key, half in (("probe-half", middle), ("probe-95", lambda some: within(some, 95))):
        yield f"{key} now", said(figures[key], "amount"), (half(times), len(times))
        yield f"{key} before", said(figures[key], "before"), (half(times_before), len(times_before))
        yield f"{key} lost", figures[key].waiting, lost
    for name, period in (("amount", scope.period), ("before", scope.before)):
        span = period.begins_at, period.ends_at
        counted = dict(model.mail(*span)) | {key: len(model.behind(key, *span)) for key in KEYS}
        for key, number in counted.items():
            yield f"{key} {name}", said(figures[key], name)[0], number
        ended, knocks = model.ended(*span), len(model.knocks(*span))
        yield f"late-per-expired {name}", said(figures["late-per-expired"], name), (per_hundred(counted["late"], ended), ended)
        strangers = per_hundred(counted["strangers"], knocks)
        yield f"strangers-per-mail {name}", said(figures["strangers-per-mail"], name), (strangers, knocks)


def said(figure: Figure, name: str) -> tuple[float | None, int | None]:
    amount = figure.amount if name == "amount" else figure.before
    assert amount is not None
    return amount.value, amount.of


def of_outcomes(bars: dict[str, tuple[object, object]], model: Asked, scope: Scope) -> Iterable[tuple[str, object, object]]:
    """What became of the mail, each outcome by itself: whatever was refused, was refused for a reason that is told."""
    now, before = (model.outcomes(one.begins_at, one.ends_at) for one in (scope.period, scope.before))
    for outcome in {*now, *before}:
        yield f"mail {outcome}", bars.pop(f"mail-{outcome}", None), (now[outcome], before[outcome])
    yield "other outcomes", bars, {}


@pytest.mark.parametrize("reader", ["Carol", "Ben"])
@pytest.mark.parametrize("team", [None, "Billing", "Repairs"])
def test_every_figure_of_doors_leads_to_the_cases_that_it_counts(doors: Lived, team: str | None, reader: str) -> None:
    with clock.freeze(doors.now), doors.database.reading() as session:
        for days in periods(doors):
            scope, agent, model = ask(doors, session, days, team, reader)
            span = scope.period.begins_at, scope.period.ends_at
            for key in KEYS:
                assert behind(session, Behind(key), scope, agent) == model.behind(key, *span), (days, key)
            assert behind(session, Behind("bounced-out"), scope, agent) == model.came_back(*span), days


def test_a_desk_of_three_months_has_seen_everything(doors: Lived) -> None:
    """Else the comparison says nothing of it.  A desk of some days has not met whatever is rare."""
    arrivals = doors.model.arrivals.values()
    knocks = [one.knock for one in arrivals if one.knock]
    assert {one.outcome for one in arrivals} >= {"case", "new-case", "follow-up", "held", "auto"}
    assert {one.standing for one in knocks} >= {"active", "grace", "expired"}
    assert {one.writer for one in knocks} >= {"participant", "stranger", "machine"}
    assert {one.standing for one in knocks if one.brings_back} >= {"grace"}
    if LONG:
        assert len(doors.model.cases) > 2000
        assert {one.outcome for one in arrivals} >= {"refused", "report", "late", "duplicate"}
        assert {one.standing for one in knocks} >= {"revoked"}
        assert {one.writer for one in knocks} >= {"doubtful"}
        assert {one.standing for one in knocks if one.brings_back} >= {"expired"}
        assert any(one.retired for _case, one in doors.model.all_addresses())
