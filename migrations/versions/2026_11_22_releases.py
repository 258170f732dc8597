"""An answer that waits for its release may leave somebody out."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json

revision = "2026_11_22_releases"
down_revision = "2026_11_22_known"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("waiting_answer", sa.Column("left_out", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("waiting_answer", "left_out")
