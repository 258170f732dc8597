"""The rooms beside the cases, in a real browser: they fit, they are named, and they work without scripts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import desks, mailboxes, post
from helpdesk.db import Database
from helpdesk.models import Agent, Arrival, OutboxMail
from helpdesk.queries.mailboxes import Account
from mail import inbound
from mail.letter import Envelope
from tests.web.browsing import anna_writes

pytestmark = pytest.mark.needs("chromium")

Windows = Callable[..., Page]

LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 4
PAGES = [
    "/people", "/people?q=zebra", "/people/1", "/post-room", "/post-room?outcome=held", "/post-room/1", "/post-room/out", "/settings",
    "/settings/desks", "/settings/desks/new", "/settings/desks/1", "/settings/teams", "/settings/teams/1", "/settings/agents",
    "/settings/agents/new", "/settings/agents/1", "/settings/mailboxes", "/settings/mailboxes/new", "/settings/mailboxes/1",
    "/settings/outgoing", "/settings/reply-domain", "/settings/tokens", "/account", "/account/password", "/forgot", "/forgot?sent", "/password/made-up",
]  # fmt: skip


@pytest.fixture()
def crowded(database: Database, bob: Agent) -> None:
    """Something in every room, with the longest words, and Bob may see it all."""
    anna_writes(database, subject=LONG, name=LONG)
    raw = f"Subject: {LONG}\r\nX-Long: {'x' * 900}\r\n\r\nHello".encode()
    envelope = Envelope("smtp", f"{'a' * 60}@customer.example", ("help@example.org",), "203.0.113.7", clock.now())
    inbound.accept(database, [inbound.Parcel(raw, envelope)])
    with database.transaction() as session:
        held = session.scalars(select(Arrival)).one()
        held.shown_from, held.shown_subject = envelope.sender, LONG
        post.settle(session, held, "held", f"There is no such address here: {LONG}.", now=clock.now())
        agent = session.get_one(Agent, bob.id)
        agent.role = "admin"
        team = desks.add_team(session, LONG, agent=agent, now=clock.now())
        desks.change_team(session, team, name=LONG, members=[agent], agent=agent, now=clock.now())
        account = Account("imap.example.org", 993, "imaps", f"{'m' * 60}@example.org", "secret", LONG)
        mailboxes.add(session, account, agent=agent, now=clock.now()).trouble = f"It is broken: {LONG}"


def test_every_room_fits_its_window_and_keeps_its_policy(window: Windows, crowded: None) -> None:
    page = window()
    over = {}
    for path in PAGES:
        page.goto(path)
        for width in (320, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            over[path, width] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").count() == 1, path
    assert {where: much for where, much in over.items() if much} == {}


def test_every_control_has_a_name_and_headings_skip_no_level(window: Windows, crowded: None) -> None:
    page = window()
    for path in PAGES:
        page.goto(path)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("input:not([type=hidden], [hidden]), select, textarea, button, summary, a[href]")]
              .filter((e) => !(e.labels?.length || e.textContent.trim() || e.getAttribute("aria-label"))).map((e) => e.outerHTML)"""
        )
        assert nameless == [], path
        levels = page.evaluate("() => [...document.querySelectorAll('h1, h2, h3, h4')].map((e) => Number(e.tagName[1]))")
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)
        ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((e) => e.id)")
        assert len(ids) == len(set(ids)), path


def test_an_error_is_said_above_the_form_and_leads_to_its_field(window: Windows, crowded: None) -> None:
    page = window(java_script_enabled=False)
    page.goto("/settings/desks/new")
    page.get_by_label("Name", exact=True).fill("Sales")
    page.get_by_label("Address").fill("help@example.org")
    page.get_by_role("button", name="Open the desk").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("help@example.org is a front desk already.")
    summary.get_by_role("link").click()
    expect(page.get_by_label("Address")).to_have_value("help@example.org")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Sales")


def test_somebody_is_invited_and_comes_in_without_scripts(window: Windows, crowded: None, database: Database) -> None:
    admin = window(java_script_enabled=False)
    admin.goto("/settings/agents/new")
    admin.get_by_label("Name", exact=True).fill("Dora")
    admin.get_by_label("E-mail address").fill("dora@example.org")
    admin.get_by_role("button", name="Send the invitation").click()
    expect(admin.get_by_role("status")).to_contain_text("An invitation is on its way to dora@example.org.")
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.recipient == "dora@example.org")).one()
        token = database.house.keys.unlock(mail.words["token"])
    dora = window(logged_in=False, java_script_enabled=False)
    dora.goto(f"/password/{token}")
    dora.get_by_label("New password").fill("a ladder and a lamp")
    dora.get_by_label("The same once more").fill("a ladder and a lamp")
    dora.get_by_role("button", name="Set the password and log in").click()
    expect(dora.get_by_text("You are logged in.")).to_be_visible()


def test_a_held_mail_is_let_in_by_a_click(window: Windows, crowded: None) -> None:
    page = window()
    page.goto("/post-room?outcome=held")
    page.get_by_role("link", name=LONG).click()
    page.get_by_role("button", name="Let it in").click()
    expect(page.get_by_role("status")).to_contain_text("let in")
    expect(page.get_by_text("Being read").last).to_be_visible()


def test_a_line_of_the_zone_is_copied_by_a_click(window: Windows, crowded: None) -> None:
    page = window(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/settings/reply-domain")
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_have_count(1)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "reply.example.org. IN MX 10 mail.example.org."


def test_the_dark_look_is_chosen_for_this_browser(window: Windows, bob: Agent) -> None:
    page = window(color_scheme="light")
    page.goto("/account")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_css("background-color", "rgb(19, 22, 27)")
