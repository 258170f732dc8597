"""What delivery reports say, by whichever server in whichever words; and what people say of deliveries, which is none of that."""

from __future__ import annotations

import pytest

from mail.letter import Letter, Report
from mail.parse import parse
from mail.screen import screen
from tests.letterbox import envelope, mail

DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.example>"


def settled(*fields: str, body: str, sender: str = "anna@customer.example") -> Letter:
    text = (
        () if any(field.lower().startswith("content-type") for field in fields) else ("Content-Type: text/plain; charset=utf-8",)
    )
    return screen(parse(mail("MIME-Version: 1.0", *text, *fields, body=body)), envelope(sender))


def report(*fields: str, body: str, sender: str = "") -> Report:
    read = settled(*fields, body=body, sender=sender)
    assert read.kind == "bounce", read
    assert read.report is not None
    return read.report


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Mail delivery failed: returning message to sender", "A message that you sent could not be delivered.\n\n  carl@x.example\n    Unrouteable address\n"),
        ("failure notice", "Hi. This is the qmail-send program at mx.example.\n\n<carl@x.example>:\nSorry, no mailbox here by that name. (#5.1.1)\nI've given up.\n"),
        ("Returned mail: User unknown", "   ----- The following addresses had permanent fatal errors -----\n<carl@x.example>\n"),
        ("Unzustellbar: Feuer", "Fehler bei der Zustellung: Die Nachricht wurde nicht zugestellt.\n\ncarl@x.example\nDas Postfach des Empfängers ist voll.\n"),
        ("Non remis : Feu", "Votre message n'a pas pu être remis aux destinataires suivants :\n\ncarl@x.example\n"),
        ("No se puede entregar: Fuego", "No se pudo entregar el mensaje a estos destinatarios:\n\ncarl@x.example\n"),
        ("Non recapitabile", "Impossibile recapitare il messaggio.\n\nDestinatario: carl@x.example\n"),
        ("Falha na entrega", "A mensagem não pôde ser entregue.\n\ncarl@x.example: caixa de correio cheia\n"),
        ("Niedostarczalne", "Wiadomość nie została dostarczona.\n\n<carl@x.example>\n"),
        ("Недоставленное сообщение", "Не удалось доставить сообщение следующим получателям:\n\ncarl@x.example\n"),
        ("系统退信", "很抱歉，您的邮件被退回。\n\n收件人: carl@x.example\n原因：用户不存在\n"),
        ("配信不能通知", "メールを配信できませんでした。\n\n宛先：carl@x.example\n"),
        ("반송된 메일", "메일 전송 실패\n\n<carl@x.example>\n"),
    ],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_servers_report_in_their_own_words_and_languages(subject: str, words: str) -> None:
    said = report(DAEMON, f"Subject: {subject}", body=words)
    assert (said.recipients, said.permanent, said.delayed) == (("carl@x.example",), True, False)


@pytest.mark.parametrize(
    "words",
    [
        "This is a warning message only. Your message has not yet been delivered to carl@x.example. It will be retried.\n",
        "Die Nachricht an carl@x.example wurde noch nicht zugestellt; es wird weiterhin versucht.\n",
        "Сообщение для carl@x.example не доставлено. Будет предпринята повторная попытка.\n",
    ],
)
def test_a_delay_is_no_failure(words: str) -> None:
    said = report(DAEMON, "Subject: Warning: message delayed", body=words)
    assert (said.recipients, said.permanent, said.delayed) == (("carl@x.example",), False, True)


def test_a_delay_that_was_given_up_is_a_failure() -> None:
    words = (
        "<carl@x.example>:\nNo connection. (#4.4.1)\nI'm not going to try again; this message has been in the queue too long.\n"
    )
    assert report(DAEMON, "Subject: failure notice", body=words).permanent


def test_a_subject_in_encoded_words_is_read() -> None:
    assert report(DAEMON, "Subject: =?utf-8?b?VW56dXN0ZWxsYmFy?=", body="carl@x.example\n").recipients == ("carl@x.example",)


STATUS = "Reporting-MTA: dns; mx\nOriginal-Envelope-Id: 7.abc\n\nFinal-Recipient: rfc822; carl@x.example\nAction: failed\nStatus: 5.1.1\n"


@pytest.mark.parametrize(
    "type_", ["message/delivery-status", "text/plain; name=details.txt", "application/octet-stream; name=ATT1.dat"]
)
def test_a_status_is_read_under_whichever_type_it_came(type_: str) -> None:
    body = f"--b\n\nSorry.\n--b\nContent-Type: {type_}\n\n{STATUS}\n--b--\n"
    said = report(DAEMON, "Subject: x", "Content-Type: multipart/mixed; boundary=b", body=body)
    assert (said.recipients, said.status, said.envelope_id) == (("carl@x.example",), "5.1.1", "7.abc")


@pytest.mark.parametrize(
    "fields",
    [
        ("Final-Recipient: rfc822; {0}", "Original-Recipient: rfc822;{0}", "Action: failed", "Status: 5.1.1"),
        ("Original-Recipient: rfc822;{0}", "Final-Recipient: rfc822; other-{0}", "Action: failed", "Status: 5.1.1"),
    ],
)
def test_recipients_without_a_blank_line_between_them_are_told_apart(fields: tuple[str, ...]) -> None:
    blocks = "\n".join(field.format(name) for name in ("anna@x.example", "carl@x.example") for field in fields)
    body = f"--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n{blocks}\n\n--b--\n"
    said = report("Content-Type: multipart/report; report-type=delivery-status; boundary=b", body=body)
    assert said.recipients == ("anna@x.example", "carl@x.example")


def test_a_status_that_names_no_address_leaves_it_to_the_words() -> None:
    status = "Reporting-MTA: dns; mx\n\nAction: failed\nFinal-Recipient: rfc822;/var/mail/carl\nStatus: 5.0.0\n"
    body = f"--b\n\nThese failed:\n\n  carl@x.example\n\n--b\nContent-Type: message/delivery-status\n\n{status}\n--b--\n"
    said = report("Content-Type: multipart/report; report-type=delivery-status; boundary=b", body=body)
    assert said.recipients == ("carl@x.example",)


def test_neither_the_sender_nor_a_message_id_is_a_recipient_that_failed() -> None:
    words = (
        "A message that you sent could not be delivered. This is a permanent error.\n\n"
        "carl@x.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1\n\n"
        "Received:from mx.example\nMessage-ID:<14a3e1b4b5a.10b1@desk.example>\nFrom:Bob <help@example.org>\n"
    )
    fields = ("From: mailer-daemon@mx.example", "To: help@example.org", "Subject: Undelivered Mail Returned to Sender")
    assert report(*fields, body=words).recipients == ("carl@x.example",)


def test_what_a_mailer_daemon_writes_is_a_report_even_if_nobody_can_read_it() -> None:
    read = settled(DAEMON, "Subject: ???", body="Qwerty.\n")
    assert (read.kind, read.report) == ("bounce", None)


def test_a_machine_s_mark_and_a_named_recipient_are_evidence_enough() -> None:
    words = "--- Non-Delivery Report ---\nThe email below could not be delivered to the following user:\n\n<carl@x.example>\n"
    fields = ("From: admin@x.example", "Subject: Non-Delivery: your message")
    assert settled(*fields, "Precedence: bulk", body=words).kind == "bounce"
    assert settled(*fields, body=words).kind == "person"


COMPLAINTS = [
    ("Undelivered parcel", "My parcel 550 1234 was returned to sender. Write to anna@customer.example or call 555 0199."),
    ("Delivery failed again", "Your driver could not be reached, my order was not delivered. The tracking says: delivery has failed permanently."),
    ("Delivery failure", "The parcel for anna@customer.example could not be delivered, says your app. I give up."),
    ("Mail delivery failed", "Your postman says that the mailbox is full. It is not. Please deliver my letter."),
    ("Returned mail", "You returned my mail to sender! Unknown address, it says, but I have lived here for 20 years."),
    ("Failure notice for my washing machine", "The failure notice E18 is shown. User unknown what to do."),
    ("Undeliverable: my order 4.7.11", "The order is undeliverable, says the shop. Why?"),
    ("Message delivery", "Your message was blocked by my phone company. Please call me."),
    ("Unzustellbar?!", "Mein Paket kam als unzustellbar zurück, dabei war ich zu Hause. Empfänger unbekannt, steht darauf."),
    ("Zustellung fehlgeschlagen", "Die Zustellung ist zum dritten Mal fehlgeschlagen. Bitte an anna@customer.example antworten."),
    ("Zustellung nicht möglich", "Ihr Bote schreibt, der Brief konnte nicht zugestellt werden. Mein Postfach ist nicht voll!"),
    ("Nicht zustellbar", "Sendung 5.11.2026 nicht zustellbar, so die App. Ich bin seit 1990 gemeldet."),
    ("Warnung: Nachricht verzögert", "Die Lieferung ist verzögert, seit vier Wochen."),
    ("Rückläufer", "Der Brief kam zurück: Empfänger unbekannt verzogen. Das stimmt nicht."),
    ("Colis non remis", "Le colis n'a pas été remis, destinataire inconnu. C'est faux."),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "words"), COMPLAINTS, ids=[subject for subject, _ in COMPLAINTS])
def test_people_who_complain_of_deliveries_are_people(subject: str, words: str) -> None:
    for more in ((), ("In-Reply-To: <01hx.abc@reply.example.org>",), ("X-Auto-Response-Suppress: DR",)):
        read = settled("From: Anna <anna@customer.example>", f"Subject: {subject}", *more, body=f"{words}\n")
        assert (read.kind, read.report, read.automatic) == ("person", None, None)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: The printer", "Automatische Antwort: Der Drucker", "Abwesenheitsnotiz: Der Drucker", "Out of Office: The printer",
        "Réponse automatique : L'imprimante", "Respuesta automática: La impresora", "Risposta automatica: La stampante", "Автоответ: Принтер",
        "Automatisch antwoord: De printer", "自动回复: 打印机", "自動応答: プリンタ", "Automaattinen vastaus: Tulostin",
    ],
)  # fmt: skip
def test_a_program_s_prefix_needs_no_other_sign(subject: str) -> None:
    assert settled(f"Subject: {subject}", body="I am away.\n").kind == "auto-reply"


ABSENCES = [
    "Thank you for your message.\nI am out of the office until 9 November. In urgent cases please contact Carl.\n",
    "Guten Tag,\n\nich bin bis zum 9. November nicht im Büro. In dringenden Fällen wenden Sie sich an Carl.\n",
    "Bonjour,\n\nje suis actuellement en congés jusqu'au 9 novembre. En cas d'urgence, écrivez à Carl.\n",
    "Hola,\n\nestoy fuera de la oficina hasta el 9 de noviembre.\n",
    "Buongiorno,\nsono fuori ufficio fino al 9 novembre.\n",
    "Ik ben afwezig tot en met 9 november.\n",
    "Я в отпуске до 9 ноября.\n",
]


@pytest.mark.parametrize("words", ABSENCES)
def test_an_absence_without_any_sign_is_known_by_what_it_says(words: str) -> None:
    answer = ("Subject: Re: The printer is on fire", "In-Reply-To: <01hx.abc@reply.example.org>")
    assert settled(*answer, body=words).kind == "auto-reply"
    assert settled("Subject: Holidays", body=words).kind == "person"
    assert settled(*answer, body=f"{words}But where are the stairs?\n").kind == "person"
    assert settled(*answer, body=f"{words}\n> Use the stairs\n").kind == "person"
    assert settled(*answer, body=words + "The printer burns on. " * 50).kind == "person"


def test_a_calendar_s_answer_is_a_machine_s_and_an_invitation_a_person_s() -> None:
    def with_method(method: str) -> str:
        body = f"--b\n\nYes.\n--b\nContent-Type: text/calendar; method={method}\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--\n"
        return settled("Subject: Accepted: fire drill", "Content-Type: multipart/mixed; boundary=b", body=body).kind

    assert [with_method(method) for method in ("REPLY", "counter", "REQUEST", "CANCEL")] == [
        "calendar",
        "calendar",
        "person",
        "person",
    ]


def test_who_asks_for_a_proof_of_humanity_is_a_challenge_only_with_a_machine_s_mark() -> None:
    words = "Your message is being held. Please click the link to confirm that you are human.\n"
    assert settled("Subject: Re: Fire", "Auto-Submitted: auto-replied", body=words).kind == "challenge"
    assert settled("Subject: Re: Fire", "Precedence: bulk", body=words).kind == "challenge"
    assert settled("Subject: Re: Fire", body=words, sender="").kind == "challenge"
    assert settled("Subject: Your form asks me silly things", body=words).kind == "person"
