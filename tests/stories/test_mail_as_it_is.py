"""Mail whose structure is meant to break or to deceive us: by every door it ends in a case or in the post room, its bytes kept."""

from __future__ import annotations

import contextlib
import sys
from datetime import timedelta

from sqlalchemy import select

from helpdesk import blobs, clock
from helpdesk.models import Entry, InboundMail
from mail.letter import Unreadable
from mail.reader import Reader
from tests.cast import HELP
from tests.ways import each_once

HEAD = "From: Anna <anna@customer.example>\nTo: help@example.org\nSubject: Fire\n"
DEEP = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(300))
MANY = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nIt burns.\n" + "--x\nContent-Type: image/png\n\n.\n" * 20_000

STRUCTURES = {
    "C8, 5,000 fields": HEAD + "X-Junk: x\n" * 5_000 + "\nIt burns.",
    "C8, words without end": HEAD + "X-Words: " + "=?utf-8?q?=C3=A4?=\n " * 20_000 + "x\n\nIt burns.",
    "C9, deep": HEAD + DEEP + "\nIt burns.",
    "C9, many": HEAD + MANY,
    "C9, no boundary": HEAD + "Content-Type: multipart/mixed; boundary=x\n\nIt burns.",
    "C10, broken fields": "Reply-To: <a@[\nDate: Mon, 2 Nov 2026 10:00:00 +99999999999999\nMessage-ID: <[\n" + HEAD + "\nIt burns.",
    "C11, utf-7": HEAD + "Content-Type: text/html; charset=utf-7\n\n+ADw-script+AD4-alert(1)+ADw-/script+AD4- It burns.",
    "C12, what no database takes": HEAD.replace("Fire", "a\udcffb =?utf-8?q?=00=ED=A0=80=EF=BF=BE?=")
    + "Content-Type: text/plain; charset=utf-16be\nContent-Transfer-Encoding: base64\n\nAAD//9gAAEkAdAAgAGIAdQByAG4AcwAu",
    "C20, elsewhere": HEAD + "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nIt burns.\n--x\n"
    "Content-Type: message/external-body; access-type=URL; URL=\"http://127.0.0.1:1/x\"\n\n\n--x--",
    "C23, the year 9999": HEAD + "Date: Fri, 31 Dec 9999 23:59:59 -1200\n\nIt burns.",
    "C25, no base64": HEAD + "Content-Transfer-Encoding: base64\n\nIt burns. No base64 is in it!",
}  # fmt: skip


def sent(name: str) -> bytes:
    return STRUCTURES[name].replace("Subject: Fire", f"Subject: {name}").replace("\n", "\r\n").encode("utf-8", "surrogateescape")


@each_once
def test_whatever_its_structure_a_mail_is_a_case_and_its_bytes_are_kept(desk) -> None:
    """C8, C9, C10, C11, C12, C20, C23, C25"""
    for name in STRUCTURES:
        brought = desk.takes(sent(name), "anna@customer.example", [HELP])
        assert brought.outcome == "new-case", (name, brought)
        assert "burns" in brought.case.last_message.full or "C9, deep" in name, name
        assert "<script" not in brought.case.last_message.full, name
    with desk.database.reading() as session:
        kept = [blobs.read(session, sha) for sha in session.scalars(select(InboundMail.sha256).order_by(InboundMail.id))]
        days = [entry.at for entry in session.scalars(select(Entry).where(Entry.kind == "mail-in").order_by(Entry.id))]
    assert len(kept) == len(STRUCTURES)
    for mail, name in zip(kept, STRUCTURES, strict=True):
        assert mail.rstrip().endswith(sent(name).rstrip()), name  # a mail server that we fetch from writes its marks above
    assert days == sorted(days)  # by reception, whatever their Date fields claim


def test_an_enclosed_mail_says_nothing_of_who_writes_or_where_it_belongs(desk, anna, carl, bob) -> None:
    """C21"""
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    (answer,) = [letter for letter in anna.inbox if not letter.is_automatic]
    inner = f"From: anna@customer.example\nTo: {case.door.address}\nIn-Reply-To: {answer['Message-ID']}\nAuto-Submitted: auto-replied\n\nPay."
    forwarded = f"From: Carl <carl@customer.example>\nTo: {HELP}\nSubject: Look\nContent-Type: message/rfc822\n\n{inner}"
    brought = desk.takes(forwarded.replace("\n", "\r\n").encode(), "carl@customer.example", [HELP])
    assert brought.outcome == "new-case"
    assert (brought.case.requester, brought.case == case) == ("carl@customer.example", False)
    assert "Pay." not in brought.case.last_message.full


def test_a_case_keeps_what_a_mail_is_besides_its_words(desk) -> None:
    """C22"""
    calendar = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Drill\nDTSTART:20261102T100000Z\nEND:VEVENT\nEND:VCALENDAR"
    body = f"--s\nContent-Type: text/calendar\n\n{calendar}\n--s\nContent-Type: application/pgp-signature\n\nx\n--s--"
    raw = f"{HEAD}Content-Type: multipart/signed; boundary=s\n\n{body}".replace("\n", "\r\n").encode()
    desk.takes(raw, "anna@customer.example", [HELP])
    with desk.database.reading() as session:
        traits = session.scalars(select(Entry.traits).where(Entry.kind == "mail-in")).one()
    assert traits["marks"] == ["signed"]
    assert (traits["invitation"]["summary"], traits["invitation"]["starts"]) == ("Drill", "2026-11-02T10:00:00+00:00")


class Fragile(Reader):
    """Children that compute without end at a certain mail, and may do so for a fifth of a second."""

    def __init__(self) -> None:
        super().__init__()
        program = """
from mail import reader_child
read = reader_child.parse
def parse(raw, **how):
    while b"poison" in raw:
        pass
    return read(raw, **how)
reader_child.parse = parse
reader_child.CPU_SECONDS_PER_LETTER = 0.2
reader_child.main()
"""
        self._command = (sys.executable, "-c", program)


@each_once
def test_a_poison_letter_is_held_with_its_reason_and_its_bytes_and_the_next_is_read(desk, anna) -> None:
    """D11, C10"""
    with Fragile() as reader:
        desk.around.reader = reader
        desk.keeps(anna.letter("poison"), anna.address, [HELP])
        for _ in range(4):
            with contextlib.suppress(Unreadable):
                desk.works()
            desk.is_now(clock.now() + timedelta(minutes=5))
        assert anna.writes("Healthy").last_message.text == "Healthy"
    held, _ = desk.post_room
    assert (held.outcome, held.case) == ("held", None)
    assert "more processor time than a letter may" in held.reason
    with desk.database.reading() as session:
        assert b"poison" in blobs.read(session, session.get_one(InboundMail, held.mail_id).sha256)
