"""Senders who are kept out."""

from __future__ import annotations

import pytest

from helpdesk.policies import blocks


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        (" Ads@Shop.Example ", "ads@shop.example"),
        ("Shop <ads@shop.example>", "ads@shop.example"),
        ("@Shop.example", "@shop.example"),
    ],
)
def test_what_is_kept_out_has_one_spelling(text: str, pattern: str) -> None:
    assert blocks.pattern(text) == pattern


@pytest.mark.parametrize("text", ["", "@", "@example", "shop", "@*.example", "@shop.example\nx"])
def test_what_is_neither_an_address_nor_a_domain_is_no_block(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        blocks.pattern(text)


def test_an_address_is_kept_out_by_itself_or_by_its_domain() -> None:
    assert blocks.patterns_for("Ads@Shop.Example") == ("ads@shop.example", "@shop.example")
    assert blocks.patterns_for("") == ()
