"""Which mail asks its reader to prove that an address is theirs, and what of it is hidden."""

from __future__ import annotations

import pytest

from helpdesk.policies.verification import asks_for_proof, masked


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Slack confirmation code: ABC-DEF", "Confirm your email address\n\nYour confirmation code is below.\n\nABC-DEF"),
        ("Verify your Apple ID email address", "Enter this code: 123456"),
        ("Your code is 123 456", "It expires in ten minutes."),
        ("Welcome", "Please confirm your e-mail address: https://service.example/confirm?token=x"),
        ("Bestätigen Sie Ihre E-Mail-Adresse", "https://dienst.example/b/abc"),
        ("Ihr Sicherheitscode", "Der Sicherheitscode lautet 48213."),
        ("Reset", "Reset your password here: https://service.example/r/1"),
        ("Sign in", "Here is your magic link: https://service.example/m/1"),
    ],
)
def test_a_service_that_asks_for_proof_is_recognised(subject: str, text: str) -> None:
    assert asks_for_proof(subject, text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Printer", "The printer of room 4711 is on fire."),
        ("Log-in", "I cannot log in, your verification code 123456 does not work."),
        ("Anmeldung", "Ich bekomme keinen Sicherheitscode, meine Nummer ist 0171 1234567."),
        ("Order 1234567", "Where is my parcel? https://shop.example/orders/1234567"),
        ("Invoice 20261101", "Please find the invoice at https://shop.example/i/1"),
        ("Verify your account", "No code, no link: words alone open nothing."),
        ("", ""),
    ],
)
def test_what_people_write_is_no_request_for_proof(subject: str, text: str) -> None:
    assert not asks_for_proof(subject, text)


def test_codes_and_the_ways_of_links_are_hidden_and_the_rest_is_read() -> None:
    text = "Your code: 123456 or 123 456 or ABC-DEF. Or https://service.example/confirm?token=abc&x=1 (ask@service.example)"
    assert masked(text) == "Your code: ••• or ••• or •••. Or service.example/••• (ask@service.example)"
    assert masked(masked(text)) == masked(text)


def test_hostile_text_is_looked_at_quickly() -> None:
    for text in ("confirm " * 50_000, "1" * 100_000, "https://" * 20_000, "your " + "x-" * 50_000 + "code", "A" * 100_000 + "-"):
        asks_for_proof("", text)
        masked(text)
