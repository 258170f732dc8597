"""The board before a real browser: it renews itself without moving anybody, and helps by one click."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from helpdesk import clock, db
from helpdesk.models import Agent
from tests.web.browsing import anna_writes, begin_session

pytestmark = pytest.mark.needs("chromium")

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture()
def monday() -> Iterator[datetime]:
    with clock.freeze(MONDAY):
        yield MONDAY


def test_a_supervisor_sees_a_case_break_takes_it_over_and_takes_that_back(
    monday: datetime, window: Callable[..., Page], database: db.Database, live: str, bob: Agent
) -> None:
    anna_writes(database, subject="Printer", at=monday - timedelta(hours=71))  # on Friday at eleven: due at eleven
    anna_writes(database, subject="Mill", at=monday - timedelta(hours=71, minutes=50))  # and at ten past ten
    with database.transaction() as session:
        session.get_one(Agent, bob.id).role = "supervisor"
    page = window(logged_in=False, viewport={"width": 1280, "height": 500})
    page.context.add_cookies([{"name": "holdline", "value": begin_session(database, bob), "url": live}])
    page.clock.install()
    page.goto("/now")
    expect(page.locator(".say")).to_contain_text("Two promises are at risk.")
    rows = page.locator("[data-part=burns] tbody tr")
    focused = rows.filter(has_text="Mill").get_by_role("button")
    focused.focus()
    page.evaluate("scrollTo(0, 150)")
    top = focused.bounding_box()
    with clock.freeze(monday + timedelta(minutes=25)):
        page.clock.run_for(31_000)
        expect(page.locator(".say")).to_contain_text("One promise is broken, one is at risk.")
        expect(rows.filter(has_text="Mill")).to_contain_text("Broken, 15 min")
        expect(focused).to_be_focused()
        assert focused.bounding_box() == top
        assert Axe().run(page).response["violations"] == []
        focused.click()
        expect(page.locator(".toast")).to_contain_text("Mill. You have the case.")
        expect(rows.filter(has_text="Mill")).to_contain_text("Bob")
        page.locator(".toast .undo").click()
        expect(rows.filter(has_text="Mill")).to_contain_text("Nobody")
        page.route("**/now/news", lambda route: route.abort())
        page.clock.run_for(61_000)
        expect(page.get_by_text("Not renewed since then")).to_be_visible()
