"""Which mail of a mailbox is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.policies.mailboxes import Manner, is_speakable, is_take, manner

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)


def of(uid: int, arrived_at: datetime | None, take: str, *, renumbered: bool = False) -> Manner:
    """A mailbox connected at noon, when 100 was the next UID."""
    return manner(uid, arrived_at, floor_uid=100, connected_at=NOON, take=take, renumbered=renumbered)


@pytest.mark.parametrize("take", ["new", "7", "all"])
@pytest.mark.parametrize("arrived_at", [NOON + DAY, NOON - 900 * DAY, None])
def test_what_comes_after_the_connection_is_new_whatever_its_date(take: str, arrived_at: datetime | None) -> None:
    assert of(100, arrived_at, take) == "new"


@pytest.mark.parametrize("take", ["new", "7", "all"])
def test_what_came_while_the_mailbox_could_not_be_reached_yet_is_new(take: str) -> None:
    assert of(99, NOON + INSTANT, take) == "new"


@pytest.mark.parametrize(
    ("take", "age", "expected"),
    [
        ("new", timedelta(), "left"),
        ("new", 900 * DAY, "left"),
        ("7", timedelta(), "old"),
        ("7", 7 * DAY - INSTANT, "old"),
        ("7", 7 * DAY, "left"),
        ("all", 9000 * DAY, "old"),
    ],
)
def test_of_what_lay_there_before_so_much_is_taken_as_was_chosen(take: str, age: timedelta, expected: Manner) -> None:
    assert of(99, NOON - age, take) == expected


@pytest.mark.parametrize(("take", "expected"), [("new", "left"), ("7", "old"), ("all", "old")])
def test_without_a_date_it_is_taken_when_anything_old_is(take: str, expected: Manner) -> None:
    assert of(99, None, take) == expected


def test_after_a_new_numbering_a_day_more_is_looked_at_quietly() -> None:
    assert of(99, NOON - DAY + INSTANT, "new", renumbered=True) == "old"
    assert of(99, NOON - DAY, "new", renumbered=True) == "left"
    assert of(99, NOON + INSTANT, "new", renumbered=True) == "new"


@pytest.mark.parametrize("text", ["new", "all", "1", "30", "9999"])
def test_these_are_choices(text: str) -> None:
    assert is_take(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "10000", "1.5", "٣", "a week", "new\n", "30 "])
def test_these_are_none(text: str) -> None:
    assert not is_take(text)


@pytest.mark.parametrize("text", ["a\r\nb", "a\nb", "a\0b", "\x7f", "\t"])
def test_control_characters_are_never_said_to_a_server(text: str) -> None:
    assert not is_speakable(text)
    assert is_speakable('Büro «1» \\ "x"')
