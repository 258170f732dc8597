"""Rows that are named one by one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Integer, any_, literal
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
