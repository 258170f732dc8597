"""The sentence that a report opens with: what a colleague would say aloud."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.reports.report import Bars, Figure, Report
from helpdesk.reports.words import labels
from helpdesk.reports.words.speech import Speech, quotient

SHARES = ("promises", "compliance", "one-and-done", "satisfaction", "reopened")
WEAK = ("broken-by-cause", "breaches-by-cause", "reasons", "by-reason", "friction", "breaches-by-team", "broken-by-team")


def sentence(report: Report, say: Speech) -> str:
    """The share that was kept and its change, then the weak spot; where nothing was promised, how long people waited."""
    told = [_first(report, say), _weak_spot(report, say)]
    return " ".join(filter(None, told)) or say.gettext("Nothing happened in this period that a figure could tell.")


def _first(report: Report, say: Speech) -> str:
    figures = {one.key: one for one in report.figures}
    if report.name == "workload" and {"opened", "resolved", "backlog"} <= figures.keys():
        return _work(figures, say)
    if report.name == "daily" and {"overdue", "backlog"} <= figures.keys():
        return _today(figures, say)
    if report.name in ("friction", "continuity", "doors"):
        return " ".join(_plain(one, say) for one in report.figures[:2] if quotient(one.amount) is not None)
    for key in ("promises", "compliance"):
        if key in figures and quotient(figures[key].amount) is not None:
            return _share(figures[key], say)
    for key in ("first-response", "next-reply", "resolution"):
        if key in figures and figures[key].amount.value is not None:
            return _median(figures[key], say)
    others = [one for one in report.figures if quotient(one.amount) is not None]
    return _plain(others[0], say) if others else ""


def _work(figures: Mapping[str, Figure], say: Speech) -> str:
    opened, solved, left = (int(figures[key].amount.value or 0) for key in ("opened", "resolved", "backlog"))
    came = say.ngettext("%(num)s case came", "%(num)s cases came", opened)
    went = say.ngettext("%(num)s was solved", "%(num)s were solved", solved)
    stays = say.ngettext("%(num)s is open", "%(num)s are open", left)
    return say.gettext("%(came)s, %(went)s, %(stays)s.", came=came, went=went, stays=stays)


def _today(figures: Mapping[str, Figure], say: Speech) -> str:
    late, left = (int(figures[key].amount.value or 0) for key in ("overdue", "backlog"))
    burning = say.ngettext("%(num)s case is past its deadline", "%(num)s cases are past their deadline", late)
    if not late:
        burning = say.gettext("No case is past its deadline")
    stays = say.ngettext("%(num)s is open", "%(num)s are open", left)
    return say.gettext("%(burning)s, %(stays)s.", burning=burning, stays=stays)


def _share(figure: Figure, say: Speech) -> str:
    _, part, whole = say.gettext, figure.amount.value or 0, figure.amount.of or 0
    words = {"part": say.number(part), "whole": say.number(whole)}
    if figure.key == "promises":
        said = say.ngettext("%(part)s of %(whole)s promise was kept", "%(part)s of %(whole)s promises were kept", whole, **words)
    else:
        said = say.ngettext("%(part)s of %(whole)s deadline was met", "%(part)s of %(whole)s deadlines were met", whole, **words)
    change = say.change(figure.amount, figure.before)
    if not change:
        return _("%(said)s.", said=said)
    if change == _("the same"):
        return _("%(said)s, as many in a hundred as before.", said=said)
    return _("%(said)s, %(change)s than before.", said=said, change=change)


def _median(figure: Figure, say: Speech) -> str:
    _, length = say.gettext, say.amount(figure.amount)
    said = {
        "first-response": _("Half of all first answers came within %(time)s", time=length),
        "next-reply": _("Half of all waits ended within %(time)s", time=length),
        "resolution": _("Half of all cases were solved within %(time)s", time=length),
    }[figure.key]
    change = say.change(figure.amount, figure.before)
    said = _("%(said)s, %(change)s.", said=said, change=change) if change else _("%(said)s.", said=said)
    if not figure.waiting:
        return said
    waiting = say.ngettext("%(num)s still waits.", "%(num)s still wait.", figure.waiting)
    return f"{said} {waiting}"


def _plain(figure: Figure, say: Speech) -> str:
    _, change = say.gettext, say.change(figure.amount, figure.before)
    name, value = labels.of_figure(_, figure.key), say.amount(figure.amount)
    if change:
        return _("%(figure)s: %(value)s, %(change)s.", figure=name, value=value, change=change)
    return _("%(figure)s: %(value)s.", figure=name, value=value)


def _weak_spot(report: Report, say: Speech) -> str:
    """The longest of the bars that tell what went wrong, where there is one."""
    charts = {one.key: one for one in report.charts if isinstance(one, Bars)}
    chart = next((charts[key] for key in WEAK if key in charts), None)
    if chart is None:
        return ""
    counted = [(bar.value.value or 0, bar) for bar in chart.bars if bar.value.kind == "count"]
    total = sum(n for n, _bar in counted)
    n, worst = max(counted, key=lambda one: one[0], default=(0, None))
    if worst is None or sum(other > 0 for other, _bar in counted) < 2 or sum(other == n for other, _bar in counted) > 1:
        return ""  # one reason alone, or two that are alike, is no weak spot
    _ = say.gettext
    name = labels.of_figure(_, worst.name) if worst.is_key else worst.name
    return _("The weak spot: %(name)s, %(part)s of %(whole)s.", name=name, part=say.number(n), whole=say.number(total))
