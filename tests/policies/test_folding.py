"""How words are folded, so that people find what others spell otherwise."""

from __future__ import annotations

import time

import pytest

from helpdesk.policies.folding import findable, fold, guesses, spellings


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Straße, Müller!", "strasse muller"), ("Café Łódź", "cafe lodz"), ("Ærø", "aero"), ("ﬁnal ½", "final 1 2"), ("№ 5", "no 5"),
     ("İstanbul ISTANBUL ısı", "istanbul istanbul isi"), ("Muller", "muller"), ("Йод", "иод"), ("a_b-c", "a b c"), ("", "")],
)  # fmt: skip
def test_words_are_compared_without_case_accents_and_signs(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("written", "asked"),
    [("Müller", "Mueller"), ("Müller", "Muller"), ("Mueller", "Müller"), ("Mueller", "Muller"), ("Muller", "Müller"),
     ("Muller", "Mueller"), ("Straße", "Strasse"), ("Strasse", "Straße"), ("Goethe", "Göthe"), ("Ärger", "Aerger"),
     ("Møller", "Moeller"), ("Åse", "Aase"), ("Łukasz", "Lukasz"), ("Mu\u0308ller", "Mueller"), ("MÜLLER", "mueller")],
)  # fmt: skip
def test_one_spelling_finds_the_other(written: str, asked: str) -> None:
    assert set(spellings(asked)) & set(findable(written).split())


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Feuer", "für"),
        ("neue", "neu."),
        ("teuer", "Tür"),
        ("Steuer", "Stur"),
        ("Schuhe", "Schuh"),
        ("shoe", "sho"),
        ("Quelle", "qulle"),
    ],
)
def test_an_e_that_belongs_to_the_word_is_no_umlaut(written: str, asked: str) -> None:
    assert not set(spellings(asked)) & set(findable(written).split())


@pytest.mark.parametrize(
    ("asked", "written"),
    [("Muller", "mueller"), ("Gothe", "goethe"), ("Bauerin", "baeuerin"), ("Ole", "oele"), ("Mullerstrasse", "muellerstrasse")],
)
def test_a_word_without_its_dots_may_have_been_written_with_an_e(asked: str, written: str) -> None:
    assert written in guesses(asked)


@pytest.mark.parametrize("word", ["Feuer", "Quelle", "neu", "Mueller", "an", "", "4711"])
def test_where_no_umlaut_can_be_none_is_guessed(word: str) -> None:
    assert guesses(word) == ()


@pytest.mark.parametrize("text", ["ue" * 60_000, "ü" * 110_000, "a\u0308" * 60_000, "müe " * 30_000, "\u0345" * 110_000])
def test_no_text_takes_long(text: str) -> None:
    begun = time.perf_counter()
    findable(text)
    assert time.perf_counter() - begun < 1
