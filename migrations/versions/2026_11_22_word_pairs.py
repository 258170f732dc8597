"""PostgreSQL finds phrases by an index of words that stand side by side: its own knows which words a text has, not where."""

from alembic import op

revision = "2026_11_22_word_pairs"
down_revision = "2026_11_22_mail_health"
branch_labels = None
depends_on = None

COLUMNS = ("sender", "recipients", "files", "body")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # Pairs are kept as one of a million numbers, so that the index stays small; hash indexes rest on the same function.  Between two
    # columns stands what is no word, so none joins them.
    words = "string_to_array(" + " || ' | ' || ".join(COLUMNS) + ", ' ')"
    op.execute(
        f"CREATE FUNCTION search_pairs({', '.join(f'{name} text' for name in COLUMNS)}) RETURNS int[] "  # noqa: S608
        "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
        "SELECT array_agg(hashtext(one || ' ' || other) & 1048575) "
        f"FROM (SELECT {words} AS words) AS read, unnest(words[1 : cardinality(words) - 1], words[2 : ]) AS side(one, other) $$"
    )
    op.execute(
        "CREATE FUNCTION search_pairs(pairs text[]) RETURNS int[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
        "SELECT array_agg(hashtext(pair) & 1048575) FROM unnest(pairs) AS pair $$"
    )
    op.execute(f"CREATE INDEX ix_search_text_pairs ON search_text USING gin (search_pairs({', '.join(COLUMNS)}))")
    op.execute("ANALYZE search_text")  # or it is guessed how often two words stand side by side


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_search_text_pairs")
        op.execute("DROP FUNCTION search_pairs(text[])")
        op.execute("DROP FUNCTION search_pairs(text, text, text, text)")
