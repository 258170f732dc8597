"""Lists: views of one's own, single keys that can be switched off, and indexes from which every list is read."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime

revision = "2026_11_22_lists"
down_revision = "2026_11_22_merges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filters", Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_saved_view_agent_id_agent"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_agent_id", "saved_view", ["agent_id"])
    op.add_column("agent", sa.Column("single_keys", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("ix_cases_at_work", "cases", ["state", "waiting_since", "changed_at", "assignee_id", "team_id", "number"])
    op.create_index("ix_cases_state_changed", "cases", ["state", "changed_at"])
    op.create_index("ix_cases_team_changed", "cases", ["team_id", "changed_at"])
    op.drop_index("ix_cases_state_waiting", "cases")
    op.drop_index("ix_cases_team_id", "cases")


def downgrade() -> None:
    op.create_index("ix_cases_team_id", "cases", ["team_id"])
    op.create_index("ix_cases_state_waiting", "cases", ["state", "waiting_since"])
    op.drop_index("ix_cases_team_changed", "cases")
    op.drop_index("ix_cases_state_changed", "cases")
    op.drop_index("ix_cases_at_work", "cases")
    op.drop_column("agent", "single_keys")
    op.drop_table("saved_view")
