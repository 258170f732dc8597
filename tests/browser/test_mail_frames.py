"""A mail's own HTML in a real browser: pictures on a click (C2), links that lie (C4), nothing beyond its frame (C3)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from helpdesk import db
from helpdesk.present.html import sanitise
from helpdesk.remote import Fetcher
from helpdesk.web import Extras
from tests.picture_server import PictureServer
from tests.web.browsing import anna_writes

pytestmark = pytest.mark.needs("chromium")

Windows = Callable[..., Page]


@pytest.fixture()
def server() -> Iterator[PictureServer]:
    with PictureServer() as found:
        yield found


@pytest.fixture()
def extras(server: PictureServer) -> Extras:
    """To this desk, loopback is the world."""
    return Extras(
        pictures=Fetcher(resolve=lambda *_: ["127.0.0.1"], also=[ipaddress.ip_network("127.0.0.0/8")], ports=[server.port])
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_pictures_come_on_a_click_and_by_us(window: Windows, database: db.Database, server: PictureServer, scripts: bool) -> None:
    page = window(java_script_enabled=scripts)
    letter = f'<p>News</p><img alt="a" src="http://pictures.example:{server.port}/a.png"><img alt="b" src="http://pictures.example:{server.port}/x.svg">'
    page.goto(f"/cases/{anna_writes(database, html=sanitise(letter))}")
    page.get_by_text("Show as HTML").click()
    shown = page.frame_locator("iframe")
    expect(shown.locator("p")).to_have_text("News")
    expect(shown.locator("img[src]")).to_have_count(0)
    assert server.asked == []
    page.get_by_role("button", name="Show them").click()
    expect(shown.locator("img[src^='data:image/png']")).to_have_count(1)
    expect(shown.get_by_alt_text("b")).to_have_attribute("data-remote-src", f"http://pictures.example:{server.port}/x.svg")
    assert [fields["user-agent"] for _, fields in server.asked] == ["Mail picture proxy"] * 2  # the browser asked nobody
    if scripts:
        expect(page.get_by_role("button", name="Show them")).to_be_hidden()


def test_a_link_that_lies_leads_over_our_page_and_tells_nobody_where_from(window: Windows, database: db.Database) -> None:
    page = window()
    page.goto(f"/cases/{anna_writes(database, html=sanitise('<a href=https://evil.example/x>https://bank.example/</a>'))}")
    page.get_by_text("Show as HTML").click()
    shown = page.frame_locator("iframe")
    expect(shown.get_by_text("goes to evil.example")).to_be_visible()
    with page.expect_popup() as opened:
        shown.get_by_role("link").click()
    warning = opened.value
    expect(warning.get_by_role("heading", name="This link leads to evil.example")).to_be_visible()
    assert warning.evaluate("window.opener") is None
    assert warning.evaluate("document.referrer") == ""
    assert warning.get_by_role("link", name="Go to evil.example").get_attribute("rel") == "noopener noreferrer nofollow"


def test_nothing_in_a_mail_reaches_beyond_its_frame(window: Windows, database: db.Database) -> None:
    page = window()
    letter = (
        '<style>#reply,.entry{display:none!important}</style><div id="reply" class="compose toast" style="position:fixed;inset:0;'
        'z-index:2147483647;width:99999px;height:99999px;margin:-9999px;background:red">Log in again</div><p name="csrf_token">x'
    )
    page.goto(f"/cases/{anna_writes(database, html=sanitise(letter))}")
    page.get_by_text("Show as HTML").click()
    frame = page.locator("iframe")
    expect(page.frame_locator("iframe").get_by_text("Log in again")).to_be_attached()
    box, around = frame.bounding_box(), page.locator(".entry.in").bounding_box()
    assert box is not None
    assert around is not None
    assert around["x"] <= box["x"]
    assert box["x"] + box["width"] <= around["x"] + around["width"]
    assert page.locator("#reply").count() == 1
    assert page.locator("form#reply textarea").is_visible()
    assert frame.get_attribute("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    inside = page.frame_locator("iframe")
    assert inside.locator("body [id], body [class], body [name], body style").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mail_fits_a_phone_and_has_paper_for_its_ink(window: Windows, database: db.Database, scheme: str) -> None:
    page = window(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    letter = (
        '<body bgcolor="#eeeeee"><table width="100%"><tr><td align="center"><table width="640" style="width:640px;background:#ffffff"><tr><td width="320" style="color:#333">'
        f'<img src="https://x.example/i.png" width="560" height="90" alt="hero">{"word " * 40}</td><td width="320"><a href="https://x.example/{"x" * 200}">https://x.example/{"x" * 200}</a></td></tr></table>'
    )
    page.goto(f"/cases/{anna_writes(database, html=sanitise(letter))}")
    page.get_by_text("Show as HTML").click()
    inside = page.frame_locator("iframe").locator("body")
    expect(inside).to_contain_text("word")
    width = page.locator("iframe").bounding_box()["width"]  # type: ignore[index]
    table = page.frame_locator("iframe").locator("table table").bounding_box()
    assert table is not None
    assert table["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
