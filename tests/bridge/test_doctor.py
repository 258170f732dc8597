"""What `holdline check` finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from helpdesk import clock, db
from helpdesk.actions import mailboxes
from helpdesk.actions import relay as deeds
from helpdesk.db import Database
from helpdesk.settings import Settings
from mail import doctor
from tests.relay import Relay


@pytest.fixture()
def relay() -> Iterator[Relay]:
    relay = Relay()
    yield relay
    relay.close()  # a second time does no harm


def well(settings: Settings, relay: Relay, **change: object) -> Database:
    """An installation in which nothing is wrong, but for what is changed."""
    return Database(settings.model_copy(update={"relay": SecretStr(relay.url), **change}))


def found(database: Database) -> list[str]:
    try:
        return doctor.problems(database)
    finally:
        database.close()


def test_a_healthy_installation_has_nothing_to_say(database: Database, settings: Settings, relay: Relay) -> None:
    assert found(well(settings, relay)) == []


def test_a_database_of_another_version_is_named(settings: Settings, relay: Relay, tmp_path: Path) -> None:
    lines = found(well(settings, relay, data_dir=tmp_path / "empty"))
    assert lines[0].startswith("database: is not of this version; run: holdline init")


def test_a_relay_that_does_not_answer_is_named(database: Database, settings: Settings, relay: Relay) -> None:
    relay.close()
    (line,) = found(well(settings, relay))
    assert line.startswith("relay: ")
    assert "HOLDLINE_RELAY" in line


def test_a_mailbox_that_cannot_be_entered_is_named(database: Database, settings: Settings, relay: Relay) -> None:
    desk = well(settings, relay, imap_url=(SecretStr("imap://help:secret@127.0.0.1:9/INBOX"),))
    with desk.transaction() as session:
        mailboxes.sync_from_settings(session, now=clock.now())
    (line,) = found(desk)
    assert line.startswith("mailbox help@127.0.0.1:9/INBOX: ")


def test_a_full_disk_is_named(database: Database, settings: Settings, relay: Relay) -> None:
    (line,) = found(well(settings, relay, max_mail_bytes=2**60))
    assert line.startswith("disk: ")


def test_a_web_that_the_world_reaches_without_tls_is_named(database: Database, settings: Settings, relay: Relay) -> None:
    (line,) = found(well(settings, relay, web_listen="0.0.0.0:8080"))
    assert line.startswith("HOLDLINE_WEB_LISTEN: 0.0.0.0")


def test_the_schema_of_the_test_is_the_products(database: Database) -> None:
    assert db.is_current(database)


def test_what_a_relay_insists_on_is_a_note_and_no_problem(database: Database, settings: Settings, relay: Relay) -> None:
    seen = well(settings, relay)
    with seen.transaction() as session:
        deeds.insists_on_own_sender(session, "550 5.7.60 not as this sender", now=clock.now())
    said = "relay: takes only help@example.org as the envelope's sender; it said: 550 5.7.60 not as this sender"
    assert said in doctor.notes(seen)
    assert doctor.problems(seen) == []
    seen.close()
