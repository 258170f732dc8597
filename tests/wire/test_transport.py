"""The SMTP client against relays that behave, and relays that do not."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mail.transport import Deferred, Patience, Refused, Result, Sent, Transport, one_line
from tests.scripted_relay import HANG_UP, ScriptedRelay, certificate

MAIL = b"Subject: hello\r\n\r\nfirst line\r\n.a line with a dot\r\n..and with two\r\n.\r\nthe end\r\n"
SHORT = Patience(connect=2, command=0.3, final_dot=0.3, farewell=0.3)


@pytest.fixture()
def relay() -> Any:
    """Starts a relay that follows a script."""
    with ExitStack() as started:
        yield lambda script=None, **more: started.enter_context(ScriptedRelay(script, **more).running())


def send(transport: Transport, *recipients: str, sender: str = "b-1@reply.example.org", **more: Any) -> list[Result]:
    """One mail to each, over one connection."""
    with transport.connection() as connection:
        return [connection.send(sender, recipient, MAIL, **more) for recipient in recipients]


def people(count: int) -> list[str]:
    return [f"p{number}@example.com" for number in range(1, count + 1)]


def test_a_mail_arrives_byte_by_byte_dots_and_all(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay()
    (result,) = send(Transport(there.url()), "anna@example.com")
    assert result == Sent("250 2.0.0 queued as 1")
    assert [(t.sender, t.recipients, t.raw) for t in there.taken] == [("b-1@reply.example.org", ("anna@example.com",), MAIL)]


def test_a_mail_without_a_last_line_end_gets_one(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay()
    with Transport(there.url(), patience=SHORT).connection() as connection:
        connection.send("", "anna@example.com", b"Subject: x\r\n\r\nno end")
    assert there.taken[0].raw == b"Subject: x\r\n\r\nno end\r\n"


def test_a_batch_goes_over_one_connection_and_says_goodbye(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay()
    results = send(Transport(there.url()), *people(20))
    assert all(isinstance(result, Sent) for result in results)
    assert (there.connections, len(there.taken), there.commands[-1]) == (1, 20, "QUIT")


def test_no_mail_no_connection(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay()
    with Transport(there.url()).connection():
        pass
    assert there.connections == 0


def test_the_null_reverse_path_travels_as_such(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay()
    send(Transport(there.url()), "anna@example.com", sender="")
    assert there.taken[0].sender == ""
    assert any(command.startswith("MAIL FROM:<>") for command in there.commands)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(("said", "kind"), [("451 4.3.0 later", Deferred), ("550 5.1.1 nobody", Refused)])
def test_a_4xx_defers_and_a_5xx_refuses_at_every_stage(
    relay: Callable[..., ScriptedRelay], stage: str, said: str, kind: type[Result]
) -> None:
    there = relay({stage: said})
    results = send(Transport(there.url()), *people(2))
    assert [(type(result), result.answer) for result in results] == [(kind, said)] * 2
    assert there.connections == 1


def test_one_refused_recipient_does_not_harm_the_others(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({"RCPT TO:<p2@": "550 5.1.1 nobody", "RCPT TO:<p4@": "452 4.2.2 full"})
    results = send(Transport(there.url()), *people(5))
    assert [type(result) for result in results] == [Sent, Refused, Sent, Deferred, Sent]
    assert [t.recipients for t in there.taken] == [("p1@example.com",), ("p3@example.com",), ("p5@example.com",)]
    assert there.connections == 1


@pytest.mark.parametrize("code", ["530 5.7.0 log in first", "535 5.7.8 who are you", "534 5.7.9 stronger", "538 5.7.11 tls"])
def test_what_is_wrong_with_our_log_in_does_not_fail_a_customers_mail(relay: Callable[..., ScriptedRelay], code: str) -> None:
    there = relay({"MAIL": code})
    assert send(Transport(there.url()), "anna@example.com") == [Deferred(code)]


def test_a_dead_relay_is_asked_once_a_batch() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # a port on which nobody listens
        results = send(Transport(f"smtp://127.0.0.1:{nobody.getsockname()[1]}"), *people(3))
    assert results == [Deferred("The relay cannot be reached: Connection refused.", untried=True)] * 3


def test_a_relay_that_turns_us_away_is_asked_once_a_batch(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({"CONNECT": "554 5.3.2 not today"})
    results = send(Transport(there.url()), *people(3))
    assert results == [Deferred("The relay does not serve us: 554 5.3.2 not today", untried=True)] * 3
    assert there.connections == 1


def test_a_dropped_connection_is_made_anew_once(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({"RCPT": lambda connection: HANG_UP if connection == 1 else None})
    results = send(Transport(there.url()), *people(3))
    assert results[0] == Deferred("The connection to the relay broke off.")
    assert [type(result) for result in results[1:]] == [Sent, Sent]
    assert there.connections == 2


def test_a_relay_that_drops_every_mail_is_left_alone(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({"DATA": HANG_UP})
    results = send(Transport(there.url()), *people(4))
    broken = "The connection to the relay broke off."
    assert results == [Deferred(broken), Deferred(broken), Deferred(broken, untried=True), Deferred(broken, untried=True)]
    assert there.connections == 2


def test_a_relay_that_closes_after_each_mail_gets_them_all(relay: Callable[..., ScriptedRelay]) -> None:
    served: list[int] = []

    def one_mail_each(connection: int) -> str | None:
        served.append(connection)
        return "421 4.7.0 enough for now" if served.count(connection) > 1 else None

    there = relay({"MAIL": one_mail_each})
    assert all(isinstance(result, Sent) for result in send(Transport(there.url()), *people(4)))
    assert (there.connections, len(there.taken)) == (4, 4)


def test_a_drop_after_the_final_dot_may_mean_that_it_arrived(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({".": lambda connection: HANG_UP if connection == 1 else None})
    results = send(Transport(there.url()), *people(2))
    assert results[0] == Deferred("The connection to the relay broke off.", unsure=True)
    assert isinstance(results[1], Sent)


def test_a_refusal_counts_though_the_relay_hangs_up_at_once(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({"RCPT TO:<p1@": "550 5.7.1 go away", "RSET": HANG_UP})
    results = send(Transport(there.url()), *people(2))
    assert results[0] == Refused("550 5.7.1 go away")
    assert isinstance(results[1], Sent)


def test_nonsense_instead_of_an_answer_ends_the_connection(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({"RCPT": lambda connection: "HTTP/1.1 400 Bad Request" if connection == 1 else None})
    results = send(Transport(there.url()), *people(2))
    assert results[0] == Deferred("The relay said something that is no SMTP.")
    assert isinstance(results[1], Sent)


@pytest.mark.parametrize(("stage", "unsure"), [("RCPT", False), (".", True)])
def test_a_silent_relay_is_not_waited_for_for_ever(relay: Callable[..., ScriptedRelay], stage: str, unsure: bool) -> None:
    end = threading.Event()

    def silent(_connection: int) -> None:
        end.wait(5)

    there = relay({stage: silent})
    results = send(Transport(there.url(), patience=SHORT), "anna@example.com")
    end.set()
    assert isinstance(results[0], Deferred)
    assert results[0].unsure is unsure


def test_a_slow_relay_is_waited_for(relay: Callable[..., ScriptedRelay]) -> None:
    slowly = threading.Event()

    def slow(_connection: int) -> None:
        slowly.wait(0.25)

    there = relay({"MAIL": slow, "RCPT": slow, ".": slow})
    patience = Patience(connect=2, command=1, final_dot=1)
    assert isinstance(send(Transport(there.url(), patience=patience), "anna@example.com")[0], Sent)


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.com\r\nRCPT TO:<mallory@example.com>",
        "anna@example.com\nDATA",
        "anna\r@example.com",
        "anna\x00@example.com",
        "anna b@example.com",
        "<anna@example.com>",
        "anna@example.com> SIZE=1",
        "anna",
        "",
        "anna@",
        "@example.com",
        "anna@exämple.com",
        "jörg@example.com",
        f"{'a' * 65}@example.com",
    ],
)
@pytest.mark.parametrize("as_sender", [False, True])
def test_a_suspicious_address_opens_no_connection(relay: Callable[..., ScriptedRelay], address: str, as_sender: bool) -> None:
    there = relay()
    with Transport(there.url()).connection() as connection:
        if as_sender and address:
            result = connection.send(address, "anna@example.com", MAIL)
        else:
            result = connection.send("", address, MAIL)
    assert isinstance(result, Refused)
    assert there.connections == 0


def test_a_local_part_outside_of_ascii_travels_as_utf8(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay()
    results = send(Transport(there.url()), "jörg@example.com", smtputf8=True)
    results += send(Transport(there.url()), "anna@example.com")
    assert [type(result) for result in results] == [Sent, Sent]
    assert there.taken[0].recipients == ("jörg@example.com",)
    assert "SMTPUTF8" in next(c for c in there.commands if c.startswith("MAIL"))


def test_without_smtputf8_the_agent_reads_why(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay(features=("8BITMIME",))
    (result,) = send(Transport(there.url()), "jörg@example.com", smtputf8=True)
    assert result == Refused("The relay cannot carry addresses with letters outside of ASCII (it offers no SMTPUTF8).")
    assert not any(command.startswith("MAIL") for command in there.commands)


def test_delivery_reports_are_asked_for_where_the_relay_can(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay(features=("DSN", "SIZE"))
    send(Transport(there.url()), "anna+post@example.com", envelope_id="42")
    assert f"MAIL FROM:<b-1@reply.example.org> SIZE={len(MAIL)} RET=HDRS ENVID=42" in there.commands
    assert "RCPT TO:<anna+post@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;anna+2Bpost@example.com" in there.commands


@pytest.mark.parametrize(("features", "envelope_id"), [(("DSN",), None), (("SIZE",), "42")])
def test_delivery_reports_are_not_asked_for_otherwise(
    relay: Callable[..., ScriptedRelay], features: tuple[str, ...], envelope_id: str | None
) -> None:
    there = relay(features=features)
    send(Transport(there.url()), "anna@example.com", envelope_id=envelope_id)
    assert not any(word in " ".join(there.commands) for word in ("NOTIFY", "ENVID", "RET=", "ORCPT"))


def test_lmtp_is_spoken_too(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay()
    (result,) = send(Transport(there.url("lmtp")), "anna@example.com")
    assert isinstance(result, Sent)
    assert there.commands[0].startswith("lhlo")


def test_user_and_password_come_from_the_url(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay(features=("AUTH PLAIN",))
    send(Transport(there.url(user="help%40example.org:p%3Ass%20word@")), "anna@example.com")
    said = next(command for command in there.commands if command.startswith("AUTH"))
    assert base64.b64decode(said.split()[-1]) == b"\0help@example.org\0p:ss word"


def test_a_wrong_password_defers_and_is_not_repeated_in_the_answer(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({"AUTH": "535 5.7.8 no"}, features=("AUTH PLAIN",))
    results = send(Transport(there.url(user="help:hunter2secret@")), *people(2))
    assert results == [Deferred("The relay does not accept our log-in: 535 5.7.8 no", untried=True, locked_out=True)] * 2
    assert there.connections == 1
    assert not any(command.startswith("MAIL") for command in there.commands)


@pytest.mark.parametrize("features", [(), ("AUTH GSSAPI",)])
def test_a_log_in_that_is_not_offered_defers(relay: Callable[..., ScriptedRelay], features: tuple[str, ...]) -> None:
    there = relay(features=features)
    (result,) = send(Transport(there.url(user="help:secret@")), "anna@example.com")
    assert result == Deferred("The relay does not offer what HOLDLINE_RELAY asks of it (STARTTLS, or a log-in).", untried=True)


def test_a_password_that_a_log_in_cannot_carry_is_named(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay(features=("AUTH PLAIN",))
    assert "letters that a log-in cannot carry" in str(Transport(there.url(user="help:p%C3%A4ss@")).trouble())


def test_starttls_secures_the_rest(relay: Callable[..., ScriptedRelay], tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    there = relay(features=("STARTTLS", "AUTH PLAIN"), tls=server)
    transport = Transport(there.url(user="help:secret@", query="?tls=starttls"), context=client)
    assert isinstance(send(transport, "anna@example.com")[0], Sent)
    verbs = [command.split()[0].upper() for command in there.commands]
    assert verbs[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


@pytest.mark.parametrize("features", [("AUTH PLAIN",), ("SIZE",)])
def test_starttls_that_was_stripped_sends_nothing(relay: Callable[..., ScriptedRelay], features: tuple[str, ...]) -> None:
    there = relay(features=features)
    (result,) = send(Transport(there.url(user="help:secret@", query="?tls=starttls")), "anna@example.com")
    assert isinstance(result, Deferred)
    assert [command.split()[0].lower() for command in there.commands] == ["ehlo"]


def test_starttls_that_is_refused_sends_nothing(relay: Callable[..., ScriptedRelay]) -> None:
    there = relay({"STARTTLS": "454 4.7.0 not now"}, features=("STARTTLS",))
    (result,) = send(Transport(there.url(query="?tls=starttls")), "anna@example.com")
    assert result == Deferred("The relay does not serve us: 454 4.7.0 not now", untried=True)
    assert not any(command.startswith("MAIL") for command in there.commands)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("trouble", ["unknown authority", "other name", "expired"])
def test_a_certificate_that_cannot_be_trusted_gets_nothing(
    relay: Callable[..., ScriptedRelay], tmp_path: Path, scheme: str, trouble: str
) -> None:
    name, days = ("127.0.0.1", -1) if trouble == "expired" else ("relay.elsewhere.example", 1)
    server, client = certificate(tmp_path, name, days=days)
    there = relay(features=("STARTTLS", "AUTH PLAIN"), tls=server, tls_at_once=scheme == "smtps")
    query = "?tls=starttls" if scheme == "smtp" else ""
    trust = None if trouble == "unknown authority" else client
    (result,) = send(Transport(there.url(scheme, user="help:secret@", query=query), context=trust), "anna@example.com")
    assert isinstance(result, Deferred)
    assert result.answer.startswith("The relay's certificate cannot be trusted")
    assert not any(command.startswith(("AUTH", "MAIL")) for command in there.commands)


def test_what_was_said_before_tls_is_forgotten(relay: Callable[..., ScriptedRelay], tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    there = relay(features=("STARTTLS",), tls=server, injected=b"250-relay.example\r\n250 AUTH PLAIN\r\n")
    (result,) = send(Transport(there.url(query="?tls=starttls"), context=client), "anna@example.com")
    # Either the handshake fails on the injected words, or they are dropped; never are they taken for an answer.
    assert isinstance(result, Deferred) or there.commands[2].lower().startswith("ehlo")
    assert not any(command.startswith("AUTH") for command in there.commands)


def test_smtps_speaks_tls_from_the_first_word(relay: Callable[..., ScriptedRelay], tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    there = relay(tls=server, tls_at_once=True)
    assert isinstance(send(Transport(there.url("smtps"), context=client), "anna@example.com")[0], Sent)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://127.0.0.1:25", False),
        ("smtp://localhost:25", False),
        ("smtp://127.0.0.1:25?tls=starttls", True),
        ("smtp://mx.example.org:587", True),
        ("smtp://mx.example.org:587?tls=none", False),
        ("smtps://mx.example.org", False),
        ("lmtp://mx.example.org", True),
    ],
)
def test_off_loopback_tls_is_the_rule(url: str, wanted: bool) -> None:
    assert Transport(url).starttls is wanted


def test_the_doctor_hears_what_is_wrong(relay: Callable[..., ScriptedRelay]) -> None:
    assert Transport(relay().url()).trouble() is None
    assert Transport(relay({"CONNECT": "421 4.3.2 closed"}).url()).trouble() == "The relay does not serve us: 421 4.3.2 closed"


def test_an_answer_is_one_printable_line_of_at_most_500_letters() -> None:
    assert one_line(550, b"5.1.1 no\r\nsuch\x1b[31m\x00 user\n\xff") == "550 5.1.1 no such [31m user \ufffd"
    assert len(one_line(550, b"x" * 4_000)) == 500
