"""Handing a case over so that nobody has to ask again: what was promised, what was tried, what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.actions import cases, entries, notices
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries.words import empty
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Case, Event, Handover, Team
from helpdesk.queries import handovers as find
from helpdesk.queries import people
from helpdesk.words import translations

FIELDS = ("promised", "tried", "next_step")


def hand_over(session: Session, case: Case, to: Agent | Team, note: dict[str, str], *, agent: Agent, now: datetime) -> Handover:
    """Give a case to a colleague, or to a team of whom the first takes it, with a note of three fields.

    Raises NotUsable where one of them is empty, and NotPermitted.
    """
    note = {name: note.get(name, "").replace("\r\n", "\n").replace("\x00", "\ufffd").strip() for name in FIELDS}
    for name in FIELDS:
        if not note[name]:
            raise NotUsable(name, "Write at least one line here; the next colleague asks nobody then.")
    to_team = to if isinstance(to, Team) else None
    if to_team is not None and not people.members(session, to_team):
        raise NotPermitted("Nobody is in the team %(name)s.", name=to_team.name)
    if isinstance(to, Agent) and to.id == case.assignee_id:
        raise NotPermitted("%(name)s has the case already.", name=to.name)
    holder, before = case.assignee, _as_it_is(case)
    entry = entries.note_of_handover(
        session, case, _as_text(session, note), to=to.name, team=to_team, agent=agent, now=now, before=before
    )
    cases.assign(session, case, None if isinstance(to, Team) else to, agent=agent, now=now, told_as=None)
    if to_team is not None:
        cases.put_into_team(case, to_team, agent=agent, now=now)
    row = Handover(
        case=case, entry=entry, giver=agent, holder=holder, team=to_team, to=to if isinstance(to, Agent) else None, at=now, **note
    )
    session.add(row)
    session.flush()
    for one in people.members(session, to) if isinstance(to, Team) else [to]:
        notices.tell(session, one, "handover", case, by=agent, entry=entry, now=now)
    return row


def give_to_team(session: Session, case: Case, team: Team, *, agent: Agent, now: datetime) -> Event:
    """Give a case that nobody has answered yet to a team: there is nothing to tell but that it is there."""
    before = {"team": case.team.name if case.team else None} | _as_it_is(case)
    cases.assign(session, case, None, agent=agent, now=now)
    cases.put_into_team(case, team, agent=agent, now=now)
    told = record(
        session, "given-to-team", now=now, agent=agent, case=case, before=before, after={"team": team.name, "team_id": team.id}
    )
    for one in people.members(session, team):
        notices.tell(session, one, "assigned", case, by=agent, now=now)
    return told


def take(session: Session, case: Case, *, agent: Agent, now: datetime) -> None:
    """Take over what was handed over: the person whom it was meant for, or the first of the team.  Raises NotPermitted."""
    row = find.open_in(session, case, for_change=True)
    if row is None:
        raise NotPermitted("Somebody has taken this case over already.")
    if row.to is not None and row.to_id != agent.id:
        raise NotPermitted("This case was handed over to %(name)s.", name=row.to.name)
    row.taken_at, row.taken_by = now, agent
    record(session, "handover-taken", now=now, agent=agent, case=case, thing=f"handover {row.id}", after={"from": row.giver.name})
    cases.assign(session, case, agent, agent=agent, now=now, told_as=None)


def take_back(session: Session, case: Case, event: Event, *, agent: Agent) -> dict[str, Any]:
    """Whoever had the case has it again (actions.undo did that), in the team that it was in; nobody is told who was not mailed yet.

    The note leaves the story: its writer's form has it again, and whoever hands the case over anew does not say it twice.
    """
    before = event.before
    case.team_id, case.confidential = before["team_id"], before["confidential"]
    for member in [row for row in case.members if row.agent_id not in before["members"]]:
        case.members.remove(member)
    row = find.with_note(session, event)
    notices.unsay(session, case, by=agent, at=event.at)
    if row is not None:
        session.delete(row)
        empty(session, row.entry)
    session.flush()
    session.expire(case, ["team"])
    return {"to": event.after.get("to") or event.after.get("team")}


def _as_it_is(case: Case) -> dict[str, Any]:
    """What a handover changes, so that it can be taken back."""
    return {
        "assignee_id": case.assignee_id,
        "team_id": case.team_id,
        "confidential": case.confidential,
        "members": sorted(row.agent_id for row in case.members),
    }


def _as_text(session: Session, note: dict[str, str]) -> str:
    """The note as one text, for search and for whoever reads the case elsewhere."""
    said = translations(house(session).settings.language).gettext
    labels = {"promised": said("Promised"), "tried": said("Tried"), "next_step": said("Next")}
    return "\n\n".join(f"{labels[name]}: {note[name]}" for name in FIELDS)
