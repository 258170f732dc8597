"""What of a reply is new."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.mime.plain import html_to_text
from mail.quoting import MARKERS, Parts, split
from tests.letterbox import letter

NEW = "It still burns.\n\nAnna\n\n"


def nothing_is_lost(text: str) -> None:
    parts, lines = split(text), text.split("\n")
    folded = {number for start, end in parts.folds for number in range(start, end)}
    assert "\n".join(line for number, line in enumerate(lines) if number not in folded) == parts.visible
    assert folded <= set(range(len(lines)))
    assert parts.visible.strip() or not folded
    assert list(parts.folds) == sorted(parts.folds)
    assert all(start < end for start, end in parts.folds)


def visible(text: str, **how: bool) -> str:
    return split(text, **how).visible.strip()


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
        "> Which floor?\n\nThe second.\n\n> Anybody hurt?\n\nNo.\n",
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
    assert split(text) == Parts(text)


def test_answers_between_the_lines_stay_with_their_questions() -> None:
    shown = letter("answers-between-the-lines").visible
    assert shown.startswith("> ")
    assert shown.endswith("No.")


def test_the_last_quote_without_an_answer_is_folded() -> None:
    text = "> Which floor?\nThe second.\n> Anybody hurt?\n> Bob\n"
    assert split(text) == Parts("> Which floor?\nThe second.", ((2, 5),))


def test_a_wrapped_line_of_a_quote_is_no_answer() -> None:
    quote = "> " + "the printer in the second floor is burning again and we " + "\nfled\n> Bob\n"
    assert visible(NEW + "Bob wrote:\n" + quote) == NEW.strip()


@pytest.mark.parametrize(
    "text",
    [
        "> Use the stairs.\n",
        "--\nSent from my iPhone\n",
        "-----Original Message-----\nUse the stairs.\n",
        "-- \nAnna\n",
        "",
        "\n\n",
    ],
)
def test_where_nothing_is_new_everything_is_shown(text: str) -> None:
    assert split(text) == Parts(text)


def test_what_was_forwarded_by_hand_is_what_we_are_to_read() -> None:
    text = "Please see below.\n\nFrom: Carl <carl@x.example>\nSent: Monday\nTo: Anna\nSubject: Fire\n\nIt burns.\n"
    assert split(text, forwarded=True) == Parts(text)
    assert visible(text) == "Please see below."
    assert letter("a-person-forwards-a-bounce").visible.endswith("User unknown")


def test_a_line_longer_than_any_program_writes_is_somebodys_own() -> None:
    text = f"Hello.\n{'x' * 2_000} {MARKERS['en']}\nIt still burns.\n"
    assert split(text) == Parts(text)


def test_of_many_signatures_below_each_other_twenty_are_folded() -> None:
    text = NEW + "--\nAnna\n" * 100
    assert split(text).visible.count("Anna") == 1 + 100 - 20


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
    nothing_is_lost(text)


@given(st.text())
def test_nothing_is_lost_of_any_text(text: str) -> None:
    nothing_is_lost(text)


WROTE = "On Mon, 2 Nov 2026 at 10:12, Bob <help@example.org> wrote:\n"


@pytest.mark.parametrize(
    "text",
    [
        "> and the printer went on burning, as printers do.\n" * 30_000,
        ">\n" * 700_000,
        "\n" * 1_500_000,
        "x" * 1_500_000,
        "-- \n" * 300_000,
        "Sent from my iPhone\n" * 70_000,
        (WROTE + "> x\ny\n") * 22_000,
        "On Mon, 2 Nov 2026 at 10:12, I wrote:\n" * 38_000,
        ("on " * 90 + "2026 wrote:\n") * 5_000,
        "From: a@x.example\n" * 80_000,
        "-----Original Message-----\n> a\n" * 45_000,
        ("-- " + " " * 60 + "a  " * 70 + "\n") * 5_000,
        ("----" + "wrote 2026 " * 25 + "\n") * 5_000,
        WROTE + "| a\n" * 350_000,
        ("> " + "x" * 60 + "\nfled\n") * 20_000,
        (WROTE + "\n" * 2_000 + "> a\n") * 700,
    ],
    ids=lambda text: text[:24].strip(),
)
def test_a_megabyte_and_a_half_of_anything_is_split_in_a_moment(text: str) -> None:
    begun = time.process_time()
    parts = split(NEW + text)
    assert parts.visible.startswith(NEW.strip())
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "text",
    [
        "On 2 November I wrote:\nthe printer burns.\nNobody came.\n",
        "Am 2.11.2026 um 10:12 habe ich Ihnen geschrieben:\nEs brennt.\nKeiner kam.\n",
        "Am 2. November 2026 schrieb Herr Weber:\n\nSie bekommen Ihr Geld.\n\nDas habe ich nicht bekommen.\n",
        "Von: Berlin\nAn: Hamburg\nDatum: 2.11.2026 10:12\nDer Zug fiel aus.\n",
        "Name: Anna\nE-Mail: anna@x.example\nDatum: 2.11.2026 10:12\nDer Zug fiel aus.\n",
        "- the printer\n- the lift\n\n-Fire\n",
        "I pay in the following order:\n| one | 2 |\n| two | 3 |\n",
        "It burns.\n\nKind regards\nAnna Müller\n",
        "It burns.\n\nKind regards\nAnna Müller",
        "New message:\n=======\nName: Anna\nE-Mail: anna@x.example\nDate: 2.11.2026 10:12\n",
        "Contact form\n-------\nName: Anna\nE-mail: anna@x.example\nMessage: The printer burns\n",
        "Contact form\n-------\nFirst name: Anna\nCity: Berlin\nPhone: 030 123456\n\nThe printer burns.\n",
        "It burns.\n______________________\n",
        "<anna@x.example>: host mx.x.example[192.0.51.81] said: 550 5.1.1 unknown\n  (in reply to RCPT TO command):\n",
        "It burns.\n\nKind regards\nAnna\nOrder 0301 123456\n",
        "It burns.\n\nKind regards\nAnna, 030 123456\nPS: Will you come?\n",
        "Please call my lawyer:\n\nCarl Lawyer\nTel. 030 123456\ncarl@law.example\n",
        "Please treat this message as confidential, for the landlord must not learn of the fire.\n",
        "Sent from the third floor, where it burns.\nPlease come.\n",
        "Please write your answer above this line of the form.\n",
        "It burns --- on every floor --- since Monday\n",
    ],
)
def test_a_complaint_is_not_taken_for_the_words_of_a_program(text: str) -> None:
    for whole in (text, f"Hello,\n\n{text}"):
        assert split(whole) == Parts(whole)


def test_a_sentence_above_a_wrapped_attribution_is_not_part_of_it() -> None:
    words = "It burns again.\n\nOn 3 May there were 2 fires"
    assert visible(f"{words}\n\nOn Dec 16, 2026, at 12:47 PM, Bob\n<b@x.example>\nwrote:\n\n> Use the stairs.\n") == words


def test_of_a_reply_below_its_quote_the_quote_is_folded() -> None:
    quote = f"{WROTE}\n> Which floor?\n>\n> Bob\n"
    assert split(f"{quote}\nThe second.\n") == Parts("\nThe second.\n", ((0, 5),))
    assert visible(f"Hello Bob,\n{quote}\nThe second.\n\n-- \nAnna\n") == "Hello Bob,\n\nThe second."


def test_of_answers_between_quotes_only_the_line_that_names_their_author_is_folded() -> None:
    text = f"{WROTE}\n> Which floor?\n\nThe second.\n\n> Anybody hurt?\n\nNo.\n"
    assert split(text).folds == ((0, 2),)
    assert split(f"{WROTE}> Which floor?\n\nThe second.\n\n> More text\n> of the same mail\n").folds == ((0, 1), (4, 8))


def test_a_signature_left_over_from_the_quote_is_no_answered_question() -> None:
    assert visible(f"{WROTE}> Which floor?\n\nThe second.\n\n> -- \n> Bob\n") == "The second."


def test_below_a_header_whose_mail_is_marked_an_answer_is_new() -> None:
    text = "-----Original Message-----\nFrom: Bob <b@x.example>\nSent: Monday\nTo: Anna\n\n> Which floor?\n\nThe second.\n"
    assert visible(text) == "The second."


@pytest.mark.parametrize(
    "rest",
    [
        "Mit freundlichen Grüßen\n\nAnna Müller\nEinkauf\n\nMüller GmbH\nTel.: +49 30 123456\nwww.mueller.example\n",
        "Best regards,\nAnna Müller\n(555) 346-9947\n",
        "Mvh,\nAnna\n070-123 45 67\n",
        "Anna Müller\nanna@x.example\n+49 30 123456\nwww.mueller.example\n",
        "----------------\nAnna Müller\n\nt. 555-931-0702\n\nhttps://mueller.example/\n",
        "-Anna Müller\n",
        "This e-mail and any attachments are confidential and intended solely for the addressee.\n",
        "-- \nAnna\n\nDiese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen.\nWenn Sie nicht der Adressat sind …\n",
        "Ce message et ses pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.\n",
        "Please consider the environment before printing this e-mail, and the trees that it would cost.\n",
    ],
)
def test_how_to_reach_a_writer_is_folded(rest: str) -> None:
    assert visible(f"It still burns.\n\n{rest}\nOn 11/2/26 10:12, Bob wrote:\n> Use the stairs.\n") == "It still burns."
    assert visible(f"It still burns.\n\n{rest}") == "It still burns."


def test_a_phones_advertisement_does_not_make_a_closing_a_signature() -> None:
    words = "It still burns.\n\nMit freundlichen Grüßen\nAnna Müller"
    assert visible(f"{words}\n\nGesendet von Outlook für iOS<https://aka.ms/o0ukef>\n") == words
    assert visible(f"{words}\n\n-- \nTel. 030 123456\n") == words


@pytest.mark.parametrize("marker", MARKERS.values())
def test_our_own_marker_survives_what_programs_do_to_it(marker: str) -> None:
    words = marker.strip("· ")
    wrapped = marker.replace("answer", "answer\n", 1).replace("Sie", "Sie\n", 1)
    for shape in (
        marker,
        f"*{marker}*",
        f"| {marker} |",
        f"... {words} ...",
        f"••• {words} •••",
        wrapped,
        f"\ufeff{marker}\xa0",
        marker.upper(),
    ):
        assert visible(f"{NEW}{shape}\n\nUse the stairs.\n") == NEW.strip()
        quoted = shape.replace("\n", "\n> ")
        assert visible(f"{NEW}Bob wrote:\n> {quoted}\n> Use the stairs.\n") == NEW.strip()
    assert (
        visible(html_to_text(f"<p>It still burns.</p><table><tr><td>{marker}</td></tr></table><p>Use the stairs.</p>"))
        == "It still burns."
    )


@pytest.mark.parametrize(
    "marker",
    [
        "##- Please type your reply above this line -##",
        "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##",
        "--- Reply above this line ---",
        "=== Please reply ABOVE THIS LINE ===",
        "-- Répondre au-dessus de cette ligne --",
        "## Responda por encima de esta línea ##",
        "-- Antwoord boven deze regel --",
        "--- Reply above. Do not remove this line. ---",
        "---\n*Previous Replies*",
    ],
)
def test_the_markers_of_other_desks(marker: str) -> None:
    assert visible(f"{NEW}\n{marker}\n\nUse the stairs.\n") == NEW.strip()
