"""What people read outside the web, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from jinja2 import UndefinedError
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

from helpdesk import words
from helpdesk.db import asset
from helpdesk.policies.escalation import REASONS
from helpdesk.policies.notices import KINDS
from mail.drafts.before import Quote

TEMPLATES = asset("templates") / "mail"
QUOTE = Quote("You wrote on 2 November at 10:00:", ("{{ 7*7 }} <script>alert(1)</script>", "second line"))
VALUES: dict[str, dict[str, Any]] = {
    "acknowledgement": {"number": 1042, "desk": "Help desk", "grace_days": 28, "follows": None, "ended_on": None},
    "reply": {
        "number": 1042,
        "subject": "Re: {{ 7*7 }} %s {0.__class__}",
        "text": "**Use** the stairs",
        "html": Markup("<p>Use <strong>the</strong> <a href='https://x.example'>stairs</a></p><ul><li>one</li></ul>"),
        "signature": "Anna Weber, Help desk",
        "grace_days": 28,
        "marker": "··· above ···",
        "introduction": "",
        "quote": QUOTE,
    },
    "notification": {"number": 1042, "desk": "Help desk", "name": "Bob", "link": "https://desk.example.org/cases/1042"},
    "consultation": {
        "subject": "A question",
        "text": "Does it burn?",
        "html": Markup("<p>Does it burn?</p>"),
        "signature": "Anna Weber, Help desk",
    },
    "notice": {
        "number": 1042,
        "desk": "Help desk",
        "name": "Bob",
        "link": "https://desk.example.org/cases/1042",
        "headline": "Case 1042: Dana mentions you",
        "news": "Dana mentions you in a note in case 1042.",
    },
    "escalation": {
        "number": 1042,
        "desk": "Help desk",
        "name": "Bob",
        "link": "https://desk.example.org/cases/1042#escalation",
        "headline": "Broken since 16:00 yesterday: Printer",
        "news": "Anna has been waiting for a first answer since 16:00 yesterday.",
    },
    "escalations": {
        "desk": "Help desk",
        "name": "Bob",
        "link": "https://desk.example.org/notices",
        "count": 2,
        "broken": 1,
        "things": [
            {"headline": "Broken: Printer", "news": "Anna waits.", "link": "https://desk.example.org/cases/1042#escalation"},
            {"headline": "At risk: <b>Lamp</b>", "news": "Eva waits.", "link": "https://desk.example.org/cases/1043#escalation"},
        ],
    },
    "report-failed": {"desk": "Help desk", "headline": "A report cannot be sent: Daily", "news": "It was due.", "name": "Bob"},
    "invitation": {"desk": "Help desk", "name": "Bob", "link": "https://desk.example.org/password/x", "days": 7},
    "reset": {"desk": "Help desk", "name": "Bob", "link": "https://desk.example.org/password/x", "minutes": 30},
}
FOLLOW_UP = {**VALUES["acknowledgement"], "follows": 1001, "ended_on": "19 December"}
EVERY_MAIL = [*VALUES.items(), ("acknowledgement", FOLLOW_UP)]


def said(name: str, language: str = "en") -> words.MailWords:
    return words.mail(name, language, **VALUES[name])


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(("name", "values"), EVERY_MAIL)
def test_a_mail_loads_nothing_runs_nothing_and_follows_nobody(name: str, values: dict[str, Any], language: str) -> None:
    html = words.mail(name, language, **values).html
    tree = LexborHTMLParser(html)
    assert not tree.css("img, script, link, iframe, object, embed, form, input, video, audio, base, svg, [background], [src]")
    assert not re.search(r"url\(|@import|@font-face", html)
    ours = {one["link"] for one in (values, *values.get("things", ())) if "link" in one}
    assert {a.attributes["href"] for a in tree.css("a")} <= ours | {"https://x.example"}


@pytest.mark.parametrize(("name", "values"), EVERY_MAIL)
def test_what_a_mail_program_without_style_sheets_needs_stands_at_each_element(name: str, values: dict[str, Any]) -> None:
    tree = LexborHTMLParser(words.mail(name, "en", **values).html)
    sheet = tree.css_first("table.sheet")
    assert sheet is not None
    assert "max-width: 580px" in (sheet.attributes["style"] or "")
    assert all("margin" in (p.attributes.get("style") or "") for p in tree.css("p"))
    (style,) = tree.css("style")
    assert style.text().count("@media") == 2
    assert "prefers-color-scheme: dark" in style.text()


@pytest.mark.parametrize(("name", "values"), EVERY_MAIL)
def test_german_mail_is_german_throughout(name: str, values: dict[str, Any]) -> None:
    english, german = (words.mail(name, language, **values) for language in words.LANGUAGES)
    given = " ".join(str(value) for value in values.values())  # names, links, and what customer and agent wrote
    for ours, theirs in zip(english.text.splitlines(), german.text.splitlines(), strict=True):
        assert ours != theirs or ours.removeprefix("> ") in given or ours == "-- "
    assert 'lang="de"' in german.html


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", ["Dana", ""])
def test_a_notice_says_what_happened_in_both_languages(kind: str, by: str) -> None:
    values = {"about": kind, "number": 1042, "by": by, "what": "visit", "instead_of": "Erik"}
    english, german = (words.told(language, **values) for language in words.LANGUAGES)
    for place, told in english.items():
        assert "1042" in told
        assert told != german[place]
    assert english["news"].endswith("You get this because you stand in for Erik.")


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("clock", ["first-response", "next-reply", "resolution"])
def test_an_escalation_says_what_burns_in_both_languages(reason: str, clock: str) -> None:
    values = {
        "reason": reason, "clock": clock, "due": "16:00", "since": "9:00", "subject": "Printer", "customer": "Anna", "holder": "",
        "by": "Dana", "wish": "May I?", "level": 2, "unseen": True, "instead_of": "Erik",
    }  # fmt: skip
    english, german = (words.told(language, of="escalation", **values) for language in words.LANGUAGES)
    assert english["headline"].endswith(": Printer")
    assert "Nobody has the case. Level 2, because nobody has said so far that they saw it." in english["news"]
    assert english["news"].endswith("You get this because you stand in for Erik.")
    assert all(told != german[place] for place, told in english.items())


@pytest.mark.parametrize(
    ("days", "english", "german"),
    [
        (0, "16:00 today", "heute um 16:00"),
        (-1, "16:00 yesterday", "gestern um 16:00"),
        (1, "16:00 tomorrow", "morgen um 16:00"),
        (-3, "Friday 30 October, 16:00", "Freitag, 30. Oktober, 16:00"),
    ],
)
def test_a_moment_is_said_as_one_says_it_today(days: int, english: str, german: str) -> None:
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    at = datetime(2026, 11, 2, 15, tzinfo=UTC) + timedelta(days=days)
    zone = ZoneInfo("Europe/Berlin")
    assert (words.moment(at, now, "en", zone), words.moment(at, now, "de", zone)) == (english, german)


def test_every_sentence_of_the_mails_has_its_german() -> None:
    catalogue = Path(words.__file__).parent / "translations" / "de" / "LC_MESSAGES" / "messages.po"
    with catalogue.open("rb") as file:
        known = {message.id for message in read_po(file, locale="de") if message.string and not message.fuzzy}
    templates = [path.read_text() for path in sorted(TEMPLATES.rglob("*.*"))]
    used = {sentence for text in templates for sentence in re.findall(r'_\("(.+?)"[,)]', text)}
    assert len(used) > 20
    assert used - known == set()


def test_an_acknowledgement_says_what_happens_next() -> None:
    mail = said("acknowledgement")
    assert mail.subject == "We have your message (case 1042)"
    assert mail.text.startswith("Your message has arrived. A person will answer you.\n\n")
    assert "Just reply to this mail. You don't need an account" in mail.text
    assert "it works until it's solved, and for 28 days after." in mail.text
    assert said("acknowledgement", "de").subject == "Wir haben Ihre Nachricht (Fall 1042)"


def test_an_acknowledgement_of_late_mail_says_that_nothing_is_lost() -> None:
    text = words.mail("acknowledgement", "en", **FOLLOW_UP).text
    assert text.startswith(
        "Your reply came after 19 December, when the old address had closed. Your message is safe: we opened case 1042 and"
        " attached the first one. A person will answer you.\n"
    )
    undated = words.mail("acknowledgement", "en", **{**FOLLOW_UP, "ended_on": None}).text
    assert undated.startswith("Your reply came when the old address had closed. Your message is safe")


def test_a_reply_begins_with_its_marker_and_ends_with_how_long_one_can_answer_and_what_is_answered() -> None:
    text = said("reply").text
    assert text == (
        "··· above ···\n\n**Use** the stairs\n\n-- \nAnna Weber, Help desk\n"
        "Case 1042. Just reply to this mail; the address works until your problem is solved and for 28 days after.\n\n"
        "You wrote on 2 November at 10:00:\n\n> {{ 7*7 }} <script>alert(1)</script>\n> second line\n"
    )


def test_an_answer_to_nothing_quotes_nothing() -> None:
    mail = words.mail("reply", "en", **{**VALUES["reply"], "quote": None})
    assert "You wrote" not in mail.text + mail.html
    assert "blockquote" not in mail.html.partition("</style>")[2]


def test_the_customers_words_are_words_in_every_form() -> None:
    mail = said("reply")
    assert mail.subject == "Re: {{ 7*7 }} %s {0.__class__}"
    quoted = LexborHTMLParser(mail.html).css_first("blockquote[type=cite]")
    assert quoted is not None
    assert quoted.text(separator="|", strip=True) == "{{ 7*7 }} <script>alert(1)</script>|second line"


def test_our_answers_html_stays_html() -> None:
    tree = LexborHTMLParser(said("reply").html)
    assert [strong.text() for strong in tree.css("td.inside strong")] == ["the"]


def test_a_mail_to_an_agent_has_its_link_in_both_forms() -> None:
    for name in ("notification", "notice", "escalation", "escalations", "invitation", "reset"):
        mail = said(name)
        assert VALUES[name]["link"] in mail.text
        (deed,) = LexborHTMLParser(mail.html).css("a.deed")
        assert deed.attributes["href"] == VALUES[name]["link"]


def test_a_missing_value_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        words.mail("acknowledgement", "en", number=1042)


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en"), ("../../etc", "en")],
)
def test_we_speak_german_and_otherwise_english(asked: str, spoken: str) -> None:
    assert words.spoken(asked) == spoken
    assert words.translations(asked) is words.translations(spoken)


def test_days_and_times_are_said_in_the_installations_zone() -> None:
    late = datetime(2026, 12, 18, 23, 30, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    assert (words.day(late, "de", zone), words.day(late, "en", zone)) == ("19. Dezember", "19 December")
    assert words.time_of_day(late, "de", zone) == "00:30"
