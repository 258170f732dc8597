"""Alembic's entry.  The caller hands over an open connection (`config.attributes["connection"]`)."""

from alembic import context
from sqlalchemy import JSON

from helpdesk.db import UTCDateTime
from helpdesk.models import Base


def include_object(thing: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    # SQLite's full-text index keeps shadow tables of its own; PostgreSQL's column and indexes are made by hand.
    return not (kind == "table" and str(name).startswith(("search_index", "alembic_"))) and not (
        reflected and name in ("tsv", "ix_search_text_tsv", "ix_search_text_pairs")
    )


def render_item(kind: str, thing: object, _context: object) -> str | bool:
    # New migrations name our own types plainly.
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "UTCDateTime()"
    return "Json" if kind == "type" and isinstance(thing, JSON) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_object=include_object,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
