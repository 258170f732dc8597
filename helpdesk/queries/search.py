"""Search: one question, asked of SQLite's FTS5 or of PostgreSQL's tsvector.  Both find the same.

Words have to stand in one entry, or be said of its case; words that must not stand there stand nowhere in the case.  The newest
message that fits comes first, and after MOST messages nobody reads on: more are not looked for, so a common word costs no more
than a rare one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    exists,
    false,
    func,
    not_,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from helpdesk import clock
from helpdesk.db import TooLong, house, within
from helpdesk.models import Agent, Attachment, Case, CaseTag, Desk, Entry, SearchText, Tag, Team
from helpdesk.policies import search_syntax, search_words
from helpdesk.policies.folding import fold
from helpdesk.policies.references import number_of
from helpdesk.policies.search_words import Asked, Limit, Words
from helpdesk.queries.cases import by_number, is_seen, seen_by
from helpdesk.queries.search_index import FTS5, OTHER, in_postgresql, in_sqlite, reads, stands_in_postgresql

MOST = 400  # messages
FIRST = 150  # messages: enough for the first of several pages, also where one case has a hundred of them
FEW = 500  # cases, whose words are simply read instead of asking the index
NEAR = 2_500  # messages: as many are read in the time in which the index puts together those with a common word
PATIENCE = 0.8  # seconds
_OTHER = aliased(SearchText, name=OTHER)
_WITH_REFERENCE = select(Desk).where(Desk.reference != "")
ME, NOBODY = ("me", "mich", "ich"), ("nobody", "none", "niemand", "keiner")


@dataclass(frozen=True)
class Hit:
    """A case that fits, and the newest of its messages that does; None where no words were asked for."""

    number: int
    entry_id: int | None


@dataclass(frozen=True)
class Found:
    """What fits, the best first.  `more`: there is more than was looked for; `broken_off`: looking took too long."""

    asked: Asked
    hits: tuple[Hit, ...]
    more: bool = False
    broken_off: bool = False


def read(session: Session, typed: str) -> Asked:
    """What somebody typed, as of today at the desk."""
    return search_words.read(typed, clock.now().astimezone(house(session).settings.zone).date())


def find(session: Session, agent: Agent, asked: Asked, *, most: int | None = None) -> Found:
    """The cases that fit, of those that this agent may see; looked for in at most so many messages."""
    most = MOST if most is None else most
    if asked.is_empty:
        return Found(asked, ())
    try:
        with within(session, PATIENCE):
            query = (
                _messages(session, agent, asked, most=most, since=_since(session, agent, asked, most))
                if asked.wanted
                else _cases(session, agent, asked, most=most)
            )
            rows = session.execute(query).all()
    except TooLong:
        return Found(asked, (), broken_off=True)
    newest: dict[int, Hit] = {}
    for number, entry_id in rows[:most]:
        newest.setdefault(number, Hit(number, entry_id))
    return Found(asked, tuple(newest.values()), more=len(rows) > most)


def matching(session: Session, agent: Agent, typed: str, condition: ColumnElement[bool] | None = None) -> Select[int]:
    """The numbers of the cases that fit among those of which this condition is true; for lists."""
    among = (condition,) if condition is not None else ()
    asked = read(session, typed)
    if asked.is_empty:
        return select(Case.number).where(false())
    find_in = _messages if asked.wanted else _cases
    query = find_in(session, agent, asked, *among, most=MOST)
    return select(query.subquery().c.number)


def meant(session: Session, agent: Agent, typed: str) -> Hit | None:
    """The one case that was named: by its number («1042», «#1042»), by our reference, by the Message-ID of a mail in it."""
    typed = typed.strip()
    number = number_of("#{number}", typed)
    if number is None and "@" in typed and not typed.count(" "):
        bare = typed.strip("<>")
        for entry in session.scalars(select(Entry).where(Entry.message_id.in_((bare, f"<{bare}>"))).order_by(Entry.id)):
            if by_number(session, entry.case_number, agent) is not None:
                return Hit(entry.case_number, entry.id)
    for desk in session.scalars(_WITH_REFERENCE) if number is None else ():
        named = number_of(desk.reference, typed)
        case = by_number(session, named, agent) if named else None
        if case is not None and case.desk_id == desk.id:
            return Hit(case.number, None)
    return Hit(number, None) if number is not None and by_number(session, number, agent) is not None else None


def _since(session: Session, agent: Agent, asked: Asked, most: int) -> int | None:
    """The entry before which nobody needs to look, for those from it on are enough and so few that their words are simply read.

    For SQLite and common words: it finds whole words from the newest message on, but of beginnings it looks at all messages.
    """
    whole = search_syntax.without_gathering(asked.wanted) if session.get_bind().dialect.name == "sqlite" else ()
    if not whole or asked.limits or asked.unwanted:
        return None
    rows = session.execute(_messages(session, agent, replace(asked, words=whole), most=most)).all()
    newest = session.scalar(select(func.max(SearchText.entry_id))) or 0
    return rows[-1].entry_id if len(rows) > most and newest - rows[-1].entry_id < NEAR else None


def _messages(
    session: Session, agent: Agent, asked: Asked, *among: ColumnElement[bool], most: int, since: int | None = None
) -> Select[int, int]:
    """(case, entry) of the newest messages with these words; `since`: from this entry on."""
    at = [limit for limit in asked.limits if limit.kind in ("before", "after")]
    rest = [limit for limit in asked.limits if limit not in at]
    narrow = (*_limits(session, agent, rest), *among)
    few = _few(session, agent, narrow) if narrow else None
    query = select(SearchText.case_number.label("number"), SearchText.entry_id)
    newest: ColumnElement[int] = SearchText.entry_id.expression
    if few is not None:
        query = query.where(SearchText.case_number.in_(few), *(reads(SearchText, words) for words in asked.wanted))
    elif since is not None:
        query = query.where(SearchText.entry_id >= since, *(reads(SearchText, words) for words in asked.wanted))
    elif session.get_bind().dialect.name == "postgresql":
        query = query.where(*in_postgresql(asked))
    else:
        query, newest = query.select_from(FTS5).join(SearchText, SearchText.entry_id == FTS5.c.rowid), FTS5.c.rowid
        query = query.where(*in_sqlite(asked))
    if narrow:
        query = query.join(Case, Case.number == SearchText.case_number).where(*narrow)
    if at:
        query = query.join(Entry, Entry.id == SearchText.entry_id)
        query = query.where(*_in_time(session, at, Entry.at.expression, Entry.at.expression))
    # Asked of the message, not of its case: for a word that half of the messages have, PostgreSQL then reads the newest and stops.
    number = SearchText.case_number.expression
    query = query.where(is_seen(number, agent), *_lacking(session, asked.unwanted, number))
    return query.order_by(newest.desc()).limit(most + 1)


def _few(session: Session, agent: Agent, narrow: Sequence[ColumnElement[bool]]) -> list[int] | None:
    """The cases that are left by these conditions, where they are few; None where they are many."""
    found = list(session.scalars(select(Case.number).where(seen_by(agent), *narrow).limit(FEW + 1)))
    return found if len(found) <= FEW else None


def _cases(session: Session, agent: Agent, asked: Asked, *among: ColumnElement[bool], most: int) -> Select[int, int]:
    """(case, nothing) where no words were asked for: what was touched last comes first."""
    at = [limit for limit in asked.limits if limit.kind in ("before", "after")]
    rest = [limit for limit in asked.limits if limit not in at]
    conditions = (
        *_limits(session, agent, rest),
        *_in_time(session, at, Case.opened_at.expression, Case.changed_at.expression),
        *_lacking(session, asked.unwanted, Case.number.expression),
    )
    query = select(
        func.coalesce(Case.merged_into, Case.number).label("number"), type_coerce(null(), Integer).label("entry_id")
    ).where(seen_by(agent), *conditions, *among)
    return query.order_by(Case.changed_at.desc(), Case.number.desc()).limit(most + 1)


def _lacking(session: Session, unwanted: Sequence[Words], number: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """In no entry of the case with this number do these words stand."""
    stand = stands_in_postgresql if session.get_bind().dialect.name == "postgresql" else reads
    # The offset has PostgreSQL ask case by case; it would else read all messages first.
    return [
        not_(exists(select(_OTHER.entry_id).where(_OTHER.case_number == number, stand(_OTHER, words)).offset(0)))
        for words in unwanted
    ]


def _in_time(
    session: Session, limits: Sequence[Limit], begun: ColumnElement[datetime], ended: ColumnElement[datetime]
) -> list[ColumnElement[bool]]:
    """Before a day, or on a day and after it, in the desk's time zone."""
    conditions = []
    for limit in limits:
        instant = datetime.combine(date.fromisoformat(limit.value), time(), house(session).settings.zone)
        fits = begun < instant if limit.kind == "before" else ended >= instant
        conditions.append(not_(fits) if limit.negated else fits)
    return conditions


def _limits(session: Session, agent: Agent, limits: Sequence[Limit]) -> list[ColumnElement[bool]]:
    """A condition for each kind: of several states, teams or people any will do, of tags all have to be there."""
    conditions: list[ColumnElement[bool]] = []
    for kind in ("state", "team", "assignee"):
        wanted = [_limit(session, agent, limit) for limit in limits if limit.kind == kind and not limit.negated]
        conditions.extend([or_(*wanted)] if wanted else [])
    single = [limit for limit in limits if limit.negated or limit.kind in ("tag", "file")]
    for limit in single:
        fits = _limit(session, agent, limit)
        conditions.append(not_(fits) if limit.negated else fits)
    return conditions


def _limit(session: Session, agent: Agent, limit: Limit) -> ColumnElement[bool]:
    match limit.kind:
        case "state":
            return Case.state == limit.value
        case "file":
            said = aliased(Entry)
            return exists().where(Attachment.entry_id == said.id, said.case_number == Case.number)
        case "tag":
            tagged = select(CaseTag.case_number).join(Tag, Tag.id == CaseTag.tag_id).where(Tag.folded == fold(limit.value))
            return Case.number.in_(tagged)
        case "team":
            teams = {row.id for row in session.execute(select(Team.id, Team.name)) if _called(limit.value, row.name)}
            return Case.team_id.in_(teams)
        case _:
            return _held(session, agent, limit.value)


def _held(session: Session, agent: Agent, value: str) -> ColumnElement[bool]:
    if fold(value) in NOBODY:
        return Case.assignee_id.is_(None)
    if fold(value) in ME:
        return Case.assignee_id == agent.id
    staff = session.execute(select(Agent.id, Agent.name, Agent.email))
    held = {row.id for row in staff if _called(value, row.name) or row.email == value.lower()}
    return and_(Case.assignee_id.is_not(None), Case.assignee_id.in_(held))


def _called(value: str, name: str) -> bool:
    """Whether a word of this name begins so."""
    return f" {fold(value)}" in f" {fold(name)}"
