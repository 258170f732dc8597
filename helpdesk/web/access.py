"""Who is there, and what they may: log-in, form token, permission.  Default deny: a view without a mark is not served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, urlsplit

from flask import abort, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden, NotFound

from helpdesk import clock
from helpdesk.actions import agents
from helpdesk.db import Database
from helpdesk.models import Agent
from helpdesk.policies.permissions import Deed, may
from helpdesk.web import language
from helpdesk.web.cookies import Cookies

View = TypeVar("View", bound=Callable[..., Any])

SAFE = ("GET", "HEAD", "OPTIONS")
PUBLIC = "public"
_MARK, _READS, _UNNOTICED = "holdline_needs", "holdline_reads", "holdline_unnoticed"


class Forged(Forbidden):
    """A form without our token, or sent from somebody else's page."""


class Door(Protocol):
    """A way in: how a request shows who sends it.  People come by cookie, machines by token."""

    def check(self) -> None:
        """Refuse a forged request (raises HTTPException); asked before any transaction is open."""

    def who(self, session: Session) -> Agent | None:
        """The agent who sends it."""

    def turn_away(self) -> ResponseReturnValue:
        """What somebody gets who is not logged in."""
        ...


@dataclass(frozen=True)
class Viewer:
    """What a page knows of its reader.  It outlives the transaction, so that an error page can be drawn too."""

    id: int
    name: str
    role: str
    active: bool
    language: str | None
    single_keys: bool


def needs(deed: Deed) -> Callable[[View], View]:
    """Mark a view: only for those who are logged in and may do this."""

    def mark(view: View) -> View:
        setattr(view, _MARK, deed)
        return view

    return mark


def public(view: View) -> View:
    """Mark a view: for everybody.  It guards itself where it has to."""
    setattr(view, _MARK, PUBLIC)
    return view


def only_reads(view: View) -> View:
    """Mark a view: although it is posted to, it changes nothing.  For what waits on another server: no lock is held meanwhile."""
    setattr(view, _READS, True)
    return view


def unnoticed(view: View) -> View:
    """Mark a view: what a page asks by itself is no sign that somebody sits before it, so the log-in is not kept alive by it."""
    setattr(view, _UNNOTICED, True)
    return view


def reads(view: Callable[..., Any]) -> bool:
    """Whether this request gets a transaction that only reads."""
    return request.method in SAFE or is_reading(view)


def is_reading(view: Callable[..., Any]) -> bool:
    """Whether a view is marked as one that changes nothing although it is posted to."""
    return bool(getattr(view, _READS, False))


def mark_of(view: Callable[..., Any]) -> str | None:
    """PUBLIC, the deed that a view needs, or None where the mark is missing."""
    return getattr(view, _MARK, None)


def session() -> Session:
    """The one transaction of this request."""
    found = g.session
    assert isinstance(found, Session)
    return found


def agent() -> Agent:
    """Whoever is logged in; only in views that need a deed."""
    found = g.agent
    assert isinstance(found, Agent)
    return found


def allowed(deed: Deed, thing: object = None) -> bool:
    """Whether the reader may do this; for templates."""
    return may(g.get("viewer"), deed, thing)


def demand(deed: Deed, thing: object = None) -> None:
    """404 where the reader may not: what one may not see does not exist."""
    if not may(g.get("agent"), deed, thing):
        abort(404)


def admit(view: Callable[..., Any], door: Door, transaction: Session) -> ResponseReturnValue | None:
    """Let the sender of this request in (None), or answer what they get instead."""
    mark = mark_of(view)
    if mark is None:
        raise NotFound
    found = _look_at(door, transaction)
    if mark == PUBLIC:
        return None
    if found is None:
        return door.turn_away()
    if not may(found, mark):  # type: ignore[arg-type]  # a mark that is not PUBLIC is a deed
        raise NotFound
    return None


def recognise(door: Door, database: Database) -> None:
    """For a page without a view (an address that does not exist): who is it that reads it?"""
    if "viewer" not in g:
        with database.reading() as transaction:
            _look_at(door, transaction)


def _look_at(door: Door, transaction: Session) -> Agent | None:
    g.session, g.agent = transaction, door.who(transaction)
    see_anew()
    found: Agent | None = g.agent
    return found


def see_anew() -> None:
    """Whoever is logged in was found, or changed: from here on the page speaks their language and calls them by their name."""
    found = g.agent
    g.viewer = Viewer(found.id, found.name, found.role, found.active, found.language, found.single_keys) if found else None
    language.choose_anew()


class CookieDoor:
    """The way in for people: a log-in cookie, and with every deed the token of the form."""

    def __init__(self, cookies: Cookies) -> None:
        self._cookies = cookies

    def check(self) -> None:
        """Raises Forged."""
        if request.method in SAFE:
            return
        # Browsers say where a request was begun (Fetch Metadata); what was begun elsewhere is refused whatever it carries.
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Forged
        if not self._cookies.is_form_token(request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")):
            raise Forged

    def who(self, session: Session) -> Agent | None:
        """Whose log-in this is; that it is alive is noted, now or after a transaction that only reads."""
        token, now = self._cookies.token(), clock.now()
        found = agents.session_of(session, token, now=now) if token else None
        if found is None:
            return None
        if _is_unnoticed():
            return found.agent
        if not g.get("reading", True):
            agents.seen(found, now=now)
        elif now - found.seen_at >= agents.SEEN_EVERY:
            g.was_seen = token
        return found.agent

    def turn_away(self) -> ResponseReturnValue:
        """The log-in form, with the page to go on to; what was written in a form that came too late is shown again."""
        if request.method in SAFE:
            path = request.full_path.removesuffix("?")
            return redirect("/" if path == "/cases" else f"/?next={quote(path, safe='/')}")
        adapter = current_app.create_url_adapter(request)
        page = request.path if adapter is not None and adapter.test(request.path, method="GET") else "/cases"
        return render_template("login/page.html", next=page, kept=request.form.get("text", ""), ended=True), 401


def _is_unnoticed() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), _UNNOTICED, False)


def note_seen(database: Database) -> None:
    """Write down that a log-in is alive, in a transaction of its own, if the request before showed it."""
    token = g.pop("was_seen", None)
    if token is not None:
        with database.transaction() as transaction:
            found = agents.session_of(transaction, token, now=clock.now())
            if found is not None:
                agents.seen(found, now=clock.now())


def local_path(text: str) -> str | None:
    """A path of this site to go on to, or None: «//evil», «/\\evil» and all that a browser reads as another host (W11)."""
    if not text.startswith("/") or text.startswith("//") or any(c == "\\" or ord(c) <= 32 or ord(c) == 127 for c in text):
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
