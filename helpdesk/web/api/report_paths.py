"""What the API offers to those who look after many cases: reports and escalations."""

from __future__ import annotations

from typing import Any

from helpdesk.reports.files import TYPES, Ending
from helpdesk.web.api import schemas
from helpdesk.web.api.operations import READING, asked, deed, paging, read, refusals
from helpdesk.web.api.schema import Schema


def of_reports(report: Schema) -> dict[str, Any]:
    day = {"type": "string", "format": "date"}
    scope = [
        report,
        asked("from", day, "The first day, in the zone of the team's calendar. Without it, the last period that is over."),
        asked("to", day, "The last day, which is included."),
        asked(
            "team", schemas.ID, "Without it, all teams. Besides, `field.<name>` asks for the cases with a value in that field."
        ),
        asked("tag", schemas.TEXT, "Only cases with this tag."),
        asked("time", schemas.choice(("working", "calendar")), "Which seconds count."),
    ]
    wanted = [asked(name, schemas.TEXT, "As in the `behind` of a figure.") for name in ("figure", "part", "group")]
    return {
        **{f"/reports/{{report}}.{ending}": {"get": _report_file(ending, scope)} for ending in TYPES},
        "/reports/{report}": {"get": read("getReport", "The figures of a period", "Report", scope)},
        "/reports/{report}/cases": {"get": read("casesBehind", "The cases behind a figure", "CasesBehind", [*scope, *wanted])},
    }


def _report_file(ending: Ending, scope: list[Schema]) -> dict[str, Any]:
    found = {"description": "The file.", "content": {TYPES[ending].partition(";")[0]: {}}}
    words = f"The same as {ending.upper()}, in the language of Accept-Language or of the agent"
    return {**read(f"getReport{ending.title()}", words, "", scope), "responses": {"200": found, **refusals(READING)}}


def of_escalations(number: Schema, escalation: Schema) -> dict[str, Any]:
    is_open = asked("open", schemas.choice(("true", "false")), "Without it, all of them.")
    deeds = {
        "acknowledge": deed("acknowledge", "Say that you saw it and care for it", "Nothing", {"200": "Escalation"}, [escalation]),
        "take-over": deed("takeOver", "Hold its case from now on", "Nothing", {"200": "Escalation"}, [escalation]),
        "hand-back": deed("handBack", "Let somebody else go on, with a word", "HandBack", {"200": "Escalation"}, [escalation]),
    }
    return {
        "/escalations": {
            "get": read("listEscalations", "What burns or burned, the newest first", "Escalations", [is_open, *paging()])
        },
        **{f"/escalations/{{escalation_id}}/{name}": {"post": deed} for name, deed in deeds.items()},
        "/cases/{number}/help": {
            "post": deed("askForHelp", "Ask for somebody who may decide", "Help", {"201": "Escalation"}, [number])
        },
    }
