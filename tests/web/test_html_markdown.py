"""Markdown, as agents write it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.present.markdown import plain, render

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'


def test_markdown_becomes_html_with_its_line_breaks() -> None:
    assert render("Dear **Anna**,\nuse the *stairs*.\n\n- up\n- down") == (
        "<p>Dear <strong>Anna</strong>,<br>\nuse the <em>stairs</em>.</p>\n<ul>\n<li>up</li>\n<li>down</li>\n</ul>\n"
    )


def test_bare_addresses_become_links_without_the_full_stop() -> None:
    assert (
        render("See https://x.example/a_b_c.")
        == f'<p>See <a href="https://x.example/a_b_c" {LINK}>https://x.example/a_b_c</a>.</p>\n'
    )
    assert render("[here](https://x.example)").count("<a ") == 1
    assert "<a" not in render("`https://x.example`")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "![x](https://x.example/pixel.png)",
        "[x](//x.example)",
        '<a href="https://x.example" onclick="x">y</a>',
        '<https://x.example/"onclick="x>',
    ],
)
def test_what_is_dangerous_stays_words(text: str) -> None:
    tags = "".join(re.findall(r"<(?:[^<>\"]|\"[^\"]*\")*>", render(text)))
    for danger in ("<script", "<img", 'href="javascript', 'href="data', 'href="//', " onclick"):
        assert danger not in tags


def test_the_plain_part_of_a_mail_reads_like_a_letter() -> None:
    text = (
        "# News\n\nDear **Anna**,\nplease *do* read [the manual](https://x.example/m) or <https://x.example/>.\n\n"
        "1. `up`\n2. down \\* twice\n   - really\n\n> an **old** line\n\n```\ncode **stays**\n```\n\nsnake_case_name and 2 * 3 * 4\n"
    )
    assert plain(text) == (
        "News\n\nDear Anna,\nplease do read the manual (https://x.example/m) or https://x.example/.\n\n"
        "1. up\n2. down * twice\n   - really\n\n> an old line\n\ncode **stays**\n\nsnake_case_name and 2 * 3 * 4"
    )


def test_a_mail_address_is_not_said_twice() -> None:
    assert (
        plain("Write to <anna@x.example> or [Anna](mailto:anna@x.example).")
        == "Write to anna@x.example or Anna (anna@x.example)."
    )


def test_text_that_is_no_markdown_stays_as_it_is() -> None:
    for text in ("Dear Anna,\n\nit costs 3 < 4 & more.\n\nBob", "  indented\n\n    more", "a | b\n---|---\n1 | 2", "-- \nBob"):
        assert plain(text) == text.strip("\n")
    assert plain("a\r\nb") == "a\nb"


@settings(deadline=None)
@given(st.text(alphabet="ab *_`[]()<>#-\n\\!>1.~|:/\u00a0", max_size=60))
def test_no_source_breaks_either(text: str) -> None:
    render(text)
    assert isinstance(plain(text), str)
