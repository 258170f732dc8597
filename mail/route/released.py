"""Mail that a person let in: it opens a case, wherever somebody can be answered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Desk
from helpdesk.queries import addresses as find
from mail.letter import Decision, Hold, OpenCase
from mail.route.question import Question, who_wrote


def released(session: Session, asked: Question) -> Decision | None:
    """A person let it in: it opens a case at the first desk."""
    desk = find.desk_at(session, house(session).settings.main_desk) if asked.arrival.released else None
    return let_in(session, asked, desk) if desk else None


def let_in(session: Session, asked: Question, desk: Desk) -> Decision:
    if not can_be_answered(session, asked):
        return Hold("It names nobody outside this desk whom we could answer.")
    return OpenCase(desk.id, "A person let it in.")


def can_be_answered(session: Session, asked: Question) -> bool:
    writer = who_wrote(asked.letter, asked.envelope)
    return writer is not None and not find.is_own(session, writer.address)
