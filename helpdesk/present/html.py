"""Foreign HTML made harmless: an allow-list, nothing that loads, nothing that runs.  Besides, it is shown in a sandboxed frame."""

# ruff: noqa: SIM905  (sixty names read better as words)

from __future__ import annotations

import re
from html import escape

import nh3

from helpdesk.present.nesting import too_deep, without_tags

MAX_LENGTH = 512 * 1024
_MAX_PLAIN = 64 * 1024
_ROUNDS = 5

_TAGS = frozenset(
    "a abbr address article aside b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption "
    "figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike "
    "strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
_DROPPED = frozenset(
    "script style title template svg math iframe object embed noembed noframes xmp select datalist audio video".split()
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "valign", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "data-remote-src"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "tr": {"bgcolor"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "col": {"span", "width"},
}
_STYLES = frozenset(
    "color background-color font-family font-size font-style font-weight text-align text-decoration text-indent line-height "
    "vertical-align white-space list-style-type margin margin-top margin-right margin-bottom margin-left padding padding-top "
    "padding-right padding-bottom padding-left border border-top border-right border-bottom border-left border-color border-style "
    "border-width border-collapse border-radius width max-width height".split()
)
_LOOSE_AMPERSAND = re.compile(r"&(?![a-z#])", re.I)  # a parser is slow at these
_LOADING = re.compile(r"url|image|expression|import|\\|/\*|@|<", re.I)  # whatever may fetch, or hide that it does
_COLOUR = r"(#[0-9a-f]{3,8}|[a-z]{3,24}|rgba?\([\d\s.,%]{5,40}\))"
# The short form is the usual one, and white words without their ground cannot be read.
_GROUND = re.compile(rf"(^|;)\s*background\s*:\s*{_COLOUR}\s*(?=;|!|$)", re.I)
_BODY = re.compile(r"<body\b([^<>]{0,2000})>", re.I)
_BODY_GROUND = re.compile(rf"""(?:bgcolor\s*=\s*["']?|background(?:-color)?\s*:\s*){_COLOUR}(?=["'\s;!]|$)""", re.I)
_BODY_INK = re.compile(rf"""(?:\stext\s*=\s*["']?|[\s"';]color\s*:\s*){_COLOUR}(?=["'\s;!]|$)""", re.I)
_REMOTE = re.compile(r"https?://", re.I)
_IMAGE = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>')
_SOURCE = re.compile(r' src="([^"]*)"')
_ADDRESS = re.compile(r"https?://[^\s<>\"']{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.I)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def sanitise(html: str) -> str:
    """A harmless fragment of this HTML.  Idempotent: sanitise(sanitise(x)) == sanitise(x).

    Kept: text, structure, simple styles, links (in a new window, telling nothing), images by `cid:`.  A remote image's address
    moves to `data-remote-src`, so that nothing loads.  What is longer than 512 KB or nested too deep to parse is shown as text.
    """
    clean = _BODY.sub(_with_ground, _LOOSE_AMPERSAND.sub("&amp;", html), count=1)
    for _ in range(_ROUNDS):
        if len(clean) > MAX_LENGTH or too_deep(clean):
            break
        before, clean = clean, _once(clean)
        if clean == before:
            return clean
    return _as_text(html)


def _with_ground(body: re.Match[str]) -> str:
    """The body's own colours on an element that stays: white words on the white of our paper could not be read."""
    ground = _BODY_GROUND.search(body[1])
    ink = _BODY_INK.search(body[1])
    style = f"background-color:{ground[1]};" if ground else ""
    style += f"color:{ink[1]}" if ink else ""
    return f'{body[0]}<div style="{style}">' if style else body[0]


def _once(html: str) -> str:
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return _IMAGE.sub(_without_remote_source, clean)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return None if _LOADING.search(value) else _GROUND.sub(r"\1background-color:\2", value)
    if name == "src":
        return value if value.lower().startswith("cid:") or _REMOTE.match(value) else None
    if name == "data-remote-src":
        return value if _REMOTE.match(value) else None
    if name == "href":
        return None if value.lower().startswith("cid:") else value
    return value


def _without_remote_source(image: re.Match[str]) -> str:
    attributes = image[1]
    source = _SOURCE.search(attributes)
    if source is None or source[1].lower().startswith("cid:"):
        return image[0]
    attributes = re.sub(r' data-remote-src="[^"]*"', "", attributes)
    return f"<img{_SOURCE.sub(lambda found: f' data-remote-src={chr(34)}{found[1]}{chr(34)}', attributes, count=1)}>"


def _as_text(html: str) -> str:
    """The words of HTML that nobody should parse."""
    lines = (re.sub(r"[ \t\r\f\v\xa0]+", " ", line).strip() for line in without_tags(html[: 4 * MAX_LENGTH]).split("\n"))
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return text_to_html(words[:_MAX_PLAIN] + ("…" if len(words) > _MAX_PLAIN else ""))


def text_to_html(text: str) -> str:
    """Plain text as paragraphs, its web and mail addresses as links."""
    text = _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    paragraphs = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip()]
    return "".join(f"<p>{_linked(part)}</p>" for part in paragraphs)


def _linked(text: str) -> str:
    out, position = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(".,;:!?)]}'’”»*_")
        if "://" in address and len(address) < 10:
            continue
        href = address if "://" in address else f"mailto:{address}"
        out.append(_lines(text[position : found.start()]))
        out.append(f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer nofollow">{_lines(address)}</a>')
        position = found.start() + len(address)
    return "".join(out) + _lines(text[position:])


def _lines(text: str) -> str:
    return escape(text, quote=False).replace("\xa0", "&nbsp;").replace("\n", "<br>")
