"""What the scanner said of a file."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_scanner"
down_revision = "2026_11_21_junk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attachment") as table:
        table.add_column(sa.Column("scan", sa.String(), nullable=False, server_default="off"))
        table.add_column(sa.Column("finding", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("released_by_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_attachment_released_by_id_agent"), "agent", ["released_by_id"], ["id"])
        table.create_index("ix_attachment_scan", ["scan", "sha256"])


def downgrade() -> None:
    with op.batch_alter_table("attachment") as table:
        table.drop_index("ix_attachment_scan")
        table.drop_constraint(op.f("fk_attachment_released_by_id_agent"), type_="foreignkey")
        table.drop_column("released_by_id")
        table.drop_column("finding")
        table.drop_column("scan")
