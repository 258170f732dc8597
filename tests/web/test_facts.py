"""The fact card: pinned once, and nobody asks for it again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk import db
from helpdesk.models import Fact
from tests.web.browsing import Browser, anna_writes, mail_comes, words_of

Windows = Callable[..., Browser]
TEXT = "The mill of order 88412 is broken. I paid 189,00 € on 2 September 2026."


@pytest.fixture()
def bob(browser: Windows) -> Browser:
    return browser("bob")


def test_what_a_mail_says_is_offered_and_pinned_by_a_click_with_the_way_back_to_it(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database, TEXT)
    page = bob.get(f"/cases/{number}")
    assert re.findall(r"<li><span>(.*?)<br>", page.text) == ["88412", "189,00 €", "2 September 2026"]
    said = words_of(bob.post(f"/cases/{number}/facts", {"kind": "order", "value": "88412"}, follow_redirects=True))
    assert "Order is pinned." in said
    page = bob.get(f"/cases/{number}")
    assert re.search(r'<dt>Order</dt>\s*<dd><a href="#e\d+">88412</a>', page.text)
    assert re.findall(r"<li><span>(.*?)<br>", page.text) == ["189,00 €", "2 September 2026"]
    assert "Bob pinned: Order 88412" in words_of(page)


def test_a_fact_of_ones_own_words_is_pinned_once_and_removed_with_undo(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database, TEXT)
    for _ in range(2):
        bob.post(f"/cases/{number}/facts", {"name": "Wish", "value": "Money, no voucher"})
    with database.reading() as session:
        fact = session.scalars(select(Fact.id)).one()
    assert "Wish is no longer pinned." in words_of(bob.post(f"/cases/{number}/facts/{fact}/drop", follow_redirects=True))
    assert "<dt>Wish</dt>" not in bob.get(f"/cases/{number}").text
    bob.post(f"/cases/{number}/facts/{fact}/restore")
    assert "<dt>Wish</dt>" in bob.get(f"/cases/{number}").text


def test_a_fact_without_a_name_is_asked_for(bob: Browser, database: db.Database) -> None:
    page = bob.post(f"/cases/{anna_writes(database)}/facts", {"value": "88412"})
    assert page.status_code == 422
    assert "A fact needs a name and a value." in words_of(page)


def test_a_fact_of_another_case_is_not_found(bob: Browser, database: db.Database) -> None:
    first, second = anna_writes(database, TEXT), anna_writes(database, TEXT)
    bob.post(f"/cases/{first}/facts", {"kind": "order", "value": "88412"})
    with database.reading() as session:
        fact = session.scalars(select(Fact.id)).one()
    assert bob.post(f"/cases/{second}/facts/{fact}/drop").status_code == 404


def test_what_a_suspect_writes_is_no_fact(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database, "Hello")
    mail_comes(database, number, "My IBAN is DE89 3704 0044 0532 0130 00", author="Eve", counts=False, flags=("suspect",))
    assert "DE89" not in re.sub(r'<ol class="line">.*?</ol>', "", bob.get(f"/cases/{number}").text, flags=re.S)


def test_an_answer_that_asks_for_what_is_known_is_told_so(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database, TEXT)
    hint = bob.post(f"/cases/{number}/facts/asked", {"text": "Could you send us your order number, please?"})
    assert re.search(r"Known already: Anna Kundin wrote on [^:]+: Order 88412\.", words_of(hint))
    bob.post(f"/cases/{number}/facts", {"kind": "order", "name": "Order of the mill", "value": "88412-B"})
    hint = bob.post(f"/cases/{number}/facts/asked", {"text": "Could you send us your order number, please?"})
    assert "Order of the mill 88412-B" in words_of(hint)
    assert words_of(bob.post(f"/cases/{number}/facts/asked", {"text": "Your order was refunded."})) == ""
