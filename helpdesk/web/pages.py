"""What all pages share: the rooms, the toast after a deed, static files that may be cached for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from flask import Flask, g, redirect, request, send_from_directory
from werkzeug import Response

from helpdesk.queries import notices
from helpdesk.web import access, language, waiting
from helpdesk.web.access import public
from helpdesk.web.cookies import Cookies
from helpdesk.web.headers import A_YEAR
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext

STATIC = Path(__file__).parent / "static"
MOST_LEFT = 8  # sentences of a toast, which has to fit into a cookie


def install(app: Flask, cookies: Cookies) -> None:
    """Give the templates what base.html needs."""

    # Globals, not context: macros that are imported see no context.
    app.jinja_env.globals.update(csrf_token=cookies.form_token, allowed=access.allowed, static=static_path)

    @app.context_processor
    def context() -> dict[str, Any]:
        return {
            "viewer": g.get("viewer"),
            "language": language.current(),
            "theme": theme(cookies),
            "take_toast": lambda: _take_toast(cookies),
            "rooms": _rooms(),
            "unseen_notices": _unseen_notices,
        }

    @app.after_request
    def leave_cookies(response: Response) -> Response:
        if "visitor" in g:
            cookies.set(response, cookies.visitor, g.visitor)
        if "next_toast" in g:
            cookies.keep_toast(response, g.next_toast)
        elif g.get("toast_shown"):
            cookies.drop(response, cookies.toast)
        return response

    app.add_url_rule("/static/<path:name>", "static", static)


def toast(text: str, *, undo: str | None = None, left: Sequence[str] = (), **fields: str) -> None:
    """Have the next page say that a deed is done.

    `undo`: a path to which these fields are posted to take it back; `left`: what could not be done and why, a sentence each.
    """
    more = len(left) - MOST_LEFT
    told = [*left[:MOST_LEFT], *([ngettext("And one more.", "And %(num)s more.", more)] if more > 0 else [])]
    g.next_toast = {"text": text, "undo": undo, "fields": fields, "left": told}


def done(text: str, path: str, *, undo: str | None = None, left: Sequence[str] = (), **fields: str) -> Response:
    """After a deed: on to a page (by GET, so that reloading it repeats nothing) that says what was done."""
    toast(text, undo=undo, left=left, **fields)
    return redirect(path, 303)


def page_number() -> int:
    """`page` of the query, from 1; nonsense is 1."""
    text = request.args.get("page", "1")
    return min(max(int(text), 1), 10_000) if text.isascii() and text.isdigit() else 1


def static_path(name: str) -> str:
    """The path of a static file, with its digest: a new version has a new name."""
    return f"/static/{name}?v={_digest(name)}"


@public
def static(name: str) -> Response:
    response = send_from_directory(STATIC, name)
    asked = request.args.get("v")
    if asked and asked == _digest(name):
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _rooms() -> list[tuple[str, str]]:
    """(path, word) of the rooms that this reader may enter."""
    rooms = [
        ("/cases", _("Cases"), access.allowed("case.read")),
        ("/now", _("Now"), access.allowed("report.read")),
        ("/people", _("People"), access.allowed("people.read")),
        ("/reports", _("Reports"), access.allowed("report.read")),
        ("/post-room", _("Post room"), access.allowed("mail.read")),
    ]
    return [(path, word) for path, word, open_ in rooms if open_]


def _unseen_notices() -> int:
    """How many notices wait for this reader; none on an error page that is drawn when the transaction is over."""
    running = g.get("agent") is not None and g.session.in_transaction()
    return notices.unseen(g.session, g.agent) if running and "unseen" in waiting.there() else 0


def theme(cookies: Cookies) -> Literal["light", "dark"] | None:
    """What the reader chose; None: as the system has it."""
    chosen = request.cookies.get(cookies.theme)
    return "light" if chosen == "light" else "dark" if chosen == "dark" else None


def _take_toast(cookies: Cookies) -> dict[str, Any] | None:
    """What this page has to say, once."""
    found: dict[str, Any] | None = g.pop("next_toast", None)
    if found is None:
        found = cookies.kept_toast()
        g.toast_shown = found is not None
    return found
