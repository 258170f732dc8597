"""A draft knows who of the proposed people was ticked."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json

revision = "2026_11_22_ticks"
down_revision = "2026_11_22_clocks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("added", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("draft", "added")
