"""One connection at the SMTP door: how lines and messages are read, how long anything may take, and how it ends.

aiosmtpd carries it.  Where that is too trusting, it is done here.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import Literal

from aiosmtpd import smtp

from mail import replies
from mail.replies import Refused, Reply
from mail.smtp import content
from mail.smtp.content import Content
from mail.smtp.reception import Reception

COMMAND = 2048  # octets of a command line; RFC 5321 §4.5.3.1.4 asks for 512, extensions for more
CHUNK = content.LINE
DRAIN = 4  # so many times the largest message is listened to before we hang up
NEVER = 365 * 86_400.0  # aiosmtpd's own clock is not wound on during DATA and would cut slow messages off; ours are below
LINGER = 1.0  # seconds in which our last words can still be read

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd writes addresses and whole dialogues to it


class Connection(smtp.SMTP):
    """What comes and what goes; what it means is mail.smtp.dialogue's."""

    line_length_limit = CHUNK  # of the reader's buffer: with twice that in it, the sender has to wait

    def __init__(self, reception: Reception, protocol: Literal["smtp", "lmtp"]) -> None:
        super().__init__(
            handler=None,
            hostname=reception.settings.reply_domain,
            data_size_limit=reception.settings.max_mail_bytes,
            enable_SMTPUTF8=True,
            timeout=NEVER,
            loop=asyncio.get_running_loop(),
        )
        self.peer = self.network = ""
        self._reception = reception
        self._limits = reception.limits
        self._protocol = protocol
        self._ahead = bytearray()  # has come, but is not read yet
        self._message: Content | None = None  # between DATA and its answer

    @property
    def held(self) -> int:
        """Octets of the message that is on its way in."""
        return self._message.held if self._message else 0

    def eof_received(self) -> bool | None:
        # aiosmtpd would cancel the conversation, also while a commit is under way.  We meet the end when we read on.
        return super(smtp.SMTP, self).eof_received()

    def dismiss(self) -> None:
        """The door closes: whoever is not in the middle of a message goes."""
        if self._message is None and self.transport is not None:
            self._writer.write(replies.SHUTDOWN.line().encode() + b"\r\n")
            self.transport.close()

    async def _more(self) -> None:
        chunk = await self._reader.read(CHUNK)
        if not chunk:
            raise EOFError
        self._ahead += chunk

    async def _line(self) -> bytes:
        """The next command without its CR LF; nothing else ends it (RFC 5321 §2.3.8)."""
        async with asyncio.timeout(LINGER if self._reception.closing else self._limits.command_seconds):
            while (end := self._ahead.find(b"\r\n")) < 0 and len(self._ahead) <= COMMAND:
                await self._more()
        if not 0 <= end <= COMMAND:
            raise Refused(replies.COMMAND_TOO_LONG)
        line = bytes(self._ahead[:end])
        del self._ahead[: end + 2]
        return line

    async def _say(self, reply: Reply) -> None:
        await self._write(reply.line())

    async def _write(self, text: str) -> None:
        async with asyncio.timeout(self._limits.command_seconds):  # somebody who never reads would hold us for ever
            await self.push(text)

    async def _take_in(self, message: Content) -> None:
        """Read until the end has come.  Who sends too slowly, or without end, is cut off."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            if self._ahead:
                behind = message.feed(bytes(self._ahead))  # never more than a chunk: commands before it are used up
                self._ahead = bytearray(behind or b"")
                if behind is not None:
                    return
            if self._reception.held > self._limits.held:
                message.give_up(replies.NO_ROOM)
            if message.size > DRAIN * self._reception.settings.max_mail_bytes:
                raise Refused(replace(message.defect or replies.TIMEOUT, closes=True))
            async with asyncio.timeout_at(began + self._limits.data_grace + message.size / self._limits.data_rate):
                await self._more()

    async def _hang_up(self, last: Reply) -> None:
        """Say the last words.  Closing at once, with octets unread, would reset the connection before they are heard."""
        self._reception.leave(self)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(LINGER):
                await self._say(last)
                self._writer.write_eof()
                while await self._reader.read(CHUNK):
                    pass


def require(holds: bool, otherwise: Reply) -> None:
    """Refuse where something does not hold."""
    if not holds:
        raise Refused(otherwise)
