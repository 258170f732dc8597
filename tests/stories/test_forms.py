"""Contact forms: the customer is whom the form names, only for senders that the desk lists, and only where they are proved."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import agents, forms
from helpdesk.models import Agent, Case, Desk, Entry, Person
from tests.cast import Customer
from tests.ways import in_process

FORM = "forms@shop.example"
MX = "mx.example.org"
PROVED = [("Authentication-Results", f"{MX}; dmarc=pass header.from=shop.example")]
PASSED_ON = [("Received", "from anywhere by mx.example.org; Mon, 6 Jan 2025 10:00:00 +0100")]
TEXT = "Name: Anna Weber\nE-Mail: anna@customer.example\n\nMessage:\nThe printer is on fire"

behind_its_server = pytest.mark.desk(authserv_id=(MX,))


@pytest.fixture()
def form(desk) -> Customer:
    """The shop's web server, whose form names its writer in Reply-To."""
    lists(desk, FORM, source="reply-to")
    return Customer(desk, "Shop", FORM)


def lists(desk, address: str, **how) -> None:
    def deed(session) -> None:
        ada = session.scalar(select(Agent).where(Agent.email == "ada@example.org"))
        ada = ada or agents.create(session, "ada@example.org", "Ada", role="admin", now=clock.now())
        forms.add(session, session.scalars(select(Desk)).first(), address, agent=ada, now=clock.now(), **how)

    desk.changes(deed)


def persons(desk) -> set[str]:
    with desk.database.reading() as session:
        return set(session.scalars(select(Person.address)))


@behind_its_server
def test_a_proved_form_s_case_belongs_to_whom_it_names(desk, form, anna) -> None:
    case = form.writes(TEXT, headers=[*PROVED, *PASSED_ON, ("Reply-To", "Anna Weber <anna@customer.example>")])
    assert case.participants == ["anna@customer.example"]
    assert case.last_message.author == "Anna Weber"
    assert len(anna.inbox) == 1, "acknowledged like anybody's unproved mail"
    assert form.inbox == []
    assert persons(desk) == {"anna@customer.example"}, "the form itself is nobody"
    with desk.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "mail-in")).one()
        assert (entry.level, entry.traits["form"]) == (1, FORM)
        assert session.get_one(Case, case.number).channel == "form"


@in_process
@behind_its_server
def test_each_mail_of_a_form_is_a_case_of_its_own(desk, form, anna) -> None:
    words = [*PROVED, *PASSED_ON, ("Reply-To", "anna@customer.example")]
    first = form.writes(TEXT, headers=words)
    threaded = [*words, ("In-Reply-To", anna.inbox[-1]["Message-ID"])]
    assert form.writes(TEXT, headers=threaded) != first


@in_process
@behind_its_server
def test_whoever_only_says_that_they_are_the_form_is_held(desk, form, anna, bob) -> None:
    held = form.sends(TEXT, headers=[*PASSED_ON, ("Reply-To", "anna@customer.example")])
    assert held.outcome == "held"
    assert held.reason == "It says that it comes from a contact form of this desk, but nothing proves that."
    assert persons(desk) == set()
    assert bob.releases(held.id).case.participants == ["anna@customer.example"], "a person's word counts"


@in_process
def test_a_web_server_that_brings_the_mail_itself_is_proved_by_that(desk, form, anna) -> None:
    assert form.writes(TEXT, headers=[("Reply-To", "anna@customer.example")]).requester == "anna@customer.example"
    assert form.sends(TEXT, headers=[*PASSED_ON, ("Reply-To", "anna@customer.example")]).outcome == "held"


@in_process
@pytest.mark.parametrize("text", [TEXT, TEXT.replace("E-Mail: ", "*E-Mail:*\n  "), TEXT.replace("E-Mail:", "E-Mail =")])
def test_a_field_of_the_text_may_name_the_customer(desk, anna, text) -> None:
    lists(desk, FORM, source="body", mail_field="E-Mail:", name_field="Name")
    case = Customer(desk, "Shop", FORM).writes(text, headers=[("Reply-To", "somebody@else.example")])
    assert (case.requester, case.last_message.author) == ("anna@customer.example", "Anna Weber")


@in_process
@pytest.mark.parametrize(
    "text",
    [
        "Message: no address at all",
        TEXT + "\nE-Mail: victim@else.example",
        TEXT.replace("anna@customer.example", "anna@customer.example, b@else.example"),
        TEXT.replace("anna@customer.example", "help@example.org"),
    ],
    ids=["none", "two fields", "two addresses", "our own"],
)
def test_a_form_that_names_nobody_clearly_opens_nothing_also_when_let_in(desk, bob, text) -> None:
    lists(desk, FORM, source="body", mail_field="E-Mail")
    held = Customer(desk, "Shop", FORM).sends(text)
    assert held.outcome == "held"
    assert bob.releases(held.id).outcome == "held"
    assert persons(desk) == set()


@in_process
def test_anybody_else_s_reply_to_names_nobody(desk, form, anna, carl) -> None:
    case = carl.writes(TEXT, headers=[("Reply-To", "anna@customer.example")])
    assert case.requester == "carl@customer.example"
    assert anna.inbox == []


@in_process
def test_a_form_may_send_with_the_desk_s_own_address(desk, anna) -> None:
    lists(desk, "help@example.org", source="reply-to")
    own = Customer(desk, "Shop", "help@example.org")
    assert own.writes(TEXT, headers=[("Reply-To", "anna@customer.example")]).requester == "anna@customer.example"
