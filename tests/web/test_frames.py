"""The frame in which a mail's own HTML is shown, its pictures from elsewhere, and its links that lie (C2, C3, C4, C26)."""

from __future__ import annotations

import html
import ipaddress
import re
import sys
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from helpdesk import db
from helpdesk.models import Agent
from helpdesk.present.frame import Look, frame, remote_pictures
from helpdesk.present.html import sanitise
from helpdesk.present.measure import LEAST, MOST, height
from helpdesk.remote import Fetcher
from helpdesk.web import Extras
from tests.picture_server import PictureServer
from tests.web.browsing import Browser, anna_writes, begin_session, open_pages, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def server() -> Iterator[PictureServer]:
    with PictureServer() as found:
        yield found


@pytest.fixture()
def reader(database: db.Database, staff: dict[str, Agent], server: PictureServer) -> Browser:
    """Bob, at a desk to which loopback is the world."""
    home = Fetcher(resolve=lambda *_: ["127.0.0.1"], also=[ipaddress.ip_network("127.0.0.0/8")], ports=[server.port])
    window = Browser(open_pages(database, Extras(pictures=home)))
    window.client.set_cookie("holdline", begin_session(database, staff["bob"]))
    return window


def newsletter(server: PictureServer) -> str:
    base = f"http://pictures.example:{server.port}"
    return sanitise(
        f'<p>News</p><img src="{base}/a.png?r=1&amp;s=2"><img src="{base}/b.png"><img src="{base}/b.png"><img src="{base}/x.svg">'
    )


def test_pictures_of_others_are_counted_and_loaded_only_on_the_readers_word(
    reader: Browser, database: db.Database, server: PictureServer
) -> None:
    number = anna_writes(database, html=newsletter(server))
    assert "3 pictures from other servers were not loaded" in words_of(reader.get(f"/cases/{number}"))
    assert "data:image" not in reader.get("/entries/1/html").text
    assert server.asked == []
    shown = reader.post("/entries/1/html")
    assert shown.status_code == 200
    assert shown.text.count('<img src="data:image/png;base64,') == 3
    assert sorted(path for path, _ in server.asked) == ["/a.png?r=1&s=2", "/b.png", "/x.svg"]
    assert 'data-remote-src="http' in shown.text  # what was no picture stays away
    assert not re.search(r'[^-]src="http', shown.text)
    assert shown.headers["Content-Security-Policy"] == reader.get("/entries/1/html").headers["Content-Security-Policy"]
    server.asked.clear()
    reader.get(f"/cases/{number}")
    assert "data:image" not in reader.get("/entries/1/html").text  # remembered nowhere
    assert server.asked == []


def test_nobody_elses_page_can_have_pictures_loaded(reader: Browser, database: db.Database, server: PictureServer) -> None:
    anna_writes(database, html=newsletter(server))
    assert reader.client.post("/entries/1/html").status_code == 403
    assert reader.client.post("/entries/1/html", data={"csrf_token": "0" * 64}).status_code == 403
    token = reader.token()
    reader.post("/logout")
    assert reader.client.post("/entries/1/html", data={"csrf_token": token}).status_code in (401, 403)
    assert server.asked == []


def test_where_the_operator_says_never_there_is_no_button_and_no_way(
    database: db.Database, staff: dict[str, Agent], server: PictureServer
) -> None:
    strict = db.Database(database.house.settings.model_copy(update={"remote_images": "never"}))
    window = Browser(open_pages(strict))
    window.client.set_cookie("holdline", begin_session(database, staff["bob"]))
    number = anna_writes(database, html=newsletter(server))
    page = words_of(window.get(f"/cases/{number}"))
    assert "3 pictures from other servers were not loaded" in page
    assert "Show them" not in page
    assert window.post("/entries/1/html").status_code == 404
    assert server.asked == []
    strict.close()


def test_a_desk_as_it_is_shipped_asks_no_loopback_even_on_a_click(
    browser: Windows, database: db.Database, server: PictureServer
) -> None:
    anna_writes(database, html=sanitise(f'<img src="http://127.0.0.1:{server.port}/a.png"><img src="http://localhost/b.png">'))
    shown = browser("bob").post("/entries/1/html")
    assert shown.status_code == 200
    assert "data:image" not in shown.text
    assert server.asked == []


def test_reading_listing_and_searching_connect_to_nobody(browser: Windows, database: db.Database, app: Flask) -> None:
    """Of the whole process: no connection, no name asked (C26)."""
    page = '<p>x<img src="http://198.51.100.7/i.png"><a href="http://198.51.100.7/">http://198.51.100.8/</a><img srcset="http://198.51.100.9/ 1x">'
    number = anna_writes(database, "See http://198.51.100.7/a", subject="http://198.51.100.7/", html=sanitise(page))
    bob, seen = browser("bob"), []

    def ear(event: str, _args: tuple[object, ...]) -> None:
        if listening and event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
            seen.append(event)

    listening = True
    sys.addaudithook(ear)  # cannot be taken back, only told not to listen
    try:
        for path in ("/cases", f"/cases/{number}", "/cases?q=198.51.100.7", "/entries/1/html", "/post-room", "/people"):
            assert bob.get(path).status_code == 200
        bob.post(f"/cases/{number}", {"text": "See http://198.51.100.7/ and ![x](http://198.51.100.7/y.png)"})
        bob.post(f"/cases/{number}/resolve")
        assert seen == []
        bob.post("/entries/1/html")  # the one that may: it asks for the name, and is refused the documentation network
        assert set(seen) == {"socket.getaddrinfo"}
    finally:
        listening = False


def test_a_link_that_lies_is_marked_and_leads_over_a_page_of_ours(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    anna_writes(
        database,
        html=sanitise(
            '<a href="https://evil.example/?a=1&amp;b=2">https://bank.example</a> <a href="https://bank.example/">bank.example</a>'
        ),
    )
    shown = bob.get("/entries/1/html").text
    assert shown.count("goes to evil.example") == 1
    assert 'href="https://evil.example' not in shown
    assert 'href="https://bank.example/"' in shown
    (away,) = re.findall(r'href="(/away[^"]*)"', shown)
    page = bob.get(html.unescape(away))
    assert "This link leads to evil.example" in words_of(page)
    assert 'href="https://evil.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow"' in page.text
    assert page.status_code == 200  # never a redirect


def test_the_page_before_a_link_shows_only_what_we_signed(browser: Windows, app: Flask, database: db.Database) -> None:
    bob = browser("bob")
    mark = database.house.keys.digest("link", "https://evil.example/")
    assert bob.get(f"/away?to=https://evil.example/&by={mark}").status_code == 200
    assert bob.get(f"/away?to=https://evil.example/x&by={mark}").status_code == 404
    assert bob.get("/away?to=https://evil.example/&by=ü").status_code == 404
    assert bob.get("/away").status_code == 404
    script = database.house.keys.digest("link", "javascript:alert(1)")
    assert bob.get(f"/away?to=javascript:alert(1)&by={script}").status_code == 404
    assert browser().get(f"/away?to=https://evil.example/&by={mark}").status_code == 302


def test_a_mark_speaks_the_readers_language_and_no_markup(browser: Windows, database: db.Database) -> None:
    anna_writes(database, html=sanitise('<a href="https://x@evil.example/">&lt;b&gt;here</a>'))
    german = browser("bob").get("/entries/1/html", headers={"Accept-Language": "de"}).text
    assert "führt zu evil.example" in german
    assert '<html lang="de">' in german


def test_a_mail_can_neither_hide_a_mark_nor_make_one_of_its_own_class() -> None:
    words = sanitise(
        '<div style="font-size:0;color:#fff;line-height:0" class="mark"><a href="https://evil.example">bank.example</a></div>'
    )
    assert "class" not in words
    assert "all: initial" in frame(words, Look())


def test_marking_is_done_when_it_is_shown_and_what_is_kept_stays_as_it_was() -> None:
    words = sanitise('<a href="https://evil.example/">bank.example</a><img src="https://x.example/">')
    assert sanitise(words) == words
    assert "goes to" not in words


def test_the_theme_of_the_page_is_the_frames() -> None:
    plain, coloured = sanitise("<p>x"), sanitise('<p style="background:#fff;color:#000">x')
    assert "prefers-color-scheme: dark" in frame(plain, Look())
    assert "color-scheme: dark" in frame(plain, Look(theme="dark"))
    assert "prefers" not in frame(plain, Look(theme="dark"))
    for look in (Look(), Look(theme="dark"), Look(theme="light")):
        assert "color-scheme: dark" not in frame(coloured, look)
    assert "color-scheme: dark" not in frame(plain, Look(theme="light"))


def test_white_words_keep_the_ground_that_was_given_in_short() -> None:
    assert (
        sanitise('<td style="background: #123456; color:#fff">x</td>'.join(("<table><tr>", "</table>"))).count(
            "background-color:#123456"
        )
        == 1
    )
    assert "x.example" not in sanitise('<p style="background: red url(https://x.example/)">x</p>')


@pytest.mark.parametrize(
    ("body", "style"),
    [
        ('<body bgcolor="#000000" text="#FFFFFF">', "background-color:#000000;color:#FFFFFF"),
        ("<BODY STYLE='margin:0; background: navy; color:white'>", "background-color:navy;color:white"),
        ("<body bgcolor=black>", "background-color:black"),
        ('<body style="background:url(https://x.example/)">', None),
        ('<body text="red;background:url(x)" bgcolor="x&quot;y">', "color:red"),
        ("<body>", None),
    ],
)
def test_the_colours_of_the_whole_page_go_with_its_words(body: str, style: str | None) -> None:
    words = sanitise(f"<html>{body}<p>It burns.</p></body></html>")
    assert words == (f'<div style="{style}"><p>It burns.</p></div>' if style else "<p>It burns.</p>")
    assert sanitise(words) == words


def test_pictures_are_named_once_each() -> None:
    words = sanitise(
        '<img src="https://x.example/?a&amp;b"><img src="https://x.example/?a&amp;b"><img src="cid:x"><img src="http://y.example">'
    )
    assert remote_pictures(words) == ["https://x.example/?a&b", "http://y.example"]


def test_a_frame_is_about_as_high_as_what_it_shows() -> None:
    line = "word " * 15
    assert height("<p>Hi</p>") == LEAST
    assert height(f"<p>{line}</p>" * 200) == MOST
    assert 300 < height(f"<p>{line}</p>" * 10) < 480
    assert height("<h1>Hi</h1>" * 4) > height("<h3>Hi</h3>" * 4) > height("<p>Hi</p>" * 4)
    assert height('<img src="cid:x" height="300">') >= 300
    assert height('<img src="cid:x" height="99999">') == MOST
    assert height('<img data-remote-src="https://x.example/" height="300">') < 150
