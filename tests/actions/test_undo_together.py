"""What several people or cases are concerned by is taken back, and nothing of it is left where nobody got it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk import blobs
from helpdesk.actions import (
    addresses,
    cases,
    consultations,
    entries,
    forwards,
    handovers,
    links,
    participants,
    split,
)
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries import Incoming, Upload
from helpdesk.actions.recall import TooLate
from helpdesk.actions.undo import take_back
from helpdesk.models import Arrival, Consultation, Event, Handover, InboundMail, Notice, OutboxMail, Participant, ReplyAddress
from helpdesk.queries import addresses as find
from helpdesk.queries import books, events, kinship, lists
from helpdesk.queries import cases as find_cases

SOON = timedelta(seconds=5)
NOTE = {"promised": "An answer by Friday", "tried": "A new cable", "next_step": "Send a technician"}


@pytest.fixture()
def other(session, desk, anna, monday):
    return cases.open_case(session, desk, anna, "Again", now=monday)


@pytest.fixture()
def undo(session, case, bob, monday):
    """Bob takes the last deed of this name back, five seconds after."""
    return lambda deed, at=monday + SOON: take_back(session, case, events.newest(session, case, deed), agent=bob, now=at)


@pytest.fixture(autouse=True)
def _the_books_agree(session):
    yield
    session.flush()
    assert list(books.problems(session)) == []


def deeds(session, case, agent) -> list[str]:
    return [event.deed for event in find_cases.timeline(session, case, agent)]


# ── from hand to hand ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_handover_taken_back_leaves_its_holder_its_team_and_nobody_told(session, case, bob, dana, team, undo, monday) -> None:
    entries.reply(session, case, "Use the stairs", agent=bob, now=monday - SOON)
    before = (case.assignee, case.team, case.confidential)
    row = handovers.hand_over(session, case, team, NOTE, agent=bob, now=monday)
    entry = row.entry
    assert case.team is team
    told = undo("handed-over")
    session.expire_all()
    assert (case.assignee, case.team, case.confidential) == before
    assert session.scalars(select(Handover)).all() == []
    assert session.scalars(select(Notice).where(Notice.agent_id == dana.id)).all() == []
    assert session.scalars(select(OutboxMail).where(OutboxMail.kind == "notice")).all() == []
    assert (entry.kind, entry.text, entry.visible) == ("taken-back", "", "")
    assert told.after["undone"] == "handed-over"
    assert deeds(session, case, bob)[-2:] == ["handed-over", "undone"]


def test_a_confidential_teams_case_is_what_it_was_for_everybody(session, case, bob, team, undo, monday) -> None:
    team.confidential = True
    handovers.give_to_team(session, case, team, agent=bob, now=monday)
    session.flush()
    session.expire_all()
    assert (case.is_confidential, [row.agent_id for row in case.members]) == (True, [])
    undo("given-to-team")
    session.expire_all()
    assert (case.team_id, case.is_confidential, case.assignee) == (None, False, None)


def test_what_was_handed_over_and_taken_stays_where_it_is(session, case, bob, dana, undo, monday) -> None:
    handovers.hand_over(session, case, dana, NOTE, agent=bob, now=monday)
    handovers.take(session, case, agent=dana, now=monday + SOON)
    with pytest.raises(NotPermitted, match="happened in the case since"):
        undo("handed-over")
    assert case.assignee is dana


# ── two cases ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_and_its_end_are_taken_back_on_both_pages_whatever_was_said_since(session, case, other, bob, undo, monday) -> None:
    linked = links.add(session, case, other, "caused-by", agent=bob, now=monday)
    entries.note(session, case, "Hm", agent=bob, now=monday)
    take_back(session, case, linked, agent=bob, now=monday + SOON)
    assert kinship.of(session, case, bob) == kinship.of(session, other, bob) == []
    with pytest.raises(NotPermitted, match="is not linked"):
        take_back(session, case, linked, agent=bob, now=monday + SOON)
    links.add(session, case, other, "caused-by", agent=bob, now=monday)
    (ended,) = links.remove(session, other, case, agent=bob, now=monday)
    take_back(session, other, ended, agent=bob, now=monday + SOON)
    assert [(one.kind, one.role, one.case) for one in kinship.of(session, case, bob)] == [("caused-by", "from", other)]
    with pytest.raises(NotPermitted, match="linked with case"):
        take_back(session, other, ended, agent=bob, now=monday + SOON)
    assert deeds(session, case, bob)[-1] == deeds(session, other, bob)[-1] == "undone"


def test_a_case_that_was_split_off_is_there_for_nobody_and_cannot_be_found(session, case, anna, bob, undo, monday) -> None:
    bill = Incoming("Anna", "And the bill", "And the bill is wrong", files=[Upload("bill.pdf", "application/pdf", b"%PDF")])
    said = entries.receive(session, case, bill, person=anna, counts=True, now=monday - SOON)
    fresh = split.split(session, case, [said], anna, "The bill", agent=bob, now=monday)
    undo("split")
    session.expire_all()
    assert find_cases.by_number(session, fresh.number, bob) is None
    assert [one.number for one in lists.newest(session, bob, lists.Wanted(words="bill.pdf"), limit=9)] == [case.number]
    assert (find.of_case(session, fresh.number), kinship.of(session, case, bob)) == ([], [])
    assert [file.name for file in said.attachments] == ["bill.pdf"]


def test_a_case_that_was_split_off_and_went_on_stays(session, case, anna, bob, undo, monday) -> None:
    said = entries.receive(session, case, Incoming("Anna", "Hm", "Hm"), person=anna, counts=True, now=monday - SOON)
    fresh = split.split(session, case, [said], anna, "The bill", agent=bob, now=monday)
    entries.reply(session, fresh, "Your bill is right", agent=bob, now=monday + SOON)
    with pytest.raises(NotPermitted, match="happened in the case since"):
        undo("split")
    assert find_cases.by_number(session, fresh.number, bob) is fresh


# ── who takes part ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_was_added_by_mistake_never_took_part_and_their_address_is_nobodys(
    session, case, bob, people_of, undo, monday
) -> None:
    cases.resolve(session, case, agent=bob, now=monday - timedelta(days=3))
    ends = [row.expires_at for row in find.of_case(session, case.number)]
    cases.add_participant(session, case, people_of("carl@customer.example"), now=monday, agent=bob)
    assert [row.expires_at for row in find.of_case(session, case.number)] != ends
    undo("participant-added")
    session.expire_all()
    assert [one.person.address for one in case.participants] == ["anna@customer.example"]
    assert [row.expires_at for row in find.of_case(session, case.number)] == ends
    assert session.scalars(select(Participant).where(Participant.case_number == case.number)).all() == case.participants


def test_whoever_got_mail_since_stays(session, case, bob, people_of, undo, monday) -> None:
    cases.add_participant(session, case, people_of("carl@customer.example"), now=monday, agent=bob)
    entries.reply(session, case, "Hello both", agent=bob, now=monday + SOON)
    with pytest.raises(NotPermitted, match="happened in the case since"):
        undo("participant-added")


def test_whoever_was_removed_takes_part_again_by_the_address_that_they_know(session, case, bob, people_of, undo, monday) -> None:
    carl = cases.add_participant(session, case, people_of("carl@customer.example"), now=monday - SOON, agent=bob)
    (door,) = carl.addresses
    participants.remove(session, case, carl, agent=bob, now=monday)
    undo("participant-removed")
    assert carl in case.participants
    assert find.standing_of(door, monday) == "active"
    assert "address-revoked" not in deeds(session, case, bob)


def test_whoever_came_back_by_mistake_has_left_as_before(session, case, bob, people_of, undo, monday) -> None:
    carl = cases.add_participant(session, case, people_of("carl@customer.example"), now=monday - 3 * SOON, agent=bob)
    participants.remove(session, case, carl, agent=bob, now=monday - 2 * SOON)
    cases.add_participant(session, case, carl.person, now=monday, agent=bob)
    undo("participant-added")
    session.expire_all()
    assert carl.left_at == monday - 2 * SOON
    assert [find.standing_of(row, monday) for row in carl.addresses] == ["revoked"]


def test_whoever_was_the_customer_is_it_again(session, case, anna, bob, people_of, undo, monday) -> None:
    carl = cases.add_participant(session, case, people_of("carl@customer.example"), now=monday - SOON, agent=bob)
    participants.make_requester(session, case, carl, agent=bob, now=monday)
    undo("requester-changed")
    assert (case.requester, carl.role) == (anna, "copy")


def test_an_address_that_was_replaced_works_again_and_its_successor_never_was(session, case, bob, undo, monday) -> None:
    (door,) = find.of_case(session, case.number)
    addresses.rotate(session, door, agent=bob, now=monday)
    undo("address-revoked")
    session.expire_all()
    assert [(row.id, find.standing_of(row, monday)) for row in find.of_case(session, case.number)] == [(door.id, "active")]


def test_an_address_that_was_extended_ends_as_before_also_where_it_had_ended(session, case, bob, undo, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday - timedelta(days=60))
    (door,) = find.of_case(session, case.number)
    addresses.expire(session, door, now=monday - timedelta(days=32))
    ended = (door.expires_at, door.expired_at)
    addresses.extend(session, door, 7, agent=bob, now=monday)
    assert find.standing_of(door, monday) == "grace"
    undo("address-extended")
    assert (door.expires_at, door.expired_at) == ended


def test_the_address_of_somebody_who_was_removed_does_not_come_back_alone(session, case, bob, people_of, undo, monday) -> None:
    carl = cases.add_participant(session, case, people_of("carl@customer.example"), now=monday - SOON, agent=bob)
    participants.remove(session, case, carl, agent=bob, now=monday)
    with pytest.raises(NotPermitted, match="cannot be taken back"):
        undo("address-revoked")


@pytest.mark.parametrize("deed", ["participant-added", "split", "address-revoked"])
def test_what_somebody_has_written_to_already_is_not_struck_off(session, case, anna, bob, people_of, undo, monday, deed) -> None:
    said = entries.receive(session, case, Incoming("Anna", "Hm", "Hm"), person=anna, counts=True, now=monday - 2 * SOON)
    (door,) = find.of_case(session, case.number)
    match deed:
        case "participant-added":
            carl = cases.add_participant(session, case, people_of("carl@customer.example"), now=monday, agent=bob)
            (fresh,) = carl.addresses
        case "split":
            other = split.split(session, case, [said], anna, "The bill", agent=bob, now=monday)
            (fresh,) = find.of_case(session, other.number)
        case _:
            fresh = addresses.rotate(session, door, agent=bob, now=monday)
    mail = InboundMail(door="smtp", peer="127.0.0.1", sender="a@b.example", received_at=monday, size=3)
    mail.sha256, mail.arrivals = blobs.keep(session, b"raw"), [Arrival(recipient=fresh.address)]
    session.add(mail)
    session.flush()
    with pytest.raises(NotPermitted, match="happened in the case since"):
        undo(deed)


def test_whoever_forwarded_a_mail_does_not_come_back_by_that(session, case, anna, bob, monday) -> None:
    mail = entries.receive(session, case, Incoming("Anna", "Fwd", "Fwd"), person=anna, counts=True, now=monday)
    forwards.offer(mail, "Carl", "carl@customer.example")
    forwards.accept(session, case, mail, agent=bob, now=monday)
    with pytest.raises(NotPermitted, match="cannot be taken back"):
        participants.take_back(session, case, events.newest(session, case, "requester-changed"), now=monday)


# ── advice ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture()
def asked(session, case, anna, bob, monday):
    said = entries.receive(session, case, Incoming("Anna", "It burns", "It burns"), person=anna, counts=True, now=monday - SOON)
    return consultations.ask(
        session, case, "Spare Parts <parts@supplier.example>", "Model 7", "Does it **burn**?", along=[said], agent=bob, now=monday,
        undo=2 * SOON,
    )  # fmt: skip


def unsend(session, case, agent, now):
    return consultations.take_back(session, case, events.newest(session, case, "consulted"), agent=agent, now=now)


def test_a_question_leaves_after_a_while_and_until_then_it_was_never_asked(session, case, asked, bob, monday) -> None:
    (mail,) = session.scalars(select(OutboxMail)).all()
    assert mail.due_at == monday + 2 * SOON
    unsent = unsend(session, case, bob, monday + SOON)
    assert (unsent.consultation, unsent.to, unsent.subject, unsent.text) == (
        0, "Spare Parts <parts@supplier.example>", "Model 7", "Does it **burn**?",
    )  # fmt: skip
    assert len(unsent.along) == 1
    for table in (Consultation, OutboxMail):
        assert session.scalars(select(table)).all() == []
    assert session.scalars(select(ReplyAddress).where(ReplyAddress.purpose != "reply")).all() == []
    assert ("consulted" not in deeds(session, case, bob), deeds(session, case, bob)[-1]) == (True, "undone")
    assert session.scalar(select(Event.id).where(Event.deed == "consulted")) is not None  # the audit log keeps it


def test_a_second_question_taken_back_leaves_the_consultation_as_it_was(session, case, asked, bob, monday) -> None:
    consultations.close(session, asked, agent=bob, now=monday + SOON)
    before = (asked.closed_at, asked.reply_address.expires_at)
    consultations.write(session, asked, "And in winter?", agent=bob, now=monday + 2 * SOON, undo=SOON)
    assert asked.closed_at is None
    assert unsend(session, case, bob, monday + 2 * SOON).consultation == asked.id
    assert (asked.closed_at, asked.reply_address.expires_at, len(asked.letters)) == (*before, 1)


def test_what_is_leaving_is_not_taken_back_and_nobody_takes_back_a_colleagues_words(
    session, case, asked, bob, dana, monday
) -> None:
    with pytest.raises(NotPermitted):
        unsend(session, case, dana, monday)
    (mail,) = session.scalars(select(OutboxMail)).all()
    mail.attempts = 1
    with pytest.raises(TooLate):
        unsend(session, case, bob, monday)
    assert len(asked.letters) == 1
