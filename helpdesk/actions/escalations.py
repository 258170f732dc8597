"""What one does about an escalation: ask for help, say that one saw it, take the case over, hand it back with a word.

Whatever raises one by itself uses `raise_`, and `close_about` once it is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.actions import cases, entries, letting_go, notices, raising, webhooks
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.raising import close_about, raise_
from helpdesk.models import Agent, Case, Entry, Escalation, Event
from helpdesk.policies.escalation import ABOUT_A_WAIT, Outcome, ends_by
from helpdesk.queries import escalations as find

__all__ = ["ask_for_help", "close_about", "hand_back", "mark_wish", "raise_", "saw", "take_over"]

LONGEST = 1_000


def ask_for_help(session: Session, case: Case, words: str, *, agent: Agent, now: datetime) -> Escalation:
    """An agent needs somebody who may decide, and says in a sentence why.  Raises NotUsable, and NotPermitted in a solved case."""
    words = " ".join(words.replace("\x00", "\ufffd").split())
    if not 0 < len(words) <= LONGEST:
        raise NotUsable("words", "Say in a sentence what you need; at most %(most)s characters.", most=LONGEST)
    if case.state == "resolved":
        raise NotPermitted("This case is solved. Open it again first.")
    row = raise_(session, case, "help", cause=f"wish {agent.id} {now.isoformat()}", agent=agent, words=words, now=now)
    if row is None:
        raise NotPermitted("Nobody waits for this case: it was merged, or is spam.")
    return row


def mark_wish(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> Escalation:
    """An agent says that the customer asks for a human in this mail, which no rule saw.  Raises NotPermitted."""
    if entry.case_number != case.number or entry.kind not in ("mail-in", "call", "visit", "letter"):
        raise NotPermitted("Only what a customer said can be marked so.")
    row = raise_(session, case, "wants-human", cause=f"entry {entry.id}", agent=agent, now=now)
    if row is None:
        raise NotPermitted("This is known already.")
    return row


def saw(session: Session, row: Escalation, *, agent: Agent, now: datetime) -> Event | None:
    """They saw it, and whatever else is about the same wait, and care for it: nobody is reminded any more.

    None where somebody saw it before.  Raises NotPermitted.
    """
    _must_be_open(row)
    if row.acknowledged_at is not None:
        return None
    together = [other for other in find.open_in(session, row.case_number) if {row.reason, other.reason} <= ABOUT_A_WAIT]
    before = _is_in_hand(session, together or [row], "acknowledged", agent, now)
    return _record(session, "escalation-seen", row, before, agent, now)


def take_over(session: Session, row: Escalation, *, agent: Agent, now: datetime) -> Event:
    """They hold the case from now on, with all that is escalated in it.  Raises NotPermitted."""
    _must_be_open(row)
    before = _is_in_hand(session, find.open_in(session, row.case_number), "taken-over", agent, now)
    event = _record(session, "escalation-taken", row, before, agent, now)
    cases.assign(session, row.case, agent, agent=agent, now=now)
    return event


def hand_back(session: Session, row: Escalation, to: Agent, words: str, *, agent: Agent, now: datetime) -> Event:
    """Somebody else goes on, with a word of whoever was told: it is a note in the case.  Raises NotPermitted, and EmptyText."""
    _must_be_open(row)
    entry = entries.note(session, row.case, words, agent=agent, now=now)
    before = _is_in_hand(session, find.open_in(session, row.case_number), "handed-back", agent, now)
    event = _record(session, "escalation-handed-back", row, before, agent, now, to=to.name)
    cases.assign(session, row.case, to, agent=agent, now=now, told_as=None)
    notices.tell(session, to, "assigned", row.case, by=agent, entry=entry, now=now)
    return event


def _is_in_hand(
    session: Session, rows: Iterable[Escalation], what: Outcome, agent: Agent, now: datetime
) -> dict[str, dict[str, Any]]:
    """Whoever was told does something about these; how they stood before."""
    concerned = [row for row in rows if what != "acknowledged" or row.acknowledged_at is None]
    before = letting_go.as_they_stand(concerned)
    for row in concerned:
        raising.acknowledge(session, row, agent=agent, now=now)
        if ends_by(row.reason, what):  # type: ignore[arg-type]  # a column is a str
            raising.close(session, row, what, now=now)
        else:
            row.outcome = what
            webhooks.tell(session, "escalation.acknowledged", row, now=now)
    return before


def _record(
    session: Session, deed: str, row: Escalation, before: dict[str, dict[str, Any]], agent: Agent, now: datetime, **more: object
) -> Event:
    after = {"escalation": row.id, "reason": row.reason, **more}
    thing, was = f"escalation {row.id}", {"escalations": before}
    return record(session, deed, now=now, agent=agent, case=row.case, thing=thing, before=was, after=after)


def _must_be_open(row: Escalation) -> None:
    if row.closed_at is not None:
        raise NotPermitted("This is over already.")
