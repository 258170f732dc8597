"""What a server's refusal says about an address."""

from __future__ import annotations

import pytest

from helpdesk.policies.bounces import says_nobody_is_there


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("5.1.1 550 5.1.1 User unknown", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("5.1.2 no such host", True),
        ("550 5.2.1 disabled", True),
        ("552 5.2.2 mailbox full", False),
        ("5.7.1 spam", False),
        ("4.1.1 try later", False),
        ("the report gives no reason", False),
        ("host 192.5.1.1 said no", False),
        ("5.1.11 something else", False),
    ],
)
def test_only_some_codes_say_that_nobody_is_there(answer: str, expected: bool) -> None:
    assert says_nobody_is_there(answer) is expected
