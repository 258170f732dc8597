"""Facts in what people write, and answers that ask for what was written already."""

from __future__ import annotations

import pytest

from helpdesk.policies.facts import Found, asked_for, found


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("Bestellung 4711-0938-22, 189 Euro, bezahlt am 2. September.", [("order", "4711-0938-22"), ("amount", "189 Euro"), ("date", "2. September")]),
        ("Meine Bestellnummer lautet: DE-20931", [("order", "DE-20931")]),
        ("my order number is 88412.", [("order", "88412")]),
        ("Rechnung Nr. 2026/1187 über 1.249,50 €", [("invoice", "2026/1187"), ("amount", "1.249,50 €")]),
        ("Kundennummer: 5512098", [("customer", "5512098")]),
        ("Please refund $49.90 of invoice INV-2044", [("amount", "$49.90"), ("invoice", "INV-2044")]),
        ("IBAN DE89 3704 0044 0532 0130 00", [("iban", "DE89 3704 0044 0532 0130 00")]),
        ("IBAN DE89 3704 0044 0532 0130 01", []),
        ("Tel. 030 5550 184, gern nach 17 Uhr", [("phone", "030 5550 184")]),
        ("delivered on 2026-11-02, not on November 1st", [("date", "2026-11-02"), ("date", "November 1st")]),
        ("Sendungsnummer 00340434161094042557", [("parcel", "00340434161094042557")]),
        ("We order often, about 3 times a year, in room 204.", []),
        ("Im Auftrag meiner Mutter schreibe ich Ihnen.", []),
    ],
)  # fmt: skip
def test_facts_are_found_by_their_form(words: str, facts: list[tuple[str, str]]) -> None:
    assert found(words) == [Found(kind, value) for kind, value in facts]  # type: ignore[arg-type]


def test_a_fact_that_is_said_twice_is_one_and_a_price_list_is_none() -> None:
    assert found("Order 88412, again: order 88412") == [Found("order", "88412")]
    assert len(found(" ".join(f"{n},00 €" for n in range(100, 160)))) == 3


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        ("Nennen Sie mir bitte noch einmal Ihre Bestellnummer?", {"order"}),
        ("Please send us your order number and your bank details.", {"order", "iban"}),
        ("Wie lautet Ihre Telefonnummer?", {"phone"}),
        ("Wann haben Sie die Mühle gekauft?", {"date"}),
        ("Ihre Bestellnummer habe ich notiert.", set()),
        ("We have refunded the order. Is that all right?", set()),
    ],
)
def test_an_answer_is_seen_to_ask_for_a_fact(answer: str, kinds: set[str]) -> None:
    assert asked_for(answer) == kinds


@pytest.mark.parametrize("hostile", ["1" * 50_000, "order " * 10_000, "1. " * 20_000, "A1 " * 20_000, "€ 1." * 10_000])
def test_no_text_takes_long_to_look_through(hostile: str) -> None:
    assert isinstance(found(hostile), list)
    assert isinstance(asked_for(hostile), set)
