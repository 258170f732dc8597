"""The scanner on a real socket, and what becomes of files that it flags, or that it did not answer for (C24)."""

from __future__ import annotations

import email.message
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import desks
from helpdesk.db import Database
from helpdesk.models import Attachment, Case, Entry, Event
from helpdesk.web.health import look
from mail import doctor, inbound, jobs
from mail.inbound import Parcel
from mail.letter import Envelope, File, Letter
from mail.scanner import Clamd, Scan, scanned
from tests.clamd import EICAR, nobody, running
from tests.ways import ReadsHere


def test_a_clean_file_is_clean_and_came_whole() -> None:
    content = bytes(range(256)) * 1000  # several chunks
    with running() as clamd:
        assert Clamd(clamd.url).scan(content) == Scan("clean")
    assert clamd.seen == [content]


def test_eicar_is_found_over_a_unix_socket_too(tmp_path: Path) -> None:
    with running(tmp_path / "clamd.ctl") as clamd:
        assert Clamd(clamd.url).scan(EICAR) == Scan("found", "Eicar-Test-Signature")


def test_what_is_too_large_for_the_scanner_is_held_back() -> None:
    with running(limit=1000) as clamd:
        assert Clamd(clamd.url).scan(b"x" * 5000) == Scan("found", "too large for the scanner")


@pytest.mark.parametrize("answer", [b"nonsense\0", b"\0", b"stream: OK FOUND or so\0", b"Some ERROR\0", b"x" * 10_000])
def test_an_answer_that_is_none_leaves_the_file_waiting(answer: bytes) -> None:
    with running(answer=answer) as clamd:
        assert Clamd(clamd.url).scan(b"x").state == "waiting"


def test_a_scanner_that_is_down_or_silent_leaves_the_file_waiting_in_time() -> None:
    assert Clamd(nobody()).scan(b"x").state == "waiting"
    with running(silent=True) as clamd:
        assert Clamd(clamd.url, patience=0.2).scan(b"x").state == "waiting"


def test_once_the_scanner_does_not_answer_the_other_files_of_a_mail_wait_unasked() -> None:
    class Away:
        asked = 0

        def scan(self, content: bytes) -> Scan:
            self.asked += 1
            return Scan("waiting", "away")

    away, file = Away(), File("a.pdf", "application/pdf", b"x")
    letter = Letter("person", (), "", None, None, files=(file, replace(file, name="b.pdf")))
    assert [file.scan for file in scanned(letter, away).files] == ["waiting", "waiting"]
    assert away.asked == 1


def test_the_doctor_says_that_the_scanner_is_away(database: Database) -> None:
    url = nobody()
    database.house = database.house._replace(settings=database.house.settings.model_copy(update={"clamd": url}))
    assert [line for line in doctor.problems(database) if line.startswith("scanner: does not answer")]
    with running() as clamd:
        assert Clamd(clamd.url).trouble() is None


# What becomes of mail


def arrives(database: Database, scanner: Clamd | None, content: bytes = EICAR) -> None:
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "anna@customer.example", "help@example.org", "An invoice"
    message.set_content("Please look at this invoice.")
    message.add_attachment(content, maintype="application", subtype="pdf", filename="invoice.pdf")
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    envelope = Envelope("smtp", "anna@customer.example", ("help@example.org",), "203.0.113.7", clock.now())
    [receipt] = inbound.accept(database, [Parcel(message.as_bytes(), envelope)])
    inbound.process(database, ReadsHere(), receipt.mail_id, scanner)


def files(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(row.scan, row.finding) for row in session.scalars(select(Attachment).order_by(Attachment.id))]


def test_a_flagged_file_is_held_back_and_the_text_of_its_mail_stays_readable(database: Database) -> None:
    with running() as clamd:
        arrives(database, Clamd(clamd.url))
    assert files(database) == [("found", "Eicar-Test-Signature")]
    with database.reading() as session:
        assert session.scalars(select(Entry.text)).first() == "Please look at this invoice."
        assert session.scalars(select(Case.state)).one() == "new"


def test_without_the_scanner_mail_is_filed_its_files_wait_and_a_later_try_scans_them(database: Database) -> None:
    arrives(database, Clamd(nobody()))
    assert files(database)[0][0] == "waiting"
    with database.reading() as session:
        assert "1 file waits for the scanner" in look(session, clock.now())["scanner"]
        assert session.scalars(select(Case)).one()
    assert jobs.scan_waiting(database, Clamd(nobody())) == 0
    with running() as clamd:
        assert jobs.scan_waiting(database, Clamd(clamd.url)) == 1
        assert jobs.scan_waiting(database, Clamd(clamd.url)) == 0
    assert files(database) == [("found", "Eicar-Test-Signature")]
    with database.reading() as session:
        assert "scanner" not in look(session, clock.now())
        assert session.scalars(select(Event.after).where(Event.deed == "file-found")).one()["name"] == "invoice.pdf"


def test_where_the_operator_has_no_scanner_any_more_nothing_waits_for_it(database: Database) -> None:
    arrives(database, Clamd(nobody()))
    jobs.scan_waiting(database, None)
    assert files(database) == [("off", "")]


def test_a_desk_without_a_scanner_asks_none(database: Database) -> None:
    arrives(database, None)
    assert files(database) == [("off", "")]
