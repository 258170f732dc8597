"""Marks of friction and praise: only by a person, once, at a customer's words; told to whom it praises; taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import cases, entries, friction, measuring, merging, spam, undo
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Case, Entry, Friction, Measure, Notice, OutboxMail, Person
from helpdesk.queries import friction as find

HOUR = timedelta(hours=1)


@pytest.fixture()
def letter(session: Session, case: Case, anna: Person, monday: datetime) -> Entry:
    return writes(session, case, "I already told you. Dana was very kind.", monday)


def writes(session: Session, case: Case, text: str, at: datetime, **more) -> Entry:
    return entries.receive(
        session, case, entries.Incoming("Anna", text, text, **more), person=case.requester, counts=True, now=at
    )


def hurts(session: Session, now: datetime) -> Sequence[Measure]:
    """The marks as reports count them."""
    session.flush()
    measuring.measure(session, session.scalars(select(Case.number)).all(), now=now)
    return session.scalars(select(Measure).where(Measure.kind.startswith("mark-")).order_by(Measure.id)).all()


def test_a_mark_stands_once_and_is_told_in_the_story(session, case, letter, bob, monday) -> None:
    event = friction.mark(session, case, letter, "repeated", agent=bob, now=monday)
    assert event is not None
    assert event.after == {"kind": "repeated", "author": "Anna", "name": None}
    assert friction.mark(session, case, letter, "repeated", agent=bob, now=monday) is None
    friction.mark(session, case, letter, "waited", agent=bob, now=monday)
    assert [row.kind for row in find.at_entries(session, [letter.id])[letter.id]] == ["repeated", "waited"]
    for nonsense in ("angry", ""):
        with pytest.raises(NotUsable):
            friction.mark(session, case, letter, nonsense, agent=bob, now=monday)
    with pytest.raises(NotUsable):
        friction.mark(session, case, letter, "rude", agent=bob, praised=bob, now=monday)


def test_only_a_customers_own_words_are_marked(session, case, letter, bob, monday) -> None:
    note = entries.note(session, case, "They waited", agent=bob, now=monday)
    machine = writes(session, case, "I am away", monday, flags=("automatic",))
    for entry in (note, machine):
        with pytest.raises(NotPermitted):
            friction.mark(session, case, entry, "waited", agent=bob, now=monday)


def test_whoever_is_praised_is_told_whatever_figures_are_wanted(session, case, letter, bob, dana, monday) -> None:
    event = friction.mark(session, case, letter, "praise", agent=bob, praised=dana, now=monday)
    (notice,) = session.scalars(select(Notice).where(Notice.kind == "praise")).all()
    assert (notice.agent, notice.entry, notice.seen_at) == (dana, letter, None)
    mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "notice")).one()
    assert (mail.recipient, mail.words["about"]) == ("dana@example.org", "praise")
    assert [one.kind for one in hurts(session, monday)] == ["mark-praise"]
    undo.take_back(session, case, event, agent=bob, now=monday + timedelta(seconds=5))
    session.expire_all()
    assert notice.seen_at is not None
    assert hurts(session, monday) == []


def test_what_was_marked_by_mistake_counts_no_more(session, case, letter, bob, monday) -> None:
    friction.mark(session, case, letter, "rude", agent=bob, now=monday)
    row = session.scalars(select(Friction)).one()
    for _ in range(2):
        friction.unmark(session, case, row, agent=bob, now=monday + HOUR)
    assert (find.at_entries(session, [letter.id]), hurts(session, monday)) == ({}, [])
    assert friction.mark(session, case, letter, "rude", agent=bob, now=monday + HOUR) is not None


def test_reports_get_each_mark_with_the_wait_in_which_it_was_written(session, case, letter, bob, monday) -> None:
    again = writes(session, case, "Still waiting", monday + 3 * HOUR)
    friction.mark(session, case, letter, "repeated", agent=bob, now=monday + 3 * HOUR)
    friction.mark(session, case, again, "waited", agent=bob, now=monday + 3 * HOUR)
    entries.reply(session, case, "Sorry", agent=bob, now=monday + 4 * HOUR)
    found = hurts(session, monday + 4 * HOUR)
    assert [(one.kind, one.at, one.value, one.working) for one in found] == [
        ("mark-repeated", monday, 4 * 3600, 4 * 3600), ("mark-waited", monday + 3 * HOUR, 4 * 3600, 4 * 3600),
    ]  # fmt: skip


def test_of_a_wait_that_goes_on_is_known_since_when(session, case, letter, bob, monday) -> None:
    friction.mark(session, case, letter, "waited", agent=bob, now=monday)
    (found,) = hurts(session, monday + HOUR)
    assert (found.value, found.began_at) == (None, monday)


def test_spam_and_secrets_are_in_no_sum_and_merged_cases_count_where_they_go_on(
    session, desk, case, letter, bob, anna, monday
) -> None:
    friction.mark(session, case, letter, "waited", agent=bob, now=monday)
    case.confidential = True
    assert [one.apart for one in hurts(session, monday)] == [True]
    case.confidential = False
    spam.mark(session, case, agent=bob, now=monday)
    assert hurts(session, monday) == []
    spam.unmark(session, case, agent=bob, now=monday)
    other = cases.open_case(session, desk, anna, "The same again", now=monday)
    merging.merge(session, case, other, agent=bob, now=monday)
    assert [one.case_number for one in hurts(session, monday)] == [other.number]
