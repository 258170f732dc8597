"""The list behind a figure, page by page: sorted where that can be, and the newest first where there are too many."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk.db import Database
from helpdesk.models import Agent, Case
from helpdesk.queries.reports import Page, page
from helpdesk.reports import behind
from helpdesk.reports.report import Behind
from tests.actions.test_reports import SUNDAY, Life

HOUR = timedelta(hours=1)


@pytest.fixture()
def life(each_database: Database, monday: datetime) -> Life:
    """Four cases: the first is answered, the second waits longer than the third, in the last they wrote twice."""
    life = Life(each_database)
    first, *_others, last = (life.writes(hours) for hours in range(4))
    life.answers(5, first)
    life.writes_again(6, last)
    life.is_measured()
    return life


def _page(life: Life, figure: str, most: int = 100, limit: int = 10, offset: int = 0, part: str = "all") -> Page:
    with life.database.reading() as session:
        erik = session.scalars(select(Agent).where(Agent.role == "supervisor")).one()
        parts = behind.parts(session, Behind(figure, part), life.scope(session, SUNDAY), erik)  # type: ignore[arg-type]
        return page(session, erik, parts, limit=limit, offset=offset, most=most)


def _numbers(found: Page) -> list[int]:
    return [case.number for case in found.rows]


def test_whoever_waits_longest_comes_first(life: Life) -> None:
    found = _page(life, "arrivals")
    assert (_numbers(found), found.total, found.is_more) == ([1002, 1003, 1004, 1001], 4, False)


def test_of_those_who_do_not_wait_whatever_was_touched_last_comes_first(life: Life) -> None:
    life.answers(7, 1003)
    life.answers(8, 1002)
    life.is_measured()
    assert _numbers(_page(life, "opened")) == [1004, 1002, 1003, 1001]


def test_of_too_many_the_newest_come_first_page_by_page(life: Life) -> None:
    pages = [_page(life, "arrivals", most=4, limit=3, offset=offset) for offset in (0, 3)]
    assert [(_numbers(one), one.total, one.is_more) for one in pages] == [([1004, 1003, 1002], 4, True), ([1001], 4, True)]


def test_what_waits_still_is_found_in_parts_of_any_number(life: Life) -> None:
    for most in (0, 100):
        assert set(_numbers(_page(life, "next-reply", most=most, part="waiting"))) == {1002, 1003, 1004}


@pytest.mark.parametrize("most", [0, 100])
def test_what_a_reader_may_not_know_is_on_no_page(life: Life, most: int) -> None:
    with life.database.transaction() as session:
        session.get_one(Case, 1002).confidential = True
    # The measures do not know it yet.
    assert 1002 not in _numbers(_page(life, "arrivals", most=most))


def test_behind_a_figure_that_there_is_not_is_no_case(life: Life) -> None:
    assert _page(life, "tea") == Page([], 0, is_more=False)
