"""Search: one question, asked of SQLite's FTS5 or of PostgreSQL's tsvector."""

from __future__ import annotations

from sqlalchemy import Select, literal_column, select, text
from sqlalchemy.orm import Session

from helpdesk.models import SearchText
from helpdesk.policies.folding import fold

MOST_WORDS = 12
PREFIX_FROM = 3  # letters: shorter words are meant as they are


def matching(session: Session, words: str) -> Select[int]:
    """The numbers of the cases in which some entry has all these words, or words that begin with them."""
    tokens = fold(words).split()[:MOST_WORDS]
    numbers = select(SearchText.case_number).distinct()
    if not tokens:
        return numbers.where(text("1 = 0"))
    if session.get_bind().dialect.name == "postgresql":
        query = " & ".join(f"{t}:*" if len(t) >= PREFIX_FROM else t for t in tokens)
        found = text("search_text.tsv @@ to_tsquery('simple', :search_words)").bindparams(search_words=query)
        return numbers.where(found)
    # Quoted tokens: nothing that a person types is FTS5 syntax.
    query = " ".join(f'"{t}"*' if len(t) >= PREFIX_FROM else f'"{t}"' for t in tokens)
    hits = text("SELECT rowid FROM search_index WHERE search_index MATCH :search_words").bindparams(search_words=query)
    return numbers.where(SearchText.entry_id.in_(hits.columns(literal_column("rowid"))))
