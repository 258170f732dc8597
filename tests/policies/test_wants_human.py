"""Who asks for a human, in German and in English, and who only speaks of one."""

from __future__ import annotations

import time

import pytest

from helpdesk.policies.wants_human import asks_for_a_human

WISHES = (
    "I want to speak to a real person.",
    "Can I please talk to a human?",
    "Let me speak with your manager",
    "I would like to talk directly to someone in charge.",
    "I'd like to speak to your supervisor, please.",
    "I want a human, not a bot!",
    "Give me a real person.",
    "Please escalate this to your manager.",
    "This must be escalated now",
    "Is there any human reading this?",
    "Hello,\n\nmy printer burns again. I need to speak\nto a person today.\n\nAnna",
    "Ich möchte mit einem Menschen sprechen.",
    "Ich will endlich mit Ihrem Vorgesetzten reden!",
    "Kann ich bitte mit Ihrer Chefin telefonieren?",
    "Verbinden Sie mich mit einem echten Menschen",
    "Ich verlange einen Menschen, keinen Automaten.",
    "Ich möchte eine Antwort von einem Menschen.",
    "Bitte leiten Sie das an Ihren Vorgesetzten weiter.",
    "Liest das hier überhaupt ein Mensch?",
    "Das muss eskaliert werden.",
)
NO_WISHES = (
    "",
    "Thank you, the person on the phone was kind.",
    "I spoke to your manager yesterday, and he said that it is fixed.",
    "I do not want to speak to a person, a mail is enough.",
    "I don't need a human for this.",
    "Please send it to another person: anna@example.org.",
    "We need a person who can carry the printer.",
    "Three people need a new key.",
    "> I want to speak to a real person.\nHere is the number.",
    "Ich habe gestern mit Ihrer Chefin gesprochen.",
    "Ich möchte nicht mit einem Menschen sprechen, eine Mail genügt.",
    "Kein Mensch weiß, wie das geht.",
    "Ich brauche einen Menschen, der den Drucker trägt.",
    "Ich möchte, dass der Mensch am Empfang Bescheid weiß.",
    "Der Leiter der Schule ist krank.",
    "Bitte rufen Sie mich zurück.",
    "The escalator is broken, please repair it.",
)


@pytest.mark.parametrize("text", WISHES)
def test_these_words_ask_for_a_human(text: str) -> None:
    assert asks_for_a_human(text)


@pytest.mark.parametrize("text", NO_WISHES)
def test_these_do_not(text: str) -> None:
    assert not asks_for_a_human(text)


@pytest.mark.parametrize(
    "piece", ["please want to speak with a ", "möchte bitte mit einem ", "i want to ", "a", "\n ", "ich will mit "]
)
def test_no_text_takes_long(piece: str) -> None:
    begun = time.perf_counter()
    asks_for_a_human(piece * 20_000)
    assert time.perf_counter() - begun < 0.5
