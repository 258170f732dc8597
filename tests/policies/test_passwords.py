"""What a password must be."""

from __future__ import annotations

import pytest

from helpdesk.policies.passwords import trouble

EMAIL = "bob.builder@example.org"


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("correct horse battery staple", None),
        ("twelve chars", None),
        ("eleven char", "short"),
        ("", "short"),
        ("p4" * 128, "plain"),
        ("abcde" * 51 + "f", None),
        ("abcde" * 51 + "fg", "long"),
        ("aaaabbbbcccc", "plain"),
        ("aaaabbbbccccdddd", "plain"),
        ("aaaabbbbccccdddde", None),
        ("bob.builder1", "personal"),
        ("BOB.builder 2026!", "personal"),
        ("bob.builder can fix it", None),
        ("Łódź, Kraków i Gdynia", None),
    ],
)
def test_length_is_what_counts(password: str, expected: str | None) -> None:
    assert trouble(password, email=EMAIL) == expected


def test_a_short_name_forbids_nothing() -> None:
    assert trouble("bob123456789", email="bob@example.org") is None
