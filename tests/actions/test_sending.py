"""An answer on its way out of the house: taken back, planned, stopped."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, agents, cases, deliveries, drafts, entries, people, sending
from helpdesk.actions.entries import Incoming, Nobody, Upload
from helpdesk.models import Agent, Case, Draft, DraftFile, Entry, Event, Job, Notice, OutboxMail, Person, Recall, ReplyAddress
from helpdesk.queries import books
from helpdesk.queries import drafts as find

SOON = timedelta(seconds=10)
HOUR = timedelta(hours=1)


@pytest.fixture()
def asked(session: Session, case: Case, anna: Person, monday: datetime) -> Case:
    """Anna's case, with her mail in it."""
    entries.receive(session, case, Incoming("Anna", "Fire", "Fire"), person=anna, counts=True, now=monday - HOUR)
    return case


def look(session: Session, case: Case) -> tuple[object, ...]:
    session.flush()
    session.expire_all()
    doors = session.scalars(select(ReplyAddress).where(ReplyAddress.purpose == "reply").order_by(ReplyAddress.id))
    return (
        case.state, case.waiting_since, case.resolved_at, case.assignee_id, case.last_words,
        [(row.id, row.expires_at, row.expired_at, row.revoked_at) for row in doors],
        session.scalars(select(Entry.id)).all(), session.scalars(select(OutboxMail.id)).all(),
        session.scalars(select(ReplyAddress.id).where(ReplyAddress.purpose == "report")).all(),
    )  # fmt: skip


def send(session: Session, case: Case, bob: Agent, now: datetime, **more: object) -> Entry:
    return sending.send(session, case, "Use the stairs", agent=bob, now=now, undo=SOON, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("then_resolve", [False, True])
def test_an_answer_that_is_taken_back_was_never_there(
    session: Session, asked: Case, bob: Agent, monday: datetime, then_resolve: bool
) -> None:
    before, events = look(session, asked), session.scalars(select(Event.id)).all()
    entry = send(session, asked, bob, monday, then_resolve=then_resolve, files=[Upload("plan.pdf", "application/pdf", b"%PDF")])
    assert entry.deliveries[0].due_at == monday + SOON
    assert asked.state == ("resolved" if then_resolve else "waiting")
    draft = sending.take_back(session, asked, entry, agent=bob, now=monday)
    assert (draft.state, draft.kind, draft.text, [file.name for file in draft.files]) == (
        "writing",
        "answer",
        "Use the stairs",
        ["plan.pdf"],
    )
    assert look(session, asked) == before
    stays = session.scalars(select(Event.deed).where(Event.id.not_in(events))).all()
    assert stays == ["answer-taken-back"]
    assert session.scalars(select(Recall)).all() == []
    assert list(books.problems(session)) == []


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


def test_what_the_sender_has_taken_up_is_not_taken_back(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    entry = send(session, asked, bob, monday)
    claim(session, monday + SOON)
    with pytest.raises(sending.TooLate):
        sending.take_back(session, asked, entry, agent=bob, now=monday + SOON)
    deliveries.sent(session, entry.deliveries[0], "250", now=monday + SOON)
    with pytest.raises(sending.TooLate):
        sending.take_back(session, asked, entry, agent=bob, now=monday + SOON)
    assert asked.state == "waiting"


def test_only_its_author_takes_an_answer_back(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    dana = agents.create(session, "dana@example.org", "Dana", role="agent", now=monday)
    entry = send(session, asked, bob, monday)
    with pytest.raises(sending.TooLate):
        sending.take_back(session, asked, entry, agent=dana, now=monday)


def test_an_answer_that_left_at_once_cannot_be_taken_back(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    entry = sending.send(session, asked, "At once", agent=bob, now=monday)
    assert entry.deliveries[0].due_at == monday
    with pytest.raises(sending.TooLate):
        sending.take_back(session, asked, entry, agent=bob, now=monday)


def test_what_was_begun_meanwhile_stands_below_what_comes_back(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    entry = send(session, asked, bob, monday)
    drafts.keep(session, asked, bob, "answer", "And the bucket", key="k2", now=monday)
    assert sending.take_back(session, asked, entry, agent=bob, now=monday).text == "Use the stairs\n\nAnd the bucket"
    assert len(find.mine(session, bob)) == 1


def test_words_for_colleagues_never_become_part_of_an_answer(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    entry = send(session, asked, bob, monday)
    drafts.keep(session, asked, bob, "note", "She is difficult", key="k2", now=monday)
    assert sending.take_back(session, asked, entry, agent=bob, now=monday).kind == "note"


def test_a_later_answer_keeps_the_case_as_it_left_it(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    first = send(session, asked, bob, monday)
    entries.reply(session, asked, "And the bucket", agent=bob, now=monday)
    sending.take_back(session, asked, first, agent=bob, now=monday)
    assert (asked.state, asked.waiting_since, asked.last_words) == ("waiting", None, "And the bucket")


def test_their_mail_that_came_meanwhile_stays_and_waits(
    session: Session, asked: Case, anna: Person, bob: Agent, monday: datetime
) -> None:
    entry = send(session, asked, bob, monday)
    entries.receive(session, asked, Incoming("Anna", "Still", "Still"), person=anna, counts=True, now=monday)
    sending.take_back(session, asked, entry, agent=bob, now=monday)
    assert (asked.state, asked.waiting_since, asked.last_words) == ("new", monday - HOUR, "Still")


def test_an_address_that_was_made_for_the_answer_leads_nowhere(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    (old,) = asked.participants[0].addresses
    addresses.revoke(session, old, agent=bob, now=monday)
    entry = send(session, asked, bob, monday)
    sending.take_back(session, asked, entry, agent=bob, now=monday)
    assert all(row.revoked_at for row in session.scalars(select(ReplyAddress).where(ReplyAddress.purpose == "reply")))


def test_who_is_left_out_gets_nothing_and_that_is_recorded(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    carl = people.known(session, "carl@customer.example", "Carl", now=monday)
    left = cases.add_participant(session, asked, carl, now=monday)
    entry = send(session, asked, bob, monday, left_out=[left.id])
    assert [row.recipient for row in entry.deliveries] == ["anna@customer.example"]
    (event,) = session.scalars(select(Event).where(Event.deed == "replied"))
    assert event.after == {"left_out": ["Carl"]}
    assert sending.take_back(session, asked, entry, agent=bob, now=monday).left_out == [left.id]
    with pytest.raises(Nobody):
        send(session, asked, bob, monday, left_out=[participant.id for participant in asked.participants])


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
