"""Markdown, as agents write it: to HTML for those who see it, to pleasant plain text for the text part of a mail."""

# ruff: noqa: SIM905  (sixty names read better as words)

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_TAGS = frozenset("a blockquote br code em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split())
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}", re.I)
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_TRAILING = ".,;:!?)]}'’”»*_"
_WRITTEN_LINES = ("paragraph_open", "heading_open")


def render(text: str) -> str:
    """Safe HTML of Markdown source: no raw HTML, no images, line breaks kept, bare web addresses made links."""
    return nh3.clean(
        _parser.render(text),
        tags=set(_TAGS),
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def escaped(text: str) -> str:
    """Markdown source that says just these words, in one line, whatever stands in them."""
    return _PUNCTUATION.sub(r"\\\g<0>", " ".join(text.split()))


def plain(text: str) -> str:
    """Markdown source as plain text.

    Lists, quotes and paragraphs stand as they were typed; asterisks, escapes and fences go, and a link's address follows its words.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    lines: list[str | None] = list(text.split("\n"))
    tokens = _parser.parse(text)
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type in _WRITTEN_LINES and token.map:
            _smooth(lines, token, heading=before.type == "heading_open")
    for token in tokens:
        if token.type == "fence" and token.map:
            lines[token.map[0]] = None
            if token.map[1] - token.map[0] > len(token.content.split("\n")):
                lines[token.map[1] - 1] = None
    return "\n".join(line for line in lines if line is not None).strip("\n")


def _smooth(lines: list[str | None], inline: Token, *, heading: bool) -> None:
    """Put the words of a paragraph in place of its source, line by line, behind the same list mark or quote mark."""
    written = inline.content.split("\n")
    shown = "".join(_words(inline.children or [])).split("\n")
    if len(written) != len(shown) or inline.map is None:
        return
    for number, (old, new) in enumerate(zip(written, shown, strict=True), start=inline.map[0]):
        source = lines[number] or ""
        place = source.rfind(old.strip())
        if place >= 0:
            lines[number] = new.strip() if heading else source[:place] + new.strip() + source[place + len(old.strip()) :]


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    link, said = "", ""
    for token in tokens:
        words = ""
        if token.type == "link_open":
            link, said = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            words = "" if link in (said, f"mailto:{said}") else f" ({link.removeprefix('mailto:')})"
        elif token.type in ("softbreak", "hardbreak"):
            words = "\n"
        elif token.type == "image":
            words = f"{token.content} ({token.attrs.get('src', '')})"
        else:
            words = token.content
        said += words
        yield words


def _link_bare_addresses(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and "://" in token.content:
            token.children = list(_linked(token.children or []))


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text" and not inside:
            yield from _split(token.content)
        else:
            yield token


def _split(text: str) -> Iterator[Token]:
    position = 0
    for found in _WEB_ADDRESS.finditer(text):
        address = found[0].rstrip(_TRAILING)
        yield Token("text", "", 0, content=text[position : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield Token("text", "", 0, content=address)
        yield Token("link_close", "a", -1)
        position = found.start() + len(address)
    yield Token("text", "", 0, content=text[position:])


_parser = MarkdownIt("js-default", {"html": False, "breaks": True, "linkify": False, "typographer": False})
_parser.core.ruler.push("bare_addresses", _link_bare_addresses)
