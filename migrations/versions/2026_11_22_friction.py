"""Where it hurt and what was praised is marked at the words of customers; agents have a capacity."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_friction"
down_revision = "2026_11_22_promises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agent", sa.Column("capacity", sa.Integer(), nullable=True))
    op.create_table(
        "friction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("praised_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_friction_case_number_cases")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_friction_entry_id_entry")),
        sa.ForeignKeyConstraint(["praised_id"], ["agent.id"], name=op.f("fk_friction_praised_id_agent")),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f("fk_friction_by_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_friction")),
    )
    op.create_index(op.f("ix_friction_case_number"), "friction", ["case_number"])
    op.create_index(op.f("ix_friction_entry_id"), "friction", ["entry_id"])
    op.create_index("ix_friction_at", "friction", ["at"])


def downgrade() -> None:
    op.drop_table("friction")
    op.drop_column("agent", "capacity")
