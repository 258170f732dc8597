"""Cases that belong together."""

from __future__ import annotations

import pytest

from helpdesk.actions import cases, links
from helpdesk.actions.cases import NotPermitted
from helpdesk.queries import cases as find_cases
from helpdesk.queries import kinship


@pytest.fixture()
def other(session, desk, anna, monday):
    return cases.open_case(session, desk, anna, "Again", now=monday)


def test_a_link_by_hand_is_told_on_both_pages_and_taken_back(session, case, other, bob, monday) -> None:
    links.add(session, case, other, "caused-by", agent=bob, now=monday)
    assert [(one.kind, one.role, one.case) for one in kinship.of(session, case, bob)] == [("caused-by", "from", other)]
    assert [(one.kind, one.role, one.case) for one in kinship.of(session, other, bob)] == [("caused-by", "to", case)]
    links.remove(session, other, case, agent=bob, now=monday)
    assert kinship.of(session, case, bob) == kinship.of(session, other, bob) == []
    for one in (case, other):
        assert [event.deed for event in find_cases.timeline(session, one, bob)][-2:] == ["linked", "unlinked"]


def test_two_cases_are_linked_once_and_no_case_with_itself(session, case, other, bob, monday) -> None:
    links.add(session, case, other, "related", agent=bob, now=monday)
    with pytest.raises(NotPermitted, match="linked with case"):
        links.add(session, other, case, "duplicate", agent=bob, now=monday)
    with pytest.raises(NotPermitted, match="with itself"):
        links.add(session, case, case, "related", agent=bob, now=monday)


def test_what_is_not_linked_is_not_taken_back(session, case, other, bob, monday) -> None:
    with pytest.raises(NotPermitted, match="is not linked"):
        links.remove(session, case, other, agent=bob, now=monday)


def test_a_linked_case_that_is_kept_from_somebody_is_not_there(session, case, other, bob, monday) -> None:
    links.add(session, case, other, "related", agent=bob, now=monday)
    other.confidential = True
    session.flush()
    assert kinship.of(session, case, bob) == []
