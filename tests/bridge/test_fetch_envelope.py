"""The envelope of a fetched message: who sent it and whom it was for, read from the marks in its header."""

from __future__ import annotations

import time

import pytest

from helpdesk import clock
from helpdesk.actions import desks
from helpdesk.db import Database
from helpdesk.policies import addresses
from helpdesk.settings import Settings
from mail.imap.delivered import Delivered, read, recipients

HELP, SALES = "help@example.org", "sales@example.org"


def mail(*fields: str, body: str = "To: not@header.example") -> bytes:
    return "\r\n".join([*fields, "", body]).encode()


def sender(*fields: str) -> str:
    return read(mail(*fields), "Delivered-To").sender


def test_the_topmost_return_path_is_the_sender() -> None:
    assert sender("Return-Path: <anna@x.example>", "From: bob@y.example") == "anna@x.example"
    assert sender("Return-Path: anna@x.example ", "Return-Path: <mallory@z.example>") == "anna@x.example"


def test_the_null_return_path_is_the_null_sender_and_nothing_else_is() -> None:
    assert sender("return-path: <>", "From: bob@y.example") == ""
    assert sender("Return-Path: < >", "From: bob@y.example") == "bob@y.example"


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("bob@y.example", "bob@y.example"),
        ("Bob <bob@y.example>", "bob@y.example"),
        ('"anna@x.example" <bob@y.example>', "bob@y.example"),
        ("anna@x.example <bob@y.example>", "bob@y.example"),
        ("=?utf-8?q?B=C3=B6b?=\r\n <bob@y.example> (work)", "bob@y.example"),
        ("Bob", ""),
        ("", ""),
    ],
)
def test_without_a_return_path_the_author_is_the_sender(author: str, expected: str) -> None:
    assert sender(f"From: {author}") == expected


def test_all_delivered_to_fields_are_read_in_their_order() -> None:
    found = read(
        mail("Delivered-To: B@x.example", "Received: from x", "DELIVERED-TO: a@x.example", "To: c@x.example"), "Delivered-To"
    )
    assert found.to_mailbox == ("b@x.example", "a@x.example")
    assert found.shown == ("c@x.example",)


def test_the_header_to_trust_is_a_setting() -> None:
    found = read(mail("Delivered-To: a@x.example", "X-Envelope-To: <b@x.example>, c@x.example"), "x-envelope-to:")
    assert found.to_mailbox == ("b@x.example", "c@x.example")


def test_fields_may_be_folded_and_the_body_is_no_header() -> None:
    raw = b"To: Anna\n <a@x.example>,\n\t<b@x.example>\nSubject: x\n\nCc: c@x.example\n"
    assert read(raw, "Delivered-To").shown == ("a@x.example", "b@x.example")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"\0" * 1000,
        b"From nobody Mon Jan 1\nTo: a@x.example\n",
        b"\xff\xfe\xfa: \xff\nTo:\xff<\xff@\xff>\n",
        b"no colon\n folded\n",
        b": empty\n",
        b"To: @\nFrom: <@\nReturn-Path: <<>>\n",
        b"Return-Path:" + b"<" * 300_000,
    ],
)
def test_whatever_comes_is_read_without_a_fault(raw: bytes) -> None:
    found = read(raw, "Delivered-To")
    for address in (found.sender, *found.to_mailbox, *found.originally, *found.shown):
        assert address.isprintable()
        assert len(address) <= 320


@pytest.mark.parametrize(
    "part", [b"a", b"<", b"a@b ", b"a@b.example,", b'"', b"\n x", b"@", b"To: x\n", b"<a@b>", b"a@", b"\r", b"\xff"]
)
def test_a_header_without_measure_takes_no_time(part: bytes) -> None:
    began = time.thread_time()
    for name in (b"To: ", b"From: ", b"Return-Path: ", b"Delivered-To: "):
        found = read(name + part * (2_000_000 // len(part)), "Delivered-To")
        assert len(found.shown) <= 1_000
    assert time.thread_time() - began < 4


# Whom it is for


@pytest.fixture()
def desk(database: Database) -> Database:
    """A desk with two front desks."""
    with database.transaction() as session:
        for address in (HELP, SALES):
            desks.add(session, address, address, language="en", agent=None, now=clock.now())
    return database


def reply_address(database: Database, identity: str = "3tsb4zerbu") -> str:
    domain = database.house.settings.reply_domain
    return addresses.encode("reply", identity, domain=domain, key=database.house.keys.key("reply")) + f"@{domain}"


def chosen(
    database: Database, *, delivered: str = "", originally: str = "", shown: str = "", username: str = "u1234"
) -> tuple[str, ...]:
    said = Delivered("anna@x.example", *(tuple(names.split()) for names in (delivered, originally, shown)))
    with database.reading() as session:
        return recipients(session, said, username=username, now=clock.now())


def test_what_the_operators_server_wrote_counts_before_what_the_sender_wrote(desk: Database) -> None:
    a, b = reply_address(desk), reply_address(desk, "4tsb4zerbu")
    assert chosen(desk, delivered=a, originally=b, shown=b) == (a,)
    assert chosen(desk, delivered="u1234@hoster.example", originally=a, shown=b) == (a,)
    assert chosen(desk, delivered=SALES, shown=HELP) == (SALES,)


def test_every_address_of_ours_in_the_trusted_header_is_taken(desk: Database) -> None:
    a, b = reply_address(desk), reply_address(desk, "4tsb4zerbu")
    assert chosen(desk, delivered=f"{a} {b} stranger@y.example") == (a, b)
    assert chosen(desk, delivered=f"{a} {HELP}") == (a, HELP)


def test_a_reply_address_wins_over_the_desk_in_whose_mailbox_it_lies(desk: Database) -> None:
    a = reply_address(desk)
    assert chosen(desk, delivered=HELP, originally=a) == (a,)
    assert chosen(desk, delivered=HELP, shown=a) == (a,)
    assert chosen(desk, delivered=HELP, shown=f"{HELP} {a}") == (HELP, a)


def test_in_to_and_cc_only_desks_and_addresses_that_we_signed_count(desk: Database) -> None:
    a = reply_address(desk)
    mistyped = a[:5] + ("x" if a[5] != "x" else "y") + a[6:]
    assert chosen(desk, shown=f"stranger@y.example {mistyped} {a} {SALES}") == (a, SALES)
    assert chosen(desk, shown=mistyped) == (HELP,)


def test_in_the_trusted_header_a_mistyped_address_is_kept_for_the_post_room(desk: Database) -> None:
    a = reply_address(desk)
    mistyped = a[:5] + ("x" if a[5] != "x" else "y") + a[6:]
    assert chosen(desk, delivered=mistyped, shown=HELP) == (mistyped,)
    assert chosen(desk, delivered="postmaster@example.org", shown=HELP) == ("postmaster@example.org",)


def test_a_mailbox_of_any_name_at_the_desks_domain_is_not_taken_for_an_unknown_address(desk: Database) -> None:
    assert chosen(desk, delivered="imap-user@example.org", shown=SALES) == (SALES,)
    assert chosen(desk, delivered="imap-user@example.org", shown="list@y.example") == (HELP,)


def test_a_hidden_copy_is_for_the_desk_whose_mailbox_it_is_or_for_the_main_one(desk: Database) -> None:
    assert chosen(desk, shown="undisclosed@y.example") == (HELP,)
    assert chosen(desk, shown="undisclosed@y.example", username=SALES.title()) == (SALES,)


def test_with_plus_addresses_too_the_exact_one_wins(settings: Settings, desk: Database) -> None:
    plus = Database(settings.model_copy(update={"reply_form": "plus"}))
    try:
        local = addresses.encode("reply", "3tsb4zerbu", domain="example.org", key=plus.house.keys.key("reply"))
        a = f"help+{local}@example.org"
        assert chosen(plus, delivered=HELP, shown=a) == (a,)
        assert chosen(plus, delivered=a) == (a,)
        assert chosen(plus, delivered="help+newsletter@example.org") == (HELP,)
    finally:
        plus.close()
