"""Calls, visits and letters: written down in a case or opening one, for people without mail too."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.actions import agents, calls, cases, entries, people
from helpdesk.actions.calls import Contact
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText, Nobody, Upload
from helpdesk.models import Case, Event, Notice, OutboxMail, ReplyAddress
from helpdesk.queries import addresses as find
from helpdesk.queries import books

AN_HOUR = timedelta(hours=1)


def call(at: datetime, **more: object) -> Contact:
    return Contact("call", at, "She asks **again**.", **more)  # type: ignore[arg-type]


def last_event(session: Session) -> Event:
    return session.scalars(select(Event).order_by(Event.id.desc())).first()  # type: ignore[return-value]


def test_a_call_of_theirs_waits_for_us_from_the_time_at_which_it_was(session, case, anna, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    entry = calls.log(session, case, call(monday - AN_HOUR, turn="ours", person=anna), agent=bob, now=monday)
    assert (case.state, case.waiting_since, case.last_words) == ("open", monday - AN_HOUR, "She asks again.")
    assert (entry.at, entry.author, entry.traits) == (monday - AN_HOUR, "Bob Builder", {"direction": "in", "with": "Anna"})
    assert last_event(session).deed == "reopened"
    assert list(books.problems(session)) == []


def test_whoever_holds_the_case_is_told_that_a_colleague_wrote_a_call_down(session, case, bob, monday) -> None:
    dana = agents.create(session, "dana@example.org", "Dana Klein", role="agent", now=monday)
    cases.assign(session, case, dana, agent=dana, now=monday)
    calls.log(session, case, call(monday, turn="ours"), agent=bob, now=monday)
    calls.log(session, case, call(monday, turn="ours"), agent=dana, now=monday)
    (notice,) = session.scalars(select(Notice))
    assert (notice.agent, notice.kind, notice.by) == (dana, "logged", bob)
    (row,) = session.scalars(select(OutboxMail))
    assert row.words == {"number": case.number, "about": "logged", "what": "call", "by": "Bob Builder", "instead_of": ""}


def test_a_call_of_ours_answers_and_takes_the_case(session, case, bob, monday) -> None:
    calls.log(session, case, call(monday, turn="ours"), agent=bob, now=monday)
    calls.log(session, case, call(monday, direction="out", turn="theirs"), agent=bob, now=monday)
    assert (case.state, case.waiting_since, case.assignee) == ("waiting", None, bob)
    assert session.scalar(select(func.count(OutboxMail.id))) == 0


def test_a_call_that_changes_nothing_changes_nothing(session, case, bob, monday) -> None:
    calls.log(session, case, call(monday), agent=bob, now=monday)
    assert (case.state, case.last_words, case.assignee) == ("new", "", None)


def test_nothing_has_happened_in_the_future_and_an_empty_call_is_none(session, case, bob, monday) -> None:
    for at in (monday + timedelta(seconds=1), datetime.fromisoformat("1999-12-31T00:00+00:00")):
        with pytest.raises(NotUsable, match="time that has passed"):
            calls.log(session, case, call(at), agent=bob, now=monday)
    for wrong in ({"direction": "up"}, {"turn": "x"}):
        with pytest.raises(NotUsable, match="from the list"):
            calls.log(session, case, call(monday, **wrong), agent=bob, now=monday)
    with pytest.raises(EmptyText):
        calls.log(session, case, Contact("letter", monday, " "), agent=bob, now=monday)
    scan = Upload("scan.pdf", "application/pdf", b"%PDF")
    assert calls.log(session, case, Contact("letter", monday, "", files=[scan]), agent=bob, now=monday).attachments


def test_the_same_form_sent_twice_is_one_entry(session, case, desk, anna, bob, monday) -> None:
    first = calls.log(session, case, call(monday), agent=bob, now=monday, idempotency_key="k")
    assert calls.log(session, case, call(monday), agent=bob, now=monday, idempotency_key="k") is first
    begun = [
        calls.open_case(session, desk, anna, "Bin", call(monday), agent=bob, now=monday, idempotency_key="k") for _n in range(2)
    ]
    assert begun[0] is begun[1]
    assert begun[0] is not first


def test_a_case_that_begins_with_a_call_is_acknowledged_by_mail_and_can_be_answered(session, desk, anna, bob, monday) -> None:
    entry = calls.open_case(session, desk, anna, "Bin", call(monday, turn="ours"), agent=bob, now=monday, acknowledge=True)
    case = session.get_one(Case, entry.case_number)
    assert (case.channel, case.state, case.waiting_since) == ("call", "new", monday)
    (mail,) = session.scalars(select(OutboxMail))
    assert (mail.kind, mail.recipient, mail.reply_address) == (
        "acknowledgement",
        anna.address,
        find.of_case(session, case.number)[0],
    )


def test_somebody_without_mail_is_never_mailed_to_and_is_known_again_by_name_and_telephone(session, desk, bob, monday) -> None:
    maria = people.without_mail(session, "Maria  Schulz", phone="030 5550", now=monday)
    entry = calls.open_case(session, desk, maria, "Bin", call(monday, turn="ours"), agent=bob, now=monday, acknowledge=True)
    case = session.get_one(Case, entry.case_number)
    assert (maria.mail, maria.called, session.scalar(select(func.count(ReplyAddress.id)))) == ("", "Maria Schulz", 0)
    with pytest.raises(Nobody):
        entries.reply(session, case, "It is emptied tomorrow", agent=bob, now=monday)
    assert session.scalar(select(func.count(OutboxMail.id))) == 0
    assert people.without_mail(session, "Maria Schulz", phone="030 5550", postal="Am Markt 1", now=monday) is maria
    assert maria.postal == "Am Markt 1"
    assert people.without_mail(session, "Maria Schulz", now=monday) is not maria
    with pytest.raises(NotUsable):
        people.without_mail(session, " ", phone="030", now=monday)
    assert list(books.problems(session)) == []


def test_whoever_gets_a_mail_address_later_is_answered_by_mail_from_then_on(session, desk, anna, bob, monday) -> None:
    maria = people.without_mail(session, "Maria", now=monday)
    entry = calls.open_case(session, desk, maria, "Bin", call(monday, turn="ours"), agent=bob, now=monday)
    for taken, said in ((anna.address, "Anna’s"), ("help@example.org", "address of this desk"), ("nobody", "not a mail address")):
        with pytest.raises(NotUsable, match=said):
            people.learn_contact(session, maria, phone="", postal="", mail=taken, agent=bob, now=monday)
    people.learn_contact(session, maria, phone="1", postal="", mail="Maria@post.example", agent=bob, now=monday)
    entries.reply(session, session.get_one(Case, entry.case_number), "Done", agent=bob, now=monday)
    (mail,) = session.scalars(select(OutboxMail))
    assert mail.recipient == "maria@post.example"
    people.learn_contact(session, maria, phone="1", postal="", mail="other@post.example", agent=bob, now=monday)
    assert maria.mail == "maria@post.example", "whoever has an address keeps it"
