"""The SMTP door: mail is refused or kept while its sender waits.  The same code speaks LMTP to an MTA in front.

reception   who may come in; asks the doorkeeper and the keeper
dialogue    one connection; content and syntax read what came, replies are what is said
doorkeeper  whom mail may be for
keeper      one commit for all that wait; only then 250
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Literal

from helpdesk.db import Database
from helpdesk.servers import parse_listen
from helpdesk.settings import Settings
from mail.smtp.dialogue import Dialogue
from mail.smtp.keeper import Keeper
from mail.smtp.reception import Limits, Reception

BACKLOG = 512


class SmtpDoor:
    """The door of HOLDLINE_SMTP_LISTEN, in a thread with an event loop of its own.  It opens once."""

    def __init__(self, database: Database, settings: Settings, limits: Limits | None = None) -> None:
        protocol, self._host, self._port = parse_listen(settings.smtp_listen)
        self._protocol: Literal["smtp", "lmtp"] = "lmtp" if protocol == "lmtp" else "smtp"
        self._keeper = Keeper(database)
        self._reception = Reception(database, settings, limits or Limits(), self._keeper)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="smtp-door", daemon=True)
        self._opened: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._close = asyncio.Event()

    def start(self) -> None:
        """Open.  Raises OSError where the port is taken."""
        self._keeper.start()
        self._thread.start()
        try:
            self._port = self._opened.result()
        except BaseException:
            self._thread.join()
            self._keeper.stop()
            raise

    def stop(self) -> None:
        """Close: nobody new is let in, messages that are under way are finished (30 seconds at most), what came is kept."""
        if self._loop is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._close.set)
        self._thread.join()
        self._keeper.stop()

    @property
    def port(self) -> int:
        """The port that it listens on; the kernel's choice where the setting says 0."""
        return self._port

    @property
    def is_open(self) -> bool:
        return self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            server = await self._loop.create_server(
                lambda: Dialogue(self._reception, self._protocol), self._host, self._port, backlog=BACKLOG
            )
        except Exception as error:
            self._opened.set_exception(error)
            return
        self._opened.set_result(server.sockets[0].getsockname()[1])
        await self._close.wait()
        await self._reception.drain()
        server.close()
        self._reception.close()
