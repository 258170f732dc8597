"""Postfix's question at RCPT, over a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from helpdesk import clock
from helpdesk.actions import desks
from helpdesk.db import Database
from mail.policy import PolicyDoor


@pytest.fixture()
def door(database: Database) -> Iterator[PolicyDoor]:
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    door = PolicyDoor(database, "127.0.0.1:0")
    door.start()
    yield door
    door.stop()


def ask(door: PolicyDoor, recipient: str, sender: str = "anna@customer.example", request: str = "smtpd_access_policy") -> str:
    lines = f"request={request}\nprotocol_state=RCPT\nsender={sender}\nrecipient={recipient}\n\n"
    with socket.create_connection(("127.0.0.1", door.port), 5) as connection:
        connection.sendall(lines.encode() * 2)  # two questions over one connection
        with connection.makefile("rb") as answers:
            first, empty, second = (answers.readline() for _ in range(3))
    assert empty == b"\n"
    assert first == second
    return first.decode().strip()


def test_the_front_desk_and_foreign_domains_are_none_of_our_refusals(door: PolicyDoor) -> None:
    assert ask(door, "help@example.org") == "action=DUNNO"
    assert ask(door, "colleague@elsewhere.example") == "action=DUNNO"


def test_a_mistyped_or_unknown_reply_address_is_refused_with_a_sentence(door: PolicyDoor) -> None:
    assert ask(door, "re-3tsb-4zer-buwb-k7w4-jyaz-qsx7@reply.example.org").startswith("action=550 5.1.1 ")
    assert ask(door, "nobody@reply.example.org").startswith("action=550 5.1.1 ")


def test_other_requests_are_left_alone(door: PolicyDoor) -> None:
    assert ask(door, "nobody@reply.example.org", request="junk") == "action=DUNNO"


def test_without_a_database_nobody_is_refused_for_good(door: PolicyDoor, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE desk RENAME TO away")
    assert ask(door, "help@example.org") == "action=DUNNO"
    assert ask(door, "nobody@reply.example.org").startswith("action=451 4.3.0 ")


def test_nonsense_ends_the_connection_and_not_the_door(door: PolicyDoor) -> None:
    with socket.create_connection(("127.0.0.1", door.port), 5) as connection:
        connection.sendall(b"x=y\n" * 500)
        assert connection.recv(100) == b""
    assert ask(door, "help@example.org") == "action=DUNNO"
