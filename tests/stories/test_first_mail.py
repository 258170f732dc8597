"""Somebody writes in for the first time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.actions import entries
from helpdesk.models import Case
from helpdesk.queries import addresses as find
from helpdesk.queries import people
from tests.story_case import StoryCase
from tests.ways import in_process, where_mail_can_be_refused, where_mail_is_fetched


def test_a_first_mail_opens_a_case_and_is_acknowledged_with_an_address_of_its_own(desk, anna) -> None:
    case = anna.writes("The printer is on fire", subject="Fire!")
    assert (case.number, case.state, case.subject, case.requester) == (1001, "new", "Fire!", "anna@customer.example")
    (mail,) = anna.inbox
    assert mail.reply_to == case.door.address
    assert mail.is_automatic
    assert mail.sender == ""
    assert mail["In-Reply-To"] == case.last_message.message_id
    assert str(case.number) in mail["Reply-To"] + mail["Subject"] + mail.text
    assert case.door.standing == "active"


def test_an_acknowledgement_repeats_no_word_of_a_sender_whom_nothing_proves(desk, anna) -> None:
    anna.writes("Visit http://evil.example now", subject="Cheap watches")
    (mail,) = anna.inbox
    assert "watches" not in str(mail.raw)
    assert "evil" not in str(mail.raw)
    assert "Weber" not in str(mail.raw)


def test_an_answer_goes_out_under_our_name_with_the_same_door_and_threads(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire", subject="Fire!")
    bob.replies(case, "Use the **stairs**.")
    assert (case.state, case.holder) == ("waiting", "bob@example.org")
    acknowledgement, answer = anna.inbox
    assert answer.reply_to == acknowledgement.reply_to == case.door.address
    assert "Bob Builder" in answer["From"]
    assert "help@example.org" in answer["From"]
    assert answer["Subject"] == "Re: Fire!"
    assert answer["In-Reply-To"] == case.messages[0].message_id
    assert case.messages[0].message_id in answer["References"]
    assert acknowledgement["Message-ID"] in answer["References"]
    assert not answer.is_automatic
    assert "stairs" in answer.text
    assert "The printer is on fire" in answer.text
    assert case.last_message.delivery == (("anna@customer.example", "sent"),)


def test_the_subject_of_another_case_never_routes(desk, anna) -> None:
    first = anna.writes("The printer is on fire", subject="Fire!")
    second = anna.writes("Something else", subject=f"Re: Fire! [#{first.number}] ({first.number})")
    assert second != first
    assert len(first.messages) == 1


def test_a_mail_without_a_subject_and_without_words_opens_a_case(desk, anna) -> None:
    case = anna.writes("", subject="")
    assert case.subject == "–"


@pytest.mark.desk(front_desks=("help@example.org", "sales@example.org"))
def test_a_mail_to_two_desks_is_one_case(desk, anna) -> None:
    brought = anna.sends("For both of you", to=["help@example.org", "sales@example.org"])
    assert [line.outcome for line in brought.arrived] == ["new-case", "duplicate"]
    assert len({line.case for line in brought.arrived}) == 1
    assert len(desk.cases) == 1
    assert len(anna.inbox) == 1


@where_mail_can_be_refused
def test_mail_for_somebody_else_is_not_relayed(desk, anna) -> None:
    for address in ("someone@elsewhere.example", "someone%elsewhere.example@reply.example.org"):
        assert anna.sends("x", to=address).answer.startswith("550 5.7.1"), address
    assert desk.post_room == []


@where_mail_is_fetched
def test_mail_for_somebody_else_in_our_mailbox_is_for_the_desk_whose_mailbox_it_is(desk, anna) -> None:
    assert anna.sends("x", to="someone@elsewhere.example").outcome == "new-case"


def test_postmaster_and_abuse_are_heard_and_held(desk, anna) -> None:
    for address in ("postmaster@reply.example.org", "abuse@example.org"):
        assert anna.sends("Your server is odd", to=address).outcome == "held"
    assert (desk.cases, anna.inbox) == ([], [])


@where_mail_can_be_refused
def test_nobody_s_address_at_our_domain_is_refused_with_a_word_where_to_write(desk, anna) -> None:
    brought = anna.sends("x", to="nobody@reply.example.org")
    assert brought.answer.startswith("550 5.1.1")
    assert "help@example.org" in brought.answer


def test_a_case_that_we_begin_leads_the_answer_home(desk, anna, bob) -> None:
    def deed(session) -> int:
        from_desk, me = find.desk_at(session, "help@example.org"), people.agent_by_email(session, bob.address)
        to = "Anna <anna@customer.example>"
        return entries.begin(session, from_desk, to, "Your order", "It is late.", agent=me, now=clock.now()).case_number

    case = StoryCase(desk.database, desk.changes(deed))
    anna.answers("How late?")
    assert (case.last_message.text, case.state) == ("How late?", "open")


@in_process
def test_the_wait_counts_from_the_arrival_and_not_from_the_reading(desk, anna) -> None:
    desk.keeps(anna.letter("It burns"), anna.address, ["help@example.org"])
    arrived = clock.now()
    desk.is_now(arrived + timedelta(hours=1))
    desk.works()
    with desk.database.reading() as session:
        row = session.get_one(Case, 1001)
        assert (row.opened_at, row.waiting_since) == (arrived, arrived)
