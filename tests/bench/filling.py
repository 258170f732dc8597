"""A database as a desk has it after years: so many cases of five messages each, written in bulk, with words as people use them.

Six hundred cases are not solved whatever the size, for that hangs on how many people work there, not on how long.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from helpdesk import db
from helpdesk.actions import agents, clocks, desks
from helpdesk.models import (
    Agent,
    Arrival,
    Attachment,
    Base,
    Blob,
    Case,
    Desk,
    Entry,
    Event,
    InboundMail,
    OutboxMail,
    Participant,
    Person,
    PersonWord,
    ReplyAddress,
    SearchText,
    Team,
)
from helpdesk.policies.folding import EDITION, findable, fold

FILLING = 2  # raise it when something here changes: what was filled before is not used any more
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MESSAGES, UNSOLVED, LONG = 5, 600, 200
AGENTS, CHUNK, SENTENCES = 20, 1000, 20_000
DIGEST = "0" * 64

COMMON = Path(__file__).with_name("common_words.txt").read_text().split()
SYLLABLES = [consonant + vowel for consonant in "bdfghklmnprstw" for vowel in "aeiou"]
FIRST = (
    "Anna",
    "Bernd",
    "Carla",
    "Dieter",
    "Emma",
    "Gül",
    "Hans",
    "Ines",
    "Jörg",
    "Klara",
    "Łukasz",
    "Maria",
    "Olaf",
    "René",
    "Zoë",
)
LAST = ("Müller", "Schmidt", "Fischer", "Weber", "Meyer", "Becker", "Schulz", "Koch", "Bauer", "Klein", "Schröder", "Brandt")
FILES = ("Rechnung_{n}.pdf", "Foto {n}.jpg", "IMG_{n}.jpeg", "Vertrag-{n}.pdf", "Kündigung {n}.docx")


class Filling:
    """Fills one database.  The same seed gives the same words in both databases."""

    def __init__(self, session: Session, cases: int) -> None:
        self._session, self._cases, self._random = session, cases, random.Random(7)
        tail = ["".join(self._random.choices(SYLLABLES, k=self._random.randint(2, 5))) for _ in range(20_000)]
        words = [*COMMON, *tail]
        weights = list(accumulate(1 / (place + 3) for place in range(len(words))))
        self._sentences = [" ".join(self._random.choices(words, cum_weights=weights, k=12)) + "." for _ in range(SENTENCES)]
        self._folded = [fold(sentence) for sentence in self._sentences]
        self._others = [findable(sentence)[len(folded) :] for sentence, folded in zip(self._sentences, self._folded, strict=True)]
        self._next = {
            table: self._highest(table) + 1 for table in (Entry, Participant, ReplyAddress, InboundMail, OutboxMail, Person)
        }
        self._first_person = self._next[Person]
        self._people: dict[int, tuple[str, str]] = {}

    def fill(self) -> None:
        staff = list(self._session.scalars(select(Agent.id).order_by(Agent.id)))
        teams = list(self._session.scalars(select(Team.id)))
        desk = self._session.scalars(select(Desk)).first()
        assert desk is not None
        self._session.execute(insert(Blob), [{"sha256": DIGEST, "content": b"", "size": 0}])
        self._add_people(max(10, self._cases // 2))
        first = self._highest(Case, "number") or 1000
        for start in range(0, self._cases, CHUNK):
            numbers = range(first + 1 + start, first + 1 + min(start + CHUNK, self._cases))
            rows: dict[type[Base], list[dict[str, Any]]] = {}
            for number in numbers:
                for table, row in self._case(number, first + self._cases - number, desk, staff, teams):
                    rows.setdefault(table, []).append(row)
            for table in (
                Case,
                Participant,
                ReplyAddress,
                InboundMail,
                Entry,
                Event,
                Arrival,
                OutboxMail,
                Attachment,
                SearchText,
            ):
                if rows.get(table):
                    self._session.execute(insert(table.__table__), rows[table])  # type: ignore[arg-type]
            self._session.flush()
        for number in range(first + 1 + max(0, self._cases - UNSOLVED), first + 1 + self._cases):
            clocks.set_anew(self._session, number, now=NOW, quiet=True)

    def _case(
        self, number: int, age: int, desk: Desk, staff: list[int], teams: list[int]
    ) -> Iterator[tuple[type[Base], dict[str, Any]]]:
        """The rows of one case; `age` 0 is the newest."""
        pick = self._random
        person = self._first_person + pick.randrange(len(self._people))
        name, address = self._people[person]
        state = "resolved" if age >= UNSOLVED else ("new", "open", "waiting")[pick.randrange(3)]
        opened = NOW - timedelta(minutes=20 * age + 600)
        assignee = None if age < UNSOLVED and pick.random() < 0.3 else pick.choice(staff)
        subject = self._sentences[pick.randrange(SENTENCES)][:50].rstrip()
        messages = LONG if age == 10 else MESSAGES
        last = opened + timedelta(minutes=messages)
        yield Case, {
            "number": number, "subject": subject, "state": state, "language": "de", "desk_id": desk.id, "team_id": pick.choice(teams),
            "assignee_id": assignee, "requester_id": person, "opened_at": opened, "changed_at": last,
            "resolved_at": last if state == "resolved" else None, "waiting_since": last if state in ("new", "open") else None,
            "last_words": self._sentences[pick.randrange(SENTENCES)],
        }  # fmt: skip
        participant, door = self._id(Participant), self._id(ReplyAddress)
        yield Participant, {"id": participant, "case_number": number, "person_id": person, "role": "requester", "since": opened}
        yield ReplyAddress, {
            "id": door, "purpose": "reply", "token": f"bench{number}", "address": f"re-bench-{number}@reply.example.org",
            "case_number": number, "participant_id": participant, "issued_at": opened, "expires_at": None,
            "expired_at": None, "retired_at": None, "revoked_at": None,
        }  # fmt: skip
        yield Event, self._event(number, opened, "opened", person=person, after={"subject": subject, "desk": desk.name})
        for place in range(messages):
            at = opened + timedelta(minutes=place)
            yield from self._message(number, place, at, (person, name, address), subject, desk, assignee or staff[0], door)
        if state == "resolved":
            yield (
                Event,
                self._event(number, last, "resolved", agent=assignee, before={"state": "waiting"}, after={"state": state}),
            )

    def _message(
        self, number: int, place: int, at: datetime, who: tuple[int, str, str], subject: str, desk: Desk, agent: int, door: int
    ) -> Iterator[tuple[type[Base], dict[str, Any]]]:
        (person, name, address), entry = who, self._id(Entry)
        theirs = place % 2 == 0
        chosen = [self._random.randrange(SENTENCES) for _ in range(5)]
        said = f"Auftrag {number}/{place} " + " ".join(self._sentences[c] for c in chosen)
        kept = f"{number} {fold(subject)} {fold(name)} {fold(address)} auftrag {number} {place} "
        kept += (
            " ".join(self._folded[c] for c in chosen)
            + " "
            + "".join(self._others[c] for c in chosen)
            + findable(name)[len(fold(name)) :]
        )
        ours, mail = f"agent {agent}", self._id(InboundMail) if theirs else None
        message_id = f"<{number}.{place}@mail.example>"
        file = self._random.choice(FILES).format(n=entry) if self._random.random() < 0.05 else ""
        if theirs:
            yield InboundMail, {
                "id": mail, "door": "smtp", "peer": "127.0.0.1", "sender": address, "received_at": at, "sent_at": None,
                "sha256": DIGEST, "size": 4000, "settled_at": at,
            }  # fmt: skip
        yield Entry, {
            "id": entry, "case_number": number, "kind": "mail-in" if theirs else "mail-out", "at": at,
            "agent_id": None if theirs else agent, "person_id": person if theirs else None, "author": name if theirs else ours,
            "subject": subject, "text": said, "visible": said, "html": None if theirs else f"<p>{said}</p>", "message_id": message_id,
            "mail_id": mail, "sender": address if theirs else "", "flags": ["unverified"] if theirs else [], "folds": [],
        }  # fmt: skip
        yield (
            Event,
            self._event(
                number,
                at,
                "received" if theirs else "replied",
                entry=entry,
                person=person if theirs else None,
                agent=None if theirs else agent,
            ),
        )
        if theirs:
            yield Arrival, {
                "mail_id": mail, "recipient": desk.address, "outcome": "case", "reason": "an answer", "shown_from": address,
                "shown_subject": subject, "case_number": number, "entry_id": entry, "settled_at": at,
            }  # fmt: skip
        else:
            yield OutboxMail, {
                "id": self._id(OutboxMail), "kind": "reply", "automatic": False, "recipient": address, "recipient_name": name,
                "language": "de", "entry_id": entry, "case_number": number, "reply_address_id": door, "message_id": message_id,
                "state": "sent", "created_at": at, "due_at": at, "sent_at": at, "changed_at": at,
            }  # fmt: skip
        if file:
            yield Attachment, {
                "entry_id": entry, "name": file, "type": "application/pdf", "size": 1000, "sha256": DIGEST, "content_id": None,
            }  # fmt: skip
        yield SearchText, {
            "entry_id": entry, "case_number": number, "edition": EDITION, "files": findable(file), "body": kept.strip(),
            "sender": findable(f"{name} {address}") if theirs else fold(f"{ours} {desk.address}"),
            "recipients": fold(f"{desk.name} {desk.address}") if theirs else findable(f"{name} {address}"),
        }  # fmt: skip

    def _event(self, number: int, at: datetime, deed: str, **more: Any) -> dict[str, Any]:
        people = {"agent_id": more.get("agent"), "person_id": more.get("person"), "entry_id": more.get("entry")}
        said = {"before": more.get("before", {}), "after": more.get("after", {})}
        return {"at": at, "deed": deed, "case_number": number, "thing": f"case {number}", **people, **said}

    def _add_people(self, count: int) -> None:
        rows = []
        for n in range(count):
            first, last = self._random.choice(FIRST), self._random.choice(LAST)
            address = f"{fold(first)}.{fold(last)}{n}@{('example.net', 'mail.example', 'post.example')[n % 3]}"
            name = f"{first} {last}"
            row = {"id": self._id(Person), "address": address, "name": name, "language": "de", "created_at": NOW}
            row["sorted_as"] = fold(name)
            self._people[row["id"]] = (name, address)  # type: ignore[index]
            rows.append(row)
        for start in range(0, count, CHUNK):
            some = rows[start : start + CHUNK]
            self._session.execute(insert(Person.__table__), some)
            words = [(row["id"], set(findable(f"{row['name']} {row['address']}").split())) for row in some]
            found = [{"word": word, "person_id": person_id} for person_id, theirs in words for word in sorted(theirs)]
            self._session.execute(insert(PersonWord.__table__), found)

    def _id(self, table: type[Base]) -> int:
        self._next[table] += 1
        return self._next[table] - 1

    def _highest(self, table: type[Base], column: str = "id") -> int:
        return self._session.scalar(select(func.max(getattr(table, column)))) or 0


def fill(database: db.Database, cases: int) -> None:
    """Fill an empty database with its staff, its desk and so many cases."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=NOW)
        team = desks.add_team(session, "Rechnungen", agent=None, now=NOW)
        desks.add_team(session, "Technik", agent=None, now=NOW)
        for n in range(AGENTS):
            agent = agents.create(session, f"agent{n}@example.org", f"Agent {n}", role="agent", now=NOW)
            agent.teams.append(team)
        _hold_much(session, hash_size=64 * 1024 * 1024)
        Filling(session, cases).fill()
        _hold_much(session, hash_size=1024 * 1024)
        if session.get_bind().dialect.name == "postgresql":
            for table in (Case, Participant, ReplyAddress, InboundMail, Entry, Event, Arrival, OutboxMail, Attachment, Person):
                _move_sequence(session, table)


def _hold_much(session: Session, *, hash_size: int) -> None:
    """Have SQLite's index gather more in memory before it writes: some hundred thousand rows come at once."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA cache_size = -400000"))
        session.execute(text("INSERT INTO search_index (search_index, rank) VALUES ('hashsize', :size)"), {"size": hash_size})


def _move_sequence(session: Session, table: type[Base]) -> None:
    (key,) = table.__table__.primary_key.columns  # type: ignore[attr-defined]
    highest = session.scalar(select(func.max(key))) or 1
    session.execute(select(func.setval(func.pg_get_serial_sequence(table.__tablename__, key.name), highest)))
