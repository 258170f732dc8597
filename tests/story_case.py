"""What a story looks at: a case, what was said in it, its doors, and what became of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk import clock
from helpdesk.db import Database
from helpdesk.models import Case, CaseLink, Entry, Event, Participant, ReplyAddress
from helpdesk.queries import addresses as find
from helpdesk.queries.proposals import waiting


@dataclass(frozen=True)
class Said:
    """An entry of a case.  `text` is its new part, `full` all of it; `delivery` is (address, state) for each recipient."""

    id: int
    kind: str
    author: str
    text: str
    full: str
    flags: tuple[str, ...]
    message_id: str | None
    delivery: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Door:
    """A reply address of a case and where it is in its life."""

    id: int
    address: str
    standing: str
    of: str
    expires_at: datetime | None


@dataclass(frozen=True)
class Arrived:
    """One line of the post room: mail × recipient, with its one outcome and its sentence."""

    id: int
    mail_id: int
    recipient: str
    outcome: str | None
    reason: str
    case: StoryCase | None
    entry_id: int | None


@dataclass(frozen=True)
class Brought:
    """What became of a mail that somebody sent us: the answer at the door for each recipient, and the lines in the post room."""

    answers: dict[str, str]
    arrived: tuple[Arrived, ...]

    @property
    def refused(self) -> bool:
        return all(answer.startswith("5") for answer in self.answers.values())

    @property
    def answer(self) -> str:
        """What the door said, where there was one recipient."""
        (only,) = self.answers.values()
        return only

    @property
    def outcome(self) -> str | None:
        return self._only.outcome

    @property
    def reason(self) -> str:
        return self._only.reason

    @property
    def case(self) -> StoryCase:
        found = self._only.case
        assert found is not None, f"it lies in no case: {self._only}"
        return found

    @property
    def id(self) -> int:
        return self._only.id

    @property
    def _only(self) -> Arrived:
        assert len(self.arrived) == 1, f"expected one arrival: {self}"
        return self.arrived[0]


class StoryCase:
    """A case as it is now; every question is asked of the database."""

    def __init__(self, database: Database, number: int) -> None:
        self._database, self.number = database, number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoryCase) and other.number == self.number

    def __hash__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"case {self.number} ({self.state})"

    @property
    def state(self) -> str:
        return str(self._of_row("state"))

    @property
    def is_open(self) -> bool:
        return self.state in ("new", "open", "waiting")

    @property
    def subject(self) -> str:
        return str(self._of_row("subject"))

    @property
    def requester(self) -> str:
        return self.participants[0]

    @property
    def holder(self) -> str | None:
        with self._database.reading() as session:
            holder = session.get_one(Case, self.number).assignee
            return holder.email if holder else None

    @property
    def said(self) -> list[Said]:
        """Everything that was said, in its order."""
        with self._database.reading() as session:
            rows = session.scalars(select(Entry).where(Entry.case_number == self.number).order_by(Entry.id))
            return [_said(row) for row in rows]

    @property
    def messages(self) -> list[Said]:
        """What they and we wrote; no notes, nothing of a machine's."""
        return [said for said in self.said if said.kind in ("mail-in", "mail-out")]

    @property
    def last_message(self) -> Said:
        return self.messages[-1]

    @property
    def doors(self) -> list[Door]:
        """Every reply address that the case ever had, the oldest first."""
        with self._database.reading() as session:
            return [_door(row) for row in find.of_case(session, self.number)]

    @property
    def door(self) -> Door:
        return self.doors[-1]

    def door_of(self, address: str) -> str:
        """The newest reply address of the participant with this mail address."""
        return next(door.address for door in reversed(self.doors) if door.of == address)

    @property
    def participants(self) -> list[str]:
        with self._database.reading() as session:
            rows = session.scalars(select(Participant).where(Participant.case_number == self.number).order_by(Participant.id))
            return [row.person.address for row in rows]

    @property
    def events(self) -> list[str]:
        with self._database.reading() as session:
            return list(session.scalars(select(Event.deed).where(Event.case_number == self.number).order_by(Event.id)))

    @property
    def proposed(self) -> list[str]:
        """Who was written to as well and waits for an agent's word."""
        with self._database.reading() as session:
            return [row.address for row in waiting(session, session.get_one(Case, self.number))]

    @property
    def follows(self) -> StoryCase | None:
        """The older case that this one is the follow-up of."""
        with self._database.reading() as session:
            number = session.scalar(select(CaseLink.to_number).where(CaseLink.from_number == self.number))
            return StoryCase(self._database, number) if number else None

    def _of_row(self, column: str) -> object:
        with self._database.reading() as session:
            return getattr(session.get_one(Case, self.number), column)


def _said(row: Entry) -> Said:
    delivery = tuple((sent.recipient, sent.state) for sent in row.deliveries)
    return Said(row.id, row.kind, row.author, row.visible.strip(), row.text, tuple(row.flags), row.message_id, delivery)


def _door(row: ReplyAddress) -> Door:
    of = row.participant.person.address if row.participant else ""
    return Door(row.id, row.address, find.standing_of(row, clock.now()), of, row.expires_at)
