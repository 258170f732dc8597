"""Who may do what: the whole table, written a second time by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import pytest

from helpdesk.policies.permissions import ROLES, Deed, Role, may

LEADERS_ONLY = {"mail.replay"}
ADMIN_ONLY = {"file.release", "settings.read", "settings.change"}


@dataclass
class Agent:
    role: str
    active: bool = True


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deed", get_args(Deed))
def test_a_role_may_do_what_the_table_says_and_nothing_else(deed: Deed, role: Role) -> None:
    expected = role == "admin" or deed not in ADMIN_ONLY | LEADERS_ONLY or (role == "supervisor" and deed in LEADERS_ONLY)
    assert may(Agent(role), deed) is expected


@pytest.mark.parametrize("deed", get_args(Deed))
def test_nobody_and_whoever_was_switched_off_may_do_nothing(deed: Deed) -> None:
    assert not may(None, deed)
    assert not may(Agent("admin", active=False), deed)


@pytest.mark.parametrize("deed", get_args(Deed))
def test_an_unknown_role_may_do_nothing(deed: Deed) -> None:
    assert not may(Agent("root"), deed)
