"""Escalations follow whatever happens to a case: they end by it, and some begin by it.  Looked at once, last of all in a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from helpdesk.actions import raising, waiting_mails
from helpdesk.db import before_commit
from helpdesk.models import Case, Escalation, Event, OutboxMail
from helpdesk.policies.doubt import speaks
from helpdesk.policies.escalation import over
from helpdesk.policies.wants_human import asks_for_a_human
from helpdesk.queries import escalations as find

_TAKES_BACK = frozenset(("undone", "answer-taken-back"))
_HANDS = frozenset(("assigned", "handed-over"))
_SECOND, _THIRD = 2, 3


def follow(session: Session, case: Case, event: Event) -> None:
    """Something was done to a case: its escalations are looked at once this transaction, and its clocks, have done the rest."""
    session.info.setdefault("escalations", {}).setdefault(case.number, []).append(event)
    before_commit(session, f"escalations of {case.number:010d}", lambda: _look(session, case.number))


def _look(session: Session, number: int) -> None:
    events: list[Event] = session.info["escalations"].pop(number)
    session.flush()
    case, now = session.get(Case, number), max(event.at for event in events)
    if case is None:
        return
    for row in find.open_in(session, number):
        _note_action(row, events)
        end(session, row, now=now)
    if any(_changes_team(event) for event in events):
        waiting_mails.look_anew(session, [number], now=now)
    if any(event.deed in _TAKES_BACK for event in events):
        _take_up_again(session, number, now)
        _forget_actions(session, number, now)
    for event in events:
        _raise_by(session, case, event)
    if any(event.deed in _HANDS for event in events) and not any(event.deed == "escalation-taken" for event in events):
        _raise_for_hands(session, case, now)


def end(session: Session, row: Escalation, *, now: datetime) -> bool:
    """Close it where it is over; whether it is."""
    outcome = over(row.reason, find.facts(session, row))  # type: ignore[arg-type]  # a column is a str
    if outcome is not None:
        raising.close(session, row, outcome, now=now)
    return outcome is not None


def _changes_team(event: Event) -> bool:
    deed = event.after.get("undone") if event.deed == "undone" else event.deed
    return deed == "given-to-team" or (deed == "handed-over" and ("team_id" in event.after or event.deed == "undone"))


def _note_action(row: Escalation, events: Iterable[Event]) -> None:
    deeds = [
        event.at
        for event in events
        if event.agent_id is not None and event.deed not in find.NO_ACTION and event.at > row.raised_at
    ]
    if row.first_action_at is None and deeds:
        row.first_action_at = min(deeds)


def _take_up_again(session: Session, number: int, now: datetime) -> None:
    ended = (Escalation.case_number == number, Escalation.closed_at >= now - raising.AGAIN_WITHIN)
    ends = Escalation.outcome.in_(("answered", "resolved", "dropped"))
    for row in session.scalars(select(Escalation).where(*ended, ends)).all():
        if over(row.reason, find.facts(session, row)) is None:  # type: ignore[arg-type]
            raising.take_up_again(session, row, now=now)


def _forget_actions(session: Session, number: int, now: datetime) -> None:
    """What was taken back was no action about it: the first one is the first that stands, if there is any."""
    lately = or_(Escalation.closed_at.is_(None), Escalation.closed_at >= now - raising.AGAIN_WITHIN)
    acted = Escalation.case_number == number, Escalation.first_action_at.is_not(None), lately
    for row in session.scalars(select(Escalation).where(*acted)).all():
        row.first_action_at = min(filter(None, (row.acknowledged_at, find.first_deed_at(session, row))), default=None)


def _raise_by(session: Session, case: Case, event: Event) -> None:
    """What an event raises, once for each cause."""
    match event.deed:
        case "reopened":
            if (times := find.reopenings(session, case)) >= _SECOND:
                raising.raise_(session, case, "second-reopening", cause=f"reopening {times}", now=event.at)
        case "undeliverable":
            _raise_for_bounce(session, case, event)
        case "received" | "mail-accepted":
            entry = event.entry
            if entry is not None and speaks(entry.flags, entry.judgement) and asks_for_a_human(entry.visible):
                raising.raise_(session, case, "wants-human", cause=f"entry {entry.id}", now=event.at)


def _raise_for_hands(session: Session, case: Case, now: datetime) -> None:
    """Once in a case; somebody who takes it over because it was escalated is its end, not its third handover."""
    if find.hands(session, case) >= _THIRD:
        raising.raise_(session, case, "third-handover", cause="handover 3", now=now)


def _raise_for_bounce(session: Session, case: Case, event: Event) -> None:
    ident = event.thing.removeprefix("outbox ")
    mail = session.get(OutboxMail, int(ident)) if ident.isdigit() else None
    if mail is not None and mail.kind == "reply":
        raising.raise_(session, case, "bounced", cause=f"entry {mail.entry_id}", now=event.at)
