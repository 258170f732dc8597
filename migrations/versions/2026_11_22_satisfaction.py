"""A desk may ask whether it helped, and what customers say to that is kept."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_satisfaction"
down_revision = "2026_11_22_report_tries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk", sa.Column("asks_satisfaction", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "rating",
        sa.Column("asked_in_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("answered_in_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["answered_in_id"], ["entry.id"], name=op.f("fk_rating_answered_in_id")),
        sa.ForeignKeyConstraint(["asked_in_id"], ["entry.id"], name=op.f("fk_rating_asked_in_id")),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_rating_case_number")),
        sa.PrimaryKeyConstraint("asked_in_id", name=op.f("pk_rating")),
    )
    op.create_index(op.f("ix_rating_case_number"), "rating", ["case_number"])
    op.create_index("ix_rating_asked", "rating", ["asked_at"])
    op.create_index("ix_rating_answered", "rating", ["answered_at"])


def downgrade() -> None:
    op.drop_table("rating")
    op.drop_column("desk", "asks_satisfaction")
