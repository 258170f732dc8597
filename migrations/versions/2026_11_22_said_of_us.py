"""What customers said of us, and how their addresses live, is measured like the rest: a report reads its sums."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import Json

revision = "2026_11_22_said_of_us"
down_revision = "2026_11_22_would_be_next"
branch_labels = None
depends_on = None

KINDS = (
    "mark-waited", "mark-repeated", "mark-sent-elsewhere", "mark-not-told", "mark-rude", "mark-praise", "satisfied", "dissatisfied",
    "asked-answered", "asked-unanswered", "door", "door-mail", "door-late", "door-stranger", "door-back",
    "door-late-back",
)  # fmt: skip


def upgrade() -> None:
    op.drop_index("ix_reply_address_counted", "reply_address")
    op.drop_index("ix_friction_at", "friction")
    op.drop_index("ix_rating_asked", "rating")
    op.drop_index("ix_door_mail_at", "door_mail")
    op.create_index("ix_door_mail_case_number", "door_mail", ["case_number"])
    # It is measured of the cases that are there, some hundred at a time.
    installation = sa.table("installation", sa.column("name", sa.String), sa.column("value", Json))
    anew = sa.update(installation).where(installation.c.name == "cases to measure")
    op.get_bind().execute(anew.values(value={"after": 0}))


def downgrade() -> None:
    for table in ("measure", "measure_sum"):
        measured = sa.table(table, sa.column("kind", sa.String))
        op.get_bind().execute(sa.delete(measured).where(measured.c.kind.in_(KINDS)))
    op.drop_index("ix_door_mail_case_number", "door_mail")
    op.create_index("ix_door_mail_at", "door_mail", ["at"])
    op.create_index("ix_rating_asked", "rating", ["asked_at"])
    op.create_index("ix_friction_at", "friction", ["at", "undone_at", "kind", "case_number"])
    op.create_index(
        "ix_reply_address_counted", "reply_address", ["purpose", "expires_at", "retired_at", "revoked_at", "case_number"]
    )
