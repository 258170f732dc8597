"""Is all well?  /healthz and /metrics."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk import alerts, blobs, clock, jobs
from helpdesk.actions import addresses as doors
from helpdesk.actions import agents, api_tokens, canary, cases, desks, entries, logins, people, post, relay
from helpdesk.db import Database
from helpdesk.models import Agent, Arrival, Case, InboundMail, Installation, Job, Mailbox, OutboxMail, ReplyAddress
from helpdesk.policies.addresses import standing
from helpdesk.queries import health
from helpdesk.queries import people as find
from helpdesk.queries.canary import Canary
from helpdesk.settings import Settings
from tests.web.browsing import open_pages

LATE = timedelta(minutes=10)
A_MOMENT = timedelta(microseconds=1)
MORE = timedelta(minutes=1)


@pytest.fixture()
def now(monday: datetime) -> datetime:
    return monday


@pytest.fixture()
def session(database: Database, now: datetime) -> Iterator[Session]:
    """A transaction before the question is asked."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=now)
        yield session


@pytest.fixture()
def ask(database: Database, session: Session) -> Callable[..., TestResponse]:
    """Ends the transaction, and asks this installation for a path."""

    def get(path: str, **more: object) -> TestResponse:
        session.commit()
        return open_pages(database).test_client().get(path, **more)

    return get


def mail(session: Session, at: datetime) -> InboundMail:
    row = InboundMail(door="smtp", peer="127.0.0.1", sender="anna@customer.example", received_at=at, size=3)
    row.sha256 = blobs.keep(session, b"raw")
    row.arrivals = [Arrival(recipient="help@example.org")]
    session.add(row)
    session.flush()
    return row


def job(session: Session, state: str, run_at: datetime, kind: str = "mail.process") -> None:
    session.add(Job(kind=kind, payload={"mail": 1}, state=state, run_at=run_at, created_at=run_at))
    session.flush()


def outgoing(session: Session, state: str, due_at: datetime) -> OutboxMail:
    row = OutboxMail(kind="notification", automatic=True, recipient="bob@example.org", language="en", message_id="<1@x>")
    row.state, row.created_at, row.due_at, row.changed_at = state, due_at, due_at, due_at
    session.add(row)
    session.flush()
    return row


def mailbox(session: Session, checked_at: datetime, trouble: str | None = None) -> None:
    row = Mailbox(name="secret-user@imap.example:993/INBOX", host="imap.example", port=993, tls="imaps", username="secret-user")
    row.connected_at, row.checked_at, row.trouble = checked_at, checked_at, trouble
    session.add(row)
    session.flush()


def case(session: Session, at: datetime) -> Case:
    desk, person = find.desks(session)[0], people.known(session, "anna@customer.example", "Anna", now=at)
    found = cases.open_case(session, desk, person, "Fire", now=at)
    entries.receive(session, found, entries.Incoming(author="Anna", text="x", visible="x"), person=person, counts=True, now=at)
    return found


def test_a_desk_without_trouble_is_healthy(ask, session: Session, now: datetime) -> None:
    mail(session, now)
    job(session, "ready", now)
    outgoing(session, "queued", now)
    mailbox(session, now)
    answer = ask("/healthz")
    assert answer.status_code == 200
    checks = dict.fromkeys(
        ("database", "disk", "mail", "timetable", "jobs", "outbox", "relay", "mailboxes", "log-ins", "scanner", "canary"), "ok"
    )
    assert answer.json == {"status": "ok", "checks": checks}
    assert answer.headers["Cache-Control"] == "no-store"


TROUBLES: dict[str, tuple[str, str, Callable[[Session, datetime], object]]] = {
    "mail that nobody reads": (
        "mail",
        "Mail has been waiting to be read for 11 minutes",
        lambda s, now: mail(s, now - LATE - MORE),
    ),
    "jobs that nobody takes": ("jobs", "waiting for a worker for 11", lambda s, now: job(s, "ready", now - LATE - MORE, "x")),
    "a job that was given up": ("jobs", "1 job failed for good", lambda s, now: job(s, "dead", now)),
    "mail that nobody sends": ("outbox", "waiting to go out for 11", lambda s, now: outgoing(s, "deferred", now - LATE - MORE)),
    "a mailbox in trouble": ("mailboxes", "1 mailbox cannot be read", lambda s, now: mailbox(s, now, "the password is wrong")),
    "a mailbox that is silent": ("mailboxes", "1 mailbox cannot", lambda s, now: mailbox(s, now - LATE - MORE)),
    "a relay that refuses our log-in": (
        "relay",
        "The relay refuses our log-in; no mail leaves.",
        lambda s, now: relay.failed(s, "secret.example says 535", refused=True, now=now),
    ),
    "a relay that was not there for five minutes": (
        "relay",
        "The relay cannot be reached",
        lambda s, now: relay.failed(s, "secret.example is away", refused=False, now=now - timedelta(minutes=5)),
    ),
    "a log-in that gets no token": (
        "log-ins",
        "1 log-in at a mail server (OAuth2) cannot be renewed.",
        lambda s, now: logins.note_troubles(s, {"office": "secret.example says invalid_grant"}),
    ),
    "sweeps that do not run": (
        "timetable",
        "has not run for 11 minutes",
        lambda s, now: jobs.remember(s, now - LATE - MORE, None),
    ),
    "so much told at once that the clock is likelier wrong": (
        "timetable",
        "stands still: 51 escalations in 51 open cases would be told at once",
        lambda s, now: s.add(
            Installation(name=alerts.LAST_TELLING, value={"stopped": "51 escalations in 51 open cases would be told at once"})
        ),
    ),
    "a clock that jumped": (
        "timetable",
        "stands still: the clock says",
        lambda s, now: jobs.remember(s, now, "the clock says 1970"),
    ),
}


@pytest.mark.parametrize("name", sorted(TROUBLES))
def test_each_trouble_is_said_in_a_sentence(ask, session: Session, now: datetime, name: str) -> None:
    check, sentence, cause = TROUBLES[name]
    cause(session, now)
    answer = ask("/healthz")
    assert (answer.status_code, answer.json["status"]) == (503, "trouble")
    assert [what for what, how in answer.json["checks"].items() if how != "ok"] == [check]
    [said] = answer.json["trouble"]
    assert sentence in said


def test_ten_minutes_are_not_late_yet(ask, session: Session, now: datetime) -> None:
    mail(session, now - LATE)
    job(session, "ready", now - LATE)
    outgoing(session, "queued", now - LATE)
    jobs.remember(session, now - LATE, None)
    assert ask("/healthz").status_code == 200
    with clock.freeze(now + A_MOMENT):
        assert ask("/healthz").json["checks"] | {"disk": ""} == {
            "database": "ok", "disk": "", "mail": "trouble", "timetable": "trouble", "jobs": "trouble", "outbox": "trouble",
            "relay": "ok", "mailboxes": "ok", "log-ins": "ok", "scanner": "ok", "canary": "ok",
        }  # fmt: skip


def test_a_relay_that_is_away_for_a_moment_is_no_trouble_and_what_is_over_is_none(ask, session: Session, now: datetime) -> None:
    relay.failed(session, "is away", refused=False, now=now - timedelta(minutes=4))
    relay.failed(session, "is away", refused=False, now=now)
    assert ask("/healthz").status_code == 200
    relay.failed(session, "535", refused=True, now=now)
    relay.answered(session, now=now)
    assert ask("/healthz").status_code == 200


def test_old_mail_that_is_read_again_waits_since_that_was_ordered(session: Session, now: datetime) -> None:
    old = mail(session, now - timedelta(days=30))
    bob = agents.create(session, "bob@example.org", "Bob", role="admin", now=now)
    post.settle(session, old.arrivals[0], "held", "For the test.", now=now)
    assert health.unread_since(session) is None
    post.replay(session, old.arrivals[0], agent=bob, now=now)
    assert health.unread_since(session) == now


def test_mail_without_a_job_waits_since_it_came(session: Session, now: datetime) -> None:
    mail(session, now - MORE)
    assert health.unread_since(session) == now - MORE
    job(session, "dead", now)
    assert health.unread_since(session) == now - MORE


def test_what_waits_for_its_next_try_or_is_being_sent_is_no_trouble(ask, session: Session, now: datetime) -> None:
    outgoing(session, "deferred", now + LATE)
    outgoing(session, "queued", now - 2 * LATE).lease_until = now + MORE
    outgoing(session, "sent", now - 2 * LATE)
    outgoing(session, "failed", now - 2 * LATE)
    assert ask("/healthz").status_code == 200


def test_mail_that_the_operator_holds_is_no_trouble(
    session: Session, settings: Settings, database: Database, now: datetime
) -> None:
    outgoing(session, "queued", now - 2 * LATE)
    session.commit()
    held = Database(settings.model_copy(update={"outgoing": "hold"}))
    assert open_pages(held).test_client().get("/healthz").status_code == 200
    held.close()


def test_a_job_that_was_given_up_long_ago_is_only_counted(ask, session: Session, now: datetime) -> None:
    job(session, "dead", now - timedelta(days=1))
    assert ask("/healthz").status_code == 200
    assert 'holdline_jobs{state="dead"} 1.0' in ask("/metrics").text


def test_a_full_disk_is_said(session: Session, settings: Settings, now: datetime) -> None:
    session.commit()
    tight = Database(settings.model_copy(update={"max_mail_bytes": 10**18}))
    answer = open_pages(tight).test_client().get("/healthz")
    assert (answer.status_code, answer.json["checks"]["disk"]) == (503, "trouble")
    tight.close()


def test_a_database_that_does_not_answer_is_said_and_nothing_of_it(tmp_path: Path, settings: Settings) -> None:
    broken = Database(settings.model_copy(update={"data_dir": tmp_path / "none"}))  # without a schema
    answer = open_pages(broken).test_client().get("/healthz")
    assert (answer.status_code, answer.json["checks"]["database"]) == (503, "trouble")
    assert answer.json["trouble"] == ["The database does not answer."]
    broken.close()


def test_a_sweep_in_time_ends_the_trouble(ask, session: Session, database: Database, now: datetime) -> None:
    jobs.remember(session, now - LATE - MORE, None)
    assert ask("/healthz").status_code == 503
    jobs.sweep(database, now=now)
    assert ask("/healthz").status_code == 200


def test_nothing_is_told_of_people_addresses_or_servers(ask, session: Session, now: datetime) -> None:
    case(session, now)
    mailbox(session, now, "secret-user cannot log in at imap.example")
    mail(session, now - timedelta(days=1))
    for text in (ask("/healthz").text, ask("/metrics").text):
        for secret in ("anna", "secret", "imap.example", "example.org", "Fire"):
            assert secret not in text


def test_to_ask_changes_nothing(ask, session: Session, database: Database) -> None:
    session.commit()
    before = database_bytes(database)
    assert ask("/healthz").status_code == ask("/metrics").status_code == 200
    assert database_bytes(database) == before


FIGURES = {
    "holdline_cases": ("state", {"new", "open", "waiting", "resolved"}),
    "holdline_mail": (
        "outcome",
        {"case", "new-case", "follow-up", "held", "refused", "report", "auto", "duplicate", "late"},
    ),
    "holdline_outbox": ("state", {"queued", "deferred", "sent", "bounced", "failed"}),
    "holdline_jobs": ("state", {"ready", "run", "dead"}),
    "holdline_addresses": ("standing", {"active", "grace", "expired", "retired", "revoked"}),
    "holdline_trouble": (
        "check",
        {"database", "disk", "mail", "timetable", "jobs", "outbox", "relay", "mailboxes", "log-ins", "scanner", "canary"},
    ),
    "holdline_build_info": ("version", {version("holdline")}),
}


def test_every_figure_has_all_its_labels_also_where_nothing_is_counted(ask) -> None:
    text = ask("/metrics").text
    for name, (label, values) in FIGURES.items():
        assert set(re.findall(rf'^{name}{{{label}="([^"]+)"}} \d', text, re.M)) == values, name
    for name in ("holdline_mail_accepted", "holdline_mail_waiting", "holdline_ledger_mismatch", "holdline_oldest_wait_seconds"):
        assert f"\n{name} 0.0" in text
    assert text.count("# HELP holdline_") == text.count("# TYPE holdline_") == len(FIGURES) + 4
    assert "python_info" not in text


def test_figures_are_counted(ask, session: Session, now: datetime) -> None:
    solved, waiting = case(session, now - timedelta(hours=3)), case(session, now - timedelta(hours=2))
    cases.resolve(session, solved, agent=None, now=now)
    solved.waiting_since = solved.opened_at  # were it so, nobody would be waiting for us all the same
    mail(session, now)
    post.settle(session, mail(session, now).arrivals[0], "held", "For the test.", now=now)
    outgoing(session, "failed", now)
    job(session, "run", now)
    text = ask("/metrics").text
    for line in (
        'holdline_cases{state="new"} 1.0',
        'holdline_cases{state="resolved"} 1.0',
        'holdline_mail{outcome="held"} 1.0',
        "holdline_mail_waiting 1.0",
        "holdline_mail_accepted 2.0",
        "holdline_ledger_mismatch 0.0",
        'holdline_outbox{state="failed"} 1.0',
        'holdline_jobs{state="run"} 1.0',
        'holdline_addresses{standing="active"} 1.0',
        'holdline_addresses{standing="grace"} 1.0',
        "holdline_oldest_wait_seconds 7200.0",
    ):
        assert f"\n{line}\n" in text, line
    assert waiting.state == "new"


def test_lost_mail_shows_as_a_mismatch(ask, session: Session, now: datetime) -> None:
    mail(session, now).arrivals[0].outcome = "eaten"
    assert "\nholdline_ledger_mismatch 1.0\n" in ask("/metrics").text


def test_the_database_counts_standings_as_the_rule_has_them(session: Session, now: datetime) -> None:
    asker = case(session, now)
    expected = {"active": 1, "grace": 0, "expired": 0, "retired": 0, "revoked": 0}
    ends = (None, now - A_MOMENT, now, now + A_MOMENT)
    for expires_at, expired_at, retired_at, revoked_at in itertools.product(ends, (None, now), (None, now), (None, now)):
        row = doors.issue(session, asker.participants[0], now=now)
        row.expires_at, row.expired_at, row.retired_at, row.revoked_at = expires_at, expired_at, retired_at, revoked_at
        expected[
            standing(expires_at=expires_at, expired_at=expired_at, retired_at=retired_at, revoked_at=revoked_at, now=now)
        ] += 1
    doors.issue_report(session, asker, now=now)
    assert health.addresses(session, now) == expected
    assert session.query(ReplyAddress).count() == sum(expected.values()) + 1


FORWARDED = [
    {"X-Forwarded-For": "203.0.113.9"},
    {"Forwarded": "for=203.0.113.9"},
    {"X-Real-IP": "203.0.113.9"},
    {"X-Forwarded-Host": "desk.example.org"},
    {"X-Forwarded-Proto": "https"},
    {"Via": "1.1 proxy"},
]


def test_figures_are_for_this_machine_or_for_whoever_has_a_token(ask, session: Session, now: datetime) -> None:
    bob = agents.create(session, "bob@example.org", "Bob", role="agent", now=now)
    token = api_tokens.create(session, bob, now=now)
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    assert ask("/metrics").status_code == ask("/metrics", environ_overrides={"REMOTE_ADDR": "::1"}).status_code == 200
    assert ask("/metrics", **elsewhere).status_code == 401
    assert ask("/metrics", headers={"Authorization": "Bearer nonsense"}, **elsewhere).status_code == 401
    assert ask("/metrics", headers={"Authorization": f"Bearer {token}"}, **elsewhere).status_code == 200
    for headers in FORWARDED:
        assert ask("/metrics", headers=headers).status_code == 401, "a proxy on this machine speaks for somebody elsewhere"


def test_a_trusted_proxy_on_this_machine_does_not_make_its_clients_local(
    session: Session, settings: Settings, database: Database
) -> None:
    session.commit()
    behind = Database(settings.model_copy(update={"trusted_proxies": 1}))
    client: Flask = open_pages(behind)
    for shown in ("203.0.113.9", "127.0.0.1"):
        assert client.test_client().get("/metrics", headers={"X-Forwarded-For": shown}).status_code == 401
    assert client.test_client().get("/metrics").status_code == 200
    behind.close()


def test_a_log_in_cookie_shows_no_figures_elsewhere(ask, session: Session, database: Database, now: datetime) -> None:
    ada: Agent = agents.create(session, "ada@example.org", "Ada", role="admin", now=now)
    agents.set_password(session, ada, "correct horse battery staple", now=now)
    cookie = agents.log_in(session, ada.email, "correct horse battery staple", ip="127.0.0.1", now=now)
    session.commit()
    client = open_pages(database).test_client()
    client.set_cookie("holdline", cookie)
    assert client.get("/account").status_code == 200
    assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": "203.0.113.9"}).status_code == 401


def database_bytes(database: Database) -> list[str]:
    """All that is in the database, as SQL."""
    with database.engine.connect() as connection:
        return list(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]


def test_the_canary_is_counted_only_while_it_flies(session: Session, settings: Settings, now: datetime) -> None:
    with_canary = Database(settings.model_copy(update={"canary": timedelta(minutes=15)}))
    ask = open_pages(with_canary).test_client().get
    loopback = {"REMOTE_ADDR": "127.0.0.1"}
    assert "canary" not in ask("/metrics", environ_base=loopback).text.replace('check="canary"', "")
    canary._keep(session, Canary(began_at=now - timedelta(hours=1), sent_at=now, back=now - MORE, took=timedelta(seconds=3)))
    session.commit()
    text = ask("/metrics", environ_base=loopback).text
    assert f"holdline_canary_age_seconds {MORE.total_seconds():.1f}" in text
    assert "holdline_canary_round_trip_seconds 3.0" in text
    with clock.freeze(now + timedelta(minutes=51)):
        answer = ask("/healthz")
    assert (answer.status_code, answer.json["checks"]["canary"]) == (503, "trouble")
    assert any(
        "No probe has come back for 5" in said or "No probe has come back for 6" in said for said in answer.json["trouble"]
    )
    with_canary.close()
