"""The parts of a report as tables: figures, bars, lines, heat and lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from helpdesk.reports.report import Amount, Bars, Behind, CaseLink, Figure, Heat, Line, Listing, Report
from helpdesk.reports.report import Cell as Given
from helpdesk.reports.words import drawing, labels, notes
from helpdesk.reports.words.links import path
from helpdesk.reports.words.notes import PROBES
from helpdesk.reports.words.shapes import Cell, Column, Drawn, Table
from helpdesk.reports.words.speech import MINUTE, Speech, quotient

TINTS = 4
QUIET = ("backlog-over-time-by-age",)
WINDOWED = ("reopened", "one-and-done")  # a case can come back for weeks after the period is over


class Maker:
    """Makes the tables of one report in one language."""

    def __init__(self, report: Report, say: Speech) -> None:
        self.report, self.say = report, say

    def all(self) -> list[Table]:
        """In the order in which they are read: figures, charts, lists; of a day what burns before what is drawn."""
        made = [self.figures()] if self.report.figures else []
        drawn = [self._chart(chart) for chart in self.report.charts if _is_there(chart)]
        lists = [self.listing(one) for one in self.report.lists if one.rows or one.more]
        # In the morning one reads what burns, and then how it went.
        return [*made, *lists, *drawn] if self.report.name == "daily" else [*made, *drawn, *lists]

    def _chart(self, chart: Bars | Line | Heat) -> Table:
        if isinstance(chart, Bars):
            return self.bars(chart)
        return self.line(chart) if isinstance(chart, Line) else self.heat(chart)

    # ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def figures(self) -> Table:
        """A line for each figure; of the columns only those that have something to say."""
        _, period, some = self.say.gettext, self.report.scope.period, self.report.figures
        columns = [
            (Column(_("Figure")), True),
            (Column(_("Median, share or number"), right=True), True),
            (Column(_("Nine of ten within"), right=True), any(one.nine_of_ten is not None for one in some)),
            (Column(_("Still waiting"), right=True), any(one.waiting is not None for one in some)),
            (Column(self.say.earlier(period), right=True), any(one.before is not None for one in some)),
            (Column(_("Difference")), any(one.before is not None for one in some)),
        ]
        rows = [self._figure(one) for one in some]
        shown = [place for place, (_column, is_there) in enumerate(columns) if is_there]
        heading = _("In figures: %(period)s", period=self.say.named(period))
        return Table("figures", "figures", heading, [columns[n][0] for n in shown], [[row[n] for n in shown] for row in rows])

    def _figure(self, figure: Figure) -> list[Cell]:
        _, nothing = self.say.gettext, Cell("–")
        name, is_open = labels.of_figure(_, figure.key), figure.so_far and figure.key in WINDOWED
        return [
            Cell(_("%(figure)s, so far", figure=name) if is_open else name),
            self._value(figure),
            self.amount(figure.nine_of_ten) if figure.nine_of_ten is not None else nothing,
            self._waiting(figure) if figure.waiting is not None else nothing,
            self._before(figure) if figure.before is not None else nothing,
            Cell(self._change(figure)),
        ]

    def _value(self, figure: Figure) -> Cell:
        cell = replace(self.amount(figure.amount, figure.behind), link=figure.list_at or self.link(figure.behind))
        if figure.key not in PROBES:
            return cell if cell.value is not None else replace(cell, link="")
        return replace(cell, text=notes.of_probe(self.say, figure.amount, sent=bool(figure.waiting)))

    def _before(self, figure: Figure) -> Cell:
        cell = self.amount(figure.before or figure.amount)
        return replace(cell, text=notes.of_probe(self.say, figure.before or figure.amount)) if figure.key in PROBES else cell

    def _change(self, figure: Figure) -> str:
        """Against the period before; nothing where this one is not over, for three days are not less than a week."""
        _ = self.say.gettext
        if not figure.so_far:
            return self.say.change(figure.amount, figure.before, least=1 if figure.key in PROBES else MINUTE)
        return _("can still change") if figure.key in WINDOWED else _("days are not over")

    def _waiting(self, figure: Figure) -> Cell:
        n, say = figure.waiting or 0, self.say
        number = say.number(n)
        if figure.key == "promises":
            number = say.ngettext("%(num)s runs", "%(num)s run", n)
        elif figure.key in PROBES:
            number = say.ngettext("%(num)s is not back", "%(num)s are not back", n)
        elif figure.key in WINDOWED:
            number = say.gettext("%(num)s can still come back", num=number)
        return Cell(number, n, "count", link=self.link(figure.behind_waiting))

    # ── charts ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def bars(self, chart: Bars) -> Table:
        _, say = self.say.gettext, self.say
        period = self.report.scope.period
        columns = [Column(labels.of_figure(_, chart.key)), Column(say.named(period), right=True)]
        has_before = any(bar.before is not None for bar in chart.bars)
        if has_before:
            columns.append(Column(say.earlier(period), right=True, quiet=True))
        rows = []
        for bar in chart.bars:
            name = labels.of_figure(_, bar.name) if bar.is_key else bar.name
            row = [Cell(name), self.amount(bar.value, bar.behind)]
            if has_before:
                row.append(self.amount(bar.before) if bar.before is not None else Cell(""))
            rows.append(row)
        longest = max([0.0, *(quotient(one) or 0 for bar in chart.bars for one in (bar.value, bar.before))])
        drawn = [Drawn(_length(bar.value, longest) or 0, _length(bar.before, longest) or None) for bar in chart.bars]
        return Table("bars", chart.key, labels.of_figure(_, chart.key), columns, rows, bars=drawn)

    def line(self, chart: Line) -> Table:
        _, say = self.say.gettext, self.say
        n = len(chart.points)
        step = {"day": _("Day"), "week": _("Week"), "month": _("Month")}[chart.step]
        before = {
            "day": say.ngettext("%(num)s day before", "%(num)s days before", n),
            "week": say.ngettext("%(num)s week before", "%(num)s weeks before", n),
            "month": say.ngettext("%(num)s month before", "%(num)s months before", n),
        }[chart.step]
        heading = labels.of_figure(_, chart.key)
        columns = [Column(step), Column(heading, right=True), Column(before, right=True, quiet=True)]
        rows = [
            [
                Cell(drawing.step_word(say, chart.step, point.period), at=point.period.first),
                self.amount(point.value, point.behind, short=True),
                self.amount(point.before, short=True) if point.before is not None else Cell(""),
            ]
            for point in chart.points
        ]
        caption = notes.of_line(say, chart, self.report.scope.period.last.year)
        plot = drawing.plot(say, chart, heading, before) if chart.points else None
        return Table("line", chart.key, heading, columns, rows, caption=caption, plot=plot)

    def heat(self, chart: Heat) -> Table:
        _, say = self.say.gettext, self.say
        hours = [hour for (_day, hour), value in chart.cells.items() if value]
        shown = range(min(hours), max(hours) + 1) if hours else range(0)
        weekdays = [day for day in range(7) if day < 5 or any(chart.cells.get((day, hour)) for hour in shown)]
        most = max([0.0, *chart.cells.values()])
        columns = [Column(_("Day")), *(Column(str(hour), right=True) for hour in shown)]
        rows, tints = [], []
        for day in weekdays:
            values = [chart.cells.get((day, hour), 0.0) for hour in shown]
            links = [
                self.link(Behind(chart.behind, group=f"{day}-{hour}")) if chart.behind and v else ""
                for hour, v in zip(shown, values, strict=True)
            ]
            rows.append(
                [
                    Cell(say.weekday(day)),
                    *(Cell(say.number(round(v, 1)), v, "rate", link=link) for v, link in zip(values, links, strict=True)),
                ]
            )
            tints.append([_tint(value, most) for value in values])
        caption = _("A mean for each hour of the week")
        return Table("heat", chart.key, labels.of_figure(_, chart.key), columns, rows, caption=caption, tints=tints)

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def listing(self, listing: Listing) -> Table:
        _, say = self.say.gettext, self.say
        cells = [[self.cell(value) for value in row] for row in listing.rows]
        said = [place for place in range(len(listing.columns)) if any(row[place].text for row in cells)]
        keys, rows = [listing.columns[place] for place in said], [[row[place] for place in said] for row in cells]
        numeric = [all(cell.value is not None or not cell.text for cell in column) for column in zip(*rows, strict=True)]
        headings = [labels.of_column(_, key) for key in keys]
        columns = [
            Column(heading, right=right) for heading, right in zip(headings, numeric or [False] * len(headings), strict=True)
        ]
        more = None
        if listing.more:
            words = say.ngettext("and one more", "and %(num)s more", listing.more)
            more = Cell(words, listing.more, "count", link=self.link(listing.behind))
        names = next((place for place, key in enumerate(keys) if key == "case"), 0)
        heading, is_quiet = labels.of_figure(_, listing.key), listing.key in QUIET
        return Table("list", listing.key, heading, columns, rows, names=names, is_quiet=is_quiet, more=more)

    def cell(self, value: Given) -> Cell:
        """A value of a list, said."""
        if value is None:
            return Cell("")
        if isinstance(value, CaseLink):
            return Cell(value.subject or self.say.gettext("Case %(number)s", number=value.number), link=f"/cases/{value.number}")
        if isinstance(value, Amount):
            return self.amount(value)
        if isinstance(value, datetime):
            return Cell(self.say.moment(value), at=value.astimezone(self.say.zone))
        if isinstance(value, date):
            return Cell(self.say.short_day(value), at=value)
        if isinstance(value, int):
            return Cell(self.say.number(value), value, "count")
        if value.startswith(":"):
            return Cell(labels.of_word(self.say.gettext, value[1:]), tone={":kept": "kept", ":broken": "broken"}.get(value, ""))
        return Cell(value, is_free=bool(value))

    # ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def amount(self, amount: Amount, behind: Behind | None = None, *, short: bool = False) -> Cell:
        """An amount, said; `short`: a share as per cent, for a line."""
        share = quotient(amount) if short and amount.kind == "share" else None
        text = self.say.percent(share) if share is not None else self.say.amount(amount)
        is_there = amount.value is not None and not (amount.kind == "share" and not amount.of)
        of = amount.of if amount.kind == "share" and is_there else None
        return Cell(text, amount.value if is_there else None, amount.kind, of, link=self.link(behind) if is_there else "")

    def link(self, behind: Behind | None) -> str:
        """Where the cases behind a figure are listed; "" where none are."""
        return path(self.report.name, self.report.scope, behind) if behind is not None else ""


def _is_there(chart: Bars | Line | Heat) -> bool:
    """A part with nothing to say is not there."""
    if isinstance(chart, Bars):
        return any(bar.value.value or (bar.before and bar.before.value) for bar in chart.bars)
    if isinstance(chart, Line):
        return any(quotient(point.value) is not None for point in chart.points)
    return any(chart.cells.values())


def _length(amount: Amount | None, longest: float) -> float | None:
    """In per cent of the longest, which leaves room for its mark."""
    value = quotient(amount)
    if value is None:
        return None
    return round(value / longest * 96, 2) if longest else 0.0


def _tint(value: float, most: float) -> int:
    """0 for nothing, 1 to 4 by quarters of the largest."""
    return 0 if value <= 0 or most <= 0 else min(int(value / most * TINTS) + 1, TINTS)
