"""Cases become one, people leave, senders are kept out."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime

revision = "2026_11_22_merges"
down_revision = "2026_11_22_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_number", sa.Integer(), nullable=False),
        sa.Column("into_number", sa.Integer(), nullable=False),
        sa.Column("merged_at", UTCDateTime(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("kept", Json, nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_case_merge_agent_id_agent")),
        sa.ForeignKeyConstraint(["from_number"], ["cases.number"], name=op.f("fk_case_merge_from_number_cases")),
        sa.ForeignKeyConstraint(["into_number"], ["cases.number"], name=op.f("fk_case_merge_into_number_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_merge")),
    )
    op.create_index(op.f("ix_case_merge_from_number"), "case_merge", ["from_number"])
    op.create_index(op.f("ix_case_merge_into_number"), "case_merge", ["into_number"])
    op.create_table(
        "sender_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_sender_block_agent_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_block")),
        sa.UniqueConstraint("pattern", name=op.f("uq_sender_block_pattern")),
    )
    op.add_column("cases", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("spam_at", UTCDateTime(), nullable=True))
    op.create_index(op.f("ix_cases_merged_into"), "cases", ["merged_into"])
    op.add_column("participant", sa.Column("left_at", UTCDateTime(), nullable=True))
    op.add_column("participant", sa.Column("merged_at", UTCDateTime(), nullable=True))
    op.add_column("reply_address", sa.Column("merged_from", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("reply_address", "merged_from")
    op.drop_column("participant", "merged_at")
    op.drop_column("participant", "left_at")
    op.drop_index(op.f("ix_cases_merged_into"), "cases")
    op.drop_column("cases", "spam_at")
    op.drop_column("cases", "merged_into")
    op.drop_table("sender_block")
    op.drop_index(op.f("ix_case_merge_into_number"), "case_merge")
    op.drop_index(op.f("ix_case_merge_from_number"), "case_merge")
    op.drop_table("case_merge")
