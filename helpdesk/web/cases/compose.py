"""Writing: an answer, a note.  What was typed is never lost by a mistake."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from helpdesk import clock
from helpdesk.actions import cases, drafts, entries, proposals, releases, sending
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries import EmptyText, Nobody
from helpdesk.db import house
from helpdesk.models import Case, Entry, Proposal
from helpdesk.present import markdown
from helpdesk.queries import cases as find
from helpdesk.queries import drafts as find_drafts
from helpdesk.queries import proposals as find_proposals
from helpdesk.queries import releases as find_releases
from helpdesk.queries.events import solved_by
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.cases import composer as composers
from helpdesk.web.cases import mentioned, page, release, settling, suggest
from helpdesk.web.cases import undo as undo_deeds
from helpdesk.web.cases.composer import Composer
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("compose", __name__, url_prefix="/cases")

LATER = ("tomorrow", "monday", "later")
DEEDS = ("send", "resolve", "preview", "draft", *LATER)


def is_ours(name: str) -> bool:
    """Whether the answer form has a field of this name."""
    return name in composers.FIELDS or name in suggest.FIELDS or settling.is_mine(name)


@bp.post("/<int:number>")
@needs("case.note")
def say(number: int) -> ResponseReturnValue:
    """What the answer form asks for, by the button that was pressed (`deed`).

    send · resolve (send, and the case is solved) · preview · draft (only keep it) · tomorrow, monday, later (send it then);
    `remove` takes one of its files away.
    """
    if not all(is_ours(name) for name in request.form):
        abort(400)  # no mass assignment (W16)
    case, deed = page.the_case(number), request.form.get("deed") or "send"
    if deed not in DEEDS:
        abort(400)
    composer = composers.typed(case)
    if composer.is_too_heavy:
        return _wrong(case, composer, _("These files are too large together; 28 MB are possible."))
    if composer.kind == "answer" and composer.promise and composer.promise_at is None:
        return _wrong(case, composer, _("Promise a day that is still to come, within a year."))
    try:
        if composer.removed or deed in ("draft", "preview"):
            return _only_keep(case, composer, deed)
        if (deed == "resolve" or composer.solves) and case.state != "resolved":
            composer.wanted = settling.unsettled(case)
            if composer.wanted is not None:
                words = _(
                    "Before the case is solved, say what its desk wants to know. Nothing was sent, your text is still here."
                )
                return _wrong(case, composer, words)
        if deed in LATER:
            return _plan(case, composer, deed)
        return _keep_note(case, composer, deed) if composer.kind == "note" else _send(case, composer, deed)
    except EmptyText:
        return _wrong(case, composer, _("There is nothing in it yet."))
    except Nobody:
        if composer.left_out:
            return _wrong(case, composer, _("Who should get this answer? Tick at least one person."))
        words = _("Nobody who takes part has a mail address. Keep it as a note, or write down how you told them.")
        return _wrong(case, composer, words)
    except NotPermitted as refusal:
        return _wrong(case, composer, said(refusal))
    except drafts.AlreadySent:
        return done(on_its_way(), f"/cases/{case.number}")


def _send(case: Case, composer: Composer, deed: str) -> ResponseReturnValue:
    demand("case.answer", case)
    if suggest.objection(case, composer):
        return page.show(case, composer), 422
    solves = deed == "resolve" and case.state != "resolved"
    if solves:
        demand("case.resolve", case)
    key = composers.fresh_key(case, composer)
    is_new = find.said_with_key(session(), key, case) is None
    if is_new and (stopped := _stopped(case, composer, deed)) is not None:
        return stopped
    if why := find_releases.why(session(), case.desk, agent(), case):
        if is_new:
            _let_take_part(case, composer)
        releases.wait(
            session(), case, composer.text, agent=agent(), why=why, now=clock.now(), files=composers.files_of(composer),
            idempotency_key=key, then_resolve=solves, left_out=composer.left_out, begun_with=composer.begun_with,
            promise=composer.promise_at,
        )  # fmt: skip
        composers.sent(composer)
        return release.asked(case)
    undo = timedelta(seconds=agent().undo_seconds)
    entry = sending.send(
        session(), case, composer.text, agent=agent(), now=clock.now(), files=composers.files_of(composer), idempotency_key=key,
        then_resolve=solves, left_out=composer.left_out, letting_in=_ticked(case, composer), begun_with=composer.begun_with,
        promise=composer.promise_at, undo=undo,
    )  # fmt: skip
    composers.sent(composer)
    words = _("%(sent)s The case is solved.", sent=on_its_way()) if solves else on_its_way()
    if undo:
        return done(words, _place(entry), undo=f"/cases/{case.number}/entries/{entry.id}/take-back")
    return undo_deeds.offer(words, [solved_by(session(), entry)] if solves else [], _place(entry))


def _keep_note(case: Case, composer: Composer, deed: str) -> ResponseReturnValue:
    entry = entries.note(
        session(), case, composer.text, agent=agent(), now=clock.now(), files=composers.files_of(composer),
        idempotency_key=composers.fresh_key(case, composer),
    )  # fmt: skip
    composers.sent(composer)
    solved = None
    if deed == "resolve" and case.state != "resolved":
        demand("case.resolve", case)
        solved = cases.resolve(session(), case, agent=agent(), now=clock.now())
    words = " ".join([_("Your note is kept. Nobody outside sees it."), *mentioned.remarks(entry)])
    return undo_deeds.offer(words, [solved], _place(entry))


def _plan(case: Case, composer: Composer, deed: str) -> ResponseReturnValue:
    demand("case.answer", case)
    if composer.kind == "note":
        abort(400)
    if suggest.objection(case, composer):
        return page.show(case, composer), 422
    if find_releases.why(session(), case.desk, agent(), case):
        return _wrong(case, composer, _("A second person reads this answer before it leaves, so it cannot be planned."))
    at = composers.time_of(deed, composer)
    if at is None:
        return _wrong(case, composer, _("Choose a time that is still to come, within a year."))
    if not any(one.key == composer.key for one in find_drafts.planned(session(), case)):  # a double click plans once
        if (stopped := _stopped(case, composer, deed)) is not None:
            return stopped
        if not any(one.id not in composer.left_out and one.person.mail for one in case.participants):
            raise Nobody
        _let_take_part(case, composer)
        composers.keep(case, composer, anyway=True)
        if composer.draft is None:
            raise EmptyText
        drafts.plan(session(), case, composer.draft, at, then_resolve=composer.solves, now=clock.now())
    return done(_("Your answer is planned. It stops if anything happens here before."), f"/cases/{case.number}#planned")


def _only_keep(case: Case, composer: Composer, deed: str) -> ResponseReturnValue:
    """Keep the draft and show the form again."""
    try:
        composers.keep(case, composer)
    except drafts.Outdated:
        composer.error = _("You changed this draft in another window meanwhile. Keep it once more to replace that.")
        composer.known = composer.draft.changed_at if composer.draft is not None else None
        return page.show(case, composer), 409
    if deed == "preview":
        composer.preview = Markup(markdown.render(composer.text))  # noqa: S704  # sanitised
    return page.show(case, composer)


def _stopped(case: Case, composer: Composer, deed: str) -> ResponseReturnValue | None:
    """The page again where others said or did something that the form had not shown; the draft is kept."""
    if composer.seen is None:
        return None
    composer.news = find_drafts.news(session(), case, agent(), since=composer.seen)
    if not composer.news:
        return None
    composer.deed = deed
    composers.keep(case, composer, anyway=True)
    return page.show(case, composer), 409


def _let_take_part(case: Case, composer: Composer) -> None:
    """Those of the proposed people who were ticked get this answer too."""
    for proposal in _ticked(case, composer):
        proposals.accept(session(), case, proposal, agent=agent(), now=clock.now())


def _ticked(case: Case, composer: Composer) -> list[Proposal]:
    if composer.added:
        demand("case.address", case)
    return [one for one in find_proposals.waiting(session(), case) if one.id in composer.added]


def _wrong(case: Case, composer: Composer, sentence: str) -> ResponseReturnValue:
    composer.error = sentence
    return page.show(case, composer), 422


def _place(entry: Entry) -> str:
    return f"/cases/{entry.case_number}#e{find.event_of(session(), entry).id}"


def on_its_way() -> str:
    """What is said of an answer that was sent."""
    if house(session()).settings.outgoing == "hold":
        return _("Your answer is kept until the desk goes live.")
    return _("Your answer is on its way.")
