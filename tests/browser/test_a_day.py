"""A day's work as one story for each role, in both languages, by what stands on the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpdesk import clock, db, seeds, words
from helpdesk.actions import agents
from helpdesk.models import Agent, Case, Entry, OutboxMail
from mail.drafts import draft
from tests.web.browsing import anna_writes, begin_session

pytestmark = pytest.mark.needs("chromium")

Open = Callable[[str], Page]
STORY = "Dritte Kaffeemühle, wieder defekt: Ich möchte mein Geld zurück"
LOCALES = {"en": "en-GB", "de": "de-DE"}


@pytest.fixture()
def at_work(window: Callable[..., Page], database: db.Database, live: str, language: str) -> Open:
    """`at_work("dana")`: a window of somebody at the demo desk."""
    with database.transaction() as session:
        seeds.fill(session, now=clock.now())
        staff = {agent.email.partition("@")[0]: agent for agent in session.scalars(select(Agent))}

    def open_window(name: str) -> Page:
        page = window(logged_in=False, locale=LOCALES[language])
        page.context.add_cookies([{"name": "holdline", "value": begin_session(database, staff[name]), "url": live}])
        return page

    return open_window


@pytest.mark.parametrize("language", LOCALES)
def test_an_agents_day(at_work: Open, database: db.Database, language: str) -> None:
    say = words.translations(language).gettext
    page = at_work("dana")
    page.goto("/")
    page.get_by_role("link", name=STORY).click()
    page.get_by_role("button", name=say("Take over")).click()
    expect(page.locator(".toast")).to_contain_text(say("You have the case."))
    # what the customer said already is not asked again
    text = page.locator("#text")
    text.fill("Nennen Sie mir bitte noch einmal Ihre Bestellnummer?")
    expect(page.locator("#asked")).to_contain_text("4711-0938-22")
    # a suggestion is where the answer begins
    text.fill("")
    page.keyboard.press("Escape")
    page.locator("#suggest").click()
    page.locator(".suggest input[type=search]").fill("Erstattung")
    page.locator("[data-suggestion]", has_text="Erstattung").first.click()
    expect(text).to_have_value(_has("Erstattung"))
    text.fill("Guten Tag, Herr Arendt, die 189 Euro sind heute freigegeben.")
    page.get_by_role("button", name=say("Send and solve")).click()
    expect(page.locator(".toast")).to_contain_text(say("The case is solved."))
    # and taken back within ten seconds: the words are in the form again
    page.locator(".toast .undo").click()
    expect(text).to_have_value(_has("189 Euro"))
    page.get_by_role("button", name=say("Send"), exact=True).click()
    expect(page.locator("li.out-li").last).to_contain_text("189 Euro")
    with database.reading() as session:
        case = session.scalars(select(Case).where(Case.subject == STORY)).one()
        said = session.scalars(select(Entry).where(Entry.case_number == case.number, Entry.text.contains("189 Euro sind"))).all()
        assert (case.state, len(said)) == ("waiting", 1)


def test_somebody_new_has_answered_whoever_waits_longest_before_they_read_anything(
    window: Callable[..., Page], database: db.Database
) -> None:
    numbers = [anna_writes(database, at=clock.now() - timedelta(hours=hours)) for hours in (1, 5)]
    with database.transaction() as session:
        nora = agents.create(session, "nora@desk.example", "Nora Neu", role="agent", now=clock.now())
        agents.invite(session, nora, by=None, now=clock.now())
        mail = session.scalars(
            select(OutboxMail).where(OutboxMail.kind == "invitation", OutboxMail.recipient == nora.email)
        ).one()
        link = re.search(r"/password/\S+", draft(session, mail, now=clock.now()).text)
    assert link is not None
    page = window(logged_in=False)
    page.goto(link[0])
    page.keyboard.type("a long sentence of Nora's")  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type("a long sentence of Nora's")
    page.keyboard.press("Enter")
    page.locator(".queue .s a").first.click()
    expect(page).to_have_url(re.compile(f"/cases/{numbers[1]}$"))
    page.get_by_role("link", name="Write an answer").click()
    page.keyboard.type("We look into it today.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Your answer is on its way.")
    page.get_by_role("link", name="On to whoever waits longest").click()
    expect(page.locator(".queue .s a")).to_have_attribute("href", f"/cases/{numbers[0]}")


@pytest.mark.parametrize("language", LOCALES)
def test_a_supervisors_day(at_work: Open, language: str) -> None:
    say = words.translations(language).gettext
    page = at_work("erik")
    page.goto("/cases?view=unassigned")
    rows = page.locator(".queue > li")
    waiting = rows.count()
    assert waiting > 1
    for place in range(2):
        rows.nth(place).locator("input[type=checkbox]").check()
    page.locator(".bulk").get_by_role("button", name=say("Take over")).click()
    expect(rows).to_have_count(waiting - 2)
    page.locator(".toast .undo").click()
    expect(rows).to_have_count(waiting)
    page.get_by_role("navigation", name=say("Rooms")).get_by_role("link", name=say("Now"), exact=True).click()
    expect(page.locator(".say")).to_be_visible()
    page.locator(".figures > div", has_text=say("without anybody")).get_by_role("link").click()
    expect(rows).to_have_count(waiting)
    page.goto("/post-room")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/absences")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("language", LOCALES)
def test_an_admins_day(at_work: Open, language: str) -> None:
    say = words.translations(language).gettext
    page = at_work("carol")
    page.goto("/settings")
    links = page.locator("main a[href^='/settings/']")
    paths = {link.get_attribute("href") for link in links.all()}
    assert len(paths) > 8
    for path in sorted(filter(None, paths)):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
    page.goto("/settings/tags")
    page.goto("/settings/teams/new")
    page.locator("input[name=name]").fill("Reklamationen")
    page.get_by_role("main").get_by_role("button", name=say("Save")).or_(page.locator("main form .btn").first).first.click()
    expect(page.get_by_text("Reklamationen").first).to_be_visible()


def _has(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))
