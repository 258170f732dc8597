"""What is measured of each case follows its history: noted with every deed, worked out within seconds by the timetable.

Measures are no deeds and no truth of their own: they can be thrown away and are made anew from the record (`measure_all_anew`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, literal, select
from sqlalchemy.orm import Session

from helpdesk.db import before_commit, house
from helpdesk.models import Case, CaseClock, Installation, Measure, MeasureDue, MeasureStale, Promise
from helpdesk.policies import histories
from helpdesk.policies.measures import Facts, of_clocks, of_escalations, of_promises
from helpdesk.policies.measures_of_doors import of_addresses, of_door_mail
from helpdesk.policies.measures_of_words import of_marks, of_questions
from helpdesk.policies.measuring import Measuring
from helpdesk.queries import histories as find
from helpdesk.queries.clocks import zone_of_days

TO_MEASURE = "cases to measure"  # its row is there always: whoever measures locks it
_COLUMNS = ("kind", "at", "began_at", "value", "working", "team_id", "agent_id", "apart", "day")
_Row = tuple[object, ...]


def follow(session: Session, number: int) -> None:
    """Something was done to a case: it is to be measured anew.  One row, in the transaction of the deed, the last of all."""
    numbers: set[int] = session.info.setdefault("to measure", set())
    numbers.add(number)
    before_commit(session, "~ measures", lambda: _note(session))


def _note(session: Session) -> None:
    numbers: set[int] = session.info.pop("to measure", set())
    if numbers:
        session.execute(insert(MeasureDue), [{"case_number": number} for number in sorted(numbers)])


def follow_team(session: Session, team_id: int) -> None:
    """All cases of a team are to be measured anew: it became confidential, or is so no more, or works by other hours."""
    numbers = select(Case.number).where(Case.team_id == team_id)
    session.execute(insert(MeasureDue).from_select(["case_number"], numbers))


def measure_all_anew(session: Session) -> None:
    """The rules changed by which all is measured; the timetable follows, some cases at a time."""
    session.merge(Installation(name=TO_MEASURE, value={"after": 0}))
    session.flush()


def is_behind(session: Session, *, now: datetime) -> bool:
    """Whether any case has to be measured."""
    row = session.get(Installation, TO_MEASURE)
    if (row is not None and row.value["after"] is not None) or session.scalar(select(MeasureDue.id).limit(1)) is not None:
        return True
    return bool(_passed_unnoticed(session, now, limit=1))


def measure_some(session: Session, *, now: datetime, limit: int) -> int:
    """Measure some of the cases whose history grew, or that were never measured; how many.  0 where another does it just now."""
    # Two who measure at once would write the measures of one case twice.
    row = session.scalar(select(Installation).where(Installation.name == TO_MEASURE).with_for_update(skip_locked=True))
    if row is None:
        return 0
    due = session.execute(select(MeasureDue.id, MeasureDue.case_number).order_by(MeasureDue.id).limit(limit)).all()
    numbers = {row.case_number for row in due} or set(_passed_unnoticed(session, now, limit=limit))
    ids = [row.id for row in due]
    if numbers:
        measure(session, numbers, now=now)
        session.execute(delete(MeasureDue).where(MeasureDue.id.in_(ids)))
        return len(numbers)
    return _measure_older(session, row, now=now, limit=limit)


def measure(session: Session, numbers: Collection[int], *, now: datetime) -> None:
    """Measure these cases, and write down what changed by it."""
    fresh = Counter(_rows(session, numbers, now))
    kept: dict[tuple[int, _Row], list[int]] = {}
    for row in session.execute(select(Measure).where(Measure.case_number.in_(numbers))).scalars():
        kept.setdefault((row.case_number, tuple(getattr(row, name) for name in _COLUMNS)), []).append(row.id)
    gone = [(key, row_id) for key, ids in kept.items() for row_id in ids[fresh[key] :]]
    new = [key for key, number in fresh.items() for _ in range(number - len(kept.get(key, ())))]
    session.execute(delete(Measure).where(Measure.id.in_([row_id for _key, row_id in gone])))
    if new:
        session.execute(
            insert(Measure), [{"case_number": number, **dict(zip(_COLUMNS, row, strict=True))} for number, row in new]
        )
    changed = [row for _number, row in new] + [row for (_number, row), _id in gone]
    make_stale(session, {day for *_facts, apart, day in changed if isinstance(day, date) and not apart})


def make_stale(session: Session, days: Collection[date]) -> None:
    """The sums of these days, and of their months, have to be made anew."""
    both = sorted({("day", day) for day in days} | {("month", day.replace(day=1)) for day in days})
    if both:
        session.execute(insert(MeasureStale), [{"grain": grain, "day": day} for grain, day in both])


def _rows(session: Session, numbers: Collection[int], now: datetime) -> Iterable[tuple[int, _Row]]:
    settings, hours_of, teams = house(session).settings, find.hours_of_team(session), find.team_ids(session)
    zone = zone_of_days(session)
    for number, history in find.whole(session, numbers).items():
        case = history.case
        facts = Facts(case.channel == "ours", case.opened_at, case.team_id, settings.grace)
        found = Measuring(facts, histories.read(history.records), hours_of, zone, teams).measure()
        found += [*of_marks(history.marks, found, case.team_id), *of_questions(history.questions, case.team_id)]
        found += [*of_clocks(history.clocks, hours_of, now), *of_promises(history.promises, case.team_id, now)]
        found += of_escalations(history.escalations, hours_of)
        found += [*of_addresses(history.addresses, case.team_id), *of_door_mail(history.door_mails, case.team_id)]
        for one in found:
            agent_id = one.agent_id if settings.person_figures != "none" else None
            day = one.at.astimezone(zone).date() if one.at is not None else None
            row = (one.kind, one.at, one.began_at, one.value, one.working, one.team_id, agent_id, history.apart, day)
            yield number, row


def _measure_older(session: Session, row: Installation, *, now: datetime, limit: int) -> int:
    if row.value["after"] is None:
        return 0
    query = select(Case.number).where(Case.number > row.value["after"]).order_by(Case.number).limit(limit)
    numbers = session.scalars(query).all()
    if numbers:
        measure(session, numbers, now=now)
    row.value = {"after": numbers[-1] if numbers else None}
    return len(numbers)


def _passed_unnoticed(session: Session, now: datetime, *, limit: int) -> list[int]:
    """Cases in which a deadline or a promised time has passed since they were measured, and nobody has noticed yet."""
    runs = CaseClock.alarm_at <= now, CaseClock.stopped_at.is_(None), CaseClock.due_at < now, CaseClock.paused_at.is_(None)
    clock = _is_measured(CaseClock.case_number, CaseClock.kind + "-missed", CaseClock.due_at)
    promised = Promise.look_at <= now, Promise.standing == "running", Promise.due_at < now
    promise = _is_measured(Promise.case_number, literal("promise-broken"), Promise.due_at)
    clocks = select(CaseClock.case_number).where(*runs, ~clock, CaseClock.case_number.in_(_counted()))
    promises = select(Promise.case_number).where(*promised, ~promise, Promise.case_number.in_(_counted()))
    return [*session.scalars(clocks.limit(limit)), *session.scalars(promises.limit(limit))]


def _is_measured(number: Any, kind: Any, at: Any) -> ColumnElement[bool]:
    return select(Measure.id).where(Measure.case_number == number, Measure.kind == kind, Measure.at == at).exists()


def _counted() -> Select[int]:
    return select(Case.number).where(Case.merged_into.is_(None), Case.spam_at.is_(None), Case.withdrawn_at.is_(None))
