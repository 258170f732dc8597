"""What is typed into the search box, and how it is understood."""

from __future__ import annotations

import time
from datetime import date

import pytest

from helpdesk.policies.search_days import day
from helpdesk.policies.search_syntax import fts5, pairs, tsquery, tsquery_anywhere, tsquery_looked_up
from helpdesk.policies.search_words import Asked, Limit, read

TODAY = date(2026, 11, 4)  # a Wednesday


def _plain(asked: Asked) -> list[str]:
    """Each of the words in short: «-from:anna», quoted where whole."""
    shown = []
    for one in asked.words:
        said = f'"{one.said}"' if one.exact else one.said
        shown.append(("-" if one.negated else "") + (f"{one.column}:" if one.column else "") + said)
    return shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Rechnung Mahnung", ["Rechnung", "Mahnung"]),
        ('"nicht bezahlt" Rechnung', ['"nicht bezahlt"', "Rechnung"]),
        ("„nicht bezahlt“ «so»", ['"nicht bezahlt"', '"so"']),
        ('"nie geschlossen', ['"nie geschlossen"']),
        ("-Rechnung -\"zwei Worte\"", ["-Rechnung", '-"zwei Worte"']),
        ("from:anna to:bob von:Müller an:carl", ["sender:anna", "recipients:bob", "sender:Müller", "recipients:carl"]),
        ('from:"Anna Müller"', ['sender:"Anna Müller"']),
        ("from: anna Drucker", ["sender:anna", "Drucker"]),
        ("-from:anna", ["-sender:anna"]),
        ("file:rechnung.pdf", ["files:rechnung.pdf"]),
        ("anna@customer.example", ["anna@customer.example"]),
        ("Betreff:Test http://x", ["betreff:Test", "http://x"]),
        ("12:30", ["12:30"]),
        ("- : \" ' % * ( ) -- \x00", []),
    ],
)  # fmt: skip
def test_words_phrases_and_where_they_stand(typed: str, words: list[str]) -> None:
    assert _plain(read(typed, TODAY)) == words


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("state:open", "state", "open"), ("status:gelöst", "state", "resolved"), ("is:neu", "state", "new"),
        ("tag:Straßenbau", "tag", "Straßenbau"), ('team:"Erste Hilfe"', "team", "Erste Hilfe"), ("who:me", "assignee", "me"),
        ("wer:niemand", "assignee", "niemand"), ("assignee:bob", "assignee", "bob"), ("has:file", "file", ""), ("hat:Anhang", "file", ""),
        ("before:2026-11-01", "before", "2026-11-01"), ("vor:1.11.2026", "before", "2026-11-01"), ("after:gestern", "after", "2026-11-03"),
        ('nach: "1.11."', "after", "2026-11-01"),
    ],
)  # fmt: skip
def test_operators_in_both_languages(typed: str, kind: str, value: str) -> None:
    assert read(typed, TODAY) == Asked((), (Limit(kind, value),))  # type: ignore[arg-type]


def test_an_operator_whose_value_makes_no_sense_is_words_and_that_is_said() -> None:
    asked = read("state:purple vor:niemals has:cake -state:new", TODAY)
    assert asked.unread == ("state:purple", "vor:niemals", "has:cake")
    assert _plain(asked) == ["state:purple", "vor:niemals", "has:cake"]
    assert asked.limits == (Limit("state", "new", negated=True),)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-01", "2026-11-01"), ("1.11.2026", "2026-11-01"), ("01.11.26", "2026-11-01"), ("1/11/2026", "2026-11-01"),
        ("1.11.", "2026-11-01"), ("24.12.", "2025-12-24"), ("2026-10", "2026-10-01"), ("10/2026", "2026-10-01"), ("2025", "2025-01-01"),
        ("today", "2026-11-04"), ("Gestern", "2026-11-03"), ("vorgestern", "2026-11-02"), ("Montag", "2026-11-02"), ("wed", "2026-11-04"),
        ("31.2.2026", None), ("29.2.", None), ("0000-01-01", None), ("soon", None), ("", None), ("١.١.٢٠٢٦", None),
    ],
)  # fmt: skip
def test_days_as_people_write_them(text: str, meant: str | None) -> None:
    assert day(text, TODAY) == (date.fromisoformat(meant) if meant else None)


def test_both_databases_are_asked_the_same() -> None:
    asked = read('Mueller "an der" -from:bob x', TODAY)
    assert fts5(asked.wanted, asked.unwanted) == (
        '({body files} : ("mueller" * OR "muller") AND {body files} : ("an der") AND {body files} : ("x")) NOT ({sender} : ("bob" *))'
    )
    assert tsquery(asked.wanted, asked.unwanted) == (
        "(('mueller':*CD) | ('muller':CD)) & (('an':CD <-> 'der':CD)) & (('x':CD)) & !((('bob':*A)))"
    )


@pytest.mark.parametrize(
    ("typed", "looked_up"),
    [
        ("rechnung", "(('rechnung':*CD))"),
        ("mike@here.exi", ""),
        ("kit.exi", "(('kit':CD <-> 'exi':*CD))"),
        ('"an der"', ""),
        ('rechnung "an der"', "(('rechnung':*CD))"),
        ("auftrag 4711001/3", "(('4711001':CD <-> '3':CD))"),
        ("rechnung 2026", "(('rechnung':*CD)) & (('2026':CD))"),
    ],
)
def test_an_index_is_asked_for_what_leads_to_few_messages(typed: str, looked_up: str) -> None:
    assert tsquery_looked_up(read(typed, TODAY).wanted) == looked_up


@pytest.mark.parametrize(
    ("typed", "anywhere"),
    [
        ("rechnung", "('rechnung':*)"),
        ('"an der"', "('an' & 'der')"),
        ("Mueller", "('mueller':*) | ('muller')"),
        ("from:kit.exi", "('kit' & 'exi':*)"),
    ],
)
def test_a_message_that_lacks_words_is_known_by_its_list_of_words(typed: str, anywhere: str) -> None:
    assert tsquery_anywhere(read(typed, TODAY).words[0]) == anywhere


def test_of_words_that_stand_side_by_side_an_index_is_asked_for_each_two_in_all_spellings() -> None:
    def asked(typed: str) -> list[list[str]]:
        return pairs(read(typed, TODAY).wanted)

    assert asked("an der") == asked("kit.exi") == asked("auftrag 4711001/3") == []
    assert asked('"an der"') == asked("an.der.rast") == [["an der"]]  # where the last word may be a beginning, it says nothing
    assert asked('x "zu dem Fest"') == [["zu dem"], ["dem fest"]]
    assert asked('"Frau Müller"') == [["frau muller", "frau mueller", "fraeu muller", "fraeu mueller"]]
    assert sorted(asked('"Frau Müller"')[0]) == sorted(asked('"Frau Mueller"')[0]) == sorted(asked('"Frau Muller"')[0])


@pytest.mark.parametrize(
    "typed",
    ["a:" * 5000, '"' * 5001, "-" * 5000, "müe " * 3000, "x" * 100_000, "from:" * 3000, "( \" OR NEAR/" * 900, "\u0345" * 5000, "1.1." * 4000],
)  # fmt: skip
def test_nothing_that_is_typed_takes_long_or_asks_for_more_than_a_person_would(typed: str) -> None:
    begun = time.perf_counter()
    asked = read(typed, TODAY)
    assert time.perf_counter() - begun < 0.2
    assert sum(len(one.spelled) for one in asked.words) <= 12
    assert len(fts5(asked.words)) < 5000
