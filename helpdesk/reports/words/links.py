"""The addresses of reports, and of the cases behind their figures: permalinks, with all that was chosen in them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from helpdesk.policies import periods
from helpdesk.reports import asked
from helpdesk.reports.report import Behind, Name, Scope


def page(name: Name, scope: Scope, *, below: str = "") -> str:
    """The page of a report, or one below it."""
    return f"/reports/{name}{below}?{urlencode(asked.words_of(scope))}"


def path(name: Name, scope: Scope, behind: Behind) -> str:
    """The list of exactly the cases behind a figure."""
    words = asked.words_of(scope) | behind_words(behind)
    return f"/reports/{name}/cases?{urlencode(words)}"


def behind_words(behind: Behind) -> dict[str, str]:
    """What an address says of a figure."""
    words = {"figure": behind.figure}
    if behind.part != "all":
        words["part"] = behind.part
    return words | ({"group": behind.group} if behind.group else {})


def behind_asked(words: Mapping[str, str]) -> Behind | None:
    """The figure that an address names; None where it names none."""
    figure, part = words.get("figure", ""), words.get("part", "all")
    if not figure:
        return None
    match part:
        case "all" | "met" | "missed" | "waiting":
            return Behind(figure, part, words.get("group", ""))
        case _:
            return None


def moved(name: Name, scope: Scope, days: periods.Days) -> str:
    """The same report of other days."""
    words = asked.words_of(scope) | {"from": days[0].isoformat(), "to": days[1].isoformat()}
    return f"/reports/{name}?{urlencode(words)}"
