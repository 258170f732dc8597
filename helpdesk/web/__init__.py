"""The pages.  Form in, action, redirect: one database transaction a request, default deny, nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from werkzeug import Response
from werkzeug.middleware.proxy_fix import ProxyFix

from helpdesk.db import Database, asset
from helpdesk.policies.zone import Answers, Zone
from helpdesk.remote import Caller, Fetcher
from helpdesk.reports.shelf import Shelf
from helpdesk.servers import is_loopback
from helpdesk.web import (
    absences,
    access,
    account,
    api,
    audit,
    board,
    cases,
    compression,
    errors,
    files,
    frames,
    headers,
    health,
    invitations,
    language,
    login,
    notices,
    pages,
    people,
    playground,
    post,
    reasons,
    reports,
    shortcuts,
    signature,
)
from helpdesk.web import settings as settings_pages
from helpdesk.web.access import CookieDoor, Door
from helpdesk.web.board import capacity as board_capacity
from helpdesk.web.cookies import Cookies
from helpdesk.web.rules import Rule

MAX_BODY = 30 * 1024 * 1024  # bytes of a form with its files
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


@dataclass(frozen=True)
class Extras:
    """What only the composition root can give the pages; they do without what is None."""

    look_into_mailbox: Callable[..., Any] | None = None
    ask_name_servers: Callable[[Zone], Answers] | None = None
    read_mail: Callable[[bytes], Any] | None = None
    postbox: playground.Postbox | None = None
    shelf: Shelf | None = None  # the reports that there are; None: all of ours
    caller: Caller | None = None  # how webhooks are told; None: as in the product
    pictures: Fetcher | None = None  # how pictures of other servers are fetched; None: from the public web only


class Web(Flask):
    """The application.  `doors` holds, for a blueprint's name, another way in than the log-in cookie."""

    url_rule_class = Rule

    def __init__(self, database: Database) -> None:
        super().__init__("helpdesk.web", static_folder=None, template_folder=str(asset("templates") / "web"))
        self.database = database
        self.cookies = Cookies(database.house)
        self.people_door: Door = CookieDoor(self.cookies)
        self.doors: dict[str, Door] = {}

    def dispatch_request(self) -> ResponseReturnValue:
        """Match, guard, and serve the view in one transaction.  An exception rolls it back, and so does a form that failed (422)."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        assert request.url_rule is not None
        view = self.view_functions[request.url_rule.endpoint]
        if request.method == "OPTIONS" and getattr(request.url_rule, "provide_automatic_options", False):
            return self.make_default_options_response()
        door = self.doors.get(request.blueprint or "", self.people_door)
        door.check()
        g.reading = access.reads(view)
        try:
            with self.database.reading() if g.reading else self.database.transaction() as transaction:
                answer = access.admit(view, door, transaction)
                if answer is None:
                    answer = self.ensure_sync(view)(**(request.view_args or {}))
                response = self.make_response(answer)
                if response.status_code == 422:
                    raise _Undone
        except _Undone:
            pass
        access.note_seen(self.database)
        return response


class _Undone(Exception):
    """What a form that failed had begun is taken back; its page is shown all the same."""


def create_app(database: Database, *, extras: Extras | None = None) -> Flask:
    """The web application over this database."""
    settings = database.house.settings
    app = Web(database)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=200,
        TRUSTED_HOSTS=_trusted_hosts(settings.base_url),
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # said in the order in which they are written down
    app.extensions["holdline"] = extras or Extras()
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    language.install(app, settings)
    invitations.install(app, settings)
    reasons.install(app)
    pages.install(app, app.cookies)
    errors.install(app, lambda: access.recognise(app.people_door, database))
    for blueprint in (
        login.bp,
        *cases.blueprints,
        files.bp,
        frames.bp,
        post.bp,
        people.bp,
        audit.bp,
        settings_pages.bp,
        account.bp,
        shortcuts.bp,
        signature.bp,
        notices.bp,
        absences.bp,
        *reports.blueprints,
        board.bp,
        board_capacity.bp,
        api.bp,
        health.bp,
    ):
        app.register_blueprint(blueprint)
    if extras is not None and extras.postbox is not None:
        app.register_blueprint(playground.bp)

    compression.install(app)

    @app.after_request
    def protect(response: Response) -> Response:
        return headers.protect(response, secure=settings.secure)

    return app


def _trusted_hosts(base_url: str) -> list[str]:
    """Names under which we may be asked.  Loopback ones always: links are never built from the Host field, and probes use them."""
    host = urlsplit(base_url).hostname or ""
    return LOOPBACK if is_loopback(host) else [host, *LOOPBACK]
