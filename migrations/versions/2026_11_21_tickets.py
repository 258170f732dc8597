"""What a participant's own helpdesk calls the case."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_tickets"
down_revision = "2026_11_21_folds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participant", sa.Column("their_ticket", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("participant") as table:
        table.drop_column("their_ticket")
