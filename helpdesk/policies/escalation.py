"""Which trouble is told to whom, when, how, and when again.

A warning is told at level 1 and goes no further, for the breach comes by itself.  A breach, and whatever shows that a case slipped
through somebody's hands, begins at level 2, and level 1 hears of it at the same time.  From level to level it goes by working time
in which nobody says that they saw it; the last level is reminded, and so are those below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from helpdesk.policies.hours import Hours

Reason = Literal[
    "warning",
    "breach",
    "wants-human",
    "second-reopening",
    "third-handover",
    "bounced",
    "help",
    "promise-at-risk",
    "promise-broken",
]
Outcome = Literal["acknowledged", "taken-over", "handed-back", "answered", "resolved", "kept", "worse", "dropped"]
Whom = Literal["holder", "team", "supervisors", "admins"]

REASONS: tuple[Reason, ...] = get_args(Reason)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
WHOM: tuple[Whom, ...] = get_args(Whom)

BEGINS_AT: dict[Reason, int] = {
    "warning": 1,
    "breach": 2,
    "wants-human": 1,
    "second-reopening": 2,
    "third-handover": 2,
    "bounced": 1,
    "help": 2,
    "promise-at-risk": 1,
    "promise-broken": 2,
}
# What is worse comes by itself, as a breach or a broken promise: nobody is reminded of these, and they go no higher.
TOLD_ONCE: frozenset[str] = frozenset(("warning", "promise-at-risk"))
WORSE: dict[str, Reason] = {
    "breach": "warning",
    "promise-broken": "promise-at-risk",
}  # the first ends the second about the same thing
# These are about one customer who waits: whoever saw one of them saw them all.
ABOUT_A_WAIT: frozenset[str] = frozenset(("warning", "breach", "promise-at-risk", "promise-broken"))
# Somebody should look at how this case goes; a look, or another hand, is what it asks for.  The others end when the customer hears from us.
ASKS_FOR_A_LOOK: frozenset[str] = frozenset(("second-reopening", "third-handover"))

MOST_LEVELS = 3
LONGEST_WAIT = 10_000  # working minutes
A_MINUTE = 60


@dataclass(frozen=True)
class Level:
    """Whom a level tells, after how many working minutes without a sign of the level before, and how."""

    whom: Whom
    after_minutes: int = 0
    by_mail: bool = True
    at_any_time: bool = False  # mailed outside working hours as well


@dataclass(frozen=True)
class Plan:
    """The levels of a policy, the first one first, and the working minutes between reminders (0: nobody is reminded)."""

    levels: Sequence[Level]
    remind_minutes: int


DEFAULTS = Plan((Level("holder"), Level("supervisors", 60), Level("admins", 240)), 240)


@dataclass(frozen=True)
class Step:
    """What comes next: which level hears of it, or is reminded together with those below it, and when."""

    level: int
    at: datetime
    is_reminder: bool


@dataclass(frozen=True)
class Facts:
    """What has become of a case since something in it was escalated."""

    state: str  # policies.cases.State
    is_away: bool  # merged, spam, withdrawn
    is_answered: bool  # one of us answered the customer; where somebody asked for help, another than they
    clock_end: str | None = None  # how the clock that it is about stopped
    clock_kind: str | None = None


def over(reason: Reason, facts: Facts) -> Outcome | None:
    """How it ended by itself; None while it still needs somebody.  A promise ends as policies.promises says, or with its case."""
    if facts.is_away or facts.clock_end == "dropped":
        return "dropped"
    if facts.clock_end is not None:
        return "resolved" if facts.clock_kind == "resolution" or facts.state == "resolved" else "answered"
    if facts.state == "resolved":
        return "resolved"
    ends_by_answer = facts.clock_kind is None and reason in ("wants-human", "bounced", "help")
    return "answered" if ends_by_answer and facts.is_answered else None


def ends_by(reason: Reason, deed: Outcome) -> bool:
    """Whether this deed of whoever was told ends it, and does not only say that it is in somebody's hands."""
    return reason in ASKS_FOR_A_LOOK or (reason == "help" and deed in ("taken-over", "handed-back"))


def levels_at_first(reason: Reason, plan: Plan) -> list[int]:
    """Which levels hear of it as soon as it is raised."""
    return list(range(1, min(BEGINS_AT[reason], len(plan.levels)) + 1))


def next_step(reason: Reason, level: int, told_at: datetime, plan: Plan, hours: Hours) -> Step | None:
    """What comes if nobody says that they saw it: a higher level, or a reminder, whichever is first.  None: nothing more."""
    if reason in TOLD_ONCE:
        return None
    steps = []
    if level < len(plan.levels):
        at = hours.add(told_at, plan.levels[level].after_minutes * A_MINUTE)
        steps += [Step(level + 1, at, False)] if at is not None else []
    if plan.remind_minutes:
        at = hours.add(told_at, plan.remind_minutes * A_MINUTE)
        steps += [Step(level, at, True)] if at is not None else []
    return min(steps, key=lambda step: (step.at, step.is_reminder), default=None)


def mail_at(level: Level, now: datetime, hours: Hours) -> datetime | None:
    """When the mail of a level may leave: now, or when people are at work again.  None: it is on the pages only."""
    if not level.by_mail:
        return None
    return now if level.at_any_time else opening(now, hours)


def opening(now: datetime, hours: Hours) -> datetime | None:
    """The next instant at which people are at work; None where they never are."""
    moment = timedelta(seconds=1)
    worked = hours.add(now, moment.total_seconds())
    return max(now, worked - moment) if worked is not None else None
