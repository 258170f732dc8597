"""The clocks of a case: what starts, pauses and stops them.

first-response   from the first message that waits for us until the first answer by a human
next-reply       from the oldest unanswered message on; while the first response is due, that is the same wait and told once
resolution       from the opening until the case is solved; while we wait for the customer it pauses

A move between teams restarts nothing: what has passed was counted by the old team's calendar, what is left is counted by the new
one's.  So it is with another allowance, by priority or tag.  A deadline that has passed while its clock ran stays as it was.
Deadlines in calendar days or months are the law's: nothing pauses them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from helpdesk.policies.cases import OUR_TURN, UNSOLVED
from helpdesk.policies.hours import Hours
from helpdesk.policies.sla import KINDS, Allowance, Clock, End, Kind, due, warns_at


@dataclass(frozen=True)
class Facts:
    """What the clocks need to know of a case as it is now."""

    state: str
    ours: bool  # begun by us
    opened_at: datetime
    waiting_since: datetime | None
    away: bool = False  # merged, spam, withdrawn: nobody waits for it


@dataclass(frozen=True)
class Terms:
    """What is promised in a case: how long, by whose calendar, and who holds it."""

    policy_id: int
    calendar_id: int
    team_id: int | None
    warn_percent: int
    allowances: Mapping[Kind, Allowance]


@dataclass(frozen=True)
class Setting:
    """Sets the clocks of one case by what it is now.  `terms` None: nothing is promised in it.

    `answered_at`: somebody of us answered just now.  `begins_anew`: it comes back from being solved, merged or spam, so that no
    clock of it is late at once.  `quiet`: the rules changed and not the case, so that nothing rings for what is late already.
    """

    facts: Facts
    terms: Terms | None
    hours_of: Callable[[int], Hours]  # by a calendar's id
    now: datetime
    answered_at: datetime | None = None
    begins_anew: bool = False
    quiet: bool = False

    def set(self, newest: Mapping[Kind, Clock]) -> list[tuple[Clock | None, Clock]]:
        """What becomes of the newest clock of each kind: (what it was, what it is); None and a clock for one that begins."""
        changed: list[tuple[Clock | None, Clock]] = []
        for kind in KINDS:
            changed += self._set(kind, newest.get(kind))
        return changed

    def _set(self, kind: Kind, before: Clock | None) -> list[tuple[Clock | None, Clock]]:
        clock = self._answered(self._noticed(before)) if before is not None else None
        if not self._is_wanted(kind):
            return [(before, self._ended(clock))] if clock is not None else []
        if clock is None:
            return [(None, self._begun(kind))]
        if clock.stopped_at is not None and not self._goes_on(clock):
            return [(before, clock), (None, self._begun(kind))]
        return [(before, self._on_terms(self._since_the_oldest(self._taken_up(clock))))]

    # ── what runs ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_wanted(self, kind: Kind) -> bool:
        facts = self.facts
        if self.terms is None or kind not in self.terms.allowances or facts.away or facts.state not in UNSOLVED:
            return False
        if kind == "first-response":
            return facts.state == "new" and not facts.ours and facts.waiting_since is not None
        if kind == "next-reply":
            its_turn = facts.state == "open" or (facts.state in OUR_TURN and facts.waiting_since is not None)
            return its_turn and not self._is_wanted("first-response")
        return True

    def _since(self, kind: Kind) -> datetime | None:
        """When the wait began; None where nobody wrote and yet it is our turn."""
        return self.facts.opened_at if kind == "resolution" else self.facts.waiting_since

    def _goes_on(self, clock: Clock) -> bool:
        """Whether a clock that was stopped is the one that is wanted again: what stopped it was taken back, or did not hold."""
        if clock.kind == "resolution":
            return True
        since = self._since(clock.kind)
        return clock.started_at == since or (since is None and not self.begins_anew)

    # ── what becomes of a clock ──────────────────────────────────────────────────────────────────────────────────────

    def _noticed(self, clock: Clock) -> Clock:
        """A deadline that has passed is noticed before anything else: what happens now makes it no better."""
        until = self.answered_at if self.answered_at is not None and clock.kind != "resolution" else self.now
        if clock.runs and clock.breached_at is None and clock.due_at is not None and clock.due_at < until:
            return replace(clock, breached_at=clock.due_at)
        return clock

    def _answered(self, clock: Clock) -> Clock:
        if self.answered_at is None or clock.stopped_at is not None or clock.kind == "resolution":
            return clock
        return _stopped(clock, self.answered_at, "met")

    def _ended(self, clock: Clock) -> Clock:
        if clock.stopped_at is not None:
            return clock
        state = self.facts.state
        met = not self.facts.away and (state == "waiting" or (state == "resolved" and clock.kind == "resolution"))
        return _stopped(clock, self.now, "met" if met else "dropped")

    def _begun(self, kind: Kind) -> Clock:
        assert self.terms is not None
        since = self._since(kind) or self.now
        # Since when somebody waits is known; how long a case was ours before it had deadlines is not.
        from_now = self.quiet if kind == "resolution" else self.begins_anew
        terms, allowance = self.terms, str(self.terms.allowances[kind])
        counted_from = self.now if from_now else since
        clock = Clock(kind, terms.policy_id, terms.calendar_id, terms.team_id, allowance, terms.warn_percent, since, counted_from)
        return self._on_terms(clock)

    def _taken_up(self, clock: Clock) -> Clock:
        """What stood goes on.  Time of the resolution clock did not pass; a deadline that passed meanwhile is given anew."""
        if clock.stopped_at is None:
            return clock
        stood_since, clock = clock.stopped_at, replace(clock, stopped_at=None, end=None)
        if clock.breached_at is not None:
            return clock
        if clock.kind == "resolution" and clock.is_in_working_time:
            if clock.paused_at is None:
                clock = replace(clock, spent=self._spent(clock, stood_since))
            return replace(clock, counted_from=self.now, paused_at=None)
        if self.begins_anew and (clock.due_at is None or clock.due_at <= self.now):
            return replace(clock, counted_from=self.now, spent=0)
        return clock

    def _since_the_oldest(self, clock: Clock) -> Clock:
        """An older message waits as well: it came with a merged case, or was accepted late."""
        since = self.facts.waiting_since
        if clock.kind == "resolution" or since is None or since >= clock.started_at:
            return clock
        return replace(clock, started_at=since, counted_from=since, spent=0)

    def _on_terms(self, clock: Clock) -> Clock:
        """The same clock by what is promised now: what has passed stays passed."""
        assert self.terms is not None
        if clock.breached_at is not None:
            return replace(clock, paused_at=(clock.paused_at or self.now) if self._pauses(clock) else None)
        terms, before = self.terms, clock
        clock = replace(
            clock,
            policy_id=terms.policy_id,
            calendar_id=terms.calendar_id,
            team_id=terms.team_id,
            allowance=str(terms.allowances[clock.kind]),
            warn_percent=terms.warn_percent,
        )
        if (clock.calendar_id, clock.allowance) != (before.calendar_id, before.allowance):
            clock = self._counted_on(clock, before)
        return self._paused(clock) if self._pauses(clock) else self._running(clock)

    def _counted_on(self, clock: Clock, before: Clock) -> Clock:
        """By another calendar or allowance."""
        if not clock.is_in_working_time:
            return replace(clock, counted_from=clock.started_at, spent=0) if before.is_in_working_time else clock
        if before.paused_at is not None or before.counted_from >= self.now:
            return clock
        return replace(clock, spent=self._spent(before, self.now), counted_from=self.now)

    def _pauses(self, clock: Clock) -> bool:
        return clock.kind == "resolution" and self.facts.state == "waiting" and clock.is_in_working_time

    def _paused(self, clock: Clock) -> Clock:
        if clock.paused_at is not None:
            return clock
        return replace(clock, paused_at=self.now, spent=self._spent(clock, self.now), due_at=None, alarm_at=None)

    def _running(self, clock: Clock) -> Clock:
        if clock.paused_at is not None:
            clock = replace(clock, paused_at=None, counted_from=self.now if clock.is_in_working_time else clock.started_at)
        hours = self.hours_of(clock.calendar_id)
        clock = replace(clock, due_at=due(clock, hours))
        return replace(clock, alarm_at=self._rings(clock, hours))

    def _spent(self, clock: Clock, until: datetime) -> int:
        return clock.spent + max(0, self.hours_of(clock.calendar_id).between(clock.counted_from, until))

    def _rings(self, clock: Clock, hours: Hours) -> datetime | None:
        """When it rings next.  A warning that belongs before the time that is counted now is not given."""
        if clock.due_at is None:
            return None
        warning = warns_at(clock, hours) if clock.warned_at is None else None
        if warning is not None and warning < clock.due_at and not (self.quiet and warning <= self.now):
            return warning
        return None if self.quiet and clock.due_at <= self.now else clock.due_at


def _stopped(clock: Clock, at: datetime, end: End) -> Clock:
    return replace(clock, stopped_at=at, alarm_at=None, end="missed" if clock.breached_at is not None else end)
