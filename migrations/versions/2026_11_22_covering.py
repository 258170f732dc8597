"""Measures, escalations and marks of a year are found, and sorted out, by an index alone."""

from alembic import op

revision = "2026_11_22_covering"
down_revision = "2026_11_22_million"
branch_labels = None
depends_on = None

MEASURED = ["kind", "at", "began_at", "team_id", "apart", "value", "working"]


def upgrade() -> None:
    op.drop_index("ix_escalation_raised", "escalation")
    op.create_index("ix_escalation_raised", "escalation", ["raised_at", "closed_at"])
    op.drop_index("ix_friction_at", "friction")
    op.create_index("ix_friction_at", "friction", ["at", "undone_at", "kind", "case_number"])
    op.drop_index("ix_measure_at", "measure")
    op.create_index("ix_measure_at", "measure", [*MEASURED, "case_number"])


def downgrade() -> None:
    op.drop_index("ix_escalation_raised", "escalation")
    op.create_index("ix_escalation_raised", "escalation", ["raised_at"])
    op.drop_index("ix_friction_at", "friction")
    op.create_index("ix_friction_at", "friction", ["at"])
    op.drop_index("ix_measure_at", "measure")
    op.create_index("ix_measure_at", "measure", MEASURED)
