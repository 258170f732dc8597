"""Tables for spreadsheets.  No cell is a formula, whatever a stranger wrote into it (W13)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import xlsxwriter

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # and their full-width forms


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180, with a mark before it that tells spreadsheets that this is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()


def cell(value: object) -> str:
    """The value as text; an apostrophe before what a spreadsheet would compute."""
    text = "" if value is None else str(value)
    return "'" + text if text.lstrip(" \u00a0").startswith(_FORMULA) else text


@dataclass(frozen=True)
class Number:
    """A number that can be computed with.  A `duration` is told in days, as spreadsheets do, and shown in hours and minutes."""

    value: float
    kind: Literal["plain", "duration"] = "plain"


Value = str | Number | datetime | date | None


@dataclass(frozen=True)
class Sheet:
    """One page of a workbook."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value]]


_FORMATS = {"plain": "#,##0.##;-#,##0.##;0", "duration": "[h]:mm"}
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_LONGEST_NAME, _LONGEST_TEXT = 31, 32_767  # what a workbook takes


def as_xlsx(sheets: Iterable[Sheet], *, title: str) -> bytes:
    """A workbook: words are words and numbers are numbers, and nothing in it is a formula or a link."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": title, "created": datetime(2000, 1, 1)})  # noqa: DTZ001  # it knows no zones
    formats = {kind: book.add_format({"num_format": shown}) for kind, shown in _FORMATS.items()}
    formats |= {
        "head": book.add_format({"bold": True, "text_wrap": True}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    formats |= {
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.name, taken))
        for column, words in enumerate(sheet.head):
            page.write_string(0, column, cell(words), formats["head"])
        for line, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row):
                _write(page, line, column, value, formats)
        page.set_column(0, 0, 34)
        page.set_column(1, max(1, len(sheet.head) - 1), 18)
        page.freeze_panes(1, 1)
    book.close()
    return file.getvalue()


def _write(page: Any, line: int, column: int, value: Value, formats: dict[str, Any]) -> None:
    match value:
        case None | "":
            pass
        case str():
            page.write_string(line, column, cell(value)[:_LONGEST_TEXT], formats["words"])
        case Number(number, kind):
            page.write_number(line, column, number / 86_400 if kind == "duration" else number, formats[kind])
        case datetime():
            page.write_datetime(line, column, value.replace(tzinfo=None), formats["instant"])
        case _:
            page.write_datetime(line, column, value, formats["day"])


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that a workbook takes, and has once."""
    name = _FORBIDDEN.sub(" ", wanted).strip()[:_LONGEST_NAME] or "–"
    n = 1
    while name.lower() in taken:
        n += 1
        name = f"{name[: _LONGEST_NAME - 3].strip()} {n}"
    taken.add(name.lower())
    return name
