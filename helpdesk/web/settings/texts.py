"""The words of the mails that a desk sends: its form of address, its signature, its own texts, and how they look."""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape
from typing import Any

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from helpdesk import clock, letters
from helpdesk.actions import desks, texts
from helpdesk.actions.desks import NotUsable
from helpdesk.db import house
from helpdesk.models import Desk
from helpdesk.policies.placeholders import SIGNATURE
from helpdesk.policies.promises import sayable
from helpdesk.policies.texts import CUSTOMERS, TEXTS
from helpdesk.queries import texts as find
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.forms import Form, said
from helpdesk.web.frames import FRAME_POLICY
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done
from helpdesk.web.settings import report_text
from helpdesk.words import LANGUAGES, MailWords, by_when, told

bp = Blueprint("texts", __name__, url_prefix="/desks/<int(max=2147483647):desk_id>/texts")

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.S)
_TEXT = "<pre style='flex:1 1 18rem;margin:0;padding:24px;font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap'>{}</pre>"


@bp.get("")
@needs("settings.read")
def everything(desk_id: int) -> ResponseReturnValue:
    """Every mail in every language: whether the desk says its own words or ours."""
    found = _desk(desk_id)
    return _page(found, Form(address_form=found.address_form, signature=found.signature))


@bp.post("")
@needs("settings.change")
def speak(desk_id: int) -> ResponseReturnValue:
    """Sie or du, and what stands below every answer."""
    found, form = _desk(desk_id), Form.posted("address_form", "signature")
    form.values["signature"] = form.values["signature"].replace("\r\n", "\n").strip()
    try:
        desks.change(session(), found, dict(form.values), agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(found, form)
    return done(_("Saved."), f"/settings/desks/{found.id}/texts")


@bp.get("/<name>/<language>")
@needs("settings.read")
def one(desk_id: int, name: str, language: str) -> ResponseReturnValue:
    """One mail: its own words, or ours to begin with."""
    found = _desk(desk_id)
    subject, body = _words(found, name, language)
    return _form(found, name, language, Form(subject=subject, body=body))


@bp.post("/<name>/<language>")
@needs("settings.change")
def write(desk_id: int, name: str, language: str) -> ResponseReturnValue:
    """Say this from now on."""
    found, form = _desk(desk_id), Form.posted("subject", "body")
    _words(found, name, language)
    try:
        texts.write(
            session(),
            found,
            name,
            language,
            subject=form.values["subject"],
            body=form.values["body"],
            agent=agent(),
            now=clock.now(),
        )
    except NotUsable as refusal:
        form.refused(refusal)
        return _form(found, name, language, form)
    return done(_("Saved. The next mail says it."), f"/settings/desks/{found.id}/texts")


@bp.post("/<name>/<language>/reset")
@needs("settings.change")
def reset(desk_id: int, name: str, language: str) -> ResponseReturnValue:
    """Our words again."""
    found = _desk(desk_id)
    _words(found, name, language)
    texts.reset(session(), found, name, language, agent=agent(), now=clock.now())
    return done(_("The desk says our words again."), f"/settings/desks/{found.id}/texts")


@bp.get("/<name>/<language>/preview")
@needs("settings.read")
def look(desk_id: int, name: str, language: str) -> Response:
    """The mail as it is sent now: text and HTML beside each other, in a frame without rights."""
    found = _desk(desk_id)
    return _shown(found, name, language, *_words(found, name, language))


@bp.post("/<name>/<language>/preview")
@only_reads
@needs("settings.change")
def look_at_typed(desk_id: int, name: str, language: str) -> Response:
    """The same of what was typed and not saved; what is wrong with it is said in its place."""
    found, form = _desk(desk_id), Form.posted("subject", "body")
    _words(found, name, language)
    try:
        texts.check(name, language, form.values["subject"], form.values["body"])
    except NotUsable as refusal:
        return _document(f"<p style='padding:24px;font:15px system-ui'>{escape(said(refusal))}</p>")
    return _shown(found, name, language, form.values["subject"], form.values["body"].replace("\r\n", "\n"))


def _words(desk: Desk, name: str, language: str) -> tuple[str, str]:
    if name not in TEXTS or language not in LANGUAGES:
        abort(404)
    own = find.own(session(), desk, name, language)
    return (own.subject, own.body) if own else letters.ours(name, language, informal=desk.address_form == "du")


def _shown(desk: Desk, name: str, language: str, subject: str, body: str) -> Response:
    mail = letters.written(subject, body, language, _example(desk, name, language)) or MailWords(subject, body, "")
    if name == "reply":
        mail = _reply(desk, language, mail.text.strip())
    elif name == "report":
        mail = report_text.shown(desk, language, subject, body) or mail
    found = _BODY.search(mail.html)
    inside = found[1] if found else ""
    text = escape((f"{mail.subject}\n\n" if mail.subject else "") + mail.text)
    columns = f"<div style='display:flex;flex-wrap:wrap'>{_TEXT.format(text)}<div style='flex:2 1 20rem'>{inside}</div></div>"
    return _document(mail.html.replace(found[1], columns) if found else columns)


def _reply(desk: Desk, language: str, foot: str) -> MailWords:
    """A whole answer with this line below it."""
    below = _below(desk)
    values: dict[str, Any] = {
        **_example(desk, "reply", language), "subject": "Re: …", "text": "…", "introduction": "", "html": Markup("<p>…</p>"), "marker": "", "quote": None, "foot": foot,
        "signature": below.text, "signature_html": below.html,
    }  # fmt: skip
    return letters.framed_reply(language, values)


def _below(desk: Desk) -> letters.Signature:
    return letters.signature(desk, agent(), letters.signs(desk, agent(), agent().name))


def _document(html: str) -> Response:
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response


_OF_ESCALATION: dict[str, Any] = {
    "reason": "breach", "clock": "first-response", "due": "16:00", "since": "9:00", "subject": "…", "customer": "Anna Weber", "holder": "",
    "wish": "", "level": 2, "unseen": False,
}  # fmt: skip

_NEWS: dict[str, dict[str, Any]] = {
    "escalation": _OF_ESCALATION,
    "report-failed": {"report": "…", "reader": "Anna Weber", "due": "7:30", "attempts": 5},
    "notice": {"about": "mention"},
}
_NEWS_OF = {"escalation": "escalation", "escalations": "escalation", "report-failed": "report-failed"}


def _example(desk: Desk, name: str, language: str) -> dict[str, Any]:
    """What stands for a case in the preview."""
    base, informal = house(session()).settings.base_url, desk.address_form == "du"
    of = _NEWS_OF.get(name, "notice")
    news = {"number": 1042, "by": agent().name, "instead_of": "", **_NEWS[of]}
    said = told(language, informal=informal, of=of, **news)
    things = [{**said, "link": f"{base}/cases/{number}#escalation"} for number in (1042, 1043)]
    return {
        "number": 1042, "desk": desk.name, "name": agent().name, "grace_days": house(session()).settings.grace.days,
        **said, "things": things, "list": letters.listed(things), "count": 2, "broken": 2, "report": "…", "sentence": "…", "follows": 1001, "ended_on": "19.12.", **_times(desk, language), "link": f"{base}/cases/1042", "days": 7, "minutes": 30,
    }  # fmt: skip


def _times(desk: Desk, language: str) -> dict[str, Any]:
    now, zone = clock.now(), house(session()).settings.zone
    first, until = (by_when(sayable(now + timedelta(hours=hours), zone), language, zone) for hours in (4, 28))
    return {"until": until, "first_until": first, "ahead": 11, "by_own": True, "tells": desk.apologises}


def _page(found: Desk, form: Form) -> ResponseReturnValue:
    return form.page(
        "settings/desks/texts.html",
        desk=found,
        own=find.of_desk(session(), found),
        names=list(TEXTS),
        customers=CUSTOMERS,
        languages=LANGUAGES,
        places=SIGNATURE,
        below=_below(found),
    )


def _form(found: Desk, name: str, language: str, form: Form) -> ResponseReturnValue:
    own = find.own(session(), found, name, language)
    return form.page("settings/desks/text.html", desk=found, name=name, tongue=language, text=TEXTS[name], own=own)


def _desk(desk_id: int) -> Desk:
    return session().get(Desk, desk_id) or abort(404)
