"""The audit log: who did what, when, to which thing; on a page and as a file."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import audit
from helpdesk.models import Event
from helpdesk.present import sheets
from helpdesk.queries import audit as find
from helpdesk.queries import people
from helpdesk.queries.audit import Asked
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import sentences
from helpdesk.web.files import disposition

bp = Blueprint("audit", __name__, url_prefix="/audit")

PAGE, MOST = 100, 50_000
HEAD = ("at", "who", "deed", "case", "thing", "before", "after")
OF_THE_DESK = (
    "logged-in", "password-set", "token-created", "token-revoked", "agent-added", "agent-changed", "agent-invited", "team-added", "team-changed",
    "desk-added", "desk-changed", "mailbox-added", "mailbox-changed", "mailbox-removed", "zone-described", "form-added", "form-removed", "person-changed",
    "calendar-added", "calendar-changed", "calendar-deleted", "deadline-added", "deadline-changed", "deadline-deleted", "webhook-added", "webhook-removed",
    "mail-replayed", "mail-released", "mail-dismissed", "mail-restored", "sent-again", "received", "replied", "noted", "audit-exported",
    "report-saved", "report-ordered", "report-cancelled", "person-figures-set",
)  # fmt: skip
TOLD = (
    "agent",
    "team",
    "desk",
    "mailbox",
    "zone",
    "calendar",
    "deadline",
    "webhook",
    "audit",
    "case",
    "installation",
)  # of other things it is not told here what they were: people, mail


@bp.get("")
@needs("audit.read")
def log() -> ResponseReturnValue:
    """The newest deeds first, of one agent, of one kind, or to one case."""
    asked = _asked()
    rows = find.events(session(), agent(), asked, limit=PAGE + 1, before=_number("before"))
    shown = rows[:PAGE]
    return render_template(
        "audit/log.html",
        asked=asked,
        rows=[(event, sentences.said(event), details(event)) for event in shown],
        more=len(rows) > PAGE,
        agents=people.agents(session(), active_only=False),
        deeds=sorted({*OF_THE_DESK, *sentences.DEEDS, *(event.deed for event in shown), *([asked.deed] if asked.deed else [])}),
    )


@bp.post("/export")
@needs("audit.read")
def export() -> ResponseReturnValue:
    """The same as CSV; that it was saved is on the record."""
    asked = _asked()
    rows = find.events(session(), agent(), asked, limit=MOST)
    told = {"agent": asked.agent_id, "deed": asked.deed, "case": asked.case_number}
    audit.exported(session(), len(rows), {name: value for name, value in told.items() if value}, agent=agent(), now=clock.now())
    response = Response(sheets.as_csv(HEAD, (_row(event) for event in rows)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = disposition("attachment", "holdline-audit.csv")
    return response


def details(event: Event) -> str:
    """What a deed without a case changed, in short."""
    if event.case_number is not None or event.thing.partition(" ")[0] not in TOLD:
        return ""
    changed = {name: value for name, value in event.after.items() if event.before.get(name) != value}
    return ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in changed.items())


def _row(event: Event) -> tuple[object, ...]:
    who = event.agent.email if event.agent else event.person.address if event.person else ""
    tells = event.thing.partition(" ")[0] in TOLD or event.case_number is not None
    facts = [json.dumps(fact, ensure_ascii=False) if fact and tells else "" for fact in (event.before, event.after)]
    return (event.at.isoformat(), who, event.deed, event.case_number, event.thing, *facts)


def _asked() -> Asked:
    deed = request.values.get("deed", "").replace("\x00", "")[:100]
    return Asked(agent_id=_number("agent"), deed=deed, case_number=_number("case"))


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
