"""Agents: invite, change, switch off; passwords and log-ins."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from helpdesk.actions import cases, outbox, report_mails, throttles
from helpdesk.actions.desks import NotUsable, check_signature
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Desk, PasswordLink, Team, WebSession
from helpdesk.policies import passwords
from helpdesk.policies.answering import LONGEST as LONGEST_UNDO
from helpdesk.policies.answering import SHORTEST
from helpdesk.policies.permissions import ROLES
from helpdesk.queries import addresses as find
from helpdesk.queries.cases import open_of
from helpdesk.settings import ADDRESS
from helpdesk.words import LANGUAGES

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)  # of a log-in
INVITATION, RESET = timedelta(days=7), timedelta(minutes=30)
MOST_CASES = 999  # that anybody can be said to hold
SEEN_EVERY = timedelta(minutes=1)  # how exactly «last seen» is kept: a write a page would be too many

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")  # so that an unknown name takes as long as a wrong password (W6)

_SENTENCES = {
    "short": "Use at least %(least)d characters. A few words in a row make a good password.",
    "long": "Use at most %(most)d characters.",
    "plain": "Use more than a few different characters.",
    "personal": "Do not use your own name.",
}


def create(
    session: Session, email: str, name: str, *, role: str, now: datetime, by: Agent | None = None, language: str | None = None
) -> Agent:
    """A new agent, without a password yet.  Raises NotUsable."""
    email = email.strip().lower()
    if not ADDRESS.fullmatch(email):
        raise NotUsable("email", "“%(email)s” is not a mail address like bob@example.org.", email=email)
    if find.is_own(session, email) or session.scalar(select(Desk).where(Desk.address == email)) is not None:
        raise NotUsable("email", "%(email)s is an address of the desk itself; mail to it would run in a circle.", email=email)
    if session.scalar(select(Agent).where(Agent.email == email)) is not None:
        raise NotUsable("email", "There is an agent with %(email)s already.", email=email)
    _check({"role": role, "language": language})
    name = " ".join(name.split()) or email.partition("@")[0]
    agent = Agent(email=email, name=name, role=role, language=language, created_at=now)
    session.add(agent)
    session.flush()
    record(session, "agent-added", now=now, agent=by, thing=f"agent {agent.id}", after={"email": email, "role": role})
    report_mails.welcome(session, agent, now=now)
    return agent


def change(session: Session, agent: Agent, values: dict[str, Any], *, by: Agent, now: datetime) -> None:
    """Change name, formal_name, role, language, notify, muted, single_keys, undo_seconds, active, needs_release,
    signature or capacity.  Raises NotUsable.

    Whoever is switched off is logged out at once, and nobody waits at their empty chair: their open cases are nobody's again.
    """
    permitted = {
        "name", "formal_name", "role", "language", "notify", "muted", "single_keys", "undo_seconds", "active", "needs_release", "signature",
        "capacity",
    }  # fmt: skip
    if set(values) - permitted:
        raise NotUsable(min(set(values) - permitted), "This cannot be changed.")
    _check(values)
    values = {key: " ".join(value.split()) if key in ("name", "formal_name") else value for key, value in values.items()}
    loses = agent.role == "admin" and (values.get("role", "admin") != "admin" or values.get("active") is False)
    if loses and not _other_admin(session, agent):
        field = "active" if values.get("active") is False else "role"
        raise NotUsable(field, "Somebody has to stay admin.")
    before = {name: getattr(agent, name) for name in values}
    for name, value in values.items():
        setattr(agent, name, value)
    if before.get("role", agent.role) != agent.role or not agent.active:
        log_out_everywhere(session, agent)
    record(session, "agent-changed", now=now, agent=by, thing=f"agent {agent.id}", before=before, after=values)
    if before.get("role", agent.role) != agent.role:
        report_mails.welcome(session, agent, now=now)
    if not agent.active:
        for case in open_of(session, agent):
            cases.assign(session, case, None, agent=by, now=now)


def join(session: Session, agent: Agent, teams: Sequence[Team], *, by: Agent, now: datetime) -> None:
    """Be in these teams and in no other."""
    before = {"teams": [team.id for team in agent.teams]}
    after = {"teams": [team.id for team in teams]}
    if sorted(before["teams"]) == sorted(after["teams"]):
        return
    agent.teams = list(teams)
    record(session, "agent-changed", now=now, agent=by, thing=f"agent {agent.id}", before=before, after=after)


def invite(session: Session, agent: Agent, *, by: Agent | None, now: datetime) -> None:
    """Mail a link by which the agent chooses a password.  Earlier links end."""
    session.execute(delete(PasswordLink).where(PasswordLink.agent_id == agent.id))
    _mail_link(session, agent, "invitation", INVITATION, now)
    record(session, "agent-invited", now=now, agent=by, thing=f"agent {agent.id}")


def forgot_password(session: Session, email: str, *, now: datetime) -> None:
    """Mail a reset link, if there is such an agent; the caller says the same either way."""
    email = email.strip().lower()
    name = f"reset {email[:100]}"
    throttles.slow_down(session, name, now)
    throttles.failed(session, name, now)
    agent = session.scalar(select(Agent).where(Agent.email == email, Agent.active))
    if agent is not None:
        _mail_link(session, agent, "reset", RESET, now)


def link_holder(session: Session, token: str, *, now: datetime, for_use: bool = False) -> PasswordLink | None:
    """The link behind this token, if it still works.  `for_use` locks it: of two at once, one is too late."""
    link = session.get(PasswordLink, house(session).keys.digest("token", token), with_for_update=for_use)
    works = link is not None and link.used_at is None and link.expires_at > now and link.agent.active
    return link if works else None


def use_link(session: Session, link: PasswordLink, password: str, *, now: datetime) -> Agent:
    """Choose a password by a link; once.  Raises NotUsable."""
    _refuse_weak(link.agent, password)
    link.used_at = now
    set_password(session, link.agent, password, now=now)
    return link.agent


def change_password(session: Session, agent: Agent, current: str, password: str, *, now: datetime) -> None:
    """A new password for whoever knows the present one.  Raises NotUsable, and Throttled after too many wrong guesses."""
    name = f"password {agent.id}"
    throttles.slow_down(session, name, now)
    if not _verify(agent, current[: passwords.MOST + 1]):
        throttles.failed(session, name, now)
        raise NotUsable("current", "This is not your present password.")
    set_password(session, agent, password, now=now)
    throttles.forget(session, name)


def set_password(session: Session, agent: Agent, password: str, *, now: datetime) -> None:
    """A new password; all log-ins and links of the agent end.  Raises NotUsable."""
    _refuse_weak(agent, password)
    agent.password_hash = _hasher.hash(password)
    log_out_everywhere(session, agent)
    session.execute(delete(PasswordLink).where(PasswordLink.agent_id == agent.id, PasswordLink.used_at.is_(None)))
    record(session, "password-set", now=now, agent=agent, thing=f"agent {agent.id}")


def log_in(session: Session, email: str, password: str, *, ip: str, now: datetime) -> str | None:
    """The token of a new session, or None where name or password is wrong.  Raises Throttled."""
    email = email.strip().lower()
    names = [f"agent {email[:100]}", f"ip {ip}"]
    for name in names:
        throttles.slow_down(session, name, now)
    agent = session.scalar(select(Agent).where(Agent.email == email, Agent.active))
    if not _verify(agent, password[: passwords.MOST + 1]):
        for name in names:
            throttles.failed(session, name, now)
        return None
    assert agent is not None
    if _hasher.check_needs_rehash(agent.password_hash or ""):
        agent.password_hash = _hasher.hash(password)
    throttles.forget(session, *names)
    token = secrets.token_urlsafe(32)
    digest = house(session).keys.digest("token", token)
    session.add(WebSession(digest=digest, agent_id=agent.id, created_at=now, seen_at=now))
    record(session, "logged-in", now=now, agent=agent, thing=f"agent {agent.id}")
    return token


_OF_DIGEST = (
    select(WebSession, Agent).join(Agent, Agent.id == WebSession.agent_id).where(WebSession.digest == bindparam("digest"))
)


def session_of(session: Session, token: str, *, now: datetime) -> WebSession | None:
    """The living log-in behind this cookie: 30 minutes idle, 12 hours at the longest."""
    digest = house(session).keys.digest("token", token)
    row = session.execute(_OF_DIGEST, {"digest": digest}).one_or_none()
    found = row[0] if row is not None else None
    if found is None or not found.agent.active or now - found.seen_at > IDLE or now - found.created_at > LONGEST:
        return None
    return found


def seen(found: WebSession, *, now: datetime) -> bool:
    """Whether the session's last sign of life is old enough to be written down again; it is then noted on the row."""
    stale = now - found.seen_at >= SEEN_EVERY
    if stale:
        found.seen_at = now
    return stale


def log_out(session: Session, token: str) -> None:
    session.execute(delete(WebSession).where(WebSession.digest == house(session).keys.digest("token", token)))


def log_out_everywhere(session: Session, agent: Agent) -> None:
    session.execute(delete(WebSession).where(WebSession.agent_id == agent.id))


def forget_old(session: Session, *, now: datetime) -> None:
    """Strike off dead sessions, links and throttles."""
    session.execute(delete(WebSession).where(WebSession.seen_at < now - IDLE))
    session.execute(delete(WebSession).where(WebSession.created_at < now - LONGEST))
    session.execute(delete(PasswordLink).where(PasswordLink.expires_at < now))
    throttles.forget_old(session, now=now)


def _check(values: dict[str, Any]) -> None:
    if "name" in values and not values["name"].strip():
        raise NotUsable("name", "An agent needs a name; customers read it below the answers.")
    if values.get("role", ROLES[0]) not in ROLES:
        raise NotUsable("role", "Choose one of the roles of the list.")
    check_signature(values.get("signature", ""))
    if values.get("language") not in (None, *LANGUAGES):
        raise NotUsable("language", "Choose one of the languages of the list.")
    if not SHORTEST <= values.get("undo_seconds", SHORTEST) <= LONGEST_UNDO:
        raise NotUsable("undo_seconds", "Choose one from the list.")
    if not 0 <= (values.get("capacity") or 0) <= MOST_CASES:
        raise NotUsable("capacity", "Write a whole number up to 999, or leave it empty.")


def _refuse_weak(agent: Agent, password: str) -> None:
    trouble = passwords.trouble(password, email=agent.email)
    if trouble:
        raise NotUsable("password", _SENTENCES[trouble], least=passwords.LEAST, most=passwords.MOST)


def _verify(agent: Agent | None, password: str) -> bool:
    try:
        return _hasher.verify((agent and agent.password_hash) or _NOBODY, password) and bool(agent and agent.password_hash)
    except (VerificationError, InvalidHashError):
        return False


def _mail_link(session: Session, agent: Agent, kind: str, life: timedelta, now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    digest = house(session).keys.digest("token", token)
    session.add(PasswordLink(digest=digest, agent_id=agent.id, kind=kind, created_at=now, expires_at=now + life))
    outbox.queue_to_agent(session, kind, agent, {"token": house(session).keys.lock(token)}, now=now)


def _other_admin(session: Session, agent: Agent) -> bool:
    others = select(Agent.id).where(Agent.role == "admin", Agent.active, Agent.id != agent.id)
    return session.scalar(others.limit(1)) is not None
