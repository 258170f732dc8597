"""Who may know of a case: make it confidential, let somebody in, shut somebody out.  Each is told in the case, to those who may read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import cases
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, CaseMember, CaseShutOut


def conceal(session: Session, case: Case, *, agent: Agent, now: datetime) -> None:
    """From now on only the case's insiders know of it; whoever says so stays one of them."""
    if case.confidential:
        return
    case.confidential = True
    if agent.id not in case.insiders:
        _admit(session, case, agent, agent, now)
    record(session, "concealed", now=now, agent=agent, case=case, before={"confidential": False}, after={"confidential": True})


def open_up(session: Session, case: Case, *, agent: Agent, now: datetime) -> None:
    """Everybody may know of it again, but for those who are shut out.  Raises NotPermitted where its team is confidential."""
    if case.team is not None and case.team.confidential:
        raise NotPermitted("All cases of the team %(team)s are confidential.", team=case.team.name)
    if not case.confidential:
        return
    case.confidential = False
    record(session, "opened-up", now=now, agent=agent, case=case, before={"confidential": True}, after={"confidential": False})


def let_in(session: Session, case: Case, who: Agent, *, agent: Agent, now: datetime, reason: str = "") -> None:
    """Somebody becomes an insider of a confidential case.  Raises NotPermitted for whoever is shut out or switched off."""
    if who.id in case.outsiders:
        raise NotPermitted("%(name)s is shut out of this case.", name=who.name)
    if not who.active:
        raise NotPermitted("%(name)s does not work here any more.", name=who.name)
    if who.id in case.insiders:
        return
    _admit(session, case, who, agent, now)
    record(
        session, "let-in", now=now, agent=agent, case=case, thing=f"agent {who.id}", after={"name": who.name, "reason": reason}
    )


def send_out(session: Session, case: Case, who: Agent, *, agent: Agent, now: datetime) -> None:
    """Whoever was let in is an insider no longer.  Who belongs to the team or holds the case stays one."""
    found = next((member for member in case.members if member.agent_id == who.id), None)
    if found is None:
        return
    case.members.remove(found)
    record(session, "sent-out", now=now, agent=agent, case=case, thing=f"agent {who.id}", after={"name": who.name})


def shut_out(session: Session, case: Case, who: Agent, reason: str, *, agent: Agent, now: datetime) -> None:
    """From now on the case does not exist for them, whatever their role; what they held is nobody's.  Raises NotPermitted."""
    if who.id == agent.id:
        raise NotPermitted("Nobody can shut themselves out. A colleague can do it for you.")
    if not reason.strip():
        raise NotPermitted("Say why %(name)s is shut out; it is kept with the case.", name=who.name)
    if who.id in case.outsiders:
        return
    if case.assignee_id == who.id:
        cases.assign(session, case, None, agent=agent, now=now)
    case.members = [member for member in case.members if member.agent_id != who.id]
    case.shut_out.append(CaseShutOut(agent_id=who.id, agent=who, by_id=agent.id, since=now, reason=reason.strip()))
    after = {"name": who.name, "reason": reason.strip()}
    record(session, "shut-out", now=now, agent=agent, case=case, thing=f"agent {who.id}", after=after)


def let_back(session: Session, case: Case, who: Agent, *, agent: Agent, now: datetime) -> None:
    """The case exists for them again."""
    found = next((row for row in case.shut_out if row.agent_id == who.id), None)
    if found is None:
        return
    case.shut_out.remove(found)
    before = {"reason": found.reason}
    record(session, "let-back", now=now, agent=agent, case=case, thing=f"agent {who.id}", before=before, after={"name": who.name})


def _admit(session: Session, case: Case, who: Agent, agent: Agent, now: datetime) -> None:
    case.members.append(CaseMember(agent_id=who.id, agent=who, by_id=agent.id, since=now))
    session.flush()
