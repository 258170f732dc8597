"""Two machines never keep each other busy (L5 to L11, L13, L14)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk.models import Agent, Case
from tests.cast import Customer, Letter
from tests.ways import each_once, in_process

WORDS = "Thank you. Your request has been received; a colleague will answer soon.\n"


class OtherHelpdesk:
    """Acknowledges whatever comes, marks none of it, and has a new number and a new Message-ID each time."""

    def __init__(self, customer: Customer, to: Callable[[Letter], str]) -> None:
        self._customer, self._to, self._seen, self.sent = customer, to, len(customer.inbox), 0

    def works(self) -> None:
        """Answer everything that is new, until nothing comes any more."""
        for _round in range(20):
            new = self._customer.inbox[self._seen :]
            self._seen += len(new)
            for letter in new:
                self.sent += 1
                self._customer.sends(WORDS, to=self._to(letter), subject=f"Ticket received [#{4710 + self.sent}]")
            if not new:
                return


@pytest.mark.parametrize(
    "to", [lambda letter: letter.reply_to, lambda _letter: "help@example.org"], ids=["by Reply-To", "by From"]
)
def test_a_helpdesk_that_acknowledges_everything_gets_one_automatic_mail(desk, anna, to) -> None:
    other = OtherHelpdesk(anna, to)
    anna.writes("It burns")
    other.works()
    desk.days_pass(0.5)
    other.works()
    assert ([letter.is_automatic for letter in anna.inbox], other.sent) == ([True], 1)


def test_after_five_mails_in_ten_minutes_everything_is_filed_and_the_agent_is_told_once(desk, anna, bob) -> None:
    case = anna.writes("It burns")
    bob.replies(case, "Use the stairs")
    before = len(anna.inbox)
    for number in range(9):
        assert anna.sends(f"Still burning, {number}", to=case.door.address).outcome == "case"
    assert (len(bob.inbox), case.events.count("storm"), len(anna.inbox)) == (2, 1, before)
    assert [said.text for said in case.messages if said.kind == "mail-in"][-1] == "Still burning, 8"
    desk.minutes_pass(11)
    anna.sends("Only one", to=case.door.address)
    assert (len(bob.inbox), case.events.count("storm")) == (3, 1)


@in_process
def test_five_mails_in_ten_minutes_are_no_storm_yet(anna, bob) -> None:
    case = anna.writes("It burns")
    bob.replies(case, "Use the stairs")
    for number in range(4):
        anna.sends(f"Still burning, {number}", to=case.door.address)
    assert (len(bob.inbox), "storm" in case.events) == (1, False)


def test_what_has_travelled_through_more_than_a_hundred_servers_goes_no_further(desk, anna) -> None:
    hops = [("Received", f"from a{number}.example by b; Mon, 6 Jan 2025 09:00:00 +0100") for number in range(101)]
    brought = anna.sends("Round and round", headers=hops)
    assert brought.refused or brought.outcome == "held"
    assert (desk.cases, desk.relay.mails) == ([], [])


@pytest.mark.parametrize("way", [pytest.param("imap-sqlite", marks=pytest.mark.needs("dovecot"))], indirect=True)
def test_what_has_travelled_too_far_is_let_in_by_a_click(anna, bob) -> None:
    hops = [("Received", f"from a{number}.example by b; Mon, 6 Jan 2025 09:00:00 +0100") for number in range(101)]
    held = anna.sends("Round and round", headers=hops)
    assert (held.outcome, bob.releases(held.id).outcome) == ("held", "new-case")


def test_what_a_machine_of_ours_sends_says_so(desk, anna) -> None:
    case = anna.writes("It burns")
    (letter,) = anna.inbox
    assert letter.sender == ""
    assert (letter["Auto-Submitted"], letter["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert letter.reply_to == case.door.address
    assert not letter["Disposition-Notification-To"]
    assert "It burns" not in letter.raw.decode()
    assert "A complaint" not in letter["Subject"]


@pytest.mark.desk(new_cases_per_hour=0)
@each_once
def test_whoever_is_named_as_the_sender_of_many_mails_gets_three_at_the_most(desk, anna, mallory) -> None:
    for number in range(40):
        raw = mallory.letter(f"Buy {number} at https://evil.example", author=anna.address, subject=f"Buy {number}")
        desk.takes(raw, mallory.address, ["help@example.org"])
    assert len(desk.cases) == 40
    assert len(anna.inbox) <= 3
    assert not any(word in letter.text + letter["Subject"] for letter in anna.inbox for word in ("evil", "Buy", "Anna"))


@each_once
def test_a_desk_that_is_its_own_customer_and_is_fetched_twice_stays_silent(desk, anna) -> None:
    """L13: the support address as the customer, and the same mailbox fetched a second time."""
    for _twice in range(2):
        for author in ("help@example.org", "Help <HELP@example.org>", "anyone@reply.example.org"):
            letter = anna.letter("From ourselves", author=author, message_id="<1@example.org>")
            desk.takes(letter, "help@example.org", ["help@example.org"])
    assert (desk.cases, desk.relay.mails) == ([], [])
    letter = anna.letter("From somebody")
    outcomes = [desk.takes(letter, anna.address, ["help@example.org"]).outcome for _twice in range(2)]
    assert (outcomes, len(anna.inbox)) == (["new-case", "duplicate"], 1)


@each_once
def test_an_agent_who_is_a_customer_and_whose_mailbox_answers_ends_soon(desk, bob) -> None:
    """L13: an agent's own case is given to that agent, whose mailbox answers all that it gets without a mark."""
    as_customer = Customer(desk, "Bob Builder", bob.address)
    case = as_customer.writes("My own chair is broken")
    with desk.database.transaction() as session:
        session.get_one(Case, case.number).assignee = session.scalars(select(Agent).where(Agent.email == bob.address)).one()
    other = OtherHelpdesk(as_customer, lambda letter: letter.reply_to)
    as_customer.sends("It is still broken", to=case.door.address)
    for _hour in range(24):
        desk.minutes_pass(60)
        other.works()
    assert len(as_customer.inbox) <= 3
