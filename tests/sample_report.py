"""A rich report, as a supervisor of a middling desk would get it; for tests of how reports are shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.reports.asked import period, scope_of
from helpdesk.reports.report import (
    Amount,
    Bar,
    Bars,
    Behind,
    CaseLink,
    Figure,
    Heat,
    Line,
    Listing,
    Point,
    Report,
)

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = date(2026, 11, 16), date(2026, 11, 22)
NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
H, M = 3600, 60
FORMULA = '=HYPERLINK("https://evil.example","pay")'  # what a stranger may call a case


def sample(**scope) -> Report:
    """The escalation report of week 47."""
    return Report(
        "escalation",
        scope_of(WEEK, zone=BERLIN, now=NOW, **scope),
        figures=[
            _time("first-response", 2 * H + 10 * M, 6 * H + 40 * M, 104, 2 * H + 50 * M, waiting=5),
            _time("next-reply", 3 * H + 5 * M, 9 * H + 20 * M, 230, 3 * H, waiting=23),
            _time("resolution", 11 * H + 30 * M, 38 * H, 112, 13 * H + 10 * M, waiting=98),
            Figure(
                "promises",
                Amount("share", 91, 100),
                waiting=4,
                before=Amount("share", 89, 100),
                behind=Behind("promises"),
                behind_waiting=Behind("promises", "waiting"),
            ),
            Figure(
                "reopened",
                Amount("share", 6, 112),
                waiting=106,
                before=Amount("share", 9, 120),
                so_far=True,
                behind=Behind("reopened"),
                behind_waiting=Behind("reopened", "waiting"),
            ),
            Figure("repliers", Amount("rate", 1.4, 112), before=Amount("rate", None), behind=Behind("repliers")),
        ],
        charts=[
            Bars("age", [_bar(*one, figure="backlog") for one in _AGES]),
            Line("kept-promises", "week", [_point(n, *one) for n, one in enumerate(_KEPT)]),
            Bars("reasons", [_bar(*one, figure="escalations") for one in _REASONS]),
            Heat("arrivals", _HEAT, behind="arrivals"),
        ],
        lists=[
            Listing(
                "escalations",
                ("at", "case", "reason", "level", "told", "first-action", "outcome"),
                [
                    (_at(16, 9, 12), CaseLink(1001, "Rasenmäher startet nicht"), ":reopened-twice", 1, "Carola Weiß", _took(18 * M), ":resolved"),
                    (_at(17, 16, 0), CaseLink(1002, FORMULA), ":promise-broken", 1, "Carola Weiß", _took(5 * M), ":open"),
                    (_at(18, 11, 40), CaseLink(1003, "Order cancelled twice"), ":human", 1, "@SUM(A1)", _took(12 * M), ":resolved"),
                    (_at(20, 16, 0), CaseLink(1004, "Falsche Rechnung <b>"), ":breach", 2, "Carola Weiß", None, ":open"),
                ],
                more=5,
                behind=Behind("escalations"),
            ),
            Listing(
                "many-repliers",
                ("case", "repliers", "last-promise", "next-step"),
                [(CaseLink(1005, "Sofa in falscher Farbe"), 4, ":kept", ""), (CaseLink(1004, "Falsche Rechnung <b>"), 4, ":broken", "+49 30 1234")],
            ),
        ],
    )  # fmt: skip


def bare() -> Report:
    """Of a desk on which nothing was measured."""
    return Report(
        "escalation",
        scope_of(WEEK, zone=BERLIN, now=NOW),
        figures=[
            Figure("first-response", Amount("seconds", None, 0), waiting=0, behind=Behind("first-response")),
            Figure("promises", Amount("share", 0, 0), waiting=0, behind=Behind("promises")),
        ],
        charts=[Bars("age", []), Line("kept-promises", "week", []), Heat("arrivals", {})],
        lists=[Listing("escalations", ("at", "case"), [])],
    )


_AGES = (("0-1", 34, 31), ("1-3", 27, 30), ("3-7", 19, 24), ("7-14", 11, 12), ("14-28", 5, 8), (">28", 2, 2))
_REASONS = (("promise-broken", 4, 5), ("breach", 2, 3), ("human", 1, 2), ("reopened-twice", 1, 1), ("third-handover", 1, 1))
_KEPT = ((83, 80), (86, 82), (85, 81), (88, 79), (84, 84), (89, 83), (89, 85), (91, 82))
_HEAT = {(day, hour): float((7 - day) * (12 - abs(12 - hour)) // 3) for day in range(6) for hour in range(8, 19)}


def _time(key, median, nine, n, before, *, waiting) -> Figure:
    return Figure(
        key,
        Amount("seconds", median, n),
        Amount("seconds", nine, n),
        waiting,
        Amount("seconds", before, n),
        behind=Behind(key),
        behind_waiting=Behind(key, "waiting"),
    )


def _bar(name, now, before, *, figure) -> Bar:
    return Bar(name, Amount("count", now), Amount("count", before), Behind(figure, group=name))


def _point(n, now, before) -> Point:
    first = WEEK[0] - timedelta(weeks=7 - n)
    return Point(period((first, first + timedelta(days=6)), BERLIN), Amount("share", now, 100), Amount("share", before, 100))


def _took(seconds) -> Amount:
    return Amount("seconds", seconds, 1)


def _at(day, hour, minute) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)
