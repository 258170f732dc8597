"""Reports that cannot be collected are tried again later and later, and the admins hear of it once."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_report_tries"
down_revision = "2026_11_22_word_pairs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_schedule", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("report_schedule", sa.Column("try_at", UTCDateTime(), nullable=True))
    op.add_column("report_schedule", sa.Column("told_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("report_schedule", "told_at")
    op.drop_column("report_schedule", "try_at")
    op.drop_column("report_schedule", "attempts")
