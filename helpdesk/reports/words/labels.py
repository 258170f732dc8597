"""What the machine names of reports are called: reports, figures, parts, bars, columns, and the words in lists."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.reports.report import Name
from helpdesk.reports.words.figure_names import FIGURES, Say


def of_report(_: Say, name: Name) -> str:
    """The name of a report."""
    return {
        "escalation": _("Escalation report"),
        "daily": _("Daily report"),
        "friction": _("Friction and praise"),
        "service-levels": _("Service levels"),
        "workload": _("Workload"),
        "continuity": _("Continuity"),
        "doors": _("Doors and mail"),
    }[name]


def about_report(_: Say, name: Name) -> str:
    """What one reads it for."""
    return {
        "escalation": _("What burns, what was promised, and whether it was kept. For every Monday."),
        "daily": _("What burns this morning, who has it, and what changed since yesterday."),
        "friction": _("Where it hurt: waited, repeated, sent elsewhere. And who was praised."),
        "service-levels": _("Deadlines that were met and missed, and how late."),
        "workload": _("What came in, what was solved, and what is left, by age."),
        "continuity": _("How many people one customer had to explain it to."),
        "doors": _("Mail that came late, was held or came back, and addresses and their ends."),
    }[name]


def of_figure(_: Say, key: str) -> str:
    """The name of a figure, a part or a bar."""
    return FIGURES(_).get(key) or plain(key)


def of_column(_: Say, key: str) -> str:
    """The heading of a column of a list."""
    return _COLUMNS(_).get(key) or of_figure(_, key)


def of_word(_: Say, key: str) -> str:
    """A machine name in a cell of a list."""
    return _WORDS(_).get(key) or of_figure(_, key)


def plain(key: str) -> str:
    """A name that is not known here, as it stands."""
    return key.replace("-", " ").capitalize()


def is_known(key: str) -> bool:
    """Whether this name is called something here."""
    return any(key in names(str) for names in (FIGURES, _COLUMNS, _WORDS))


def _COLUMNS(_: Say) -> dict[str, str]:  # noqa: N802
    return {
        "at": _("When"),
        "case": _("Case"),
        "reason": _("Reason"),
        "level": _("Level"),
        "told": _("Told"),
        "first-action": _("First deed after"),
        "outcome": _("Outcome"),
        "repliers": _("Who answered"),
        "handovers": _("Handovers"),
        "last-promise": _("Last promise"),
        "promise": _("Last promise"),
        "next-step": _("Next step"),
        "waiting": _("Waiting for"),
        "wait": _("Waiting for"),
        "holder": _("Holder"),
        "team": _("Team"),
        "age": _("Age"),
        "due": _("Due"),
        "overdue": _("Late by"),
        "state": _("State"),
        "customer": _("Customer"),
        "name": _("Name"),
        "count": _("Number"),
        "reopenings": _("Reopenings"),
        "waiting-since": _("Waiting since"),
        "clock": _("Deadline"),
        "end-of": _("At the end of"),
    }


def _WORDS(_: Say) -> dict[str, str]:  # noqa: N802
    return {
        "new": _("new"),
        "open": _("our turn"),
        "waiting": _("waiting for them"),
        "resolved": _("solved"),
        "acknowledged": _("seen"),
        "taken-over": _("taken over"),
        "handed-back": _("handed back"),
        "answered": _("answered"),
        "dropped": _("settled by itself"),
        "kept": _("kept"),
        "broken": _("broken"),
        "running": _("running"),
        "nobody": _("nobody"),
        "no-team": _("no team"),
    }


def of_field(_: Say, name: str) -> str:
    """A field of the case by which a report is filtered; one that a desk made is called as it is."""
    return {"cause": _("Cause"), "office": _("Office"), "verdict": _("Verdict")}.get(name, name)


def of_value(_: Say, value: str) -> str:
    """A value of such a field."""
    return {"justified": _("justified"), "partly": _("partly justified"), "not": _("not justified")}.get(value, value)


def of_group(_: Say, group: str, weekday: Callable[[int], str]) -> str:
    """Which bar or cell of a chart: of an hour of the week «Mon, 10:00»."""
    day, dash, hour = group.partition("-")
    if is_known(group):
        return of_figure(_, group)
    if dash and day.isdigit() and hour.isdigit() and int(day) < 7 and int(hour) < 24:
        return f"{weekday(int(day))}, {int(hour)}:00"
    return ""
