"""Contact forms of a desk."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_forms"
down_revision = "2026_11_21_tickets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_sender",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mail_field", sa.String(), nullable=False),
        sa.Column("name_field", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_form_sender_desk_id_desk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_sender")),
        sa.UniqueConstraint("desk_id", "address", name=op.f("uq_form_sender_desk_id_address")),
    )


def downgrade() -> None:
    op.drop_table("form_sender")
