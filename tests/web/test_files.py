"""Attachments, raw mail and HTML mail: handed out, never let in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from helpdesk import blobs, clock, db
from helpdesk.actions import post
from helpdesk.actions.entries import Upload
from helpdesk.blobs import Blob
from helpdesk.models import Arrival, Attachment, Entry, InboundMail
from helpdesk.policies.files import clean_name, raster_type
from helpdesk.present.html import sanitise
from tests.web.browsing import Browser, anna_writes, words_of

Windows = Callable[..., Browser]

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
RAW = b"From: Anna <anna@customer.example>\r\nSubject: =?utf-8?q?F=C3=BC?=\r\n\r\n<script>alert(1)</script>\xff\r\n"


@pytest.fixture()
def case(browser: Windows, database: db.Database) -> int:
    """A case with a page, a picture, a false picture, and an HTML mail that shows the picture."""
    browser()
    files = [
        Upload("page.html", "text/html", b"<script>alert(1)</script>"),
        Upload("Größe \u202egpj.png", "image/png", PNG, content_id="<logo@mail>"),
        Upload("false.png", "image/png", b"<svg onload=alert(1)>", content_id="false@mail"),
    ]
    html = sanitise(
        '<p style="color:red">Hi <img src="cid:logo@mail"> <img src="cid:false@mail"><img src="https://evil.example/x.png"></p>'
    )
    return anna_writes(database, html=html, files=files)


def test_whatever_could_hold_a_script_is_only_ever_saved(browser: Windows, case: int) -> None:
    answer = browser("bob").get("/files/1/page.html")
    assert answer.data == b"<script>alert(1)</script>"
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="page.html"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_picture_by_its_bytes_may_be_looked_at_and_a_false_one_is_saved(browser: Windows, case: int) -> None:
    bob = browser("bob")
    picture = bob.get("/files/2/whatever")
    assert picture.mimetype == "image/png"
    assert (
        picture.headers["Content-Disposition"] == "inline; filename=\"Gr__e gpj.png\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20gpj.png"
    )
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    false = bob.get("/files/3/false.png")
    assert false.mimetype == "application/octet-stream"
    assert false.headers["Content-Disposition"].startswith("attachment;")


def test_the_page_leads_to_its_files(browser: Windows, case: int) -> None:
    page = browser("bob").get(f"/cases/{case}")
    assert 'href="/files/1/page.html"' in page.text
    assert "page.html, 25 bytes" in words_of(page)


@pytest.mark.parametrize(
    "name", ["a\r\nSet-Cookie: x=1", 'x".html', "a;b.txt", "../../x", "%0d%0a.txt", "", "CON", "ü" * 300 + ".pdf"]
)
def test_no_file_name_breaks_the_header_that_carries_it(name: str, browser: Windows, case: int, database: db.Database) -> None:
    with database.transaction() as session:
        session.execute(update(Attachment).where(Attachment.id == 1).values(name=name))
    answer = browser("bob").get("/files/1/x")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.isascii()
    assert len(disposition) < 2000


@pytest.mark.parametrize(
    ("name", "clean"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.txt", "b.txt"), ("ph\u202efdp.exe", "phfdp.exe"), ("\u200b.htaccess", "htaccess"),
     ("a\r\nb.txt", "ab.txt"), ("...", "file"), ("", "file"), ('q"<>|?*.txt', "q______.txt"), ("x" * 300 + ".pdf", "x" * 139 + ".pdf")],
)  # fmt: skip
def test_a_name_is_cleaned_of_paths_and_of_what_nobody_sees(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    ("content", "found"),
    [(PNG, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a..", "image/gif"), (b"RIFF\0\0\0\0WEBPVP8", "image/webp"),
     (b"<svg xmlns=", None), (b"RIFF\0\0\0\0WAVE", None), (b"%PDF-1.7", None), (b"", None), (b"\x89PN", None)],
)  # fmt: skip
def test_a_picture_is_known_by_its_first_bytes(content: bytes, found: str | None) -> None:
    assert raster_type(content) == found


def test_html_mail_is_a_sandboxed_document_of_its_own(browser: Windows, case: int) -> None:
    bob = browser("bob")
    page = bob.get(f"/cases/{case}").text
    assert '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/entries/1/html"' in page
    assert "color:red" not in page
    frame = bob.get("/entries/1/html")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert "allow-same-origin" not in policy
    assert "allow-scripts" not in policy
    assert "frame-ancestors 'self'" in policy
    assert ' src="https://' not in frame.text
    assert 'src="data:image/png;base64,iVBORw0KGgo' in frame.text
    assert "svg" not in frame.text


def test_only_their_mail_has_an_html_view(browser: Windows, case: int, database: db.Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{case}", {"text": "Hello"})
    with database.reading() as session:
        ours = session.query(Entry).filter_by(kind="mail-out").one().id
    assert bob.get(f"/entries/{ours}/html").status_code == 404


def test_raw_mail_is_text_and_nothing_else(browser: Windows, case: int, database: db.Database) -> None:
    bob, mail = browser("bob"), kept(database, case)
    shown = bob.get(f"/mail/{mail}/raw")
    assert shown.data == RAW
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    saved = bob.get(f"/mail/{mail}/raw.eml")
    assert saved.data == RAW
    assert saved.headers["Content-Disposition"] == f'attachment; filename="mail-{mail}.eml"'


def test_what_is_damaged_says_so(browser: Windows, case: int, database: db.Database) -> None:
    bob = browser("bob")
    with database.transaction() as session:
        session.execute(update(Blob).values(content=b"flipped"))
    answer = bob.get("/files/1/page.html")
    assert answer.status_code == 500
    assert "This file is damaged." in words_of(answer)
    assert b"flipped" not in answer.data


def test_without_a_log_in_and_without_a_row_there_is_nothing(browser: Windows, case: int, database: db.Database) -> None:
    mail = kept(database, case)
    nobody, bob = browser(), browser("bob")
    for path in ("/files/1/page.html", "/entries/1/html", f"/mail/{mail}/raw", f"/mail/{mail}/raw.eml"):
        assert nobody.get(path).status_code == 302
        assert bob.get(path).status_code == 200
        bob_after = browser("bob")
        bob_after.post("/logout")
        assert bob_after.get(path).status_code == 302
    for path in ("/files/99/x", "/entries/99/html", "/mail/99/raw", f"/files/{'9' * 30}/x", f"/mail/{'9' * 30}/raw", "/files/1"):
        assert bob.get(path).status_code == 404


def kept(database: db.Database, number: int) -> int:
    """The mail behind the case's first entry, as the bridge leaves it; its id."""
    with database.transaction() as session:
        now = clock.now()
        mail = InboundMail(door="smtp", peer="", sender="a", received_at=now, sha256=blobs.keep(session, RAW), size=len(RAW))
        mail.arrivals = [Arrival(recipient="r")]
        session.add(mail)
        session.flush()
        post.settle(session, mail.arrivals[0], "new-case", "To the front desk.", now=now, case=number, entry=1)
        return mail.id


@pytest.fixture()
def held(browser: Windows, database: db.Database) -> int:
    """A case whose mail brought a file that the scanner flagged, and a picture that it has not seen yet."""
    browser()
    files = [
        Upload("invoice.pdf", "application/pdf", b"bad", scan="found", finding="Eicar-Test-Signature"),
        Upload("logo.png", "image/png", PNG, content_id="logo@mail", scan="waiting"),
    ]
    mail_id = _kept(database)
    return anna_writes(database, html=sanitise('Hi <img src="cid:logo@mail">'), files=files, mail_id=mail_id)


def _kept(database: db.Database) -> int:
    with database.transaction() as session:
        mail = InboundMail(
            door="smtp", peer="", sender="", received_at=clock.now(), sha256=blobs.keep(session, RAW), size=len(RAW)
        )
        session.add(mail)
        session.flush()
        return mail.id


def test_what_a_scanner_holds_back_is_named_and_handed_out_in_no_form(browser: Windows, held: int) -> None:
    bob = browser("bob")
    words = words_of(bob.get(f"/cases/{held}"))
    assert "invoice.pdf, " in words
    assert "Held back: Eicar-Test-Signature" in words
    assert "Not scanned yet" in words
    for path, why in (
        ("/files/1/invoice.pdf", "The scanner found Eicar-Test-Signature in invoice.pdf."),
        ("/files/2/logo.png", "logo.png has not been scanned yet."),
        ("/mail/1/raw.eml", "The scanner found Eicar-Test-Signature in invoice.pdf."),
    ):
        answer = bob.get(path)
        assert answer.status_code == 403
        assert why in words_of(answer)
        assert "Free this file" not in words_of(answer)
    assert "data:image/png" not in bob.get("/entries/1/html").text


def test_only_an_admin_frees_a_file_and_the_story_says_who_it_was(browser: Windows, held: int) -> None:
    for name in ("bob", "carol"):
        assert browser(name).post("/files/1/release").status_code in (403, 404)
    ada = browser("ada")
    assert "Free this file" in words_of(ada.get("/files/1/invoice.pdf"))
    words = words_of(ada.post("/files/1/release", follow_redirects=True))
    assert "invoice.pdf can be saved now." in words
    assert "Ada freed invoice.pdf, which the scanner had held back" in words
    assert browser("bob").get("/files/1/invoice.pdf").data == b"bad"
    assert browser("bob").get("/files/2/logo.png").status_code == 403, "each file for itself"


def _picture(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x06\0\0\0" + b"\0" * 8


def test_safe_pictures_are_shown_small_and_lazily_and_bombs_only_named(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    files = [
        Upload("photo.png", "image/png", _picture(640, 480)),
        Upload("bomb.png", "image/png", _picture(50_000, 50_000)),
        Upload("drawing.svg", "image/svg+xml", b"<svg onload=alert(1)>"),
        Upload("unseen.png", "image/png", _picture(640, 481), scan="waiting"),
    ]
    page = bob.get(f"/cases/{anna_writes(database, files=files)}").text
    assert '<img src="/files/1/photo.png" width="640" height="480" alt="" loading="lazy"' in page
    assert page.count("<img src=") == page.count('class="seen"') == 1
    assert bob.get("/files/2/bomb.png").headers["Content-Disposition"].startswith("attachment;")


def test_equal_files_are_kept_once_and_archives_are_never_opened(browser: Windows, database: db.Database) -> None:
    """C17: whatever an archive would unfold to, it stays the bytes that came."""
    bob, bomb = browser("bob"), b"PK\x03\x04" + b"\xff" * 2000
    for number in range(3):
        anna_writes(database, files=[Upload(f"42-{number}.zip", "application/zip", bomb)])
    with database.reading() as session:
        assert session.scalars(select(Attachment.sha256).distinct()).all() == [hashlib.sha256(bomb).hexdigest()]
        assert len(session.scalars(select(Blob).where(Blob.size == len(bomb))).all()) == 1
    answer = bob.get("/files/2/42-1.zip")
    assert (answer.data, answer.mimetype) == (bomb, "application/octet-stream")


def test_no_part_of_the_product_can_unpack_an_archive_or_decode_a_picture() -> None:
    able = re.compile(r"^\s*(?:import|from)\s+(?:zipfile|tarfile|gzip|bz2|lzma|zlib|shutil\.unpack|PIL|py7zr|rarfile)\b", re.M)
    root = Path(__file__).parents[2]
    sources = [path for room in ("helpdesk", "mail") for path in (root / room).rglob("*.py")]
    assert len(sources) > 100
    # Answers are packed there, and nothing that came from outside is ever unpacked: only figures that we packed ourselves.
    assert sorted(path.name for path in sources if able.search(path.read_text())) == ["compression.py", "packing.py"]
    packs = (root / "helpdesk/web/compression.py").read_text()
    assert re.findall(r"\bgzip\.\w+", packs) == ["gzip.compress"]
