"""An answer is taken back before anybody got it: of what it did only the record is left, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.actions import (
    absences,
    addresses,
    agents,
    cases,
    consultations,
    deliveries,
    desks,
    drafts,
    entries,
    participants,
    people,
    proposals,
    recall,
    sending,
    suggestions,
)
from helpdesk.actions.entries import Incoming, Nobody, Upload
from helpdesk.db import Database
from helpdesk.models import (
    Agent,
    Attachment,
    Case,
    Entry,
    Event,
    Notice,
    OutboxMail,
    Participant,
    Person,
    Proposal,
    Recall,
    ReplyAddress,
    SearchText,
    Suggestion,
    TakenBack,
)
from helpdesk.queries import books, handovers
from helpdesk.queries import cases as find_case
from helpdesk.queries import drafts as find

SOON = timedelta(seconds=10)
HOUR = timedelta(hours=1)


@pytest.fixture()
def session(each_database: Database, monday: datetime) -> Iterator[Session]:
    """One transaction, on Monday morning, with the desk help@example.org: what hangs on locks is the same on both."""
    with each_database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        yield session


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
        session.scalars(select(Entry.id).where(Entry.kind != "taken-back")).all(), session.scalars(select(OutboxMail.id)).all(),
        session.scalars(select(SearchText.entry_id)).all(), session.scalars(select(Attachment.id)).all(),
        session.scalars(select(Notice.id)).all(), handovers.is_answered(session, case),
        session.execute(select(Participant.id, Participant.left_at)).all(), session.scalars(select(Person.id)).all(),
        session.execute(select(Proposal.address, Proposal.state)).all(),
        session.execute(select(Suggestion.unchanged, Suggestion.changed)).all(),
        session.scalars(select(func.count()).select_from(Recall)).one(),
        session.scalars(select(ReplyAddress.id).where(ReplyAddress.purpose == "report")).all(),
    )  # fmt: skip


def deeds(session: Session, case: Case, agent: Agent) -> list[str]:
    """The story of a case as its pages tell it."""
    return [event.deed for event in find_case.timeline(session, case, agent)]


def send(session: Session, case: Case, bob: Agent, now: datetime, **more: object) -> Entry:
    return sending.send(session, case, "Use the stairs", agent=bob, now=now, undo=SOON, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("then_resolve", [False, True])
def test_an_answer_that_is_taken_back_was_never_there(
    session: Session, asked: Case, bob: Agent, monday: datetime, then_resolve: bool
) -> None:
    before, told = look(session, asked), deeds(session, asked, bob)
    entry = send(session, asked, bob, monday, then_resolve=then_resolve, files=[Upload("plan.pdf", "application/pdf", b"%PDF")])
    assert entry.deliveries[0].due_at == monday + SOON
    assert asked.state == ("resolved" if then_resolve else "waiting")
    draft = recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert (draft.state, draft.kind, draft.text, [file.name for file in draft.files]) == (
        "writing",
        "answer",
        "Use the stairs",
        ["plan.pdf"],
    )
    assert look(session, asked) == before
    assert deeds(session, asked, bob) == [*told, "answer-taken-back"]
    assert list(books.problems(session)) == []


def test_the_record_keeps_what_was_done_and_no_event_of_it_is_ever_deleted(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    entry = send(session, asked, bob, monday, then_resolve=True)
    events = session.scalars(select(Event.id).order_by(Event.id)).all()
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert session.scalars(select(Event.id).order_by(Event.id)).all()[:-1] == events
    gone = select(Event.deed).join(TakenBack, TakenBack.event_id == Event.id).order_by(Event.id)
    assert session.scalars(gone).all() == ["replied", "resolved", "assigned"]
    told = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert (told.deed, told.agent, told.before) == ("answer-taken-back", bob, {"to": ["anna@customer.example"]})
    assert set(session.scalars(select(TakenBack.by_id))) == {told.id}
    assert (entry.kind, entry.text, entry.visible, entry.html, entry.message_id) == ("taken-back", "", "", None, None)


def test_a_colleague_who_had_seen_an_answer_that_was_taken_back_still_hears_of_news(
    session: Session, asked: Case, anna: Person, bob: Agent, monday: datetime
) -> None:
    dana = agents.create(session, "dana@example.org", "Dana", role="agent", now=monday)
    entry = send(session, asked, bob, monday, then_resolve=True)
    seen = find.last_event(session, asked)
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert find.news(session, asked, dana, since=0)[-1].deed == "received"  # not the answer that nobody got
    entries.receive(session, asked, Incoming("Anna", "Still", "Still"), person=anna, counts=True, now=monday)
    assert [event.deed for event in find.news(session, asked, dana, since=seen)] == ["received"]


def test_the_stand_in_of_its_author_is_told_of_nothing(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    dana = agents.create(session, "dana@example.org", "Dana", role="agent", now=monday)
    absences.plan(session, bob, monday.date(), date(2026, 11, 5), deputy=dana, by=bob, now=monday)
    before = look(session, asked)
    entry = send(session, asked, bob, monday)
    assert session.scalars(select(Notice.agent_id)).all() == [dana.id]
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert look(session, asked) == before


def test_a_third_party_may_answer_as_long_as_before(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    asking = consultations.ask(session, asked, "Expert <expert@else.example>", "Fire", "Please look", agent=bob, now=monday)
    entry = send(session, asked, bob, monday, then_resolve=True)
    assert asking.reply_address.expires_at is not None
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert asking.reply_address.expires_at is None


def test_a_suggestion_that_nobody_got_does_not_count_and_the_draft_knows_it_again(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    carol = agents.create(session, "carol@example.org", "Carol", role="admin", now=monday)
    values = {"title": "Stairs", "language": "en", "kind": "start", "team": None}
    same, begun = (
        suggestions.add(session, {**values, "text": text}, agent=carol, now=monday) for text in ("Use the stairs", "Use")
    )
    before = look(session, asked)
    entry = send(session, asked, bob, monday, begun_with=[begun.id])
    assert (same.unchanged, begun.changed) == (1, 1)
    draft = recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert draft.begun_with == [begun.id, same.id]
    assert look(session, asked) == before


# ── people who were let in by the answer ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture()
def carl(session: Session, asked: Case, monday: datetime) -> Proposal:
    """Anna wrote to Carl as well."""
    entry = session.scalars(select(Entry)).one()
    proposals.propose(session, asked, entry, [("Carl", "carl@customer.example")], now=monday)
    return session.scalars(select(Proposal)).one()


def test_whoever_was_let_in_by_it_takes_no_part_and_is_proposed_and_ticked_again(
    session: Session, asked: Case, carl: Proposal, bob: Agent, monday: datetime
) -> None:
    before, told = look(session, asked), deeds(session, asked, bob)
    entry = send(session, asked, bob, monday, letting_in=[carl])
    assert len(entry.deliveries) == 2
    draft = recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert look(session, asked) == before
    assert deeds(session, asked, bob) == [*told, "answer-taken-back"]
    assert (draft.added, draft.left_out) == ([carl.id], [])
    assert list(books.problems(session)) == []


def test_whoever_had_left_before_has_left_again(
    session: Session, asked: Case, carl: Proposal, bob: Agent, monday: datetime
) -> None:
    member = proposals.accept(session, asked, carl, agent=bob, now=monday - HOUR)
    participants.remove(session, asked, member, agent=bob, now=monday - HOUR)
    carl.state = "open"
    before = look(session, asked)
    entry = send(session, asked, bob, monday, letting_in=[carl])
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert look(session, asked) == before


def test_whoever_was_written_to_since_stays(session: Session, asked: Case, carl: Proposal, bob: Agent, monday: datetime) -> None:
    entry = send(session, asked, bob, monday, letting_in=[carl])
    entries.reply(session, asked, "And the bucket", agent=bob, now=monday)
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert [one.person.name for one in asked.participants] == ["Anna", "Carl"]
    assert carl.state == "accepted"
    assert "participant-added" in deeds(session, asked, bob)


def test_whoever_is_left_out_of_a_later_answer_goes(
    session: Session, asked: Case, carl: Proposal, bob: Agent, monday: datetime
) -> None:
    entry = send(session, asked, bob, monday, letting_in=[carl])
    new = asked.participants[-1].id
    entries.reply(session, asked, "And the bucket", agent=bob, now=monday, left_out=[new])
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert [one.person.name for one in asked.participants] == ["Anna"]
    assert deeds(session, asked, bob)[-3:] == ["assigned", "replied", "answer-taken-back"]


# ── what hangs on the moment ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_solved_and_opened_again_meanwhile_was_solved(
    session: Session, asked: Case, anna: Person, bob: Agent, monday: datetime
) -> None:
    entry = send(session, asked, bob, monday, then_resolve=True)
    entries.receive(session, asked, Incoming("Anna", "Still", "Still"), person=anna, counts=True, now=monday)
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert deeds(session, asked, bob)[-4:] == ["resolved", "received", "reopened", "answer-taken-back"]


def test_what_the_sender_has_taken_up_is_not_taken_back(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    entry = send(session, asked, bob, monday)
    claim(session, monday + SOON)
    with pytest.raises(recall.TooLate):
        recall.take_back(session, asked, entry, agent=bob, now=monday + SOON)
    deliveries.sent(session, entry.deliveries[0], "250", now=monday + SOON)
    with pytest.raises(recall.TooLate):
        recall.take_back(session, asked, entry, agent=bob, now=monday + SOON)
    assert asked.state == "waiting"


def test_only_its_author_takes_an_answer_back(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    dana = agents.create(session, "dana@example.org", "Dana", role="agent", now=monday)
    entry = send(session, asked, bob, monday)
    with pytest.raises(recall.TooLate):
        recall.take_back(session, asked, entry, agent=dana, now=monday)


def test_an_answer_that_left_at_once_cannot_be_taken_back(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    entry = sending.send(session, asked, "At once", agent=bob, now=monday)
    assert entry.deliveries[0].due_at == monday
    with pytest.raises(recall.TooLate):
        recall.take_back(session, asked, entry, agent=bob, now=monday)


def test_what_was_begun_meanwhile_stands_below_what_comes_back(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    entry = send(session, asked, bob, monday)
    drafts.keep(session, asked, bob, "answer", "And the bucket", key="k2", now=monday)
    assert recall.take_back(session, asked, entry, agent=bob, now=monday).text == "Use the stairs\n\nAnd the bucket"
    assert len(find.mine(session, bob)) == 1


def test_words_for_colleagues_never_become_part_of_an_answer(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    entry = send(session, asked, bob, monday)
    drafts.keep(session, asked, bob, "note", "She is difficult", key="k2", now=monday)
    assert recall.take_back(session, asked, entry, agent=bob, now=monday).kind == "note"


def test_a_later_answer_keeps_the_case_as_it_left_it(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    first = send(session, asked, bob, monday)
    entries.reply(session, asked, "And the bucket", agent=bob, now=monday)
    recall.take_back(session, asked, first, agent=bob, now=monday)
    assert (asked.state, asked.waiting_since, asked.last_words) == ("waiting", None, "And the bucket")


def test_their_mail_that_came_meanwhile_stays_and_waits(
    session: Session, asked: Case, anna: Person, bob: Agent, monday: datetime
) -> None:
    entry = send(session, asked, bob, monday)
    entries.receive(session, asked, Incoming("Anna", "Still", "Still"), person=anna, counts=True, now=monday)
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert (asked.state, asked.waiting_since, asked.last_words) == ("new", monday - HOUR, "Still")


def test_an_address_that_was_made_for_the_answer_leads_nowhere(
    session: Session, asked: Case, bob: Agent, monday: datetime
) -> None:
    (old,) = asked.participants[0].addresses
    addresses.revoke(session, old, agent=bob, now=monday)
    entry = send(session, asked, bob, monday)
    recall.take_back(session, asked, entry, agent=bob, now=monday)
    assert all(row.revoked_at for row in session.scalars(select(ReplyAddress).where(ReplyAddress.purpose == "reply")))


def test_who_is_left_out_gets_nothing_and_that_is_recorded(session: Session, asked: Case, bob: Agent, monday: datetime) -> None:
    carl = people.known(session, "carl@customer.example", "Carl", now=monday)
    left = cases.add_participant(session, asked, carl, now=monday)
    entry = send(session, asked, bob, monday, left_out=[left.id])
    assert [row.recipient for row in entry.deliveries] == ["anna@customer.example"]
    (event,) = session.scalars(select(Event).where(Event.deed == "replied"))
    assert event.after == {"left_out": ["Carl"]}
    assert recall.take_back(session, asked, entry, agent=bob, now=monday).left_out == [left.id]
    with pytest.raises(Nobody):
        send(session, asked, bob, monday, left_out=[participant.id for participant in asked.participants])


def claim(session: Session, now: datetime) -> int:
    rows = deliveries.claim_due(session, now=now, real_now=now, worker="w", lease=timedelta(minutes=1), limit=9)
    session.flush()
    return len(rows)
