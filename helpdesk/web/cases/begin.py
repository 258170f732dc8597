"""Beginning a case from our side, by a first mail to somebody; it is kept while one types."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import beginnings, drafts, releases, sending
from helpdesk.actions.beginnings import Typed
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import Upload
from helpdesk.models import Beginning, Desk
from helpdesk.queries import beginnings as find
from helpdesk.queries import people
from helpdesk.queries import releases as find_releases
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import release
from helpdesk.web.cases.compose import on_its_way
from helpdesk.web.cases.composer import uploads
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("begin", __name__, url_prefix="/cases/new")

FIELDS = ("to", "subject", "text", "desk", "key", "files", "draft", "known", "deed")


@bp.get("")
@needs("case.open")
def begin() -> ResponseReturnValue:
    """An empty form, or what was begun (`draft`)."""
    if "draft" in request.args:
        return _page(_form_of(_begun(request.args["draft"]) or abort(404)))
    return _page(Form(to=request.args.get("to", ""), subject="", text="", desk="", key=drafts.new_key(), draft="", known=""))


@bp.post("")
@needs("case.open")
def send() -> ResponseReturnValue:
    """Open a case by a first mail to somebody; «draft» and `remove` only keep what was typed."""
    form = _posted()
    row = _begun(form.values["draft"])
    if form.values["deed"] == "draft" or form.values["remove"]:
        return _only_keep(form, row)
    desk, brought = _desk(form), uploads()
    if not form.values["subject"].strip():
        form.refuse("subject", _("What is it about?"))
    if not form.values["text"].strip():
        form.refuse("text", _("There is nothing in it yet."))
    if form.errors or desk is None:
        return _refused(form, row, brought)
    try:
        return _send(form, desk, [*_kept_files(form, row), *brought], row)
    except NotUsable as refusal:  # said before anything was written
        form.refused(refusal)
        return _refused(form, row, brought)


@bp.post("/draft")
@needs("case.open")
def keep() -> ResponseReturnValue:
    """Keep what stands in the form now; its own script asks.  The part of the form that says what is kept."""
    form = _posted()
    try:
        row = _keep(form, _begun(form.values["draft"]))
    except drafts.AlreadySent:
        return "", 204
    except drafts.Outdated:
        words = _("You changed this draft in another window. Reload the page to see it; what stands here is not kept.")
        return render_template("cases/begun.html", row=_begun(form.values["draft"]), known=form.values["known"], said=words), 409
    return render_template("cases/begun.html", row=row, known=_known(row), said="")


@bp.post("/discard")
@needs("case.open")
def discard() -> ResponseReturnValue:
    """Throw it away."""
    row = _begun(request.form.get("draft", ""))
    if row is None:
        return done(_("The draft is discarded."), "/cases")
    beginnings.discard(session(), row, now=clock.now())
    return done(_("The draft is discarded."), "/cases", undo="/cases/new/restore", draft=str(row.id))


@bp.post("/restore")
@needs("case.open")
def restore() -> ResponseReturnValue:
    """Bring back what was thrown away."""
    row = _begun(request.form.get("draft", ""), discarded=True)
    if row is None:
        return done(_("There is nothing to bring back any more."), "/cases")
    beginnings.restore(session(), row, now=clock.now())
    return done(_("The draft is back."), place(row))


def place(row: Beginning) -> str:
    """Where it is written on."""
    return f"/cases/new?draft={row.id}"


def _send(form: Form, desk: Desk, files: list[Upload], row: Beginning | None) -> ResponseReturnValue:
    to, subject, text, key = (form.values[name] for name in ("to", "subject", "text", "key"))
    row = row or find.with_key(session(), agent(), key)
    if why := find_releases.why(session(), desk, agent()):
        waiting = releases.begin(
            session(), desk, to, subject, text, agent=agent(), why=why, now=clock.now(), files=files, idempotency_key=key or None
        )
        beginnings.forget(session(), row)
        return release.asked(waiting.case)
    undo = timedelta(seconds=agent().undo_seconds)
    entry = sending.begin(
        session(), desk, to, subject, text, agent=agent(), now=clock.now(), files=files, idempotency_key=key or None, undo=undo
    )
    beginnings.forget(session(), row)
    path = f"/cases/{entry.case_number}"
    return done(on_its_way(), path, undo=f"{path}/entries/{entry.id}/take-back" if undo else None)


def _refused(form: Form, row: Beginning | None, brought: list[Upload]) -> ResponseReturnValue:
    """The page with what is wrong.  Files cannot stand in a form again: where it brought some, all of it is kept as a draft (409)."""
    if not brought:
        return _page(form)
    try:
        row = _keep(form, row, files=brought, known=row.changed_at if row is not None else None)
    except drafts.AlreadySent:
        return done(on_its_way(), "/cases")
    form.values["draft"], form.values["known"] = str(row.id) if row is not None else "", _known(row)
    return _page(form, refused=409)


def _only_keep(form: Form, row: Beginning | None) -> ResponseReturnValue:
    try:
        row = _keep(form, row, files=uploads())
    except drafts.AlreadySent:
        return done(on_its_way(), "/cases")
    except drafts.Outdated:
        form.refuse("text", _("You changed this draft in another window meanwhile. Keep it once more to replace that."))
        form.values["known"] = _known(row)
        return _page(form)
    return done(_("The draft is kept."), place(row)) if row is not None else _page(form)


def _keep(
    form: Form, row: Beginning | None, files: list[Upload] | None = None, known: datetime | None = None
) -> Beginning | None:
    values = form.values
    desk = next((desk for desk in people.desks(session(), active_only=True) if str(desk.id) == values["desk"]), None)
    return beginnings.keep(
        session(), agent(), row, Typed(values["to"], values["subject"], values["text"], desk), key=values["key"] or drafts.new_key(),
        now=clock.now(), files=files or [], without=_ids(values["remove"]), known=known or _instant(values["known"]),
    )  # fmt: skip


def _posted() -> Form:
    return Form.posted(*FIELDS, lists=("kept", "remove"))


def _form_of(row: Beginning) -> Form:
    desk = str(row.desk_id or "")
    return Form(to=row.to, subject=row.subject, text=row.text, desk=desk, key=row.key, draft=str(row.id), known=_known(row))


def _page(form: Form, *, refused: int = 422) -> ResponseReturnValue:
    row = _begun(form.values["draft"])
    others = [one for one in find.mine(session(), agent()) if one is not row]
    desks = people.desks(session(), active_only=True)
    return form.page("cases/new.html", refused=refused, desks=desks, row=row, known=form.values["known"], said="", others=others)


def _desk(form: Form) -> Desk | None:
    """The desk that writes: the one that was chosen, else the first."""
    desks = people.desks(session(), active_only=True)
    chosen = form.values["desk"]
    found = next((desk for desk in desks if str(desk.id) == chosen), desks[0] if desks and not chosen else None)
    if found is None:
        form.refuse("desk", _("Choose one from the list."))
    return found


def _begun(text: str, *, discarded: bool = False) -> Beginning | None:
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return find.one(session(), agent(), int(text), discarded=discarded) if is_number else None


def _kept_files(form: Form, row: Beginning | None) -> list[Upload]:
    """Those of its files that the form showed."""
    kept = _ids(form.values["kept"])
    lying = zip(row.files, beginnings.uploads(session(), row), strict=True) if row is not None else ()
    return [upload for file, upload in lying if file.id in kept]


def _ids(texts: list[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10}


def _known(row: Beginning | None) -> str:
    return row.changed_at.isoformat() if row is not None else ""


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
