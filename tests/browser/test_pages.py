"""An agent's day in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from helpdesk import db
from helpdesk.models import Entry
from helpdesk.present.html import sanitise
from tests.web.browsing import PASSWORD, anna_writes, mail_comes

pytestmark = pytest.mark.needs("chromium")

Windows = Callable[..., Page]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_log_in_read_note_reply_and_solve_and_see_how_long_the_address_lives(
    window: Windows, database: db.Database, scripts: bool
) -> None:
    page = window(java_script_enabled=scripts, logged_in=False)
    number = anna_writes(database, "The printer is on fire", subject="Printer")
    log_in(page)
    page.get_by_role("link", name="Printer").click()
    expect(page.get_by_role("heading", name="Printer", level=1)).to_be_visible()
    expect(page.locator(".line").get_by_text("The printer is on fire")).to_be_visible()
    expect(page.get_by_text("Replies work while the case is open")).to_be_visible()

    page.get_by_label("Note, internal only").check()
    page.get_by_label("Your text", exact=True).fill("She sounded *calm*.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_role("heading", name="Note by Bob")).to_be_visible()

    page.get_by_label("Your text", exact=True).fill("Use the **stairs**.\n\nBob")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("stairs")
    page.get_by_role("button", name="Send and solve").click()
    expect(page.get_by_role("heading", name="Bob answered and solved the case")).to_be_visible()
    expect(page.get_by_text("Replies work until")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Your answer is on its way. The case is solved.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Replies work while the case is open")).to_be_visible()
    expect(page.get_by_label("Your text", exact=True)).to_have_value("Use the **stairs**.\n\nBob")
    with database.reading() as session:
        kinds = [entry.kind for entry in session.query(Entry).filter_by(case_number=number).order_by(Entry.id)]
    assert kinds == ["mail-in", "note", "taken-back"]  # an empty shell: nobody ever got it


def test_a_draft_outlives_a_deed_beside_it_and_ends_when_it_is_sent(window: Windows, database: db.Database) -> None:
    page = window()
    page.goto(f"/cases/{anna_writes(database)}")
    text = page.get_by_label("Your text", exact=True)
    text.fill("Half a thou")
    page.get_by_role("button", name="Take over").click()
    expect(page.locator(".toast")).to_contain_text("You have the case.")
    expect(text).to_have_value("Half a thou")
    text.fill("A whole thought")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Bob answered")).to_be_visible()
    expect(text).to_have_value("")
    page.reload()
    expect(text).to_have_value("")


def test_a_note_that_was_not_kept_yet_never_comes_back_as_an_answer(window: Windows, database: db.Database) -> None:
    page = window()
    page.goto(f"/cases/{anna_writes(database)}")
    page.get_by_label("Your text", exact=True).fill("She is a difficult person")
    page.get_by_label("Note, internal only").check()
    page.reload()
    expect(page.get_by_label("Your text", exact=True)).to_have_value("She is a difficult person")
    expect(page.get_by_label("Note, internal only")).to_be_checked()


def test_a_preview_that_cannot_be_drawn_sends_nothing(window: Windows, database: db.Database) -> None:
    page = window()
    number = anna_writes(database)
    page.goto(f"/cases/{number}")
    page.get_by_label("Your text", exact=True).fill("Not finished")
    page.route("**/preview", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("Not finished")  # by the form itself, as without scripts
    with database.reading() as session:
        assert [entry.kind for entry in session.query(Entry)] == ["mail-in"]


def test_files_go_to_the_draft_at_once_and_too_large_ones_do_not_travel(window: Windows, database: db.Database) -> None:
    page = window()
    page.goto(f"/cases/{anna_writes(database)}")
    kept, files = page.locator("#kept"), page.locator("#reply [name=files]")
    kept.locator(".said").evaluate("(line) => (line.dataset.most = 10)")
    files.set_input_files({"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"x" * 11})
    expect(kept).to_contain_text("These files are too large together")
    files.set_input_files({"name": "note.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(kept.get_by_role("listitem")).to_contain_text("note.txt")
    paste = """(area) => {
      const carried = new DataTransfer();
      carried.items.add(new File(["x"], "image.png", { type: "image/png" }));
      area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
    }"""
    page.get_by_label("Your text", exact=True).evaluate(paste)
    expect(kept.get_by_role("listitem").nth(1)).to_contain_text("Picture ")
    kept.get_by_role("button", name="Remove note.txt").click()
    expect(kept.get_by_role("listitem")).to_have_count(1)
    page.get_by_label("Your text", exact=True).press("Control+Enter")
    expect(page.get_by_role("link", name="Picture ")).to_be_visible()


def test_a_draft_outlives_a_log_in_that_ended(window: Windows, database: db.Database) -> None:
    page = window()
    number = anna_writes(database)
    page.goto(f"/cases/{number}")
    page.get_by_label("Your text", exact=True).fill("An hour of work")
    page.context.clear_cookies(name="holdline")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("This form is no longer valid.").or_(page.get_by_text("Your text is still here"))).to_be_visible()
    log_in(page)
    page.goto(f"/cases/{number}")
    expect(page.get_by_label("Your text", exact=True)).to_have_value("An hour of work")


def test_keys_move_through_the_list_and_never_while_one_types(window: Windows, database: db.Database) -> None:
    page = window()
    for name in ("First", "Second"):
        anna_writes(database, subject=name)
    page.goto("/cases")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Second")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="First", level=1)).to_be_visible()
    page.wait_for_load_state()  # the keys are there when the page is
    page.keyboard.press("n")
    expect(page.get_by_label("Note, internal only")).to_be_checked()
    page.keyboard.type("jkernz/")
    expect(page.get_by_label("Your text", exact=True)).to_have_value("jkernz/")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Search: “second”")).to_be_visible()


def test_new_mail_is_a_quiet_line_and_moves_nothing(window: Windows, database: db.Database) -> None:
    page = window()
    number = anna_writes(database, subject="Printer")
    page.clock.install()
    page.goto("/cases")
    mail_comes(database, number, "Still burning")
    page.clock.run_for(31_000)
    expect(page.get_by_text("1 new message.")).to_be_visible()
    page.get_by_role("link", name="Reload the list").click()
    expect(page.get_by_text("Still burning")).to_be_visible()


def test_a_html_mail_is_shown_in_a_frame_that_can_do_nothing(window: Windows, database: db.Database) -> None:
    page = window()
    html = sanitise(
        '<p style="color: #123456">Coloured <a href="https://shop.example/">shop</a><img src="https://evil.example/p.png"></p>'
    )
    page.goto(f"/cases/{anna_writes(database, 'Plain', html=html)}")
    page.get_by_text("Show as HTML").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Coloured")).to_have_css("color", "rgb(18, 52, 86)")
    assert frame.locator("a").get_attribute("rel") == "noopener noreferrer nofollow"


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_fits_its_window_and_keeps_its_policy(
    window: Windows, database: db.Database, viewport: dict[str, int]
) -> None:
    page = window(viewport=viewport)
    word = "Donaudampfschifffahrtsgesellschaftskapitän" * 4
    anna_writes(database, f"{word}\n\nhttps://example.org/{'x' * 200}", subject=word, name=word)
    for path in ("/cases", "/cases/1001", "/cases/new", "/cases?q=zebra", "/people", "/post-room", "/account", "/nowhere"):
        page.goto(path)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, path
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").count() == 1, path


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(window: Windows, database: db.Database) -> None:
    page = window()
    anna_writes(database)
    page.goto("/cases")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_every_control_has_a_name_and_headings_skip_no_level(window: Windows, database: db.Database) -> None:
    page = window()
    number = anna_writes(database)
    for path in ("/cases", f"/cases/{number}", "/cases/new"):
        page.goto(path)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button:not([hidden]), summary, a[href]")].filter(
              (e) => !(e.labels?.length || e.textContent.trim() || e.getAttribute("aria-label"))).map((e) => e.outerHTML)"""
        )
        assert nameless == []
        levels = page.evaluate("() => [...document.querySelectorAll('h1, h2, h3, h4')].map((e) => Number(e.tagName[1]))")
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)
        twice = page.evaluate("() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);"
                              "return ids.filter((id, n) => ids.indexOf(id) !== n); }")  # fmt: skip
        assert twice == []


def log_in(page: Page) -> None:
    """As Bob, by the form."""
    page.goto("/")
    page.get_by_label("E-mail address").fill("bob@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/cases")


def test_a_lasting_address_leads_to_its_entry_also_where_a_long_story_is_shortened(
    window: Windows, database: db.Database
) -> None:
    number = anna_writes(database, "Letter 1")
    entries = [mail_comes(database, number, f"Letter {n}") for n in range(2, 70)]
    page = window()
    page.goto(f"/cases/{number}")
    expect(page.get_by_text("Letter 20", exact=True)).to_have_count(0)
    page.goto(f"/cases/{number}#entry-{entries[18]}")
    expect(page.get_by_text("Letter 20", exact=True)).to_be_in_viewport()
    page.goto(f"/cases/{number}")
    page.get_by_role("link", name="Show 36 more entries").click()
    expect(page.get_by_text("Letter 20", exact=True)).to_have_count(1)


def test_what_opens_in_the_row_of_deeds_stays_on_a_phone_s_screen(window: Windows, database: db.Database) -> None:
    page = window(viewport=PHONE, locale="de-DE")
    page.goto(f"/cases/{anna_writes(database)}")
    for menu in page.locator(".deeds .more").all():
        menu.locator("summary").first.click()
        box = menu.locator(".menu").bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE["width"]
        menu.locator("summary").first.click()


def test_an_address_with_a_broken_end_stops_no_script(window: Windows, database: db.Database) -> None:
    number = anna_writes(database)
    page = window()
    page.goto(f"/cases/{number}#%")
    page.locator("details.me > summary").click()
    page.get_by_role("heading", level=1).click()
    expect(page.locator("details.me")).not_to_have_attribute("open", "")
