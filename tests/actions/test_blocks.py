"""Who is kept out, and who cannot be."""

from __future__ import annotations

import pytest

from helpdesk.actions import blocks
from helpdesk.actions.cases import NotPermitted
from helpdesk.queries import blocks as find


@pytest.mark.parametrize(
    "ours", ["help@example.org", "bob@example.org", "@example.org", "re-2345@reply.example.org", "@reply.example.org"]
)
def test_neither_we_nor_our_colleagues_can_be_blocked(session, desk, bob, monday, ours: str) -> None:
    with pytest.raises(NotPermitted, match="is one of us"):
        blocks.block(session, ours, agent=bob, now=monday)


def test_a_colleague_elsewhere_is_a_colleague_too(session, desk, bob, monday) -> None:
    bob.email = "bob@freemail.example"
    session.flush()
    with pytest.raises(NotPermitted, match="is one of us"):
        blocks.block(session, "@freemail.example", agent=bob, now=monday)
    blocks.block(session, "notbob@freemail.example", agent=bob, now=monday)


def test_what_is_neither_an_address_nor_a_domain_is_refused(session, desk, bob, monday) -> None:
    with pytest.raises(NotPermitted, match="neither a mail address"):
        blocks.block(session, "shop", agent=bob, now=monday)


def test_a_block_is_there_once_until_it_is_taken_back(session, desk, bob, monday) -> None:
    row = blocks.block(session, "Ads@Shop.example", agent=bob, now=monday)
    assert blocks.block(session, "ads@shop.example", agent=bob, now=monday) is row
    assert find.of(session, ("", "ads@shop.example")) is row
    assert find.of(session, ("other@shop.example",)) is None
    blocks.free(session, row, agent=bob, now=monday)
    assert find.all_of_them(session) == []
