"""Somebody outside is asked for advice: they see what was sent to them, and the customer sees nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import consultations
from helpdesk.models import Case, Consultation, Entry, Notice, ReplyAddress
from tests.cast import Customer
from tests.ways import in_process

PARTS = "parts@supplier.example"
GRACE, INSTANT = timedelta(days=28), timedelta(microseconds=1)


@pytest.fixture()
def supplier(desk) -> Customer:
    return Customer(desk, "Spare Parts Ltd", PARTS)


@pytest.fixture()
def case(anna, bob):
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    return case


def asks(desk, case, bob, text="Does model 7 burn?", along=0) -> None:
    def deed(session):
        row = session.get_one(Case, case.number)
        theirs = session.scalars(select(Entry).where(Entry.case_number == case.number, Entry.kind == "mail-in")).all()
        to = f"Spare Parts Ltd <{PARTS}>"
        consultations.ask(session, row, to, "Model 7", text, along=theirs[:along], agent=bob._me(session), now=clock.now())

    desk.changes(deed)


def closes(desk, bob) -> None:
    desk.changes(lambda s: consultations.close(s, s.scalars(select(Consultation)).one(), agent=bob._me(s), now=clock.now()))


def test_a_third_party_answers_into_the_case_and_moves_nothing_in_it(desk, case, anna, bob, supplier) -> None:
    before, mails = (case.state, case.last_message), len(anna.inbox)
    asks(desk, case, bob)
    (asked,) = supplier.inbox
    assert (asked["To"], asked["Cc"], asked["Subject"]) == (f"Spare Parts Ltd <{PARTS}>", "", "Model 7")
    assert asked.reply_to not in {door.address for door in case.doors}
    brought = supplier.answers("Only in summer")
    assert (brought.outcome, brought.case) == ("case", case)
    assert (case.said[-1].kind, case.said[-1].text) == ("side-in", "Only in summer")
    assert (case.state, case.last_message) == before
    assert (len(anna.inbox), case.participants, case.proposed) == (mails, [anna.address], [])
    with desk.database.reading() as session:
        assert "consultation" in session.scalars(select(Notice.kind)).all()


@in_process
def test_it_reads_what_was_sent_along_without_any_address_of_ours_and_nothing_else(desk, case, anna, bob, supplier) -> None:
    anna.answers(f"My address here is {case.door.address}, is it not?")
    bob.notes(case, "She sounds angry")
    asks(desk, case, bob, along=2)
    asked = supplier.inbox[-1]
    assert "> The printer is on fire" in asked.text
    assert "My address here is …" in asked.text
    assert "angry" not in asked.text
    assert "Use the stairs" not in asked.text
    assert anna.address.encode() not in asked.raw


@in_process
def test_the_customer_s_mail_names_nothing_of_it(desk, case, anna, bob, supplier) -> None:
    asks(desk, case, bob)
    supplier.answers("Only in summer")
    bob.replies(case, "It burns in summer only")
    ours, theirs = anna.inbox[-1], supplier.inbox[-1]
    assert theirs["Message-ID"] not in ours["References"] + ours["In-Reply-To"]
    assert ours["Message-ID"] not in theirs["References"]
    assert b"supplier" not in ours.raw
    assert len(supplier.inbox) == 1


@in_process
def test_a_solved_case_stays_solved_when_a_third_party_answers(desk, case, bob, supplier) -> None:
    asks(desk, case, bob)
    bob.resolves(case)
    assert supplier.answers("Only in summer").outcome == "case"
    assert case.state == "resolved"


@in_process
def test_a_closed_consultation_takes_mail_for_the_grace_period_and_none_after(desk, case, bob, supplier) -> None:
    asks(desk, case, bob)
    closes(desk, bob)
    assert supplier.answers("Only in summer").outcome == "case"
    desk.days_pass(29)
    brought = supplier.answers("And in spring")
    assert brought.refused
    assert case.said[-1].text == "Only in summer"


def side(desk) -> ReplyAddress:
    with desk.database.reading() as session:
        return session.scalars(select(ReplyAddress).where(ReplyAddress.purpose == "side")).one()


@in_process
def test_the_address_of_a_third_party_lives_and_ends_as_those_of_the_case(desk, case, anna, bob, supplier) -> None:
    asks(desk, case, bob)
    bob.resolves(case)
    desk.days_pass(20)
    anna.answers("Still burning")
    desk.days_pass(30)
    assert supplier.answers("Only in summer").outcome == "case"  # it would have ended, had the case not come back
    bob.resolves(case)
    desk.waits_until(clock.now() + GRACE - INSTANT)
    assert supplier.answers("In spring, too").outcome == "case"
    desk.waits_until(clock.now() + INSTANT)
    assert supplier.answers("And in autumn").refused
    assert (side(desk).expired_at, [event for event in case.events if event == "expired"]) == (clock.now(), ["expired"] * 2)
    desk.days_pass(336)
    assert side(desk).retired_at is not None
    assert case.events[-1] == "address-retired"


@in_process
def test_what_was_closed_ends_also_in_a_case_that_comes_back_and_writing_again_opens_it(desk, case, anna, bob, supplier) -> None:
    asks(desk, case, bob)
    closes(desk, bob)
    bob.resolves(case)
    bob.reopens(case)
    desk.days_pass(29)
    assert supplier.answers("Only in summer").refused

    def again(session):
        row = session.scalars(select(Consultation)).one()
        consultations.write(session, row, "And in spring?", agent=bob._me(session), now=clock.now())

    desk.changes(again)
    desk.days_pass(29)
    assert supplier.answers("In spring, too").outcome == "case"


@in_process
def test_a_third_party_of_a_merged_case_answers_as_long_as_the_other_one_lives(desk, case, anna, bob, supplier) -> None:
    asks(desk, case, bob)
    other = anna.writes("And the scanner, too")
    bob.merges(case, other)
    bob.resolves(other)
    assert side(desk).expires_at == clock.now() + GRACE
    desk.days_pass(20)
    bob.unmerges(case)
    assert (case.state, side(desk).expires_at) == ("waiting", None)
    desk.days_pass(9)
    assert (supplier.answers("Only in summer").case, supplier.inbox[-1]["Subject"]) == (case, "Model 7")


@in_process
def test_a_third_party_that_writes_to_the_customer_s_address_is_a_stranger_there(desk, case, bob, supplier) -> None:
    asks(desk, case, bob)
    state = case.state
    assert supplier.sends("Hello", to=case.door.address).case == case
    assert (case.said[-1].kind, case.said[-1].flags, case.state) == ("mail-in", ("stranger",), state)


@in_process
def test_a_customer_at_a_third_party_s_address_is_suspect_and_counts_nothing(desk, case, anna, bob, supplier) -> None:
    asks(desk, case, bob)
    state = case.state
    anna.sends("I found this address", to=supplier.inbox[-1].reply_to)
    assert (case.said[-1].kind, case.said[-1].flags, case.state) == ("mail-in", ("suspect",), state)


@in_process
def test_somebody_else_at_a_third_party_s_address_is_marked_in_the_consultation(desk, case, bob, supplier, carl) -> None:
    asks(desk, case, bob)
    carl.sends("I work there, too", to=supplier.inbox[-1].reply_to)
    assert (case.said[-1].kind, case.said[-1].flags) == ("side-in", ("stranger",))


@in_process
def test_a_third_party_that_answers_the_desk_itself_is_known_by_our_message_id_and_its_own_address(
    desk, case, bob, supplier, carl
) -> None:
    asks(desk, case, bob)
    assert supplier.answers("Only in summer", to="help@example.org").case == case
    assert case.said[-1].kind == "side-in"
    assert carl.answers("Me, too", supplier.inbox[-1], to="help@example.org").outcome == "new-case"


@in_process
def test_one_answer_to_the_desk_as_well_is_shown_once(desk, case, bob, supplier) -> None:
    asks(desk, case, bob)
    brought = supplier.answers("Only in summer", copy_to="help@example.org")
    assert {line.outcome for line in brought.arrived} == {"case", "duplicate"}
    assert len(desk.cases) == 1


@in_process
def test_a_machine_of_a_third_party_is_folded_there_and_tells_nobody(desk, case, bob, supplier) -> None:
    asks(desk, case, bob)
    supplier.answers("I am on holiday", headers=[("Auto-Submitted", "auto-replied")])
    assert (case.said[-1].kind, case.said[-1].flags) == ("side-in", ("automatic",))
    with desk.database.reading() as session:
        assert session.scalars(select(Notice.kind)).all() == []
