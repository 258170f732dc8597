"""Which phrases suggest that something hurt, or that somebody is praised; and which only look so."""

from __future__ import annotations

import pytest

from helpdesk.policies.friction import KINDS, suggested

NAMES = {1: "Dana Yilmaz", 2: "Bob Keller", 3: "Ruth Keller"}

SAYS = {
    "waited": (
        "Ich warte seit drei Wochen auf mein Geld.", "Seit 3 Wochen habe ich nichts von Ihnen gehört.", "Wir warten immer noch.",
        "Bis heute keine Antwort.", "Nun warte ich schon wieder auf Antwort.", "I am still waiting for my refund.", "I've been waiting since May.",
        "We waited for three weeks.", "I still have not had a reply.", "There is no reply to my mail.",
    ),
    "repeated": (
        "Zum dritten Mal: Die Mühle ist defekt.", "Das habe ich schon zweimal geschrieben.", "Wie ich bereits geschrieben habe, ist sie defekt.",
        "Soll ich alles noch einmal erklären?", "I already told you my order number.", "I have already sent the pictures.",
        "For the third time: it is broken.", "How many times do I have to explain it all?",
    ),
    "sent-elsewhere": (
        "Ich wurde dreimal weitergeleitet.", "Man hat mich an die Filiale verwiesen, und haben mich dann weiterverbunden.", "Dann wurde ich an den Hersteller verwiesen.",
        "Ich werde von einem zum anderen geschickt.", "I was passed around between departments.", "I was referred to another office.",
        "From one department to another!",
    ),
    "not-told": (
        "Niemand hat mich informiert.", "Niemand hat sich gemeldet.", "Mir hat niemand etwas gesagt, und hat mir niemand geholfen.", "Wir wurden nicht informiert.",
        "Der Termin fiel aus, ohne mir Bescheid zu geben.", "Nobody told me that the shop is closed.", "I was never informed.",
    ),
    "rude": (
        "Ihr Kollege war sehr unfreundlich.", "Eine unverschämte Antwort.", "The man on the phone was rude.", "She hung up on me.",
    ),
    "praise": (
        "Vielen Dank an Frau Yilmaz!", "Ein großes Lob an Ihr Team.", "Frau Yilmaz hat mir super geholfen.", "Ihr Kollege war sehr freundlich.",
        "Thanks so much to Mr Keller.", "Your colleague was very helpful.", "Excellent service.",
    ),
}  # fmt: skip

SAYS_NOTHING = (
    "Vielen Dank im Voraus und viele Grüße", "Thank you for your help in advance.", "Ich warte Ihre Antwort ab.", "Ich habe die Mail an meine Frau weitergeleitet.",
    "Bitte leiten Sie das weiter.", "I forwarded your mail to my wife.", "Das war nicht unfreundlich gemeint.", "Beim ersten Mal ging es.", "Niemand ist perfekt.",
    "I will be waiting at home on Monday.", "No problem, take your time.", "Die Lieferzeit beträgt drei Wochen.", "I do not want to be rude, but it is broken.",
    "Das Gerät wurde mir am 3. Mai geschickt.", "Please tell me when it arrives.", "", "Wo ist mein Paket?",
)  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), [(kind, words) for kind, several in SAYS.items() for words in several])
def test_what_says_so_is_suggested(kind: str, words: str) -> None:
    assert kind in [found.kind for found in suggested(f"Guten Tag,\n\n{words}\n\nAnna Weber", NAMES)]


@pytest.mark.parametrize("words", SAYS_NOTHING)
def test_what_only_looks_so_is_not(words: str) -> None:
    assert suggested(words, NAMES) == []


def test_every_kind_has_its_phrases() -> None:
    assert tuple(SAYS) == KINDS


def test_the_words_are_quoted_and_a_kind_is_said_once() -> None:
    found = suggested("Ich warte seit\n Mai. Ich warte immer noch. Zum dritten Mal!", {})
    assert [(one.kind, one.words) for one in found] == [("waited", "Ich warte seit"), ("repeated", "Zum dritten Mal")]


@pytest.mark.parametrize(
    ("words", "praised"),
    [("Frau Yilmaz war sehr freundlich.", 1), ("Frau Yilmaz ist gut. Alle sind sehr freundlich.", None), ("Thanks to Mr Keller!", None),
     ("Sehr freundlich!", None)],
)  # fmt: skip
def test_a_praise_names_somebody_only_where_that_is_one_of_us(words: str, praised: int | None) -> None:
    (found,) = suggested(words, NAMES)
    assert (found.kind, found.praised_id) == ("praise", praised)


def test_a_very_long_message_takes_no_long_time() -> None:
    assert suggested("ich warte " * 100_000, NAMES) == []
