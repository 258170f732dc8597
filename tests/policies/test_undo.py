"""What can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.policies.undo import HEARD_FOR, obstacle

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BOB, CAROL = 1, 2


@dataclass(frozen=True)
class Deed:
    id: int = 5
    at: datetime = NOON
    deed: str = "resolved"
    agent_id: int | None = BOB


@pytest.mark.parametrize(
    "deed",
    [
        "assigned",
        "resolved",
        "reopened",
        "escalation-seen",
        "escalation-taken",
        "escalation-handed-back",
        "address-revoked",
        "handed-over",
    ],
)
def test_ones_own_deed_can_be_taken_back_at_once(deed: str) -> None:
    assert obstacle(Deed(deed=deed), [], agent_id=BOB, now=NOON) == ""


@pytest.mark.parametrize("deed", ["replied", "opened", "undone", "address-issued"])
def test_what_left_the_house_or_is_no_move_cannot(deed: str) -> None:
    assert obstacle(Deed(deed=deed), [], agent_id=BOB, now=NOON) == "foreign"


def test_what_somebody_else_did_cannot() -> None:
    assert obstacle(Deed(agent_id=CAROL), [], agent_id=BOB, now=NOON) == "foreign"
    assert obstacle(Deed(agent_id=None), [], agent_id=BOB, now=NOON) == "foreign"


def test_after_two_minutes_it_is_too_late() -> None:
    assert obstacle(Deed(), [], agent_id=BOB, now=NOON + HEARD_FOR) == ""
    assert obstacle(Deed(), [], agent_id=BOB, now=NOON + HEARD_FOR + timedelta(microseconds=1)) == "late"


def test_whatever_happened_since_stands_against_it_but_not_what_the_same_click_did() -> None:
    later = Deed(6, NOON + timedelta(seconds=1), "received", None)
    assert obstacle(Deed(), [later], agent_id=BOB, now=NOON) == "overtaken"
    assert obstacle(Deed(), [Deed(6, NOON, "assigned", BOB)], agent_id=BOB, now=NOON) == ""
    assert obstacle(Deed(), [Deed(6, NOON, "assigned", CAROL)], agent_id=BOB, now=NOON) == "overtaken"
    assert obstacle(Deed(), [Deed(6, NOON, "undone", BOB)], agent_id=BOB, now=NOON) == "overtaken"


def test_what_a_deed_brought_about_by_itself_does_not_stand_against_it() -> None:
    added, issued = Deed(deed="participant-added"), Deed(6, NOON, "address-issued", None)
    assert obstacle(added, [issued], agent_id=BOB, now=NOON) == ""
    later = Deed(6, NOON + timedelta(seconds=1), "address-issued", None)
    assert obstacle(added, [later], agent_id=BOB, now=NOON) == "overtaken"
    assert obstacle(Deed(), [issued], agent_id=BOB, now=NOON) == "overtaken"


def test_nothing_depends_on_a_link() -> None:
    later = Deed(6, NOON + timedelta(seconds=1), "received", None)
    assert obstacle(Deed(deed="linked"), [later], agent_id=BOB, now=NOON) == ""
