"""Telling those whom a note names: colleagues, and everybody of a team."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import notices
from helpdesk.models import Agent, Case, Entry, Team
from helpdesk.policies import mentions
from helpdesk.present.mentions import mark
from helpdesk.queries import people


def tell(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> None:
    """Tell everybody whom this note mentions.  Who may not see the case is not told, and the note remembers that.

    Its traits keep `mentions`: {told, blind: names; ambiguous: a word and whom it could mean}.
    """
    agents = {one.id: one for one in people.agents(session)}
    teams = {team.id: team for team in people.teams(session)}
    found = mentions.find(entry.text, _names(agents), _names(teams))
    if not found.words and not found.ambiguous:
        return
    meant = {one: agents[one] for one in found.agents}
    for team in found.teams:
        meant |= {one.id: one for one in people.members(session, teams[team]) if one.active}
    told, blind = [], []
    for one in meant.values():
        if notices.may_be_told(session, one, case):
            notices.tell(session, one, "mention", case, by=agent, entry=entry, now=now)
            told.append(one.name)
        else:
            blind.append(one.name)
    entry.html = mark(entry.html or "", found.words)
    entry.traits = {**(entry.traits or {}), "mentions": {"told": told, "blind": blind, "ambiguous": found.ambiguous}}


def _names(rows: dict[int, Agent] | dict[int, Team]) -> dict[int, str]:
    return {ident: row.name for ident, row in rows.items()}
