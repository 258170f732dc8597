"""Deeds on suggestions: propose, add, change, put away; and what became of them when they were sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from helpdesk import wording
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Suggestion, Team
from helpdesk.policies import placeholders
from helpdesk.policies.folding import fold
from helpdesk.policies.permissions import may
from helpdesk.queries import suggestions as find
from helpdesk.words import LANGUAGES

KINDS = ("start", "prescribed")
Count = Literal["changed", "unchanged"]
Write = Callable[[dict[str, Any]], Suggestion]  # a deed that takes what was typed


def add(session: Session, values: dict[str, Any], *, agent: Agent, now: datetime) -> Suggestion:
    """A new one.  Whoever may change the library adds it, everybody else proposes it.  Raises NotUsable."""
    row = Suggestion(state="active" if may(agent, "suggestion.change") else "proposed", author=agent, unchanged=0, changed=0)
    _write(session, row, values, now)
    session.add(row)
    session.flush()
    deed = "suggestion-added" if row.state == "active" else "suggestion-proposed"
    record(session, deed, now=now, agent=agent, thing=_thing(row), after=_said(row))
    return row


def change(session: Session, row: Suggestion, values: dict[str, Any], *, agent: Agent, now: datetime) -> Suggestion:
    """Other words; the counts begin anew where the text is another.  Raises NotUsable."""
    before = _said(row)
    _write(session, row, values, now)
    if row.text != before["text"]:
        row.unchanged = row.changed = 0
    record(session, "suggestion-changed", now=now, agent=agent, thing=_thing(row), before=before, after=_said(row))
    return row


def decide(session: Session, row: Suggestion, state: str, *, agent: Agent, now: datetime) -> None:
    """Take a proposal over or a text back (active), or put either away: nobody finds it any more, its counts stay."""
    if state not in ("active", "away"):
        raise NotUsable("state", "Choose one from the list.")
    before = {"state": row.state}
    row.state, row.changed_at = state, now
    deed = "suggestion-accepted" if state == "active" else "suggestion-put-away"
    record(session, deed, now=now, agent=agent, thing=_thing(row), before=before, after={"state": state, "title": row.title})


def as_it_is(session: Session, case: Case, text: str, *, agent: Agent, now: datetime) -> Suggestion | None:
    """The suggestion that has the very words of this answer, whether it began with it or was typed again."""
    values: dict[str, dict[str, str]] = {}
    for row in find.for_case(session, case, agent, limit=1000):
        if row.language not in values:
            values[row.language] = wording.values_of(session, case, agent, row.language, now=now)
        if placeholders.same_words(placeholders.filled(row.text, values[row.language]), text):
            return row
    return None


def sent(
    session: Session, case: Case, text: str, begun_with: Collection[int], *, agent: Agent, now: datetime
) -> list[tuple[int, Count]]:
    """An answer left: count the suggestions that went into it; what was counted, for `not_sent`."""
    same = as_it_is(session, case, text, agent=agent, now=now)
    counted: list[tuple[int, Count]] = []
    for row in filter(None, (find.usable(session, suggestion_id, case, agent) for suggestion_id in dict.fromkeys(begun_with))):
        if row is not same:
            row.changed += 1
            counted.append((row.id, "changed"))
    if same is not None:
        same.unchanged += 1
        counted.append((same.id, "unchanged"))
    return counted


def not_sent(session: Session, counted: Iterable[tuple[int, Count]]) -> None:
    """It was taken back: nobody got them.  Counts that began anew meanwhile, with other words, stay."""
    for suggestion_id, count in counted:
        row = session.get_one(Suggestion, suggestion_id)
        if count == "changed":
            row.changed = max(row.changed - 1, 0)
        else:
            row.unchanged = max(row.unchanged - 1, 0)


def _write(session: Session, row: Suggestion, values: dict[str, Any], now: datetime) -> None:
    title, text = " ".join(values["title"].split()), values["text"].replace("\r\n", "\n").strip()
    if not title:
        raise NotUsable("title", "A suggestion needs a title by which it is found.")
    if not text:
        raise NotUsable("text", "There is nothing in it yet.")
    strange = placeholders.unknown(text, find.places(session))
    if strange:
        raise NotUsable("text", "There is no placeholder {%(name)s}.", name=strange[0])
    if values["language"] not in LANGUAGES:
        raise NotUsable("language", "Choose one of the languages of the list.")
    if values["kind"] not in KINDS:
        raise NotUsable("kind", "Choose one from the list.")
    team: Team | None = values["team"]
    row.title, row.text, row.language, row.kind, row.team, row.changed_at = (
        title, text, values["language"], values["kind"], team, now,
    )  # fmt: skip
    row.folded = f" {fold(f'{title} {text}')}"  # words are looked for from their beginning: behind a gap


def _said(row: Suggestion) -> dict[str, Any]:
    return {"title": row.title, "text": row.text, "language": row.language, "kind": row.kind, "team": row.team_id}


def _thing(row: Suggestion) -> str:
    return f"suggestion {row.id}"
