"""Rows that are named one by one.

A question that pages ask again and again is put together once and kept (`among`): writing it anew costs more than its answer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Integer, any_, bindparam, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session


def one_of(session: Session, column: InstrumentedAttribute[Any], numbers: Collection[int]) -> ColumnElement[bool]:
    """This column holds one of these numbers.

    PostgreSQL gets them as one value: a question that names each by itself is another one for every length of the list, to be written,
    parsed and planned anew.
    """
    if session.get_bind().dialect.name == "postgresql":
        return column.expression == any_(literal(list(numbers), ARRAY(Integer)))
    return column.in_(numbers)


def among(dialect: str, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The same for a question that is kept: `numbers` is a list that it is asked with."""
    if dialect == "postgresql":
        return column.expression == any_(bindparam("numbers", type_=ARRAY(Integer)))
    return column.in_(bindparam("numbers", expanding=True))


def dialect_of(session: Session) -> str:
    """The name of the database that a kept question is put to."""
    return session.get_bind().dialect.name
