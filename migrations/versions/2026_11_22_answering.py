"""Drafts, planned answers, answers that can be taken back, and who looks at a case."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime

revision = "2026_11_22_answering"
down_revision = "2026_11_22_fields"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("left_out", Json, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("send_at", UTCDateTime(), nullable=True),
        sa.Column("then_resolve", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.String(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_draft_agent_id_agent")),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_draft_case_number_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_case", "draft", ["case_number"])
    op.create_index("ix_draft_due", "draft", ["state", "send_at"])
    writing = sa.text("state = 'writing'")
    op.create_index(
        "uq_draft_writing", "draft", ["agent_id", "case_number"], unique=True, sqlite_where=writing, postgresql_where=writing
    )
    op.create_table(
        "draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id_draft")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_draft_file_sha256_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_file")),
    )
    op.create_index(op.f("ix_draft_file_draft_id"), "draft_file", ["draft_id"])
    op.create_table(
        "recall",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_recall_entry_id_entry")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_recall_agent_id_agent")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_recall")),
    )
    op.create_table(
        "presence",
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("wrote_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_presence_case_number_cases")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_presence_agent_id_agent")),
        sa.PrimaryKeyConstraint("case_number", "agent_id", name=op.f("pk_presence")),
    )
    op.add_column("agent", sa.Column("undo_seconds", sa.Integer(), nullable=False, server_default="10"))
    with op.batch_alter_table("agent") as table:
        table.alter_column("undo_seconds", server_default=None)


def downgrade() -> None:
    op.drop_column("agent", "undo_seconds")
    for name in ("presence", "recall", "draft_file", "draft"):
        op.drop_table(name)
