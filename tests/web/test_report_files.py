"""One report in all its forms: the same numbers in each, and no cell that a spreadsheet would compute (W13)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import openpyxl
import pytest
from markupsafe import escape

from helpdesk.reports import files, mailing
from helpdesk.reports.report import Amount, Bar, Bars, Figure
from helpdesk.reports.words import say
from tests.sample_report import BERLIN, FORMULA, bare, sample
from tests.web.browsing import open_pages


@pytest.fixture(params=["en", "de"])
def said(request):
    return say(sample(), request.param, BERLIN, house="Help desk")


def lines(said):
    return list(csv.DictReader(io.StringIO(files.as_csv(said).removeprefix("\ufeff"))))


def test_a_csv_has_every_number_as_a_number_and_as_one_says_it(said):
    rows = [list(row.values()) for row in lines(said)]
    for table in said.tables:
        for row in table.rows:
            for place, cell in enumerate(row):
                if place == table.names or not cell.text:
                    continue
                found = [line for line in rows if line[0] == table.heading and line[6].removeprefix("'") == cell.text]
                assert found, cell
                if cell.value is not None:
                    assert any(float(line[3]) == cell.value for line in found), cell
                if cell.of is not None:
                    assert any(line[5] == str(cell.of) for line in found), cell


def test_a_workbook_has_a_sheet_for_each_part_and_numbers_that_can_be_computed_with(said):
    book = openpyxl.load_workbook(io.BytesIO(files.as_xlsx(said)))
    assert len(book.sheetnames) == len(said.tables) + 1
    for sheet, table in zip(book.worksheets[1:], said.tables, strict=True):
        values = [value for row in sheet.iter_rows(values_only=True) for value in row]
        for row in table.rows:
            for cell in row:
                if cell.unit == "seconds" and cell.value is not None:
                    assert any(_seconds(value) == cell.value for value in values), cell
                elif cell.value is not None:
                    assert cell.value in values, cell
                    assert cell.of is None or cell.of in values, cell


def _seconds(value):
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if hasattr(value, "hour"):  # less than a day is read as a time of day
        return value.hour * 3600 + value.minute * 60 + value.second
    return None


def test_a_document_has_every_word_and_number_and_can_be_read_aloud(said):
    document = files.as_pdf(said)
    assert document.startswith(b"%PDF-")
    assert b"pdfuaid" in document  # PDF/UA-1: tagged, with alternatives for what is drawn


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_cell_of_a_sheet_is_computed(said, ending):
    content = files.file(said, ending)
    if ending == "csv":
        cells = [cell for row in csv.reader(io.StringIO(content.decode().removeprefix("\ufeff"))) for cell in row]
    else:
        book = openpyxl.load_workbook(io.BytesIO(content))
        found = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in found} <= {"s", "n", "d"}  # no «f»
        assert not any(cell.hyperlink for cell in found)
        cells = [cell.value for cell in found if isinstance(cell.value, str)]
    assert not [cell for cell in cells if re.match(r"[=+\-@]", cell)]
    for text in (FORMULA, "@SUM(A1)", "+49 30 1234"):
        assert any(cell.endswith(text) and cell != text for cell in cells)


def test_a_report_of_nothing_is_a_file_as_well():
    nothing = say(bare(), "en", BERLIN, house="Help desk")
    for ending in ("csv", "xlsx", "pdf"):
        assert len(files.file(nothing, ending)) > 100


def test_a_file_is_called_after_what_it_is_of(said):
    assert files.name(said, "csv") == "escalation-2026-11-16-2026-11-22.csv"


def test_the_mail_says_the_same_numbers_in_both_its_forms_and_names_nobody(said):
    mail = mailing.written(said, said.report.scope, base="https://desk.example")
    shown = " ".join(unescape(re.sub(r"<[^>]+>", " ", mail.html.partition("<body")[2])).split())
    for table in said.tables:
        for row in table.rows:
            for cell in row:
                if not cell.is_free and cell.text != "–":
                    assert " ".join(cell.text.split()) in shown, cell
                    assert cell.text in mail.text, cell
    for name in ("Carola Weiß", "@SUM(A1)", "+49 30 1234"):
        assert name not in mail.html
        assert name not in mail.text
    assert "Falsche Rechnung &lt;b&gt;" in mail.html
    assert not re.search(r"<(?:svg|img|script|link)\b|url\(", mail.html)
    assert set(re.findall(r'href="(https?://[^/"]+)', mail.html)) == {"https://desk.example"}
    assert mail.subject == said.title


def test_a_late_report_says_so_in_its_subject_and_at_its_head(said):
    mail = mailing.written(said, said.report.scope, base="https://desk.example", late="23 November, 07:30")
    assert mail.subject.startswith(said.title)
    assert mail.subject != said.title
    assert "23 November, 07:30" in mail.text
    assert "23 November, 07:30" in mail.html


def test_the_page_says_the_same_numbers(said, database):
    app = open_pages(database)
    with app.test_request_context("/reports/escalation", headers={"Accept-Language": said.language}):
        card = app.jinja_env.get_template("reports/parts.html").make_module({"_": app.jinja_env.globals["_"]}).card
        shown = " ".join(str(card(table)) for table in said.tables)
    for table in said.tables:
        for row in table.rows:
            for cell in row:
                assert str(escape(cell.text)) in shown, cell
    assert set(re.findall(r'href="(/[^"]*)"', unescape(shown))) == {
        cell.link
        for table in said.tables
        for cell in (*(one for row in table.rows for one in row), table.more)
        if cell and cell.link
    }


def words_of(report):
    return say(report, "en", BERLIN, house="Help desk")


def test_each_report_opens_with_what_one_would_say_of_it():
    def opens(name, *figures):
        return words_of(replace(sample(), name=name, charts=(), figures=figures)).sentence

    def count(key, n):
        return Figure(key, Amount("count", n))

    assert (
        opens("workload", count("opened", 14), count("resolved", 1), count("backlog", 11))
        == "14 cases came, 1 was solved, 11 are open."
    )
    assert opens("daily", count("overdue", 0), count("backlog", 1)) == "No case is past its deadline, 1 is open."
    assert opens("daily", count("overdue", 2), count("backlog", 3)) == "2 cases are past their deadline, 3 are open."
    waits = Figure("first-response", Amount("seconds", 7200, 9), waiting=1, before=Amount("seconds", 7200, 9))
    assert opens("escalation", waits) == "Half of all first answers came within 2 h, the same. 1 still waits."


def test_a_period_that_runs_says_so_once_and_only_what_can_come_back_is_so_far():
    report = sample()
    running = replace(report, scope=replace(report.scope, now=report.scope.period.begins_at))
    assert words_of(running).span.endswith("These days are not over yet")
    assert "not over" not in words_of(report).span
    waits = replace(report.figures[0], so_far=True)
    rows = words_of(replace(report, figures=[waits, report.figures[4]])).tables[0].rows
    assert [row[0].text for row in rows] == ["First answer", "Reopened, so far"]
    assert [row[3].text for row in rows] == ["5", "106 can still come back"]


def test_a_column_in_which_nothing_stands_is_not_there():
    only = Figure("unassigned", Amount("count", 3))
    table = words_of(replace(sample(), figures=[only])).tables[0]
    assert [column.heading for column in table.columns] == ["Figure", "Median, share or number"]


def test_one_reason_alone_is_no_weak_spot_and_of_two_that_are_alike_none_is():
    def opens(*numbers):
        bars = [Bar(name, Amount("count", n)) for name, n in zip(("breach", "human", "bounced"), numbers, strict=False)]
        return words_of(replace(sample(), charts=[Bars("reasons", bars)])).sentence

    assert opens(3, 1).endswith("The weak spot: Deadline missed, 3 of 4.")
    assert "weak spot" not in opens(3, 0) + opens(2, 2, 1) + opens(0, 0) + opens()
