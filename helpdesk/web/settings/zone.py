"""The reply domain: which one is set, the lines that its zone needs, and a test that says how each of them stands."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import zone as deeds
from helpdesk.actions.desks import NotUsable
from helpdesk.db import house
from helpdesk.policies.zone import Line, Zone
from helpdesk.policies.zone_findings import Finding, judged
from helpdesk.queries import zone as find
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.forms import Form
from helpdesk.web.language import catalogue
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("zone", __name__, url_prefix="/reply-domain")

KNOWN = ("server", "selector")


@bp.get("")
@needs("settings.read")
def show() -> ResponseReturnValue:
    """The lines, as they are pasted."""
    known = find.zone(session())
    return _page(known, Form(server=known.server, selector=known.selector))


@bp.post("")
@needs("settings.change")
def describe() -> ResponseReturnValue:
    """Remember the mail server's name and the name under which it signs."""
    form = Form.posted(*KNOWN)
    try:
        deeds.describe(session(), form.values["server"], form.values["selector"], agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(find.zone(session()), form)
    return done(_("Saved."), "/settings/reply-domain")


@bp.post("/test")
@only_reads
@needs("settings.change")
def test() -> ResponseReturnValue:
    """Ask the name servers how each line stands, as it would be after saving."""
    form, known = Form.posted(*KNOWN), find.zone(session())
    try:
        said = deeds.check(form.values["server"], form.values["selector"])
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(known, form)
    return _page(replace(known, server=said["server"], selector=said["selector"]), form, tested=True)


def _page(known: Zone, form: Form, *, tested: bool = False) -> ResponseReturnValue:
    findings, trouble = _findings(known) if tested else ({}, "")
    settings = house(session()).settings
    rows = [(line, findings.get(line)) for line in known.lines()]
    return form.page("settings/reply_domain.html", zone=known, rows=rows, trouble=trouble, tested=tested, settings=settings)


def _findings(known: Zone) -> tuple[dict[Line, tuple[str, str]], str]:
    """Of each line its state and its sentence; or why nobody could look."""
    ask = current_app.extensions["holdline"].ask_name_servers
    if ask is None:
        return {}, _("This process cannot ask name servers.")
    answers = ask(known)
    return {line: _said(judged(known, line, answers)) for line in known.lines()}, ""


def _said(finding: Finding) -> tuple[str, str]:
    words = catalogue().gettext(finding.sentence)
    return finding.state, words % finding.values if finding.values else words
