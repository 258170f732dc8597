"""Where a promise was made, while its case is merged into another; and when nobody was owed an answer by it any more."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_promise_origin"
down_revision = "2026_11_22_escalations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("promise", sa.Column("merged_from", sa.Integer(), nullable=True))
    op.add_column("promise", sa.Column("ended_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("promise", "ended_at")
    op.drop_column("promise", "merged_from")
