"""What the address of a report asks for."""

from datetime import UTC, date, datetime

import pytest

from helpdesk.actions import desks
from helpdesk.models import Calendar
from helpdesk.reports import asked
from tests.conftest import MONDAY


@pytest.fixture()
def new_york(session):
    team = desks.add_team(session, "Overseas", agent=None, now=MONDAY)
    calendar = Calendar(name="New York", zone="America/New_York", hours=[[0, 540, 1020]], country="", region="", local_days=[])
    session.add(calendar)
    session.flush()
    team.calendar_id = calendar.id
    session.flush()
    return team


def test_a_report_without_words_is_of_the_week_that_is_over_and_of_all_teams(session):
    scope = asked.scope(session, "escalation", {}, now=datetime(2026, 11, 16, 7, 30, tzinfo=UTC))
    assert (scope.period.first, scope.period.last) == (date(2026, 11, 9), date(2026, 11, 15))
    assert (scope.before.first, scope.before.last) == (date(2026, 11, 2), date(2026, 11, 8))
    assert (scope.team_id, scope.tag, scope.time, scope.fields) == (None, "", "working", {})
    assert scope.period.begins_at == datetime(2026, 11, 8, 23, tzinfo=UTC)  # midnight in Berlin
    assert scope.before.ends_at == scope.period.begins_at


def test_an_address_gives_back_what_it_asked_for(session, new_york):
    words = {
        "from": "2026-10-26",
        "to": "2026-11-01",
        "team": str(new_york.id),
        "tag": "sofa",
        "time": "calendar",
        "field.cause": "refund",
    }
    scope = asked.scope(session, "service-levels", words, now=MONDAY)
    assert asked.words_of(scope) == words
    assert asked.scope(session, "service-levels", asked.words_of(scope), now=MONDAY) == scope


def test_the_days_of_a_report_are_those_of_the_teams_calendar_also_where_one_has_twenty_five_hours(session, new_york):
    words = {"from": "2026-11-01", "to": "2026-11-01", "team": str(new_york.id)}
    scope = asked.scope(session, "daily", words, now=MONDAY)
    assert scope.period.begins_at == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert scope.period.ends_at == datetime(2026, 11, 2, 5, tzinfo=UTC)


def test_nonsense_about_a_filter_is_left_out_and_nonsense_about_days_is_refused(session):
    scope = asked.scope(session, "escalation", {"team": "4711", "time": "tea", "tag": " a \x00 b "}, now=MONDAY)
    assert (scope.team_id, scope.time, scope.tag) == (None, "working", "a b")
    for words in (
        {"from": "yesterday"},
        {"from": "2026-11-08", "to": "2026-11-01"},
        {"from": "2001-01-01", "to": "2026-01-01"},
        {"from": "9999-12-31"},
    ):
        with pytest.raises(asked.NotAPeriod):
            asked.scope(session, "escalation", words, now=MONDAY)
