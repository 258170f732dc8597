"""Agents and the people who write to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base


class Team(Base):
    """Agents who answer the same desks."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    confidential: Mapped[bool] = mapped_column(default=False, server_default=false())  # so are all its cases
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"))  # None: the standard one

    agents: Mapped[list[Agent]] = relationship(secondary="membership", viewonly=True)


class Membership(Base):
    __tablename__ = "membership"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)


class Agent(Base):
    """Somebody who answers.  Never deleted, for the history names them: switched off instead."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    formal_name: Mapped[str] = mapped_column(default="")  # «Frau Weber», for desks that sign so; empty: the name
    role: Mapped[str]  # policies.permissions.Role
    password_hash: Mapped[str | None]  # None: invited, has not chosen one yet
    language: Mapped[str | None]  # None: as the browser says
    notify: Mapped[bool] = mapped_column(default=True)  # mail about new mail in their cases
    undo_seconds: Mapped[int] = mapped_column(default=10)  # how long an answer of theirs can be taken back before it leaves
    muted: Mapped[list[str]] = mapped_column(default=list)  # kinds of notices that are not mailed besides
    active: Mapped[bool] = mapped_column(default=True)
    needs_release: Mapped[bool] = mapped_column(default=False)  # a second person releases every answer of theirs
    signature: Mapped[str] = mapped_column(default="")  # Markdown with placeholders; empty: the name
    capacity: Mapped[int | None]  # how many open cases they can hold; None: nobody said
    single_keys: Mapped[bool] = mapped_column(default=True)  # whether a letter alone is a command (WCAG 2.1.4)
    created_at: Mapped[datetime]

    teams: Mapped[list[Team]] = relationship(secondary="membership", order_by=Team.name)


class Person(Base):
    """Somebody who writes to us, known by their mail address (lower case), or who calls and has none."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_sorted", "sorted_as", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)  # without an @ where they have no mail
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    postal: Mapped[str] = mapped_column(default="")  # where letters reach them
    language: Mapped[str | None]
    created_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")  # what colleagues should know: «call after 5 pm»
    sorted_as: Mapped[str] = mapped_column(String().with_variant(String(collation="C"), "postgresql"), default="")  # folded name
    same_as_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True
    )  # whose other address it is; never a chain

    same_as: Mapped[Person | None] = relationship(remote_side="Person.id")

    @property
    def called(self) -> str:
        """How pages speak of them."""
        return self.name or self.mail or self.phone

    @property
    def mail(self) -> str:
        """Their mail address; "" where they have none."""
        return self.address if "@" in self.address else ""


class PersonWord(Base):
    """A word by which somebody is found: of their name or their address, folded (policies.folding)."""

    __tablename__ = "person_word"

    # Words are looked for by how they begin, which an index answers only where it sorts letter by letter.
    word: Mapped[str] = mapped_column(String().with_variant(String(collation="C"), "postgresql"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)


class WebSession(Base):
    """A log-in.  The cookie holds a random id; here is only its keyed hash."""

    __tablename__ = "web_session"

    digest: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    agent: Mapped[Agent] = relationship()


class ApiToken(Base):
    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship()


class PasswordLink(Base):
    """An invitation or a reset by mail: one use, a short life."""

    __tablename__ = "password_link"

    digest: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    kind: Mapped[str]  # invitation | reset
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship()


class Throttle(Base):
    """Failed tries under one name (an account, an IP), so that guessing gets slow."""

    __tablename__ = "throttle"

    name: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
