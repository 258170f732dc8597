"""What of a very long story is left out at first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from helpdesk.policies.long_stories import Line, gaps

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def lines(count: int, *, loud: tuple[int, ...] = (), done: tuple[int, ...] = ()) -> list[Line]:
    """Events 1 to `count`: by all but those of `done` something was said."""
    return [Line(n, NOON + timedelta(minutes=n), n not in done, n in loud) for n in range(1, count + 1)]


def hidden(found: list[Line]) -> list[list[int]]:
    return [sorted(gap.hidden) for gap in gaps(found)]


def test_sixty_entries_are_shown_as_they_are() -> None:
    assert gaps(lines(60)) == []
    assert gaps(lines(200, done=tuple(range(61, 220)))) == []


def test_of_more_the_first_three_and_the_last_thirty_are_shown() -> None:
    (gap,) = gaps(lines(61))
    assert gap.hidden == frozenset(range(4, 32))
    assert (gap.count, gap.first, gap.last) == (28, NOON + timedelta(minutes=4), NOON + timedelta(minutes=31))


def test_what_asks_for_somebody_is_never_left_out() -> None:
    assert hidden(lines(100, loud=(20, 21, 90))) == [list(range(4, 20)), list(range(22, 71))]


def test_a_gap_without_words_is_no_gap() -> None:
    assert hidden(lines(100, loud=(20, 23), done=(21, 22))) == [list(range(4, 20)), list(range(24, 71))]


def test_what_was_done_between_two_entries_is_left_out_with_them() -> None:
    (gap,) = gaps(lines(100, done=(10, 11)))
    assert 10 in gap.hidden
    assert gap.count == 65
