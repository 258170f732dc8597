"""Asking a name server about our zone; and what `holdline check` makes of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

import pytest
from pydantic import SecretStr

from helpdesk.db import Database
from helpdesk.policies.zone import Answer, Zone
from helpdesk.policies.zone_findings import judged
from helpdesk.settings import Settings
from mail import doctor
from mail.names import look_up
from tests.name_server import Records, name_server
from tests.relay import Relay

ZONE = Zone("reply.shop.de", "reply.shop.de", ("shop.de",), server="mx.shop.de", selector="s1")
WELL: Records = {
    "reply.shop.de": [("MX", "10 mx.shop.de."), ("TXT", "v=spf1 mx -all"), ("TXT", "something else")],
    "mx.shop.de": [("A", "192.0.2.1")],
    "shop.de": [("MX", "10 mx.shop.de.")],
    "s1._domainkey.shop.de": f"v=DKIM1; k=rsa; p={'A' * 392}",
    "_dmarc.shop.de": "v=DMARC1; p=none",
}


@pytest.fixture()
def desk(database: Database, settings: Settings) -> Iterator[Database]:
    """An installation whose domains are somebody's own."""
    relay = Relay()
    own = {"reply_domain": "reply.shop.de", "front_desks": ("help@shop.de",), "relay": SecretStr(relay.url)}
    found = Database(settings.model_copy(update=own))
    yield found
    found.close()
    relay.close()


def test_a_zone_in_which_all_is_well() -> None:
    with name_server(WELL) as resolver:
        answers = look_up(ZONE, resolver)
    assert answers[("reply.shop.de", "MX")] == Answer(("10 mx.shop.de.",))
    assert answers[("mx.shop.de", "A")] == Answer(("192.0.2.1",))
    assert [judged(ZONE, line, answers).state for line in ZONE.lines()] == ["right"] * 4


def test_a_zone_that_nobody_has_set_up() -> None:
    with name_server({}) as resolver:
        answers = look_up(ZONE, resolver)
    assert [judged(ZONE, line, answers).state for line in ZONE.lines()] == ["wrong"] * 4


def test_a_name_server_that_is_silent_keeps_nobody_waiting() -> None:
    begun = time.monotonic()
    with name_server({}, silent=True) as resolver:
        answers = look_up(ZONE, resolver, patience=0.3)
    assert time.monotonic() - begun < 2
    assert {judged(ZONE, line, answers).state for line in ZONE.lines()} == {"unknown"}


def test_the_doctor_says_the_same_sentences_as_the_page(desk: Database) -> None:
    with name_server(
        {**WELL, "reply.shop.de": [("MX", "10 mx.shop.de.")], "_dmarc.shop.de": "v=DMARC1; p=reject; aspf=s"}
    ) as resolver:
        problems, notes = (
            doctor.problems(desk, partial(look_up, resolver=resolver)),
            doctor.notes(desk, partial(look_up, resolver=resolver)),
        )
    assert [line for line in problems if line.startswith("DNS")] == [
        "DNS: SPF reply.shop.de: Nothing says who may send for this domain, so our answers may count as junk. Add the line."
    ]
    assert [line.partition(": ")[2][:40] for line in notes if line.startswith("DNS")] == [
        "DKIM mail._domainkey.shop.de: There is n",
        "DMARC _dmarc.shop.de: It is strict, and ",
    ]


def test_the_doctor_says_once_that_no_name_server_answers(desk: Database) -> None:
    with name_server({}, silent=True) as resolver:
        (line,) = doctor.problems(desk, partial(look_up, resolver=resolver, patience=0.3))
    assert line.startswith("DNS: No name server answered in time.")
