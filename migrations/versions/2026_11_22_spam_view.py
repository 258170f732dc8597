"""The few cases that are spam are listed and counted by an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_spam_view"
down_revision = "2026_11_22_ticks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    few = sa.text("spam_at IS NOT NULL")
    op.create_index("ix_cases_spam", "cases", ["number"], sqlite_where=few, postgresql_where=few)


def downgrade() -> None:
    op.drop_index("ix_cases_spam", table_name="cases")
