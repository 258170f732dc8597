"""The people of a desk are listed by an index over their folded names, however many there are."""

import sqlalchemy as sa
from alembic import op

from helpdesk.policies.folding import fold

revision = "2026_11_22_people_by_name"
down_revision = "2026_11_22_spam_view"
branch_labels = None
depends_on = None

AT_ONCE = 1_000


def upgrade() -> None:
    folded = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("person", sa.Column("sorted_as", folded, nullable=False, server_default=""))
    people = op.get_bind().execute(sa.text("SELECT id, name, address, phone FROM person ORDER BY id")).all()
    change = sa.text("UPDATE person SET sorted_as = :sorted_as WHERE id = :id")
    for start in range(0, len(people), AT_ONCE):
        rows = [
            {"id": person_id, "sorted_as": fold(name or (address if "@" in address else phone))}
            for person_id, name, address, phone in people[start : start + AT_ONCE]
        ]
        op.get_bind().execute(change, rows)
    op.create_index("ix_person_sorted", "person", ["sorted_as", "id"])


def downgrade() -> None:
    op.drop_index("ix_person_sorted", table_name="person")
    op.drop_column("person", "sorted_as")
