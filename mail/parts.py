"""What one installation has in one process: settings, database, the way out, the reader, the scanner."""

from __future__ import annotations

from helpdesk import db
from helpdesk.bell import RqBell
from helpdesk.remote import Caller
from mail.reader import Reader
from mail.scanner import Clamd
from mail.tokens import tokens_of
from mail.transport import Transport


class Parts:
    """One installation in one process.  What a command does not use is not started."""

    def __init__(self, database: db.Database) -> None:
        settings = database.house.settings
        self.settings, self.database = settings, database
        self.tokens = tokens_of(self.database)
        self.transport = Transport(settings.relay.get_secret_value(), name=settings.reply_domain, tokens=self.tokens)
        self.caller = Caller()
        self.scanner = Clamd(settings.clamd) if settings.clamd else None
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        if self._reader is None:
            self._reader = Reader(processes=self.settings.workers, recipient_header=self.settings.imap_recipient_header)
        return self._reader

    def bell(self) -> RqBell | None:
        """The doorbell of the scaled form, if there is one."""
        url = self.settings.redis_url.get_secret_value()
        return RqBell(url) if url else None

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self.database.close()
