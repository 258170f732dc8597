"""The words of a desk's mails in the settings, and one's own signature."""

from __future__ import annotations

import html

import pytest

from helpdesk.policies.texts import TEXTS
from tests.web.browsing import anna_writes, words_of

ROOM = "/settings/desks/1/texts"
HERE = f"{ROOM}/acknowledgement/en"


def test_words_are_written_looked_at_and_reset(browser, database) -> None:
    ada = browser("ada")
    assert ROOM in ada.get("/settings/desks/1").text
    assert "own words" not in words_of(ada.get(ROOM))
    assert "We have your message (case {case})" in ada.get(HERE).text, "one begins with ours"
    assert "Your message has arrived." in ada.get(f"{HERE}/preview").text

    typed = {"subject": "Here ({case})", "body": "It is **safe** with us."}
    look = ada.post(f"{HERE}/preview", typed)
    assert "<strong>safe</strong>" in look.text
    assert "Here (1042)\n\nIt is safe with us." in look.text
    assert "sandbox" in look.headers["Content-Security-Policy"]
    assert "own words" not in words_of(ada.get(ROOM)), "a look keeps nothing"

    assert "The next mail says it." in words_of(ada.post(HERE, typed, follow_redirects=True))
    assert "own words : Acknowledgement, English" in words_of(ada.get(ROOM))
    assert "Reset to ours" in words_of(ada.get(HERE))
    assert "says our words again" in words_of(ada.post(f"{HERE}/reset", follow_redirects=True))
    assert "own words" not in words_of(ada.get(ROOM))


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "acknowledgement"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_mail_can_be_looked_at(browser, name, language) -> None:
    ada = browser("ada")
    assert ada.get(f"{ROOM}/{name}/{language}").status_code == 200
    look = ada.get(f"{ROOM}/{name}/{language}/preview")
    assert look.status_code == 200
    assert "{" not in html.unescape(look.text.split("<pre", 1)[1].split("</pre>")[0])


def test_the_report_s_own_words_are_looked_at_with_its_figures(browser, database) -> None:
    anna_writes(database)
    look = browser("ada").post(f"{ROOM}/report/de/preview", {"subject": "Neu: {report}", "body": "Guten Morgen. {sentence}"})
    text, page = look.text.split("</pre>")
    assert all(
        words in text for words in ("Neu: Eskalationsbericht", "Guten Morgen.", "Offene Fälle | Median, Anteil oder Anzahl: 0 |")
    )
    assert all(words in page for words in ("Guten Morgen.", "Längste Wartezeit jetzt", "Vorwoche"))


def test_what_cannot_be_sent_is_said_at_its_field_and_in_the_preview(browser) -> None:
    ada, wrong = browser("ada"), {"subject": "Hello {name}", "body": "x"}
    answer = ada.post(HERE, wrong)
    assert answer.status_code == 422
    assert "There is no placeholder {name}." in words_of(answer)
    assert "There is no placeholder {name}." in ada.post(f"{HERE}/preview", wrong).text
    assert "This mail needs {link} somewhere." in words_of(ada.post(f"{ROOM}/invitation/en", {"subject": "x", "body": "y"}))
    for strange in ("nonsense/en", "acknowledgement/fr"):
        assert ada.get(f"{ROOM}/{strange}").status_code == 404
        assert ada.post(f"{ROOM}/{strange}", wrong).status_code == 404


def test_words_are_an_admins_business(browser) -> None:
    for name in ("bob", "carol"):
        window = browser(name)
        assert window.get(ROOM).status_code == 404
        assert window.get(f"{HERE}/preview").status_code == 404
        for path in (ROOM, HERE, f"{HERE}/preview", f"{HERE}/reset"):
            assert window.post(path).status_code == 404


def test_signatures_of_a_desk_and_of_an_agent_are_seen_where_one_writes(browser, database) -> None:
    number, ada, bob = anna_writes(database), browser("ada"), browser("bob")
    form = {"address_form": "du", "signature": "{desk}\nTel. 123"}
    assert "Tel. 123" in words_of(ada.post(ROOM, form, follow_redirects=True))
    assert "There is no placeholder {x}." in words_of(ada.post(ROOM, {**form, "signature": "{x}"}))
    answer = bob.post("/account/signature", {"signature": "**Bob**, room 4 <b>"}, follow_redirects=True)
    assert "<strong>Bob</strong>, room 4 &lt;b&gt;" in answer.text
    assert "Sender: Bob <help@example.org>" in words_of(answer)
    assert "There is no placeholder {x}." in words_of(bob.post("/account/signature", {"signature": "{x}"}))
    assert "Below your answer: Bob , room 4 <b> Help desk Tel. 123" in words_of(bob.get(f"/cases/{number}"))
