"""An answer on its way out of the house: at its time, planned, stopped; and drafts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import deliveries, drafts, entries, sending
from helpdesk.actions.entries import Incoming, Upload
from helpdesk.models import Agent, Case, Draft, DraftFile, Entry, Event, Job, Notice, OutboxMail, Person
from helpdesk.queries import drafts as find

SOON = timedelta(seconds=10)
HOUR = timedelta(hours=1)


@pytest.fixture()
def asked(session: Session, case: Case, anna: Person, monday: datetime) -> Case:
    """Anna's case, with her mail in it."""
    entries.receive(session, case, Incoming("Anna", "Fire", "Fire"), person=anna, counts=True, now=monday - HOUR)
    return case


def send(session: Session, case: Case, bob: Agent, now: datetime, **more: object) -> Entry:
    return sending.send(session, case, "Use the stairs", agent=bob, now=now, undo=SOON, **more)  # type: ignore[arg-type]


def test_an_answer_leaves_at_its_time_and_not_before(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    send(session, asked, bob, monday)
    assert claim(session, monday + SOON - timedelta(seconds=1)) == 0
    assert claim(session, monday + SOON) == 1


def test_the_doorbell_of_an_answer_that_waits_hastens_nothing(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    send(session, asked, bob, monday)
    session.flush()
    orders = session.scalars(select(Job).where(Job.kind == "outbox.deliver")).all()
    assert [(job.run_at, job.dedupe) for job in orders] == [(monday + SOON, None)]


# ── planned ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def planned(session: Session, case: Case, bob: Agent, now: datetime, **more: object) -> Draft:
    draft = drafts.keep(session, case, bob, "answer", "Tomorrow, then", key="k", now=now, **more)  # type: ignore[arg-type]
    assert draft is not None
    drafts.plan(session, case, draft, now + HOUR, then_resolve=False, now=now)
    session.flush()
    return draft


def test_a_planned_answer_moves_nothing_before_its_time_and_leaves_then(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    draft = planned(session, asked, bob, monday, files=[Upload("plan.pdf", "application/pdf", b"%PDF")])
    assert (asked.state, asked.waiting_since) == ("new", monday - HOUR)
    assert find.writing(session, asked, bob) is None
    early = monday + HOUR - timedelta(seconds=1)
    assert find.due(session, early) == []
    assert not sending.send_planned(session, draft.id, now=early)
    assert find.due(session, monday + HOUR) == [draft.id]
    assert sending.send_planned(session, draft.id, now=monday + HOUR)
    (entry,) = session.scalars(select(Entry).where(Entry.kind == "mail-out"))
    assert (entry.text, entry.at, entry.agent, [f.name for f in entry.attachments]) == (
        "Tomorrow, then",
        monday + HOUR,
        bob,
        ["plan.pdf"],
    )
    assert asked.state == "waiting"
    assert session.scalars(select(Draft)).all() == []
    assert session.scalars(select(DraftFile)).all() == []
    assert not sending.send_planned(session, draft.id, now=monday + HOUR)


def test_their_mail_stops_a_planned_answer_and_tells_its_author(
    session: Session, asked: Case, anna: Person, bob: Agent, monday: datetime
) -> None:
    draft = planned(session, asked, bob, monday)
    entries.receive(session, asked, Incoming("Anna", "Never mind", "Never mind"), person=anna, counts=True, now=monday)
    assert find.due(session, monday) == [draft.id]
    assert not sending.send_planned(session, draft.id, now=monday)
    assert draft.stopped == "news"
    assert [row.recipient for row in session.scalars(select(OutboxMail))] == ["bob@example.org"]
    assert session.scalars(select(Notice.kind)).all() == ["returned"]
    assert not sending.send_planned(session, draft.id, now=monday + HOUR)
    assert find.due(session, monday + HOUR) == []
    assert session.scalars(select(Event.deed).order_by(Event.id.desc())).first() == "answer-stopped"


def test_an_answer_by_somebody_who_left_stays_in_the_house(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    draft = planned(session, asked, bob, monday)
    bob.active = False
    assert not sending.send_planned(session, draft.id, now=monday + HOUR)
    assert draft.stopped == "gone"


def test_what_does_not_matter_to_an_answer_lets_it_go(
    session: Session, asked: Case, anna: Person, bob: Agent, monday: datetime
) -> None:
    draft = planned(session, asked, bob, monday)
    away = Incoming("Anna", "I am away", "I am away", flags=["automatic"])
    entries.receive(session, asked, away, person=anna, counts=False, now=monday)
    assert not sending.send_planned(session, draft.id, now=monday)
    assert find.due(session, monday) == []
    assert sending.send_planned(session, draft.id, now=monday + HOUR)


def test_a_planned_answer_is_a_draft_again_by_a_click(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    draft = planned(session, asked, bob, monday)
    drafts.unplan(session, asked, draft, agent=bob, now=monday)
    assert find.writing(session, asked, bob) is draft
    assert find.due(session, monday + HOUR) == []


def test_an_answer_cannot_be_planned_for_what_is_past(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    draft = drafts.keep(session, asked, bob, "answer", "x", key="k", now=monday)
    assert draft is not None
    with pytest.raises(drafts.NotInTime):
        drafts.plan(session, asked, draft, monday, then_resolve=False, now=monday)


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_kept_changed_and_ends_when_nothing_is_left(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    first = drafts.keep(session, asked, bob, "answer", "Half", key="k", now=monday, files=[Upload("a.txt", "text/plain", b"a")])
    assert first is not None
    later = monday + HOUR
    again = drafts.keep(session, asked, bob, "note", "Whole", key="k", now=later, known=monday, without=[first.files[0].id])
    assert again is first
    assert (first.kind, first.text, first.files) == ("note", "Whole", [])
    assert drafts.keep(session, asked, bob, "note", " ", key="k", now=later, known=later) is None
    assert find.writing(session, asked, bob) is None


def test_a_window_that_knows_an_older_draft_overwrites_nothing(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    drafts.keep(session, asked, bob, "answer", "New", key="k", now=monday + HOUR)
    for known in (None, monday):
        with pytest.raises(drafts.Outdated):
            drafts.keep(session, asked, bob, "answer", "Old", key="k", now=monday + HOUR, known=known)


def test_a_save_that_comes_after_the_answer_brings_nothing_back(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    entries.reply(session, asked, "Sent", agent=bob, now=monday, idempotency_key="k")
    with pytest.raises(drafts.AlreadySent):
        drafts.keep(session, asked, bob, "answer", "Sent", key="k", now=monday)


def test_what_was_discarded_comes_back_for_a_day(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    draft = drafts.keep(session, asked, bob, "answer", "Half", key="k", now=monday)
    assert draft is not None
    drafts.discard(session, draft, now=monday)
    assert find.writing(session, asked, bob) is None
    drafts.forget_old(session, now=monday + timedelta(days=1))
    assert drafts.restore(session, asked, bob, now=monday) is draft
    drafts.discard(session, draft, now=monday)
    drafts.forget_old(session, now=monday + timedelta(days=1, seconds=1))
    session.flush()
    assert drafts.restore(session, asked, bob, now=monday) is None


def claim(session: Session, now: datetime) -> int:
    rows = deliveries.claim_due(session, now=now, real_now=now, worker="w", lease=timedelta(minutes=1), limit=9)
    session.flush()
    return len(rows)
