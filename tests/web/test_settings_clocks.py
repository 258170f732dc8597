"""Settings of calendars and deadlines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.actions import clocks, desks, tags
from helpdesk.db import Database
from helpdesk.models import Agent, Calendar, Case, DeadlinePolicy, Event, Installation, Team
from tests.web.browsing import Browser, anna_writes, words_of

OFFICE = {f"day{n}": "9-17" if n < 5 else "" for n in range(7)}
STANDARD = {"name": "Standard", "zone": "", "country": "", "region": ""}
POLICY = {
    "name": "Urgent", "team": "", "priority": "urgent", "tag": "", "customers": "", "warn_percent": "75", "active": "1",
    "first_response_amount": "2", "first_response_unit": "hours", "next_reply_amount": "", "next_reply_unit": "hours",
    "resolution_amount": "1", "resolution_unit": "months",
}  # fmt: skip


@pytest.fixture()
def ada(browser: Callable[..., Browser], monday: datetime) -> Browser:
    return browser("ada")


def test_the_standard_calendar_is_there_and_can_be_changed(ada: Browser, database: Database) -> None:
    assert "Standard Monday – Friday: 09:00–17:00 whoever has no other" in words_of(ada.get("/settings/calendars"))
    week = {**OFFICE, "day4": "8–12, 13:00-15:30", "local_days": ["christmas-eve"]}
    page = ada.post("/settings/calendars/1", {**STANDARD, **week}, follow_redirects=True)
    assert "Saved." in words_of(page)
    assert 'value="08:00–12:00, 13:00–15:30"' in page.text
    assert "24 December, Christmas Eve" in words_of(page)
    with database.reading() as session:
        assert session.scalars(select(Event.deed).order_by(Event.id.desc())).first() == "calendar-changed"
        assert clocks.are_behind(session)


def test_public_holidays_are_chosen_by_country_then_by_region(ada: Browser, database: Database) -> None:
    page = ada.post("/settings/calendars/1", {**STANDARD, **OFFICE, "country": "DE"}, follow_redirects=True)
    assert ">Sachsen</option>" in page.text
    page = ada.post("/settings/calendars/1", {**STANDARD, **OFFICE, "country": "DE", "region": "SN"}, follow_redirects=True)
    assert "18 November, Repentance and Prayer Day" in words_of(page)
    page = ada.post("/settings/calendars/1", {**STANDARD, **OFFICE, "country": "AT", "region": "SN"}, follow_redirects=True)
    assert ">Kärnten</option>" in page.text
    with database.reading() as session:
        assert session.get_one(Calendar, 1).region == "", "it was one of another country"


def test_a_new_calendar_is_given_to_teams(ada: Browser, database: Database, monday: datetime) -> None:
    with database.transaction() as session:
        desks.add_team(session, "Night", agent=None, now=monday)
    new = {**OFFICE, "day6": "0–24", "name": "Nights", "zone": "Europe/Lisbon", "country": "", "region": "", "teams": ["1"]}
    ada.post("/settings/calendars", new)
    assert "Nights Monday – Friday: 09:00–17:00 Sunday: 00:00–24:00 Night" in words_of(ada.get("/settings/calendars"))
    with database.reading() as session:
        assert session.get_one(Team, 1).calendar_id == 2
    ada.post("/settings/calendars/2", {**new, "teams": []})
    with database.reading() as session:
        assert session.get_one(Team, 1).calendar_id is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "A name has 1 to 100 characters."),
        ({"name": "Standard"}, "There is a calendar “Standard” already."),
        ({"day1": "late"}, "Write hours like 9:00–12:00"),
        (dict.fromkeys(OFFICE, ""), "Somebody has to work at least one hour a week."),
        ({"zone": "Europe/Atlantis"}, "Choose one from the list."),
        ({"local_days": ["my-birthday"]}, "Choose one from the list."),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(ada: Browser, wrong: dict[str, str], sentence: str) -> None:
    page = ada.post("/settings/calendars", {**STANDARD, **OFFICE, "name": "Other", **wrong})
    assert (page.status_code, sentence in words_of(page)) == (422, True)


def test_closed_days_of_ones_own_are_kept_and_taken_back(ada: Browser, database: Database) -> None:
    closed = {"first_day": "2026-11-20", "last_day": "2026-11-23", "why": "We move"}
    page = words_of(ada.post("/settings/calendars/1/closed", closed, follow_redirects=True))
    assert "20 November – 23 November, We move" in page
    with database.reading() as session:
        (row,) = session.get_one(Calendar, 1).closed
        assert (row.first_day, row.last_day) == (date(2026, 11, 20), date(2026, 11, 23))
    backwards = {**closed, "last_day": "2026-11-19"}
    assert "not before the first" in words_of(ada.post("/settings/calendars/1/closed", backwards, follow_redirects=True))
    assert "Choose a day." in words_of(
        ada.post("/settings/calendars/1/closed", {**closed, "first_day": "soon"}, follow_redirects=True)
    )
    assert "We move" not in words_of(ada.post("/settings/calendars/1/closed/1/remove", follow_redirects=True))
    assert ada.post("/settings/calendars/1/closed/9/remove").status_code == 404


def test_deadlines_are_set_for_some_cases_and_tried_in_order(ada: Browser, database: Database) -> None:
    assert "Standard All cases 8 working hours 8 working hours 40 working hours" in words_of(ada.get("/settings/deadlines"))
    ada.post("/settings/deadlines", POLICY)
    page = words_of(ada.get("/settings/deadlines"))
    assert "Urgent priority urgent 2 working hours – 1 month Standard All cases" in page
    page = words_of(ada.post("/settings/deadlines/1/up", follow_redirects=True))
    assert page.index("Standard All cases") < page.index("Urgent priority")
    page = words_of(
        ada.post("/settings/deadlines/2", {**POLICY, "active": "", "customers": "@Big.example"}, follow_redirects=True)
    )
    assert "Urgent switched off priority urgent, one customer" in page
    with database.reading() as session:
        assert session.get_one(DeadlinePolicy, 2).customers == ["@big.example"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "Standard"}, "There are deadlines called “Standard” already."),
        ({"first_response_amount": "0"}, "Write a whole number"),
        ({"resolution_unit": "moons"}, "Write a whole number"),
        ({"tag": "unheard"}, "No case has this tag."),
        ({"customers": "everybody"}, "“everybody” is neither an address nor @ and a domain."),
        ({"warn_percent": "100"}, "Choose a share between 10 and 99 per cent."),
        ({"priority": "huge"}, "Choose one from the list."),
        ({"team": "9"}, "Choose one from the list."),
    ],
)
def test_deadlines_that_make_no_sense_are_refused(ada: Browser, database: Database, wrong: dict[str, str], sentence: str) -> None:
    page = ada.post("/settings/deadlines", {**POLICY, **wrong})
    assert (page.status_code, sentence in words_of(page)) == (422, True)
    with database.reading() as session:
        assert len(session.scalars(select(DeadlinePolicy)).all()) == 1


def test_the_clocks_of_all_cases_follow(ada: Browser, database: Database, monday: datetime) -> None:
    number = anna_writes(database)
    jobs.set_clocks(database, now=monday)
    ada.post(
        "/settings/deadlines/1",
        {**POLICY, "name": "Standard", "priority": "", "first_response_amount": "90", "first_response_unit": "minutes"},
    )
    jobs.set_clocks(database, now=monday)
    with database.reading() as session:
        due_at = session.get_one(Case, number).due_at
        assert due_at is not None
        assert (due_at - monday).seconds == 90 * 60


def test_deadlines_of_a_tag_that_is_deleted_are_switched_off_and_of_one_that_is_joined_go_along(
    ada: Browser, database: Database, staff: dict[str, Agent], monday: datetime
) -> None:
    number = anna_writes(database)
    with database.transaction() as session:
        bob = session.get_one(Agent, staff["bob"].id)
        for name in ("press", "media"):
            tags.add(session, session.get_one(Case, number), name, agent=bob, now=monday)
    ada.post("/settings/deadlines", {**POLICY, "tag": "press"})
    jobs.set_clocks(database, now=monday)
    ada.post("/settings/tags/1", {"name": "media"})
    assert "Tag: media" in words_of(ada.get("/settings/deadlines"))
    ada.post("/settings/tags/2/delete")
    with database.reading() as session:
        policy = session.get_one(DeadlinePolicy, 2)
        assert (policy.tag_id, policy.active) == (None, False), "it would fit every case"
        assert session.get(Installation, clocks.TO_SET) is not None


def test_only_admins_see_either(browser: Callable[..., Browser]) -> None:
    carol = browser("carol")
    for path in ("/settings/calendars", "/settings/calendars/1", "/settings/deadlines", "/settings/deadlines/1"):
        assert carol.get(path).status_code == 404
    assert carol.post("/settings/deadlines/1", POLICY).status_code == 404


def test_a_calendar_that_nothing_uses_is_deleted_and_others_say_what_does(
    ada: Browser, database: Database, monday: datetime
) -> None:
    with database.transaction() as session:
        desks.add_team(session, "Night", agent=None, now=monday)
    new = {**OFFICE, "name": "Nights", "zone": "", "country": "", "region": "", "teams": ["1"]}
    ada.post("/settings/calendars", new)
    assert "Whoever has no calendar of their own works by it" in words_of(ada.get("/settings/calendars/1"))
    kept = ada.post("/settings/calendars/2/delete", follow_redirects=True)
    assert "It stays as long as teams work by it: Night." in words_of(kept)
    assert "/settings/calendars/2/delete" not in kept.text
    ada.post("/settings/calendars/2", {**new, "teams": []})
    ada.post("/settings/calendars/2/closed", {"first_day": "2026-12-24", "last_day": ""})
    assert "/settings/calendars/2/delete" in ada.get("/settings/calendars/2").text
    assert "“Nights” is deleted." in words_of(ada.post("/settings/calendars/2/delete", follow_redirects=True))
    assert ada.get("/settings/calendars/2").status_code == 404
    with database.reading() as session:
        told = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert told is not None
        assert (told.deed, told.before["name"], len(told.before["closed"])) == ("calendar-deleted", "Nights", 1)
    assert ada.post("/settings/calendars/1/delete").status_code == 303
    assert ada.get("/settings/calendars/1").status_code == 200


def test_deadlines_that_no_case_had_are_deleted_and_others_are_switched_off(
    ada: Browser, database: Database, monday: datetime
) -> None:
    ada.post("/settings/deadlines", POLICY)
    ada.post("/settings/deadlines", {**POLICY, "name": "All", "priority": ""})
    with database.reading() as session:
        urgent, everybody = (
            session.scalars(select(DeadlinePolicy.id).where(DeadlinePolicy.name == name)).one() for name in ("Urgent", "All")
        )
    anna_writes(database)
    jobs.set_clocks(database, now=monday)
    kept = words_of(ada.post(f"/settings/deadlines/{everybody}/delete", follow_redirects=True))
    assert "Cases have had these deadlines, which stay on record. Switch them off instead." in kept
    assert f"/settings/deadlines/{urgent}/delete" in ada.get(f"/settings/deadlines/{urgent}").text
    assert "“Urgent” is deleted." in words_of(ada.post(f"/settings/deadlines/{urgent}/delete", follow_redirects=True))
    with database.reading() as session:
        assert "Urgent" not in session.scalars(select(DeadlinePolicy.name)).all()
        assert session.scalars(select(Event.deed).order_by(Event.id.desc())).first() == "deadline-deleted"
