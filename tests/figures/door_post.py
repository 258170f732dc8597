"""The post of a desk: letters and probes come in by the product's own way, and are written into the diary in the same breath."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from sqlalchemy import func, select

from helpdesk import clock, jobs
from helpdesk.actions import deliveries, entries, post
from helpdesk.db import Database
from helpdesk.models import Agent, Arrival, Case, Entry, InboundMail, OutboxMail, ReplyAddress
from mail import inbound
from mail import jobs as bridge
from mail.inbound import Parcel
from mail.letter import Envelope
from mail.receive import receive
from tests.figures.door_diary import Diary, Door, Letter, Place
from tests.stories.test_machines import report
from tests.ways import ReadsHere

DESKS = {"Billing": "help@example.org", "Repairs": "repairs@example.org"}
ELSEWHERE = {
    "postmaster": "postmaster@example.org",
    "nobody": "nobody@reply.example.org",
    "elsewhere": "somebody@else.example",
} | DESKS


class Post:
    """Brings letters to the desk; `ids` are those of the house."""

    def __init__(self, database: Database, ids: dict[str, int], diary: Diary) -> None:
        self.database, self.ids, self.diary = database, ids, diary
        self.doors: dict[Door, tuple[int, str]] = {}  # the id and the spelling of each address of a case
        self._known_to = 0
        self._raw: dict[int, bytes] = {}
        self._mails: dict[int, int] = {}  # letter → the mail that it was kept as
        self._reader = ReadsHere()

    # ── letters ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def brings(self, now: datetime, letter: Letter) -> dict[int, int]:
        """Somebody's server brings a letter and a worker reads it: place of the recipient → the case that was opened for it."""
        with clock.freeze(now):
            mail_id = self._taken_in(now, letter)
            opened = self._read(mail_id, letter) if mail_id else {}
        self.diary.write(now, "letter", letter=letter, opened=opened)
        return opened

    def brings_to_sleepers(self, now: datetime, letter: Letter) -> None:
        """It is taken in, and nobody ever works at it."""
        with clock.freeze(now):
            self._taken_in(now, letter)
        self.diary.write(now, "kept", letter=letter)

    def lets_in(self, now: datetime, letter: Letter, place: int, who: str) -> dict[int, int]:
        """An agent says that what was held is to come in."""
        with clock.freeze(now):
            with self.database.transaction() as session:
                query = select(Arrival).where(
                    Arrival.mail_id == self._mails[letter.key], Arrival.recipient == self._spell(letter.to[place])
                )
                post.release(session, session.scalars(query).one(), agent=session.get_one(Agent, self.ids[who]), now=now)
            opened = self._read(self._mails[letter.key], letter)
        self.diary.write(now, "let-in", letter=letter.key, place=place, opened=opened)
        return opened

    def is_held(self, letter: Letter, place: int) -> bool:
        """Whether an agent finds it among what is held."""
        with self.database.reading() as session:
            where = Arrival.mail_id == self._mails[letter.key], Arrival.recipient == self._spell(letter.to[place])
            return session.scalar(select(Arrival.outcome).where(*where)) == "held"

    def lays_again(self, now: datetime, letter: Letter) -> None:
        """No deed does this: as a fault would, a second entry is laid for the same mail."""
        with clock.freeze(now), self.database.transaction() as session:
            first = session.scalars(select(Entry).where(Entry.mail_id == self._mails[letter.key])).one()
            again = entries.Incoming("Again", "Again", "Again", mail_id=first.mail_id)
            entries.receive(session, session.get_one(Case, first.case_number), again, person=None, counts=False, now=now)
        self.diary.write(now, "laid-again", letter=letter.key)

    def _taken_in(self, now: datetime, letter: Letter) -> int:
        """The number that it was kept under; 0 where it was refused at the door."""
        raw = self._raw.get(letter.again) or self._write(now, letter)
        self._raw[letter.key] = raw
        recipients, sender = [self._spell(one) for one in letter.to], address_of(letter.sender)
        if letter.is_fetched:
            envelope = Envelope("imap", sender, tuple(recipients), "mailbox", now)
            mail_id = inbound.accept(self.database, [Parcel(raw, envelope)])[0].mail_id
        else:
            before = self._newest(InboundMail.id)
            with contextlib.redirect_stderr(io.StringIO()):
                receive(self.database, raw, sender, recipients, now=now)
            after = self._newest(InboundMail.id)
            mail_id = after if after > before else 0
        self._mails[letter.key] = mail_id
        return mail_id

    def _read(self, mail_id: int, letter: Letter) -> dict[int, int]:
        """Have a worker read it; the cases that were opened for it."""
        before = self._newest(Case.number)
        inbound.process(self.database, self._reader, mail_id)
        opened: dict[int, int] = {}
        if self._newest(Case.number) > before:
            with self.database.reading() as session:
                rows = session.scalars(select(Arrival).where(Arrival.mail_id == mail_id, Arrival.case_number > before))
                places = {self._spell(place): n for n, place in enumerate(letter.to)}
                opened = {places[row.recipient]: row.case_number or 0 for row in rows if row.outcome != "duplicate"}
        self._meet_doors()
        return opened

    def _write(self, now: datetime, letter: Letter) -> bytes:
        home = next((one for one in letter.to if isinstance(one, int)), 0)
        if letter.reports:
            with self.database.reading() as session:
                row = session.get_one(OutboxMail, home)
                failed = {"status": "5.1.1"} if letter.reports == "failed" else {"status": "4.4.1", "action": "delayed"}
                return report(self._spell(home), row.message_id, recipient=row.recipient, **failed)
        message = EmailMessage(SMTP)
        message["From"] = f"{letter.by.title()} <{address_of(letter.by)}>" + (
            ", Other <other@else.example>" if letter.is_unclear else ""
        )
        message["To"] = ", ".join(self._spell(one) for one in letter.to)
        message["Subject"] = "Away" if letter.is_machine else "It burns"
        message["Date"] = format_datetime(now)
        message["Message-ID"] = self._message_id(letter.is_ours) if letter.is_ours else f"<{letter.key}@customer.example>"
        if letter.is_machine:
            message["Auto-Submitted"] = "auto-replied"
        message.set_content("Thank you very much!" if letter.only_thanks else f"It burns, for the {letter.key}th time")
        return message.as_bytes()

    def _message_id(self, mail: int) -> str:
        with self.database.reading() as session:
            return session.get_one(OutboxMail, mail).message_id

    def _spell(self, place: Place) -> str:
        if isinstance(place, Door):
            return self.doors[place][1]
        if isinstance(place, str):
            return ELSEWHERE[place]
        with self.database.reading() as session:
            row = session.get_one(OutboxMail, place).report_address
            assert row is not None
            return row.address

    def doors_of(self, numbers: Sequence[int]) -> list[Door]:
        """The addresses that were given out for these cases."""
        return [door for door in self.doors if door.case in numbers]

    def _newest(self, column: Any) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.max(column))) or 0

    def _meet_doors(self) -> None:
        """Whoever takes part in a case knows their address there."""
        with self.database.reading() as session:
            rows = select(ReplyAddress).where(ReplyAddress.id > self._known_to, ReplyAddress.purpose == "reply")
            for row in session.scalars(rows.order_by(ReplyAddress.id)):
                assert row.participant
                assert row.case_number
                person = row.participant.person.address.partition("@")[0]
                number = 1 + sum((one.case, one.person) == (row.case_number, person) for one in self.doors)
                self.doors[Door(row.case_number, person, number)] = row.id, row.address
                self._known_to = row.id

    # ── what machines of ours do ─────────────────────────────────────────────────────────────────────────────────────

    def sweeps(self, now: datetime) -> None:
        with clock.freeze(now):
            jobs.sweep_at_your_word(self.database, now=now, is_present=True)
        self.diary.write(now, "sweep")

    def probes(self, now: datetime) -> bytes:
        """A probe leaves; its bytes."""
        with clock.freeze(now):
            bridge.send_probe(self.database, now=now)
            with self.database.transaction() as session:
                row = session.scalars(select(OutboxMail).where(OutboxMail.kind == "probe").order_by(OutboxMail.id.desc())).first()
                assert row is not None
                assert row.created_at == now
                deliveries.sent(session, row, "250 kept", now=now)
                head = (
                    f"From: {DESKS['Billing']}\r\nTo: {row.recipient}\r\nSubject: Probe\r\nMessage-ID: {row.message_id}\r\n\r\n"
                )
        self.diary.write(now, "probe")
        return head.encode()

    def probe_comes_back(self, now: datetime, sent: datetime, raw: bytes) -> None:
        to = raw.split(b"To: ")[1].split(b"\r\n")[0].decode()
        with clock.freeze(now):
            mail_id = inbound.accept(self.database, [Parcel(raw, Envelope("imap", "", (to,), "mailbox", now))])[0].mail_id
            inbound.process(self.database, self._reader, mail_id)
        self.diary.write(now, "probe-back", sent=sent)


def address_of(person: str) -> str:
    return f"{person}@customer.example" if person else ""
