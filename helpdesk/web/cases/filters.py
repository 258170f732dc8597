"""What a list of cases is asked for: by the address of its page, by a form, or by a view that somebody saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode

from flask import g

from helpdesk.db import house
from helpdesk.models import Agent, Team
from helpdesk.policies.cases import CHANNELS, STATES, State
from helpdesk.queries.in_views import VIEWS, View
from helpdesk.queries.lists import Wanted
from helpdesk.web.cases.sentence_details import channel
from helpdesk.web.language import Dates
from helpdesk.web.language import gettext as _

FIELDS = ("view", "q", "state", "assignee", "team", "tag", "channel", "customer", "due")
NOBODY = "0"
LONGEST = 200  # characters


@dataclass(frozen=True)
class Chip:
    """One chosen filter: what it says, and the address of the list without it."""

    words: str
    without: str


class Filters:
    """The filters by their names, as text; one that makes no sense is left out."""

    def __init__(self, asked: Mapping[str, str], *, saved: int | None = None) -> None:
        texts = {name: " ".join(str(asked.get(name, "")).replace("\x00", " ").split())[:LONGEST] for name in FIELDS}
        allowed = {"view": VIEWS, "state": STATES, "channel": CHANNELS}
        for name, values in allowed.items():
            if texts[name] not in values:
                texts[name] = ""
        for name in ("assignee", "team"):
            if not (texts[name].isascii() and texts[name].isdigit() and len(texts[name]) < 10):
                texts[name] = ""
        if between(texts["due"]) is None:
            texts["due"] = ""
        texts["view"] = texts["view"] or ("all" if any(texts.values()) else "ours")
        self.texts, self.saved = texts, saved

    @property
    def view(self) -> View:
        return cast(View, self.texts["view"])

    @property
    def words(self) -> str:
        return self.texts["q"]

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen besides the view and the words."""
        return {name: text for name, text in self.texts.items() if text and name not in ("view", "q")}

    @property
    def kept(self) -> dict[str, str]:
        """What a saved view remembers."""
        return {name: text for name, text in self.texts.items() if text}

    def wanted(self) -> Wanted:
        """The same as a question to the database."""
        number = {name: int(self.texts[name]) if self.texts[name] else None for name in ("assignee", "team")}
        return Wanted(
            state=cast(State, self.texts["state"]) if self.texts["state"] else None,
            view=self.view,
            assignee=number["assignee"],
            team_id=number["team"],
            tag=self.texts["tag"],
            channel=self.texts["channel"],
            customer=self.texts["customer"],
            words=self.words,
            due=between(self.texts["due"]),
        )

    def path(self, **changed: str) -> str:
        """The address of this list, or of one that differs in some filters ("" leaves one out)."""
        texts = {name: text for name, text in {**self.texts, **changed}.items() if text}
        return f"/cases?{urlencode(texts)}"

    @property
    def here(self) -> str:
        """The address of this list as its reader knows it: of a saved view by its id."""
        return f"/cases?saved={self.saved}" if self.saved else self.path()

    def chips(self, agents: Sequence[Agent], teams: Sequence[Team]) -> list[Chip]:
        """Each chosen filter in words.  Somebody, or a team, that is not there any more is called by what they are not."""
        holders = {NOBODY: _("nobody"), **{str(agent.id): agent.name for agent in agents}}
        houses = {NOBODY: _("none"), **{str(team.id): team.name for team in teams}}
        said: dict[str, Callable[[str], str]] = {
            "state": state,
            "assignee": lambda text: _("with %(name)s", name=holders.get(text, "–")),
            "team": lambda text: _("Team: %(name)s", name=houses.get(text, "–")),
            "tag": lambda text: _("Tag: %(name)s", name=text),
            "channel": channel,
            "customer": lambda text: _("Customer: %(name)s", name=text),
            "due": _hour,
        }
        return [Chip(said[name](text), self.path(**{name: ""})) for name, text in self.chosen.items()]


def between(text: str) -> tuple[datetime, datetime] | None:
    """The two instants of «1793696400-1793700000», by which a board names an hour; None for nonsense."""
    parts = text.split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) <= 10 for part in parts):
        return None
    since, until = (datetime.fromtimestamp(int(part), UTC) for part in parts)
    return (since, until) if since < until else None


def _hour(text: str) -> str:
    """«due after today, 14:00, by today, 15:00»"""
    found, say = between(text), Dates(house(g.session).settings)
    assert found is not None
    return _("due after %(since)s, by %(until)s", since=say.amid(found[0]), until=say.amid(found[1]))


def state(name: str) -> str:
    """A state in words."""
    names = {"new": _("new"), "open": _("our turn"), "waiting": _("waiting for them"), "resolved": _("solved")}
    return names.get(name, name)
