"""What two cases are when they have become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.policies import merging

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("new", "new", "new"),
        ("new", "open", "open"),
        ("new", "waiting", "open"),
        ("new", "resolved", "open"),
        ("open", "open", "open"),
        ("open", "waiting", "open"),
        ("open", "resolved", "open"),
        ("waiting", "waiting", "waiting"),
        ("waiting", "resolved", "waiting"),
        ("resolved", "resolved", "resolved"),
    ],
)
def test_whoever_waits_for_us_goes_first(one: str, other: str, both: str) -> None:
    assert merging.state_of_both(one, other) == merging.state_of_both(other, one) == both


def test_whoever_waits_longest_counts() -> None:
    later = MONDAY + timedelta(hours=1)
    assert merging.waiting_since(later, MONDAY) == MONDAY
    assert merging.waiting_since(None, later) == later
    assert merging.waiting_since(None, None) is None


@dataclass(frozen=True)
class Kept:
    is_confidential: bool = False
    insiders: frozenset[int] = frozenset()
    outsiders: frozenset[int] = frozenset()
    is_withdrawn: bool = False


OPEN, OF_ONE, OF_TWO = Kept(), Kept(True, frozenset((1,))), Kept(True, frozenset((1, 2)))
NOT_FOR_THREE = Kept(outsiders=frozenset((3,)))


@pytest.mark.parametrize(
    ("case", "into", "tells"),
    [
        (OPEN, OPEN, False),
        (OPEN, OF_ONE, False),
        (OF_ONE, OPEN, True),
        (OF_ONE, OF_TWO, True),
        (OF_TWO, OF_ONE, False),
        (NOT_FOR_THREE, OPEN, True),
        (OPEN, NOT_FOR_THREE, False),
        (NOT_FOR_THREE, NOT_FOR_THREE, False),
    ],
)
def test_a_merge_tells_nobody_what_is_kept_from_them(case: Kept, into: Kept, tells: bool) -> None:
    assert merging.would_tell(case, into) is tells
