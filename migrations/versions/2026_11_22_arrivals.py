"""The page of a case asks which mail came into it: by an index, not by reading all mail that ever came."""

from alembic import op

revision = "2026_11_22_arrivals"
down_revision = "2026_11_22_counting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_arrival_case", "arrival", ["case_number"])


def downgrade() -> None:
    op.drop_index("ix_arrival_case", table_name="arrival")
