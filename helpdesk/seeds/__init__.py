"""A believable demo desk, made by actions only, as if its people had worked for three weeks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.actions import agents, calls, cases, desks, entries, facts, goodwill, handovers, people, suggestions, tags
from helpdesk.models import Agent, Case, Desk, Team
from helpdesk.seeds.stories import STORIES, Step, Story

PASSWORD = "hold the line please"  # noqa: S105  # of the playground, which listens on loopback only


PEOPLE = (
    ("carol@desk.example", "Carol Winter", "admin"),
    ("bob@desk.example", "Bob Keller", "agent"),
    ("dana@desk.example", "Dana Yilmaz", "agent"),
    ("erik@desk.example", "Erik Lund", "supervisor"),
)

# (title, text, language): where an answer may begin
SUGGESTIONS = (
    (
        "Ersatz ist unterwegs",
        "{salutation},\n\ndas tut mir leid. Der Ersatz geht heute hinaus; Sie müssen nichts zurückschicken.",
        "de",
    ),
    (
        "Erstattung ist freigegeben",
        "{salutation},\n\nich habe die Erstattung heute freigegeben. Sie ist spätestens am … auf Ihrem Konto.",
        "de",
    ),
    (
        "A refund is on its way",
        "{salutation},\n\nthe refund was released today. It will be on your account by … at the latest.",
        "en",
    ),
)


def fill(session: Session, *, now: datetime) -> bool:
    """Make the demo desk, if there is no case yet; whether it was made."""
    if session.scalar(select(func.count()).select_from(Case)):
        return False
    start = now - timedelta(days=49)
    staff = _staff(session, start)
    front = _desks(session, staff.values(), start)
    for story in sorted(STORIES, key=lambda s: -s.steps[0].hours_ago):
        _tell(session, story, staff, front, now)
    for title, text, language in SUGGESTIONS:
        values = {"title": title, "text": text, "language": language, "kind": "start", "team": None}
        suggestions.add(session, values, agent=staff[PEOPLE[0][0]], now=start)
    return True


def _staff(session: Session, now: datetime) -> dict[str, Agent]:
    staff = {}
    for email, name, role in PEOPLE:
        agent = agents.create(session, email, name, role=role, now=now)
        agents.set_password(session, agent, PASSWORD, now=now)
        staff[email] = agent
    return staff


def _desks(session: Session, staff: Iterable[Agent], now: datetime) -> list[Desk]:
    names = (("Lindenhof Versand", "Kundendienst"), ("Lindenhof Buchhaltung", "Rechnungen"))
    known = list(session.scalars(select(Desk).order_by(Desk.id)))
    for desk, (name, team) in zip(known, names, strict=False):
        desk.name, desk.language = name, "de"
        desk.team = session.scalar(select(Team).where(Team.name == team)) or desks.add_team(session, team, agent=None, now=now)
        for agent in staff:
            agents.join(session, agent, [*agent.teams, desk.team], by=agent, now=now)
    return known


def _tell(session: Session, story: Story, staff: dict[str, Agent], front: list[Desk], now: datetime) -> None:
    first = now - timedelta(hours=story.steps[0].hours_ago)
    person = people.known(session, story.address, story.name, now=first, language=story.language)
    case = cases.open_case(session, front[story.desk % len(front)], person, story.subject, now=first, language=story.language)
    for step in story.steps:
        _happen(session, case, story, step, staff, now - timedelta(hours=step.hours_ago))


def _happen(session: Session, case: Case, story: Story, step: Step, staff: dict[str, Agent], at: datetime) -> None:
    agent = staff[step.who] if step.who else None
    files = [entries.Upload(*file) for file in step.files]
    match step.what:
        case "wrote":
            _wrote(session, case, story, step, files, at)
        case "stranger":
            mail = entries.Incoming("emre.d@post.example", step.text, step.text, flags=("stranger",))
            entries.receive(session, case, mail, person=None, counts=False, now=at)
        case "answered" if agent:
            promise = at + timedelta(hours=step.hours_ago - step.promise) if step.promise is not None else None
            entries.reply(session, case, step.text, agent=agent, now=at, files=files, promise=promise)
        case "noted" if agent:
            entries.note(session, case, step.text, agent=agent, now=at)
        case "took" if agent:
            cases.assign(session, case, agent, agent=agent, now=at)
        case "called" if agent:
            calls.log(session, case, calls.Contact("call", at, step.text), agent=agent, now=at)
        case "handed" if agent:
            note = dict(zip(handovers.FIELDS, step.text.split("|"), strict=True))
            handovers.hand_over(session, case, staff[step.to], note, agent=agent, now=at)
        case "tagged" if agent:
            tags.add(session, case, step.text, agent=agent, now=at)
        case "pinned" if agent:
            _pin(session, case, step.text, agent, at)
        case "gave" if agent:
            amount, why = step.text.split("|")
            goodwill.give(session, case, amount, "EUR", "gift", why, agent=agent, now=at)
        case "solved" if agent:
            entries.reply(session, case, step.text, agent=agent, now=at, then_resolve=True)
        case _:
            raise ValueError(f"a story has no step {step.what!r}")


def _pin(session: Session, case: Case, said: str, agent: Agent, at: datetime) -> None:
    kind, value = said.split("=")
    name = {"order": "Bestellung", "amount": "Betrag"}[kind]
    entry = entries.last_from_outside(session, case)
    facts.pin(session, case, name, value, agent=agent, now=at, kind=kind, entry=entry)


def _wrote(session: Session, case: Case, story: Story, step: Step, files: Sequence[entries.Upload], at: datetime) -> None:
    first = entries.last_from_outside(session, case) is None
    visible = "\n".join(line for line in step.text.splitlines() if not line.startswith(">"))
    message_id = f"<{case.number}-{int(at.timestamp())}@{story.address.partition('@')[2]}>"
    mail = entries.Incoming(
        story.name, step.text, visible, subject=story.subject, message_id=message_id, claimed_at=at, files=files
    )
    entry = entries.receive(session, case, mail, person=case.requester, counts=True, now=at)
    if first:
        entries.acknowledge(session, case, entry, now=at)
