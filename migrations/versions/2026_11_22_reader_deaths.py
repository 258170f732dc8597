"""Deaths of a reader are told from deaths of the whole process, which say little about the mail."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_deaths"
down_revision = "2026_11_21_growth"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbound_mail", sa.Column("reader_deaths", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("inbound_mail") as batch:
        batch.alter_column("reader_deaths", server_default=None)


def downgrade() -> None:
    op.drop_column("inbound_mail", "reader_deaths")
