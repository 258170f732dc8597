"""Who let a held mail in, and who said that it is spam."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_21_spam"
down_revision = "2026_11_21_a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("arrival") as table:
        table.add_column(sa.Column("released_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("dismissed_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("dismissed_by_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_arrival_released_by_id_agent"), "agent", ["released_by_id"], ["id"])
        table.create_foreign_key(op.f("fk_arrival_dismissed_by_id_agent"), "agent", ["dismissed_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("arrival") as table:
        table.drop_constraint(op.f("fk_arrival_dismissed_by_id_agent"), type_="foreignkey")
        table.drop_constraint(op.f("fk_arrival_released_by_id_agent"), type_="foreignkey")
        table.drop_column("dismissed_by_id")
        table.drop_column("dismissed_at")
        table.drop_column("released_by_id")
