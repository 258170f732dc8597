"""What all conversations at the SMTP door share: who may come in, whom mail may be for, and keeping it.

Everything here runs in the door's event loop; what asks the database waits in a thread, never in the loop.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from helpdesk import clock
from helpdesk.db import Database
from helpdesk.settings import Settings
from mail import recipients, replies
from mail.doorkeeper import judge, judge_alone
from mail.inbound import Parcel
from mail.replies import Reply
from mail.smtp.keeper import Keeper, has_room

log = structlog.get_logger()


@dataclass(frozen=True)
class Limits:
    """How much one visitor may cost.  Seconds, octets, counts."""

    connections: int = 800
    connections_of_a_network: int = 20
    recipients: int = 100  # of a message; RFC 5321 §4.5.3.1.8 asks for no less
    strangers: int = 10  # refused recipients in a session
    strangers_an_hour: int = 50  # the same for a network
    commands: int = 10_000  # since the last message
    unknown_commands: int = 5
    greeting_pause: float = 0.1  # whoever speaks before we do does not listen
    command_seconds: float = 300  # RFC 5321 §4.5.3.2.7
    data_grace: float = 60
    data_rate: int = 1000  # octets a second that a message must bring once its grace is used up
    held: int = 256 * 1024 * 1024  # of all messages that are on their way in
    question_seconds: float = 5
    desk_memory: float = 2  # a front desk that was there just now is there
    commit_seconds: float = 120
    drain_seconds: float = 30  # for messages that are under way when the door closes


class Guest(Protocol):
    """A conversation, as the reception sees it."""

    peer: str
    network: str

    @property
    def held(self) -> int: ...

    def dismiss(self) -> None: ...


class Reception:
    """The state of one open door."""

    def __init__(self, database: Database, settings: Settings, limits: Limits, keeper: Keeper) -> None:
        self.settings = settings
        self.limits = limits
        self.closing = False
        self.guests: set[Guest] = set()
        self._database = database
        self._keeper = keeper
        self._questions = ThreadPoolExecutor(4, thread_name_prefix="doorkeeper")
        self._trusted = [ipaddress.ip_network(network) for network in self.settings.trusted_networks]
        self._strangers: Counter[str] = Counter()
        self._hour = 0
        self._welcome: dict[str, float] = {}  # front desks, and until when it need not be asked again

    def admit(self, guest: Guest) -> Reply | None:
        """Let somebody in, or say why not.  Whoever was let in must leave()."""
        if self.closing:
            return replies.SHUTDOWN
        if len(self.guests) >= self.limits.connections:
            return replies.TOO_MANY_CONNECTIONS
        if not self.trusts(guest.peer):
            if sum(other.network == guest.network for other in self.guests) >= self.limits.connections_of_a_network:
                return replies.TOO_MANY_CONNECTIONS
            if self._strangers_of_this_hour()[guest.network] >= self.limits.strangers_an_hour:
                return replies.TOO_MANY_STRANGERS
        self.guests.add(guest)
        return None

    def leave(self, guest: Guest) -> None:
        self.guests.discard(guest)

    def trusts(self, peer: str) -> bool:
        """Whether this is the MTA in front, which has looked at its senders itself."""
        address = _address(peer)
        return address is not None and any(address in network for network in self._trusted)

    def note_stranger(self, guest: Guest) -> None:
        """Somebody asked for a recipient that was refused."""
        self._strangers_of_this_hour()[guest.network] += 1

    @property
    def held(self) -> int:
        """Octets of all messages that are on their way in."""
        return sum(guest.held for guest in self.guests)

    def has_room(self) -> bool:
        return has_room(self.settings)

    async def judge(self, recipient: str, sender: str) -> Reply | None:
        """Why this recipient is refused, or None.  With the database down the address alone must do."""
        loop = asyncio.get_running_loop()
        desk = recipients.plain(recipient)
        if self._welcome.get(desk, 0) > loop.time():
            return None
        try:
            async with asyncio.timeout(self.limits.question_seconds):
                reply = await loop.run_in_executor(self._questions, self._judge, recipient, sender)
        except Exception as error:
            log.error("asking about a recipient failed", error=type(error).__name__)
            return judge_alone(self._database.house, recipient)
        if reply is None and recipients.read(recipient, self._database.house) is None:
            self._welcome[desk] = loop.time() + self.limits.desk_memory  # a case's address may be withdrawn at any moment
        return reply

    async def keep(self, parcel: Parcel) -> Reply:
        """Make a letter durable; KEPT only after that."""
        kept = asyncio.wrap_future(self._keeper.keep(parcel))
        try:
            async with asyncio.timeout(self.limits.commit_seconds):
                await asyncio.shield(kept)  # whoever hangs up now does not undo it
        except Exception as error:
            log.error("a letter was not kept", error=type(error).__name__)
            return replies.FAULT
        return replies.KEPT

    async def drain(self) -> None:
        """Let nobody in any more, and wait for the messages that are under way."""
        self.closing = True
        for guest in list(self.guests):
            guest.dismiss()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.limits.drain_seconds):
                while self.guests:
                    await asyncio.sleep(0.02)

    def close(self) -> None:
        self._questions.shutdown(wait=False, cancel_futures=True)

    def _judge(self, recipient: str, sender: str) -> Reply | None:
        with self._database.reading() as session:
            return judge(session, recipient, sender, now=clock.now())

    def _strangers_of_this_hour(self) -> Counter[str]:
        hour = int(time.monotonic() // 3600)
        if hour != self._hour:
            self._hour, self._strangers = hour, Counter()
        return self._strangers


def network_of(peer: str) -> str:
    """What counts as one visitor: an IPv4 address, or the /64 of an IPv6 address, which is one household's."""
    address = _address(peer)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def _address(peer: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
