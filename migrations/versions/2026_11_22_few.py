"""The few cases that are confidential or merged are found by indexes of those few, however many others there are."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_few"
down_revision = "2026_11_22_people_by_name"
branch_labels = None
depends_on = None

CONFIDENTIAL = {"sqlite_where": sa.text("confidential = 1"), "postgresql_where": sa.text("confidential")}
MERGED = {"sqlite_where": sa.text("merged_into IS NOT NULL"), "postgresql_where": sa.text("merged_into IS NOT NULL")}


def upgrade() -> None:
    op.drop_index("ix_cases_confidential", table_name="cases")
    op.create_index("ix_cases_confidential", "cases", ["confidential", "team_id", "assignee_id", "number"], **CONFIDENTIAL)
    op.drop_index("ix_cases_merged_into", table_name="cases")
    op.create_index("ix_cases_merged_into", "cases", ["merged_into"], **MERGED)


def downgrade() -> None:
    op.drop_index("ix_cases_merged_into", table_name="cases")
    op.create_index("ix_cases_merged_into", "cases", ["merged_into"])
    op.drop_index("ix_cases_confidential", table_name="cases")
    op.create_index("ix_cases_confidential", "cases", ["number"], **CONFIDENTIAL)
