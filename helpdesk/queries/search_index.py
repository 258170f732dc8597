"""The words of a message as each database is asked for them: by its full-text index, or read in rows that are few."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Integer, Text, TextClause, and_, column, func, literal, literal_column, or_, table, text
from sqlalchemy.dialects.postgresql import ARRAY

from helpdesk.models import SearchText
from helpdesk.policies import search_syntax
from helpdesk.policies.search_words import Asked, Words

Conditions = list[ColumnElement[bool] | TextClause]

FTS5 = table("search_index", column("rowid"))
OTHER = "other"  # the name of another row of the table, beside the one that is asked for


def in_sqlite(asked: Asked) -> Conditions:
    """These words stand in a message: long numbers are looked up and the rest is read, for of other words SQLite gathers a lot."""
    numbers = search_syntax.with_long_number(asked.wanted)
    if not numbers:
        return [text("search_index MATCH :words").bindparams(words=search_syntax.fts5(asked.wanted, asked.unwanted))]
    found = text("search_index MATCH :words").bindparams(words=search_syntax.fts5(numbers))
    return [found, *(reads(SearchText, words) for words in asked.wanted if words not in numbers)]


def in_postgresql(asked: Asked) -> Conditions:
    """These words stand in a message: what its indexes are to be asked for, then all of it, which «is true» is for no index.

    Of unwanted words nothing is said: each case is asked for them anyway, and PostgreSQL would take what is left for few.
    """
    looked_up, whole = search_syntax.tsquery_looked_up(asked.wanted), search_syntax.tsquery(asked.wanted)
    row = func.search_pairs(SearchText.sender, SearchText.recipients, SearchText.files, SearchText.body, type_=ARRAY(Integer))
    pairs = [func.search_pairs(literal(ways, ARRAY(Text))) for ways in search_syntax.pairs(asked.wanted)]
    conditions: Conditions = [row.overlap(numbers) for numbers in pairs]
    if looked_up:
        conditions.append(text("search_text.tsv @@ to_tsquery('simple', :words)").bindparams(words=looked_up))
    if whole != looked_up:
        conditions.append(text("(search_text.tsv @@ to_tsquery('simple', :rest)) IS TRUE").bindparams(rest=whole))
    return conditions


def reads(row: type[SearchText], words: Words) -> ColumnElement[bool]:
    """These words stand in a row, without asking the index: what is folded has single spaces and no sign of LIKE."""
    columns = {"": (row.body, row.files), "sender": (row.sender,), "recipients": (row.recipients,), "files": (row.files,)}
    return or_(*(
        (literal(" ") + column + " ").contains(f" {form}" if begins else f" {form} ")
        for column in columns[words.column]
        for form, begins in search_syntax.forms(words)
    ))  # fmt: skip


def stands_in_postgresql(row: type[SearchText], words: Words) -> ColumnElement[bool]:
    """The same of the row called OTHER: whether it has the words at all, its list of words says sooner than its text."""
    asked = func.to_tsquery(literal_column("'simple'"), search_syntax.tsquery_anywhere(words))
    return and_(literal_column(f"{OTHER}.tsv").bool_op("@@")(asked).is_(True), reads(row, words))
