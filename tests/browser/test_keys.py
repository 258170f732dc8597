"""Single keys: a morning's work without a mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk import clock, db
from helpdesk.models import Agent, Case
from tests.web.browsing import anna_writes, mail_comes

pytestmark = pytest.mark.needs("chromium")

Windows = Callable[..., Page]


def test_a_list_and_its_cases_are_worked_by_single_keys(window: Windows, database: db.Database) -> None:
    first, second = anna_writes(database, subject="Lamp"), anna_writes(database, subject="Chair")
    page = window()
    page.goto("/cases")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Lamp")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("status").filter(has_text="You have these 2 cases now.")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("status").filter(has_text="Taken back in 2 cases.")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{origin(page)}/cases/{first}")
    page.wait_for_load_state()  # the keys are there when the page is
    page.keyboard.press("r")
    text = page.locator("#text")
    expect(text).to_be_focused()
    page.keyboard.type("jezx?/")  # whoever types gives no commands
    expect(text).to_have_value("jezx?/")
    page.keyboard.press("Escape")
    text.fill("")
    text.blur()
    page.keyboard.press("e")
    expect(page.get_by_role("status").filter(has_text="The case is solved.")).to_be_visible()
    page.keyboard.press("j")
    expect(page).to_have_url(f"{origin(page)}/cases/{second}")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Solved", level=1)).to_be_visible()
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_whoever_switched_single_keys_off_presses_them_in_vain(window: Windows, database: db.Database, bob: Agent) -> None:
    number = anna_writes(database)
    with database.transaction() as session:
        session.get_one(Agent, bob.id).single_keys = False
    page = window()
    page.goto(f"/cases/{number}")
    for key in ("t", "e", "/", "z"):
        page.keyboard.press(key)
    page.goto(f"/cases/{number}")
    with database.reading() as session:
        case = session.get_one(Case, number)
        assert (case.state, case.assignee) == ("new", None)


def test_a_case_that_lies_open_says_what_came_and_keeps_its_place(window: Windows, database: db.Database) -> None:
    number = anna_writes(database)
    page = window()
    page.clock.install(time=clock.now())
    page.goto(f"/cases/{number}")
    mail_comes(database, number, "Still burning")
    page.clock.fast_forward(31_000)
    expect(page.locator("#news")).to_contain_text("Anna Kundin has written.")
    expect(page.get_by_text("Still burning")).to_have_count(0)
    page.get_by_role("link", name="Show it").click()
    expect(page.get_by_text("Still burning").first).to_be_visible()


def origin(page: Page) -> str:
    return page.url.split("/cases")[0]
