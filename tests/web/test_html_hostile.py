"""The whole table of hostile HTML before the sanitiser (C1–C6): it settles at once, and another parser finds nothing in it either."""

# ruff: noqa: SIM905  (sixty names read better as words)

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from helpdesk.present.frame import Look, frame
from helpdesk.present.html import sanitise
from helpdesk.present.measure import MOST, height
from mail.parse import parse
from tests.hostile_payloads import FAMILIES, payloads
from tests.letterbox import mail

PAYLOADS = payloads(run="alert(1)", url="http://127.0.0.1:9")
CONTEXTS = [
    "{}", "<table><tr><td>{}", "<svg><desc>{}", "<math><mtext>{}", "<p title='{}'>x", '<img alt="{}">', "<pre>\n{}", "<select>{}", "<b><i><a href=x>{}",
    "<!--{}-->{}", "<style>{}</style>{}", "<template>{}</template>", "<form><math><mtext></form><form><mglyph>{}", "<noscript>{}</noscript>", "</p></div>{}",
]  # fmt: skip
ALLOWED = frozenset(
    "html head body a abbr address article aside b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption "
    "figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub "
    "sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
ATTRIBUTES = frozenset(
    "dir lang title align valign style href src alt width height data-remote-src color size face start type colspan rowspan bgcolor border "
    "cellpadding cellspacing span rel target".split()
)
LOADING = re.compile(r"url|image|expression|import|binding|behavior|position|display|z-index|\\", re.I)


def assert_harmless(html: str) -> str:
    """Sanitise, and read the result with a parser that is not the sanitiser's."""
    clean = sanitise(html)
    assert sanitise(clean) == clean
    root = LexborHTMLParser(clean).root
    assert root is not None
    for node in root.traverse():
        assert node.tag in ALLOWED, (html, clean)
        for name, value in node.attributes.items():
            said = (value or "").strip().lower()
            assert name in ATTRIBUTES, (html, name)
            assert name != "href" or said.startswith(("http://", "https://", "mailto:", "tel:")), (html, said)
            assert name != "src" or said.startswith("cid:"), (html, said)
            assert name != "data-remote-src" or said.startswith(("http://", "https://")), (html, said)
            assert name != "style" or not LOADING.search(said), (html, said)
    return clean


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_of_a_family_comes_through_in_any_context(family: str) -> None:
    for name, payload in PAYLOADS:
        if name.startswith(f"{family} "):
            for context in CONTEXTS:
                assert_harmless(context.replace("{}", payload))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from([payload for _, payload in PAYLOADS]) | st.text(max_size=8), min_size=1, max_size=6), st.randoms()
)
def test_pieces_of_them_put_together_come_out_harmless_and_stay_so(parts: list[str], chance: object) -> None:
    broken = [part[chance.randint(0, len(part)) :] if chance.random() < 0.3 else part for part in parts]  # type: ignore[attr-defined]
    assert_harmless("".join(broken))


BOMBS = {
    "a megabyte of nested divs": "<div>" * 210_000,
    "ten megabytes of paragraphs": "<p>It burns &amp; burns.</p>" * 400_000,
    "ten megabytes of nested divs": "<div>" * 2_000_000,
    "a link of words that look like hosts": '<a href="https://evil.example">' + "bank.example " * 38_000 + "</a>",
    "a host without an end": '<a href="https://' + "a." * 240_000 + '">x</a>',
    "words of dots": "<a href=https://x.example>" + "a." * 240_000 + "</a>",
    "addresses without an end": "<a href=https://x.example>" + "a@" * 240_000 + "</a>",
    "schemes and nothing else": "<p>" + "http://" * 70_000,
    "a style without an end": '<p style="' + "background:red;" * 30_000 + '">x',
    "grounds without a colour": '<p style="' + "background: " * 40_000 + '">x',
    "pictures": '<img src="https://x.example/i.png">' * 9_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_and_shown_in_no_time(name: str) -> None:
    raw = mail("Content-Type: text/html; charset=utf-8", body="It burns. " + BOMBS[name])
    begun = time.process_time()
    letter = parse(raw)
    clean = sanitise(letter.html or "")
    document = frame(clean, Look())
    high = height(clean)
    took = time.process_time() - begun
    print(f"{name}: {took:.2f} s")
    assert took < 10  # some tenths of a second; without its guard it is minutes
    assert letter.text.startswith("It burns.")
    assert "It burns." in document
    assert high <= MOST
