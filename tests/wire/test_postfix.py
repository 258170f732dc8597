"""Postfix in front of our door and behind us, as the installation guide has it."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import agents, desks, entries
from helpdesk.db import Database
from helpdesk.models import Case, Entry, OutboxMail, ReplyAddress
from helpdesk.queries import people
from mail import inbound
from mail import jobs as bridge
from mail.commands import receive
from mail.listen import SmtpDoor
from mail.transport import Transport
from tests.postfix import Postfix, Starts
from tests.relay import Relay
from tests.servers import folder, free_port, wait_until
from tests.ways import ReadsHere, drain

pytestmark = pytest.mark.needs("postfix")


@pytest.fixture()
def relay() -> Iterator[Relay]:
    relay = Relay()
    yield relay
    relay.close()


class Desk:
    """A door on a port that was chosen before, which may open late and close again."""

    def __init__(self, database: Database, protocol: str) -> None:
        self.database, self.port = database, free_port()
        listen = f"{protocol}://127.0.0.1:{self.port}"
        self._settings = database.house.settings.model_copy(update={"smtp_listen": listen})
        self._door: SmtpDoor | None = None
        with database.transaction() as session:
            desks.sync_from_settings(session, now=clock.now())

    def opens(self) -> None:
        self._door = SmtpDoor(self.database, self._settings)
        self._door.start()

    def closes(self) -> None:
        if self._door:
            self._door.stop()
        self._door = None

    def works(self, transport: Transport | None = None) -> None:
        drain(
            self.database,
            {
                "mail.process": lambda job: inbound.process(self.database, ReadsHere(), job["mail"]),
                "outbox.deliver": lambda _job: transport and bridge.deliver_due(self.database, transport),
            },
        )

    @property
    def words(self) -> list[str]:
        with self.database.reading() as session:
            return [entry.visible.strip() for entry in session.scalars(select(Entry).where(Entry.kind == "mail-in"))]


@pytest.fixture(params=["smtp", "lmtp"])
def desk(request: pytest.FixtureRequest, database: Database) -> Iterator[Desk]:
    desk = Desk(database, request.param)
    yield desk
    desk.closes()


@pytest.fixture()
def in_front(postfix: Starts, desk: Desk, relay: Relay, request: pytest.FixtureRequest) -> Postfix:
    """Postfix that hands mail for our domains to the door, and everything else to the relay."""
    protocol = request.node.callspec.params["desk"]
    door = f"lmtp:inet:127.0.0.1:{desk.port}" if protocol == "lmtp" else f"smtp:[127.0.0.1]:{desk.port}"
    return postfix({"example.org": door, "reply.example.org": door, "*": f"smtp:[127.0.0.1]:{relay.port}"})


def send(to: Postfix, recipient: str, text: str, sender: str = "anna@customer.example") -> None:
    raw = f"From: {sender}\r\nTo: {recipient}\r\nSubject: Fire\r\nMessage-ID: <{text}@customer.example>\r\n\r\n{text}\r\n"
    with smtplib.SMTP("127.0.0.1", to.port, timeout=20) as client:
        client.sendmail(sender, [recipient], raw)


def test_mail_that_postfix_brings_becomes_a_case(desk: Desk, in_front: Postfix) -> None:
    desk.opens()
    send(in_front, "help@example.org", "It-burns")
    wait_until(lambda: desk.works() or desk.words == ["It-burns"], what="the arrival")


def test_while_our_door_is_closed_postfix_keeps_the_mail_and_brings_it_later(desk: Desk, in_front: Postfix, relay: Relay) -> None:
    send(in_front, "help@example.org", "In-the-queue")
    wait_until(lambda: "status=deferred" in in_front.log, what="the first try")
    assert relay.mails == []
    desk.opens()
    in_front.flush()
    wait_until(lambda: desk.works() or desk.words == ["In-the-queue"], what="the arrival")


def test_a_fault_of_ours_is_tried_again_and_is_one_entry_in_the_end(desk: Desk, in_front: Postfix, relay: Relay) -> None:
    desk.opens()
    with desk.database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE inbound_mail RENAME TO elsewhere")
    send(in_front, "help@example.org", "Again-and-again")
    wait_until(lambda: "status=deferred" in in_front.log, what="the first try")
    with desk.database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE elsewhere RENAME TO inbound_mail")
    in_front.flush()
    wait_until(lambda: desk.works() or desk.words == ["Again-and-again"], what="the arrival")
    assert relay.mails == []


def test_a_sender_reads_our_own_sentence_when_postfix_has_to_return_the_mail(desk: Desk, in_front: Postfix, relay: Relay) -> None:
    desk.opens()
    send(in_front, "nobody@reply.example.org", "Lost")
    returned = relay.wait(lambda mail: mail.recipients == ("anna@customer.example",))
    assert returned.sender == ""
    assert b"550 5.1.1" in returned.raw
    assert b"help@example.org" in returned.raw
    assert desk.words == []


@pytest.fixture()
def behind(postfix: Starts, relay: Relay) -> Postfix:
    """Postfix as our relay."""
    return postfix({"*": f"smtp:[127.0.0.1]:{relay.port}"})


@pytest.fixture()
def case(database: Database) -> int:
    """A case of Anna's, nothing sent yet."""
    desk = Desk(database, "smtp")
    with database.transaction() as session:
        agents.create(session, "bob@example.org", "Bob", role="agent", now=clock.now())
    desk.opens()
    with smtplib.SMTP("127.0.0.1", desk.port) as client:
        client.sendmail(
            "anna@customer.example", ["help@example.org"], "From: anna@customer.example\r\nSubject: Fire\r\n\r\nIt burns.\r\n"
        )
    desk.closes()
    drain(
        database,
        {"mail.process": lambda job: inbound.process(database, ReadsHere(), job["mail"]), "outbox.deliver": lambda _: None},
    )
    with database.reading() as session:
        return session.scalars(select(Case.number)).one()


def answer(database: Database, number: int, text: str) -> None:

    with database.transaction() as session:
        bob = people.agent_by_email(session, "bob@example.org")
        assert bob is not None
        entries.reply(session, session.get_one(Case, number), text, agent=bob, now=clock.now())


def test_what_we_send_passes_postfix_unchanged_with_its_envelope(
    database: Database, case: int, behind: Postfix, relay: Relay
) -> None:
    answer(database, case, "Grüße. Use the stairs.\n\n.\n.. and mind the dots")
    bridge.deliver_due(database, Transport(behind.url, name="desk.example.org"))
    mail = relay.wait(lambda mail: "stairs" in str(mail.message.get_body(("plain",))))
    with database.reading() as session:
        row = session.scalars(select(OutboxMail).where(OutboxMail.kind == "reply")).one()
        doors = set(session.scalars(select(ReplyAddress.address).where(ReplyAddress.purpose == "report")))
        assert (row.state, mail.message["Message-ID"]) == ("sent", row.message_id)
    assert mail.recipients == ("anna@customer.example",)
    assert mail.sender in doors
    text = mail.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "\n.\n.. and mind the dots" in text.replace("\r\n", "\n")


def test_a_bounce_by_postfix_comes_home_to_its_mail(postfix: Starts, database: Database, case: int, relay: Relay) -> None:
    """The whole circle: our mail leaves by Postfix, is refused further on, and Postfix reports to our door."""
    desk = Desk(database, "smtp")
    desk.opens()
    door = f"smtp:[127.0.0.1]:{desk.port}"
    server = postfix({"reply.example.org": door, "*": f"smtp:[127.0.0.1]:{relay.port}"})
    relay.refused["anna@customer.example"] = "550 5.1.1 no such user"
    answer(database, case, "Use the stairs.")

    def bounced() -> bool:
        desk.works(Transport(server.url, name="desk.example.org"))
        with database.reading() as session:
            return "bounced" in session.scalars(select(OutboxMail.state).where(OutboxMail.kind == "reply")).all()

    wait_until(bounced, what="the bounce")
    desk.closes()
    with database.reading() as session:
        row = session.scalars(select(OutboxMail).where(OutboxMail.kind == "reply")).one()
        assert "5.1.1" in row.answer
        assert session.get_one(Case, case).state == "open"
        assert len(session.scalars(select(Case.number)).all()) == 1


def test_by_the_pipe_of_the_installation_guide_every_recipient_is_named_and_a_null_sender_is_none(postfix: Starts) -> None:
    guide = (Path(__file__).parents[2] / "docs/install.md").read_text()
    service = re.search(r"^    (holdline unix .*\n)    (  flags=.*\n)", guide, re.M)
    assert service is not None
    with folder("pipe") as home:
        home.chmod(0o777)
        program, heard = home / "holdline", home / "heard"
        program.write_text(f'#!/bin/sh\ncat > /dev/null\nprintf "%s\\n" "$@" > {heard}.new\nmv {heard}.new {heard}\n')
        program.chmod(0o755)
        ours = (
            "".join(service.groups())
            .replace("user=holdline", "user=nobody")
            .replace("/opt/holdline/.venv/bin/holdline", str(program))
        )
        server = postfix({"*": "holdline:"}, ours)
        with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as client:
            client.sendmail("", ["help+a@example.org", "help+b@example.org"], "Subject: Fire\r\n\r\nIt burns.\r\n")
        wait_until(heard.exists, what="the pipe")
        called, *words = heard.read_text().splitlines()
    said = receive.make_context(called, words).params
    assert (called, said["sender"]) == ("receive", "")
    assert sorted(said["recipients"]) == ["help+a@example.org", "help+b@example.org"]
