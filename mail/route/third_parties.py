"""Answers of those who were asked for advice: by the address of their consultation, or by the mail of ours that they answer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.models import ReplyAddress
from helpdesk.policies import addresses
from helpdesk.queries import consultations, merges
from mail import machines
from mail.letter import Decision, Hold, JoinCase, JoinConsultation
from mail.route import doubts
from mail.route.question import Question, participant
from mail.route.released import released
from mail.thread import minted


def at_side_door(session: Session, asked: Question, address: ReplyAddress, standing: addresses.Standing) -> Decision:
    """A third party who was asked for advice answers.  Whoever else knows the address gets into no state and no clock by it."""
    row, letter = consultations.at_address(session, address), asked.letter
    number = merges.home(session, row.case_number)
    if not addresses.lives(standing):
        return released(session, asked) or Hold(f"The consultation in case {number} has ended, and so has its address.")
    if machines.is_machine(letter):
        return JoinConsultation(number, row.id, "A machine of whoever was asked for advice wrote it.", ("automatic",))
    if participant(session, letter, number) is not None:
        reason = (
            "It came to the address of somebody who was asked for advice: whoever takes part in the case should not know that."
        )
        return JoinCase(number, reason, ("suspect",), counts=False)
    if letter.trust.level == 0:
        return JoinConsultation(number, row.id, letter.trust.why, ("suspect",))
    if letter.author is None or letter.author.address != row.address:
        return JoinConsultation(number, row.id, "It came to a consultation's address, but from somebody else.", ("stranger",))
    return JoinConsultation(number, row.id, f"{row.called} answers what was asked.", doubts.flags(session, asked))


def by_consultation(session: Session, asked: Question) -> Decision | None:
    """A third party answers our question past its address; as everywhere, only if it is from them (I7)."""
    letter = asked.letter
    if letter.author is None or letter.trust.level == 0 or machines.is_machine(letter):
        return None
    ours = tuple(m for m in letter.references if minted(session, m))
    row = consultations.answered_by(session, ours, letter.author.address, asked.now)
    if row is None:
        return None
    number = merges.home(session, row.case_number)
    return JoinConsultation(number, row.id, f"{row.called} answers what was asked.", doubts.flags(session, asked))
