"""Confidential teams and cases, whom they are open to, and who is shut out of a case."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_sight"
down_revision = "2026_11_22_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("team", "cases"):
        op.add_column(table, sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_cases_confidential",
        "cases",
        ["number"],
        sqlite_where=sa.text("confidential = 1"),
        postgresql_where=sa.text("confidential"),
    )
    for table, more in (("case_member", []), ("case_shut_out", [sa.Column("reason", sa.String(), nullable=False)])):
        op.create_table(
            table,
            sa.Column("case_number", sa.Integer(), nullable=False),
            sa.Column("agent_id", sa.Integer(), nullable=False),
            sa.Column("by_id", sa.Integer(), nullable=True),
            sa.Column("since", UTCDateTime(), nullable=False),
            *more,
            sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f(f"fk_{table}_case_number_cases")),
            sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f(f"fk_{table}_agent_id_agent")),
            sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f(f"fk_{table}_by_id_agent")),
            sa.PrimaryKeyConstraint("case_number", "agent_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_agent_id"), table, ["agent_id"])


def downgrade() -> None:
    op.drop_table("case_shut_out")
    op.drop_table("case_member")
    op.drop_index("ix_cases_confidential", "cases")
    op.drop_column("cases", "confidential")
    op.drop_column("team", "confidential")
