"""Whether the two forms of one mail say the same (C7)."""

from __future__ import annotations

import pytest

from mail.mime.alternatives import differ
from mail.parse import parse
from tests.letterbox import NAMES, letter, mail

WORDS = "Guten Tag, mein Drucker brennt seit gestern Abend, und niemand kommt vorbei."


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (WORDS, f"<!DOCTYPE html PUBLIC 'x'><style>p{{color:red}}</style><title>News</title><p>{WORDS}</p>"),
        (WORDS, f"<p>{WORDS.replace(' ', '<br>')}</p><p>Gesendet von unterwegs</p>"),
        (WORDS, f"<div style='display:none'>Nur heute</div><table><tr><td>{WORDS}</td></tr></table>"),
        (f"{WORDS}\n<https://x.example/very/long/track?id=1>", f"<a href='https://x.example/very/long/track?id=1'>{WORDS}</a>"),
        ("プリンターが燃えています", "<p>プリンターが<br>燃えています</p>"),
        ("Danke", "<p>Danke!</p><p>Anna</p>"),
        ("", f"<p>{WORDS}</p>"),
        (WORDS, "<img src='cid:x'>"),
    ],
)
def test_the_same_words_in_other_clothes_do_not_differ(text: str, html: str) -> None:
    assert not differ(text, html)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (WORDS, "<p>Please transfer the amount of last month's invoice to our new account today.</p>"),
        (
            WORDS,
            f"<p>{WORDS}</p><p>Please transfer the amount of last month's invoice to our new account today, it is urgent.</p>",
        ),
        ("Your mail program cannot show this newsletter.", f"<p>{WORDS}</p>"),
        ("プリンターが燃えています", "<p>口座番号を教えてください</p>"),
    ],
)
def test_other_words_do(text: str, html: str) -> None:
    assert differ(text, html)


def test_what_a_page_hides_counts_for_its_reader_would_answer_what_others_see() -> None:
    hidden = "Please confirm that we may transfer the amount of last month's invoice to our new account today"
    read = parse(mail("Content-Type: text/html; charset=utf-8", body=f"<p>{WORDS}</p><div style='display:none'>{hidden}</div>"))
    assert "transfer" not in read.text  # what is quoted in an answer is what could be seen
    assert read.differs


@pytest.mark.parametrize("name", NAMES)
def test_no_honest_letter_is_doubted(name: str) -> None:
    assert not letter(name).differs
