"""A real browser before the real pages: whatever the content policy blocks, whatever another host is asked for, fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from helpdesk import clock, db
from helpdesk.actions import agents, desks
from helpdesk.models import Agent
from helpdesk.web import Extras, server
from tests.servers import free_port
from tests.web.browsing import PASSWORD, begin_session, open_pages

QUIET = [
    "--no-sandbox",  # Chromium refuses to run as root with one; the pages are our own
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


class Watch:
    """What a page did that it should not: asked another host, broke the policy, raised an error, opened a dialog."""

    def __init__(self, base: str) -> None:
        self._host = urlsplit(base).netloc
        self.trouble: list[str] = []

    def over(self, page: Page) -> None:
        """Watch this page, and the windows that it opens."""
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _asked(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "about", "blob") and url.netloc != self._host:
            self.trouble.append(f"asked {request.url[:200]}")

    def _said(self, message: ConsoleMessage) -> None:
        # An answer of 4xx is said there too, and is what some tests are about.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.trouble.append(f"said: {message.text[:300]}")


@pytest.fixture(scope="session")
def chrome(chromium: Path) -> Iterator[Browser]:
    """Chromium, once for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """PASSWORD as it is stored, computed once: it is meant to be slow."""
    return PasswordHasher().hash(PASSWORD)


@pytest.fixture()
def bob(database: db.Database, password_hash: str) -> Agent:
    """Bob, an agent of a desk."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
        agent = agents.create(session, "bob@example.org", "Bob", role="agent", now=clock.now())
        agent.password_hash = password_hash
        return agent


@pytest.fixture()
def extras() -> Extras | None:
    """What the composition root would give the pages, where a test has something to give."""
    return None


@pytest.fixture()
def live(database: db.Database, bob: Agent, extras: Extras | None) -> Iterator[str]:
    """The pages, served as the product serves them; their base URL."""
    port = free_port()
    end = server.serve(open_pages(database, extras), "127.0.0.1", port)
    yield f"http://127.0.0.1:{port}"
    end()


@pytest.fixture()
def window(chrome: Browser, live: str, database: db.Database, bob: Agent) -> Iterator[Callable[..., Page]]:
    """`window()` is a new page of Bob's; words like `java_script_enabled=False` or `viewport=…` are Playwright's.  All are watched."""
    watch, contexts = Watch(live), []

    def open_page(*, logged_in: bool = True, **words: object) -> Page:
        context = chrome.new_context(base_url=live, **{"locale": "en-GB", **words})  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("page", watch.over)
        if logged_in:
            context.add_cookies([{"name": "holdline", "value": begin_session(database, bob), "url": live}])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert watch.trouble == []
