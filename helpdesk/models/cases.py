"""The case, who takes part in it, and how it belongs to others.  What was said and done there: helpdesk.models.story."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.desks import Desk
from helpdesk.models.people import Agent, Person, Team
from helpdesk.models.sight import CaseMember, CaseShutOut
from helpdesk.policies.references import reference

if TYPE_CHECKING:
    from helpdesk.models.addresses import ReplyAddress


class Case(Base):
    """One complaint, from the first mail until it is solved.  Its number is its identity (from 1001)."""

    __tablename__ = "cases"  # CASE is a word of SQL
    __table_args__ = (
        # Lists and their counts are read from these alone, whatever lies in the rows.
        Index("ix_cases_at_work", "state", "waiting_since", "changed_at", "assignee_id", "team_id", "confidential", "number"),
        Index("ix_cases_held", "state", "assignee_id", "team_id"),
        Index("ix_cases_state_changed", "state", "changed_at"),
        Index("ix_cases_team_changed", "team_id", "changed_at"),
        Index("ix_cases_changed", "changed_at"),
        # Few are, and every list leaves out those that are not for its reader.  With all that this asks, or SQLite, which keeps no
        # figures of an index without rows, would rather read the first one from end to end.
        Index(
            "ix_cases_confidential",
            "confidential",
            "team_id",
            "assignee_id",
            "number",
            sqlite_where=text("confidential = 1"),
            postgresql_where=text("confidential"),
        ),
        # Nearly all are merged into none: an index that had them would be taken, and lead to every case.
        Index(
            "ix_cases_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        Index("ix_cases_spam", "number", sqlite_where=text("spam_at IS NOT NULL"), postgresql_where=text("spam_at IS NOT NULL")),
        Index(
            "ix_cases_withdrawn",
            "number",
            sqlite_where=text("withdrawn_at IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NOT NULL"),
        ),
        # What is due next is read from here alone.
        Index(
            "ix_cases_due",
            "due_at",
            "number",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    state: Mapped[str]  # policies.cases.State
    channel: Mapped[str] = mapped_column(default="mail")  # how it came: policies.cases.Channel
    priority: Mapped[str] = mapped_column(default="normal")  # policies.cases.Priority
    language: Mapped[str]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"), index=True)
    requester_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    confidential: Mapped[bool] = mapped_column(default=False, server_default=false())  # by itself, besides what its team says
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]  # the oldest message of theirs that nobody has answered
    due_at: Mapped[datetime | None]  # the nearest deadline of its clocks and promises; None where nothing is due from us
    changed_at: Mapped[datetime]
    last_words: Mapped[str] = mapped_column(default="")  # the newest message in a line, for lists
    their_reference: Mapped[str] = mapped_column(default="")  # what the other side calls this case in its files: «Ihr Zeichen»
    merged_into: Mapped[int | None]  # the number of the case in which it goes on; never a chain
    spam_at: Mapped[datetime | None]  # somebody said that it is spam
    withdrawn_at: Mapped[datetime | None]  # its first mail was ours and was taken back: it is there for nobody

    desk: Mapped[Desk] = relationship(lazy="joined", innerjoin=True)
    team: Mapped[Team | None] = relationship(lazy="joined")
    assignee: Mapped[Agent | None] = relationship(lazy="joined")
    requester: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    participants: Mapped[list[Participant]] = relationship(
        back_populates="case",
        order_by="Participant.id",
        primaryjoin="and_(Case.number == Participant.case_number, Participant.left_at.is_(None))",
    )
    members: Mapped[list[CaseMember]] = relationship(order_by="CaseMember.since", cascade="all, delete-orphan")
    shut_out: Mapped[list[CaseShutOut]] = relationship(order_by="CaseShutOut.since", cascade="all, delete-orphan")

    @property
    def reference(self) -> str:
        """What we call this case in files and letters: «LH-20388», or its number."""
        return reference(self.desk.reference, self.number)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was begun by us and taken back before anybody got its first mail."""
        return self.withdrawn_at is not None

    @property
    def is_confidential(self) -> bool:
        """Whether only its insiders know of it."""
        return self.confidential or (self.team is not None and self.team.confidential)

    @property
    def insiders(self) -> frozenset[int]:
        """The agents (ids) who know of it where it is confidential: its team, its holder, and whoever was let in."""
        team = [agent.id for agent in self.team.agents] if self.team else []
        return frozenset((*team, *(member.agent_id for member in self.members), *filter(None, (self.assignee_id,))))

    @property
    def outsiders(self) -> frozenset[int]:
        """The agents (ids) for whom it does not exist, whatever else they are."""
        return frozenset(row.agent_id for row in self.shut_out)


class Participant(Base):
    """A person's part in a case.  Nobody becomes one but by the mail that opened it or by an agent's deed (I8)."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("case_number", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]  # requester | copy
    since: Mapped[datetime]
    their_ticket: Mapped[str] = mapped_column(default="")  # what their own helpdesk calls this case: «[#12345]»
    left_at: Mapped[datetime | None]  # takes part no more; what they said stays
    merged_at: Mapped[datetime | None]  # came with a merged case: what others said before is never quoted to them

    case: Mapped[Case] = relationship(back_populates="participants")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    addresses: Mapped[list[ReplyAddress]] = relationship(back_populates="participant", order_by="ReplyAddress.id")


class CaseLink(Base):
    """`from` points at the older case: a follow-up at the one it follows."""

    __tablename__ = "case_link"

    from_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    to_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True, index=True)
    kind: Mapped[str]  # follow-up
