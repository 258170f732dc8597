"""How the IMAP door logs in, by which certificates, and what a look into a mailbox says."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helpdesk.actions import mailboxes
from helpdesk.db import Database
from helpdesk.queries.mailboxes import Account, account_of
from mail.fetch import Fetcher, fetch_once, look
from mail.imap.troubles import Trouble
from tests.dovecot import PASSWORD, Dovecot
from tests.imap_door import QUICK, ago, connect, letter, old_and_new, row, running, subjects, wait_for

pytestmark = pytest.mark.needs("dovecot")


def test_a_refused_password_is_told_at_once_and_not_tried_again_and_again(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url().replace("correct", "wrong"))
    with running(Fetcher(database, mailbox, pace=replace(QUICK, first_pause_refused=60, longest_pause_refused=60))):
        wait_for(lambda: row(database, mailbox).trouble)
        time.sleep(0.5)
    assert "refuses the log-in of help" in (row(database, mailbox).trouble or "")
    assert "wrong" not in (row(database, mailbox).trouble or "")
    assert (dovecot.home / "log").read_text().count("auth failed") == 1


@pytest.mark.parametrize("capability", ["", "IMAP4rev1 IDLE LITERAL+"])  # the second without AUTH=PLAIN: LOGIN
def test_a_password_may_have_spaces_quotes_and_backslashes(database: Database, capability: str) -> None:
    server = Dovecot({"help": 'a "quoted" \\ one'}, capability=capability)
    try:
        server.start()
        seen = look(Account("127.0.0.1", server.port, "none", "help", server.users["help"]), timeout=QUICK.timeout)
        assert seen.trouble is None
    finally:
        server.remove()


@pytest.fixture()
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for «localhost», and for nothing else, that nobody knows; and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return chain, secret


@pytest.mark.parametrize("tls", ["imaps", "starttls"])
def test_the_certificate_and_the_name_in_it_are_verified(
    database: Database, certificate: tuple[Path, Path], tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Dovecot(certificate=certificate)
    try:
        server.start()
        port = server.tls_port if tls == "imaps" else server.port

        def see(host: str) -> str | None:
            return look(Account(host, port, tls, "help", PASSWORD), timeout=QUICK.timeout).trouble

        assert "The certificate of localhost cannot be trusted" in (see("localhost") or "")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert see("localhost") is None
        assert "The certificate of 127.0.0.1 cannot be trusted" in (see("127.0.0.1") or "")
        with database.transaction() as session:
            account = Account("localhost", port, tls, "help", PASSWORD)
            mailbox = mailboxes.add(session, account, agent=None, now=ago(minutes=1)).id
        with running(Fetcher(database, mailbox, pace=QUICK)):
            wait_for(lambda: row(database, mailbox).checked_at)
            server.append(letter("by TLS"))
            wait_for(lambda: subjects(database) == ["by TLS"], seconds=3)
    finally:
        server.remove()


def test_without_starttls_no_password_is_sent(database: Database, dovecot: Dovecot) -> None:
    seen = look(Account("127.0.0.1", dovecot.port, "starttls", "help", PASSWORD), timeout=QUICK.timeout)
    assert "offers no STARTTLS" in (seen.trouble or "")
    assert "Login: user" not in (dovecot.home / "log").read_text()


def test_a_look_tells_how_much_lies_there_and_changes_nothing(dovecot: Dovecot) -> None:
    old_and_new(dovecot)
    dovecot.append(letter("x"), folder="B&APw-ro")
    account = account_of(dovecot.url())
    seen = look(account, timeout=QUICK.timeout)
    assert (seen.count, seen.idle, seen.trouble) == (3, True, None)
    assert seen.oldest is not None
    assert abs(seen.oldest - ago(days=400)) < timedelta(minutes=1)
    assert seen.folders == ("Büro", "INBOX")
    assert not any("\\Seen" in message.flags for message in dovecot.messages())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "wrong"}, "refuses the log-in of help"),
        ({"folder": "Nowhere"}, "The folder Nowhere cannot be opened"),
        ({"folder": 'INBOX"\r\nA1 DELETE "INBOX'}, "control characters"),
        ({"username": "help\r\nA1 LOGOUT"}, "control characters"),
        ({"password": "x\r\nA1 LOGOUT"}, "control characters"),
        ({"host": "nowhere.invalid"}, "There is no server named nowhere.invalid"),
        ({"port": 1}, "cannot be reached"),
    ],
)
def test_a_look_says_in_a_sentence_what_is_wrong(dovecot: Dovecot, change: dict[str, object], sentence: str) -> None:
    account = replace(account_of(dovecot.url()), **change)
    seen = look(account, timeout=QUICK.timeout)
    assert sentence in (seen.trouble or "")


def test_a_single_fetch_notes_its_trouble_and_raises_it(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url(folder="Nowhere"))
    with pytest.raises(Trouble, match="The folder Nowhere cannot be opened"):
        fetch_once(database, mailbox, pace=QUICK)
    assert "The folder Nowhere cannot be opened" in (row(database, mailbox).trouble or "")


def test_a_folder_with_a_name_beyond_ascii_is_read(database: Database, dovecot: Dovecot) -> None:
    dovecot.append(letter("in the office"), folder="B&APw-ro")  # Büro in modified UTF-7
    mailbox = connect(database, dovecot.url(folder="B%C3%BCro"), take="all")
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database) == ["in the office"]
    assert row(database, mailbox).folder == "Büro"
