"""Every address of the API, and what can be done there."""

from __future__ import annotations

from typing import Any

from helpdesk.policies.cases import STATES
from helpdesk.queries.post import OUTCOMES
from helpdesk.reports.asked import NAMES
from helpdesk.web.api import schemas
from helpdesk.web.api.operations import READING, asked, deed, in_json, in_path, paging, read, refusals
from helpdesk.web.api.report_paths import of_escalations, of_reports
from helpdesk.web.api.schema import Schema
from helpdesk.web.api.together_paths import of_cases, of_people, of_third_parties


def all_paths() -> dict[str, Any]:
    """Every address with what can be done there."""
    number, address, row = in_path("number", schemas.NUMBER), in_path("address_id"), in_path("arrival_id")
    entry, proposal = in_path("entry_id"), in_path("proposal_id")
    return {
        "/openapi.json": {
            "get": {
                "operationId": "description",
                "summary": "This description",
                "security": [],
                "responses": {"200": in_json("The description.", {"type": "object"})},
            },
        },
        "/cases": {
            "get": read("listCases", "Cases, the newest first", "Cases", [*_case_filters(), *paging()]),
            "post": deed("openCase", "Open a case by our first mail to somebody", "NewCase", {"201": "Case", "200": "Case", "202": "Case"}),
        },
        "/cases/{number}": {"get": read("getCase", "A case with its addresses and its story", "Case", [number])},
        "/cases/{number}/replies": {
            "post": deed("reply", "Answer everybody who takes part", "NewReply", {"201": "Entry", "200": "Entry", "202": "WaitingAnswer"}, [number]),
        },
        "/cases/{number}/notes": {
            "post": deed("note", "Note something for colleagues; nobody is mailed", "NewNote", {"201": "Entry"}, [number]),
        },
        "/cases/{number}/resolve": {
            "post": deed("resolve", "Say that it is solved", "Nothing", {"200": "CaseSummary"}, [number]),
        },
        "/cases/{number}/reopen": {
            "post": deed("reopen", "Say that it was not solved after all", "Reopening", {"200": "CaseSummary"}, [number]),
        },
        **_detail_paths(number),
        **of_people(number),
        **of_third_parties(number),
        **of_cases(number),
        **of_reports(in_path("report", schemas.choice(NAMES))),
        **of_escalations(number, in_path("escalation_id")),
        "/cases/{number}/assign": {
            "post": deed("assign", "Give it to somebody, or to nobody", "Assignment", {"200": "CaseSummary"}, [number]),
        },
        "/cases/{number}/merge": {
            "post": deed("merge", "Let it go on in another case, which is the answer", "Merging", {"200": "Case"}, [number]),
        },
        "/cases/{number}/unmerge": {
            "post": deed("unmerge", "Take it out of the other case again", "Nothing", {"200": "Case"}, [number]),
        },
        "/cases/{number}/addresses/{address_id}/revoke": {
            "post": deed("revokeAddress", "Withdraw an address at once", "Nothing", {"200": "Address"}, [number, address]),
        },
        "/cases/{number}/addresses/{address_id}/extend": {
            "post": deed("extendAddress", "Let an address live longer", "Extension", {"200": "Address"}, [number, address]),
        },
        "/cases/{number}/addresses/{address_id}/rotate": {
            "post": deed("rotateAddress", "Replace an address that leaked", "Nothing", {"201": "Address"}, [number, address]),
        },
        "/cases/{number}/entries/{entry_id}/accept": {
            "post": deed("acceptMail", "Let a suspect's or a stranger's mail count", "Acceptance", {"200": "Entry"}, [number, entry]),
        },
        "/cases/{number}/entries/{entry_id}/ignore": {
            "post": deed("ignoreMail", "Put a doubtful mail aside", "Nothing", {"200": "Entry"}, [number, entry]),
        },
        "/cases/{number}/entries/{entry_id}/reconsider": {
            "post": deed("reconsiderMail", "Take back that it was put aside", "Nothing", {"200": "Entry"}, [number, entry]),
        },
        "/cases/{number}/entries/{entry_id}/show-codes": {
            "post": deed("showCodes", "Show the codes and links of a verification mail", "Nothing", {"200": "Entry"}, [number, entry]),
        },
        "/cases/{number}/entries/{entry_id}/new-case": {
            "post": deed("giveCase", "Give a doubtful mail a case of its own", "Nothing", {"201": "Case"}, [number, entry]),
        },
        **_friction_paths([number, entry]),
        "/cases/{number}/proposals/{proposal_id}/accept": {
            "post": deed("acceptProposal", "Let somebody take part", "Nothing", {"200": "Proposal"}, [number, proposal]),
        },
        "/cases/{number}/proposals/{proposal_id}/decline": {
            "post": deed("declineProposal", "Say that they do not take part", "Nothing", {"200": "Proposal"}, [number, proposal]),
        },
        "/attachments/{attachment_id}": {
            "get": {
                **read("getAttachment", "The bytes of an attachment, to be saved", "", [in_path("attachment_id")]),
                "responses": {"200": {"description": "The bytes.", "content": {"application/octet-stream": {}}}, **refusals(READING)},
            },
        },
        "/post-room": {
            "get": read("listMails", "Every mail × recipient that came in, the newest first", "Mails", [_outcome(), *paging()]),
        },
        "/post-room/{arrival_id}/replay": {
            "post": deed("replayMail", "Read and route it once more (supervisors)", "Nothing", {"200": "Arrival"}, [row]),
        },
        "/post-room/{arrival_id}/release": {
            "post": deed("releaseMail", "Let a held mail in", "Nothing", {"200": "Arrival"}, [row]),
        },
    }  # fmt: skip


def _friction_paths(where: list[Schema]) -> dict[str, Any]:
    here = "/cases/{number}/entries/{entry_id}/friction"
    return {
        here: {
            "get": read("listMarks", "Where it hurt and what is praised in a message, as somebody marked it", "Marks", where),
            "post": deed("markMessage", "Mark where it hurt, or a praise; its agent is told", "NewMark", {"200": "Marks"}, where),
        },
        f"{here}/take-back": {
            "post": deed("unmarkMessage", "Take back a mark that was a mistake", "NewMark", {"200": "Marks"}, where),
        },
    }


def _detail_paths(number: Schema) -> dict[str, Any]:
    changes = {
        "tags": deed("addTag", "Put a tag on it", "NewTag", {"200": "Case"}, [number]),
        "fields": deed("fillField", "Say what a field of its desk is", "FieldValue", {"200": "Case"}, [number]),
        "priority": deed("prioritise", "Say how much it matters", "Priority", {"200": "Case"}, [number]),
        "outcome": deed("sayOutcome", "Say what it came to", "OutcomeSaid", {"200": "Case"}, [number]),
        "calls": deed("logCall", "Write down a call, a visit or a letter", "NewCall", {"201": "Entry", "200": "Entry"}, [number]),
    }
    return {f"/cases/{{number}}/{name}": {"post": deed} for name, deed in changes.items()}


def _case_filters() -> list[Schema]:
    return [
        asked("state", schemas.choice(STATES), "Without it, all states."),
        asked(
            "q",
            schemas.TEXT,
            'As in the search box: words, "phrases", -words, from:, to:, state:, tag:, team:, who:, before:, after:, has:file; among the newest messages that fit.',
        ),
        asked("assignee", schemas.TEXT, "An agent's e-mail, “me”, or “nobody”."),
    ]


def _outcome() -> Schema:
    return asked("outcome", schemas.choice(OUTCOMES), "Without it, all; “waiting” is what is still to be read.")
