"""Reports as pages: what they open with, what is drawn, where figures lead, and who may read them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.models import Case, Event, ReportSchedule
from helpdesk.reports.shelf import Shelf
from helpdesk.web import Extras
from tests.sample_report import FORMULA, NOW, bare, sample
from tests.secret import hide
from tests.web.browsing import Browser, anna_writes, begin_session, open_pages

WEEK = "from=2026-11-16&to=2026-11-22"


@pytest.fixture()
def reader(database, staff):
    """`reader("carol")`: a browser in a house whose reports are the sample; behind each figure are the cases `behind`."""
    asked = []

    def collect(_session, scope, _reader):
        asked.append(scope)
        return replace(sample(), scope=scope)

    def find(_session, behind, _scope, _reader):
        asked.append(behind)
        return open_window.behind

    app = open_pages(database, Extras(shelf=Shelf({"escalation": collect, "daily": lambda *_: bare()}, find)))

    def open_window(name=None):
        window = Browser(app)
        if name is not None:
            window.client.set_cookie("holdline", begin_session(database, staff[name]))
        return window

    open_window.asked, open_window.behind = asked, []
    with clock.freeze(NOW):
        yield open_window


def test_a_report_opens_with_a_sentence_then_figures_then_charts_then_lists(reader):
    page = reader("carol").get(f"/reports/escalation?{WEEK}").text
    places = [
        page.index(words)
        for words in (
            "Escalation report, week 47",
            "91 of 100 promises were kept, 2 percentage points more than before.",
            "In figures: week 47",
            "Open cases by age",
            "Second reopening",
            "Rasenmäher startet nicht",
        )
    ]
    assert places == sorted(places)
    assert "16 to 22 November 2026, compared with week 46. As of 23 November, 07:30" in page


def test_beside_each_median_stands_who_still_waits_and_how_it_was_before(reader):
    page = reader("carol").get(f"/reports/escalation?{WEEK}").text
    row = re.search(r"<th scope=\"row\">First answer</th>.*?</tr>", page, re.S)[0]
    assert re.findall(r">([^<>\n]+)(?:</a>)?</td>", row) == ["2 h 10 min", "6 h 40 min", "5", "2 h 50 min", "40 min faster"]


def test_every_figure_leads_to_its_cases_with_all_that_was_chosen(reader):
    page = reader("carol").get(f"/reports/escalation?{WEEK}").text
    links = [unescape(link) for link in re.findall(r'href="(/reports/escalation/cases\?[^"]+)"', page)]
    assert f"/reports/escalation/cases?{WEEK}&figure=promises&part=waiting" in links
    assert f"/reports/escalation/cases?{WEEK}&figure=backlog&group=3-7" in links
    assert f"/reports/escalation/cases?{WEEK}&figure=arrivals&group=0-9" in links


def test_behind_a_figure_are_exactly_its_cases_as_the_queue_shows_them(reader, database, staff):
    first, second = anna_writes(database, "Lamp"), anna_writes(database, "Chair")
    reader.behind = [first]
    page = reader("carol").get(f"/reports/escalation/cases?{WEEK}&figure=first-response&part=missed")
    assert f'href="/cases/{first}"' in page.text
    assert f'href="/cases/{second}"' not in page.text
    assert "1 case, too late, 16 to 22 November 2026" in page.text
    assert 'value="take"' in page.text  # the deeds of every list
    assert reader.asked[-1].figure == "first-response"


@pytest.mark.parametrize(("figures", "seen"), [("none", set()), ("self", {"Carol"}), ("named", {"Bob", "Carol"})])
def test_behind_a_figure_nobody_is_named_unless_figures_may_name_people(reader, database, staff, figures, seen):
    database.house = database.house._replace(settings=database.house.settings.model_copy(update={"person_figures": figures}))
    reader.behind = [anna_writes(database), anna_writes(database), anna_writes(database)]
    with database.transaction() as session:
        for number, name in zip(reader.behind, ("bob", "carol"), strict=False):
            session.get_one(Case, number).assignee_id = staff[name].id
    page = reader("carol").get(f"/reports/escalation/cases?{WEEK}&figure=first-response&part=missed").text
    rows = page.split('<ul class="queue')[1].split("</ul>")[0]
    assert {name for name in ("Bob", "Carol") if name in rows} == seen
    assert rows.count("Nobody") == 1, "that nobody has a case names no person"


def test_what_the_reader_may_not_see_is_not_behind_a_figure_either(reader, database, staff):
    number = hide(database, "case", staff["bob"], []).number
    reader.behind = [number]
    page = reader("carol").get(f"/reports/escalation/cases?{WEEK}&figure=backlog").text
    assert f"/cases/{number}" not in page


def test_words_of_strangers_are_shown_and_do_nothing(reader):
    page = reader("carol").get(f"/reports/escalation?{WEEK}").text
    assert "Falsche Rechnung &lt;b&gt;" in page
    assert FORMULA.replace('"', "&#34;") in page


def test_a_report_of_nothing_says_so_and_divides_by_nothing(reader):
    page = reader("carol").get("/reports/daily", follow_redirects=True).text
    assert "Nothing happened in this period that a figure could tell." in page
    assert "nothing measured" in page
    assert '<svg class="plot"' not in page


def test_the_report_before_is_one_click_away_and_there_is_none_of_days_to_come(reader):
    page = reader("carol").get(f"/reports/escalation?{WEEK}").text
    assert 'href="/reports/escalation?from=2026-11-09&amp;to=2026-11-15"' in page
    assert 'rel="next">week 48' in page  # which runs
    later = reader("carol").get("/reports/escalation?from=2026-11-23&to=2026-11-29").text
    assert 'rel="next"' not in later


def test_filters_are_kept_in_every_link(reader):
    page = reader("carol").get(f"/reports/escalation?{WEEK}&tag=sofa&time=calendar&field.cause=Refund").text
    scope = reader.asked[-1]
    assert (scope.tag, scope.time, scope.fields) == ("sofa", "calendar", {"cause": "Refund"})
    for link in re.findall(r'(?:href|action)="(/reports/escalation[?/][^"]+)"', page):
        if "cases?" in link or "export" in link or "2026-11-09" in link:
            assert "tag=sofa" in link
            assert "field.cause=Refund" in link


def test_a_report_without_days_leads_to_the_newest_under_an_address_that_stays_what_it_is(reader):
    answer = reader("carol").get("/reports/escalation")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/reports/escalation?{WEEK}"


def test_nonsense_about_days_is_said_and_the_newest_report_is_offered(reader):
    page = reader("carol").get("/reports/escalation?from=tomorrow")
    assert page.status_code == 422
    assert "Write days like 2026-11-16." in page.text
    assert 'href="/reports/escalation"' in page.text


@pytest.mark.parametrize(
    "path", ["/reports", "/reports/escalation", "/reports/escalation/cases?figure=backlog", "/reports/escalation.csv"]
)
def test_agents_find_no_reports(reader, path):
    window = reader("bob")
    assert window.get(path).status_code == 404
    assert 'href="/reports"' not in window.get("/cases").text
    assert 'href="/reports"' in reader("carol").get("/cases").text


def test_there_is_no_report_that_nobody_collects(reader):
    assert reader("carol").get("/reports/tea").status_code == 404
    assert reader("carol").get("/reports/doors").status_code == 404
    assert reader("carol").get("/reports/escalation/cases").status_code == 404


@pytest.mark.parametrize(("ending", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")])
def test_a_report_is_saved_as_a_file_and_that_is_on_the_record(reader, database, ending, begins):
    answer = reader("carol").post(f"/reports/escalation/export?{WEEK}&tag=sofa", {"ending": ending})
    assert answer.status_code == 200
    assert answer.data.startswith(begins)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="escalation-2026-11-16-2026-11-22.{ending}"'
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.deed == "report-saved")).one()
        assert (event.thing, event.after["format"], event.after["tag"]) == ("report escalation", ending, "sofa")


def test_a_file_of_no_kind_or_of_nonsense_days_is_not_there(reader):
    window = reader("carol")
    assert window.post(f"/reports/escalation/export?{WEEK}", {"ending": "exe"}).status_code == 404
    assert window.post("/reports/escalation/export?from=never", {"ending": "csv"}).status_code == 404


def test_a_supervisor_chooses_which_reports_come_by_mail(reader):
    window = reader("carol")
    page = window.get("/account/reports").text
    assert "Escalation report" in page  # every supervisor's first
    assert "every Monday at 07:30, next on" in page
    order = {"report": "daily", "rhythm": "daily", "at": "06:45", "team": ""}
    assert window.post("/account/reports", order).status_code == 303
    page = window.get("/account/reports").text
    assert "every day at 06:45, next on Tue 24 Nov, 06:45" in page
    twice = window.post("/account/reports", order)
    assert twice.status_code == 422
    assert "You get this report already." in twice.text
    for field, value in (("report", "tea"), ("rhythm", "hourly"), ("at", "25:00"), ("at", "soon"), ("team", "4711")):
        assert window.post("/account/reports", {**order, "report": "escalation", field: value}).status_code == 422


def test_who_chose_a_report_that_cannot_be_collected_sees_when_it_is_tried_again(reader, database):
    window = reader("carol")
    window.get("/account/reports")
    with database.transaction() as session:
        row = session.scalars(select(ReportSchedule)).first()
        row.attempts, row.try_at = 2, NOW + timedelta(minutes=5)
    page = window.get("/account/reports").text
    assert re.search(r"every Monday at 07:30, could not be collected, next try Mon 23 Nov, \d\d:\d\d", page)
    assert "next on" not in page


def test_a_report_is_cancelled_with_a_way_back_and_only_ones_own(reader, staff):
    window = reader("carol")
    path = re.search(r'action="(/account/reports/\d+/cancel)"', window.get("/account/reports").text)[1]
    assert reader("ada").post(path).status_code == 404
    assert window.post(path).status_code == 303
    page = window.get("/account/reports").text
    assert "No report comes to you by mail." in page
    assert "Undo" in page
