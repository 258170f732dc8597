"""Every number of a report, read out of its page, API, CSV, workbook, document and mail as their readers get them: the same everywhere."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections import Counter
from datetime import date, time, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

import openpyxl
import pypdf
import pytest
from sqlalchemy import select

from helpdesk import clock, db, jobs, seeds
from helpdesk.actions import api_tokens, desks, report_mails
from helpdesk.models import Agent, Case, CaseField, OutboxMail, Person, ReportSchedule, Tag, Team
from helpdesk.reports import asked
from helpdesk.settings import Settings
from tests.conftest import MONDAY, SECRET
from tests.web.browsing import Browser, begin_session, open_pages

FIRST, LAST = date(2026, 9, 22), date(2026, 11, 2)  # the six weeks up to today
ASKED = f"?from={FIRST}&to={LAST}"
ROOM_BETWEEN = {"en": ",", "de": "."}  # of thousands
HOSTILE = ("=1+1", "+49 30 1234", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1+1", " =1+1")


class Desk:
    """A desk that was lived through, as Erik the supervisor reads it."""

    def __init__(self, database):
        self.database = database
        with database.transaction() as session:
            desks.sync_from_settings(session, now=MONDAY)
            seeds.fill(session, now=MONDAY)
            _is_called_by_strangers(session)
            self.erik = session.scalars(select(Agent).where(Agent.role == "supervisor")).first()
            self.token = {"Authorization": f"Bearer {api_tokens.create(session, self.erik, now=MONDAY)}"}
        jobs.measure(database, now=MONDAY)
        self._app, self._cookie = open_pages(database), begin_session(database, self.erik)

    def reader(self, language):
        with self.database.transaction() as session:
            session.get_one(Agent, self.erik.id).language = language
        browser = Browser(self._app)
        browser.client.set_cookie("holdline", self._cookie)
        return browser

    def mail(self, name, language):
        """The report of last week as it leaves on Monday, and the page that it leads to."""
        with self.database.transaction() as session:
            erik = session.get_one(Agent, self.erik.id)
            erik.language = language
            for row in session.scalars(select(ReportSchedule)):
                session.delete(row)
            session.flush()
            report_mails.order(session, erik, name, "weekly", 450, None, now=MONDAY).next_at = MONDAY
        assert jobs.send_reports(self.database, now=MONDAY, at_your_word=True) == 1
        with self.database.reading() as session:
            mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "report").order_by(OutboxMail.id.desc())).first()
        return mail.words, unescape(re.search(rf'href="[^"]*(/reports/{name}\?[^"]*)"', mail.words["html"])[1])


def _is_called_by_strangers(session):
    """What customers and agents can name is called like a formula."""
    named = [(Case, "subject"), (Person, "name"), (Tag, "name"), (Team, "name"), (CaseField, "value")]
    for table, column in named:
        for number, row in enumerate(session.scalars(select(table).order_by(*table.__mapper__.primary_key)).all()):
            setattr(row, column, f"{HOSTILE[number % len(HOSTILE)]} {getattr(row, column)} {number}")


class Cell(NamedTuple):
    text: str
    names_row: bool
    is_free: bool  # a person wrote it


class Tables(HTMLParser):
    """What stands in each card of a page: heading → rows of texts, without what is only drawn."""

    def __init__(self, page):
        super().__init__()
        self.cards = {}
        self._rows = self._words = None
        self._is_free = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "h2":
            self._words = []
        if tag == "tr" and self._rows is not None:
            self._rows.append([])
        if tag in ("td", "th") and self._rows:
            self._words, self._is_free = [], "free" in (dict(attributes).get("class") or "")

    def handle_data(self, data):
        if self._words is not None:
            self._words.append(data)

    def handle_endtag(self, tag):
        if tag == "h2":
            self._rows = self.cards.setdefault(_folded(self._words), [])
            self._words = None
        elif tag in ("td", "th") and self._words is not None:
            self._rows[-1].append(Cell(_folded(self._words), tag == "th", self._is_free))
            self._words = None


def _folded(words):
    return " ".join("".join(words).split())


@pytest.fixture(scope="module")
def desk(tmp_path_factory, migrated_sqlite):
    """One for all: reading changes nothing."""
    folder = tmp_path_factory.mktemp("reports")
    shutil.copy(migrated_sqlite, folder / "holdline.db")
    database = db.Database(Settings(_env_file=None, secret_key=SECRET, data_dir=folder, timezone="Europe/Berlin"))
    with clock.freeze(MONDAY):
        yield Desk(database)
    database.close()


def _rows(cards):
    """The rows of all tables, without their heads and what is drawn: (heading, cells)."""
    found = [(heading, [cell for cell in row if cell.text]) for heading, rows in cards.items() for row in rows]
    return [(heading, row) for heading, row in found if not all(cell.names_row for cell in row)]


def _tight(text):
    return re.sub(r"\s", "", text)


def _bare(text):
    """Without the apostrophe that keeps a spreadsheet from computing it."""
    return (
        text[1:]
        if text.startswith("'") and text[1:].strip(" \u00a0").startswith(tuple(one.strip(" ") for one in FORMULAS))
        else text
    )


FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def _number(text, language):
    text = text.replace(ROOM_BETWEEN[language], "")
    return float(text.replace(",", ".")) if language == "de" else float(text)


def _is_said(line, language):
    """Whether the words of a figure say its number, by the rules of the language."""
    _part, _row, _column, value, unit, of, words = line
    found = [_number(one, language) for one in re.findall(r"\d[\d.,]*\d|\d", words)]
    match unit:
        case "seconds" | "Sekunden":
            sizes = {"h": 3600, "Std": 3600, "min": 60, "Min": 60, "s": 1, "Sek": 1}
            parts = re.findall(r"(\d[\d.,]*) ?(h|Std|min|Min|s|Sek)\b", words)
            return abs(sum(_number(one, language) * sizes[name] for one, name in parts) - float(value)) <= 60
        case "share" | "Anteil":
            return found == [round(100 * float(value) / float(of))] if "%" in words else found == [float(value), float(of)]
        case "number" | "Anzahl":
            return float(value) in found
        case "rate" | "Quote":
            return abs(found[0] - float(value)) < 0.06
    return unit == ""


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "de"])
def test_page_api_csv_workbook_and_document_say_the_same_numbers(desk, language):
    reader = desk.reader(language)
    for name in asked.NAMES:
        cards = Tables(reader.get(f"/reports/{name}{ASKED}").text).cards
        given = {one: reader.post(f"/reports/{name}/export{ASKED}", {"ending": one}).data for one in ("csv", "xlsx", "pdf")}
        lines = [one for one in csv.reader(io.StringIO(given["csv"].decode("utf-8-sig"))) if one[2]][1:]
        _say_the_same(cards, lines)
        assert [line for line in lines if line[3] and not _is_said(line, language)] == []
        _can_be_computed(given["xlsx"], lines)
        _is_printed(given["pdf"], cards)
        _is_told_to_programs(reader.get(f"/api/v1/reports/{name}{ASKED}", headers=desk.token).json, lines)


def _say_the_same(cards, lines):
    """What the page says, the CSV says, in its order; and what a row is called is no figure."""
    for heading in dict.fromkeys(line[0] for line in lines):
        said = [" ".join(_bare(line[6]).split()) for line in lines if line[0] == heading]
        shown = [cell.text for one, row in _rows(cards) if one == heading for cell in row]
        left = Counter(shown)
        left.subtract(said)
        assert min(left.values()) >= 0, heading
        names = Counter(" ".join(line[1].split()) for line in lines if line[0] == heading)
        assert all(any(_bare(name).endswith(one) for name in names) for one in +left), heading
        place = iter(shown)
        assert all(one in place for one in said), f"{heading}: in another order"


def _can_be_computed(content, lines):
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet, heading in zip(book.worksheets[1:], dict.fromkeys(line[0] for line in lines), strict=False):
        numbers = Counter(_seconds(value) for row in sheet.iter_rows(min_row=2, values_only=True) for value in row)
        for line in (one for one in lines if one[0] == heading and re.fullmatch(r"-?[\d.]+", one[3])):
            assert numbers[round(float(line[3]), 6)] > 0, line


def _seconds(value):
    if isinstance(value, timedelta):
        return round(value.total_seconds(), 6)
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second
    return round(value, 6) if isinstance(value, int | float) else None


def _is_printed(content, cards):
    text = _tight("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))
    for heading, row in _rows(cards):
        assert _tight("".join(cell.text for cell in row)) in text, (heading, row)


def _is_told_to_programs(report, lines):
    told = Counter(_amounts(report))
    for line in (one for one in lines if re.fullmatch(r"-?[\d.]+", one[3])):
        assert told[round(float(line[3]), 6)] > 0, line


def _amounts(told):
    if isinstance(told, dict):
        for value in told.values():
            yield from _amounts(value)
    elif isinstance(told, list):
        for value in told:
            yield from _amounts(value)
    elif isinstance(told, int | float) and not isinstance(told, bool):
        yield round(told, 6)


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_mail_says_the_numbers_of_the_page_that_it_leads_to(desk, language):
    for name in asked.NAMES:
        words, page = desk.mail(name, language)
        cards = Tables(desk.reader(language).get(page).text).cards
        shown, text = _tight(unescape(re.sub(r"<[^>]+>", "", words["html"].partition("<body")[2]))), _tight(words["text"])
        for heading, row in _rows(cards):
            told = [_tight(cell.text) for cell in row if not cell.names_row and not cell.is_free and cell.text != "–"]
            assert all(one in shown and one in text for one in told), (heading, row)


def test_a_document_has_a_language_a_title_and_words_for_what_is_drawn(desk):
    reader = desk.reader("de")
    content = reader.post(f"/reports/escalation/export{ASKED}", {"ending": "pdf"}).data
    root = (document := pypdf.PdfReader(io.BytesIO(content))).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == ("de", True, True)
    assert document.metadata.title == "Eskalationsbericht, 22. September bis 2. November 2026"
    parts = list(_parts(root["/StructTreeRoot"]))
    assert {"/Document", "/H1", "/H2", "/Table", "/TR", "/TH", "/TD"} <= {part["/S"] for part in parts}
    drawn = [part for part in parts if part["/S"] == "/Figure"]
    assert drawn
    assert all(str(part["/Alt"]).strip() for part in drawn)


def _parts(part):
    """Everything in the tree that a screen reader reads."""
    if "/S" in part:
        yield part
    children = part.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        found = child.get_object()
        if hasattr(found, "get"):
            yield from _parts(found)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_cell_that_strangers_could_name_is_computed(desk, ending):
    reader, seen = desk.reader("de"), set()
    for name in asked.NAMES:
        content = reader.post(f"/reports/{name}/export{ASKED}", {"ending": ending}).data
        if ending == "csv":
            cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
        else:
            book = openpyxl.load_workbook(io.BytesIO(content))
            found = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
            assert {cell.data_type for cell in found} <= {"s", "n", "d"}, "no formula"
            cells = [cell.value for cell in found if isinstance(cell.value, str)]
        assert [cell for cell in cells if cell.strip(" \u00a0").startswith(FORMULAS) and not re.fullmatch(r"-\d+", cell)] == []
        seen |= {one for one in HOSTILE for cell in cells if one.strip() and one in cell}
    assert len(seen) >= 5, "they were there to be computed"
