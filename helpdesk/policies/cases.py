"""The states of a case and the permitted moves.

new       nobody has answered yet        open      our turn
waiting   theirs                         resolved  solved, the line is held open for the grace period
"""

from __future__ import annotations

from typing import Literal, get_args

State = Literal["new", "open", "waiting", "resolved"]
Move = Literal["customer-wrote", "we-answered", "resolve", "reopen", "answer-bounced"]
Channel = Literal["mail", "form", "call", "visit", "letter", "ours"]
Priority = Literal["low", "normal", "high", "urgent"]

STATES: tuple[State, ...] = get_args(State)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
OUR_TURN: tuple[State, ...] = ("new", "open")
UNSOLVED: tuple[State, ...] = ("new", "open", "waiting")

_MOVES: dict[Move, dict[State, State]] = {
    "customer-wrote": {"new": "new", "open": "open", "waiting": "open", "resolved": "open"},
    # An answer after the solution adds something; it does not put the customer to work again.
    "we-answered": {"new": "waiting", "open": "waiting", "waiting": "waiting", "resolved": "resolved"},
    "resolve": {"new": "resolved", "open": "resolved", "waiting": "resolved"},
    "reopen": {"resolved": "open"},
    "answer-bounced": {"new": "new", "open": "open", "waiting": "open", "resolved": "open"},
}


def after(state: State, move: Move) -> State | None:
    """The state after a move, or None where the move is not permitted in this state."""
    return _MOVES[move].get(state)


def reopens(state: State, move: Move) -> bool:
    return state == "resolved" and after(state, move) == "open"
