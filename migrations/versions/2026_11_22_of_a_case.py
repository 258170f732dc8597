"""Whether something goes on in a case is looked up among what is measured of that case, and not among all that goes on."""

from alembic import op

revision = "2026_11_22_of_a_case"
down_revision = "2026_11_22_covering"
branch_labels = None
depends_on = None

BEFORE = ["case_number", "kind", "at", "day", "team_id", "apart", "value", "working", "began_at"]
NOW = ["case_number", "kind", "at", "began_at", "day", "team_id", "apart", "value", "working"]


def upgrade() -> None:
    op.drop_index("ix_measure_case", "measure")
    op.create_index("ix_measure_case", "measure", NOW)


def downgrade() -> None:
    op.drop_index("ix_measure_case", "measure")
    op.create_index("ix_measure_case", "measure", BEFORE)
