"""What a page offers while one writes, and what it says of itself meanwhile: names, suggestions, the count beside the name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from helpdesk import clock, db
from helpdesk.actions import agents, notices, suggestions
from helpdesk.models import Agent, Case
from tests.web.browsing import anna_writes

pytestmark = pytest.mark.needs("chromium")

Windows = Callable[..., Page]


@pytest.fixture()
def carol(database: db.Database, bob: Agent) -> Agent:
    with database.transaction() as session:
        return agents.create(session, "carol@example.org", "Carol Weber", role="supervisor", now=clock.now())


@pytest.fixture()
def number(database: db.Database, carol: Agent) -> int:
    return anna_writes(database)


def test_names_are_offered_behind_an_at_in_a_note_and_nowhere_else(window: Windows, number: int) -> None:
    page = window()
    page.goto(f"/cases/{number}")
    text, names = page.locator("#text"), page.get_by_role("listbox", name="Whom do you mean?")
    text.press_sequentially("@web")
    expect(names).to_be_hidden()
    text.fill("")
    page.get_by_text("Note, internal only").click()
    text.press_sequentially("Do you know it, @web")
    expect(names.get_by_role("option", selected=True)).to_have_text("Carol Weber")
    expect(text).to_have_attribute("aria-activedescendant", "mention-1")
    text.press("Enter")
    expect(names).to_be_hidden()
    expect(text).to_have_value("Do you know it, @Carol Weber ")


def test_a_suggestion_is_found_and_put_in_without_leaving_the_keys(
    window: Windows, database: db.Database, number: int, carol: Agent
) -> None:
    with database.transaction() as session:
        for title in ("Parcel is late", "Parcel is lost"):
            words = {"title": title, "text": f"{title}, {{case}}.", "language": "en", "kind": "start", "team": None}
            suggestions.add(session, words, agent=session.get_one(Agent, carol.id), now=clock.now())
    page = window()
    page.goto(f"/cases/{number}")
    text = page.locator("#text")
    text.fill("Hello. ")
    page.get_by_role("button", name="Suggestion").click()
    panel = page.get_by_role("region", name="Suggestions")
    expect(panel.get_by_role("searchbox")).to_be_focused()
    expect(panel.locator("[data-suggestion]")).to_have_count(2)
    late: list[Route] = []
    page.route("**/*q=parcel", lambda route: late.append(route))
    with page.expect_request("**/*q=parcel"):
        page.keyboard.type("parcel")
    page.keyboard.press("ArrowDown")  # whoever is faster than the answer stays where they are
    expect(panel.get_by_role("link", name="Parcel is late")).to_be_focused()
    panel.locator("[data-suggestion]").first.evaluate("(link) => (link.dataset.old = 1)")
    late[0].continue_()
    expect(panel.locator("[data-old]")).to_have_count(0)
    expect(panel.get_by_role("link", name="Parcel is late")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_be_hidden()
    expect(text).to_be_focused()
    expect(text).to_have_value(f"Hello. Parcel is late, {number}.")


def test_a_case_that_is_looked_at_is_noticed_and_the_count_beside_the_name_goes(
    window: Windows, database: db.Database, number: int
) -> None:
    with database.transaction() as session:
        bob = session.get_one(Agent, 1)
        notices.tell(session, bob, "mail", session.get_one(Case, number), now=clock.now())
    page = window()
    page.goto("/cases")
    expect(page.locator("#told")).to_have_text("1 notice")
    with page.expect_response(f"**/cases/{number}/noticed"):
        page.goto(f"/cases/{number}")
    expect(page.locator("#told")).to_be_hidden()
    page.goto("/notices")
    expect(page.get_by_text("Nothing new for you.")).to_be_visible()


def test_a_day_in_the_text_is_offered_as_a_promise_and_a_tick_stays(window: Windows, number: int) -> None:
    page = window()
    page.goto(f"/cases/{number}")
    text, tick = page.locator("#text"), page.get_by_label("Promise it: they hear from us by")
    text.press_sequentially("You will hear from us tomorrow.")
    expect(tick).not_to_be_checked()
    tick.check()
    text.press_sequentially(" It costs 3.12 EUR. We'll tell you within nine days.")
    page.wait_for_timeout(1_200)  # longer than it waits before it asks again
    expect(tick).to_be_checked()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("header .chip", has_text="promised by")).to_be_visible()
