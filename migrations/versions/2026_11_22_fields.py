"""Tags, fields, priority, channel, what a case came to, gestures of goodwill, and people without mail."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime

revision = "2026_11_22_fields"
down_revision = "2026_11_22_deaths"
branch_labels = None
depends_on = None

NEW_COLUMNS = (
    ("cases", "channel", sa.String(), "mail"),
    ("cases", "priority", sa.String(), "normal"),
    ("desk", "asks", Json, "[]"),
    ("person", "phone", sa.String(), ""),
    ("person", "postal", sa.String(), ""),
)


def upgrade() -> None:
    for table, name, kind, value in NEW_COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("folded", name=op.f("uq_tag_folded")),
    )
    op.create_table(
        "case_tag",
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_case_tag_case_number")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_case_tag_tag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_number", "tag_id", name=op.f("pk_case_tag")),
    )
    op.create_index(op.f("ix_case_tag_tag_id"), "case_tag", ["tag_id"])
    op.create_table(
        "field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_field_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field")),
    )
    op.create_index(op.f("ix_field_desk_id"), "field", ["desk_id"])
    op.create_table(
        "case_field",
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_case_field_case_number")),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name=op.f("fk_case_field_field_id")),
        sa.PrimaryKeyConstraint("case_number", "field_id", name=op.f("pk_case_field")),
    )
    op.create_index(op.f("ix_case_field_field_id"), "case_field", ["field_id"])
    op.create_table(
        "cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_cause_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause")),
        sa.UniqueConstraint("desk_id", "name", name=op.f("uq_cause_desk_id_name")),
    )
    op.create_table(
        "outcome",
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_outcome_case_number")),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name=op.f("fk_outcome_cause_id")),
        sa.PrimaryKeyConstraint("case_number", name=op.f("pk_outcome")),
    )
    op.create_index(op.f("ix_outcome_cause_id"), "outcome", ["cause_id"])
    op.create_table(
        "gesture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_gesture_agent_id")),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_gesture_case_number")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_gesture_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gesture")),
    )
    op.create_index(op.f("ix_gesture_case_number"), "gesture", ["case_number"])
    op.create_index(op.f("ix_gesture_person_id"), "gesture", ["person_id"])


def downgrade() -> None:
    for table in ("gesture", "outcome", "cause", "case_field", "field", "case_tag", "tag"):
        op.drop_table(table)
    for table, name, _kind, _value in reversed(NEW_COLUMNS):
        op.drop_column(table, name)
