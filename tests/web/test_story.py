"""How the events of a case become its timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from helpdesk.models import Agent, Entry, Event, Person
from helpdesk.present.passages import passages
from helpdesk.web.cases.items import Done, Folded, Said
from helpdesk.web.cases.sentences import _SENTENCES, sentence
from helpdesk.web.cases.story import open_doubts, tell

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
BOB = Agent(id=1, name="Bob", role="agent", active=True)
ANNA = Person(id=1, name="Anna", address="anna@customer.example")


@pytest.fixture(autouse=True)
def _request(app: Flask) -> object:
    with app.test_request_context("/"):
        yield


def happened(deed: str, number: int, minutes: int = 0, **values: object) -> Event:
    fields = {"before": {}, "after": {}, "thing": "", "case_number": 1001, **values}
    return Event(id=number, at=NOON + timedelta(minutes=minutes), deed=deed, **fields)


def said(
    kind: str, number: int, text: str = "Words", *, visible: str | None = None, flags: tuple[str, ...] = (), **values: object
) -> Event:
    entry = Entry(
        id=number, kind=kind, at=NOON, author="Anna", text=text, visible=visible or text, flags=list(flags), deliveries=[]
    )
    deed = {"mail-in": "received", "mail-out": "replied", "note": "noted", "system": "acknowledged"}[kind]
    return happened(deed, number, entry=entry, entry_id=number, **values)


def test_what_was_said_stands_out_and_what_was_done_is_a_line() -> None:
    items = tell(
        [said("mail-in", 1), happened("assigned", 2, agent=BOB, agent_id=1, after={"assignee": "Bob"}), said("note", 3)], {}
    )
    assert [type(item) for item in items] == [Said, Done, Said]
    assert [getattr(item, "look", "") for item in items] == ["in", "", "note"]


def test_more_than_six_events_in_a_row_fold_into_one_line() -> None:
    six = [happened("expired", n, after={"participant": "Anna"}) for n in range(6)]
    assert [type(item) for item in tell(six, {})] == [Done] * 6
    folded = tell([said("mail-in", 100), *six, happened("expired", 7), said("mail-in", 101)], {})
    assert [type(item) for item in folded] == [Said, Folded, Said]
    assert isinstance(folded[1], Folded)
    assert len(folded[1].lines) == 7


def test_an_address_that_comes_with_the_case_needs_no_line_of_its_own() -> None:
    events = [happened("opened", 1, person=ANNA), happened("address-issued", 2), happened("address-issued", 3, minutes=5)]
    assert [item.event.id for item in tell(events, {}) if isinstance(item, Done)] == [1, 3]


def test_an_answer_that_also_solved_the_case_is_one_entry() -> None:
    events = [
        said("mail-out", 1, agent=BOB, agent_id=1),
        happened("address-issued", 2),
        happened("resolved", 3, agent=BOB, agent_id=1),
        happened("reopened", 4, minutes=9, agent=BOB, agent_id=1),
        happened("resolved", 5, minutes=9, agent=BOB, agent_id=1),
    ]
    items = tell(events, {})
    assert isinstance(items[0], Said)
    assert items[0].solved
    assert [item.event.id for item in items[1:] if isinstance(item, Done)] == [2, 4, 5]


@pytest.mark.parametrize(
    ("text", "visible", "folds", "shown"),
    [
        ("New\n\n> Old one\n> Old two", "New", [[1, 4]], ["new New", "folded > Old one\n> Old two"]),
        ("> Old\nNew\n-- \nAnna", "New", [[0, 1], [2, 4]], ["folded > Old", "new New", "folded -- \nAnna"]),
        ("On Monday Bob wrote:\n> Q?\nYes", "> Q?\nYes", [[0, 1]], ["folded On Monday Bob wrote:", "asked Q?", "new Yes"]),
        ("> All\n>\n>> of it", "> All", [], ["new > All", "folded >\n>> of it"]),  # kept before there were folds
        ("New\n\n> Old one\n> Old two", "New", [], ["new New", "folded > Old one\n> Old two"]),
        ("> Question?\nYes\n> Other?\nNo", "Yes\nNo", [], ["new Yes\nNo", "folded > Question?\nYes\n> Other?\nNo"]),
        ("All new\n", "All new", [], ["new All new"]),
        ("", "", [], []),
    ],
)
def test_quoted_words_are_folded_where_they_stand(text: str, visible: str, folds: list[list[int]], shown: list[str]) -> None:
    assert [f"{passage.look} {passage.text}" for passage in passages(text, visible, folds)] == shown


def test_a_fold_says_how_many_lines_of_words_it_holds() -> None:
    event = said("mail-in", 1, "New\n\n> Old <b>one</b>\n>\n> Old two", visible="New")
    assert event.entry is not None
    event.entry.folds = [[1, 5]]
    (item,) = tell([event], {})
    assert isinstance(item, Said)
    assert [(passage.look, passage.lines) for passage in item.passages] == [("new", 1), ("folded", 2)]
    assert "&lt;b&gt;one" in str(item.passages[1].words)


@pytest.mark.parametrize(
    ("fold", "is_signature", "lines"),
    [
        ("-- \nAnna\n3 Birch Way", True, 2),
        ("—\nAnna", True, 1),
        ("-- \nAnna\n\n> Old words", False, 2),
        ("> Old words", False, 1),
        ("On Monday Bob wrote:", False, 1),
    ],
)
def test_a_fold_that_is_nothing_but_a_signature_says_so(fold: str, is_signature: bool, lines: int) -> None:
    (_new, folded) = passages(f"New\n\n{fold}", "New", [[1, 20]])
    assert (folded.is_signature, folded.lines) == (is_signature, lines)


def test_whom_one_mail_proposed_is_one_line() -> None:
    people = ("Ina", "Max", "Eve")
    events = [happened("proposed", n, after={"by": "Anna", "name": name}) for n, name in enumerate(people, 1)]
    later = happened("proposed", 9, minutes=5, after={"by": "Anna", "name": "Carl"})
    assert [item.sentence.words for item in tell([*events, later], {}) if isinstance(item, Done)] == [
        "Anna also wrote to Ina, Max, and Eve, who do not take part",
        "Anna also wrote to Carl, who does not take part",
    ]


@pytest.mark.parametrize(
    ("flags", "look"),
    [((), "in"), (("unverified",), "in"), (("late",), "in"), (("stranger",), "suspect"), (("suspect",), "suspect"),
     (("automatic",), "automatic"), (("bounce",), "automatic")],
)  # fmt: skip
def test_doubtful_mail_and_machines_look_different(flags: tuple[str, ...], look: str) -> None:
    (item,) = tell([said("mail-in", 1, flags=flags)], {})
    assert isinstance(item, Said)
    assert item.look == look


def test_doubtful_mail_waits_for_a_decision_until_we_answer_or_its_sender_takes_part() -> None:
    before, answer, after = said("mail-in", 1, flags=("stranger",)), said("mail-out", 2), said("mail-in", 3, flags=("stranger",))
    items = tell([before, answer, after], {1: "eve@elsewhere.example", 3: "Eve@elsewhere.example"})
    assert [item.entry.id for item in open_doubts(items, frozenset())] == [3]
    assert open_doubts(items, frozenset(("eve@elsewhere.example",))) == []


def test_a_date_that_cannot_be_right_is_said() -> None:
    event = said("mail-in", 1)
    assert event.entry is not None
    event.entry.claimed_at = NOON - timedelta(days=2)
    (item,) = tell([event], {})
    assert isinstance(item, Said)
    assert item.misdated == NOON - timedelta(days=2)
    event.entry.claimed_at = NOON - timedelta(hours=5)
    assert item.misdated is None


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (happened("opened", 1, agent=BOB), "Bob opened the case"),
        (happened("opened", 1, person=ANNA, after={"desk": "Help desk"}), "Case opened at Help desk"),
        (happened("assigned", 1, agent=BOB, after={"assignee": "Bob"}), "Bob took the case"),
        (happened("assigned", 1, agent=BOB, after={"assignee": "Carol"}), "Bob gave the case to Carol"),
        (happened("assigned", 1, agent=BOB, after={"assignee": None}), "Bob put the case back: nobody has it"),
        (happened("assigned", 1, after={"assignee": "Carol"}), "The case went to Carol"),
        (happened("resolved", 1, agent=BOB), "Bob solved the case"),
        (happened("resolved", 1), "The desk solved the case"),
        (happened("reopened", 1, person=ANNA), "Anna wrote again, so the case is open again"),
        (happened("reopened", 1, agent=BOB), "Bob reopened the case"),
        (happened("undone", 1, agent=BOB, after={"undone": "resolved"}), "Bob took the solution back"),
        (happened("undone", 1, agent=BOB, after={"undone": "reopened"}), "Bob took the reopening back"),
        (
            happened("undone", 1, agent=BOB, after={"undone": "assigned", "assignee": None}),
            "Bob took that back: nobody has the case",
        ),
        (
            happened("undone", 1, agent=BOB, after={"undone": "assigned", "assignee": "Carol"}),
            "Bob took that back: Carol has the case",
        ),
        (happened("participant-added", 1, agent=BOB, after={"name": "Tom"}), "Bob let Tom take part"),
        (happened("address-issued", 1, after={"participant": "Anna"}), "Anna got a new reply address"),
        (happened("address-extended", 1, agent=BOB, after={"participant": "Anna"}), "Bob extended the reply address of Anna"),
        (happened("address-revoked", 1, agent=BOB, after={"participant": "Anna"}), "Bob withdrew the reply address of Anna"),
        (happened("expired", 1, after={"participant": "Anna"}), "The reply address of Anna expired"),
        (happened("address-retired", 1, after={"participant": "Anna"}), "The reply address of Anna was retired for good"),
        (happened("undeliverable", 1, after={"address": "a@b", "answer": "550 no"}), "a@b. The answer was: 550 no"),
        (
            happened(
                "undeliverable", 1, before={"state": "resolved"}, after={"address": "a@b", "answer": "550 no", "state": "open"}
            ),
            "a@b. The answer was: 550 no. It was our last answer, so the case is open again.",
        ),
        (
            happened("challenged", 1, after={"name": "Guard"}),
            "Guard asks for a proof that a human wrote our mail. Open their mail and decide.",
        ),
        (happened("complained-of", 1, after={"name": "Provider"}), "Provider says that our mail was reported as spam"),
        (happened("fact-pinned", 1, after={"name": "Order", "value": "88412"}), "The desk pinned: Order 88412"),
        (happened("fact-dropped", 1, before={"name": "Order", "value": "88412"}), "The desk removed the fact: Order 88412"),
        (happened("something-of-tomorrow", 1), "something of tomorrow"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_deed_is_a_sentence(event: Event, words: str) -> None:
    assert sentence(event).words == words


def test_a_link_names_the_other_case_and_which_came_first() -> None:
    assert sentence(happened("linked", 1, after={"number": 1000})) == sentence(happened("linked", 2, after={"number": 1000}))
    assert sentence(happened("linked", 1, after={"number": 1000})).words == "This case goes on from"
    assert sentence(happened("linked", 1, after={"number": 1002})).words == "The story goes on in"


def test_every_deed_that_an_action_does_to_a_case_has_a_sentence_or_an_entry() -> None:
    import re
    from pathlib import Path

    import helpdesk.actions

    folder = Path(helpdesk.actions.__file__).parent
    on_a_case = set()
    for file in folder.glob("*.py"):
        text = file.read_text()
        on_a_case |= set(re.findall(r'record\(session, "([a-z-]+)"[^)]*case=', text)) | set(
            re.findall(r'_tell\(session, "([a-z-]+)"', text)
        )
    with_words = {"received", "replied", "noted", "logged", "acknowledged", "copied"}
    assert {"resolved", "expired", "undeliverable"} <= on_a_case
    assert on_a_case - with_words <= set(_SENTENCES)
