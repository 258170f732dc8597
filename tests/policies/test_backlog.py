"""The age of a backlog: looked at case by case, and by until when a case of each age was opened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policies.backlog import AGES, age, opened_until
from helpdesk.policies.hours import Hours

FREE = {date(2026, 12, 24), date(2026, 12, 25)}
WORK = Hours(
    ZoneInfo("Europe/Berlin"), [[(9 * 60, 12 * 60), (13 * 60, 17 * 60)]] * 4 + [[(9 * 60, 13 * 60)], [], []], FREE.__contains__
)
NOBODY = Hours(UTC, [[]] * 7)
AT = datetime(2027, 1, 4, 8, tzinfo=UTC)


@given(st.timedeltas(timedelta(0), timedelta(days=60)))
def test_both_ways_of_asking_for_an_age_tell_the_same(waited: timedelta) -> None:
    opened = AT - waited
    edges = opened_until(WORK, AT)
    found = max(place for place, edge in enumerate(edges) if edge is not None and opened <= edge)
    assert found == age(WORK.between(opened, AT), WORK.usual_day())


def test_a_case_becomes_older_at_the_very_second() -> None:
    edge = opened_until(WORK, AT)[AGES.index("3-7")]
    assert edge is not None
    day = WORK.usual_day()
    assert age(WORK.between(edge, AT), day) == AGES.index("3-7")
    assert age(WORK.between(edge + timedelta(microseconds=1), AT), day) == AGES.index("1-3")


def test_where_nobody_ever_works_nothing_grows_old() -> None:
    assert opened_until(NOBODY, AT) == [AT, None, None, None, None, None]
