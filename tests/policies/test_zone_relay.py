"""Whether SPF permits the relay: yes, no, or only somebody else knows."""

from __future__ import annotations

import pytest

from helpdesk.policies.zone import Answer, Zone, questions
from helpdesk.policies.zone_findings import judged
from helpdesk.policies.zone_relay import permits

DOMAIN, RELAY = "reply.shop.de", "a:smtp.provider.net"
ANSWERS = {
    (DOMAIN, "MX"): Answer(("10 mx.shop.de.",)), ("mx.shop.de", "A"): Answer(("192.0.2.1",)), ("mx.shop.de", "AAAA"): Answer(),
    (DOMAIN, "A"): Answer(("192.0.2.2",)), (DOMAIN, "AAAA"): Answer(),
    ("smtp.provider.net", "A"): Answer(("198.51.100.7",)), ("smtp.provider.net", "AAAA"): Answer(("2001:db8::7",)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "permitted"),
    [
        ("v=spf1 mx a:smtp.provider.net -all", True), ("v=spf1 +A:smtp.provider.net ~all", True), ("v=spf1 ip4:198.51.100.0/24 -all", True),
        ("v=spf1 ip6:2001:db8::/32 -all", True), ("v=spf1 mx -all", False), ("v=spf1 a ip4:192.0.2.0/24 -all", False),
        ("v=spf1 -a:smtp.provider.net mx -all", False), ("v=spf1 mx include:provider.net -all", None), ("v=spf1 redirect=provider.net", None),
        ("v=spf1 mx:provider.net -all", None), ("v=spf1 ip4:nonsense -all", None),
    ],
)  # fmt: skip
def test_a_relay_is_permitted_by_name_or_by_address_or_only_others_know(text: str, permitted: bool | None) -> None:
    assert permits(text, RELAY, DOMAIN, ANSWERS) is permitted


def test_a_relay_that_is_the_mail_server_itself_is_permitted_by_mx() -> None:
    assert permits("v=spf1 mx -all", "ip4:192.0.2.1", DOMAIN, ANSWERS) is True
    assert permits("v=spf1 a -all", "ip4:192.0.2.2", DOMAIN, ANSWERS) is True


def test_without_an_answer_nothing_is_called_wrong() -> None:
    silent = {**ANSWERS, ("smtp.provider.net", "AAAA"): Answer(silent=True)}
    assert permits("v=spf1 mx -all", RELAY, DOMAIN, silent) is None
    assert permits("v=spf1 mx -all", RELAY, DOMAIN, {**ANSWERS, ("mx.shop.de", "A"): Answer(silent=True)}) is None


def test_what_decides_is_asked_and_the_line_says_it() -> None:
    zone = Zone(DOMAIN, DOMAIN, ("shop.de",), relay=RELAY)
    assert {("smtp.provider.net", "A"), ("smtp.provider.net", "AAAA")} <= set(questions(zone))
    spf = zone.lines()[1]
    for text, state in (
        (f"v=spf1 mx {RELAY} -all", "right"),
        ("v=spf1 mx -all", "wrong"),
        ("v=spf1 mx include:x.net -all", "right"),
    ):
        assert judged(zone, spf, {**ANSWERS, (DOMAIN, "TXT"): Answer((text,))}).state == state
