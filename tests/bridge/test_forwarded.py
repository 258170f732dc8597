"""Whose mail was forwarded: found in an enclosed mail, or in the head that mail programs write into the text."""

from __future__ import annotations

import email.message

import pytest

from mail.letter import Mailbox
from mail.parse import parse

ANNA = Mailbox("Anna Weber", "anna@customer.example")

HEADS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Anna Weber <anna@customer.example>\nDate: Mon, 2 Nov 2026 at 09:00\n"
    "Subject: Printer\nTo: <bob@desk.example>\n\nIt burns.",
    "thunderbird-de": "-------- Weitergeleitete Nachricht --------\nBetreff: \tDrucker\nDatum: \tMon, 2 Nov 2026 09:00:00 +0100\n"
    "Von: \tAnna Weber <anna@customer.example>\nAn: \tbob@desk.example\n\nEs brennt.",
    "outlook": "-----Original Message-----\nFrom: Anna Weber [mailto:anna@customer.example] \nSent: Monday, November 2, 2026 9:00 AM\n"
    "To: Bob\nSubject: Printer\n\nIt burns.",
    "outlook-de": "Bitte übernehmen.\n\nVon: Anna Weber <anna@customer.example>\nGesendet: Montag, 2. November 2026 09:00\nAn: Bob\n"
    "Betreff: Drucker\n\nEs brennt.",
    "outlook-bold": "*From:* Anna Weber <anna@customer.example>\n*Sent:* Monday\n*To:* Bob\n*Subject:* Printer\n\nIt burns.",
    "apple": "Begin forwarded message:\n\n> From: Anna Weber <anna@customer.example>\n> Subject: Printer\n> Date: 2 November 2026\n"
    "> To: bob@desk.example\n>\n> It burns.",
    "french": "---------- Message transféré ---------\nDe : Anna Weber <anna@customer.example>\nDate : lun. 2 nov. 2026\n"
    "Objet : Imprimante\nÀ : Bob",
    "spanish": "De: Anna Weber <anna@customer.example>\nEnviado: lunes\nPara: Bob\nAsunto: Impresora",
    "italian": "Da: Anna Weber <anna@customer.example>\nInviato: lunedì\nA: Bob\nOggetto: Stampante",
    "dutch": "Van: Anna Weber <anna@customer.example>\nVerzonden: maandag\nAan: Bob\nOnderwerp: Printer",
    "polish": "Od: Anna Weber <anna@customer.example>\nWysłano: poniedziałek\nDo: Bob\nTemat: Drukarka",
}


def forwarded(text: str, enclosed: bytes | None = None):
    message = email.message.EmailMessage()
    message["From"], message["Subject"] = "Bob <bob@desk.example>", "Fwd: Printer"
    message.set_content(text)
    if enclosed is not None:
        message.add_attachment(email.message_from_bytes(enclosed), filename="Printer.eml")
    return parse(message.as_bytes()).forwarded


@pytest.mark.parametrize("program", HEADS)
def test_the_head_of_a_forwarded_mail_names_its_sender(program: str) -> None:
    assert forwarded(HEADS[program]) == ANNA


def test_an_enclosed_mail_names_its_sender() -> None:
    assert forwarded("See below.", b"From: Anna Weber <anna@customer.example>\nSubject: Printer\n\nIt burns.\n") == ANNA


@pytest.mark.parametrize(
    "text",
    [
        "",
        "From: anna@customer.example is all that I know.",
        "From: Anna Weber\nSent: Monday\nTo: Bob\nSubject: no address",
        "From: anna@customer.example, eve@evil.example\nSent: Monday\nTo: Bob\nSubject: two of them",
        "From: Bob <bob@desk.example>\nSent: Monday\nTo: Anna\nSubject: his own mail",
        "Dear Bob,\n\nfrom: here on I write poems\nto: nobody",
    ],
)
def test_where_it_is_not_clear_nobody_is_named(text: str) -> None:
    assert forwarded(text) is None


def test_of_two_heads_the_first_counts_and_two_enclosed_mails_name_nobody() -> None:
    again = HEADS["outlook"].replace("Anna Weber", "Eve").replace("anna@customer", "eve@evil")
    assert forwarded(HEADS["outlook"] + "\n\n" + again) == ANNA
    mail = b"From: Anna Weber <anna@customer.example>\n\nIt burns.\n"
    message = email.message.EmailMessage()
    message["From"] = "bob@desk.example"
    message.set_content("Two")
    message.add_attachment(email.message_from_bytes(mail))
    message.add_attachment(email.message_from_bytes(mail.replace(b"anna", b"carl")))
    assert parse(message.as_bytes()).forwarded is None


def test_a_hostile_text_is_looked_through_quickly() -> None:
    assert forwarded("From: " + "<" * 20_000 + "\n" + "From:\n" * 20_000) is None
