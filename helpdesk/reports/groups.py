"""Which teams a report tells apart.  A figure of a team of two is a figure about two people, so small teams are told as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Agent, Membership, Team

FEWEST = 5  # people of whom figures are told together, unless figures about people are wanted
NONE = "no-team"
SMALL = "small-teams"  # the group of all teams that are smaller


@dataclass(frozen=True)
class Groups:
    """Team id (0: of none) → the name of its group.  `names`: group → what a person called it; a machine name where it is missing."""

    group_of: Mapping[int, str]
    names: Mapping[str, str]

    def of(self, team_id: int | None) -> str:
        """The group to which a team's cases are counted."""
        return self.group_of.get(team_id or 0, "0")

    def name(self, group: str) -> tuple[str, bool]:
        """What a group is called, and whether that is a machine name."""
        return (self.names[group], False) if group in self.names else (NONE if group == "0" else group, True)

    def said(self, team_id: int | None) -> str:
        """A team in a list, told no closer than its group."""
        name, is_key = self.name(self.of(team_id))
        return f":{name}" if is_key else name

    def teams(self, group: str) -> list[int]:
        """The teams of a group."""
        return [team_id for team_id, its in self.group_of.items() if its == group]

    def with_team(self, team_id: int) -> list[int]:
        """The teams of which a report is told that is asked for of one."""
        return self.teams(self.of(team_id))


def groups(session: Session) -> Groups:
    """The teams as reports tell them apart today."""
    active = select(Membership.team_id, func.count()).join(Agent, Agent.id == Membership.agent_id).where(Agent.active)
    sizes = {row[0]: row[1] for row in session.execute(active.group_by(Membership.team_id))}
    teams = {row.id: row.name for row in session.execute(select(Team.id, Team.name).order_by(Team.name))}
    small = (
        _small({team_id: sizes.get(team_id, 0) for team_id in teams}) if house(session).settings.person_figures == "none" else []
    )
    group_of = {0: "0"} | {team_id: SMALL if team_id in small else str(team_id) for team_id in teams}
    return Groups(group_of, {str(team_id): name for team_id, name in teams.items() if team_id not in small})


def _small(sizes: Mapping[int, int]) -> list[int]:
    """The teams that are told as one: those that are too small, and where they are so together, the next one as well."""
    smallest = sorted(sizes, key=lambda team_id: (sizes[team_id], team_id))
    merged = [team_id for team_id in smallest if sizes[team_id] < FEWEST]
    for team_id in smallest[len(merged) :]:
        if not merged or sum(sizes[one] for one in merged) >= FEWEST:
            break
        merged.append(team_id)
    return merged
