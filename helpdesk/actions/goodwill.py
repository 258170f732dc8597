"""Gestures of goodwill: what was given to somebody for their trouble, and taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Gesture
from helpdesk.policies import goodwill as policy

LONGEST_REASON = 500


def give(
    session: Session, case: Case, amount: str, currency: str, kind: str, why: str, *, agent: Agent, now: datetime
) -> Gesture:
    """Record that the customer of this case gets something.  Raises NotUsable."""
    try:
        cents = policy.cents(amount)
    except ValueError:
        raise NotUsable("amount", "Write an amount, like 25 or 12.50.") from None
    if currency not in policy.CURRENCIES:
        raise NotUsable("currency", "Choose one from the list.")
    if kind not in policy.KINDS:
        raise NotUsable("kind", "Choose one from the list.")
    why = " ".join(why.split())
    if not why or len(why) > LONGEST_REASON:
        raise NotUsable("why", "Say in a sentence why.")
    gesture = Gesture(
        case_number=case.number, person=case.requester, agent=agent, at=now, kind=kind, cents=cents, currency=currency, why=why
    )
    session.add(gesture)
    session.flush()
    after = {"cents": cents, "currency": currency, "kind": kind, "why": why}
    record(session, "gesture-given", now=now, agent=agent, case=case, thing=f"gesture {gesture.id}", after=after)
    return gesture


def take_back(session: Session, case: Case, gesture: Gesture, *, agent: Agent, now: datetime) -> None:
    """It was not given after all; the story keeps both.  A second time changes nothing."""
    if gesture.undone_at is None:
        gesture.undone_at = now
        before = {"cents": gesture.cents, "currency": gesture.currency, "kind": gesture.kind, "why": gesture.why}
        thing = f"gesture {gesture.id}"
        record(session, "gesture-taken-back", now=now, agent=agent, case=case, thing=thing, before=before)
