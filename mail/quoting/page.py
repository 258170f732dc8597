"""Where the quoted part of an HTML mail begins, by the elements in which mail programs put it; so in whatever language."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.present.nesting import too_deep
from mail.quoting.lines import Lines

_SIGNS = {  # a word that stands in the page, in lower case: what to select
    "gmail_quote": ".gmail_quote, .gmail_quote_container",
    "moz-cite-prefix": ".moz-cite-prefix",
    "yahoo_quoted": ".yahoo_quoted, [id^=yahoo_quoted]",
    "divrplyfwdmsg": "#divRplyFwdMsg",  # Outlook on the web
    "appendonsend": "#appendonsend",  # the same, and Outlook's phone apps
    "mobile-reference-message": ".ms-outlook-mobile-reference-message",
    "mail-editor-reference-message": "#mail-editor-reference-message-container",
    "outlookmessageheader": ".OutlookMessageHeader",
    "olk_src_body_section": "#OLK_SRC_BODY_SECTION",  # Outlook on the Mac
    "border-top:solid": 'div[style*="border-top:solid #E1E1E1" i], div[style*="border-top:solid #B5C4DF" i]',  # Outlook
    "stopspelling": "#stopSpelling",  # Hotmail
    "protonmail_quote": ".protonmail_quote",
    "tutanota_quote": ".tutanota_quote",
    "zmail_extra": ".zmail_extra",  # Zoho
    "zwchr": "#zwchr",  # Zimbra
    "messagereplysection": "[name=messageReplySection]",  # Spark
    'name="quote"': '[name="quote"]',  # GMX, Web.de
    "replybody1": "#replybody1",  # Roundcube
    "nylas-quote": ".nylas-quote",
    'type="cite"': 'blockquote[type="cite" i]',  # Apple, Thunderbird
}
_LETTERS = re.compile(r"[\W_]+")
_COMPARED, _FEWEST = 60, 12  # letters and figures
_LINES = 5
_LOOKED_AT = 5_000  # lines


def quoted_from(html: str, lines: Lines) -> int | None:
    """The line of the mail's text at which the page's quoted part begins; None where the page has none, or the text none of it."""
    page = html.lower()
    selectors = ", ".join(selector for sign, selector in _SIGNS.items() if sign in page)
    if not selectors or too_deep(html):
        return None
    found = LexborHTMLParser(html).css_first(selectors)
    opening = _opening(found) if found is not None else ""
    if len(opening) < _FEWEST:
        return None
    return next((number for number in range(min(len(lines), _LOOKED_AT)) if _begins(lines, number, opening)), None)


def _opening(node: LexborNode) -> str:
    """The first words of an element, or of what follows it where it is empty."""
    near: LexborNode | None = node
    words = ""
    for _ in range(6):
        if near is None or len(words) >= _COMPARED:
            break
        words += _letters(near.text(separator=" ")[:2_000])
        near = near.next
    return words[:_COMPARED]


def _begins(lines: Lines, number: int, opening: str) -> bool:
    first = _letters(lines[number][:300])
    if not first or not (opening.startswith(first) or first.startswith(opening)):
        return False
    said = "".join(_letters(line[:300]) for line in lines.bare[number : number + _LINES])
    return said.startswith(opening) or (len(said) >= _FEWEST and opening.startswith(said))


def _letters(words: str) -> str:
    return _LETTERS.sub("", words).casefold()
