"""Front desks, teams and who is in them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import measuring
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Desk, Team
from helpdesk.policies import placeholders
from helpdesk.policies.promises import NAMINGS
from helpdesk.settings import ADDRESS
from helpdesk.words import LANGUAGES

SENDERS = ("full", "formal", "desk")  # what From shows of whoever answers

CHANGEABLE = frozenset((
    "name", "team_id", "language", "sender", "acknowledges", "active", "needs_release", "address_form", "signature", "names_time", "apologises",
    "asks_satisfaction",
))  # fmt: skip
FORMS = ("sie", "du")  # how German mail speaks to people


class NotUsable(Exception):
    """This value cannot be.  `field` names it, `str()` is a sentence for people.

    `sentence` is the same with %(name)s in the place of each of the `values`: a translation is found by it.
    """

    def __init__(self, field: str, sentence: str, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.field, self.sentence, self.values = field, sentence, values


def sync_from_settings(session: Session, *, now: datetime) -> None:
    """Every address of HOLDLINE_FRONT_DESKS is a desk; what was changed in the web since then stays as it is."""
    settings = house(session).settings
    for address in settings.front_desks:
        if session.scalar(select(Desk).where(Desk.address == address)) is None:
            name = "Help desk" if settings.language == "en" else "Kundendienst"
            add(session, address, name, language=settings.language, agent=None, now=now)


def add(
    session: Session,
    address: str,
    name: str,
    *,
    language: str,
    agent: Agent | None,
    now: datetime,
    team: Team | None = None,
    sender: str = "full",
    acknowledges: bool = True,
) -> Desk:
    """A new front desk.  Raises NotUsable."""
    address = address.strip().lower()
    if not ADDRESS.fullmatch(address):
        raise NotUsable("address", "“%(address)s” is not a mail address like help@example.org.", address=address)
    if session.scalar(select(Desk).where(Desk.address == address)) is not None:
        raise NotUsable("address", "%(address)s is a front desk already.", address=address)
    if session.scalar(select(Agent).where(Agent.email == address)) is not None:
        raise NotUsable("address", "%(address)s is the address of an agent; mail to it would run in a circle.", address=address)
    settings = house(session).settings
    if settings.reply_form == "domain" and address.endswith("@" + settings.reply_domain):
        raise NotUsable("address", "%(domain)s is for reply addresses only.", domain=settings.reply_domain)
    _check({"language": language, "sender": sender})
    name = " ".join(name.split()) or address
    desk = Desk(address=address, name=name, language=language, team=team, sender=sender, acknowledges=acknowledges)
    session.add(desk)
    session.flush()
    record(session, "desk-added", now=now, agent=agent, thing=f"desk {desk.id}", after={"address": address, "name": desk.name})
    return desk


def change(session: Session, desk: Desk, values: dict[str, Any], *, agent: Agent, now: datetime) -> None:
    """Change what CHANGEABLE names.  Raises NotUsable."""
    if set(values) - CHANGEABLE:
        raise NotUsable(min(set(values) - CHANGEABLE), "This cannot be changed.")
    _check(values)
    if values.get("active") is False and desk.address == house(session).settings.main_desk:
        raise NotUsable("active", "This is the first address of HOLDLINE_FRONT_DESKS; one door has to stay open.")
    if "name" in values:
        values = {**values, "name": " ".join(values["name"].split())}
    before = {name: getattr(desk, name) for name in values}
    for name, value in values.items():
        setattr(desk, name, value)
    record(session, "desk-changed", now=now, agent=agent, thing=f"desk {desk.id}", before=before, after=values)


def add_team(session: Session, name: str, *, agent: Agent | None, now: datetime) -> Team:
    """A new team.  Raises NotUsable."""
    team = Team(name=_team_name(session, name))
    session.add(team)
    session.flush()
    record(session, "team-added", now=now, agent=agent, thing=f"team {team.id}", after={"name": team.name})
    return team


def change_team(
    session: Session,
    team: Team,
    *,
    name: str,
    members: Collection[Agent],
    agent: Agent | None,
    now: datetime,
    confidential: bool | None = None,
) -> None:
    """Rename a team, say who is in it, and whether only they know of its cases (None: as before).  Raises NotUsable."""
    name = _team_name(session, name, but=team)
    present = list(session.scalars(select(Agent).where(Agent.teams.contains(team)).order_by(Agent.id)))
    before = {"name": team.name, "members": [member.id for member in present], "confidential": team.confidential}
    team.name, team.confidential = name, team.confidential if confidential is None else confidential
    for gone in [member for member in present if member not in members]:
        gone.teams.remove(team)
    for new in [member for member in members if member not in present]:
        new.teams.append(team)
    after = {"name": team.name, "members": sorted(member.id for member in members), "confidential": team.confidential}
    record(session, "team-changed", now=now, agent=agent, thing=f"team {team.id}", before=before, after=after)
    if before["confidential"] != team.confidential:
        measuring.follow_team(session, team.id)


def _check(values: dict[str, Any]) -> None:
    if "name" in values and not values["name"].strip():
        raise NotUsable("name", "A desk needs a name; customers see it as the sender.")
    if values.get("language", LANGUAGES[0]) not in LANGUAGES:
        raise NotUsable("language", "Choose one of the languages of the list.")
    if values.get("address_form", FORMS[0]) not in FORMS:
        raise NotUsable("address_form", "Choose one from the list.")
    if values.get("names_time", NAMINGS[0]) not in NAMINGS:
        raise NotUsable("names_time", "Choose one from the list.")
    check_signature(values.get("signature", ""))
    if values.get("sender", SENDERS[0]) not in SENDERS:
        raise NotUsable("sender", "Choose one of the senders of the list.")


def check_signature(text: str) -> None:
    """Raises NotUsable."""
    strange = placeholders.unknown(text, placeholders.SIGNATURE)
    if strange:
        raise NotUsable("signature", "There is no placeholder {%(name)s}.", name=strange[0])


def _team_name(session: Session, name: str, *, but: Team | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise NotUsable("name", "A team needs a name.")
    other = session.scalar(select(Team).where(Team.name == name))
    if other is not None and other is not but:
        raise NotUsable("name", "There is a team “%(name)s” already.", name=name)
    return name
