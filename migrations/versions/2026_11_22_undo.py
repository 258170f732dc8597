"""What was taken back stays in the record; drafts know what they began with; new cases have drafts; people are found by words."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime
from helpdesk.policies.folding import findable

revision = "2026_11_22_undo"
down_revision = "2026_11_22_arrivals"
branch_labels = None
depends_on = None

WITH_SUGGESTIONS = ("draft", "waiting_answer")
AT_ONCE = 1000  # people


def upgrade() -> None:
    for table in WITH_SUGGESTIONS:
        op.add_column(table, sa.Column("begun_with", Json, nullable=False, server_default="[]"))
    op.add_column("cases", sa.Column("withdrawn_at", UTCDateTime(), nullable=True))
    few = sa.text("withdrawn_at IS NOT NULL")
    op.create_index("ix_cases_withdrawn", "cases", ["number"], sqlite_where=few, postgresql_where=few)
    op.create_table(
        "taken_back",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_taken_back_event_id_event")),
        sa.ForeignKeyConstraint(["by_id"], ["event.id"], name=op.f("fk_taken_back_by_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_taken_back")),
    )
    op.create_index(op.f("ix_taken_back_by_id"), "taken_back", ["by_id"])
    _beginnings()
    _words()


def downgrade() -> None:
    for table in ("person_word", "beginning_file", "beginning", "taken_back"):
        op.drop_table(table)
    op.drop_index("ix_cases_withdrawn", table_name="cases")
    op.drop_column("cases", "withdrawn_at")
    for table in WITH_SUGGESTIONS:
        op.drop_column(table, "begun_with")


def _beginnings() -> None:
    op.create_table(
        "beginning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("discarded_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_beginning_agent_id_agent")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_beginning_desk_id_desk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beginning")),
    )
    op.create_index(op.f("ix_beginning_agent_id"), "beginning", ["agent_id"])
    op.create_table(
        "beginning_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beginning_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["beginning_id"], ["beginning.id"], name=op.f("fk_beginning_file_beginning_id_beginning")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_beginning_file_sha256_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beginning_file")),
    )
    op.create_index(op.f("ix_beginning_file_beginning_id"), "beginning_file", ["beginning_id"])


def _words() -> None:
    words = op.create_table(
        "person_word",
        sa.Column("word", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_word_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("word", "person_id", name=op.f("pk_person_word")),
    )
    op.create_index(op.f("ix_person_word_person_id"), "person_word", ["person_id"])
    people = (
        op.get_bind()
        .execute(sa.text("SELECT id, name, CASE WHEN address LIKE '%@%' THEN address ELSE phone END FROM person ORDER BY id"))
        .all()
    )
    for start in range(0, len(people), AT_ONCE):
        rows = [
            {"word": word, "person_id": person_id}
            for person_id, name, address in people[start : start + AT_ONCE]
            for word in sorted(set(findable(f"{name} {address}").split()))
        ]
        op.bulk_insert(words, rows)
