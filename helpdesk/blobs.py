"""Bytes by their sha256: raw mail, attachments, composed mail.  A table of the same database, so one commit keeps all."""

from __future__ import annotations

import hashlib

from sqlalchemy import LargeBinary
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.db import Base


class Blob(Base):
    """Content, once, however many rows point at it."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


def keep(session: Session, content: bytes) -> str:
    """Keep these bytes and answer their sha256 (64 hex digits).  Equal bytes are kept once."""
    digest = hashlib.sha256(content).hexdigest()
    if session.get(Blob, digest) is None:
        _insert_once(session, digest, content)
    return digest


def read(session: Session, digest: str) -> bytes:
    """The bytes again.  Raises KeyError where they are not there, Damaged where they are no longer those."""
    blob = session.get(Blob, digest)
    if blob is None:
        raise KeyError(digest)
    if hashlib.sha256(blob.content).hexdigest() != digest:
        raise Damaged(digest)
    return blob.content


class Damaged(Exception):
    """What is stored under this digest has another one: a flipped bit, or a hand in the database."""


def _insert_once(session: Session, digest: str, content: bytes) -> None:
    # Two transactions may keep the same bytes at once (PostgreSQL): the second one finds them there.
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    session.execute(insert(Blob).values(sha256=digest, size=len(content), content=content).on_conflict_do_nothing())
