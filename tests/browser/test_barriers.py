"""No page keeps anybody out: what a machine can find of WCAG 2.2 (axe-core) is found nowhere, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from helpdesk import clock, db, seeds
from helpdesk.models import Agent
from tests import all_pages
from tests.web.browsing import open_pages

pytestmark = pytest.mark.needs("chromium")

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.fixture()
def ada(database: db.Database, bob: Agent) -> Agent:
    """Bob, for once an admin: there is no page that he may not see; and a desk with a story."""
    with database.transaction() as session:
        seeds.fill(session, now=clock.now())
        found = session.get_one(Agent, bob.id)
        found.role = "admin"
        return found


def test_no_page_has_a_barrier(window: Callable[..., Page], database: db.Database, ada: Agent) -> None:
    assert ada.role == "admin"
    page = window(color_scheme="light", reduced_motion="reduce")  # no colour is looked at on its way to another
    with database.reading() as session:
        paths = all_pages.paths(open_pages(database), session)
    assert len(paths) > 25
    axe, barriers = Axe(), []
    for path in paths:
        page.emulate_media(color_scheme="light")
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found = axe.run(page, options=RULES).response["violations"]
        page.emulate_media(color_scheme="dark")
        found += page.evaluate("(options) => axe.run(options)", COLOURS)["violations"]
        barriers += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
    assert barriers == []
