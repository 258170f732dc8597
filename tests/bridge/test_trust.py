"""How far a From may be believed: which of the many fields that say «pass» is one that our own server wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mail.letter import Envelope, Trust
from mail.mime.results import read_arc, read_results, received_by
from mail.parse import parse
from mail.trust import Hop, Proof, aligned, level

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ENVELOPE = Envelope("smtp", "anna@customer.example", ("help@example.org",), "127.0.0.1", NOW)
OURS = Hop(servers=("mx.example.org",))
BY_US = b"Received: from mail.customer.example (mail [192.0.2.1])\r\n\tby mx.example.org (Postfix) with ESMTPS id 1; Mon\r\n"
BY_THEM = b"Received: from laptop by mail.customer.example; Mon\r\n"
PASS = b"Authentication-Results: mx.example.org; dmarc=pass header.from=customer.example\r\n"
FAIL = b"Authentication-Results: mx.example.org; dmarc=fail (p=reject) header.from=customer.example\r\n"
WHOLE = b"DKIM-Signature: v=1; d=customer.example; h=From:To:Subject:Date; b=x\r\n"


def told(
    fields: bytes, *, author: bytes = b"Anna <anna@customer.example>", hop: Hop = OURS, proof: Proof | None = None, **more: str
) -> Trust:
    to = more.get("to", "help@example.org").encode()
    letter = parse(fields + b"From: " + author + b"\r\nTo: " + to + b"\r\nSubject: x\r\n\r\nHello\r\n")
    return level(letter, ENVELOPE, hop, proof)


def test_without_a_word_of_a_server_of_ours_a_clear_sender_is_unproved() -> None:
    assert told(b"").level == 1
    assert told(PASS, hop=Hop()).level == 1  # nobody said which server is ours


def test_what_the_trusted_server_says_is_believed_above_and_below_its_received_field() -> None:
    assert told(PASS + BY_US + BY_THEM).level == 3
    assert told(BY_US + PASS + BY_THEM).level == 3
    assert told(BY_US + FAIL + BY_THEM).level == 0
    inner = b"Received: by store.example.org; Mon\r\n"  # a server of ours behind the trusted one
    assert told(inner + BY_US + PASS + BY_THEM).level == 3


@pytest.mark.parametrize(
    "forged",
    [
        BY_US + FAIL + BY_THEM + PASS,
        BY_US + FAIL + PASS + BY_THEM,
        BY_US + b"Authentication-Results: mx.example.org;\r\n\tdmarc=fail header.from=customer.example\r\n" + PASS,
    ],
    ids=["below a foreign hop", "directly below", "below a folded one"],
)
def test_a_forged_pass_below_the_true_field_changes_nothing(forged: bytes) -> None:
    assert told(forged).level == 0


@pytest.mark.parametrize(
    "forged",
    [
        BY_US + BY_THEM + PASS,
        BY_US + b"Authentication-Results: MX.EXAMPLE.ORG; dmarc=pass header.from=customer.example\r\n",
        BY_US + b"Authentication-Results: evil.example; dmarc=pass header.from=customer.example\r\n",
        BY_US + b"Authentication-Results: evil.example (mx.example.org); dmarc=pass\r\n",
        BY_US + b'Authentication-Results: "evil mx.example.org"; dmarc=pass\r\n',
        BY_US + b"Authentication-Results: mx.example.org 2; dmarc=pass\r\n",
        BY_US + b"X-Junk: x\rAuthentication-Results: mx.example.org; dmarc=pass header.from=customer.example\r\n",
        BY_US + b"X-Junk: x\r\n Authentication-Results: mx.example.org; dmarc=pass header.from=customer.example\r\n",
        BY_US + b"Authentication-Results: mx.example.org; none\r\nX-Comment: dmarc=pass\r\n",
        BY_US + b"Authentication-Results: mx.example.org; spf=none (; dmarc=pass header.from=customer.example)\r\n",
        BY_US + b'Authentication-Results: mx.example.org; spf=none reason="; dmarc=pass"\r\n',
        b"ARC-Authentication-Results: i=1; mx.example.org; dmarc=pass header.from=customer.example\r\n" + BY_US,
    ],
    ids=[
        "below a foreign hop", "our name in capitals", "another server", "our name in a comment", "our name in a string", "another version",
        "after a bare CR", "in a folded line", "in another field", "a pass in a comment", "a pass in a string", "an ARC field",
    ],
)  # fmt: skip
def test_a_forged_pass_is_no_pass(forged: bytes) -> None:
    assert told(forged).level == 1


@pytest.mark.parametrize(
    "author",
    [
        b"victim@customer.example <evil@evil.example>", b"anna@customer.example, b@evil.example", b"<>", b"", b"nobody",
        b"Team: anna@customer.example, b@evil.example;", b"=?utf-8?q?anna=40customer=2Eexample?=",
    ],
)  # fmt: skip
def test_an_ambiguous_sender_is_doubtful_whatever_the_server_says(author: bytes) -> None:
    assert told(PASS + BY_US, author=author).level == 0


def test_a_pass_for_another_sender_than_the_shown_one_is_doubtful() -> None:
    other = b"Authentication-Results: mx.example.org; dmarc=pass header.from=evil.example\r\n"
    assert told(other + BY_US).level == 0


def test_a_signature_or_a_server_of_the_same_domain_makes_it_likely() -> None:
    says = b"Authentication-Results: mx.example.org; "
    assert told(says + b"dkim=pass header.d=customer.example\r\n").level == 2
    assert told(says + b"dkim=pass header.i=@mail.customer.example\r\n").level == 2
    assert told(says + b"dkim=pass header.d=evil.example\r\n").level == 1
    assert told(says + b"dkim=fail header.d=customer.example; spf=pass smtp.mailfrom=bounce@customer.example\r\n").level == 2
    assert told(says + b"spf=pass smtp.mailfrom=mallory@evil.example\r\n").level == 1
    assert told(says + b"dmarc=none; spf=fail smtp.mailfrom=anna@customer.example\r\n").level == 0
    assert told(says + b"spf=fail smtp.mailfrom=list@elsewhere.example\r\n").level == 1
    assert told(says + b"spf=softfail smtp.mailfrom=anna@customer.example\r\n").level == 1
    assert told(says + b"dkim=fail header.d=customer.example\r\n").level == 1  # a broken signature is none (RFC 6376 §6.1)


def test_domains_are_kin_by_name_only_where_that_is_safe() -> None:
    assert aligned("mail.customer.example", "customer.example")
    assert aligned("customer.co.uk", "mail.customer.co.uk")
    assert not aligned("evilcustomer.example", "customer.example")
    assert not aligned("a.customer.example", "b.customer.example")
    assert not aligned("co.uk", "customer.co.uk")
    assert not aligned("com", "customer.com")
    assert not aligned("", "customer.example")


@pytest.mark.parametrize(
    "signature",
    [
        b"d=customer.example; l=10; h=From:To:Subject:Date; b=x",
        b"d=customer.example; h=From:To:Date; b=x",
        b"d=customer.example; h=From:To:Subject:Date; x=1700000000; b=x",
        b"d=customer.example; h=From:To:Subject:Date; x=soon; b=x",
    ],
    ids=["part of the body", "subject open", "expired", "nonsense"],
)
def test_a_signature_that_leaves_something_open_proves_nothing(signature: bytes) -> None:
    field = b"DKIM-Signature: v=1; " + signature + b"\r\n"
    assert told(PASS + BY_US + field).level == 1
    assert told(PASS + BY_US + field + WHOLE).level == 3
    signed = b"Authentication-Results: mx.example.org; dkim=pass header.d=customer.example\r\n"
    assert told(signed + BY_US + field).level == 1
    server = b"Authentication-Results: mx.example.org; dmarc=pass; spf=pass smtp.mailfrom=customer.example\r\n"
    assert told(server + BY_US + field).level == 3


def test_a_signed_mail_to_somebody_else_that_is_sent_on_to_us_proves_nothing() -> None:
    assert told(PASS + BY_US + WHOLE).level == 3
    assert told(PASS + BY_US + WHOLE, to="friend@elsewhere.example").level == 1
    assert told(b"", proof=Proof(("customer.example",)), to="friend@elsewhere.example").level == 1


def test_our_own_check_of_the_signature_counts_without_any_server() -> None:
    assert told(b"", hop=Hop(), proof=Proof(("customer.example",))).level == 2
    assert told(b"", hop=Hop(), proof=Proof(("evil.example",))).level == 1
    assert told(FAIL, proof=Proof(("customer.example",))).level == 2


def arc(sealer: str, said: str = "dmarc=pass header.from=customer.example", instance: int = 1) -> bytes:
    return (
        f"ARC-Seal: i={instance}; cv=none; d={sealer}; s=a; b=x\r\nARC-Authentication-Results: i={instance}; {sealer}; {said}\r\n"
    ).encode()


FAIL_BUT_ARC = b"Authentication-Results: mx.example.org; dmarc=fail header.from=customer.example; arc=pass\r\n"


def test_a_forwarder_whom_we_trust_makes_a_failed_mail_likely() -> None:
    trusting = replace(OURS, sealers=("lists.example",))
    assert told(FAIL_BUT_ARC + BY_US + arc("lists.example"), hop=trusting).level == 2
    assert told(FAIL + BY_US + arc("lists.example"), hop=trusting, proof=Proof(arc=True)).level == 2
    assert told(FAIL + BY_US + arc("lists.example"), hop=trusting).level == 0  # nobody says that the chain holds
    assert told(FAIL_BUT_ARC + BY_US + arc("evil.example"), hop=trusting).level == 0
    assert told(FAIL_BUT_ARC + BY_US + arc("lists.example"), hop=OURS).level == 0
    assert told(FAIL_BUT_ARC + BY_US + arc("lists.example", "dmarc=fail header.from=customer.example"), hop=trusting).level == 0
    assert told(FAIL_BUT_ARC + BY_US + arc("lists.example", "dmarc=pass header.from=evil.example"), hop=trusting).level == 0


def test_whoever_sealed_after_the_trusted_one_could_have_changed_it() -> None:
    trusting = replace(OURS, sealers=("lists.example",))
    both = arc("evil.example", "arc=pass", 2) + arc("lists.example")
    assert told(FAIL_BUT_ARC + BY_US + both, hop=trusting).level == 0
    assert told(FAIL_BUT_ARC + BY_US + both, hop=replace(trusting, sealers=("lists.example", "evil.example"))).level == 2


def test_the_field_is_read_as_the_rfc_spells_it() -> None:
    read = read_results(
        'mx.example.org 1 (a; "b); spf/1 = pass (c (d) e) reason="it is; fine" smtp.MailFrom=<a@b.example> ; none;; dkim=pass'
    )
    assert read is not None
    assert [(r.method, r.verdict) for r in read.results] == [("spf", "pass"), ("dkim", "pass")]
    assert read.results[0].properties == {"reason": "it is; fine", "smtp.mailfrom": "<a@b.example>"}
    assert read.results[0].domain("smtp.mailfrom") == "b.example"
    assert read_results("") is None
    assert read_arc("i=x; mx; dmarc=pass")[0] == 0
    assert received_by("from by (x by evil) by mx.example.org (Postfix); Mon") == "mx.example.org"
    assert received_by("from x; Mon") == ""


@pytest.mark.parametrize("hostile", ['"\\' * 8000, "(" * 16000, ";=" * 8000, '"' * 16001, "a= " * 5000, "a " * 8000 + "="])
def test_a_hostile_field_is_read_at_once(hostile: str) -> None:
    read_results("mx.example.org; " + hostile)
    received_by(hostile)
    read_arc(hostile)


def test_invisible_letters_are_taken_out_of_names() -> None:
    turned = "From: \u202egnirednE\u202c An\u200bna\ufeff <anna@customer.example>\r\n\r\nx".encode()
    assert parse(turned).authors[0].name == "gnirednE Anna"
