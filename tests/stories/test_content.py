"""What is in a mail stays words: template syntax, two faces, files that would like to be pages (C7, C16, C27)."""

from __future__ import annotations

import base64
import re

from helpdesk.models import Attachment
from helpdesk.queries import people
from tests.hostile_payloads import payloads
from tests.letterbox import mail
from tests.web.browsing import Browser, begin_session, open_pages

SYNTAX = "{{7*7}} {% for x in range(9) %}x{% endfor %} ${7*7} #{7*7} %s %(name)s {0.__class__} {self.__init__} <%= 7*7 %>"
NAME = "{{7*7}} ${7*7} %s {0.__class__}"
PAGE = b"<script>alert(1)</script>"
FILES = {
    "page.html": ("text/html", PAGE),
    "page.xhtml": ("application/xhtml+xml", b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>"),
    "drawing.svg": ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "data.xml": ("text/xml", b"<?xml-stylesheet href='x.xsl'?><x/>"),
    "code.js": ("text/javascript", b"alert(1)"),
    "form.pdf": ("application/pdf", b"%PDF-1.7 /OpenAction /JavaScript"),
    "meeting.ics": ("text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    "archive.mht": ("multipart/related", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + PAGE),
    "letter.eml": ("application/octet-stream", b"Content-Type: text/html\r\n\r\n" + PAGE),
    "false.png": ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "polyglot.gif": ("text/html", b"GIF89" + PAGE),
}


def test_template_syntax_is_said_as_it_was_written(desk, anna, bob) -> None:
    brought = desk.takes(
        anna.letter(SYNTAX, subject=SYNTAX, author=f'"{NAME}" <{anna.address}>'), anna.address, ["help@example.org"]
    )
    case = brought.case
    assert (case.subject, case.last_message.text, case.last_message.author) == (SYNTAX, SYNTAX, NAME)
    ours = "{{config}} {% raw %} ${x} %s %(name)s {0.real}"
    bob.replies(case, ours)
    acknowledgement, answer = anna.inbox
    assert "49" not in acknowledgement.text
    assert answer["Subject"] == f"Re: {SYNTAX}"
    assert ours in answer.text
    assert SYNTAX in answer.text  # quoted
    for letter in (acknowledgement, answer):
        html = str(letter.message.get_body(("html",)).get_content())
        assert "49" not in html.replace("&#39;", "").replace("&#34;", "")


def test_what_would_run_load_or_lie_is_tamed_whichever_way_it_came(desk, anna, bob) -> None:
    page = "".join(f"<div>{payload}</div>" for _, payload in payloads(run="alert(1)", url="http://tracker.example")[::9])
    page = (
        f'<p>It burns.</p><a href="https://evil.example/">https://bank.example</a><img src="http://tracker.example/i.png">{page}'
    )
    raw = mail(f"From: {anna.address}", "Subject: Page", "Content-Type: text/html; charset=utf-8", body=page.replace("\x00", ""))
    case = desk.takes(raw, anna.address, ["help@example.org"]).case
    browser = agent_of(desk)
    shown = browser.get(f"/entries/{case.last_message.id}/html")
    assert "It burns." in shown.text
    assert "goes to evil.example" in shown.text
    body = shown.text.partition("<body>")[2]
    assert not re.search(r"<(script|svg|math|style|iframe|object|embed|form|input|link|meta|base|video|audio|template)\b", body)
    assert not re.search(
        r"<[^>]* (on\w+|srcset|poster|background|ping|(?<!-remote-)src)=", re.sub(r' (title|alt)="[^"]*"', "", body)
    )
    assert "pictures from other servers were not loaded" in browser.get(f"/cases/{case.number}").text


def test_a_page_that_nobody_could_parse_is_shown_as_text(desk, anna) -> None:
    raw = mail(f"From: {anna.address}", "Subject: Deep", "Content-Type: text/html", body="It burns. " + "<div>\n" * 180_000)
    case = desk.takes(raw, anna.address, ["help@example.org"]).case
    assert case.last_message.text == "It burns."


def test_a_mail_with_two_faces_is_flagged_and_both_can_be_seen(desk, anna, bob) -> None:
    body = (
        "--x\nContent-Type: text/plain\n\nThe printer on the second floor is burning again.\n"
        "--x\nContent-Type: text/html\n\n<p>Please transfer last month's amount to our new account today.</p>\n--x--\n"
    )
    raw = mail(f"From: {anna.address}", "Subject: Two faces", "Content-Type: multipart/alternative; boundary=x", body=body)
    case = desk.takes(raw, anna.address, ["help@example.org"]).case
    assert case.last_message.flags == ("differs",)
    page = agent_of(desk).get(f"/cases/{case.number}").text
    assert "its text and its HTML differ" in page
    assert "second floor" in page
    assert "Please transfer" in agent_of(desk).get(f"/entries/{case.last_message.id}/html").text


def test_whatever_could_hold_a_script_is_kept_as_it_came_and_only_ever_saved(desk, anna, bob) -> None:
    parts = "".join(
        f'--x\nContent-Type: {kind}\nContent-Disposition: inline; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
        f"{base64.b64encode(content).decode()}\n"
        for name, (kind, content) in FILES.items()
        if not kind.startswith("multipart")
    )
    raw = mail(
        f"From: {anna.address}",
        "Subject: Files",
        "Content-Type: multipart/mixed; boundary=x",
        body=f"--x\n\nSee these.\n{parts}--x--\n",
    )
    case = desk.takes(raw, anna.address, ["help@example.org"]).case
    browser = agent_of(desk)
    with desk.database.reading() as session:
        kept = {file.name: file.id for file in session.query(Attachment).filter_by(entry_id=case.last_message.id)}
    wanted = {name: content for name, (kind, content) in FILES.items() if not kind.startswith("multipart")}
    assert kept.keys() == wanted.keys()
    for name, number in kept.items():
        answer = browser.get(f"/files/{number}/{name}")
        assert answer.data == wanted[name], name
        assert answer.mimetype == "application/octet-stream", name
        assert answer.headers["Content-Disposition"].startswith("attachment; "), name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def agent_of(desk) -> Browser:
    """Bob's browser."""
    with desk.database.reading() as session:
        cookie = begin_session(desk.database, people.agent_by_email(session, "bob@example.org"))
    window = Browser(open_pages(desk.database))
    window.client.set_cookie("holdline", cookie)
    return window
