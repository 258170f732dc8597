"""What is measured of one case: a pure function of its history (policies.measuring), its deadlines, promises and escalations.

first-response     the first message of theirs → the first answer by a human; not of cases that we began
wait               the oldest message that nobody has answered → the next answer; several messages are one wait
unanswered         a wait that ended because the case was solved without an answer
never-answered     the first message → the solution of a case that nobody of us ever answered
unsolved           from the opening, or a reopening, until it was solved: what the backlog of an instant is made of
resolution         the first message → the last solution that held
first-resolution   the first message → the first solution, whatever came of it
their-time         how much of that was time in which we waited for the customer; counted with the solution that held
solved-again       a later solution of the same case; `began_at` is the one before
reopened           a solution that their word undid; `began_at` is the one before it that was undone, too
one-and-done       solved with exactly one answer, never reopened by them
chaser             a message of theirs while an earlier one was unanswered
repliers           how many people answered: two or more of a solved case, any number of one that goes on
handover, passed-on, moved    from hand to hand with a note, without one; from team to team
arrived, sent      a message of theirs (the value is its hour of the week) and one of ours
opened             the case itself
<clock>-met, <clock>-missed   a deadline; the value is by how much it was missed
promise-kept, promise-broken  counted when it was due
escalated-<reason>, first-action, never-acted   an escalation; from then until somebody did something, or until it was over without
mark-<kind>, satisfied, dissatisfied, asked-…   what they said of us (policies.measures_of_words)
door, door-mail, door-…   their addresses, and the mail that came to them (policies.measures_of_doors)

`at` is the instant to which a measure is counted, None while it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from helpdesk.policies.escalation import REASONS
from helpdesk.policies.friction import KINDS as MARKS
from helpdesk.policies.hours import Hours

CLOCKS = ("first-response", "next-reply", "resolution")  # policies.sla.KINDS
KINDS = (
    "first-response", "wait", "unanswered", "never-answered", "unsolved", "resolution", "first-resolution", "their-time", "solved-again", "reopened",
    "one-and-done", "chaser", "repliers", "handover", "passed-on", "moved", "arrived", "sent", "opened",
    "promise-kept", "promise-broken", *(f"{clock}-{end}" for clock in CLOCKS for end in ("met", "missed")),
    *(f"escalated-{reason}" for reason in REASONS), "first-action", "never-acted",
    *(f"mark-{mark}" for mark in MARKS), "satisfied", "dissatisfied", "asked-answered", "asked-unanswered",
    "door", "door-mail", "door-late", "door-stranger", "door-back", "door-late-back",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    kind: str
    at: datetime | None
    began_at: datetime | None = None
    value: int | None = None  # calendar seconds, or a number
    working: int | None = None
    team_id: int | None = None
    agent_id: int | None = None


@dataclass(frozen=True)
class Facts:
    """What has to be known of a case besides its history."""

    ours: bool  # begun by us
    opened_at: datetime
    team_id: int | None  # today's
    lifetime: timedelta  # of a reply address after the solution


class RunClock(Protocol):
    """A deadline as it ran (models.CaseClock)."""

    kind: str
    team_id: int | None
    due_at: datetime | None
    breached_at: datetime | None
    stopped_at: datetime | None
    paused_at: datetime | None
    end: str | None


class Made(Protocol):
    """A promise to a customer (models.Promise)."""

    due_at: datetime
    standing: str
    team_id: int | None


class Raised(Protocol):
    """What had to reach somebody (models.Escalation)."""

    reason: str
    team_id: int | None
    raised_at: datetime
    first_action_at: datetime | None
    closed_at: datetime | None


def of_clocks(clocks: Iterable[RunClock], hours_of: Callable[[int | None], Hours], now: datetime) -> list[Measure]:
    """The deadlines of a case that were met or missed, each counted when that was decided, to the team of that instant."""
    found = []
    for clock in clocks:
        missed = clock.breached_at
        if missed is None and clock.stopped_at is None and clock.paused_at is None and clock.due_at and clock.due_at < now:
            missed = clock.due_at  # nobody has noticed yet
        if missed is not None:
            until = clock.stopped_at
            late = seconds_between(missed, until) if until else None
            working = max(0, hours_of(clock.team_id).between(missed, until)) if until else None
            found.append(Measure(f"{clock.kind}-missed", missed, until, late, working, clock.team_id))
        elif clock.end == "met" and clock.stopped_at is not None:
            found.append(Measure(f"{clock.kind}-met", clock.stopped_at, None, None, None, clock.team_id))
    return found


def of_promises(promises: Iterable[Made], team_id: int | None, now: datetime) -> list[Measure]:
    """What became of promises.  One whose time has passed was broken, whether anybody has noticed or not."""
    found = []
    for one in promises:
        standing = "broken" if one.standing == "running" and one.due_at < now else one.standing
        if standing in ("kept", "broken"):
            found.append(Measure(f"promise-{standing}", one.due_at, team_id=one.team_id or team_id))
    return found


def of_escalations(escalations: Iterable[Raised], hours_of: Callable[[int | None], Hours]) -> list[Measure]:
    """That there was one, and how long it took until somebody did something about it, by the calendar of the team that had the case."""
    found = []
    for one in escalations:
        found.append(Measure(f"escalated-{one.reason}", one.raised_at, team_id=one.team_id))
        end = one.first_action_at or one.closed_at
        kind = "never-acted" if one.first_action_at is None and end is not None else "first-action"
        value = seconds_between(one.raised_at, end) if end is not None else None
        working = max(0, hours_of(one.team_id).between(one.raised_at, end)) if end is not None else None
        found.append(Measure(kind, end, one.raised_at, value, working, one.team_id))
    return found


def seconds_between(begin: datetime, end: datetime) -> int:
    """Calendar seconds from one instant to another, never fewer than none."""
    return max(0, int((end - begin).total_seconds()))
