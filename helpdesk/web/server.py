"""The pages, served by waitress."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import waitress
from waitress import wasyncore
from waitress.trigger import trigger

from helpdesk.db import Database
from helpdesk.servers import parse_listen
from helpdesk.web import Extras, create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MOST_OCTETS = 32 * 1024 * 1024  # of a request; beyond that waitress answers 413 before it has read it
PATIENCE = 5.0  # seconds for the answers that are under way when it ends


def start(database: Database, extras: Extras) -> Callable[[], object]:
    """Serve the pages in a thread; the answer ends it."""
    _, host, port = parse_listen(database.house.settings.web_listen)
    return serve(create_app(database, extras=extras), host, port)


def serve(application: WSGIApplication, host: str, port: int) -> Callable[[], object]:
    """Serve an application in a thread; the answer ends it, after those who are being answered have got theirs."""
    sockets: dict[int, Any] = {}
    bell = trigger(sockets)  # what it calls runs in the thread of the loop, which alone may touch the sockets
    # Idle connections cost waitress no thread; a proxy in front is trusted only as far as the settings say.
    server = waitress.create_server(
        application, map=sockets, host=host, port=port, threads=8, clear_untrusted_proxy_headers=False, ident="",
        max_request_body_size=MOST_OCTETS,
    )  # fmt: skip
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()

    def end() -> None:
        patience_ends, alone = time.monotonic() + PATIENCE, threading.Event()
        bell.pull_trigger(partial(_take_no_more, sockets, alone))
        alone.wait(PATIENCE)
        while any(map(_is_busy, list(sockets.values()))) and time.monotonic() < patience_ends:
            time.sleep(0.01)
        server.task_dispatcher.shutdown(timeout=1)
        # Whoever still works at an answer rings when it is done, by the number of a file: once that is closed, it may be another file's.
        if not server.task_dispatcher.threads:
            bell.pull_trigger(partial(wasyncore.close_all, sockets, ignore_all=True))
            thread.join(PATIENCE)

    return end


def _take_no_more(sockets: dict[int, Any], done: threading.Event) -> None:
    """Let everybody go but those who are being answered, and hear no further question of theirs."""
    for one in list(sockets.values()):
        if _is_busy(one):
            one.readable = lambda: False
        elif not isinstance(one, trigger):
            wasyncore.dispatcher.close(one)  # waitress' own would close with it what rings for those who are left
    done.set()


def _is_busy(one: Any) -> bool:
    """Whether somebody waits for an answer here, or for the rest of it; nobody does where connections are only taken."""
    return bool(getattr(one, "requests", None) or getattr(one, "total_outbufs_len", 0))
