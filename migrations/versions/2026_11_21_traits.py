"""What a mail is besides its words: signed, encrypted, an invitation."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json

revision = "2026_11_21_traits"
down_revision = "2026_11_21_scanner"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("traits", Json, nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("entry") as table:
        table.drop_column("traits")
