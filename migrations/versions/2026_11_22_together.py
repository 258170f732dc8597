"""Working together: notices, handovers, consultations of third parties, absences."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime

revision = "2026_11_22_together"
down_revision = "2026_11_22_sight"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_absence_agent_id_agent")),
        sa.ForeignKeyConstraint(["deputy_id"], ["agent.id"], name=op.f("fk_absence_deputy_id_agent")),
        sa.ForeignKeyConstraint(["set_by_id"], ["agent.id"], name=op.f("fk_absence_set_by_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_agent_id"), "absence", ["agent_id"], unique=False)
    op.create_index("ix_absence_days", "absence", ["last_day", "first_day"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("promised", sa.String(), nullable=False),
        sa.Column("tried", sa.String(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_handover_case_number_cases")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_handover_entry_id_entry")),
        sa.ForeignKeyConstraint(["giver_id"], ["agent.id"], name=op.f("fk_handover_giver_id_agent")),
        sa.ForeignKeyConstraint(["holder_id"], ["agent.id"], name=op.f("fk_handover_holder_id_agent")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["agent.id"], name=op.f("fk_handover_taken_by_id_agent")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_handover_team_id_team")),
        sa.ForeignKeyConstraint(["to_id"], ["agent.id"], name=op.f("fk_handover_to_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_handover_entry_id")),
    )
    op.create_index(op.f("ix_handover_case_number"), "handover", ["case_number"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_notice_agent_id_agent")),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f("fk_notice_by_id_agent")),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_notice_case_number_cases")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_notice_entry_id_entry")),
        sa.ForeignKeyConstraint(["instead_of_id"], ["agent.id"], name=op.f("fk_notice_instead_of_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_case_number"), "notice", ["case_number"], unique=False)
    op.create_index("ix_notice_unseen", "notice", ["agent_id", "seen_at"], unique=False)
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reply_address_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_consultation_case_number_cases")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["agent.id"], name=op.f("fk_consultation_opened_by_id_agent")),
        sa.ForeignKeyConstraint(
            ["reply_address_id"], ["reply_address.id"], name=op.f("fk_consultation_reply_address_id_reply_address")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("reply_address_id", name=op.f("uq_consultation_reply_address_id")),
    )
    op.create_index(op.f("ix_consultation_case_number"), "consultation", ["case_number"], unique=False)
    op.create_table(
        "consultation_letter",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consultation_letter_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_consultation_letter_entry_id_entry")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_consultation_letter")),
    )
    op.create_index(op.f("ix_consultation_letter_consultation_id"), "consultation_letter", ["consultation_id"], unique=False)
    op.add_column("agent", sa.Column("muted", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("agent", "muted")
    for table in ("consultation_letter", "consultation", "notice", "handover", "absence"):
        op.drop_table(table)
