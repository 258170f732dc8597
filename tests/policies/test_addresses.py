"""The grammar and the life of a reply address."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.policies import addresses
from helpdesk.policies.addresses import ALPHABET, NotOurs, Purpose, Token

KEYS: dict[Purpose, bytes] = {"reply": b"k" * 32, "report": b"r" * 32}
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def local(identity: str = "3tsb4zerbu", purpose: Purpose = "reply") -> str:
    return addresses.encode(purpose, identity, domain="reply.example.org", key=KEYS[purpose])


def read(text: str, base: str | None = None) -> Token | NotOurs | None:
    return addresses.decode(text, domain="reply.example.org", key=KEYS, base=base)


def test_what_is_encoded_is_decoded() -> None:
    assert read(local()) == Token("reply", "3tsb4zerbu")
    assert len(local()) == 32


@pytest.mark.parametrize(
    "form",
    [str.upper, lambda a: a.replace("-", ""), lambda a: f'"{a}"', lambda a: a + ".", lambda a: a + "+tag", lambda a: f" {a} "],
)
def test_what_mail_programs_do_to_an_address_is_forgiven(form) -> None:
    assert read(form(local())) == Token("reply", "3tsb4zerbu")


def test_every_single_wrong_symbol_is_called_mistyped() -> None:
    right = local()
    for place in range(3, len(right)):
        for symbol in "0123456789abcdefghijklmnopqrstuvwxyz":
            wrong = right[:place] + symbol + right[place + 1 :]
            if right[place] != "-" and wrong != right:
                assert read(wrong) == NotOurs(mistyped=True), wrong


def test_every_swap_of_two_symbols_is_called_mistyped() -> None:
    right = local().replace("-", "")
    for a, b in itertools.combinations(range(2, len(right)), 2):
        swapped = list(right)
        swapped[a], swapped[b] = swapped[b], swapped[a]
        if swapped != list(right):
            assert read("".join(swapped)) == NotOurs(mistyped=True)


def test_any_two_wrong_symbols_are_called_mistyped() -> None:
    chance, right = random.Random(1), local().replace("-", "")
    for _ in range(5_000):
        wrong = list(right)
        for place in chance.sample(range(2, len(right)), 2):
            wrong[place] = chance.choice(ALPHABET)
        if wrong != list(right):
            assert read("".join(wrong)) == NotOurs(mistyped=True)


def test_a_lost_or_doubled_symbol_is_called_mistyped() -> None:
    assert read(local()[:-1]) == NotOurs(mistyped=True)
    assert read(local() + "2") == NotOurs(mistyped=True)


def test_a_guess_with_valid_check_symbols_is_not_ours() -> None:
    foreign = addresses.encode("reply", "3tsb4zerbu", domain="reply.example.org", key=b"another key" * 3)
    assert read(foreign) == NotOurs(mistyped=False)


def test_an_address_of_another_domain_or_purpose_is_not_ours() -> None:
    elsewhere = addresses.encode("reply", "3tsb4zerbu", domain="reply.example.net", key=KEYS["reply"])
    assert read(elsewhere) == NotOurs(mistyped=False)
    assert read(local(purpose="report")) == Token("report", "3tsb4zerbu")
    assert read("b" + local()[2:]) == NotOurs(mistyped=False)


@pytest.mark.parametrize("text", ["", "help", "re-", "re", "anna", "re-hello", "+", "b-b-b", "re-" + "x" * 500, "\x00", "ä"])
def test_other_local_parts_are_never_taken_for_ours(text: str) -> None:
    assert not isinstance(read(text), Token)
    assert not isinstance(read(text, base="help"), Token)


def test_the_plus_form_needs_its_mailbox() -> None:
    assert read("help+" + local(), base="help") == Token("reply", "3tsb4zerbu")
    assert read("HELP+" + local().upper(), base="help") == Token("reply", "3tsb4zerbu")
    assert read("helpxre" + local()[2:], base="help") == NotOurs(mistyped=True)
    assert read("help+newsletter", base="help") is None


def test_an_identity_outside_the_alphabet_is_refused() -> None:
    with pytest.raises(ValueError, match="10 symbols"):
        local("3tsb4zerb0")


def standing(now: datetime, **known: datetime | None) -> str:
    unset = dict.fromkeys(("expires_at", "expired_at", "retired_at", "revoked_at"))
    return addresses.standing(**{**unset, **known}, now=now)


def test_an_address_lives_until_the_instant_of_its_expiry() -> None:
    assert standing(NOON) == "active"
    assert standing(NOON - INSTANT, expires_at=NOON) == "grace"
    assert standing(NOON, expires_at=NOON) == "expired"
    assert standing(NOON + INSTANT, expires_at=NOON) == "expired"


def test_what_a_sweep_has_noted_is_honoured_whatever_the_clock_says() -> None:
    assert standing(NOON, expires_at=NOON + timedelta(days=9), expired_at=NOON + timedelta(days=9)) == "expired"


def test_revoked_and_retired_come_before_all_else() -> None:
    assert standing(NOON, revoked_at=NOON) == "revoked"
    assert standing(NOON, expired_at=NOON, retired_at=NOON, revoked_at=NOON) == "retired"


def test_an_extension_counts_from_the_end_or_from_now() -> None:
    assert addresses.expiry_after_extension(None, NOON, 7) is None
    assert addresses.expiry_after_extension(NOON + timedelta(days=1), NOON, 7) == NOON + timedelta(days=8)
    assert addresses.expiry_after_extension(NOON - timedelta(days=1), NOON, 7) == NOON + timedelta(days=7)
