"""Suggestions, answers that wait for a release, and the words of our mails."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_suggestions"
down_revision = "2026_11_22_answering"
branch_labels = None
depends_on = None

NEW_COLUMNS = (
    ("desk", "needs_release", sa.Boolean(), sa.false()),
    ("desk", "address_form", sa.String(), "sie"),
    ("desk", "signature", sa.String(), ""),
    ("agent", "needs_release", sa.Boolean(), sa.false()),
    ("agent", "signature", sa.String(), ""),
    ("tag", "needs_release", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    _suggestions()
    _releases()
    _texts()
    for table, name, kind, value in NEW_COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))


def downgrade() -> None:
    for table, name, _kind, _value in NEW_COLUMNS:
        op.drop_column(table, name)
    for table in ("mail_text", "waiting_file", "waiting_answer", "suggestion"):
        op.drop_table(table)


def _suggestions() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_suggestion_team_id_team")),
        sa.ForeignKeyConstraint(["author_id"], ["agent.id"], name=op.f("fk_suggestion_author_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    op.create_index(op.f("ix_suggestion_team_id"), "suggestion", ["team_id"])


def _releases() -> None:
    op.create_table(
        "waiting_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("then_resolve", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_waiting_answer_case_number_cases")),
        sa.ForeignKeyConstraint(["author_id"], ["agent.id"], name=op.f("fk_waiting_answer_author_id_agent")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["agent.id"], name=op.f("fk_waiting_answer_decided_by_id_agent")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_waiting_answer_entry_id_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_answer")),
        sa.UniqueConstraint("case_number", "idempotency_key", name=op.f("uq_waiting_answer_case_number_idempotency_key")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_waiting_answer_entry_id")),
    )
    op.create_index("ix_waiting_answer_state", "waiting_answer", ["state", "id"])
    op.create_table(
        "waiting_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["waiting_answer.id"], name=op.f("fk_waiting_file_answer_id_waiting_answer")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_waiting_file_sha256_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_file")),
    )
    op.create_index(op.f("ix_waiting_file_answer_id"), "waiting_file", ["answer_id"])


def _texts() -> None:
    op.create_table(
        "mail_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_mail_text_desk_id_desk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_text")),
        sa.UniqueConstraint("desk_id", "name", "language", name=op.f("uq_mail_text_desk_id_name_language")),
    )
