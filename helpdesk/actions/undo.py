"""Taking a deed back: the case is again what it was before, and its story tells both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, friction, handovers, letting_go, links, notices, participants, revived, split, tags
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Event, TakenBack
from helpdesk.policies.undo import BRINGS, obstacle
from helpdesk.queries.events import is_news, stands


def take_back(session: Session, case: Case, event: Event, *, agent: Agent, now: datetime) -> Event:
    """Put the case back as it was before this deed of the agent's.

    Raises NotPermitted where it is not theirs, too long ago, or where anything happened to the case since.
    """
    since = session.scalars(select(Event).where(Event.case_number == case.number, Event.id > event.id, stands(), is_news()))
    match obstacle(event, since, agent_id=agent.id, now=now):
        case "foreign":
            raise NotPermitted("This cannot be taken back.")
        case "late":
            raise NotPermitted("It is too late to take this back.")
        case "overtaken":
            raise NotPermitted("Something has happened in the case since, so it stays as it is.")
    before = {"state": case.state, "assignee": case.assignee.name if case.assignee else None}
    more: dict[str, Any] = {}
    gone: list[Event] = []
    match event.deed:
        case "assigned":
            _give_back(session, case, event, now)
        case "friction-marked":
            friction.take_off(session, case, friction.marked_by(session, event), now=now)
            more = {"kind": event.after["kind"], "name": event.after["name"]}
        case "escalation-seen" | "escalation-taken" | "escalation-handed-back":
            gone = _let_go(session, case, event, now)
        case "tagged" | "untagged":
            more = {"tag": tags.take_back(session, case, event, agent=agent, now=now)}
        case "linked" | "unlinked":
            return links.take_back(session, case, event, agent=agent, now=now)
        case "split":
            more = {"withdrawn": split.take_back(session, event, agent=agent, now=now)}
        case "handed-over" | "given-to-team":
            _give_back(session, case, event, now)
            more = handovers.take_back(session, case, event, agent=agent)
        case "participant-added" | "participant-removed" | "requester-changed":
            more = participants.take_back(session, case, event, now=now)
        case "address-revoked" | "address-extended":
            more = revived.take_back(session, case, event, now=now)
        case _:
            _restore(session, case, event.before)
            if event.deed in ("marked-spam", "unmarked-spam"):
                case.spam_at = addresses.instant(event.before.get("spam_at"))
    after = {"state": case.state, "assignee": case.assignee.name if case.assignee else None, "undone": event.deed} | more
    told = record(session, "undone", now=now, agent=agent, case=case, before=before, after=after)
    session.add_all(TakenBack(event_id=one.id, by_id=told.id) for one in gone or _brought_by(session, event))
    session.flush()
    return told


def _brought_by(session: Session, event: Event) -> Sequence[Event]:
    """What it brought about by itself at the same instant."""
    same = Event.case_number == event.case_number, Event.at == event.at, Event.deed.in_(BRINGS.get(event.deed, ()))
    return session.scalars(select(Event).where(*same, stands())).all()


def _let_go(session: Session, case: Case, event: Event, now: datetime) -> list[Event]:
    """An escalation waits again, and the case is in whose hand it was; the events that are true no more by that."""
    given = letting_go.handed(session, event)
    if given is not None:
        _give_back(session, case, given, now)
    letting_go.let_go(session, event, now=now)
    return [event] if given is None else [event, given]


def _give_back(session: Session, case: Case, event: Event, now: datetime) -> None:
    holder = session.get(Agent, event.before.get("assignee_id") or 0)
    if holder is not None and not holder.active:
        raise NotPermitted("%(name)s does not work here any more.", name=holder.name)
    if event.deed == "assigned" and case.assignee is not None:
        notices.withdraw(session, case.assignee, case, since=event.at, now=now)
    case.assignee = holder


def _restore(session: Session, case: Case, before: dict[str, Any]) -> None:
    case.state = before["state"]
    case.waiting_since, case.resolved_at = addresses.instant(before["waiting_since"]), addresses.instant(before["resolved_at"])
    addresses.give_lives_back(session, case, before["doors"])
