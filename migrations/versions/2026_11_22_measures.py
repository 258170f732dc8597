"""What is measured of cases, the sums of it, and how the backlog stood at each full hour."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime

revision = "2026_11_22_measures"
down_revision = "2026_11_22_friction"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("began_at", UTCDateTime(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("working", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_measure_case_number_cases")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_measure_team_id_team")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_measure_agent_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index("ix_measure_case_number", "measure", ["case_number"])
    op.create_index("ix_measure_day", "measure", ["kind", "day", "team_id", "apart", "value", "working"])
    waiting = sa.text("at IS NULL")
    op.create_index("ix_measure_waiting", "measure", ["kind", "began_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("ix_measure_at", "measure", ["kind", "at", "began_at"])
    op.create_index(
        "ix_measure_apart", "measure", ["kind", "day"], sqlite_where=sa.text("apart = 1"), postgresql_where=sa.text("apart")
    )
    op.create_table(
        "measure_sum",
        sa.Column("grain", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("team_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("packed_working", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("grain", "day", "kind", "team_id", name=op.f("pk_measure_sum")),
    )
    op.create_table(
        "measure_due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_measure_due_case_number_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_due")),
    )
    op.create_table(
        "measure_stale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grain", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_stale")),
    )
    op.create_table(
        "snapshot_hour",
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("reconstructed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_snapshot_hour")),
    )
    op.create_table(
        "snapshot",
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("team_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("age", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unassigned", sa.Integer(), nullable=False),
        sa.Column("waiting_since", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["at"], ["snapshot_hour.at"], name=op.f("fk_snapshot_at_snapshot_hour"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("at", "team_id", "state", "age", name=op.f("pk_snapshot")),
    )
    # The cases that are there are measured by the timetable, some hundred at a time.
    installation = sa.table("installation", sa.column("name", sa.String), sa.column("value", Json))
    op.bulk_insert(installation, [{"name": "cases to measure", "value": {"after": 0}}])


def downgrade() -> None:
    op.execute("DELETE FROM installation WHERE name = 'cases to measure'")
    for table in ("snapshot", "snapshot_hour", "measure_stale", "measure_due", "measure_sum", "measure"):
        op.drop_table(table)
