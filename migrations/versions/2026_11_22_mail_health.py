"""How long probes were on their way, and what came to the addresses of cases.  Mail that came before is not told of."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_22_mail_health"
down_revision = "2026_11_22_measured_at"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "probe_trip",
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("back_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("sent_at", name=op.f("pk_probe_trip")),
    )
    op.create_table(
        "door_mail",
        sa.Column("arrival_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("brings_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrival.id"], name=op.f("fk_door_mail_arrival_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_door_mail_case_number")),
        sa.PrimaryKeyConstraint("arrival_id", name=op.f("pk_door_mail")),
    )
    op.create_index("ix_door_mail_at", "door_mail", ["at"])
    op.create_index("ix_entry_mail", "entry", ["mail_id"])


def downgrade() -> None:
    op.drop_index("ix_entry_mail", "entry")
    op.drop_table("door_mail")
    op.drop_table("probe_trip")
