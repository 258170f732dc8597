"""Reports by the API: the same figures as on the pages, and the cases behind each of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from helpdesk import clock, jobs
from helpdesk.db import Database
from helpdesk.models import Event
from helpdesk.reports.collecting import COLLECT
from tests.programs import Customers, Program


@pytest.fixture()
def carol(monday: datetime, program: Callable[..., Program], customers: Customers, bob: Program, database: Database) -> Program:
    """She supervises a desk with one case that was answered and one that was not."""
    bob.post(f"/cases/{customers.write()}/replies", {"text": "Use the stairs"})
    customers.write()
    jobs.measure(database, now=clock.now())
    return program("carol")


def test_every_report_is_there_as_json_and_leads_to_its_cases(carol: Program, monday: datetime) -> None:
    today = f"{monday:%Y-%m-%d}"
    for name in COLLECT:
        report = carol.get(f"/reports/{name}", **{"from": today, "to": today}).json
        assert (report["name"], report["period"]) == (name, {"from": today, "to": today})
        for figure in (one for one in report["figures"] if one["behind_waiting"]):
            found = carol.get(f"/reports/{name}/cases", **{"from": today, "to": today}, **figure["behind_waiting"]).json["cases"]
            assert len(found) == figure["still_waiting"]


def test_a_report_says_what_was_measured_of_how_many_and_who_waits_still(carol: Program, monday: datetime) -> None:
    report = carol.get("/reports/escalation", **{"from": f"{monday:%Y-%m-%d}"}).json
    first = next(figure for figure in report["figures"] if figure["key"] == "first-response")
    assert (first["amount"]["of"], first["still_waiting"], first["before"]["value"]) == (1, 1, None)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2026-11-05", "to": "2026-11-02"}, "from"),
        ({"team": "x"}, "team"),
        ({"time": "x"}, "time"),
        ({"frm": "x"}, "frm"),
    ],
)
def test_what_no_report_can_be_of_is_refused(carol: Program, asked: dict[str, str], field: str) -> None:
    answer = carol.get("/reports/escalation", **asked)
    assert (answer.status_code, answer.json["error"]["field"]) == (400, field)
    assert carol.get("/reports/nonsense").status_code == 404


@pytest.mark.parametrize(("ending", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")])
def test_a_report_is_there_as_a_file_for_supervisors_and_fetching_it_is_on_the_record(
    carol: Program, bob: Program, database: Database, ending: str, begins: bytes
) -> None:
    answer = carol.get(f"/reports/escalation.{ending}", **{"from": "2026-11-02"})
    assert answer.status_code == 200
    assert answer.data.startswith(begins)
    assert bob.get(f"/reports/escalation.{ending}").status_code == 404
    assert carol.get(f"/reports/escalation.{ending}", **{"from": "never"}).status_code == 400
    assert carol.get(f"/reports/tea.{ending}").status_code == 404
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.deed == "report-saved")).one()
        assert (event.thing, event.after["format"]) == ("report escalation", ending)
