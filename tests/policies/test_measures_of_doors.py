"""What is measured of the addresses of a case, and of the mail that came to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from helpdesk.policies.measures_of_doors import of_addresses, of_door_mail

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(("ends", "end"), [
    ({}, [None]),
    ({"expires_at": MONDAY + 28 * DAY}, [MONDAY + 28 * DAY]),
    ({"revoked_at": MONDAY + DAY}, []),
    ({"expires_at": MONDAY + 28 * DAY, "revoked_at": MONDAY + 3 * DAY}, []),
    ({"expires_at": MONDAY + 28 * DAY, "revoked_at": MONDAY + 30 * DAY}, [MONDAY + 28 * DAY]),
])  # fmt: skip
def test_an_address_ends_by_itself_or_was_withdrawn_before(ends: dict[str, datetime], end: list[datetime | None]) -> None:
    door = SimpleNamespace(**{"issued_at": MONDAY, "expires_at": None, "revoked_at": None, **ends})
    found = of_addresses([door], 7)
    assert [(one.kind, one.began_at, one.at, one.team_id) for one in found] == [("door", MONDAY, at, 7) for at in end]


@pytest.mark.parametrize(("mail", "kinds"), [
    ({}, ["door-mail"]),
    ({"writer": "stranger"}, ["door-mail", "door-stranger"]),
    ({"brings_back": True}, ["door-mail", "door-back"]),
    ({"standing": "expired", "brings_back": True}, ["door-mail", "door-late", "door-back", "door-late-back"]),
    ({"standing": "expired", "writer": "machine"}, ["door-mail"]),
    ({"standing": "revoked", "writer": "stranger"}, ["door-mail", "door-stranger"]),
])  # fmt: skip
def test_a_mail_is_counted_as_all_that_it_is(mail: dict[str, Any], kinds: list[str]) -> None:
    came = SimpleNamespace(**{"at": MONDAY, "standing": "active", "writer": "participant", "brings_back": False, **mail})
    assert [one.kind for one in of_door_mail([came], 7)] == kinds
