"""The outcomes of a year's mail are counted in the order in which they lie."""

from alembic import op

revision = "2026_11_22_outcomes"
down_revision = "2026_11_22_said_of_us"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_arrival_settled", "arrival")
    op.create_index("ix_arrival_counted", "arrival", ["outcome", "settled_at", "case_number"])


def downgrade() -> None:
    op.drop_index("ix_arrival_counted", "arrival")
    op.create_index("ix_arrival_settled", "arrival", ["settled_at", "outcome", "case_number"])
