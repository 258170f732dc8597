"""Where one goes on writing, and what is kept meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk import db
from helpdesk.models import Agent, Beginning, Entry
from tests.imap_door import wait_for
from tests.web.browsing import anna_writes, begin_session

pytestmark = pytest.mark.needs("chromium")

Windows = Callable[..., Page]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_whoever_takes_an_answer_back_goes_on_writing_it(window: Windows, database: db.Database, scripts: bool) -> None:
    page = window(java_script_enabled=scripts)
    page.goto(f"/cases/{anna_writes(database)}")
    text = page.get_by_label("Your text", exact=True)
    text.fill("Use the stairs")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    expect(text).to_have_value("Use the stairs")
    expect(text).to_be_focused()


def test_a_new_case_is_kept_while_one_types_and_its_files_outlive_a_refusal(window: Windows, database: db.Database) -> None:
    page = window()
    page.goto("/cases/new")
    page.get_by_label("To", exact=True).fill("nonsense")
    page.get_by_label("Subject", exact=True).fill("Your parcel")
    page.get_by_label("Text", exact=True).fill("It is here")
    page.get_by_label("Subject", exact=True).focus()
    expect(page.locator("#kept")).to_contain_text("Draft saved")
    page.wait_for_url("**/cases/new?draft=*")
    wait_for(lambda: "It is here" in texts_kept(database))  # a first save may have gone before the text was typed
    page.reload()
    expect(page.get_by_label("Text", exact=True)).to_have_value("It is here")
    page.get_by_label("Files", exact=True).set_input_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    page.get_by_role("button", name="Open the case and send").click()
    expect(page.locator("#kept").get_by_role("listitem")).to_contain_text("plan.pdf")
    page.get_by_label("To", exact=True).fill("tom@customer.example")
    page.get_by_role("button", name="Open the case and send").click()
    expect(page.get_by_role("heading", name="Your parcel", level=1)).to_be_visible()
    with database.reading() as session:
        assert [file.name for file in session.query(Entry).one().attachments] == ["plan.pdf"]
        assert session.query(Beginning).count() == 0


def texts_kept(database: db.Database) -> list[str]:
    with database.reading() as session:
        return [row.text for row in session.query(Beginning)]


def test_what_was_typed_last_for_a_new_case_outlives_a_save_that_did_not_arrive(
    window: Windows, database: db.Database, bob: Agent, live: str
) -> None:
    page = window()
    text, subject = page.get_by_label("Text", exact=True), page.get_by_label("Subject", exact=True)
    page.goto("/cases/new")
    page.context.clear_cookies()  # the log-in is over
    subject.fill("Your parcel")
    text.fill("It is here")
    subject.focus()
    expect(page.locator("#kept")).to_contain_text("Not saved at the moment")
    page.goto("/cases")
    assert texts_kept(database) == []
    page.context.add_cookies([{"name": "holdline", "value": begin_session(database, bob), "url": live}])
    page.goto("/cases/new")
    expect(text).to_have_value("It is here")
    expect(subject).to_have_value("Your parcel")
    expect(page.locator("#kept")).to_contain_text("Draft saved")
    page.wait_for_url("**/cases/new?draft=*")
    draft = page.url
    page.route("**/cases/new/draft", lambda route: route.fetch())  # it arrives, but the page does not hear of it
    text.fill("It is here,")
    subject.focus()
    wait_for(lambda: page.wait_for_timeout(50) or texts_kept(database) == ["It is here,"])
    text.fill("It is here, come")
    page.goto("/cases")
    page.unroute("**/cases/new/draft")
    page.goto("/cases/new")
    expect(text).to_have_value("")  # that one is among the drafts
    page.goto(draft)
    expect(text).to_have_value("It is here, come")
    wait_for(lambda: texts_kept(database) == ["It is here, come"])
    page.get_by_label("To", exact=True).fill("tom@customer.example")
    page.get_by_role("button", name="Open the case and send").click()
    expect(page.get_by_role("heading", name="Your parcel", level=1)).to_be_visible()
    page.goto("/cases/new")
    expect(text).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0
    assert texts_kept(database) == []
