"""The words of our mails, where a desk has written its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class MailText(Base):
    """What a desk says in place of our words, in one mail and one language.  Without a row it says ours."""

    __tablename__ = "mail_text"
    __table_args__ = (UniqueConstraint("desk_id", "name", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    name: Mapped[str]  # policies.texts.TEXTS
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]  # Markdown with placeholders
    changed_at: Mapped[datetime]
