"""A report as a file to keep: CSV and XLSX to compute with, PDF to hand around.  All of the same cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from helpdesk import words
from helpdesk.present import pdf, sheets
from helpdesk.present.sheets import Number, Sheet, Value
from helpdesk.reports.words.shapes import Cell, Said, Table

Ending = Literal["csv", "xlsx", "pdf"]
TYPES: dict[Ending, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def file(said: Said, ending: Ending) -> bytes:
    """The file."""
    match ending:
        case "csv":
            return as_csv(said).encode()
        case "xlsx":
            return as_xlsx(said)
        case "pdf":
            return as_pdf(said)


def name(said: Said, ending: Ending) -> str:
    """«escalation-2026-11-16-2026-11-22.csv»."""
    period = said.report.scope.period
    return f"{said.report.name}-{period.first}-{period.last}.{ending}"


def as_csv(said: Said) -> str:
    """A line for each figure: which part, which row, which column, the number itself, and how people say it."""
    _ = words.translations(said.language).gettext
    head = (_("Part"), _("Row"), _("Column"), _("Value"), _("Unit"), _("Of how many"), _("As one says it"))
    return sheets.as_csv(head, _lines(said))


def _lines(said: Said) -> Iterator[Sequence[object]]:
    for text in (said.about, said.span, said.sentence):
        yield (said.title, "", "", "", "", "", text)
    units = _units(said.language)
    for table in said.tables:
        for row in table.rows:
            label = _label(row[table.names])
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                if place != table.names and cell.text:
                    yield (table.heading, label, column.heading, _value(cell), units.get(cell.unit, ""), cell.of, cell.text)
        if table.caption:
            yield (table.heading, "", "", "", "", "", table.caption)
        if table.more:
            yield (table.heading, table.more.text, "", _value(table.more), units["count"], None, table.more.text)


def _label(cell: Cell) -> str:
    """What a row is about; of a case its number, too."""
    number = cell.link.removeprefix("/cases/")
    return f"{number} {cell.text}" if cell.link.startswith("/cases/") and number.isdigit() else cell.text


def _value(cell: Cell) -> object:
    if cell.at is not None:
        return cell.at.isoformat()
    if cell.value is None:
        return None
    return int(cell.value) if float(cell.value).is_integer() else cell.value


def _units(language: str) -> dict[str, str]:
    _ = words.translations(language).gettext
    return {"seconds": _("seconds"), "count": _("number"), "share": _("share"), "rate": _("rate")}


def as_xlsx(said: Said) -> bytes:
    """A sheet for each part, after one that says what it is of."""
    first = Sheet(said.title, (said.title,), [(text,) for text in (said.about, said.span, said.sentence)])
    return sheets.as_xlsx([first, *(_sheet(said, table) for table in said.tables)], title=said.title)


def _sheet(said: Said, table: Table) -> Sheet:
    """Beside a share stands of how many it is; beside numbers of several kinds, which kind each is."""
    _, units = words.translations(said.language).gettext, _units(said.language)
    head: list[str] = []
    rows: list[list[Value]] = [[] for _row in table.rows]
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        head.append(column.heading)
        has_shares, kinds = any(cell.unit == "share" for cell in cells), {cell.unit for cell in cells if cell.unit}
        head += [_("Of how many")] if has_shares else []
        head += [_("Unit")] if len(kinds) > 1 else []
        for row, cell in zip(rows, cells, strict=True):
            row.append(_number(cell))
            if has_shares:
                row.append(None if cell.of is None else Number(cell.of))
            if len(kinds) > 1:
                row.append(units.get(cell.unit, ""))
    rows += [[below] for below in (table.caption, table.more.text if table.more else "") if below]
    return Sheet(table.heading, head, rows)


def _number(cell: Cell) -> Value:
    if cell.at is not None:
        return cell.at
    if cell.value is None:
        return cell.text
    return Number(cell.value, "duration" if cell.unit == "seconds" else "plain")


def as_pdf(said: Said) -> bytes:
    """The document, tagged so that it can be read aloud."""
    return pdf.document("report", _document(said), at=said.report.scope.now)


def _document(said: Said) -> dict[str, object]:
    return {
        "title": said.title,
        "about": said.about,
        "span": said.span,
        "sentence": said.sentence,
        "language": said.language,
        "author": said.about.partition(",")[0],
        "parts": [_part(table) for table in said.tables],
    }


def _part(table: Table) -> dict[str, object]:
    plot = table.plot
    return {
        "kind": table.kind,
        "heading": table.heading,
        "caption": table.caption,
        "names": table.names,
        "columns": [{"heading": column.heading, "right": column.right} for column in table.columns],
        "rows": [[cell.text for cell in row] for row in table.rows],
        "bars": [{"length": bar.length, "mark": bar.mark} for bar in table.bars],
        "tints": table.tints,
        "more": table.more.text if table.more else "",
        "plot": plot
        and {
            "now": plot.now,
            "then": plot.then,
            "ticks": plot.ticks,
            "steps": plot.steps,
            "title": plot.title,
            "now_words": plot.now_words,
            "then_words": plot.then_words,
            "last": plot.last,
            "last_then": plot.last_then,
        },
    }
