"""How a person is named in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policies.people import mailbox


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("anna@example.org", "", "anna@example.org"),
        ("  Anna@Example.ORG ", "", "anna@example.org"),
        ("<anna@example.org>", "", "anna@example.org"),
        ("Anna Weber <anna@example.org>", "Anna Weber", "anna@example.org"),
        ("Weber, Anna  <anna+work@example.org>", "Weber, Anna", "anna+work@example.org"),
        ('"Weber, \\"Ann\\"" <anna@example.org>', 'Weber, "Ann"', "anna@example.org"),
        ("Jörg Müller <info@müller.example>", "Jörg Müller", "info@xn--mller-kva.example"),
    ],
)
def test_a_name_and_an_address_are_read_as_people_write_them(text: str, name: str, address: str) -> None:
    assert mailbox(text) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Anna",
        "anna@",
        "@example.org",
        "anna@example.org, bob@example.org",
        "Anna <anna@example.org> <bob@example.org>",
        "victim@example.org <mallory@evil.example>",
        "Anna <anna@example.org",
        "Anna <anna@example.org> and more",
        "anna @example.org",
        ".anna@example.org",
        "anna..weber@example.org",
        "anna@-example.org",
        "anna@example..org",
        f"{'a' * 65}@example.org",
        f"anna@{'a' * 64}.org",
        f"{'n' * 201} <anna@example.org>",
        "Anna\r\nBcc: victim@example.org <anna@example.org>",
        "Anna <anna@example.org\r\nRCPT TO:<victim@example.org>>",
        "Anna\x00 <anna@example.org>",
        "Anna\u2028 <anna@example.org>",
        "Anna\ud800 <anna@example.org>",
        "ännä@example.org",
        "anna@[127.0.0.1]",
    ],
)
def test_what_is_not_exactly_one_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        mailbox(text)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_either_refused_or_one_plain_ascii_address(text: str) -> None:
    try:
        found = mailbox(text)
    except ValueError:
        return
    assert found.address.isascii()
    assert found.address.count("@") == 1
    assert not set(found.address) & set(' <>,"()\\\r\n\t')
    assert mailbox(found.address).address == found.address
