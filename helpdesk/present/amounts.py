"""Values of fields and sums of money, as people of a language write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal


def value(kind: str, text: str, language: str) -> str:
    """A field's value as it is read; of a tick nothing but that it is there."""
    if not text:
        return ""
    if kind == "number":
        return format_decimal(Decimal(text), locale=language, decimal_quantization=False)
    if kind == "date":
        return format_date(date.fromisoformat(text), "d. MMMM y" if language == "de" else "d MMMM y", locale=language)
    return "✓" if kind == "tick" else text


def money(cents: int, currency: str, language: str) -> str:
    """«25,00 €», «€25.00»."""
    return format_currency(Decimal(cents) / 100, currency, locale=language)
