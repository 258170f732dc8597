"""What is taken back leaves the next step of an escalation where it was."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_would_be_next"
down_revision = "2026_11_22_of_a_case"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("escalation", sa.Column("would_be_next_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE escalation SET would_be_next_at = next_at")


def downgrade() -> None:
    op.drop_column("escalation", "would_be_next_at")
