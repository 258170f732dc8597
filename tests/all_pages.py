"""Every page that a person can open, found from the routes; for what looks at all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from helpdesk import models

# No pages: answers for programs and scripts, files, frames inside a page, and what needs a word that only a mail carries.
NO_PAGE = re.compile(
    r"^/(api/|static/|healthz|metrics|files/|mail/|entries/.*/html|password/|away|playground)|\.(eml|pdf|csv|xlsx|json)$|/(news|pulse|count|preview)$"
)

# What stands in a path, and the column that an example comes from.
_EXAMPLES = {
    "number": models.Case.number,
    "person_id": models.Person.id,
    "arrival_id": models.Arrival.id,
    "desk_id": models.Desk.id,
    "agent_id": models.Agent.id,
    "team_id": models.Team.id,
    "mailbox_id": models.Mailbox.id,
    "entry_id": models.Entry.id,
    "suggestion_id": models.Suggestion.id,
    "field_id": models.Field.id,
    "calendar_id": models.Calendar.id,
    "promise_id": models.Promise.id,
    "policy_id": models.DeadlinePolicy.id,
}

# What is chosen from a few words.
_WORDS = {"name": "acknowledgement", "language": "de", "report": "escalation"}

# What a page has to be asked besides.
_ASKED = {"/reports/<report>/cases": "?figure=backlog"}


class NoExample(LookupError):
    """A page whose path has a part that nobody gave an example for."""


def paths(app: Flask, session: Session, **examples: int) -> list[str]:
    """The paths of all pages, with these examples or the newest row of each kind.  Those without a row are left out.  Raises NoExample."""
    return sorted(set(_paths(app, session, examples)))


def _paths(app: Flask, session: Session, examples: dict[str, int]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or NO_PAGE.search(rule.rule):
            continue
        values: dict[str, object] = {name: examples[name] for name in rule.arguments if name in examples}
        for name in rule.arguments - values.keys():
            if name not in _EXAMPLES and name not in _WORDS:
                raise NoExample(f"{rule.rule}: no example for {name}")
            values[name] = _WORDS.get(name) or _newest(session, _EXAMPLES[name])
        if None in values.values():
            continue
        with app.test_request_context():
            yield app.url_map.bind("").build(rule.endpoint, values).removeprefix("http://") + _ASKED.get(rule.rule, "")


def _newest(session: Session, column: InstrumentedAttribute[int]) -> int | None:
    return session.scalar(select(column).order_by(column.desc()).limit(1))
