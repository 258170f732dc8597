"""How deep HTML nests, guessed from above in linear time, before a real parser (whose cost is quadratic there) sees it."""

# ruff: noqa: SIM905  (sixty names read better as words)

from __future__ import annotations

import re
from html import unescape

MAX_DEPTH = 256
MAX_CLONES = 300_000  # elements that a parser would make to re-open what was left unclosed

_TOKEN = re.compile(
    r"""
    <!--.*?(?:--!?>|\Z) | <!\[CDATA\[.*?(?:\]\]>|\Z) | <[!?][^>]*+>?
  | <(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes|plaintext)\b.*?(?:</(?P=raw)\b[^>]*>?|\Z)
  | <(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)
    (?:[\ \t\r\n\f/]++|[^\ \t\r\n\f/>][^\ \t\r\n\f/>=]*+
      (?:[\ \t\r\n\f]*+=[\ \t\r\n\f]*+(?:"[^"]*+"|'[^']*+'|[^\ \t\r\n\f"'>][^\ \t\r\n\f>]*+)?+)?+)*+>?
    """,
    re.X | re.S | re.I,
)
_OPENING = re.compile(r"<([a-zA-Z][^\s/>]*)")
_UNNESTED = frozenset(  # void elements, and those that their like or their parent closes
    "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr tbody thead tfoot option optgroup "
    "html head body rp rt".split()
)
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_BARRIERS = frozenset("table template caption object marquee applet svg math select button foreignobject desc".split())
_INLINE = frozenset("span label abbr cite q sub sup del ins kbd samp var dfn time mark bdi bdo o:p".split())
_BREAKING = frozenset("address blockquote br center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table td th tr ul".split())
_LOOK_BACK = 50


def too_deep(html: str) -> bool:
    """Whether a parser might build more than 256 levels of this, or drown in what it re-opens.

    Where the rules of HTML are intricate the guess is high: opening tags count wherever they stand, closing tags only where
    every parser would honour them.
    """
    stack: list[str] = []
    clones = formatting = 0
    for token in _TOKEN.finditer(html):
        if token["name"] is None:
            opened = [name.lower() for name in _OPENING.findall(token[0])]
        elif token["close"]:
            formatting -= _close(stack, token["name"].lower())
            clones += formatting
            continue
        else:
            opened = [token["name"].lower()]
        for name in opened:
            clones += formatting
            if name == "a":  # a link in a link closes it
                formatting -= _close(stack, name)
            if name not in _UNNESTED:
                stack.append(name)
                formatting += name in _FORMATTING
        if len(stack) > MAX_DEPTH or clones > MAX_CLONES:
            return True
    return False


def without_tags(html: str) -> str:
    """The words between the tags, read by nobody's rules but in linear time: for what must not be parsed."""
    return unescape(_TOKEN.sub(lambda tag: "\n" if (tag["name"] or "").lower() in _BREAKING else "", html))


def _close(stack: list[str], name: str) -> int:
    """Take off what this closing tag surely ends; how many formatting elements that were."""
    for place in range(len(stack) - 1, max(len(stack) - 1 - _LOOK_BACK, -1), -1):
        above = stack[place]
        if above == name:
            # What formats and was left open is opened again behind: it stays.
            stack[place:] = [left for left in stack[place + 1 :] if left in _FORMATTING]
            return name in _FORMATTING
        if above in _FORMATTING:
            continue
        if above in _BARRIERS or name == "form" or (name in _INLINE | _FORMATTING and above not in _INLINE):
            return 0
    return 0
