"""All reports of a desk that was lived through: each is called by its name, drawn, and can be had in every form."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from helpdesk import clock, jobs, seeds
from helpdesk.actions import desks
from helpdesk.models import Agent
from helpdesk.reports import asked, files, mailing
from helpdesk.reports.report import Bars, Behind
from helpdesk.reports.shelf import SHELF
from helpdesk.reports.words import labels, say

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture()
def reports(database, monday):
    """All of them, of the six weeks up to today, as Erik the supervisor may see them."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        seeds.fill(session, now=monday)
    jobs.measure(database, now=monday)
    days = (clock.now().date() - timedelta(days=41), clock.now().date())
    with database.reading() as session:
        erik = session.scalars(select(Agent).where(Agent.role == "supervisor")).first()
        scope = asked.scope_of(days, zone=BERLIN, now=monday)
        yield [SHELF.collect(session, name, scope, erik) for name in SHELF.names]


def test_everything_in_a_report_has_a_name_and_every_report_every_form(reports):
    assert [report.name for report in reports] == list(asked.NAMES)
    unknown = set()
    for report in reports:
        keys = {one.key for one in (*report.figures, *report.charts, *report.lists)}
        keys |= {bar.name for chart in report.charts if isinstance(chart, Bars) for bar in chart.bars if bar.is_key}
        keys |= {column for listing in report.lists for column in listing.columns}
        cells = [cell for listing in report.lists for row in listing.rows for cell in row]
        keys |= {cell[1:] for cell in cells if isinstance(cell, str) and cell.startswith(":")}
        unknown |= {f"{report.name}: {key}" for key in keys if not labels.is_known(key)}
        for language in ("en", "de"):
            said = say(report, language, BERLIN, house="Help desk")
            assert said.sentence
            assert mailing.written(said, report.scope, base="https://desk.example").text.startswith(said.title)
        assert all(len(files.file(said, ending)) > 500 for ending in files.TYPES)
    assert unknown == set()


@pytest.mark.parametrize(
    ("figure", "group"),
    [("arrivals", "99999999999999999999-1"), ("arrivals", "1-99"), ("promises", "0001-01-01/9999-12-31"), ("promises", "x/y")],
)
def test_no_address_asks_for_more_than_there_can_be(database, monday, figure, group):
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        seeds.fill(session, now=monday)
    with database.reading() as session:
        erik = session.scalars(select(Agent).where(Agent.role == "supervisor")).first()
        scope = asked.scope_of((monday.date(), monday.date()), zone=BERLIN, now=monday)
        assert SHELF.behind(session, Behind(figure, "all", group), scope, erik) == SHELF.behind(
            session, Behind(figure), scope, erik
        )
