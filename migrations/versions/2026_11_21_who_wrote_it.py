"""How far a sender is believed, what was decided about doubtful mail, and who was proposed as a participant."""

import sqlalchemy as sa
from alembic import op

from helpdesk.db import UTCDateTime

revision = "2026_11_21_who"
down_revision = "2026_11_21_spam"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("sender", "reply_to", "level_why"):
        op.add_column("entry", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("entry", sa.Column("level", sa.Integer(), nullable=True))
    op.add_column("entry", sa.Column("judgement", sa.String(), nullable=True))
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_proposal_case_number")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_proposal_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("case_number", "address", name=op.f("uq_proposal_case_number_address")),
    )
