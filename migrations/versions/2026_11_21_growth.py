"""What every mail asks for is found by an index: the same bytes, and what went out lately or about a case."""

from alembic import op

revision = "2026_11_21_growth"
down_revision = "2026_11_21_forms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_inbound_mail_sha256", "inbound_mail", ["sha256"])
    op.create_index("ix_outbox_created", "outbox", ["created_at"])
    op.create_index("ix_outbox_case", "outbox", ["case_number"])


def downgrade() -> None:
    op.drop_index("ix_outbox_case", "outbox")
    op.drop_index("ix_outbox_created", "outbox")
    op.drop_index("ix_inbound_mail_sha256", "inbound_mail")
