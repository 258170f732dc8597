"""Gestures of goodwill: what was given, in whole cents."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, get_args

from helpdesk.policies.fields import number

Kind = Literal["refund", "voucher", "discount", "gift"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CURRENCIES = ("EUR", "CHF", "GBP", "USD")
MOST = 100_000_000  # cents: a million


def cents(text: str) -> int:
    """«25», «25,50», «1.234,50» → cents.  Raises ValueError for what is no amount, more precise than a cent, or beyond all reason."""
    amount = Decimal(number(text)) * 100
    if amount != amount.to_integral_value() or not 0 < amount <= MOST:
        raise ValueError("no amount")
    return int(amount)
