"""Our own check of DKIM signatures: what holds, what only seems to, and what a hostile mail or name server can do about it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import select

from helpdesk import clock, db
from helpdesk.actions import desks
from helpdesk.models import Entry
from mail.inbound import Parcel, accept, process
from mail.letter import Envelope
from mail.parse import parse
from mail.signatures import Prover
from mail.trust import Proof
from tests.name_server import name_server
from tests.ways import ReadsHere

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FIELDS = [b"from", b"to", b"subject", b"date"]
MAIL = (
    b"From: Anna <anna@customer.example>\r\nTo: help@example.org\r\nSubject: Fire\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n"
    b"Message-ID: <1@customer.example>\r\n\r\nThe printer is on fire\r\n"
)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


@pytest.fixture(scope="module")
def records(key: rsa.RSAPrivateKey) -> dict[str, str]:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    said = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    return {"a._domainkey.customer.example": said, "a._domainkey.lists.example": said}


@pytest.fixture(scope="module")
def prover(records: dict[str, str]) -> Iterator[Prover]:
    with name_server(records) as resolver:
        yield Prover(resolver)


@pytest.fixture(scope="module")
def signed(key: rsa.RSAPrivateKey) -> Callable[..., bytes]:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )

    def sign(raw: bytes = MAIL, **more: object) -> bytes:
        values = {"include_headers": FIELDS, **more}
        return dkim.sign(raw, b"a", b"customer.example", pem, **values) + raw

    return sign


def proved(prover: Prover, raw: bytes) -> Proof:
    return prover.prove(raw, parse(raw), NOW)


def test_a_signature_over_all_of_the_mail_proves_its_domain(prover: Prover, signed: Callable[..., bytes]) -> None:
    assert proved(prover, signed()) == Proof(("customer.example",))
    assert proved(prover, signed().replace(b"\r\n", b"\n")) == Proof(("customer.example",))
    assert proved(prover, MAIL) == Proof()


def test_what_was_changed_after_it_was_signed_is_proved_by_nothing(prover: Prover, signed: Callable[..., bytes]) -> None:
    for was, becomes in ((b"on fire", b"all right"), (b"Subject: Fire", b"Subject: Hire"), (b"From: Anna", b"From: Eve")):
        assert proved(prover, signed().replace(was, becomes)) == Proof()


def test_a_signature_that_leaves_something_open_proves_nothing(prover: Prover, signed: Callable[..., bytes]) -> None:
    assert proved(prover, signed(length=True)) == Proof()
    assert proved(prover, signed(include_headers=[b"from", b"to", b"date"])) == Proof()
    assert proved(prover, signed(signature_algorithm=b"rsa-sha1")) == Proof()


def test_an_unknown_key_or_a_silent_name_server_proves_nothing_and_costs_little(signed: Callable[..., bytes]) -> None:
    with name_server({}) as resolver:
        assert proved(Prover(resolver), signed()) == Proof()
    with name_server({}, silent=True) as resolver:
        began = time.monotonic()
        assert proved(Prover(resolver, patience=0.3), signed(signed())) == Proof()
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "field",
    [
        b"DKIM-Signature: nonsense",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=customer.example; s=a; h=From:To:Subject:Date; bh=x; b=!!!",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=" + b"x." * 5000 + b"; s=a; h=From:To:Subject:Date; bh=x; b=x",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=\xff\x00; s=..; h=From:To:Subject:Date; bh=x; b=x",
        b"ARC-Seal: i=99999999999999; d=x\r\nARC-Seal: i=x; d=y",
        b"DKIM-Signature: " + b"a=b; " * 3000,
    ],
)
def test_a_hostile_field_proves_nothing_and_breaks_nothing(prover: Prover, field: bytes) -> None:
    assert proved(prover, field + b"\r\n" + MAIL) == Proof()


def test_only_the_first_few_signatures_are_looked_at(prover: Prover, signed: Callable[..., bytes]) -> None:
    junk = b"DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=a; h=From:To:Subject:Date; bh=x; b=x\r\n"
    assert proved(prover, junk * 4 + signed()) == Proof(("customer.example",))
    assert proved(prover, junk * 5 + signed()) == Proof()


def test_where_it_is_switched_on_the_proof_reaches_the_case(
    prover: Prover, signed: Callable[..., bytes], database: db.Database
) -> None:
    def level(mode: str, raw: bytes) -> int | None:
        database.house = db.House(database.house.settings.model_copy(update={"dkim": mode}), database.house.keys)
        envelope = Envelope("smtp", "anna@customer.example", ("help@example.org",), "127.0.0.1", clock.now())
        (kept,) = accept(database, [Parcel(raw, envelope)])
        process(database, ReadsHere(), kept.mail_id, prover=prover)
        with database.reading() as session:
            return session.scalars(select(Entry.level).where(Entry.kind == "mail-in").order_by(Entry.id.desc())).first()

    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    assert level("verify", signed()) == 2
    assert level("verify", signed(MAIL.replace(b"<1@", b"<2@")).replace(b"on fire", b"fine")) == 1
    assert level("off", signed(MAIL.replace(b"<1@", b"<3@"))) == 1
    assert level("verify", b"Subject: Other\r\n" + signed(MAIL.replace(b"<1@", b"<4@"))) == 1  # which of two subjects was signed?
