"""Counts and lists are read from indexes alone, also where some cases are confidential."""

from alembic import op

revision = "2026_11_22_counting"
down_revision = "2026_11_22_releases"
branch_labels = None
depends_on = None

AT_WORK = ["state", "waiting_since", "changed_at", "assignee_id", "team_id"]


def upgrade() -> None:
    op.drop_index("ix_cases_at_work", "cases")
    op.create_index("ix_cases_at_work", "cases", [*AT_WORK, "confidential", "number"])
    op.create_index("ix_cases_held", "cases", ["state", "assignee_id", "team_id"])


def downgrade() -> None:
    op.drop_index("ix_cases_held", "cases")
    op.drop_index("ix_cases_at_work", "cases")
    op.create_index("ix_cases_at_work", "cases", [*AT_WORK, "number"])
