"""HTML as plain text: what a person would read, quotes marked with `> `."""

# ruff: noqa: SIM905  (forty names read better as words)

from __future__ import annotations

import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.present.nesting import too_deep, without_tags
from mail.mime.charsets import clean

RULE = "_" * 32  # how mail programs draw <hr> in plain text

_SKIPPED = frozenset("script style head title template svg math object iframe select datalist noembed noframes map".split())
_BLOCKS = frozenset(
    "address article aside body center dd details div dl dt fieldset figcaption figure footer form header html legend li main nav "
    "section summary table tbody tfoot thead tr caption".split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol pre blockquote".split())
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
_NO_MARGIN = re.compile(r"margin(?:-top|-bottom)?\s*:\s*0", re.I)
_INDENT_ONLY = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.I)
_WEB = re.compile(r"https?://", re.I)
_LONGEST_LINK = 120  # longer ones track, and are not for reading
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BLANKS = re.compile(r"\n(?:[ \t]*\n){2,}")


def html_to_text(html: str) -> str:
    """The readable text of HTML.  What is nested too deep to be parsed is merely stripped of its tags."""
    if too_deep(html):
        return _tidy(without_tags(html))
    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    writer = _Writer()
    _walk(root, writer)
    return _tidy(writer.text())


def _tidy(text: str) -> str:
    return clean(_BLANKS.sub("\n\n", text)).strip("\n")


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Visit every node in order, without recursion: parsers nest deeper than Python may."""
    node: LexborNode | None = root
    leaving: list[tuple[LexborNode, Callable[[], None]]] = []
    while node is not None:
        below = None
        if node.is_text_node:
            writer.write(node.text_content or "")
        elif node.is_element_node:
            leave = _enter(node, writer)
            if leave is not None:
                below = node.first_child
                if below is not None:
                    leaving.append((node, leave))
                else:
                    leave()
        if below is not None:
            node = below
            continue
        while node is not None and node.next is None:
            node = node.parent if leaving else None
            if node is not None:
                leaving.pop()[1]()
        node = node.next if node is not None else None


def _enter(node: LexborNode, writer: _Writer) -> Callable[[], None] | None:
    """Begin an element; answer what ends it, or None where nobody would see what is in it."""
    tag = (node.tag or "").lower()
    if tag in _SKIPPED:
        return None
    attributes = node.attributes
    style = attributes.get("style") or ""
    if "hidden" in attributes or _HIDDEN.search(style):
        return None
    if tag == "br":
        writer.end_line()
    elif tag == "hr":
        writer.rule()
    elif tag in ("td", "th"):
        writer.cell()
    elif tag == "a":
        return writer.link(attributes.get("href") or "")
    elif tag == "blockquote":
        return writer.quote(marked=not (_INDENT_ONLY.search(style) and attributes.get("type") != "cite"))
    elif tag in ("ul", "ol"):
        return writer.list(ordered=tag == "ol")
    elif tag == "li":
        return writer.item()
    elif tag == "pre":
        return writer.preformatted()
    elif tag == "p" and ("MsoNormal" in (attributes.get("class") or "") or _NO_MARGIN.search(style)):
        return writer.block()
    elif tag in _PARAGRAPHS:
        return writer.paragraph()
    elif tag in _BLOCKS:
        return writer.block()
    return _nothing


def _nothing() -> None:
    pass


class _Writer:
    """Text that grows line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.depth = 0  # of quotes
        self.verbatim = 0
        self.lists: list[int | None] = []
        self.gap: str | None = None  # a blank line is due before the next words: what stands on it

    def text(self) -> str:
        self.end_block()
        return "\n".join(self.lines)

    def write(self, text: str) -> None:
        if self.verbatim:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self.put(first)
            for line in rest:
                self.end_line()
                self.put(line)
            return
        text = _SPACE.sub(" ", text)
        self.put(text if self.line and not self.line.endswith(" ") else text.removeprefix(" "))

    def put(self, words: str) -> None:
        if words and self.gap is not None:
            if self.lines and self.lines[-1].strip("> "):
                self.lines.append(self.gap)
            self.gap = None
        self.line += words

    @property
    def prefix(self) -> str:
        return "> " * self.depth

    def end_line(self) -> None:
        self.lines.append((self.prefix + self.line.replace("\xa0", " ")).rstrip())
        self.line = ""
        self.gap = None

    def end_block(self) -> None:
        if self.line.strip(" "):
            self.end_line()
        self.line = ""

    def block(self) -> Callable[[], None]:
        self.end_block()
        return self.end_block

    def paragraph(self) -> Callable[[], None]:
        self.break_paragraph()
        return self.break_paragraph

    def break_paragraph(self) -> None:
        self.end_block()
        mark = self.prefix.rstrip()
        self.gap = mark if self.gap is None else min(self.gap, mark)  # of two quotes the shallower

    def rule(self) -> None:
        self.end_block()
        self.put(RULE)
        self.end_line()

    def cell(self) -> None:
        if self.line.strip():
            self.line = self.line.rstrip(" ") + "  "

    def link(self, address: str) -> Callable[[], None]:
        """Words that lead somewhere: where to follows them, unless they say so themselves."""
        begin = len(self.line)

        def leave() -> None:
            words = self.line[begin:].strip()
            if words and len(address) <= _LONGEST_LINK and _WEB.match(address) and address.rstrip("/") not in words:
                host = _WEB.sub("", address).partition("/")[0].removeprefix("www.")
                if not (host in words and address.rstrip("/").endswith(host)):
                    self.put(f" <{address}>")

        return leave

    def quote(self, *, marked: bool) -> Callable[[], None]:
        self.break_paragraph()
        self.depth += marked

        def leave() -> None:
            self.end_block()
            self.depth -= marked
            self.break_paragraph()

        return leave

    def list(self, *, ordered: bool) -> Callable[[], None]:
        if not self.lists:
            self.break_paragraph()
        self.end_block()
        self.lists.append(1 if ordered else None)

        def leave() -> None:
            self.end_block()
            self.lists.pop()
            if not self.lists:
                self.break_paragraph()

        return leave

    def item(self) -> Callable[[], None]:
        self.end_block()
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        self.put("  " * max(len(self.lists) - 1, 0) + ("- " if number is None else f"{number}. "))
        return self.end_block

    def preformatted(self) -> Callable[[], None]:
        self.break_paragraph()
        self.verbatim += 1

        def leave() -> None:
            self.verbatim -= 1
            self.break_paragraph()

        return leave
