"""What is known of a case is pinned; of a customer a note, and whether two addresses are one person."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_known"
down_revision = "2026_11_22_together"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("pinned_by_id", sa.Integer(), nullable=False),
        sa.Column("pinned_at", UTCDateTime(), nullable=False),
        sa.Column("dropped_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_fact_case_number")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_fact_entry_id")),
        sa.ForeignKeyConstraint(["pinned_by_id"], ["agent.id"], name=op.f("fk_fact_pinned_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index("ix_fact_case", "fact", ["case_number", "id"])
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("same_as_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_person_same_as_id"), "person", ["same_as_id"], ["id"])
        batch.create_index("ix_person_same_as_id", ["same_as_id"])
    with op.batch_alter_table("person") as batch:
        batch.alter_column("note", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.drop_index("ix_person_same_as_id")
        batch.drop_constraint(op.f("fk_person_same_as_id"), type_="foreignkey")
        batch.drop_column("same_as_id")
        batch.drop_column("note")
    op.drop_table("fact")
