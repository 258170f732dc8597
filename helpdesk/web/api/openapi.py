"""The description of this API, OpenAPI 3.1, made of the schemas that requests are checked against."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk.policies.cases import STATES
from helpdesk.reports.asked import NAMES
from helpdesk.reports.files import TYPES, Ending
from helpdesk.web.access import public
from helpdesk.web.api import schemas
from helpdesk.web.api.parameters import LONGEST_PAGE, PAGE
from helpdesk.web.api.post import OUTCOMES
from helpdesk.web.api.schema import Schema

bp = Blueprint("openapi", __name__)

REFUSALS = {
    "400": "The request cannot be understood: malformed JSON, an unknown field or parameter, a value of the wrong type.",
    "401": "No token, or one that does not work.",
    "404": "There is nothing here, or the agent may not see or do it.",
    "405": "The address does not take that method.",
    "409": "The state of things does not permit the deed.",
    "413": "The body is larger than 1 MiB.",
    "415": "The body is not application/json.",
    "422": "A value cannot be, for example an agent whom nobody knows.",
    "500": "Our fault. The message names a code that is also in the log.",
}
READING, WRITING = ("400", "401", "404", "405", "500"), ("400", "401", "404", "405", "409", "413", "415", "422", "500")


@bp.get("/openapi.json")
@public
def document() -> ResponseReturnValue:
    """This description; it needs no token, for it says nothing of the installation."""
    return description()


def description() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Holdline",
            "version": version("holdline"),
            "summary": "Cases, answers and the post room for other programs.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "holdline token create --agent EMAIL"}
            },
            "schemas": schemas.ALL,
            "responses": {status: _answer(sentence, "Error") for status, sentence in REFUSALS.items()},
        },
    }


def _paths() -> dict[str, Any]:
    number, address, row = _in_path("number", schemas.NUMBER), _in_path("address_id"), _in_path("arrival_id")
    entry, proposal = _in_path("entry_id"), _in_path("proposal_id")
    return {
        "/openapi.json": {
            "get": {
                "operationId": "description",
                "summary": "This description",
                "security": [],
                "responses": {"200": _json("The description.", {"type": "object"})},
            },
        },
        "/cases": {
            "get": _read("listCases", "Cases, the newest first", "Cases", [*_case_filters(), *_paging()]),
            "post": _deed("openCase", "Open a case by our first mail to somebody", "NewCase", {"201": "Case", "200": "Case", "202": "Case"}),
        },
        "/cases/{number}": {"get": _read("getCase", "A case with its addresses and its story", "Case", [number])},
        "/cases/{number}/replies": {
            "post": _deed("reply", "Answer everybody who takes part", "NewReply", {"201": "Entry", "200": "Entry", "202": "WaitingAnswer"}, [number]),
        },
        "/cases/{number}/notes": {
            "post": _deed("note", "Note something for colleagues; nobody is mailed", "NewNote", {"201": "Entry"}, [number]),
        },
        "/cases/{number}/resolve": {
            "post": _deed("resolve", "Say that it is solved", "Nothing", {"200": "CaseSummary"}, [number]),
        },
        "/cases/{number}/reopen": {
            "post": _deed("reopen", "Say that it was not solved after all", "Reopening", {"200": "CaseSummary"}, [number]),
        },
        **_detail_paths(number),
        **_report_paths(_in_path("report", schemas.choice(NAMES))),
        **_escalation_paths(number, _in_path("escalation_id")),
        "/cases/{number}/assign": {
            "post": _deed("assign", "Give it to somebody, or to nobody", "Assignment", {"200": "CaseSummary"}, [number]),
        },
        "/cases/{number}/merge": {
            "post": _deed("merge", "Let it go on in another case, which is the answer", "Merging", {"200": "Case"}, [number]),
        },
        "/cases/{number}/unmerge": {
            "post": _deed("unmerge", "Take it out of the other case again", "Nothing", {"200": "Case"}, [number]),
        },
        "/cases/{number}/addresses/{address_id}/revoke": {
            "post": _deed("revokeAddress", "Withdraw an address at once", "Nothing", {"200": "Address"}, [number, address]),
        },
        "/cases/{number}/addresses/{address_id}/extend": {
            "post": _deed("extendAddress", "Let an address live longer", "Extension", {"200": "Address"}, [number, address]),
        },
        "/cases/{number}/addresses/{address_id}/rotate": {
            "post": _deed("rotateAddress", "Replace an address that leaked", "Nothing", {"201": "Address"}, [number, address]),
        },
        "/cases/{number}/entries/{entry_id}/accept": {
            "post": _deed("acceptMail", "Let a suspect's or a stranger's mail count", "Acceptance", {"200": "Entry"}, [number, entry]),
        },
        "/cases/{number}/entries/{entry_id}/ignore": {
            "post": _deed("ignoreMail", "Put a doubtful mail aside", "Nothing", {"200": "Entry"}, [number, entry]),
        },
        "/cases/{number}/entries/{entry_id}/reconsider": {
            "post": _deed("reconsiderMail", "Take back that it was put aside", "Nothing", {"200": "Entry"}, [number, entry]),
        },
        "/cases/{number}/entries/{entry_id}/show-codes": {
            "post": _deed("showCodes", "Show the codes and links of a verification mail", "Nothing", {"200": "Entry"}, [number, entry]),
        },
        "/cases/{number}/entries/{entry_id}/new-case": {
            "post": _deed("giveCase", "Give a doubtful mail a case of its own", "Nothing", {"201": "Case"}, [number, entry]),
        },
        **_friction_paths([number, entry]),
        "/cases/{number}/proposals/{proposal_id}/accept": {
            "post": _deed("acceptProposal", "Let somebody take part", "Nothing", {"200": "Proposal"}, [number, proposal]),
        },
        "/cases/{number}/proposals/{proposal_id}/decline": {
            "post": _deed("declineProposal", "Say that they do not take part", "Nothing", {"200": "Proposal"}, [number, proposal]),
        },
        "/attachments/{attachment_id}": {
            "get": {
                **_read("getAttachment", "The bytes of an attachment, to be saved", "", [_in_path("attachment_id")]),
                "responses": {"200": {"description": "The bytes.", "content": {"application/octet-stream": {}}}, **_refusals(READING)},
            },
        },
        "/post-room": {
            "get": _read("listMails", "Every mail × recipient that came in, the newest first", "Mails", [_outcome(), *_paging()]),
        },
        "/post-room/{arrival_id}/replay": {
            "post": _deed("replayMail", "Read and route it once more (supervisors)", "Nothing", {"200": "Arrival"}, [row]),
        },
        "/post-room/{arrival_id}/release": {
            "post": _deed("releaseMail", "Let a held mail in", "Nothing", {"200": "Arrival"}, [row]),
        },
    }  # fmt: skip


def _friction_paths(where: list[Schema]) -> dict[str, Any]:
    here = "/cases/{number}/entries/{entry_id}/friction"
    return {
        here: {
            "get": _read("listMarks", "Where it hurt and what is praised in a message, as somebody marked it", "Marks", where),
            "post": _deed(
                "markMessage", "Mark where it hurt, or a praise; its agent is told", "NewMark", {"200": "Marks"}, where
            ),
        },
        f"{here}/take-back": {
            "post": _deed("unmarkMessage", "Take back a mark that was a mistake", "NewMark", {"200": "Marks"}, where),
        },
    }


def _detail_paths(number: Schema) -> dict[str, Any]:
    changes = {
        "tags": _deed("addTag", "Put a tag on it", "NewTag", {"200": "Case"}, [number]),
        "fields": _deed("fillField", "Say what a field of its desk is", "FieldValue", {"200": "Case"}, [number]),
        "priority": _deed("prioritise", "Say how much it matters", "Priority", {"200": "Case"}, [number]),
        "outcome": _deed("sayOutcome", "Say what it came to", "OutcomeSaid", {"200": "Case"}, [number]),
        "calls": _deed(
            "logCall", "Write down a call, a visit or a letter", "NewCall", {"201": "Entry", "200": "Entry"}, [number]
        ),
    }
    return {f"/cases/{{number}}/{name}": {"post": deed} for name, deed in changes.items()}


def _report_paths(report: Schema) -> dict[str, Any]:
    day = {"type": "string", "format": "date"}
    scope = [
        report,
        _asked("from", day, "The first day, in the zone of the team's calendar. Without it, the last period that is over."),
        _asked("to", day, "The last day, which is included."),
        _asked(
            "team", schemas.ID, "Without it, all teams. Besides, `field.<name>` asks for the cases with a value in that field."
        ),
        _asked("tag", schemas.TEXT, "Only cases with this tag."),
        _asked("time", schemas.choice(("working", "calendar")), "Which seconds count."),
    ]
    wanted = [_asked(name, schemas.TEXT, "As in the `behind` of a figure.") for name in ("figure", "part", "group")]
    return {
        **{f"/reports/{{report}}.{ending}": {"get": _report_file(ending, scope)} for ending in TYPES},
        "/reports/{report}": {"get": _read("getReport", "The figures of a period", "Report", scope)},
        "/reports/{report}/cases": {"get": _read("casesBehind", "The cases behind a figure", "CasesBehind", [*scope, *wanted])},
    }


def _report_file(ending: Ending, scope: list[Schema]) -> dict[str, Any]:
    found = {"description": "The file.", "content": {TYPES[ending].partition(";")[0]: {}}}
    words = f"The same as {ending.upper()}, in the language of Accept-Language or of the agent"
    return {**_read(f"getReport{ending.title()}", words, "", scope), "responses": {"200": found, **_refusals(READING)}}


def _escalation_paths(number: Schema, escalation: Schema) -> dict[str, Any]:
    is_open = _asked("open", schemas.choice(("true", "false")), "Without it, all of them.")
    deeds = {
        "acknowledge": _deed(
            "acknowledge", "Say that you saw it and care for it", "Nothing", {"200": "Escalation"}, [escalation]
        ),
        "take-over": _deed("takeOver", "Hold its case from now on", "Nothing", {"200": "Escalation"}, [escalation]),
        "hand-back": _deed("handBack", "Let somebody else go on, with a word", "HandBack", {"200": "Escalation"}, [escalation]),
    }
    return {
        "/escalations": {
            "get": _read("listEscalations", "What burns or burned, the newest first", "Escalations", [is_open, *_paging()])
        },
        **{f"/escalations/{{escalation_id}}/{name}": {"post": deed} for name, deed in deeds.items()},
        "/cases/{number}/help": {
            "post": _deed("askForHelp", "Ask for somebody who may decide", "Help", {"201": "Escalation"}, [number])
        },
    }


def _read(name: str, summary: str, answer: str, parameters: list[Schema]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": _answer("Here it is.", answer), **_refusals(READING)},
    }


def _deed(
    name: str, summary: str, body: str, answers: Mapping[str, str], parameters: list[Schema] | None = None
) -> dict[str, Any]:
    said = {
        "200": "As it is now; of an idempotency key seen before, what it did then.",
        "201": "Made.",
        "202": "It waits: a second person has to release it.",
    }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters or [],
        "requestBody": {
            "required": bool(schemas.IN[body]["required"]),
            "content": {"application/json": {"schema": schemas.ref(body)}},
        },
        "responses": {**{status: _answer(said[status], shape) for status, shape in answers.items()}, **_refusals(WRITING)},
    }


def _refusals(statuses: tuple[str, ...]) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _answer(sentence: str, shape: str) -> dict[str, Any]:
    return _json(sentence, schemas.ref(shape))


def _json(sentence: str, schema: Schema) -> dict[str, Any]:
    return {"description": sentence, "content": {"application/json": {"schema": schema}}}


def _in_path(name: str, schema: Schema = schemas.ID) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _asked(name: str, schema: Schema, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _case_filters() -> list[Schema]:
    return [
        _asked("state", schemas.choice(STATES), "Without it, all states."),
        _asked(
            "q",
            schemas.TEXT,
            'As in the search box: words, "phrases", -words, from:, to:, state:, tag:, team:, who:, before:, after:, has:file; among the newest messages that fit.',
        ),
        _asked("assignee", schemas.TEXT, "An agent's e-mail, “me”, or “nobody”."),
    ]


def _outcome() -> Schema:
    return _asked("outcome", schemas.choice(OUTCOMES), "Without it, all; “waiting” is what is still to be read.")


def _paging() -> list[Schema]:
    size = {"type": "integer", "minimum": 1, "default": PAGE}
    return [
        _asked("limit", size, f"Rows of a page; more than {LONGEST_PAGE} counts as {LONGEST_PAGE}."),
        _asked("cursor", schemas.TEXT, "`next` of the page before."),
    ]
