"""One visit to a mailbox: find what is missing, read it, keep it, mark it; and stay for what comes.

What is missing is the difference between the UIDs on the server and those that we have: not «unseen», for people read their
mail, and not a date, for what a person moves into the mailbox keeps its old one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from helpdesk import clock
from helpdesk.actions import mailboxes
from helpdesk.db import Database
from helpdesk.models import Mailbox
from helpdesk.policies.mailboxes import Manner, manner, reaches_back_to
from helpdesk.queries import mailboxes as find
from mail.imap import delivered
from mail.imap.client import MOST_UID, Connection, Folder, Outline
from mail.imap.troubles import LOST, spoken
from mail.imap.wire import Timeout
from mail.inbound import Parcel
from mail.letter import Envelope, Receipt

T = TypeVar("T")
Accept = Callable[[Database, Sequence[Parcel]], list[Receipt]]

DATABASE_AWAY = (OperationalError, InterfaceError)
PORTION, BATCH = 100, 8 << 20  # messages, and octets, that are on their way at once
TIMES_LIMIT = 4  # a message may be so many times as long as at the SMTP door, for here nobody can be told to shorten it
DEATHS = 3  # so often may the connection break off over one message before that is put aside for a visit

PATIENT = Timeout(connect=10, read=30)


@dataclass(frozen=True)
class Pace:
    """How long things may take, in seconds."""

    timeout: Timeout = PATIENT
    idle: float = 120  # then the server has to say something: a dead link is noticed so late at the latest (RFC 2177: 29 minutes)
    breath: float = 0.2  # between two rounds: a burst is taken in one, and a server that chatters costs little
    visit: float = 3600  # then a new connection compares all UIDs again
    visit_in_trouble: float = 300  # the same, where a message could not be taken
    first_pause: float = 1
    longest_pause: float = 300
    first_pause_refused: float = 60  # a wrong password, tried often, locks the account
    longest_pause_refused: float = 900
    between_looks: float = 15  # at the list of mailboxes


@dataclass(frozen=True)
class Place:
    """Where a visit stands in its mailbox."""

    name: str
    username: str
    uidvalidity: int
    floor_uid: int
    connected_at: datetime
    take: str
    renumbered: bool
    kept: frozenset[int]


class Visit:
    """What is done over one connection.  `deaths` counts, over many visits, how often the connection broke off over a UID."""

    def __init__(
        self, database: Database, mailbox_id: int, connection: Connection, *, accept: Accept, pace: Pace, deaths: dict[int, int]
    ) -> None:
        self._database, self._mailbox_id, self._connection = database, mailbox_id, connection
        self._accept, self._pace, self._deaths = accept, pace, deaths
        self._untaken = {uid: "the connection breaks off over it" for uid, times in deaths.items() if times > DEATHS}
        self.answered = False

    def stay(self, folder_name: str, stop: threading.Event | None) -> int:
        """Take what is there, and with `stop` wait for more until that is set or the visit's time is over.

        Answers how many messages were kept.  Raises whatever ended the visit early.
        """
        last_kept = self._last_kept()
        folder = self._connection.open_folder(folder_name)
        place = self._begin(folder, last_kept)
        todo = _missing(self._connection, place)
        highest = max(todo | place.kept, default=0)
        kept, began = 0, time.monotonic()
        while True:
            while todo and not (stop and stop.is_set()):
                portion = self._portion(todo, place)
                kept += self._take(folder, place, portion)
                self._note_answer()
                todo = todo - portion | _beyond(self._connection, highest)
                highest = max({highest} | todo)
            self._note_answer()
            lifetime = self._pace.visit_in_trouble if self._untaken else self._pace.visit
            if stop is None or stop.is_set() or time.monotonic() - began > lifetime:
                return kept
            self._wait(stop)
            todo = _beyond(self._connection, highest)
            highest = max({highest} | todo)

    def hang_up(self) -> None:
        """End the visit from another thread."""
        self._connection.hang_up()

    def _last_kept(self) -> int:
        with self._database.reading() as session:
            return find.last_kept(session, self._mailbox_id)

    def _begin(self, folder: Folder, last_kept: int) -> Place:
        with self._database.transaction() as session:
            mailbox = session.get_one(Mailbox, self._mailbox_id)
            mailboxes.opened(session, mailbox, uidvalidity=folder.uidvalidity, uidnext=folder.uidnext, last_kept=last_kept)
            assert mailbox.uidvalidity is not None
            assert mailbox.floor_uid is not None
            return Place(
                name=mailbox.name,
                username=mailbox.username,
                uidvalidity=mailbox.uidvalidity,
                floor_uid=mailbox.floor_uid,
                connected_at=mailbox.connected_at,
                take=mailbox.take,
                renumbered=find.renumbered(session, mailbox),
                kept=frozenset(find.kept_uids(session, mailbox)),
            )

    def _portion(self, todo: set[int], place: Place) -> set[int]:
        """What to take next: new mail before old; a message over which the connection broke off comes last, and alone."""
        ordered = sorted(todo, key=lambda uid: (self._deaths.get(uid, 0), uid < place.floor_uid, uid))
        if self._deaths.get(ordered[0]):
            return {ordered[0]}
        is_old = ordered[0] < place.floor_uid
        return {uid for uid in ordered[:PORTION] if uid not in self._deaths and (uid < place.floor_uid) == is_old}

    def _take(self, folder: Folder, place: Place, uids: set[int]) -> int:
        """Read, keep and mark these messages; answers how many are kept now."""
        most = self._database.house.settings.max_mail_bytes * TIMES_LIMIT
        wanted = []
        for outline in self._ask(self._connection.outlines, sorted(uids - self._untaken.keys())).values():
            if outline.size > most:
                self._untaken[outline.uid] = f"it has {outline.size} bytes, more than {most}"
            elif _manner(outline, place) != "left":
                wanted.append(outline)
        kept = 0
        for batch in _batches(wanted):
            bodies = self._ask(lambda asked: self._connection.bodies(asked, at_most=most), [outline.uid for outline in batch])
            done = self._keep(self._parcels(batch, bodies, place))
            self._connection.mark(done, folder)
            kept += len(done)
        return kept

    def _ask(self, ask: Callable[[Sequence[int]], dict[int, T]], uids: Sequence[int]) -> dict[int, T]:
        """Ask for all of them; where that fails for one, the others still come (halving finds it), and it is reported."""
        if not uids:
            return {}
        try:
            return ask(uids)
        except LOST:
            for uid in uids:
                self._deaths[uid] = self._deaths.get(uid, 0) + 1
            raise
        except Exception as error:
            if len(uids) == 1:
                self._untaken[uids[0]] = spoken(error) or type(error).__name__
                return {}
        half = len(uids) // 2
        return self._ask(ask, uids[:half]) | self._ask(ask, uids[half:])

    def _parcels(self, batch: Sequence[Outline], bodies: dict[int, bytes], place: Place) -> dict[int, Parcel]:
        now, header = clock.now(), self._database.house.settings.imap_recipient_header
        parcels = {}
        with self._database.reading() as session:
            for outline in batch:
                if outline.uid not in bodies:
                    continue  # it was moved away in this moment
                said = delivered.read(bodies[outline.uid], header)
                envelope = Envelope(
                    door="imap",
                    sender=said.sender,
                    recipients=delivered.recipients(session, said, username=place.username, now=now),
                    peer=place.name,
                    received_at=now,
                    sent_at=outline.arrived_at,
                    quiet=_manner(outline, place) == "old",
                    mailbox_id=self._mailbox_id,
                    uidvalidity=place.uidvalidity,
                    uid=outline.uid,
                )
                parcels[outline.uid] = Parcel(bodies[outline.uid], envelope)
        return parcels

    def _keep(self, parcels: dict[int, Parcel]) -> list[int]:
        """Make them durable together, or where that fails each alone; answers the UIDs that are kept."""
        if not parcels:
            return []
        try:
            self._accept(self._database, list(parcels.values()))
            return list(parcels)
        except DATABASE_AWAY:
            raise
        except Exception as error:
            if len(parcels) == 1:
                self._untaken |= dict.fromkeys(parcels, f"it could not be kept ({type(error).__name__})")
                return []
        # Perhaps another process kept one of them in this moment: asked alone, that one is known, and the others are kept.
        return [kept for uid, parcel in parcels.items() for kept in self._keep({uid: parcel})]

    def _wait(self, stop: threading.Event) -> None:
        if self._connection.has_capability("IDLE"):
            self._connection.wait(self._pace.idle, stop)
            stop.wait(self._pace.breath)
        elif not stop.wait(self._database.house.settings.imap_poll.total_seconds()):
            self._connection.noop()  # what is new need not be shown before the client says something

    def _note_answer(self) -> None:
        self.answered = True
        with self._database.transaction() as session:
            mailbox = session.get_one(Mailbox, self._mailbox_id)
            mailboxes.checked(session, mailbox, trouble=_about(self._untaken), now=clock.now())


def _missing(connection: Connection, place: Place) -> set[int]:
    """The UIDs on the server that we lack and might want: all from the floor on, and of those below it what is young enough."""
    found = _beyond(connection, place.floor_uid - 1)
    if place.floor_uid > 1:
        limit = reaches_back_to(place.take, place.connected_at, renumbered=place.renumbered)
        # SINCE knows days only, and those of the server's time zone (RFC 9051 §6.4.4): one more, then each by its instant.
        young = [] if limit is None else ["SINCE", (limit - timedelta(days=1)).date()]
        found |= connection.uids("UID", f"1:{place.floor_uid - 1}", *young)
    return found - place.kept


def _beyond(connection: Connection, uid: int) -> set[int]:
    """The UIDs above this one.  «n:*» always means the last message too, however low its UID (RFC 9051 §9, seq-range)."""
    return {found for found in connection.uids("UID", f"{min(uid + 1, MOST_UID)}:*") if found > uid}


def _manner(outline: Outline, place: Place) -> Manner:
    return manner(
        outline.uid,
        outline.arrived_at,
        floor_uid=place.floor_uid,
        connected_at=place.connected_at,
        take=place.take,
        renumbered=place.renumbered,
    )


def _batches(outlines: Sequence[Outline]) -> Iterator[list[Outline]]:
    """In their order, no more octets at once than BATCH; a longer message comes alone."""
    batch: list[Outline] = []
    octets = 0
    for outline in outlines:
        if batch and octets + outline.size > BATCH:
            yield batch
            batch, octets = [], 0
        batch.append(outline)
        octets += outline.size
    if batch:
        yield batch


def _about(untaken: dict[int, str]) -> str | None:
    """A sentence about the messages that could not be taken; None for none."""
    if not untaken:
        return None
    some = "; ".join(f"UID {uid}: {why}" for uid, why in sorted(untaken.items())[:3])
    return f"{len(untaken)} of the messages cannot be taken and stay in the mailbox ({some})."
