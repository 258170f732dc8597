"""A mailbox may be the junk folder of another."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_junk"
down_revision = "2026_11_21_who"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mailbox") as table:
        table.add_column(sa.Column("junk_of_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_mailbox_junk_of_id_mailbox"), "mailbox", ["junk_of_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("mailbox") as table:
        table.drop_constraint(op.f("fk_mailbox_junk_of_id_mailbox"), type_="foreignkey")
        table.drop_column("junk_of_id")
