"""Measures, escalations, marks, mail and addresses of a year are found, and sorted out, by an index alone."""

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
    op.create_index("ix_arrival_settled", "arrival", ["settled_at", "outcome", "case_number"])
    op.create_index("ix_outbox_changed", "outbox", ["state", "changed_at", "case_number"])
    op.create_index(
        "ix_reply_address_counted", "reply_address", ["purpose", "expires_at", "retired_at", "revoked_at", "case_number"]
    )


def downgrade() -> None:
    op.drop_index("ix_reply_address_counted", "reply_address")
    op.drop_index("ix_outbox_changed", "outbox")
    op.drop_index("ix_arrival_settled", "arrival")
    op.drop_index("ix_escalation_raised", "escalation")
    op.create_index("ix_escalation_raised", "escalation", ["raised_at"])
    op.drop_index("ix_friction_at", "friction")
    op.create_index("ix_friction_at", "friction", ["at"])
    op.drop_index("ix_measure_at", "measure")
    op.create_index("ix_measure_at", "measure", MEASURED)
