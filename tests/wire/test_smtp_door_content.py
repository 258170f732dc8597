"""However a message is cut into chunks on its way, it is read the same."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail import replies
from mail.smtp import content
from mail.smtp.content import Content

LINES = st.lists(st.sampled_from([b"", b".", b"..", b"a", b".a", b"\r", b"\n", b"a\rb", b"\x00", b"xyz"]), max_size=12)


def stuffed(lines: list[bytes]) -> bytes:
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


@given(LINES, st.binary(max_size=20), st.lists(st.integers(0, 80), max_size=8))
def test_a_message_is_read_the_same_however_it_comes(lines: list[bytes], behind: bytes, cuts: list[int]) -> None:
    wire = stuffed(lines) + behind
    whole = b"".join(line + b"\r\n" for line in lines)
    message = Content(10_000)
    places = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})
    rest = None
    for start, end in itertools.pairwise(places):
        chunk = wire[start:end]
        rest = message.feed(chunk) if rest is None else rest + chunk
    assert rest == behind
    bare = any(b"\r" in line or b"\n" in line for line in lines)
    assert message.defect == (replies.BARE_NEWLINE if bare else None)
    assert message.finish() == (b"" if bare else whole)


def test_a_message_without_its_end_has_none() -> None:
    assert Content(100).feed(b"a\r\n.\n") is None


@pytest.mark.parametrize("junk", [b"x", b"x\r", b"."])
def test_the_end_is_found_behind_a_line_that_was_too_long(junk: bytes) -> None:
    message = Content(10**7)
    for _ in range(3):
        assert message.feed(b"y" * content.LINE) is None
    assert message.feed(junk) is None
    assert message.feed(b"\r\n.\r\nNOOP") == b"NOOP"
    assert message.defect == replies.LINE_TOO_LONG
    assert message.held == 0


def test_a_dot_that_waits_for_its_line_to_end_is_not_lost_behind_a_long_line() -> None:
    message = Content(10**7)
    assert message.feed(b"y" * content.LINE) is None
    assert message.feed(b"y\r\n.") is None
    assert message.feed(b"\r\n") == b""


def test_hops_are_counted_in_the_header_only() -> None:
    assert content.hops(b"Received: a\nReceived: b\n\nReceived: c\n") == 2
    assert content.hops(b"RECEIVED : a\r\n by b\r\nX-Received: c\r\n\r\n") == 1


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_long_lines_of_a_whole_message_are_found(newline: bytes) -> None:
    fits = b"x" * content.LINE + newline
    assert not content.has_long_line(fits * 3 + b"\n" * 1000 + b"x" * content.LINE)
    assert content.has_long_line(fits + b"xx" + fits)
    assert content.has_long_line(b"a" + newline + b"x" * (content.LINE + 2))
