"""What went on at an instant is counted from an index alone."""

from alembic import op

revision = "2026_11_22_measured_at"
down_revision = "2026_11_22_promise_origin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_measure_at", "measure")
    op.create_index("ix_measure_at", "measure", ["kind", "at", "began_at", "team_id", "apart"])


def downgrade() -> None:
    op.drop_index("ix_measure_at", "measure")
    op.create_index("ix_measure_at", "measure", ["kind", "at", "began_at"])
