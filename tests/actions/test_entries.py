"""Deeds that leave words in a case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.actions import addresses, cases, entries, people
from helpdesk.actions.entries import EmptyText, Incoming, Upload
from helpdesk.models import Event, OutboxMail
from helpdesk.queries import addresses as find
from helpdesk.queries import cases as find_cases
from helpdesk.queries import lists


def mail(text: str = "It still burns", **values) -> Incoming:
    return Incoming(author="Anna", text=text, visible=text, **values)


def outbox(session, kind: str = "reply") -> list[OutboxMail]:
    return list(session.scalars(select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.id)))


def told(session, case) -> list[str]:
    return list(session.scalars(select(Event.deed).where(Event.case_number == case.number).order_by(Event.id)))


def test_our_answer_goes_to_everybody_who_takes_part_each_by_their_own_door(session, case, bob, monday) -> None:
    carl = people.known(session, "carl@customer.example", "Carl", now=monday)
    cases.add_participant(session, case, carl, now=monday)
    entry = entries.reply(session, case, "Use the **stairs**", agent=bob, now=monday)
    first, second = outbox(session)
    assert [first.recipient, second.recipient] == ["anna@customer.example", "carl@customer.example"]
    assert first.message_id == second.message_id == entry.message_id
    assert first.reply_address.address != second.reply_address.address
    assert first.report_address.address != second.report_address.address
    assert not first.automatic


def test_an_answer_hands_the_turn_to_the_customer_and_the_case_to_whoever_answered(session, case, bob, monday) -> None:
    entries.receive(session, case, mail(), person=case.requester, counts=True, now=monday)
    entries.reply(session, case, "Use the\n stairs", agent=bob, now=monday)
    assert (case.state, case.waiting_since, case.assignee) == ("waiting", None, bob)
    assert case.last_words == "Use the stairs"


def test_an_answer_can_resolve_the_case_in_the_same_breath(session, case, bob, monday) -> None:
    entries.reply(session, case, "Use the stairs", agent=bob, now=monday, then_resolve=True)
    assert case.state == "resolved"
    assert find.of_case(session, case.number)[0].expires_at == monday + timedelta(days=28)


def test_an_answer_after_the_end_of_an_address_opens_it_again(session, case, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    door = find.of_case(session, case.number)[0]
    later = monday + timedelta(days=40)
    addresses.expire(session, door, now=later)
    entries.reply(session, case, "One more thing", agent=bob, now=later)
    assert outbox(session)[0].reply_address is door
    assert (door.expires_at, door.expired_at) == (later + timedelta(days=28), None)
    assert "address-extended" in told(session, case)


def test_an_answer_after_an_address_was_withdrawn_or_retired_carries_a_new_one(session, case, bob, monday) -> None:
    for end in (
        lambda row: addresses.revoke(session, row, agent=bob, now=monday),
        lambda row: addresses.retire(session, row, now=monday),
    ):
        door = find.of_case(session, case.number)[-1]
        end(door)
        entries.reply(session, case, "Use this one", agent=bob, now=monday)
        assert outbox(session)[-1].reply_address is not door


def test_the_same_key_gives_the_same_entry_and_sends_once(session, case, bob, monday) -> None:
    first = entries.reply(session, case, "Use the stairs", agent=bob, now=monday, idempotency_key="k")
    again = entries.reply(session, case, "Use the stairs", agent=bob, now=monday, idempotency_key="k")
    assert again is first
    assert len(outbox(session)) == 1
    entries.reply(session, case, "Use the stairs", agent=bob, now=monday, idempotency_key="another")
    assert len(outbox(session)) == 2


@pytest.mark.parametrize("text", ["", "   ", "\r\n \r\n"])
def test_nothing_is_neither_sent_nor_noted(session, case, bob, monday, text) -> None:
    with pytest.raises(EmptyText):
        entries.reply(session, case, text, agent=bob, now=monday)
    with pytest.raises(EmptyText):
        entries.note(session, case, text, agent=bob, now=monday)
    assert outbox(session) == []


def test_a_file_alone_is_an_answer(session, case, bob, monday) -> None:
    entry = entries.reply(session, case, "", agent=bob, now=monday, files=[Upload("plan.pdf", "application/pdf", b"%PDF")])
    assert [(part.name, part.size) for part in entry.attachments] == [("plan.pdf", 4)]


def test_what_a_database_cannot_hold_is_replaced(session, case, bob, monday) -> None:
    assert entries.reply(session, case, "a\x00b\r\nc", agent=bob, now=monday).text == "a\ufffdb\nc"


def test_a_note_stays_among_colleagues(session, case, bob, monday) -> None:
    entries.note(session, case, "She sounds *angry*", agent=bob, now=monday)
    assert (outbox(session), case.state) == ([], "new")
    assert told(session, case)[-1] == "noted"


def test_their_mail_gives_the_turn_to_us_and_the_wait_counts_from_the_first(session, case, monday) -> None:
    later = monday + timedelta(hours=2)
    entries.receive(session, case, mail("one"), person=case.requester, counts=True, now=monday)
    entries.receive(session, case, mail("two"), person=case.requester, counts=True, now=later)
    assert (case.waiting_since, case.last_words) == (monday, "two")


def test_what_does_not_count_moves_nothing_and_tells_nobody(session, case, bob, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    cases.resolve(session, case, agent=bob, now=monday)
    before = (case.state, case.waiting_since, case.last_words)
    entries.receive(session, case, mail(flags=["stranger"]), person=None, counts=False, now=monday)
    assert (case.state, case.waiting_since, case.last_words) == before
    assert outbox(session, "notification") == []


def test_their_mail_reopens_a_resolved_case_and_says_so(session, case, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    entries.receive(session, case, mail(), person=case.requester, counts=True, now=monday)
    assert (case.state, find.of_case(session, case.number)[0].expires_at) == ("open", None)
    assert told(session, case)[-2:] == ["received", "reopened"]


def test_whoever_holds_the_case_is_told_once_in_ten_minutes_without_a_word_of_the_customer(session, case, bob, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    for minutes in (0, 9, 10):
        now = monday + timedelta(minutes=minutes)
        entries.receive(session, case, mail("secret words"), person=case.requester, counts=True, now=now)
    told_bob = outbox(session, "notification")
    assert [(row.recipient, row.created_at) for row in told_bob] == [
        ("bob@example.org", monday),
        ("bob@example.org", monday + timedelta(minutes=10)),
    ]
    assert all(row.automatic and "secret" not in str(row.words) for row in told_bob)


def test_whoever_wishes_no_notification_gets_none(session, case, bob, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    bob.notify = False
    entries.receive(session, case, mail(), person=case.requester, counts=True, now=monday)
    assert outbox(session, "notification") == []


@pytest.mark.parametrize("flag", ["suspect", "stranger", "automatic", "bounce"])
def test_our_answer_answers_their_last_mail_that_counts(session, case, bob, monday, flag) -> None:
    theirs = entries.receive(session, case, mail(), person=case.requester, counts=True, now=monday)
    entries.receive(session, case, mail(flags=[flag]), person=None, counts=False, now=monday)
    assert entries.reply(session, case, "Use the stairs", agent=bob, now=monday).answers_id == theirs.id


def test_our_subject_has_one_re_before_it(session, desk, anna, bob, monday) -> None:
    for subject, expected in (("Fire", "Re: Fire"), ("Re: Fire", "Re: Fire"), ("AW: Feuer", "AW: Feuer")):
        case = cases.open_case(session, desk, anna, subject, now=monday)
        entries.receive(session, case, mail(), person=anna, counts=True, now=monday)
        assert entries.reply(session, case, "Stairs", agent=bob, now=monday).subject == expected


def test_every_word_of_a_case_can_be_found(session, case, bob, monday) -> None:
    upload = Upload("Straßenplan.pdf", "application/pdf", b"%PDF")
    entries.receive(session, case, mail("Der Müller war's", files=[upload]), person=case.requester, counts=True, now=monday)
    for words in (
        "muller",
        "MÜLLER",
        "Mueller",
        "strassenplan",
        "printer",
        "anna@customer.example",
        str(case.number),
        "pri fire",
    ):
        assert lists.page(session, bob, lists.Wanted(words=words), limit=5) == [case], words
    assert lists.page(session, bob, lists.Wanted(words="drucker"), limit=5) == []


def test_the_timeline_tells_the_whole_story_in_order(session, case, bob, monday) -> None:
    entries.receive(session, case, mail(), person=case.requester, counts=True, now=monday)
    entries.note(session, case, "Hm", agent=bob, now=monday)
    entries.reply(session, case, "Stairs", agent=bob, now=monday, then_resolve=True)
    expected = ["opened", "address-issued", "received", "noted", "replied", "resolved", "assigned"]
    assert [event.deed for event in find_cases.timeline(session, case, bob)] == expected
