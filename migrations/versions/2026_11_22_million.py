"""Reports of a year at a desk of a million cases: what they ask is found by short ways, and escalations are measured like the rest."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json

revision = "2026_11_22_million"
down_revision = "2026_11_22_satisfaction"
branch_labels = None
depends_on = None

LONG = "value >= 1209600"
INDEXES = {
    "ix_measure_case": (["case_number", "kind", "at", "day", "team_id", "apart", "value", "working", "began_at"], None, None),
    "ix_measure_waiting": (["kind", "began_at", "case_number", "team_id", "apart"], "at IS NULL", "at IS NULL"),
    "ix_measure_at": (["kind", "at", "began_at", "team_id", "apart", "value", "working"], None, None),
    "ix_measure_long": (["kind", "at", "began_at", "team_id", "apart", "value"], LONG, LONG),
    "ix_measure_apart": (["kind", "day", "case_number", "team_id", "value", "working"], "apart = 1", "apart"),
}
BEFORE = {
    "ix_measure_case_number": (["case_number"], None, None),
    "ix_measure_waiting": (["kind", "began_at"], "at IS NULL", "at IS NULL"),
    "ix_measure_at": (["kind", "at", "began_at", "team_id", "apart"], None, None),
    "ix_measure_apart": (["kind", "day"], "apart = 1", "apart"),
}


def upgrade() -> None:
    for name in BEFORE:
        op.drop_index(name, "measure")
    _create(INDEXES)
    op.create_index("ix_escalation_closed", "escalation", ["closed_at", "raised_at"])
    runs = sa.text("stopped_at IS NULL AND paused_at IS NULL")
    op.create_index("ix_case_clock_running", "case_clock", ["due_at", "case_number"], sqlite_where=runs, postgresql_where=runs)
    # Escalations are measured of the cases that are there, some hundred at a time.
    installation = sa.table("installation", sa.column("name", sa.String), sa.column("value", Json))
    anew = sa.update(installation).where(installation.c.name == "cases to measure")
    op.get_bind().execute(anew.values(value={"after": 0}))


def downgrade() -> None:
    op.drop_index("ix_case_clock_running", "case_clock")
    op.drop_index("ix_escalation_closed", "escalation")
    for name in INDEXES:
        op.drop_index(name, "measure")
    _create(BEFORE)
    op.execute("DELETE FROM measure WHERE kind IN ('first-action', 'never-acted') OR kind LIKE 'escalated-%'")
    op.execute("DELETE FROM measure_sum WHERE kind IN ('first-action', 'never-acted') OR kind LIKE 'escalated-%'")


def _create(indexes: dict[str, tuple[list[str], str | None, str | None]]) -> None:
    for name, (columns, sqlite, postgresql) in indexes.items():
        where = {"sqlite_where": sa.text(sqlite), "postgresql_where": sa.text(postgresql)} if sqlite and postgresql else {}
        op.create_index(name, "measure", columns, **where)
