"""The timetable's sweep: what it ends, and when it does not believe the clock (it then stops and says so)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.actions import agents, cases, desks, people
from helpdesk.db import Database
from helpdesk.models import Case, Event, ReplyAddress
from helpdesk.policies.addresses import RETIRED_AFTER
from helpdesk.queries import addresses as find

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
GRACE = 28 * DAY


def solved(database: Database, now: datetime, many: int = 1) -> None:
    """So many cases that were resolved at `now`."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=now)
        bob = agents.create(session, "bob@example.org", "Bob", role="agent", now=now)
        anna = people.known(session, "anna@customer.example", now=now)
        desk = find.desk_at(session, "help@example.org")
        assert desk is not None
        for number in range(many):
            cases.resolve(session, cases.open_case(session, desk, anna, f"Fire {number}", now=now), agent=bob, now=now)


def daily(database: Database, first: datetime, last: datetime) -> int:
    """What the timetable does over days."""
    changed, now = 0, first
    while now < last:
        changed += jobs.sweep(database, now=now)
        now += DAY
    return changed + jobs.sweep(database, now=last)


def why(database: Database) -> str | None:
    with database.reading() as session:
        return jobs.trouble(session)


def expired(database: Database) -> int:
    with database.reading() as session:
        return len(session.scalars(select(ReplyAddress.id).where(ReplyAddress.expired_at.is_not(None))).all())


def test_an_address_expires_in_its_instant_and_not_a_moment_sooner(each_database, monday) -> None:
    solved(each_database, monday)
    assert daily(each_database, monday, monday + GRACE - INSTANT) == 0
    assert jobs.sweep(each_database, now=monday + GRACE) == 1
    assert jobs.sweep(each_database, now=monday + GRACE) == 0


def test_two_sweeps_of_one_end_tell_it_once(each_database, monday) -> None:
    solved(each_database, monday)
    jobs.sweep_at_your_word(each_database, now=monday + GRACE, is_present=False)
    jobs.sweep_at_your_word(each_database, now=monday + GRACE, is_present=False)
    with each_database.reading() as session:
        assert len(session.scalars(select(Event.id).where(Event.deed == "expired")).all()) == 1


def test_an_address_is_retired_eleven_months_after_it_was_seen_to_expire(database, monday) -> None:
    solved(database, monday)
    end = monday + GRACE
    jobs.sweep_at_your_word(database, now=end, is_present=False)
    assert jobs.sweep_at_your_word(database, now=end + RETIRED_AFTER - INSTANT, is_present=False) == 0
    assert jobs.sweep_at_your_word(database, now=end + RETIRED_AFTER, is_present=False) == 1


@pytest.mark.parametrize("jump", [timedelta(days=365), timedelta(days=-365), timedelta(days=3, seconds=1), timedelta(minutes=-6)])
def test_after_a_jump_of_the_clock_nothing_expires_and_it_is_said(database, monday, jump) -> None:
    solved(database, monday)
    jobs.sweep(database, now=monday)
    with pytest.raises(jobs.Stopped, match="the clock says"):
        jobs.sweep(database, now=monday + jump)
    assert expired(database) == 0
    assert "the clock says" in (why(database) or "")


def test_a_clock_that_comes_back_to_its_senses_is_believed_again(database, monday) -> None:
    solved(database, monday)
    jobs.sweep(database, now=monday)
    with pytest.raises(jobs.Stopped):
        jobs.sweep(database, now=monday + timedelta(days=365))
    assert jobs.sweep(database, now=monday + timedelta(minutes=1)) == 0
    assert why(database) is None


def test_a_stopped_sweep_stays_stopped_however_long_the_wrong_clock_ticks(database, monday) -> None:
    solved(database, monday)
    jobs.sweep(database, now=monday)
    for minutes in range(3):
        with pytest.raises(jobs.Stopped):
            jobs.sweep(database, now=monday + timedelta(days=365, minutes=minutes))


def test_a_person_s_word_lets_the_timetable_go_on_from_today(database, monday) -> None:
    solved(database, monday)
    jobs.sweep(database, now=monday)
    later = monday + timedelta(days=90)
    with pytest.raises(jobs.Stopped):
        jobs.sweep(database, now=later)
    assert jobs.sweep_at_your_word(database, now=later, is_present=True) == 1
    assert why(database) is None
    assert jobs.sweep(database, now=later + timedelta(minutes=1)) == 0


def test_an_instant_that_was_only_said_does_not_move_the_timetable(database, monday) -> None:
    solved(database, monday)
    jobs.sweep(database, now=monday)
    jobs.sweep_at_your_word(database, now=monday + timedelta(days=90), is_present=False)
    assert jobs.sweep(database, now=monday + timedelta(minutes=1)) == 0


def test_fifty_addresses_may_expire_at_once_and_fifty_one_are_doubted(database, monday) -> None:
    solved(database, monday, many=51)
    with database.transaction() as session:
        case = session.scalars(select(Case).order_by(Case.number)).first()
        assert case is not None
        cases.reopen(session, case, now=monday)
    daily(database, monday, monday + GRACE - INSTANT)
    assert jobs.sweep(database, now=monday + GRACE) == 50


def test_more_than_fifty_and_a_twentieth_at_once_stop_the_sweep(database, monday) -> None:
    solved(database, monday, many=51)
    daily(database, monday, monday + GRACE - INSTANT)
    with pytest.raises(jobs.Stopped, match="51 of 51 reply addresses would expire at once"):
        jobs.sweep(database, now=monday + GRACE)
    assert expired(database) == 0
    assert "51 of 51" in (why(database) or "")
