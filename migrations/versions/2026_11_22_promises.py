"""Promises: what was named to customers, what a desk names, and the day that goes with an answer not sent yet."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_promises"
down_revision = "2026_11_22_report_mails"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("renewed_by_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        *(sa.Column(name, UTCDateTime(), nullable=True) for name in ("look_at", "warned_at", "told_customer_at")),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_promise_case_number")),
        sa.ForeignKeyConstraint(["made_by_id"], ["agent.id"], name=op.f("fk_promise_made_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_promise_entry_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["entry.id"], name=op.f("fk_promise_settled_by_id")),
        sa.ForeignKeyConstraint(["renewed_by_id"], ["promise.id"], name=op.f("fk_promise_renewed_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_promise_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index("ix_promise_case", "promise", ["case_number", "id"])
    op.create_index("ix_promise_due", "promise", ["due_at"])
    op.create_index("ix_promise_entry_id", "promise", ["entry_id"])
    looks = sa.text("look_at IS NOT NULL")
    op.create_index("ix_promise_look", "promise", ["look_at"], sqlite_where=looks, postgresql_where=looks)
    op.add_column("desk", sa.Column("names_time", sa.String(), nullable=False, server_default="own"))
    op.add_column("desk", sa.Column("apologises", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("draft", sa.Column("promise_at", UTCDateTime(), nullable=True))
    op.add_column("waiting_answer", sa.Column("promise_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("waiting_answer", "promise_at")
    op.drop_column("draft", "promise_at")
    op.drop_column("desk", "apologises")
    op.drop_column("desk", "names_time")
    op.drop_table("promise")
