"""Escalations, whom they were told to, the levels of a deadline policy, and webhooks."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime

revision = "2026_11_22_escalations"
down_revision = "2026_11_22_measures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.Column("alarm_id", sa.Integer(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("first_action_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_escalation_case_number")),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_escalation_clock_id")),
        sa.ForeignKeyConstraint(["alarm_id"], ["case_alarm.id"], name=op.f("fk_escalation_alarm_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_escalation_team_id")),
        *(
            sa.ForeignKeyConstraint([name], ["agent.id"], name=op.f(f"fk_escalation_{name}"))
            for name in ("holder_id", "by_id", "acknowledged_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    op.create_index("uq_escalation_cause", "escalation", ["case_number", "reason", "cause"], unique=True)
    op.create_index("ix_escalation_raised", "escalation", ["raised_at"])
    _index_where("ix_escalation_open", "escalation", "case_number", "closed_at IS NULL")
    _index_where("ix_escalation_next", "escalation", "next_at", "next_at IS NOT NULL")
    op.create_table(
        "escalation_telling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("mail_at", UTCDateTime(), nullable=True),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalation.id"], name=op.f("fk_escalation_telling_escalation_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_escalation_telling_agent_id")),
        sa.ForeignKeyConstraint(["instead_of_id"], ["agent.id"], name=op.f("fk_escalation_telling_instead_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_telling")),
    )
    op.create_index("ix_escalation_telling_of", "escalation_telling", ["escalation_id", "agent_id"])
    op.create_index("ix_escalation_telling_agent", "escalation_telling", ["agent_id", "escalation_id"])
    _index_where("ix_escalation_telling_mail", "escalation_telling", "mail_at", "mail_at IS NOT NULL")
    op.create_table(
        "escalation_level",
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("at_any_time", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["deadline_policy.id"], name=op.f("fk_escalation_level_policy_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("policy_id", "level", name=op.f("pk_escalation_level")),
    )
    op.add_column("deadline_policy", sa.Column("remind_minutes", sa.Integer(), nullable=False, server_default="240"))
    _webhooks()


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalation.id"], name=op.f("fk_webhook_call_escalation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
    )
    op.create_index("ix_webhook_call_of", "webhook_call", ["webhook_id", "id"])
    _index_where("ix_webhook_call_due", "webhook_call", "due_at", "due_at IS NOT NULL")


def _index_where(name: str, table: str, column: str, which: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(which), postgresql_where=sa.text(which))


def downgrade() -> None:
    op.drop_column("deadline_policy", "remind_minutes")
    for table in ("webhook_call", "webhook", "escalation_level", "escalation_telling", "escalation"):
        op.drop_table(table)
