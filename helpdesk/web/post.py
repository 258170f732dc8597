"""The post room: every mail that came in, what became of it and why; and what has not gone out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args

import structlog
from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import blobs, clock
from helpdesk.actions import outbox, post
from helpdesk.db import house
from helpdesk.models import Arrival
from helpdesk.policies.canary import is_missing
from helpdesk.queries import canary, ledger, logins, people, relay
from helpdesk.queries import outbox as find_outbox
from helpdesk.queries import post as find
from helpdesk.queries.ledger import Mismatch
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext
from helpdesk.web.pages import done

log = structlog.get_logger()

bp = Blueprint("post", __name__, url_prefix="/post-room")

PAGE = 50
HEADERS = 64 * 1024  # octets of a header block that are shown
MISMATCHES: tuple[Mismatch, ...] = get_args(Mismatch)
RELEASABLE = ("held", "late")

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@bp.get("")
@needs("mail.read")
def arrivals() -> ResponseReturnValue:
    """Mail × recipient, the newest first, of one outcome or of all; of one team (`team`) or of all."""
    outcome = request.args.get("outcome", "")
    if outcome not in ("", "waiting", "dismissed", *find.OUTCOMES, *MISMATCHES):
        abort(404)
    of = "held" if outcome == "dismissed" else outcome if outcome in ("waiting", *find.OUTCOMES) else None
    called_spam = {"held": False, "dismissed": True}.get(outcome)
    team = next((one for one in people.teams(session()) if str(one.id) == request.args.get("team")), None)
    rows = find.arrivals(
        session(),
        agent(),
        outcome=of,
        dismissed=called_spam,
        team_id=team.id if team else None,
        only=ledger.mismatch(outcome, clock.now()) if outcome in MISMATCHES else None,
        limit=PAGE + 1,
        before=_before(),
        probes=bool(outcome),
    )
    shown, more = rows[:PAGE], len(rows) > PAGE
    return render_template("post/arrivals.html", here=outcome, team=team, rows=shown, more=more, line=_line(), **_views())


@bp.get("/<int(max=2147483647):arrival_id>")
@needs("mail.read")
def arrival(arrival_id: int) -> ResponseReturnValue:
    """One mail at one recipient: envelope, header, words, and what can be done with it."""
    found = _arrival(arrival_id)
    lies_in_case = found.entry_id is not None or found.outcome == "report"
    try:
        raw, damaged = blobs.read(session(), found.mail.sha256), False
    except (KeyError, blobs.Damaged):
        raw, damaged = b"", True
    return render_template(
        "post/arrival.html",
        here=None,
        arrival=found,
        mail=found.mail,
        others=find.arrivals_by_id(session(), [row.id for row in found.mail.arrivals if row.id != found.id], agent()),
        header=_header(raw),
        damaged=damaged,
        letter=None if lies_in_case or damaged else _letter(raw),
        again=not lies_in_case,
        release=found.outcome in RELEASABLE and not lies_in_case,
        **_views(),
    )


@bp.post("/<int(max=2147483647):arrival_id>/again")
@needs("mail.replay")
def again(arrival_id: int) -> ResponseReturnValue:
    """Read and route it once more, by today's rules."""
    return _once_more(_arrival(arrival_id), post.replay, _("This mail is being read once more."))


@bp.post("/<int(max=2147483647):arrival_id>/release")
@needs("mail.release")
def release(arrival_id: int) -> ResponseReturnValue:
    """Let a held mail in."""
    return _once_more(_arrival(arrival_id), post.release, _("This mail was let in; it is on its way into a case."))


@bp.post("/dismiss")
@needs("mail.release")
def dismiss() -> ResponseReturnValue:
    """These held mails (`mail`, once for each) are spam: out of sight, nothing deleted."""
    chosen = post.dismiss(session(), _chosen(), agent=agent(), now=clock.now())
    if not chosen:
        return done(_("Choose the mails first."), "/post-room?outcome=held")
    words = ngettext(
        "One mail is put aside as spam. It is not deleted.", "%(num)s mails are put aside as spam. None is deleted.", len(chosen)
    )
    return done(words, "/post-room?outcome=held", undo="/post-room/restore", mails=" ".join(str(row.id) for row in chosen))


@bp.post("/restore")
@needs("mail.release")
def restore() -> ResponseReturnValue:
    """These mails (`mails`: ids; or `mail`, once for each) are held as before."""
    back = post.restore(session(), _chosen(), agent=agent(), now=clock.now())
    if not back:
        return done(_("Choose the mails first."), "/post-room?outcome=dismissed")
    words = ngettext("One mail is held again.", "%(num)s mails are held again.", len(back))
    return done(words, "/post-room?outcome=held")


@bp.get("/out")
@needs("mail.read")
def outgoing() -> ResponseReturnValue:
    """What has not left yet, and what did not arrive."""
    undelivered = find_outbox.undelivered(session(), agent(), limit=PAGE + 1, before=_before())
    return render_template(
        "post/outgoing.html",
        here="out",
        waiting=[] if _before() else find_outbox.waiting(session(), agent()),
        undelivered=undelivered[:PAGE],
        more=len(undelivered) > PAGE,
        held=house(session()).settings.outgoing == "hold",
        now=clock.now(),
        **_views(),
    )


@bp.post("/out/<int(max=2147483647):row_id>/again")
@needs("case.answer")
def send_again(row_id: int) -> ResponseReturnValue:
    """Send the same bytes once more."""
    row = find_outbox.one(session(), row_id, agent()) or abort(404)
    try:
        outbox.try_again(session(), row, agent=agent(), now=clock.now())
    except outbox.NotWaiting:
        return done(_("This mail has left already, or is leaving at this moment."), "/post-room/out")
    return done(_("The mail to %(recipient)s is sent once more.", recipient=row.recipient), "/post-room/out")


def _chosen() -> list[Arrival]:
    """The arrivals that a form names, a page of them at the most."""
    words = [*request.form.getlist("mail"), *request.form.get("mails", "").split()][:PAGE]
    ids = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 10]
    found = find.arrivals_by_id(session(), ids, agent(), for_change=True)
    for row in found:
        demand("mail.release", row)
    return found


def _arrival(arrival_id: int) -> Arrival:
    found = find.arrival(session(), arrival_id, agent()) or abort(404)
    demand("mail.read", found)
    return found


def _once_more(found: Arrival, deed: Callable[..., None], words: str) -> ResponseReturnValue:
    path = f"/post-room/{found.id}"
    try:
        deed(session(), found, agent=agent(), now=clock.now())
    except post.NothingToDo:
        return done(_("This mail lies in its case already; there is nothing to do again."), path)
    return done(words, path)


def _views() -> dict[str, Any]:
    """What stands beside every page of this room: how much there is of what, and whether the books agree."""
    states = find_outbox.by_state(session(), agent())
    to_go = sum(states.get(state, 0) for state in find_outbox.STILL_TO_GO)
    lost = sum(states.get(state, 0) for state in find_outbox.DID_NOT_ARRIVE)
    counted, dismissed = find.ledger(session(), agent()), find.dismissed(session(), agent())
    return {"ledger": counted, "dismissed": dismissed, "to_go": to_go, "lost": lost}


def _line() -> dict[str, Any]:
    """Whether mail leaves and comes back: the relay's trouble, log-ins that get no token, and what the canary tells."""
    now, known, interval = clock.now(), canary.state(session()), house(session()).settings.canary
    waits = house(session()).settings.outgoing == "hold"
    return {
        "relay": None if waits else relay.state(session()).alarm(now),
        "log_ins": list(logins.troubles(session()).values()),
        "canary": known if interval and not waits else None,
        "missing": is_missing(known.since, now, interval) and not waits,
    }


def _before() -> int | None:
    """The id of the last row of the page before; nonsense is none."""
    text = request.args.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _header(raw: bytes) -> str:
    """The header block as text: nothing decoded, so that one sees what was really sent."""
    block = re.split(rb"\r?\n\r?\n", raw[:HEADERS], maxsplit=1)[0]
    return _CONTROL.sub("\ufffd", block.replace(b"\r\n", b"\n").decode("utf-8", "replace"))


def _letter(raw: bytes) -> Any:
    """The mail as the bridge reads it; None where it cannot be read, or where this process has no bridge."""
    read = current_app.extensions["holdline"].read_mail
    try:
        return read(raw) if read else None
    except Exception as error:  # a mail that kills its reader must still have a page
        log.info("mail could not be read for its page", error=type(error).__name__)
        return None
