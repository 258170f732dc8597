"""Mail that comes twice is one entry; mail that only looks the same is two."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from helpdesk import blobs, runner
from helpdesk.models import InboundMail
from tests.servers import wait_until


@pytest.fixture()
def case(anna):
    return anna.writes("The printer is on fire")


def received(number: int, raw: bytes) -> bytes:
    return f"Received: from mx{number}.customer.example; Mon, 2 Nov 2026 10:00:0{number} +0100\r\n".encode() + raw


def test_a_mail_that_its_server_sends_again_is_one_entry(desk, case, anna) -> None:
    raw = anna.letter("Only once", to=[case.door.address])
    first = desk.takes(received(1, raw), anna.address, [case.door.address])
    again = desk.takes(received(2, raw), anna.address, [case.door.address])
    assert (first.outcome, again.outcome) == ("case", "duplicate")
    assert again.case == case
    assert [said.text for said in case.messages].count("Only once") == 1


def test_a_first_mail_that_its_server_sends_again_is_one_case_and_acknowledged_once(desk, anna) -> None:
    raw = anna.letter("It burns")
    first = desk.takes(received(1, raw), anna.address, ["help@example.org"])
    again = desk.takes(received(2, raw), anna.address, ["help@example.org"])
    assert (first.outcome, again.outcome) == ("new-case", "duplicate")
    assert len(desk.cases) == len(anna.inbox) == 1


def test_five_deliveries_at_one_moment_are_one_entry(desk, anna) -> None:
    raw = anna.letter("It burns")
    senders = [
        threading.Thread(target=desk.keeps, args=(received(number, raw), anna.address, ["help@example.org"]))
        for number in range(5)
    ]
    workers = runner.Workers(desk.database, desk.handlers, count=4)
    workers.start()
    try:
        if desk.refuses:
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join(30)
        else:
            for number in range(5):
                desk.keeps(received(number, raw), anna.address, ["help@example.org"])
        wait_until(lambda: all(line.outcome for line in desk.post_room) and anna.inbox, what="the reading of all five")
    finally:
        workers.stop()
    desk.works()
    assert sorted(line.outcome for line in desk.post_room) == ["duplicate"] * 4 + ["new-case"]
    assert len(desk.cases) == len(desk.cases[0].messages) == len(anna.inbox) == 1


def test_the_same_message_id_with_other_words_is_another_entry_and_says_so(desk, case, anna) -> None:
    for text in ("Your parcel left", "Your parcel is here"):
        anna.sends(text, to=case.door.address, message_id="<parcel@dhl.example>")
    first, second = case.messages[-2:]
    assert (first.text, first.flags) == ("Your parcel left", ())
    assert (second.text, second.flags) == ("Your parcel is here", ("duplicate-id",))


def test_the_same_message_id_with_other_words_at_the_desk_is_another_case(desk, anna) -> None:
    first = anna.writes("Your parcel left", message_id="<parcel@dhl.example>")
    second = anna.writes("Your parcel is here", message_id="<parcel@dhl.example>")
    assert first != second


@pytest.mark.parametrize("field", [b"", b"Message-ID:\r\n", b"Message-ID: <>\r\n", b"Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n"])
def test_mail_without_a_proper_message_id_is_told_apart_by_its_words(desk, case, anna, field) -> None:
    for text in ("One", "Two"):
        raw = field + anna.letter(text, to=[case.door.address], message_id="")
        assert desk.takes(raw, anna.address, [case.door.address]).outcome == "case"
    assert [said.text for said in case.messages[-2:]] == ["One", "Two"]
    raw = field + anna.letter("Two", to=[case.door.address], message_id="")
    assert desk.takes(raw, anna.address, [case.door.address]).outcome == "duplicate"


def test_the_raw_bytes_of_every_delivery_are_kept(desk, case, anna) -> None:
    raw = anna.letter("Twice", to=[case.door.address])
    for number in (1, 2):
        desk.takes(received(number, raw), anna.address, [case.door.address])
    with desk.database.reading() as session:
        kept = [blobs.read(session, sha) for sha in session.scalars(select(InboundMail.sha256).order_by(InboundMail.id))]
    assert [mail.endswith(received(number, raw)) for number, mail in zip((1, 2), kept[-2:], strict=True)] == [True, True]
