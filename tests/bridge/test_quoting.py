"""What of a reply is new."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.mime.plain import html_to_text
from mail.quoting import MARKERS, split
from tests.letterbox import letter

NEW = "It still burns.\n\nAnna\n\n"


def visible(text: str, **how: bool) -> str:
    return split(text, **how)[0].strip()


@pytest.mark.parametrize(
    "rest",
    [
        "On Mon, 2 Nov 2026 at 10:12, Bob <help@example.org> wrote:\n\n> Use the stairs.\n>\n> Bob\n",
        "On Mon, 2 Nov 2026 at 10:12, Bob\n<help@example.org> wrote:\n> Use the stairs.\n",
        "On Nov 2, 2026,\nat 10:12,\nBob <help@example.org> wrote:\n\n> Use the stairs.\n",
        "On Mon, Nov 2, 2026 at 10:12 AM Bob <help@example.org> wrote:\n\nUse the stairs.\n",
        "Am 02.11.26 um 10:12 schrieb Bob:\n> Nehmen Sie die Treppe.\n",
        "Am Mo., 2. Nov. 2026 um 10:12 Uhr schrieb Bob <help@example.org>:\n\n> Nehmen Sie die Treppe.\n",
        "Am 2.11.2026 10:12 schrieb Bob <help@example.org\n>:\n> Nehmen Sie die Treppe.\n",
        "Le lun. 2 nov. 2026 à 10:12, Bob <help@example.org> a écrit :\n> Prenez l'escalier.\n",
        "El lun, 2 nov 2026 a las 10:12, Bob (<help@example.org>) escribió:\n> Use la escalera.\n",
        "Op ma 2 nov. 2026 om 10:12 schreef Bob <help@example.org>:\n> Neem de trap.\n",
        "Il giorno lun 2 nov 2026 alle ore 10:12 Bob <help@example.org> ha scritto:\n> Usi le scale.\n",
        "W dniu 2.11.2026 o 10:12, Bob pisze:\n> Schody.\n",
        "2026-11-02 10:12 GMT+01:00 Bob <help@example.org>:\n> Use the stairs.\n",
        "Bob wrote:\n> Use the stairs.\n",
        "> Use the stairs.\n",
        "-----Original Message-----\nFrom: Bob\nSent: Monday\n\nUse the stairs.\n",
        "-----Ursprüngliche Nachricht-----\nVon: Bob\n\nNehmen Sie die Treppe.\n",
        "-------- Original-Nachricht --------\n\nNehmen Sie die Treppe.\n",
        "________________________________\nFrom: Bob <help@example.org>\nSent: Monday, November 2, 2026 10:12 AM\nTo: Anna\n\nUse the stairs.\n",
        "Von: Bob <help@example.org> \nGesendet: Montag, 2. November 2026 10:12\nAn: Anna\nBetreff: Feuer\n\nNehmen Sie die Treppe.\n",
        "*From:* Bob <help@example.org>\n*Sent:* Monday\n*To:* Anna\n*Subject:* Fire\n\nUse the stairs.\n",
        "De : Bob <help@example.org>\nEnvoyé : lundi 2 novembre 2026\nÀ : Anna\nObjet : Feu\n\nPrenez l'escalier.\n",
        "Date: Mon, 2 Nov 2026\nSubject: Fire\nFrom: help@example.org\nTo: anna@x.example\n\nUse the stairs.\n",
        "---- On Mon, 02 Nov 2026 10:12:00 +0100 Bob wrote ----\n\nUse the stairs.\n",
        f"{MARKERS['en']}\n\nUse the stairs.\n",
        f"{MARKERS['de']}\nNehmen Sie die Treppe.\n",
        f"Bob wrote:\n> {MARKERS['de']}\n> Nehmen Sie die Treppe.\n",
    ],
)
def test_what_is_quoted_below_is_folded(rest: str) -> None:
    assert visible(NEW + rest) == NEW.strip()


@pytest.mark.parametrize(
    "rest",
    [
        "-- \nAnna Müller\nTel. 030 123456\n",
        "--\nAnna\n",
        "Sent from my iPhone\n",
        "Von meinem iPhone gesendet\n",
        "Gesendet von Outlook für Android<https://aka.ms/x>\n",
        "-- \nAnna\n\nOn Mon, 2 Nov 2026 at 10:12, Bob wrote:\n> Use the stairs.\n",
        "On Mon, 2 Nov 2026 at 10:12, Bob wrote:\n> Use the stairs.\n\n-- \nAnna\n",
        "_______________________________________________\nusers mailing list\nusers@list.example\nhttp://list.example/users\n",
    ],
)
def test_signatures_and_footers_are_folded(rest: str) -> None:
    assert visible(NEW + rest) == NEW.strip()


@pytest.mark.parametrize(
    "text",
    [
        "On Mon, 2 Nov 2026 at 10:12, Bob wrote:\n> Which floor?\n\nThe second.\n\n> Anybody hurt?\n\nNo.\n",
        "> Which floor?\n\nThe second.\n",
        "Hello,\nI wrote on 2 Nov 2026 about this:\nthe printer burns.\n",
        "Am Montag schrieb mir Herr Weber:\nSie bekommen Ihr Geld.\nDas habe ich nicht bekommen.\n",
        "Von: Berlin\nNach: Hamburg\nDer Zug fiel aus.\n",
        "To: do list\n\nIt burns -- still.\n",
        "From: my point of view it burns.\n",
        "FYI\n\n---------- Forwarded message ---------\nFrom: Carl <carl@x.example>\nDate: Mon, 2 Nov 2026\nSubject: Fire\nTo: Anna\n\nIt burns.\n",
        "Das kam an:\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Feuer\nDatum: Mo\nVon: Carl\nAn: Anna\n\nEs brennt.\n",
        "a\n--\nb\n" + "c\n" * 40,
    ],
)
def test_what_may_be_new_stays_visible(text: str) -> None:
    assert split(text) == (text, "")


def test_answers_between_the_lines_stay_with_their_questions() -> None:
    shown = letter("answers-between-the-lines").visible
    assert shown.startswith("On Mon")
    assert shown.endswith("No.")


def test_the_last_quote_without_an_answer_is_folded() -> None:
    text = "> Which floor?\nThe second.\n> Anybody hurt?\n> Bob\n"
    assert split(text) == ("> Which floor?\nThe second.\n", "> Anybody hurt?\n> Bob\n")


def test_a_wrapped_line_of_a_quote_is_no_answer() -> None:
    quote = "> " + "the printer in the second floor is burning again and we " + "\nfled\n> Bob\n"
    assert visible(NEW + "Bob wrote:\n" + quote) == NEW.strip()


@pytest.mark.parametrize(
    "text", ["> Use the stairs.\n", "-----Original Message-----\nUse the stairs.\n", "-- \nAnna\n", "", "\n\n"]
)
def test_where_nothing_is_new_everything_is_shown(text: str) -> None:
    assert split(text) == (text, "")


def test_what_was_forwarded_by_hand_is_what_we_are_to_read() -> None:
    text = "Please see below.\n\nFrom: Carl <carl@x.example>\nSent: Monday\nTo: Anna\nSubject: Fire\n\nIt burns.\n"
    assert split(text, forwarded=True) == (text, "")
    assert visible(text) == "Please see below."
    assert letter("a-person-forwards-a-bounce").visible.endswith("User unknown")


def test_a_line_longer_than_any_program_writes_is_somebodys_own() -> None:
    text = f"Hello.\n{'x' * 2_000} {MARKERS['en']}\nIt still burns.\n"
    assert split(text) == (text, "")


def test_of_many_signatures_below_each_other_twenty_are_folded() -> None:
    text = NEW + "--\nAnna\n" * 100
    assert split(text)[0].count("Anna") == 1 + 100 - 20


def test_quotes_of_a_page_are_folded_like_those_of_a_text() -> None:
    page = (
        "<p>It still burns.</p><div class=gmail_quote>On Mon, 2 Nov 2026 at 10:12, Bob wrote:<br>"
        "<blockquote><p>Use the stairs.</p><ul><li>up<li>down</ul></blockquote></div>"
    )
    text = html_to_text(page)
    assert text.endswith("> Use the stairs.\n>\n> - up\n> - down")
    assert visible(text) == "It still burns."
    assert visible(
        html_to_text("<p>It still burns.</p><hr><b>From:</b> Bob<br><b>Sent:</b> Monday<br><p>Use the stairs.</p>")
    ) == ("It still burns.")


@given(
    st.lists(
        st.sampled_from([*NEW.splitlines(), "> a", ">", "-- ", "--", "Bob wrote:", "From: a", "Sent: b", "To: c", "____", ""])
    )
)
def test_nothing_is_ever_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    shown, folded = split(text)
    assert shown + folded == text
    assert shown.strip() or not folded


@given(st.text())
def test_nothing_is_lost_of_any_text(text: str) -> None:
    assert "".join(split(text)) == text


def test_a_reply_with_a_megabyte_of_quotes_is_split_in_a_moment() -> None:
    text = NEW + "Bob wrote:\n" + "> and the printer went on burning, as printers do.\n" * 30_000
    begun = time.process_time()
    assert visible(text) == NEW.strip()
    assert time.process_time() - begun < 3
