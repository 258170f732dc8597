"""How large a picture is that the story shows small."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_previews"
down_revision = "2026_11_21_traits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attachment") as table:
        table.add_column(sa.Column("width", sa.Integer(), nullable=True))
        table.add_column(sa.Column("height", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("attachment") as table:
        table.drop_column("height")
        table.drop_column("width")
