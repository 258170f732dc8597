"""The document in which a mail's own HTML is shown: enclosed pictures, a word about links that lie, paper that fits its ink."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Literal
from urllib.parse import unquote

from helpdesk.policies.links import real_host

IMAGE = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>')
_SOURCE = re.compile(r' src="([^"]*)"')
_REMOTE = re.compile(r' data-remote-src="([^"]*)"')
_LINK = re.compile(r'<a((?: [a-z-]+="[^"]*")*)>(.*?)</a>', re.S)
_HREF = re.compile(r' href="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_COLOURED = re.compile(r'(?:style="[^"]*color|bgcolor=|<font[^>]* color=)', re.I)

_PAPER = """
:root { color-scheme: light; }
body { margin: 0; padding: 4px 8px; font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; color: #171a21; background: #fff; }
a { color: #1c4b9c; }
body * { max-width: 100% !important; box-sizing: border-box; }
img { height: auto; vertical-align: bottom; }
img[data-remote-src] { display: inline-block; min-width: 1em; min-height: 1em; max-height: 6em; outline: 1px dashed #8c959f; }
img[data-remote-src]:is([width="0"], [width="1"], [height="0"], [height="1"]) { display: none; }
@media (max-width: 30rem) {  /* within a cell, per cent would be no limit */
  img { max-width: calc(100vw - 5rem) !important; }
  table, td, th { width: auto !important; max-width: calc(100vw - 1.5rem) !important; }
}
pre { white-space: pre-wrap; }
blockquote { margin: .5em 0 .5em .25em; padding-left: .75em; border-left: 2px solid #d0d7de; }
"""
_DARK = """
:root { color-scheme: dark; }
body { color: #eceef2; background: #1c2027; }
a { color: #a3c0ff; }
blockquote { border-color: #7d8695; }
"""
# `all` undoes whatever the mail says around it: the mark can be neither hidden nor made to look like the mail's own words.
_MARK = (
    "all: initial; display: inline-block; margin: 0 4px; padding: 0 6px; border: 1px solid #8c4300; border-radius: 5px; "
    "font: 600 13px/1.5 system-ui, sans-serif; color: #8c4300; background: #fff4e5; max-width: 100%; overflow-wrap: anywhere;"
)


@dataclass(frozen=True)
class Look:
    """What the document needs of its reader.

    `pictures`: content id → URL of what the mail brought along; `fetched`: address → URL of what was fetched on the reader's word.
    `goes_to` is said beside a link that lies, with the host in it; `away` makes the address of the page that warns before it.
    `theme` None: as their system has it.
    """

    pictures: Mapping[str, str] = field(default_factory=dict)
    fetched: Mapping[str, str] = field(default_factory=dict)
    goes_to: Callable[[str], str] = "goes to {}".format
    away: Callable[[str], str] = str
    language: str = "en"
    theme: Literal["light", "dark"] | None = None


def frame(html: str, look: Look) -> str:
    """A whole document that shows a sanitised fragment in `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox">`.

    A frame without `allow-same-origin` sends no cookies, so URLs of pictures are best `data:` URLs of verified raster images.
    """
    body = IMAGE.sub(lambda image: _with_picture(image, look), html)
    body = _LINK.sub(lambda link: _marked(link, look), body)
    return (
        f'<!doctype html><html lang="{escape(look.language)}"><head><meta charset="utf-8">'
        f'<meta name="referrer" content="no-referrer"><title></title><style>{_paper(html, look)}</style></head><body>{body}</body></html>'
    )


def remote_pictures(html: str) -> list[str]:
    """The addresses of pictures that a sanitised fragment would have others asked for, each once."""
    found = (_REMOTE.search(image[1]) for image in IMAGE.finditer(html))
    return list(dict.fromkeys(unescape(source[1]) for source in found if source))


def _paper(html: str, look: Look) -> str:
    if look.theme == "light" or _COLOURED.search(html):  # whoever sets colours has white paper in mind
        return _PAPER
    return _PAPER + (_DARK if look.theme else f"@media (prefers-color-scheme: dark) {{{_DARK}}}")


def _with_picture(image: re.Match[str], look: Look) -> str:
    attributes = image[1]
    remote = _REMOTE.search(attributes)
    if remote is not None:
        url = look.fetched.get(unescape(remote[1]))
        return f'<img src="{escape(url)}"{_REMOTE.sub("", attributes)}>' if url else image[0]
    source = _SOURCE.search(attributes)
    if source is None:
        return image[0]
    content_id = unescape(source[1])[4:]
    url = look.pictures.get(content_id) or look.pictures.get(unquote(content_id))
    replacement = f' src="{escape(url)}"' if url else ""
    return f"<img{attributes[: source.start()]}{replacement}{attributes[source.end() :]}>"


def _marked(link: re.Match[str], look: Look) -> str:
    """The link; where its words would deceive, it leads to a page of ours, and beside it stands where it really goes."""
    href = _HREF.search(link[1])
    if href is None:
        return link[0]
    address = unescape(href[1])
    host = real_host(address, unescape(_TAG.sub("", link[2])))
    if host is None:
        return link[0]
    attributes = link[1]
    if address[:4].lower() == "http":
        attributes = f'{attributes[: href.start()]} href="{escape(look.away(address))}"{attributes[href.end() :]}'
    return f'<a{attributes}>{link[2]}</a><span style="{_MARK}" dir="ltr" lang="{escape(look.language)}">{escape(look.goes_to(host))}</span>'
