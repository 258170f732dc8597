"""What may stand in a field, what a tag is called, what an amount is."""

from __future__ import annotations

import pytest

from helpdesk.policies import goodwill, tags
from helpdesk.policies.fields import LONGEST, missing, value


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("text", "  two   words ", "two words"),
        ("number", "12", "12"),
        ("number", "12,5", "12.5"),
        ("number", "1.234,50", "1234.50"),
        ("number", "1,234.50", "1234.50"),
        ("number", "1 234", "1234"),
        ("number", "1.234.567", "1234567"),
        ("number", "\u22123", "-3"),
        ("number", "1.234", "1.234"),
        ("date", "2026-11-02", "2026-11-02"),
        ("date", "2.11.2026", "2026-11-02"),
        ("choice", "red", "red"),
        ("tick", "on", "1"),
        ("date", "  ", ""),
    ],
)
def test_a_value_is_kept_in_one_form(kind, text: str, kept: str) -> None:
    assert value(kind, text, ("red", "blue")) == kept


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "twelve"),
        ("number", "NaN"),
        ("number", "1e999"),
        ("number", "1" * 30),
        ("date", "2026-02-30"),
        ("date", "30.2.2026"),
        ("date", "soon"),
        ("choice", "green"),
        ("text", "x" * (LONGEST + 1)),
    ],
)
def test_what_cannot_be_a_value_is_refused(kind, text: str) -> None:
    with pytest.raises(ValueError):  # date's own words differ
        value(kind, text, ("red", "blue"))


def test_what_a_desk_asks_for_and_nobody_said_is_missing_in_the_order_of_the_form() -> None:
    assert missing(["verdict", "cause"], ["office"], ["Order", "Line"], ["Line"]) == ["cause", "verdict", "Order"]
    assert missing(["office"], ["office"], [], []) == []


@pytest.mark.parametrize(("text", "name"), [(" #Street  works ", "Street works"), ("a,b", "a b"), ("!!", ""), ("x" * 41, "")])
def test_a_tag_is_short_and_can_be_looked_for(text: str, name: str) -> None:
    assert tags.name(text) == name


def test_an_amount_is_whole_cents() -> None:
    assert [goodwill.cents(text) for text in ("25", "25,50", "1.234,50", "1000000")] == [2500, 2550, 123450, 100_000_000]
    for nonsense in ("0", "-5", "1.005", "1000000,01", "much"):
        with pytest.raises(ValueError, match=r"amount|number"):
            goodwill.cents(nonsense)
