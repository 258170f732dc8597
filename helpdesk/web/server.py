"""The pages, served by waitress."""

from __future__ import annotations

import threading
from collections.abc import Callable

import waitress

from helpdesk.db import Database
from helpdesk.servers import parse_listen
from helpdesk.web import Extras, create_app

MOST_OCTETS = 32 * 1024 * 1024  # of a request; beyond that waitress answers 413 before it has read it


def start(database: Database, extras: Extras) -> Callable[[], object]:
    """Serve the pages in a thread; the answer ends it."""
    _, host, port = parse_listen(database.house.settings.web_listen)
    flask = create_app(database, extras=extras)
    # Idle connections cost waitress no thread; a proxy in front is trusted only as far as the settings say.
    server = waitress.create_server(
        flask, host=host, port=port, threads=8, clear_untrusted_proxy_headers=False, ident="", max_request_body_size=MOST_OCTETS
    )
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()

    def end() -> None:
        server.close()
        thread.join(5)

    return end
