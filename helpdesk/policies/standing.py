"""How a case stood at an instant, by its history: whose turn it was, whose case it was, whether anybody held it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from helpdesk.policies import merging
from helpdesk.policies.cases import State
from helpdesk.policies.histories import Deed
from helpdesk.policies.measures import Facts
from helpdesk.policies.moves import team_at

AN_HOUR = timedelta(hours=1)
MOST = 31 * 24  # hours that are made good at once


@dataclass(frozen=True)
class Standing:
    state: State
    team_id: int | None
    is_held: bool
    waiting_since: datetime | None


def standing(facts: Facts, deeds: Sequence[Deed], teams: Mapping[str, int], at: datetime, *, held_today: bool) -> Standing | None:
    """How it stood right before this instant; None where it was not there yet.  `held_today`: where nothing tells who had it."""
    if facts.opened_at >= at:
        return None
    state: State = "new"
    waits: datetime | None = None
    beside: dict[int, datetime] = {}  # what waits in cases that go on in this one later
    for deed in deeds:
        if deed.at >= at:
            break
        if deed.lane:
            state, waits = _beside(deed, beside, state, waits)
            continue
        match deed.what:
            case "asked" if state != "resolved":
                state = "new" if state == "new" else "open"
                waits = waits or deed.at
            case "answered":
                state, waits = ("resolved" if state == "resolved" else "waiting"), None
            case "bounced":
                state = "open"
            case "reopened":
                state, waits = "open", None if deed.is_thanks or not deed.by_customer else deed.at
            case "solved":
                state, waits = "resolved", None
    return Standing(state, team_at(facts, deeds, teams, at), _is_held(deeds, at, held_today), waits)


def _beside(deed: Deed, waits: dict[int, datetime], state: State, own: datetime | None) -> tuple[State, datetime | None]:
    """What was done in a case that goes on in this one later moves nothing here before it does."""
    if deed.what == "asked":
        waits.setdefault(deed.lane, deed.at)
    if deed.what not in ("answered", "solved", "joined"):
        return state, own
    since = waits.pop(deed.lane, None)
    if deed.what != "joined":
        return state, own
    if deed.into:
        if since is not None:
            waits[deed.into] = min(since, waits.get(deed.into, since))
        return state, own
    return merging.state_of_both(state, cast(State, deed.state)), merging.waiting_since(own, since)


def _is_held(deeds: Sequence[Deed], at: datetime, held_today: bool) -> bool:
    """By whatever was said last before the instant; by what the first later word found, where there was none."""
    given = [deed for deed in deeds if deed.what == "given"]
    before = [deed for deed in given if deed.at < at]
    if before:
        return before[-1].is_held
    return given[0].was_held if given else held_today


def missed(last: datetime | None, now: datetime) -> list[datetime]:
    """The full hours of which there is no snapshot yet, the oldest first; without any, the last one alone."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    if last is None:
        return [hour]
    return [last + n * AN_HOUR for n in range(1, min(MOST, (hour - last) // AN_HOUR) + 1)]
