"""The case as a PDF: all that was said and done, in the reader's language, numbered."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import exports
from helpdesk.db import Database, house
from helpdesk.models import Agent, Attachment, Case, OutboxMail
from helpdesk.policies import verification
from helpdesk.present import markdown, pdf
from helpdesk.queries import cases as find
from helpdesk.queries import story as find_story
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.cases import page, panel, story
from helpdesk.web.cases import sentence_details as words
from helpdesk.web.cases.items import Done, Folded, Item, Said
from helpdesk.web.files import disposition
from helpdesk.web.language import Dates, current, enumerated, size
from helpdesk.web.language import gettext as _

bp = Blueprint("export", __name__, url_prefix="/cases/<int:number>")

LONGEST = 100_000  # characters of one entry


@bp.post("/pdf")
@needs("case.read")
@only_reads
def save(number: int) -> ResponseReturnValue:
    """The PDF, to be saved; that it was made is recorded, in a transaction that does not wait for it to be set."""
    case, now = page.the_case(number), clock.now()
    document = pdf.document("case", data(case), at=now)
    database: Database = current_app.database  # type: ignore[attr-defined]
    with database.transaction() as writing:
        theirs = writing.get_one(Agent, agent().id)
        exports.saved_as_pdf(writing, writing.get_one(Case, case.number), document, agent=theirs, now=now)
    response = Response(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = disposition("attachment", f"case-{case.number}.pdf")
    response.headers["Cache-Control"] = "no-store"
    return response


def data(case: Case) -> dict[str, object]:
    """What stands in the document, as `templates/report/case.typ` wants it."""
    say = Dates(house(session()).settings)
    events = find.timeline(session(), case, agent())
    # Codes and links of verification mail stay hidden in what leaves the house, whoever has seen them.
    told = story.tell(events, find_story.senders(session(), case))
    flat = [line for item in told for line in (item.lines if isinstance(item, Folded) else [item])]
    items = [_item(n, item, say) for n, item in enumerate(flat, 1)]
    now = say.long(clock.now())
    return {
        "language": current(),
        "title": case.subject,
        "author": agent().name,
        "number": _("Case %(number)s", number=case.number),
        "footer": _("Case %(number)s, saved by %(name)s, %(when)s", number=case.number, name=agent().name, when=now),
        "facts": _facts(case, say),
        "people": [
            " ".join(filter(None, [one.person.name, f"<{one.person.mail}>" if one.person.mail else f"({_('no mail')})"]))
            for one in case.participants
        ],
        "items": items,
        "files": [{**file, "n": str(item["n"])} for item in items for file in item.get("files", ())],  # type: ignore[attr-defined]
        "words": {
            "people": _("Who takes part"),
            "story": _("The story"),
            "files": _("Files"),
            "entry": _("No."),
            "file": _("File"),
            "size": _("Size"),
        },
    }


def _facts(case: Case, say: Dates) -> list[tuple[str, str]]:
    details = panel.of(case)
    came_to = details.outcome
    states = {"new": _("New"), "open": _("Our turn"), "waiting": _("Their turn"), "resolved": _("Solved")}
    outcome = [words.verdict(came_to.verdict), came_to.cause.name if came_to.cause else "", came_to.office] if came_to else []
    facts = [
        (_("Customer"), case.requester.called),
        (_("Standing"), states[case.state]),
        (_("Opened"), say.long(case.opened_at)),
        (_("Solved"), say.long(case.resolved_at) if case.resolved_at else ""),
        (_("Came by"), words.channel(case.channel)),
        (_("Desk"), case.desk.name),
        (_("Holder"), case.assignee.name if case.assignee else _("Nobody")),
        (_("Priority"), words.priority(case.priority) if case.priority != "normal" else ""),
        (_("Tags"), enumerated([tag.name for tag in details.tags]) if details.tags else ""),
        *[(one.field.name, one.shown) for one in details.fields],
        (_("Came to"), ", ".join(filter(None, outcome))),
        *[
            (_("Goodwill"), f"{panel.money(one.cents, one.currency)}, {words.gesture(one.kind)}: {one.why}")
            for one in details.gestures
        ],
    ]
    return [(name, value) for name, value in facts if value]


def _item(n: int, item: Item, say: Dates) -> dict[str, object]:
    if isinstance(item, Done):
        said = item.sentence
        case = _("case %(number)s", number=said.case) if said.case else ""
        return {
            "kind": "done",
            "n": n,
            "heading": " ".join(filter(None, [said.lead, said.words, case])),
            "when": say.long(item.event.at),
        }
    assert isinstance(item, Said)
    entry = item.entry
    return {
        "kind": "said",
        "n": n,
        "heading": _heading(item),
        "when": say.long(item.event.at),
        "remarks": _remarks(item, say),
        "text": _text(item),
        "doubtful": item.look == "suspect",
        "inside": item.look in ("note", "spoken"),
        "files": [_file(file) for file in entry.attachments],
        "delivery": [_delivery(row, say) for row in entry.deliveries],
    }


def _heading(item: Said) -> str:
    entry, name = item.entry, item.entry.author
    if item.look == "spoken":
        kinds = {"call": _("Phone call"), "visit": _("Visit"), "letter": _("Letter on paper")}
        theirs = entry.traits.get("direction") == "in"
        whom = entry.traits.get("with", "")
        return f"{kinds[entry.kind]}: {f'{whom} → {name}' if theirs else f'{name} → {whom}'}"
    headings = {
        "in": _("%(name)s wrote", name=name),
        "out": _("%(name)s answered", name=name),
        "note": _("Note by %(name)s", name=name),
        "suspect": _("Doubtful mail, in the name of %(name)s", name=name),
        "aside": _("Mail from %(name)s, put aside", name=item.sender or name),
        "system": _("Automatic acknowledgement"),
        "automatic": _("Automatic mail from %(name)s", name=name),
    }
    return headings.get(item.look, name)


def _remarks(item: Said, say: Dates) -> list[str]:
    entry = item.entry
    found = [
        f"<{item.sender}>" if entry.kind == "mail-in" and item.sender else "",
        _("sender not verified") if "unverified" in entry.flags else "",
        _("It does not count yet: the state of the case is unchanged, and nobody got an answer.")
        if item.look == "suspect"
        else "",
        _("codes and links are hidden") if item.hidden else "",
        _("internal only") if item.look == "note" else "",
        say.long(entry.at) if item.look == "spoken" else "",
        item.warning,
    ]
    return [remark for remark in found if remark]


def _text(item: Said) -> str:
    entry = item.entry
    text = markdown.plain(entry.text) if item.look in ("out", "note", "spoken") else entry.text
    text = verification.masked(text) if item.hidden else text
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n[{_('The rest stands in the case.')}]"


def _file(file: Attachment) -> dict[str, str]:
    return {"name": file.name, "type": file.type, "size": size(file.size), "sha256": file.sha256}


def _delivery(row: OutboxMail, say: Dates) -> str:
    to = f"{row.recipient_name} <{row.recipient}>" if row.recipient_name else row.recipient
    states = {
        "queued": _("On its way to %(name)s", name=to),
        "deferred": _("Not taken yet for %(name)s", name=to),
        "sent": _("Sent to %(names)s", names=to),
        "bounced": _("Undeliverable to %(name)s", name=to),
        "failed": _("Undeliverable to %(name)s", name=to),
    }
    answer = f": {row.answer}" if row.answer and row.state != "sent" else ""
    return f"{states.get(row.state, row.state)}, {say.long(row.sent_at or row.changed_at)}{answer}"
