"""Other helpdesks' numbers: found in the forms that they use, carried once, and only from their machines."""

from __future__ import annotations

import pytest

from mail.parse import parse
from mail.tickets import LONGEST, given, tag_in, tagged
from tests.letterbox import mail

ANSWER = "In-Reply-To: <01hx.abc@reply.example.org>"


@pytest.mark.parametrize(
    ("subject", "tag"),
    [
        ("[Ticket#2026112110000017] RE: Feuer", "[Ticket#2026112110000017]"),
        ("RE: [Ticket#31001] Fire", "[Ticket#31001]"),
        ("[example.org #123] AutoReply: Fire", "[example.org #123]"),
        ("Ticket Received - Fire [#12345]", "[#12345]"),
        ("[Request received] Fire (#8812)", "(#8812)"),
        ("HELP-42 Fire in the printer", "HELP-42"),
        ("Re: HELP-42 Fire", "HELP-42"),
        ("[JIRA] [HELP-42] Fire", "[HELP-42]"),
        ("##RE-12345## : Fire", "##RE-12345##"),
        ("Fire [ ref:!00D200abc.!5002001xyz:ref ]", "[ ref:!00D200abc.!5002001xyz:ref ]"),
        ("Fire CRM:0012345", "CRM:0012345"),
        ("CAS-01234-A1B2C3 Fire", "CAS-01234-A1B2C3"),
        ("Ticket-ID: 12345 wurde angelegt", "[#12345]"),
        ("Ihre Anfrage, Vorgangsnummer 4711-08", "[#4711-08]"),
        ("Case #00012345: Fire", "[#00012345]"),
        ("[Fire] in the printer", ""),
        ("Re: The printer is on fire", ""),
        ("Fire on 2026-11-02", ""),
    ],
)
def test_a_tag_is_found_in_its_own_form(subject: str, tag: str) -> None:
    assert tag_in(subject) == tag


@pytest.mark.parametrize(
    ("fields", "body", "tag"),
    [
        (("Subject: Fire", "Auto-Submitted: auto-replied"), "Your request number 12345 was registered.\n", "[#12345]"),
        (("Subject: [#99] Fire", "Auto-Submitted: auto-replied"), "Thanks.\n", "[#99]"),
        (("Subject: [#99] Fire",), "##- Please type your reply above this line -##\n\nHello.\n", "[#99]"),
        (("Subject: Fire",), "Guten Tag,\nIhre Anfrage ist bei uns eingegangen. Ihre Ticketnummer: 4711\n", "[#4711]"),
        (("Subject: Feu",), "Nous avons bien reçu votre message.\nDemande n° 4711\n", "[#4711]"),
        (("Subject: [#99] Fire",), "Where are the stairs?\n", ""),
        (("Subject: Fire",), "My ticket number 12345 for the train was wrong.\n", ""),
    ],
)
def test_a_machine_or_an_acknowledgement_gives_it_and_a_person_s_words_do_not(
    fields: tuple[str, ...], body: str, tag: str
) -> None:
    assert given(parse(mail("Content-Type: text/plain; charset=utf-8", *fields, ANSWER, body=body))) == tag


def test_a_subject_carries_a_tag_once_behind_the_reply_mark() -> None:
    assert tagged("Re: Fire", "[#99]") == "Re: [#99] Fire"
    assert tagged("Fire", "[#99]") == "[#99] Fire"
    assert tagged(tagged("Re: Fire", "[#99]"), "[#99]") == "Re: [#99] Fire"
    assert tagged("AW: [TICKET#5] Feuer", "[Ticket#5]") == "AW: [TICKET#5] Feuer"
    assert tagged("Re: Fire", "") == "Re: Fire"


@pytest.mark.parametrize(
    "hostile", ["[#1\r\nBcc: x@y.example]", "[Ticket#1\x00 2]", "[a" + "b" * 5000 + "#1]", "[#" + "9" * 5000 + "]"]
)
def test_a_tag_is_short_and_harmless(hostile: str) -> None:
    tag = tag_in(hostile)
    assert len(tag) <= LONGEST
    assert tag.isprintable()
    assert "Bcc" not in tag
