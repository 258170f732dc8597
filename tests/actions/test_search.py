"""Search, on SQLite and on PostgreSQL: both find the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from helpdesk.actions import agents, cases, desks, entries, people, tags
from helpdesk.actions.entries import Incoming, Upload
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Desk
from helpdesk.queries import people as find_people
from helpdesk.queries import search

WRITERS = (
    # subject, name, address, text, file
    ("Rechnung 47-11", "Jörg Müller", "jm@post.example", "Die Rechnung ist falsch, sagt Frau Goethe aus der Hauptstraße.", "Rechnung_2026-10.pdf"),
    ("Invoice", "Joerg Mueller", "joerg@mail.example", "Rechnung bezahlt ist nicht die Frage. 1e5 mp3 4a §12", ""),
    ("Feuer", "J. Muller", "muller@mail.example", "Es brennt, und das für immer. Café Łódź", "Foto vom Brand.jpg"),
    ("Quer", "René Åkerlund", "rene@sub.mail.example", "Neuer Zähler_stand: 100%, <b>fett</b>. Auftrag 4711001/3", ""),
)  # fmt: skip


@pytest.fixture()
def session(each_database: Database, monday: datetime) -> Iterator[Session]:
    """Four cases of four people who write nearly the same, one of them answered, assigned and solved, each a day older."""
    with each_database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        desk = session.query(Desk).one()
        bob = agents.create(session, "bob@example.org", "Bob Builder", role="agent", now=monday)
        for days, (subject, name, address, text, file) in enumerate(WRITERS):
            now = monday - timedelta(days=days)
            person = people.known(session, address, name, now=now)
            case = cases.open_case(session, desk, person, subject, now=now)
            files = [Upload(file, "application/pdf", b"x")] if file else []
            mail = Incoming(name, text, text, sender=address, files=files, message_id=f"<{days}@post.example>", subject=subject)
            entries.receive(session, case, mail, person=person, counts=True, now=now)
            if days == 1:
                entries.reply(session, case, "Danke, das *stimmt* so.", agent=bob, now=now, then_resolve=True)
        tags.add(session, session.get_one(Case, 1003), "Straßenbau", agent=bob, now=monday)
        yield session


FOUND: dict[str, set[int]] = {"Müller": {1001, 1002, 1003}, "mueller": {1001, 1002, 1003}, "MULLER": {1001, 1002, 1003}, "mül": {1001, 1002, 1003},
        "mue": {1001, 1002}, "Jörg": {1001, 1002}, "Joerg Mueller": {1001, 1002}, "für": {1003}, "Göthe": {1001}, "Goethe": {1001},
        "Hauptstrasse": {1001}, "Lodz cafe": {1003}, "Aakerlund": {1004}, "akerlund": {1004}, "Rene": {1004}, "neuer": {1004},
        "Rechnung": {1001, 1002}, "rech": {1001, 1002}, "re": set(), '"rech"': set(), "Rechnung falsch": {1001},
        '"Rechnung ist"': {1001}, '"Rechnung bezahlt"': {1002}, '"ist Rechnung"': set(), '"Joerg Müller"': {1001, 1002},
        '"Muller Joerg"': {1002}, '"MULLER jorg"': {1002}, "muller-joerg": {1002}, '"Muller Rene"': set(),
        "Rechnung -falsch": {1002}, "-Rechnung": {1003, 1004}, "-from:müller": {1004}, "Rechnung -stimmt": {1001},
        '-"Rechnung ist"': {1002, 1003, 1004}, '-"ist Rechnung"': {1001, 1002, 1003, 1004}, "-rech": {1003, 1004}, '-"rech"': {1001, 1002, 1003, 1004},
        '-"Müller Jörg"': {1001, 1003, 1004}, "-Muller": {1004}, "-goethe": {1002, 1003, 1004}, "-4711001": {1001, 1002, 1003}, "-1e5": {1001, 1003, 1004},
        "-file:brand": {1001, 1002, 1004}, "-foto -zähler_stand": {1001, 1002},
        '"bezahlt ist nicht die"': {1002}, '"bezahlt nicht"': set(), 'rechnung "nicht die"': {1002}, 'xy "nicht die"': set(), '"Foto vom"': {1003},
        'file:"foto vom brand"': {1003}, 'from:"bob builder"': {1002}, '"nicht die" -frage': set(), '"mail.example"': {1002, 1003, 1004},
        "Auftrag 4711001/3": {1004}, "auf 4711001": {1004}, "Rechnung 4711001": set(), "4711001 -fett": set(), "from:rene 4711001": {1004},
        "47-11": {1001}, "1e5 mp3": {1002}, "4a": {1002}, "12": {1002}, "100%": {1004}, "zähler_stand": {1004},
        "jm@post.example": {1001}, "mail.example": {1002, 1003, 1004}, "sub.mail.example": {1004}, "from:mail.example": {1002, 1003, 1004},
        "from:bob": {1002}, "to:joerg": {1002}, "an:help@example.org": {1001, 1002, 1003, 1004}, "from:bob to:joerg danke": {1002},
        "rechnung_2026-10.pdf": {1001}, "file:foto": {1003}, "has:file": {1001, 1003}, "-hat:anhang": {1002, 1004}, "has:file from:muller": {1001, 1003},
        "state:resolved": {1002}, "state:new": {1001, 1003, 1004}, "-state:new": {1002}, "state:resolved state:new": {1001, 1002, 1003, 1004},
        "Rechnung state:new": {1001}, "who:bob": {1002}, "assignee:nobody": {1001, 1003, 1004}, "wer:ich": {1002}, "wer:carla": set(),
        "-wer:bob": {1001, 1003, 1004}, "team:x": set(), "tag:strassenbau": {1003}, "-tag:Straßenbau": {1001, 1002, 1004}, "strassenbau": {1003},
        "after:gestern": {1001, 1002, 1003}, "before:gestern": {1003, 1004}, "mueller after:gestern": {1001, 1002}, "mueller vor:1.11.2026": {1003},
        "-after:gestern": {1004}, "1003": {1003}, "state:purple": set(), "": set(), "'\" -": set(),}  # fmt: skip


def test_what_is_typed_finds_these_cases(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = _bob(session)
    for few in (search.FEW, -1):  # the words are read, or the index is asked
        monkeypatch.setattr(search, "FEW", few)
        found = {typed: {hit.number for hit in search.find(session, bob, search.read(session, typed)).hits} for typed in FOUND}
        assert found == FOUND


def test_the_newest_message_comes_first_and_leads_to_where_the_words_stand(session: Session, monday: datetime) -> None:
    bob = _bob(session)
    late = entries.note(session, session.get_one(Case, 1004), "Rechnung?", agent=bob, now=monday)
    hits = search.find(session, bob, search.read(session, "Rechnung")).hits
    assert [hit.number for hit in hits] == [1004, 1002, 1001]
    assert hits[0].entry_id == late.id


def test_common_words_are_read_in_the_newest_messages_and_find_the_same(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = _bob(session)

    def found() -> list[tuple[search.Hit, ...]]:
        return [search.find(session, bob, search.read(session, typed)).hits for typed in FOUND]

    for most in (0, 1, 2, 3):
        monkeypatch.setattr(search, "MOST", most)
        monkeypatch.setattr(search, "NEAR", 0)
        by_index = found()
        monkeypatch.setattr(search, "NEAR", 1000)
        assert found() == by_index


def test_no_more_messages_are_looked_for_than_are_asked_for_and_that_is_said(session: Session) -> None:
    bob = _bob(session)
    for typed in ("mueller", "mueller -quer", "-quer", "mueller state:new"):
        asked = search.read(session, typed)
        whole = search.find(session, bob, asked)
        assert not whole.more
        for most in range(1, 5):
            found = search.find(session, bob, asked, most=most)
            assert found.hits == whole.hits[: len(found.hits)]
            assert found.more == (len(found.hits) < len(whole.hits))


def test_sqlite_reads_common_words_instead_of_gathering_them(session: Session) -> None:
    last = {
        typed: search._since(session, _bob(session), search.read(session, typed), most=1)
        for typed in ("rechnung", "rech", '"rechnung"', "feuer")
    }
    common = last.pop("rechnung")
    assert (common is not None) == (session.get_bind().dialect.name == "sqlite")
    assert set(last.values()) == {None}


NAMED: dict[str, int | None] = {"1002": 1002, " #1002 ": 1002, "lh-1002": 1002, "LH 1002": 1002, "<2@post.example>": 1003, "2@post.example": 1003,
     "9999": None, "LH-9999": None, "XY-1002": None, "9@post.example": None, "0": None, "99999999999999999999": None}  # fmt: skip


def test_a_case_is_named_by_number_reference_or_message_id(session: Session) -> None:
    session.query(Desk).one().reference = "LH-{number}"
    session.flush()
    found = {typed: search.meant(session, _bob(session), typed) for typed in NAMED}
    assert {typed: hit.number if hit else None for typed, hit in found.items()} == NAMED


def test_a_confidential_case_is_not_found_by_others(session: Session, monday: datetime) -> None:
    carol = agents.create(session, "carol@example.org", "Carol", role="agent", now=monday)
    session.get_one(Case, 1001).confidential = True
    session.flush()
    for typed in ("Rechnung", "Rechnung -xylophon", "state:new", "jm@post.example"):
        assert 1001 not in {hit.number for hit in search.find(session, carol, search.read(session, typed)).hits}
    for typed in ("1001", "<0@post.example>"):
        assert search.meant(session, carol, typed) is None


HOSTILE = [
    "' OR 1=1 --",
    '" NEAR(a b)',
    "a* OR b",
    "{body}:x",
    "%",
    "_",
    "\\",
    "a:*B & !b",
    "x" * 400,
    "') | ('a:*",
    "-a -b",
    "\x00",
]


def test_nothing_that_is_typed_is_syntax_of_a_database(session: Session) -> None:
    for typed in HOSTILE:
        assert not search.find(session, _bob(session), search.read(session, typed)).broken_off


def test_a_question_that_takes_too_long_is_broken_off(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) SELECT i, i FROM n WHERE i < 0"
    monkeypatch.setattr(search, "_messages", lambda *_, **_since: text(slow))
    monkeypatch.setattr(search, "PATIENCE", 0.1)
    begun = time.perf_counter()
    found = search.find(session, _bob(session), search.read(session, "Rechnung"))
    assert found.broken_off
    assert time.perf_counter() - begun < 2
    assert session.get(Case, 1001) is not None


def _bob(session: Session) -> Agent:
    found = find_people.agent_by_email(session, "bob@example.org")
    assert found is not None
    return found
