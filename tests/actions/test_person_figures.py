"""Figures about people: none are kept or told, unless HOLDLINE_PERSON_FIGURES says so; and small teams are told as one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.actions import agents
from helpdesk.db import Database
from helpdesk.models import Base, Event, Measure, Team
from helpdesk.reports import files, groups
from helpdesk.reports.collecting import COLLECT
from helpdesk.reports.words import say
from helpdesk.web.api.reports import shape
from tests.actions.test_reports import Life
from tests.conftest import MONDAY


@pytest.fixture()
def life(database: Database, monday: datetime) -> Life:
    life = Life(database)
    life.answers(1, life.writes(0))
    life.answers(4, life.writes(0.5), by="clara")
    life.solves(5, 1001)
    return life


@contextmanager
def set_to(life: Life, wanted: str) -> Iterator[Life]:
    """The same installation, started with this setting."""
    first = life.database
    life.database = Database(first.house.settings.model_copy(update={"person_figures": wanted}))
    jobs.follow_settings(life.database, now=MONDAY)
    life.is_measured()
    yield life
    life.database.close()
    life.database = first


def _people(life: Life, reader: str) -> list[list[Any]] | None:
    lists = {one.key: one.rows for one in life.report("workload", reader=reader).lists}
    return [list(row[:2]) for row in lists["people"]] if "people" in lists else None


def _forms(life: Life, name: Any) -> dict[str, str]:
    """All that a report says, in each of its forms."""
    report = life.report(name)
    said = say(report, "en", ZoneInfo("Europe/Berlin"), house="Help desk")
    book = openpyxl.load_workbook(io.BytesIO(files.as_xlsx(said)))
    cells = [str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row]
    return {
        "api": str(shape(report)), "csv": files.as_csv(said), "xlsx": " ".join(cells), "pdf": str(files._document(said)),
        "page": str(said.tables),
    }  # fmt: skip


@pytest.mark.parametrize("name", [name for name in COLLECT if name != "daily"])
def test_no_list_of_a_report_names_who_holds_its_cases(life: Life, name: Any) -> None:
    forms = _forms(life, name)
    assert {form for form, words in forms.items() if "Bob" in words or "Clara" in words} == set()


def test_where_people_may_be_named_the_oldest_cases_name_their_holders(life: Life) -> None:
    with set_to(life, "named"):
        assert {form for form, words in _forms(life, "escalation").items() if "Clara" in words} == {
            "api",
            "csv",
            "xlsx",
            "pdf",
            "page",
        }


def test_what_burns_now_says_who_has_it_whatever_is_set(life: Life) -> None:
    life.writes_again(6, 1002)
    jobs.ring_at_your_word(life.database, now=MONDAY + timedelta(hours=100))
    report = life.report("daily", hours=100)
    (burning,) = [one for one in report.lists if one.key == "burning"]
    assert [row[burning.columns.index("holder")] for row in burning.rows] == ["Clara"], "that is the work, and today's"


def _of_persons(life: Life) -> set[int | None]:
    with life.database.reading() as session:
        return set(session.scalars(select(Measure.agent_id)))


def test_nothing_is_kept_or_told_of_single_people(life: Life) -> None:
    for name in COLLECT:
        said = str({key: value for key, value in shape(life.report(name)).items() if key != "lists"})
        assert "Bob" not in said
        assert "Clara" not in said
    assert _people(life, "erik") is None
    assert _of_persons(life) == {None}
    kept = {
        column.name for table in ("measure_sum", "snapshot", "snapshot_hour") for column in Base.metadata.tables[table].columns
    }
    assert not {name for name in kept if "agent" in name or name.endswith("by_id")}


def test_named_tells_supervisors_of_everybody_and_self_tells_each_of_themselves(life: Life) -> None:
    with set_to(life, "named"):
        assert _people(life, "erik") == [["Bob", 1], ["Clara", 1]]
    with set_to(life, "self"):
        assert (_people(life, "erik"), _people(life, "bob")) == ([], [["Bob", 1]])


def test_a_change_is_on_the_record_and_what_was_kept_is_struck_out(life: Life) -> None:
    with set_to(life, "named"):
        assert _of_persons(life) > {None}
    with set_to(life, "none"):
        assert _of_persons(life) == {None}
        with life.database.reading() as session:
            told = session.scalars(select(Event).where(Event.deed == "person-figures-set").order_by(Event.id)).all()
            assert [event.after["person_figures"] for event in told] == ["named", "none"]


@pytest.mark.parametrize(
    ("sizes", "told_as_one"),
    [({1: 5, 2: 9}, []), ({1: 4, 2: 2, 3: 9}, [2, 1]), ({1: 2, 2: 6, 3: 9}, [1, 2]), ({1: 1}, [1]), ({}, [])],
)
def test_teams_that_are_too_small_are_told_as_one_with_the_next_where_they_are_few_together(
    sizes: dict[int, int], told_as_one: list[int]
) -> None:
    assert groups._small(sizes) == told_as_one


def test_a_small_team_is_not_told_apart_by_a_filter_either(life: Life) -> None:
    with life.database.transaction() as session:
        teams = [Team(name=name) for name in ("Day", "Night", "Large")]
        session.add_all(teams)
        session.flush()
        day, night, large = (team.id for team in teams)
        for number, team in enumerate([teams[0]] * 3 + [teams[1]] * 2 + [teams[2]] * 5):
            one = agents.create(session, f"l{number}@example.org", f"L{number}", role="agent", now=MONDAY)
            one.teams.append(team)
            session.flush()
    with life.database.reading() as session:
        found = groups.groups(session)
        assert sorted(found.with_team(day)) == sorted(found.with_team(night)) == [day, night]
        assert found.with_team(large) == [large]
        assert (found.said(day), found.said(large), found.said(None)) == (":small-teams", "Large", ":no-team")
