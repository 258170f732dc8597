"""Mail to an address that has ended."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Case, Participant, ReplyAddress
from helpdesk.policies import addresses
from helpdesk.queries import addresses as find
from helpdesk.queries import cases as find_cases
from helpdesk.queries import merges
from mail.letter import Decision, FollowUp, Hold, JoinCase, Late
from mail.route import doubts
from mail.route.question import Question, participant
from mail.route.released import can_be_answered


def after_the_end(
    session: Session, asked: Question, case_number: int, author: Participant | None, address: ReplyAddress | None
) -> Decision:
    """The address has ended.  Whoever took part gets a follow-up case, so that nobody has to explain anew."""
    if session.get_one(Case, case_number).spam_at is not None and not asked.arrival.released:
        return Hold(f"Case {case_number} was marked as spam, and its reply address has expired.")
    in_envelope = find.participant(session, case_number, asked.envelope.sender)
    ends = address.expires_at if address else None
    final = ends is not None and address is not None and addresses.is_final(ends, address.expired_at, asked.now)
    if asked.letter.trust.level == 0 and not asked.arrival.released:
        return Hold(asked.letter.trust.why)
    strict = house(session).settings.expired == "refuse" and final and not asked.arrival.released
    if (author or in_envelope) and (followed := _followed_up(session, asked, case_number)):
        return followed
    if suspected := doubts.suspected(session, asked, f"It came after the reply address of case {case_number} had expired"):
        return suspected
    if (author or in_envelope) and strict:
        return Late("It came after this reply address had expired, and the desk is set to refuse such mail.")
    if author or in_envelope or (asked.arrival.released and can_be_answered(session, asked)):
        return FollowUp(case_number, f"It came after the reply address of case {case_number} had expired.")
    return Hold(f"A stranger wrote to the expired reply address of case {case_number}.")


def _followed_up(session: Session, asked: Question, case_number: int) -> JoinCase | None:
    """Whoever goes on writing to the old address is still in one conversation: the follow-up that is under way."""
    for number in dict.fromkeys(merges.home(session, number) for number in find_cases.followed_by(session, case_number)):
        author = participant(session, asked.letter, number) or find.participant(session, number, asked.envelope.sender)
        if author is not None and find.living(session, author, asked.now) is not None:
            reason = f"Case {case_number} goes on in this follow-up."
            return JoinCase(number, reason, ("late", *doubts.flags(session, asked)), follows=case_number)
    return None
