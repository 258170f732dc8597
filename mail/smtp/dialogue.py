"""One conversation at the SMTP door, from the greeting to the last answer.

mail.smtp.connection carries it.  Here stands which commands there are, what MAIL and RCPT may say, and what is answered when something
of ours breaks.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import replace
from typing import Literal

import structlog
from aiosmtpd import smtp

from helpdesk import clock
from mail import letter, replies
from mail.inbound import Parcel
from mail.replies import Refused, Reply
from mail.smtp import syntax
from mail.smtp.connection import Connection, require
from mail.smtp.content import Content
from mail.smtp.reception import Reception, network_of

_SHARED = frozenset({"MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "AUTH", "BDAT"})
_VERBS = {"smtp": _SHARED | {"HELO", "EHLO"}, "lmtp": _SHARED | {"LHLO"}}
_OFFERED_ELSEWHERE = frozenset({"EXPN", "HELP", "ETRN", "TURN", "STARTTLS", "XCLIENT", "XFORWARD", "PROXY"})
_WEB = frozenset({"GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT"})
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")

log = structlog.get_logger()


class Dialogue(Connection):
    """What is said on one connection."""

    def __init__(self, reception: Reception, protocol: Literal["smtp", "lmtp"]) -> None:
        super().__init__(reception, protocol)
        self._commands = 0  # since the last message
        self._unknown = 0
        self._strangers = 0
        self._was_refused_data = False

    # The conversation

    async def _handle_client(self) -> None:
        assert self.session is not None
        self.peer = str((self.session.peer or [""])[0])
        self.network = network_of(self.peer)
        try:
            refusal = self._reception.admit(self)
            await (self._say(refusal) if refusal else self._converse())
        except Refused as last:
            await self._hang_up(last.reply)
        except TimeoutError:
            await self._hang_up(replies.SHUTDOWN if self._reception.closing else replies.TIMEOUT)
        except (EOFError, ConnectionError):
            pass  # they have gone; nobody would hear an answer
        finally:
            self._reception.leave(self)
            self._writer.transport.abort()  # close() would wait until they have read everything, which some never do

    async def _converse(self) -> None:
        await self._greet()
        while True:
            line = await self._line()
            try:
                await self._obey(line)
            except Refused as refused:
                if refused.reply.closes:
                    raise
                await self._say(refused.reply)
            except (EOFError, ConnectionError, TimeoutError):
                raise
            except Exception as error:
                log.error("a conversation met a fault", error=type(error).__name__)  # no more: its text may quote the message
                await self._recover()

    async def _greet(self) -> None:
        if not self._reception.trusts(self.peer):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.greeting_pause):
                    await self._more()
                raise Refused(replies.OUT_OF_STEP)
        await self._write(f"220 {self.hostname} {'ESMTP' if self._protocol == 'smtp' else 'LMTP'} Holdline")

    async def _recover(self) -> None:
        """After a fault of ours: nothing of this message may get into the next one, and what is left of it is no command."""
        self._forget()
        if self._message is not None:
            raise Refused(replace(replies.FAULT, closes=True))
        await self._say(replies.FAULT)

    async def _obey(self, line: bytes) -> None:
        self._commands += 1
        word, _, argument = line.partition(b" ")
        verb = word.decode("ascii", "replace").upper()
        require(self._commands <= self._limits.commands, replies.TOO_MANY_COMMANDS)
        require(not self._reception.closing or verb == "QUIT", replies.SHUTDOWN)
        require(not _CONTROL.search(line), replies.UNREADABLE_COMMAND)
        if verb not in _VERBS[self._protocol]:
            raise Refused(self._not_understood(verb))
        await getattr(self, f"smtp_{verb}")(argument.strip(b" ").decode("utf-8", "surrogateescape"))

    def _not_understood(self, verb: str) -> Reply:
        if verb in _WEB or ":" in verb or self._was_refused_data:
            return replies.NOT_A_COMMAND  # a browser, or a message where commands should be
        self._unknown += 1
        if self._unknown >= self._limits.unknown_commands:
            return replies.TOO_MANY_COMMANDS
        return replies.NOT_OFFERED if verb in _OFFERED_ELSEWHERE else replies.UNKNOWN_COMMAND

    # Commands.  aiosmtpd's methods are overridden where their names begin with smtp_

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        self._meet(hostname, extended=False)
        await self._write(f"250 {self.hostname}")

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        self._meet(hostname, extended=True)
        offers = (self.hostname, f"SIZE {self.data_size_limit}", "8BITMIME", "SMTPUTF8")
        await self._write("".join(f"250-{offer}\r\n" for offer in offers) + "250 ENHANCEDSTATUSCODES")

    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802
        await self.smtp_EHLO(hostname)

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: N802
        await self._say(replies.DONE)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        require(not arg, replies.NO_ARGUMENT)
        self._forget()
        await self._say(replies.DONE)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        raise Refused(replies.GOODBYE)

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802
        await self._say(replies.CANNOT_VERIFY)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        raise Refused(replies.NO_PASSWORDS)

    async def smtp_BDAT(self, arg: str) -> None:  # noqa: N802
        raise Refused(replies.NO_CHUNKS)  # its payload follows at once and must not be taken for commands

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        envelope = self._open_envelope()
        require(envelope.mail_from is None, replies.NESTED)
        path = syntax.reverse_path(_octets(arg))
        require(self._is_extended or not path.parameters, replies.UNKNOWN_PARAMETER)
        said = syntax.mail_parameters(path.parameters)
        limit = self._reception.settings.max_mail_bytes
        require(said.utf8 or path.address.isascii(), replies.NEEDS_UTF8)
        require(said.size <= limit, replies.too_big(limit))
        require(self._reception.has_room(), replies.NO_ROOM)
        envelope.mail_from, envelope.smtp_utf8 = path.address, said.utf8
        await self._say(replies.SENDER)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        envelope = self._open_envelope()
        require(envelope.mail_from is not None, replies.SENDER_FIRST)
        require(self._strangers < self._limits.strangers, replies.TOO_MANY_STRANGERS)
        require(len(envelope.rcpt_tos) < self._limits.recipients, replies.TOO_MANY_RECIPIENTS)
        try:
            envelope.rcpt_tos.append(await self._recipient(envelope, _octets(arg)))
        except Refused as refused:
            if refused.reply.refuses:
                self._strangers += 1
                self._reception.note_stranger(self)
            raise
        await self._say(replies.RECIPIENT)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        envelope = self._open_envelope()
        self._was_refused_data = True
        require(not arg, replies.NO_ARGUMENT)
        require(bool(envelope.rcpt_tos) or not self._ahead, replies.OUT_OF_STEP)
        require(bool(envelope.rcpt_tos), replies.RECIPIENT_FIRST)
        require(not self._ahead or self._reception.trusts(self.peer), replies.OUT_OF_STEP)
        self._was_refused_data = False
        self._message = Content(self._reception.settings.max_mail_bytes, normalise=self._normalises)
        await self._say(replies.GO_AHEAD)
        await self._take_in(self._message)
        reply = await self._keep(self._message, envelope)
        for _ in envelope.rcpt_tos if self._protocol == "lmtp" else [""]:  # RFC 2033 §4.2
            await self._say(reply)
        self._message = None
        self._forget()

    # What they need

    def _open_envelope(self) -> smtp.Envelope:
        assert self.session is not None
        assert self.envelope is not None
        require(bool(self.session.host_name), replies.GREET_FIRST)
        return self.envelope

    def _forget(self) -> None:
        """Sender and recipients, that is."""
        self.envelope = smtp.Envelope()

    @property
    def _is_extended(self) -> bool:
        return self.session is not None and self.session.extended_smtp

    @property
    def _normalises(self) -> bool:
        return self._reception.settings.bare_newlines == "normalise"

    def _meet(self, hostname: str, *, extended: bool) -> None:
        """A greeting begins anew (RFC 5321 §4.1.4)."""
        require(bool(hostname), replies.NEEDS_NAME)
        assert self.session is not None
        self._forget()
        self.session.host_name, self.session.extended_smtp = hostname, extended

    async def _recipient(self, envelope: smtp.Envelope, argument: bytes) -> str:
        path = syntax.forward_path(argument)
        require(not path.parameters, replies.UNKNOWN_PARAMETER)
        require(envelope.smtp_utf8 or path.address.isascii(), replies.NEEDS_UTF8)
        if refusal := await self._reception.judge(path.address, envelope.mail_from or ""):
            raise Refused(refusal)
        return path.address

    async def _keep(self, message: Content, envelope: smtp.Envelope) -> Reply:
        """The answer to the whole message; KEPT only once it is durable (RFC 5321 §6.1)."""
        raw = message.finish()
        if message.defect is not None:
            return message.defect
        self._commands = 0
        came = letter.Envelope(
            door=self._protocol,
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            peer=self.peer,
            received_at=clock.now(),
        )
        return await self._reception.keep(Parcel(raw, came))


def _octets(arg: str | None) -> bytes:
    """What was said, as it came over the wire."""
    return (arg or "").encode("utf-8", "surrogateescape")
