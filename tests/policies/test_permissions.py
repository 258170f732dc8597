"""Who may do what: the whole table, written a second time by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import pytest

from helpdesk.policies.permissions import ROLES, Deed, Role, may

LEADERS_ONLY = {"capacity.change", "report.read", "suggestion.change", "absence.change", "mail.replay"}
ADMIN_ONLY = {"file.release", "settings.read", "settings.change"}
AUDIT = {"audit.read"}  # admins and auditors; supervisors do not
LOOKS = {
    "case.read",
    "mail.read",
    "people.read",
    "account.change",
}  # all that an auditor may besides; the last is their own account


@dataclass
class Agent:
    role: str
    active: bool = True
    id: int = 1


@dataclass
class Case:
    is_confidential: bool = False
    insiders: frozenset[int] = frozenset()
    outsiders: frozenset[int] = frozenset()
    is_withdrawn: bool = False


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deed", get_args(Deed))
def test_a_role_may_do_what_the_table_says_and_nothing_else(deed: Deed, role: Role) -> None:
    expected = {
        "agent": deed not in ADMIN_ONLY | LEADERS_ONLY | AUDIT,
        "supervisor": deed not in ADMIN_ONLY | AUDIT,
        "admin": True,
        "auditor": deed in LOOKS | AUDIT,
    }
    assert may(Agent(role), deed) is expected[role]


@pytest.mark.parametrize("deed", get_args(Deed))
def test_nobody_and_whoever_was_switched_off_may_do_nothing(deed: Deed) -> None:
    assert not may(None, deed)
    assert not may(Agent("admin", active=False), deed)


@pytest.mark.parametrize("deed", get_args(Deed))
def test_an_unknown_role_may_do_nothing(deed: Deed) -> None:
    assert not may(Agent("root"), deed)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deed", [deed for deed in get_args(Deed) if deed.startswith("case.")])
def test_no_role_opens_a_case_that_one_may_not_know_of(deed: Deed, role: Role) -> None:
    somebody, insider = Agent(role, id=7), Agent(role, id=8)
    at_all = may(somebody, deed)
    secret, ordinary = Case(True, insiders=frozenset((8,))), Case()
    assert may(somebody, deed, ordinary) is at_all
    assert may(insider, deed, secret) is at_all
    assert not may(somebody, deed, secret)
    assert not may(somebody, deed, Case(False, outsiders=frozenset((7,))))
    assert not may(insider, deed, Case(True, insiders=frozenset((8,)), outsiders=frozenset((8,))))
    assert not may(insider, deed, Case(is_withdrawn=True))
