"""What can be found lies in columns: who said it, to whom, which files, the words; file references of ours and of theirs."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_search"
down_revision = "2026_11_22_suggestions"
branch_labels = None
depends_on = None

COLUMNS = ("sender", "recipients", "files", "body")


def upgrade() -> None:
    op.add_column("cases", sa.Column("their_reference", sa.String(), nullable=False, server_default=""))
    op.add_column("desk", sa.Column("reference", sa.String(), nullable=False, server_default=""))
    _drop_index()
    for name in COLUMNS[:-1]:
        op.add_column("search_text", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("search_text", sa.Column("edition", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(op.f("ix_search_text_edition"), "search_text", ["edition"])
    _create_index(COLUMNS)


def downgrade() -> None:
    _drop_index()
    op.drop_index(op.f("ix_search_text_edition"), table_name="search_text")
    for name in (*COLUMNS[:-1], "edition"):
        op.drop_column("search_text", name)
    _create_index(COLUMNS[-1:])
    op.drop_column("desk", "reference")
    op.drop_column("cases", "their_reference")


def _drop_index() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for when in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER search_text_{when}")
        op.execute("DROP TABLE search_index")
    else:
        op.execute("DROP INDEX ix_search_text_tsv")
        op.execute("ALTER TABLE search_text DROP COLUMN tsv")


def _create_index(columns: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _create_fts5(columns)
    else:
        _create_gin(columns)


def _create_fts5(columns: tuple[str, ...]) -> None:
    names = ", ".join(columns)
    op.execute(
        f"CREATE VIRTUAL TABLE search_index USING fts5"
        f"({names}, content='search_text', content_rowid='entry_id', tokenize='unicode61', prefix='3 4')"
    )
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("new", "old"))
    add = f"INSERT INTO search_index (rowid, {names}) VALUES (new.entry_id, {new});"  # noqa: S608
    drop = f"INSERT INTO search_index (search_index, rowid, {names}) VALUES ('delete', old.entry_id, {old});"  # noqa: S608
    for when, what in (("INSERT", add), ("DELETE", drop), ("UPDATE", drop + add)):
        op.execute(f"CREATE TRIGGER search_text_{when.lower()} AFTER {when} ON search_text BEGIN {what} END")
    op.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")


def _create_gin(columns: tuple[str, ...]) -> None:
    # One column is one weight, so that a query can ask for it: 'anna':*A is in `sender`.
    parts = " || ".join(
        f"setweight(to_tsvector('simple', {name}), '{weight}')" for name, weight in zip(columns, "ABCD", strict=False)
    )
    op.execute(f"ALTER TABLE search_text ADD COLUMN tsv tsvector GENERATED ALWAYS AS ({parts}) STORED")
    op.execute("CREATE INDEX ix_search_text_tsv ON search_text USING gin (tsv)")
