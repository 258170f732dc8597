"""Hundreds of hostile mails by the whole way (C1, C2, C5, C26): SMTP door, worker, case page, frame, in a browser beside a trap.

`make test` runs every fiftieth of them; `make hostile` (HOLDLINE_TEST_HOSTILE=all) runs all, and says how many would have run or
asked in a page that does not guard itself.
"""

from __future__ import annotations

import contextlib
import os
import smtplib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Error, Frame, Page
from sqlalchemy import func, select

from helpdesk import db
from helpdesk.models import Arrival, Case, Entry, ReplyAddress
from mail import inbound
from mail.reader import Reader
from tests.browser.conftest import QUIET, Watch
from tests.browser.trap import Trap
from tests.doors import DESK, open_door
from tests.hostile_mail import CARRIERS, hostile_mails
from tests.hostile_payloads import payloads
from tests.servers import wait_until
from tests.ways import drain

pytestmark = pytest.mark.needs("chromium")

Windows = Callable[..., Page]
Mails = Sequence[tuple[str, bytes]]

ALL = os.environ.get("HOLDLINE_TEST_HOSTILE") == "all"
OTHERS = Path(__file__).parents[3] / "shared" / "corpora" / "letters"
AT_ONCE = 60  # mails in one case
RUN = "top.hacked=1;window.hacked=1;document.title='hacked';fetch('{url}/ran');alert(1)"


@pytest.fixture()
def trap() -> Iterator[Trap]:
    found = Trap()
    yield found
    found.close()


@pytest.mark.parametrize("carrier", list(CARRIERS) if ALL else ["each in turn"])
def test_no_hostile_mail_runs_or_asks_anybody(carrier: str, window: Windows, database: db.Database, trap: Trap) -> None:
    if ALL:
        mails = list(hostile_mails(_ours(trap), to="TO", carriers=[carrier]))
    else:
        mails = [mail for place, mail in enumerate(hostile_mails(_ours(trap), to="TO")) if place % 50 == 7]
    _come_and_are_looked_at(mails, window, database, trap)
    print(f"{len(mails)} hostile mails, {carrier}: 0 scripts ran, 0 requests left")


def test_no_hostile_page_of_others_runs_or_asks_anybody(window: Windows, database: db.Database, trap: Trap) -> None:
    found = _of_others()
    if not found:
        pytest.skip("the corpora of other projects are not on this machine")
    mails = list(hostile_mails(found, to="TO", carriers=["bare", "behind foreign elements"] if ALL else ["bare"]))
    _come_and_are_looked_at(mails if ALL else mails[::12], window, database, trap)


def test_the_same_mails_do_run_and_ask_in_a_page_that_does_not_guard_itself(chrome: Browser, chromium: Path, trap: Trap) -> None:
    """What the trap and the watch would have seen: without this the zeros above would say nothing."""
    found = _ours(trap)[:: 4 if ALL else 100]
    fired = sum(_fires(payload, chrome.browser_type, chromium, trap) for _name, payload in found)
    print(f"{fired} of {len(found)} payloads ran or asked somebody in a bare page")
    assert fired > len(found) / 4


def _fires(payload: str, kind: BrowserType, chromium: Path, trap: Trap) -> bool:
    """Each in a browser of its own: some of them end the whole browser."""
    browser = kind.launch(executable_path=str(chromium), args=QUIET)
    before, watch = len(trap.caught), Watch("http://nobody")
    with contextlib.suppress(Error):
        page = browser.new_page()
        watch.over(page)
        page.set_content(f"<p>Hello</p>{payload}", wait_until="commit")
        page.wait_for_timeout(100)
    with contextlib.suppress(Error):
        browser.close()
    return len(trap.caught) > before or any(said.startswith(("asked", "dialog")) for said in watch.trouble)


def _ours(trap: Trap) -> list[tuple[str, str]]:
    return payloads(run=RUN.format(url=trap.url), url=trap.url)


def _of_others() -> list[tuple[str, str]]:
    files = [*sorted((OTHERS / "dompurify-inline").glob("*.html")), *sorted((OTHERS / "roundcube-html").glob("*"))]
    return [(file.name, file.read_text("utf-8", "replace")) for file in files]


def _come_and_are_looked_at(mails: Mails, window: Windows, database: db.Database, trap: Trap) -> None:
    cases = _come(mails, database)
    page = window()
    for number in cases:
        _look_at(page, number)
    for path in (
        "/cases",
        "/cases?q=script",
        "/post-room",
        "/people",
        *(f"/post-room/{n}" for n in range(1, len(mails), max(len(mails) // 5, 1))),
    ):
        page.goto(path)
        _nothing_ran(page)
    assert trap.caught == []


def _come(mails: Mails, database: db.Database) -> list[int]:
    """Bring them all by SMTP and read them in a child process; the cases in which they lie."""
    with open_door(database, new_cases_per_hour=0) as door, Reader() as reader:
        handlers = {
            "mail.process": lambda job: inbound.process(database, reader, job["mail"]),
            "outbox.deliver": lambda _job: None,
        }
        for begin in range(0, len(mails), AT_ONCE):
            address = DESK
            for first, batch in ((True, mails[begin : begin + 1]), (False, mails[begin + 1 : begin + AT_ONCE])):
                _send(door.port, batch, address)
                drain(database, handlers)
                if first:
                    with database.reading() as session:
                        address = session.scalars(select(ReplyAddress).order_by(ReplyAddress.id.desc())).first().address  # type: ignore[union-attr]
    with database.reading() as session:
        lost = session.scalars(select(Arrival.reason).where(Arrival.entry_id.is_(None))).all()
        assert not lost
        assert session.scalar(select(func.count()).select_from(Entry).where(Entry.kind == "mail-in")) == len(mails)
        return list(session.scalars(select(Case.number)))


def _send(port: int, mails: Mails, address: str) -> None:
    if not mails:
        return
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        for _name, raw in mails:
            client.sendmail("anna@customer.example", address, raw.replace(b"To: TO", f"To: {address}".encode(), 1))


def _look_at(page: Page, number: int) -> None:
    """Open everything that can be opened on a case's page."""
    page.goto(f"/cases/{number}")
    frames = page.locator("iframe")
    expected = frames.count()
    assert expected
    page.evaluate(
        "document.querySelectorAll('iframe').forEach((f) => (f.loading = 'eager'));"
        "document.querySelectorAll('details').forEach((d) => (d.open = true))"
    )
    wait_until(lambda: page.wait_for_timeout(50) or len(_shown(page)) == expected, seconds=60, what="the last of the frames")
    for frame in _shown(page):
        frame.wait_for_load_state("load")
        assert frame.title() == ""
    page.wait_for_timeout(300)  # for whatever would still begin to run or to ask
    _nothing_ran(page)


def _shown(page: Page) -> list[Frame]:
    return [frame for frame in page.frames if "/html" in frame.url]


def _nothing_ran(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    assert "hacked" not in page.title().split(" · ")[-1]
    assert page.locator("script:not([src^='/static/'])").count() == 0
