"""Which lines of an entry's text are folded."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json

revision = "2026_11_21_folds"
down_revision = "2026_11_21_previews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("folds", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("entry") as table:
        table.drop_column("folds")
