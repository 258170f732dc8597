"""The states of a case and the permitted moves."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from helpdesk.policies.cases import STATES, Move, State, after, reopens

# state before → after, for each move; «–» is not permitted
TABLE = """
                  new       open      waiting   resolved
customer-wrote    new       open      open      open
we-answered       waiting   waiting   waiting   resolved
resolve           resolved  resolved  resolved  –
reopen            –         –         –         open
answer-bounced    new       open      open      open
"""


def rows() -> list[tuple[Move, State, State | None]]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [(name, state, None if to == "–" else to) for name, *tos in lines for state, to in zip(head, tos, strict=True)]


@pytest.mark.parametrize(("move", "before", "expected"), rows())
def test_a_move_leads_where_the_table_says(move: Move, before: State, expected: State | None) -> None:
    assert after(before, move) == expected


def test_the_table_names_every_move_and_every_state() -> None:
    assert {(move, state) for move, state, _ in rows()} == set(itertools.product(get_args(Move), STATES))


def test_only_a_move_that_opens_a_resolved_case_reopens_it() -> None:
    assert reopens("resolved", "customer-wrote")
    assert reopens("resolved", "reopen")
    assert not reopens("waiting", "customer-wrote")
    assert not reopens("resolved", "we-answered")
    assert not reopens("new", "reopen")
