"""The Monday of a supervisor: the report comes as a mail, a figure in it leads through the log-in to exactly its cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpdesk import clock, db, jobs
from helpdesk.actions import agents, desks
from helpdesk.models import Agent, Case, OutboxMail
from mail.compose import compose
from mail.drafts import draft
from tests.web.browsing import PASSWORD, anna_writes, begin_session

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture()
def carol(database: db.Database, password_hash: str) -> Agent:
    """Carol supervises, and was asleep last week."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=_monday() - timedelta(days=14))
        agent = agents.create(session, "carol@example.org", "Carol", role="supervisor", now=_monday() - timedelta(days=14))
        agent.password_hash = password_hash
        return agent


def _monday() -> datetime:
    """The last Monday, about half past seven."""
    now = clock.now()
    return (now - timedelta(days=now.weekday())).replace(hour=6, minute=30, second=0, microsecond=0)


BROKEN_WORDS = r"""() => [...document.querySelectorAll("main :is(td, th)")].flatMap((cell) => {
  const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) for (const word of walk.currentNode.data.matchAll(/[\p{L}\p{N}]+/gu)) {
    const range = document.createRange();
    range.setStart(walk.currentNode, word.index);
    range.setEnd(walk.currentNode, word.index + word[0].length);
    if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) found.push(word[0]);
  }
  return found;
})"""


def test_no_column_of_a_report_is_so_narrow_that_it_breaks_a_word(
    window: Callable[..., Page], database: db.Database, carol: Agent, live: str
) -> None:
    number = anna_writes(database, subject="Rücksendung angekommen, aber kein Geld", at=_monday() - timedelta(days=3))
    with database.transaction() as session:
        case = session.get_one(Case, number)
        case.team = desks.add_team(session, "Kundendienst", agent=None, now=clock.now())
        case.assignee = session.get_one(Agent, carol.id)
    jobs.measure(database, now=clock.now())
    page = window(logged_in=False, locale="de-DE")
    page.context.add_cookies([{"name": "holdline", "value": begin_session(database, carol), "url": live}])
    page.goto("/reports/escalation")
    expect(page.locator("main")).to_contain_text("Kundendienst")
    for width in (390, 768, 900, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(BROKEN_WORDS) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_from_the_mail_of_monday_to_a_case_that_is_taken_over(
    window: Callable[..., Page], database: db.Database, carol: Agent, live: str
) -> None:
    waiting = {anna_writes(database, subject, at=_monday() - timedelta(days=3)) for subject in ("Lamp", "Chair")}
    anna_writes(database, "Table", at=_monday() + timedelta(hours=1))  # which the report of last week does not know
    jobs.measure(database, now=clock.now())
    assert jobs.send_reports(database, now=_monday() + timedelta(hours=2), at_your_word=True) == 1
    with database.reading() as session:
        row = session.scalars(select(OutboxMail).where(OutboxMail.kind == "report")).one()
        letter = message_from_bytes(compose(draft(session, row, now=clock.now())), policy=policy.default)
    assert letter["To"] == "Carol <carol@example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    html = letter.get_body(("html",)).get_content()
    still = re.search(r'Still waiting: <a [^>]*href="([^"]+)"[^>]*>(\d+)</a>', html)
    assert still[2] == "2"
    link = urlsplit(unescape(still[1]))

    page = window(logged_in=False)
    page.goto(f"{live}{link.path}?{link.query}")
    page.fill("input[name=email]", "carol@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("First answer")
    shown = {link.get_attribute("href") for link in page.locator(".queue .s a").all()}
    assert shown == {f"/cases/{number}" for number in waiting}
    page.locator(".queue > li", has_text="Lamp").locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Take over").click()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator(".queue li", has_text="Chair")).to_contain_text("Nobody")
    expect(page.locator(".queue li", has_text="Lamp")).not_to_contain_text("Nobody")  # whom, no figure may name here
    expect(page).to_have_url(re.compile(r"/reports/escalation/cases\?"))
    page.get_by_role("link", name="Escalation report").click()
    expect(page.locator(".say")).to_be_visible()
    assert Axe().run(page).violations_count == 0
