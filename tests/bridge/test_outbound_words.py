"""Who gets what from whom, in which words; read from what a relay was given."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from helpdesk import clock
from helpdesk.actions import addresses, agents, cases, entries
from helpdesk.models import Agent, Blob, Case, Entry, OutboxMail, ReplyAddress
from helpdesk.policies import message_ids
from helpdesk.queries import addresses as find
from helpdesk.queries import books
from tests.conftest import MONDAY
from tests.outbox_desk import BOB, HELP, Desk, read, text_of


def test_an_answer_goes_to_everybody_who_takes_part_each_with_their_own_door(desk: Desk) -> None:
    number = desk.opens("Anna", "Carl")
    desk.replies(number)
    assert desk.delivers() == 2
    assert desk.states == ["sent", "sent"]
    anna, carl = desk.relay.taken
    assert (anna.recipients, carl.recipients) == (("anna@customer.example",), ("carl@customer.example",))
    messages = [email.message_from_bytes(taken.raw) for taken in (anna, carl)]
    assert messages[0]["Message-ID"] == messages[1]["Message-ID"]
    assert anna.sender != carl.sender
    assert all(taken.sender.startswith("b-") and taken.sender.endswith("@reply.example.org") for taken in (anna, carl))
    with desk.database.reading() as session:
        doors = {row.participant.person.address: row.address for row in find.of_case(session, number) if row.participant}
    for taken, message, other in ((anna, messages[0], "carl"), (carl, messages[1], "anna")):
        assert doors[taken.recipients[0]] in message["Reply-To"]
        assert doors[f"{other}@customer.example"].encode() not in taken.raw
        assert f"{other}@customer.example".encode() not in taken.raw


def test_an_answer_comes_from_the_person_at_the_front_desk(desk: Desk) -> None:
    number = desk.opens("Anna")
    desk.receives(number, "Anna", "It burns")
    desk.replies(number)
    desk.delivers()
    assert desk.last["From"] == f"Bob Builder <{HELP}>"
    assert desk.last["To"] == "Anna <anna@customer.example>"
    assert desk.last["Subject"] == "Re: The printer is on fire"
    assert desk.last["Reply-To"].addresses[0].display_name == "Help desk · 1001"
    assert "Auto-Submitted" not in desk.last
    assert "Bob Builder, Help desk\nCase 1001. Just reply to this mail" in desk.last_text


def test_a_desk_may_answer_without_names(desk: Desk) -> None:
    with desk.deed() as session:
        front = find.desk_at(session, HELP)
        assert front is not None
        front.sender = "desk"
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    assert desk.last["From"] == f"Help desk <{HELP}>"
    assert b"Bob Builder" not in desk.relay.taken[-1].raw


def test_a_desk_may_answer_with_formal_names_where_they_are_known(desk: Desk) -> None:
    with desk.deed() as session:
        front = find.desk_at(session, HELP)
        assert front is not None
        front.sender = "formal"
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    assert desk.last["From"] == f"Bob Builder <{HELP}>"
    with desk.deed() as session:
        session.scalars(select(Agent)).one().formal_name = "Mr Builder"
    desk.replies(desk.opens("Carl"))
    desk.delivers()
    assert desk.last["From"] == f"Mr Builder <{HELP}>"
    assert "Mr Builder, Help desk" in desk.last_text


def test_an_answer_has_two_forms_of_the_same_words_and_its_files(desk: Desk) -> None:
    upload = entries.Upload("receipt.pdf", "application/pdf", b"%PDF-1.7 receipt")
    desk.replies(desk.opens("Anna"), "Use the **stairs**.", files=[upload])
    desk.delivers()
    assert "\n\nUse the stairs.\n" in desk.last_text
    assert "<strong>stairs</strong>" in text_of(desk.last, "html")
    (file,) = desk.last.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (upload.name, upload.type, upload.content)


def test_the_language_of_the_case_is_spoken(desk: Desk, settings: Any) -> None:
    number = desk.opens("Anna", language="de")
    desk.acknowledges(number, desk.receives(number, "Anna", "Es brennt"))
    desk.delivers()
    assert desk.last["Subject"] == "Wir haben Ihre Nachricht (Fall 1001)"
    assert desk.last["Content-Language"] == "de"


def test_an_acknowledgement_cannot_be_answered_by_a_machine_and_says_nothing_of_the_senders(desk: Desk) -> None:
    number = desk.opens("Viagra-Now")
    entry = desk.receives(number, "Viagra-Now", "Buy at https://evil.example", message_id="<first@customer.example>")
    desk.acknowledges(number, entry)
    desk.delivers()
    (taken,) = desk.relay.taken
    assert taken.sender == ""
    assert desk.last["Auto-Submitted"] == "auto-replied"
    assert desk.last["X-Auto-Response-Suppress"] == "All"
    assert desk.last["Subject"] == "We have your message (case 1001)"
    assert desk.last["To"] == "viagra-now@customer.example"
    assert desk.last["In-Reply-To"] == desk.last["References"] == "<first@customer.example>"
    said = desk.last_text + text_of(desk.last, "html") + desk.last["Subject"]
    assert not any(word in said for word in ("printer", "Viagra-Now", "evil", "Buy"))


def test_what_the_case_shows_of_an_acknowledgement_is_what_was_sent(desk: Desk) -> None:
    number = desk.opens("Anna")
    desk.acknowledges(number, desk.receives(number, "Anna", "It burns"))
    desk.delivers()
    with desk.database.reading() as session:
        shown = session.scalar(select(Entry.text).where(Entry.kind == "system"))
    assert desk.last_text == shown


@pytest.mark.parametrize("took_part", [True, False])
def test_late_mail_is_acknowledged_as_such_to_those_who_took_part(desk: Desk, took_part: bool) -> None:
    older, newer = desk.opens("Anna"), desk.opens("Anna" if took_part else "Mallory")
    with desk.deed() as session:
        cases.link(session, session.get_one(Case, newer), session.get_one(Case, older), kind="follow-up", now=clock.now())
        session.execute(
            update(ReplyAddress).where(ReplyAddress.case_number == older).values(expired_at=MONDAY - timedelta(days=3))
        )
    desk.acknowledges(newer, desk.receives(newer, "Anna" if took_part else "Mallory", "Burning again"))
    desk.delivers()
    assert ("Your reply came after 30 October, when the old address had closed." in desk.last_text) is took_part
    assert ("old address" in desk.last_text) is took_part
    assert "A person will answer you by Tuesday 3 November, 10 am." in desk.last_text


def test_every_mail_program_threads_it(desk: Desk) -> None:
    number = desk.opens("Anna")
    desk.receives(number, "Anna", "It burns", message_id="<one@customer.example>")
    desk.replies(number, "Where?")
    desk.receives(number, "Anna", "In the hall", message_id="<two@customer.example>")
    desk.replies(number, "Use the stairs")
    desk.delivers()
    first, second = (email.message_from_bytes(taken.raw) for taken in desk.relay.taken if taken.recipients != (BOB,))
    assert (first["In-Reply-To"], first["References"]) == ("<one@customer.example>", "<one@customer.example>")
    assert second["In-Reply-To"] == "<two@customer.example>"
    assert second["References"].split() == ["<one@customer.example>", first["Message-ID"], "<two@customer.example>"]


def test_nobody_is_told_the_message_ids_of_others(desk: Desk) -> None:
    number = desk.opens("Anna", "Carl")
    desk.receives(number, "Anna", "It burns", message_id="<anna@secret.host.example>")
    desk.receives(number, "Anna", "I am Anna", message_id="<forged@evil.example>", flags=("suspect",))
    desk.replies(number)
    desk.delivers()
    to_anna, to_carl = (taken.raw for taken in desk.relay.taken if taken.recipients != (BOB,))
    assert b"In-Reply-To: <anna@secret.host.example>" in to_anna
    assert b"secret.host" not in to_carl
    assert b"forged@evil" not in to_anna + to_carl


def test_what_is_answered_stands_below_the_answer(desk: Desk) -> None:
    number = desk.opens("Anna", "Carl")
    desk.receives(number, "Anna", "It burns.\n\nIn the hall.")
    desk.replies(number)
    desk.delivers()
    anna, carl = (text_of(read(taken.raw)) for taken in desk.relay.taken)
    quote = "> It burns.\n> \n> In the hall.\n"
    assert anna.endswith(f"You wrote on 2 November at 10:00:\n\n{quote}")
    assert carl.endswith(f"Anna wrote on 2 November at 10:00:\n\n{quote}")
    assert anna.index("··· Please write your answer above this line ···") < anna.index("Use the stairs") < anna.index("You wrote")


@pytest.mark.parametrize("flag", ["suspect", "stranger", "automatic", "bounce"])
def test_a_strangers_or_suspects_words_are_quoted_to_nobody(desk: Desk, flag: str) -> None:
    number = desk.opens("Anna")
    entry = desk.receives(number, "Anna", "Send the money to evil", flags=(flag,))
    answer = desk.replies(number)
    with desk.deed() as session:
        session.get_one(Entry, answer).answers_id = entry
    desk.delivers()
    assert "evil" not in desk.last_text
    assert "wrote" not in desk.last_text


def test_whoever_takes_no_part_is_not_quoted(desk: Desk) -> None:
    number = desk.opens("Anna")
    desk.opens("Mallory")
    desk.receives(number, "Mallory", "Send the money to evil")
    desk.replies(number)
    desk.delivers()
    assert "evil" not in desk.last_text


def test_a_long_mail_is_quoted_in_part(desk: Desk) -> None:
    number = desk.opens("Anna")
    desk.receives(number, "Anna", "\n".join(f"line {n}" for n in range(1, 200)))
    desk.replies(number)
    desk.delivers()
    assert desk.last_text.endswith("> line 59\n> line 60\n> […]\n")


def test_a_reply_address_in_somebodys_words_is_not_passed_on(desk: Desk) -> None:
    number = desk.opens("Anna", "Carl")
    with desk.database.reading() as session:
        doors = [row.address for row in find.of_case(session, number)]
    desk.receives(number, "Anna", f"I wrote to {doors[0]} and <help+{doors[0].partition('@')[0]}@example.org>.")
    desk.replies(number)
    desk.delivers()
    assert "I wrote to … and <…>." in desk.last_text
    assert doors[0].partition("@")[0] not in desk.last_text


def test_an_agent_is_told_of_new_mail_without_a_word_of_it(desk: Desk) -> None:
    number = desk.opens("Anna")
    with desk.deed() as session:
        bob = session.get_one(Agent, desk.bob)
        cases.assign(session, session.get_one(Case, number), bob, agent=bob, now=clock.now())
    desk.receives(number, "Anna", "It burns")
    desk.delivers()
    (taken,) = desk.relay.taken
    assert (taken.sender, taken.recipients) == ("", (BOB,))
    assert desk.last["Auto-Submitted"] == "auto-generated"
    assert desk.last["Subject"] == "New mail in case 1001"
    assert "http://127.0.0.1:8080/cases/1001\n" in desk.last_text
    assert not any(word in taken.raw for word in (b"Anna", b"printer", b"It burns", b"customer.example"))


@pytest.mark.parametrize("kind", ["invitation", "reset"])
def test_a_link_for_a_password_works_and_is_not_left_lying_about(desk: Desk, kind: str) -> None:
    with desk.deed() as session:
        if kind == "reset":
            agents.forgot_password(session, BOB, now=clock.now())
        else:
            agents.invite(session, session.get_one(Agent, desk.bob), by=None, now=clock.now())
    desk.delivers()
    token = desk.last_text.partition("http://127.0.0.1:8080/password/")[2].split()[0]
    with desk.database.reading() as session:
        link = agents.link_holder(session, token, now=clock.now())
        assert link is not None
        assert (link.agent_id, link.kind) == (desk.bob, kind)
        assert not any(token.encode() in blob for blob in session.scalars(select(Blob.content)))
        assert token not in str(session.scalar(select(OutboxMail.words)))
        assert list(books.problems(session)) == []
    assert desk.last["To"] == "Bob Builder <bob@corp.example>"


def test_an_address_that_was_withdrawn_meanwhile_is_not_given_out(desk: Desk) -> None:
    number = desk.opens("Anna")
    desk.replies(number)
    with desk.deed() as session:
        (old,) = find.of_case(session, number)
        fresh = addresses.rotate(session, old, agent=session.get_one(Agent, desk.bob), now=clock.now()).address
    desk.delivers()
    assert desk.last["Reply-To"].addresses[0].addr_spec == fresh


def test_an_address_outside_of_ascii_is_served_where_the_relay_can(desk: Desk) -> None:
    desk.replies(desk.opens("Jörg"))
    desk.delivers()
    assert (desk.states, desk.relay.taken[0].recipients) == (["sent"], ("jörg@customer.example",))


def test_delivery_reports_are_asked_for_answers_only(desk: Desk) -> None:
    desk.relay.features = ("DSN", "SIZE")
    number = desk.opens("Anna")
    desk.acknowledges(number, desk.receives(number, "Anna", "It burns"))
    desk.replies(number)
    desk.delivers()
    said = [command for command in desk.relay.commands if command.startswith("MAIL")]
    assert ["ENVID" in command for command in said] == [False, True]
    assert said[1].endswith(f"ENVID={message_ids.envelope_id(desk.rows[1].id, desk.rows[1].message_id)}")
