"""Working calendars, deadlines, and the clocks of each case.  Every installation begins with one calendar and one policy."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json, UTCDateTime

revision = "2026_11_22_clocks"
down_revision = "2026_11_22_undo"
branch_labels = None
depends_on = None

OFFICE_HOURS = [[weekday, 9 * 60, 17 * 60] for weekday in range(5)]


def upgrade() -> None:
    calendar = op.create_table(
        "calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("hours", Json, nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("local_days", Json, nullable=False),
        sa.Column("standard", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("name", name=op.f("uq_calendar_name")),
    )
    op.create_table(
        "closed_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_closed_days_calendar_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_days")),
    )
    op.create_index("ix_closed_days_calendar_id", "closed_days", ["calendar_id"])
    policy = op.create_table(
        "deadline_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.String(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("customers", Json, nullable=False),
        sa.Column("first_response", sa.String(), nullable=False),
        sa.Column("next_reply", sa.String(), nullable=False),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.Column("warn_percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_deadline_policy_team_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_deadline_policy_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_policy")),
        sa.UniqueConstraint("name", name=op.f("uq_deadline_policy_name")),
    )
    op.create_table(
        "case_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("allowance", sa.String(), nullable=False),
        sa.Column("warn_percent", sa.Integer(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("counted_from", UTCDateTime(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        *(
            sa.Column(name, UTCDateTime(), nullable=True)
            for name in ("paused_at", "due_at", "alarm_at", "warned_at", "breached_at", "stopped_at")
        ),
        sa.Column("end", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_case_clock_case_number")),
        sa.ForeignKeyConstraint(["policy_id"], ["deadline_policy.id"], name=op.f("fk_case_clock_policy_id")),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_case_clock_calendar_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_case_clock_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clock")),
    )
    op.create_index("ix_case_clock_case", "case_clock", ["case_number", "id"])
    rings = sa.text("alarm_at IS NOT NULL")
    op.create_index("ix_case_clock_alarm", "case_clock", ["alarm_at"], sqlite_where=rings, postgresql_where=rings)
    op.create_table(
        "case_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_case_alarm_clock_id")),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_case_alarm_case_number")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_case_alarm_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_alarm")),
    )
    untold = sa.text("told_at IS NULL")
    op.create_index("ix_case_alarm_untold", "case_alarm", ["id"], sqlite_where=untold, postgresql_where=untold)
    op.create_index("ix_case_alarm_clock_id", "case_alarm", ["clock_id"])
    op.create_index("ix_case_alarm_case_number", "case_alarm", ["case_number"])
    op.add_column("cases", sa.Column("due_at", UTCDateTime(), nullable=True))
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_cases_due", "cases", ["due_at", "number"], sqlite_where=is_due, postgresql_where=is_due)
    with op.batch_alter_table("team") as batch:
        batch.add_column(sa.Column("calendar_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_team_calendar_id"), "calendar", ["calendar_id"], ["id"])
    _begin(calendar, policy)


def _begin(calendar: sa.Table, policy: sa.Table) -> None:
    office = {
        "name": "Standard",
        "zone": "",
        "hours": OFFICE_HOURS,
        "country": "",
        "region": "",
        "local_days": [],
        "standard": True,
    }
    op.bulk_insert(calendar, [office])
    allowances = {"first_response": "8 hours", "next_reply": "8 hours", "resolution": "40 hours"}
    fits_all = {"name": "Standard", "place": 1, "active": True, "customers": [], "warn_percent": 75}
    op.bulk_insert(policy, [fits_all | allowances])
    # The clocks of the cases that are there are set by the timetable, some hundred at a time.
    installation = sa.table("installation", sa.column("name", sa.String), sa.column("value", Json))
    op.bulk_insert(installation, [{"name": "clocks to set", "value": {"after": 0}}])


def downgrade() -> None:
    op.execute("DELETE FROM installation WHERE name = 'clocks to set'")
    with op.batch_alter_table("team") as batch:
        batch.drop_constraint(op.f("fk_team_calendar_id"), type_="foreignkey")
        batch.drop_column("calendar_id")
    op.drop_index("ix_cases_due", "cases")
    op.drop_column("cases", "due_at")
    for table in ("case_alarm", "case_clock", "deadline_policy", "closed_days", "calendar"):
        op.drop_table(table)
