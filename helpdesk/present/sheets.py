"""Tables for spreadsheets.  No cell is a formula, whatever a stranger wrote into it (W13)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

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
