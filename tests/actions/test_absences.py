"""Going away for some days, and coming back."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.actions import absences, cases
from helpdesk.actions.desks import NotUsable
from helpdesk.queries import absences as find
from helpdesk.queries import lists

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 6)


def test_the_deputy_has_the_cases_among_theirs_until_the_last_day_and_the_holder_keeps_them(
    session, case, bob, dana, monday
) -> None:
    mine = lists.Wanted(view="mine")
    cases.assign(session, case, bob, agent=bob, now=monday)
    assert lists.page(session, dana, mine, limit=5) == []
    row = absences.plan(session, bob, FIRST, LAST, deputy=dana, by=bob, now=monday)
    assert (case.assignee, lists.page(session, dana, mine, limit=5)) == (bob, [case])
    assert lists.counts(session, dana)[0]["mine"] == lists.counts(session, bob)[0]["mine"] == 1
    absences.withdraw(session, row, by=bob, now=monday)
    assert lists.page(session, dana, mine, limit=5) == []


def test_a_deputy_who_was_switched_off_stands_in_for_nobody(session, bob, dana, monday) -> None:
    absences.plan(session, bob, FIRST, LAST, deputy=dana, by=bob, now=monday)
    dana.active = False
    assert find.deputy_of(session, bob, monday) is None


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (LAST, FIRST, "last_day"),
        (date(2026, 10, 1), date(2026, 11, 1), "last_day"),
        (FIRST, date(2027, 11, 30), "last_day"),
    ],
)
def test_days_that_make_no_sense_are_refused(session, bob, monday, first, last, field) -> None:
    with pytest.raises(NotUsable) as refused:
        absences.plan(session, bob, first, last, deputy=None, by=bob, now=monday)
    assert refused.value.field == field


def test_nobody_is_their_own_deputy(session, bob, monday) -> None:
    with pytest.raises(NotUsable):
        absences.plan(session, bob, FIRST, LAST, deputy=bob, by=bob, now=monday)
