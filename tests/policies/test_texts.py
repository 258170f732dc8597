"""Which words of a desk's own can be sent."""

from __future__ import annotations

import pytest

from helpdesk.policies.texts import wrong


@pytest.mark.parametrize(
    ("name", "subject", "body", "said"),
    [
        ("acknowledgement", "We have it ({case})", "It is here. {desk}", None),
        ("acknowledgement", "Hello {name}", "x", ("subject", "strange", "name")),  # a stranger would speak through us
        ("acknowledgement", "x", "{subject}", ("body", "strange", "subject")),
        ("acknowledgement", "", "x", ("subject", "empty", "")),
        ("acknowledgement", "x", " \n", ("body", "empty", "")),
        ("reply", "", "Case {case}", None),
        ("invitation", "x", "Come in", ("body", "missing", "link")),
        ("invitation", "x", "Come in: {link}", None),
    ],
)
def test_strange_missing_and_empty_words_are_found(name, subject, body, said) -> None:
    assert wrong(name, subject, body) == said
