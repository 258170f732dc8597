"""What a case is besides its mail: tags, fields of a desk's own, why it came and what became of it, gestures of goodwill."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.desks import Desk
from helpdesk.models.people import Agent, Person


class Tag(Base):
    """A word by which cases are found together."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)  # policies.folding: «Straßenbau» and «strassenbau» are one tag
    needs_release: Mapped[bool] = mapped_column(default=False)  # a second person releases every answer in its cases


class CaseTag(Base):
    __tablename__ = "case_tag"

    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True)


class Field(Base):
    """Something that a desk wants to know of its cases.  Never deleted, for cases hold its values: switched off instead."""

    __tablename__ = "field"

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"), index=True)  # None: of every desk
    name: Mapped[str]
    kind: Mapped[str]  # policies.fields.Kind
    choices: Mapped[list[str]] = mapped_column(default=list)
    required: Mapped[bool] = mapped_column(default=False)  # no case is solved without it
    active: Mapped[bool] = mapped_column(default=True)

    desk: Mapped[Desk | None] = relationship()


class CaseField(Base):
    """The value of a field in a case, spelled as policies.fields reads it; one that is empty has no row."""

    __tablename__ = "case_field"

    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"), primary_key=True, index=True)
    value: Mapped[str]

    field: Mapped[Field] = relationship(lazy="joined", innerjoin=True)


class Cause(Base):
    """Why people complain at a desk: one of a short list, so that it can be counted."""

    __tablename__ = "cause"
    __table_args__ = (UniqueConstraint("desk_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class Outcome(Base):
    """What a complaint came to."""

    __tablename__ = "outcome"

    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("cause.id"), index=True)
    office: Mapped[str] = mapped_column(default="")  # the department whose work it was about
    verdict: Mapped[str | None]  # justified | partly | not

    cause: Mapped[Cause | None] = relationship(lazy="joined")


class Gesture(Base):
    """Something that we gave somebody for their trouble."""

    __tablename__ = "gesture"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]
    kind: Mapped[str]  # policies.goodwill.Kind
    cents: Mapped[int]
    currency: Mapped[str]  # ISO 4217
    why: Mapped[str]
    undone_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    agent: Mapped[Agent] = relationship()
