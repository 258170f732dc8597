"""Where a link leads, and whether its words say so."""

from __future__ import annotations

import pytest

from helpdesk.policies.links import real_host, target


@pytest.mark.parametrize(
    ("href", "words", "host"),
    [
        ("https://evil.example/", "https://bank.example/login", "evil.example"),
        ("https://evil.example/", "www.bank.example", "evil.example"),
        ("https://evil.example/", "paypal.com", "evil.example"),
        ("https://evil.example/", "Log in at bank.de now", "evil.example"),
        ("https://bank.example.evil.example/", "bank.example", "bank.example.evil.example"),
        ("https://evilbank.example/", "bank.example", "evilbank.example"),
        ("https://evil.example/", "https:\\\\bank.example", "evil.example"),
        ("https://evil.example/?https://bank.example", "https://bank.example", "evil.example"),
        ("https://evil.example\\@bank.example/", "https://bank.example", "evil.example"),
        ("https://evil.example/", "https://bank.example@evil.example", "evil.example"),
        ("https://evil.example/", "bank\u202e.\u200bexam\u00adple", "evil.example"),
        ("https://evil.example/", "\u200b" * 600 + "bank.example", "evil.example"),
        ("https://evil.example/", "ｂａｎｋ．ｅｘａｍｐｌｅ", "evil.example"),
        ("https://evil.example/", "bank․example", "evil.example"),
        ("https://bank.example@evil.example/", "here", "evil.example"),
        ("https://bank.example%2f@evil.example/", "here", "evil.example"),
        ("https://xn--pple-43d.com/", "apple", "xn--pple-43d.com"),
        ("https://аррӏе.com/", "apple.com", "xn--80ak6aa92e.com"),
        ("https://apple.com/", "аррӏе.com", "apple.com"),
        ("mailto:eve@evil.example", "help@bank.example", "evil.example"),
        ("https://evil.example/", "help@bank.example", "evil.example"),
        ("http://2130706433/", "http://bank.example", "2130706433"),
    ],
)
def test_words_that_show_another_host_are_contradicted(href: str, words: str, host: str) -> None:
    assert real_host(href, words) == host


@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("https://evil.example/", "Click here"),
        ("https://bank.example/a?b", "https://bank.example/"),
        ("https://BANK.example./", "bank.example"),
        ("https://click.bank.example/x", "www.bank.example"),
        ("https://bank.example/x", "www.bank.example"),
        ("https://bank.example/", "login.bank.example"),
        ("https://x.example/a", "x.example/a?next=https://y.example"),
        ("https://xn--mller-kva.de/", "müller.de"),
        ("https://müller.de/", "www.müller.de"),
        ("https://github.com/x", "README.md"),
        ("https://x.example/", "invoice.pdf, 12.50 Uhr, z.B. morgen, e.g. today"),
        ("mailto:anna@x.example?subject=bank.example", "anna@x.example"),
        ("mailto:anna@x.example", "Write to us"),
        ("tel:+491234", "bank.example"),
        ("https://", "bank.example"),
    ],
)
def test_honest_words_are_left_alone(href: str, words: str) -> None:
    assert real_host(href, words) is None


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://x.example", "x.example", None),
        (" HTTPS:\\\\X.example:8443\\a", "x.example", 8443),
        ("http:x.example", "x.example", None),
        ("ht\ntp://x\t.example/", "x.example", None),
        ("https://u:p@x.example:443/", "x.example", 443),
        ("https://x%2eexample/", "x.example", None),
        ("https://x。example/", "x.example", None),
        ("http://[::1]:80/", "[::1]", 80),
    ],
)
def test_addresses_are_read_as_browsers_read_them(address: str, host: str, port: int | None) -> None:
    found = target(address)
    assert found is not None
    assert (found.host, found.port) == (host, port)


@pytest.mark.parametrize(
    "address", ["", "ftp://x", "javascript:x", "https://", "http://x y/", "http://x:99999/", "//x.example", "http://a..b/"]
)
def test_what_is_no_web_address_has_no_target(address: str) -> None:
    assert target(address) is None
