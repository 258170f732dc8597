"""What is said of a figure or a line besides its number: of what it is, and why there is none."""

from __future__ import annotations

from helpdesk.reports.report import Amount, Line
from helpdesk.reports.words.speech import Speech

PROBES = ("probe-half", "probe-95")
WRITTEN_DOWN = ("backlog-over-time",)  # from snapshots alone


def of_line(say: Speech, chart: Line, year: int) -> str:
    """Of what was written down by the hour: what is not in it, and where it begins.  `year`: the one that needs no word."""
    if chart.key not in WRITTEN_DOWN:
        return ""
    said = say.gettext("As it was written down at the last hour of each; without confidential cases.")
    if chart.since is None:
        return said
    begun = say.instant(chart.since, year=chart.since.year != year)
    return f"{said} {say.gettext('Nothing was written down before %(instant)s.', instant=begun)}"


def of_probe(say: Speech, amount: Amount, *, sent: bool = False) -> str:
    """A round trip.  Where no probe ran, that is said: it is neither a short time nor trouble."""
    if amount.value is not None:
        return say.moment_long(amount.value)
    return say.gettext("none came back") if sent else say.gettext("no probe ran")
