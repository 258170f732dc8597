"""What one does about an escalation: ask for help, say that one saw it, take the case over, hand it back with a word.

Whatever raises one by itself uses `raise_`, and `close_about` once it is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import cases, entries, notices, raising, webhooks
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.raising import close_about, raise_
from helpdesk.models import Agent, Case, Entry, Escalation
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


def saw(session: Session, row: Escalation, *, agent: Agent, now: datetime) -> None:
    """They saw it, and whatever else is about the same wait, and care for it: nobody is reminded any more.  Raises NotPermitted."""
    _must_be_open(row)
    if row.acknowledged_at is not None:
        return
    together = [other for other in find.open_in(session, row.case_number) if {row.reason, other.reason} <= ABOUT_A_WAIT]
    _is_in_hand(session, together or [row], "acknowledged", agent, now)
    record(session, "escalation-seen", now=now, agent=agent, case=row.case, thing=f"escalation {row.id}", after=_told(row))


def take_over(session: Session, row: Escalation, *, agent: Agent, now: datetime) -> None:
    """They hold the case from now on, with all that is escalated in it.  Raises NotPermitted."""
    _must_be_open(row)
    _is_in_hand(session, find.open_in(session, row.case_number), "taken-over", agent, now)
    record(session, "escalation-taken", now=now, agent=agent, case=row.case, thing=f"escalation {row.id}", after=_told(row))
    cases.assign(session, row.case, agent, agent=agent, now=now)


def hand_back(session: Session, row: Escalation, to: Agent, words: str, *, agent: Agent, now: datetime) -> Entry:
    """Somebody else goes on, with a word of whoever was told: it is a note in the case.  Raises NotPermitted, and EmptyText."""
    _must_be_open(row)
    entry = entries.note(session, row.case, words, agent=agent, now=now)
    _is_in_hand(session, find.open_in(session, row.case_number), "handed-back", agent, now)
    after = _told(row) | {"to": to.name}
    record(session, "escalation-handed-back", now=now, agent=agent, case=row.case, thing=f"escalation {row.id}", after=after)
    cases.assign(session, row.case, to, agent=agent, now=now, told_as=None)
    notices.tell(session, to, "assigned", row.case, by=agent, entry=entry, now=now)
    return entry


def _is_in_hand(session: Session, rows: Iterable[Escalation], what: Outcome, agent: Agent, now: datetime) -> None:
    for row in rows:
        if what == "acknowledged" and row.acknowledged_at is not None:
            continue
        raising.acknowledge(session, row, agent=agent, now=now)
        if ends_by(row.reason, what):  # type: ignore[arg-type]  # a column is a str
            raising.close(session, row, what, now=now)
        else:
            row.outcome = what
            webhooks.tell(session, "escalation.acknowledged", row, now=now)


def _must_be_open(row: Escalation) -> None:
    if row.closed_at is not None:
        raise NotPermitted("This is over already.")


def _told(row: Escalation) -> dict[str, object]:
    return {"escalation": row.id, "reason": row.reason}
