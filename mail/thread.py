"""Which mail of ours a letter answers or is about, by Message-IDs that only we can have minted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Entry
from helpdesk.policies import message_ids
from helpdesk.queries import cases as find
from mail.letter import Letter


def answered(session: Session, letter: Letter) -> Entry | None:
    """The mail of ours that this letter answers; of a machine's letter also the one that it encloses or names."""
    named = (*([letter.about] if letter.about else []), *letter.references)
    return find.of_message_ids(session, tuple(m for m in named if minted(session, m)))


def minted(session: Session, message_id: str) -> bool:
    """Whether we made this Message-ID; told by its signature, without the database."""
    settings, keys = house(session)
    domain = settings.reply_domain if settings.reply_form == "domain" else settings.main_desk.partition("@")[2]
    return message_ids.ours(message_id, domain=domain, key=keys.key("message-id"))
