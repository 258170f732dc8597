"""The geometry of a line: points in per cent of its field, an axis that ends where it should, words at the ends."""

from __future__ import annotations

from typing import Literal

from helpdesk.reports.report import Line, Period
from helpdesk.reports.words.shapes import Plot
from helpdesk.reports.words.speech import Speech, quotient

STEPS = 3  # parts of the axis
_NICE = (1, 2, 2.5, 5, 10)


def plot(say: Speech, chart: Line, heading: str, before: str) -> Plot:
    """Where everything stands."""
    _ = say.gettext
    now, then = [quotient(one.value) for one in chart.points], [quotient(one.before) for one in chart.points]
    known = [value for value in (*now, *then) if value is not None]
    low, high = axis(min(known, default=0.0), max(known, default=1.0), ceiling=1.0 if _is_share(chart) else None)
    across = [100 * place / max(len(now) - 1, 1) for place in range(len(now))]

    def place(value: float | None, x: float) -> tuple[float, float] | None:
        return None if value is None else (round(x, 2), round(100 * (high - value) / (high - low), 2))

    names = [step_word(say, chart.step, one.period) for one in chart.points]
    every = max(1, -(-len(names) // 8))
    shown = [
        (round(x, 2), name) for n, (x, name) in enumerate(zip(across, names, strict=True)) if (len(names) - 1 - n) % every == 0
    ]
    kind = chart.points[-1].value.kind
    words = [_short(say, kind, value) for value in now]
    told = [(name, word) for name, word in zip(names, words, strict=True) if word]
    title = heading
    if told:
        title = _(
            "%(figure)s: from %(first)s (%(begin)s) to %(last)s (%(end)s)",
            figure=heading,
            first=told[0][1],
            begin=told[0][0],
            last=told[-1][1],
            end=told[-1][0],
        )
    return Plot(
        now=[place(value, x) for value, x in zip(now, across, strict=True)],
        then=[place(value, x) for value, x in zip(then, across, strict=True)],
        ticks=[(round(100 * n / STEPS, 2), _short(say, kind, high - (high - low) * n / STEPS)) for n in range(STEPS + 1)],
        steps=shown,
        now_words=_("Weeks %(first)s to %(last)s", first=names[0], last=names[-1])
        if chart.step == "week"
        else _("%(first)s to %(last)s", first=names[0], last=names[-1]),
        then_words=before,
        last=words[-1],
        last_then=_short(say, kind, then[-1]),
        title=title,
    )


def step_word(say: Speech, step: Literal["day", "week", "month"], period: Period) -> str:
    """What stands below a point: the number of a week, a day, a month."""
    if step == "week":
        return str(period.first.isocalendar().week)
    return say.short_day(period.first) if step == "day" else say.named(period).split()[0][:3]


def axis(low: float, high: float, *, ceiling: float | None = None) -> tuple[float, float]:
    """From a round number below all to one above all, in so many equal steps.  Cut below where all is far from nothing."""
    if high <= low:
        low, high = (0.0, high) if high > 0 else (0.0, 1.0)
    if low < (high - low):
        low = 0.0
    step = _nice((high - low) / STEPS)
    bottom = step * (low // step)
    while bottom + STEPS * step < high:
        step = _nice(step * 1.01)
        bottom = step * (low // step)
    top = bottom + STEPS * step
    if ceiling is not None and top > ceiling:
        top = ceiling
        bottom = max(0.0, top - STEPS * step)
    return bottom, top


def _nice(step: float) -> float:
    """The next round number above."""
    size = 1.0
    while size > step:
        size /= 10
    while size * 10 < step:
        size *= 10
    return next(size * one for one in _NICE if size * one >= step * 0.999999)


def _is_share(chart: Line) -> bool:
    return any(point.value.kind == "share" for point in chart.points)


def _short(say: Speech, kind: str, value: float | None) -> str:
    if value is None:
        return ""
    if kind == "share":
        return say.percent(value)
    return say.duration(value) if kind == "seconds" else say.number(value)
