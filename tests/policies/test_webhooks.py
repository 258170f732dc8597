"""How messages to webhooks are signed, and when they are tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from helpdesk.policies.networks import PRIVATE, is_loopback, may_be_asked
from helpdesk.policies.webhooks import next_try, payload, signature

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_the_signature_is_what_docs_say() -> None:
    """Worked out once with openssl dgst -sha256 -hmac."""
    content = payload({"event": "test"})
    assert content == b'{"event":"test"}'
    assert (
        signature("secret", NOON, content) == "t=1793620800,v1=93bf0cf4cffe40a63dd5221fd6bf9130555f9acaf7ff759291835ab5fcb7f71b"
    )


def test_a_message_is_tried_for_a_day_and_then_given_up() -> None:
    waits = [next_try(attempts, NOON) for attempts in range(1, 9)]
    assert waits[0] == NOON + timedelta(minutes=1)
    assert waits[-1] is None
    assert timedelta(hours=20) < sum((at - NOON for at in waits if at is not None), timedelta()) < timedelta(hours=30)


def test_what_is_private_is_asked_only_where_it_is_permitted_and_the_metadata_of_clouds_never() -> None:
    for address in ("10.1.2.3", "192.168.0.1", "172.16.0.1", "127.0.0.1", "::1", "fd00::1"):
        assert not may_be_asked(address)
        assert may_be_asked(address, PRIVATE)
    for address in ("169.254.169.254", "fe80::1", "100.100.100.200"):
        assert not may_be_asked(address, PRIVATE)
    assert may_be_asked("8.8.8.8")
    assert is_loopback("127.0.0.9")
    assert not is_loopback("10.0.0.1")
