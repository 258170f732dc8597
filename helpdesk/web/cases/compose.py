"""Writing: an answer, a note, the first mail of a new case.  What was typed is never lost by a mistake."""

from __future__ import annotations

import re

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from helpdesk import clock
from helpdesk.actions import cases, entries, proposals, releases
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText, Nobody, Upload
from helpdesk.db import house
from helpdesk.models import Case, Desk
from helpdesk.policies.files import clean_name
from helpdesk.present import markdown
from helpdesk.queries import cases as find
from helpdesk.queries import people
from helpdesk.queries import proposals as find_proposals
from helpdesk.queries import releases as find_releases
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.cases import mentioned, page, release, settling, suggest
from helpdesk.web.cases.page import Composer
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("compose", __name__, url_prefix="/cases")

ANSWER_FIELDS = frozenset(("csrf_token", "key", "seen", "kind", "text", "files", "deed", "add")) | suggest.FIELDS
DEEDS = ("send", "resolve", "preview")
KEY = re.compile(r"[\w-]{1,100}", re.ASCII)


@bp.post("/<int:number>")
@needs("case.note")
def say(number: int) -> ResponseReturnValue:
    """Send an answer, keep a note, or show how either will look; `deed` is send, resolve (send, and the case is solved) or preview."""
    if any(name not in ANSWER_FIELDS and not settling.is_mine(name) for name in request.form):
        abort(400)  # no mass assignment (W16)
    case, composer = page.the_case(number), _typed()
    deed = request.form.get("deed") or "send"
    if deed not in DEEDS:
        abort(400)
    if deed == "preview":
        composer.preview, composer.lost_files = Markup(markdown.render(composer.text)), bool(uploads())  # noqa: S704  # sanitised
        return page.show(case, composer)
    if deed == "resolve" and case.state != "resolved":
        composer.wanted = settling.unsettled(case)
        if composer.wanted is not None:
            composer.error = _(
                "Before the case is solved, say what its desk wants to know. Nothing was sent, your text is still here."
            )
            return page.show(case, composer), 422
    try:
        return _keep_note(case, composer, deed) if composer.kind == "note" else _send(case, composer, deed)
    except EmptyText:
        composer.error = _("There is nothing in it yet.")
        return page.show(case, composer), 422
    except Nobody:
        composer.error = _("Nobody who takes part has a mail address. Keep it as a note, or write down how you told them.")
        return page.show(case, composer), 422


@bp.route("/new", methods=["GET", "POST"])
@needs("case.open")
def begin() -> ResponseReturnValue:
    """Open a case from our side, by a first mail to somebody."""
    if request.method == "GET":
        return _new_page(Form(to=request.args.get("to", ""), subject="", text="", desk="", key=Composer().key))
    form = Form.posted("to", "subject", "text", "desk", "key", "files")
    desk = _desk(form)
    if not form.values["subject"].strip():
        form.refuse("subject", _("What is it about?"))
    if not form.values["text"].strip():
        form.refuse("text", _("There is nothing in it yet."))
    if form.errors or desk is None:
        return _new_page(form)
    why = find_releases.why(session(), desk, agent())
    try:
        if why:
            waiting = releases.begin(
                session(), desk, form.values["to"], form.values["subject"], form.values["text"], agent=agent(), why=why,
                now=clock.now(), files=uploads(), idempotency_key=form.values["key"] or None,
            )  # fmt: skip
            return release.asked(waiting.case)
        entry = entries.begin(
            session(),
            desk,
            form.values["to"],
            form.values["subject"],
            form.values["text"],
            agent=agent(),
            now=clock.now(),
            files=uploads(),
            idempotency_key=form.values["key"] or None,
        )
    except NotUsable as refusal:
        form.refused(refusal)
        return _new_page(form)
    return done(_on_its_way(), f"/cases/{entry.case_number}")


def _send(case: Case, composer: Composer, deed: str) -> ResponseReturnValue:
    demand("case.answer", case)
    if suggest.objection(case, composer):
        return page.show(case, composer), 422
    is_new = find.said_with_key(session(), composer.key, case) is None
    solves = deed == "resolve" and case.state != "resolved"
    if solves:
        demand("case.resolve", case)
    if composer.added and is_new:
        demand("case.address", case)
        for proposal in find_proposals.waiting(session(), case):
            if proposal.id in composer.added:
                proposals.accept(session(), case, proposal, agent=agent(), now=clock.now())
    if why := find_releases.why(session(), case.desk, agent(), case):
        releases.wait(
            session(), case, composer.text, agent=agent(), why=why, now=clock.now(), files=uploads(),
            idempotency_key=_key(case, composer), then_resolve=solves,
        )  # fmt: skip
        suggest.sent(case, composer)
        return release.asked(case)
    entry = entries.reply(
        session(),
        case,
        composer.text,
        agent=agent(),
        now=clock.now(),
        files=uploads(),
        idempotency_key=_key(case, composer),
        then_resolve=solves,
    )
    if is_new:
        suggest.sent(case, composer)
    path = f"/cases/{case.number}#e{find.event_of(session(), entry).id}"
    if solves:
        return done(_("%(sent)s The case is solved.", sent=_on_its_way()), path, undo=f"/cases/{case.number}/reopen")
    return done(_on_its_way(), path)


def _keep_note(case: Case, composer: Composer, deed: str) -> ResponseReturnValue:
    key = _key(case, composer)
    entry = entries.note(session(), case, composer.text, agent=agent(), now=clock.now(), files=uploads(), idempotency_key=key)
    if deed == "resolve" and case.state != "resolved":
        demand("case.resolve", case)
        cases.resolve(session(), case, agent=agent(), now=clock.now())
    path = f"/cases/{case.number}#e{find.event_of(session(), entry).id}"
    return done(" ".join([_("Your note is kept. Nobody outside sees it."), *mentioned.remarks(entry)]), path)


def _typed() -> Composer:
    """The answer form as the browser sent it."""
    composer = Composer(
        kind="note" if request.form.get("kind") == "note" else "answer",
        text=request.form.get("text", "").replace("\r\n", "\n").replace("\x00", "\ufffd"),
        begun_with=suggest.begun_with(),
    )
    composer.added = frozenset(int(i) for i in request.form.getlist("add")[:50] if i.isascii() and i.isdigit())
    if KEY.fullmatch(request.form.get("key", "")):  # PostgreSQL takes no NUL in a text
        composer.key = request.form["key"]
    return composer


def _key(case: Case, composer: Composer) -> str:
    """The form's key.  Whoever goes back in the browser and writes something else has another form in mind than was sent."""
    before = find.said_with_key(session(), composer.key, case)
    return composer.key if before is None or before.text == composer.text.strip() else Composer().key


def uploads() -> list[Upload]:
    """The files of the form; browsers send an empty one where none was chosen."""
    chosen = [file for file in request.files.getlist("files") if file.filename]
    return [Upload(clean_name(file.filename or ""), file.mimetype or "application/octet-stream", file.read()) for file in chosen]


def _on_its_way() -> str:
    if house(session()).settings.outgoing == "hold":
        return _("Your answer is kept until the desk goes live.")
    return _("Your answer is on its way.")


def _desk(form: Form) -> Desk | None:
    """The desk that writes: the one that was chosen, else the first."""
    desks = people.desks(session(), active_only=True)
    chosen = form.values["desk"]
    found = next((desk for desk in desks if str(desk.id) == chosen), desks[0] if desks and not chosen else None)
    if found is None:
        form.refuse("desk", _("Choose one from the list."))
    return found


def _new_page(form: Form) -> ResponseReturnValue:
    return form.page("cases/new.html", desks=people.desks(session(), active_only=True))
