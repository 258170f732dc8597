"""What mail programs put around the words that they quote in HTML, in a language that no rule knows."""

from __future__ import annotations

import time

import pytest

from mail.mime.plain import html_to_text
from mail.parse import parse
from mail.quoting import Parts, split
from mail.quoting.lines import Lines
from mail.quoting.page import quoted_from

WHO = "Bob Weber qui scripsit die lunae"
HEAD = "<b>Auctor</b>: Bob Weber<br><b>Missum</b>: die lunae<br><b>Titulus</b>: Ignis"
OLD = "<div>Use the stairs.</div><div>The lift is for smoke.</div>"
NEW = "<div>It still burns.</div><div><br></div><div>Anna</div>"
PAGES = {
    "gmail": f'{NEW}<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{WHO}<br></div>{OLD}</div>',
    "thunderbird": f'{NEW}<div class="moz-cite-prefix">{WHO}<br></div>{OLD}',
    "apple": f'{NEW}<br><blockquote type="cite">{OLD}</blockquote>',
    "yahoo": f'{NEW}<div id="yahoo_quoted_1" class="yahoo_quoted"><div>{WHO}</div>{OLD}</div>',
    "outlook web": f'{NEW}<hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr">{HEAD}<div>&nbsp;</div></div>{OLD}',
    "outlook phone": f'{NEW}<div id="appendonsend"></div><hr><div dir="ltr">{HEAD}</div>{OLD}',
    "outlook desk": f'{NEW}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{HEAD}</p></div></div>{OLD}',
    "outlook of old": f'{NEW}<div class="OutlookMessageHeader" align="left">{HEAD}</div>{OLD}',
    "outlook mac": f'{NEW}<span id="OLK_SRC_BODY_SECTION"><div>{HEAD}</div>{OLD}</span>',
    "gmx": f'{NEW}<div name="quote" style="margin:10px 5px 5px 10px"><div>{HEAD}</div><div name="quoted-content">{OLD}</div></div>',
    "proton": f'{NEW}<div class="protonmail_quote">{WHO}<br>{OLD}</div>',
    "tuta": f'{NEW}<div>{WHO}</div><blockquote class="tutanota_quote">{OLD}</blockquote>',
    "zoho": f'{NEW}<div class="zmail_extra"><div>{WHO}</div>{OLD}</div>',
    "zimbra": f'{NEW}<hr id="zwchr"><div>{HEAD}</div>{OLD}',
    "spark": f'{NEW}<div name="messageReplySection">{WHO}<br>{OLD}</div>',
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_tells_where_its_quoted_part_begins(page: str) -> None:
    text = html_to_text(page)
    assert "stairs" in text
    shown = split(text, page=page).visible
    assert shown.startswith("It still burns.\n\nAnna")
    assert "stairs" not in shown
    assert "Missum" not in shown


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_plain_text_beside_a_page_is_divided_like_it(page: str) -> None:
    text = html_to_text(page).replace("> ", "").replace("Auctor", "*Auctor*").replace("Use the", "Use\nthe")
    raw = (
        "From: anna@x.example\nSubject: Re: Fire\nContent-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: text/html; charset=utf-8\n\n{page}\n--b--\n"
    )
    shown = parse(raw.encode()).visible
    assert shown.startswith("It still burns.\n\nAnna")
    assert "lift" not in shown
    assert "Missum" not in shown


def test_a_page_that_forwards_hides_nothing() -> None:
    page = f'FYI<div class="gmail_quote">---------- Forwarded message ---------<br>{HEAD}<br>{OLD}</div>'
    text = html_to_text(page)
    assert split(text, page=page) == Parts(text)


def test_a_greeting_that_both_begin_with_is_not_taken_for_the_quote() -> None:
    greeting = "Sehr geehrte Damen und Herren,"
    page = f'<div>{greeting}</div><div>It still burns.</div><div class="gmail_quote"><div>{greeting}</div>{OLD}</div>'
    assert split(html_to_text(page), page=page).visible == f"{greeting}\nIt still burns."


def test_a_page_whose_quoted_part_is_not_in_the_text_changes_nothing() -> None:
    text = "It still burns.\nAnna"
    assert split(text, page=PAGES["gmail"]) == Parts(text)
    assert split(text, page='<div class="gmail_quote"></div>') == Parts(text)
    assert split(text, page="gmail_quote" + "<div>" * 100_000) == Parts(text)


def test_half_a_megabyte_of_quotes_within_quotes_is_searched_in_a_moment() -> None:
    page = '<div class="gmail_quote">aaaaaaaaaaaa ' * 150 + '<blockquote type="cite">a</blockquote>' * 12_000
    lines = Lines("aaaaaaaaaaaab\n" * 40_000)
    begun = time.process_time()
    quoted_from(page, lines)
    assert time.process_time() - begun < 3
