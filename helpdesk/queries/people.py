"""Agents, teams, customers."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk.models import Agent, ApiToken, Case, Desk, Membership, Participant, Person, PersonWord, Team
from helpdesk.policies.folding import fold, spellings
from helpdesk.queries.cases import MOST, same_person, seen_by
from helpdesk.queries.one_of import one_of
from helpdesk.queries.sight import hidden_from

_LAST = "\U0010ffff"  # no word that begins with another sorts behind that one with this at its end


def agent_by_email(session: Session, email: str) -> Agent | None:
    return session.scalar(select(Agent).where(Agent.email == email.strip().lower()))


def agents(session: Session, *, active_only: bool = True) -> list[Agent]:
    query = select(Agent).options(selectinload(Agent.teams)).order_by(Agent.name)
    return list(session.scalars(query.where(Agent.active) if active_only else query))


_AGENTS = select(Agent).order_by(Agent.name)
_MEMBERS = select(Team, Membership.agent_id).outerjoin(Membership, Membership.team_id == Team.id).order_by(Team.name)


def staff(session: Session) -> tuple[list[Agent], list[Team]]:
    """Everybody who works or worked here with their teams, and all teams, both by name."""
    agents = list(session.scalars(_AGENTS))
    teams: dict[Team, None] = {}
    of_agent: defaultdict[int | None, list[Team]] = defaultdict(list)
    for team, agent_id in session.execute(_MEMBERS):
        teams[team] = None
        of_agent[agent_id].append(team)
    for agent in agents:
        set_committed_value(agent, "teams", of_agent[agent.id])
    return agents, list(teams)


def person_at(session: Session, address: str, agent: Agent) -> Person | None:
    """Whoever wrote to us from this mail address, if this agent may know of them."""
    return session.scalar(select(Person).where(Person.address == address.strip().lower(), known_to(agent)))


def other_addresses(session: Session, person: Person, agent: Agent) -> list[Person]:
    """The same person at other addresses that this agent may know of, by address."""
    others = set(same_person(session, person.id)) - {person.id}
    if not others:
        return []
    query = select(Person).where(Person.id.in_(others), known_to(agent))
    return list(session.scalars(query.order_by(Person.address)))


def teams(session: Session) -> list[Team]:
    return list(session.scalars(select(Team).order_by(Team.name)))


def members(session: Session, team: Team) -> list[Agent]:
    """Who is in a team, by name."""
    query = select(Agent).join(Membership, Membership.agent_id == Agent.id).where(Membership.team_id == team.id)
    return list(session.scalars(query.order_by(Agent.name)))


def tokens(session: Session, agent: Agent) -> list[ApiToken]:
    """The agent's API tokens that still open something, the newest first."""
    query = select(ApiToken).where(ApiToken.agent_id == agent.id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(query.order_by(ApiToken.id.desc())))


def desks(session: Session, *, active_only: bool = False) -> list[Desk]:
    query = select(Desk).order_by(Desk.id)
    return list(session.scalars(query.where(Desk.active) if active_only else query))


def customers(session: Session, agent: Agent, words: str = "", *, limit: int = 50, offset: int = 0) -> list[tuple[Person, int]]:
    """(person, number of their cases that this agent may see), by name; `words` as `named`."""
    query = select(Person).where(named(words), known_to(agent)).order_by(Person.sorted_as, Person.id).limit(limit).offset(offset)
    found = list(session.scalars(query))
    theirs = (one_of(session, Case.requester_id, [person.id for person in found]), Case.merged_into.is_(None), seen_by(agent))
    cases = select(Case.requester_id, func.count()).where(*theirs).group_by(Case.requester_id)
    numbers = {row[0]: row[1] for row in session.execute(cases)}
    return [(person, numbers.get(person.id, 0)) for person in found]


def customer_count(session: Session, agent: Agent, words: str = "") -> int:
    """How many there are; MOST + 1 where there are more than MOST."""
    some = select(Person.id).where(named(words), known_to(agent)).limit(MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def known_to(agent: Agent) -> ColumnElement[bool]:
    """Whom this agent may know of: not those who are here only by cases that do not exist for the agent."""
    of_hidden = select(Participant.person_id).where(Participant.case_number.in_(hidden_from(agent)))
    of_seen = select(Participant.person_id).join(Case, Case.number == Participant.case_number).where(seen_by(agent))
    return or_(Person.id.not_in(of_hidden), Person.id.in_(of_seen))


def person(session: Session, person_id: int, agent: Agent) -> Person | None:
    """Somebody, if this agent may know of them."""
    return session.scalar(select(Person).where(Person.id == person_id, known_to(agent)))


def named(words: str) -> ColumnElement[bool]:
    """In whose name or address each of these is a word or begins one, in any spelling; everybody without any."""
    if not words.strip():
        return true()
    folded = fold(words).split()
    return and_(*(Person.id.in_(_with_word(word)) for word in folded)) if folded else false()


def _with_word(word: str) -> Select[int]:
    begins = [and_(PersonWord.word >= form, PersonWord.word < form + _LAST) for form in spellings(word)]
    return select(PersonWord.person_id).where(or_(*begins))
