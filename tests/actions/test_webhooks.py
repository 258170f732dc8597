"""Programs hear of escalations: signed, until they took it, and never twice at once."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk import alerts
from helpdesk.actions import hooks, webhooks
from helpdesk.actions.desks import NotUsable
from helpdesk.db import Database
from helpdesk.models import Webhook, WebhookCall
from helpdesk.policies.webhooks import signature
from helpdesk.remote import Caller, NotTaken
from tests.conftest import MONDAY
from tests.escalations import Burning
from tests.hook_server import HookServer, hook_server

MINUTE = timedelta(minutes=1)


@pytest.fixture()
def server() -> Iterator[HookServer]:
    with hook_server() as found:
        yield found


def added(burning: Burning, url: str, *, private: bool = True) -> str:
    """A webhook of Carol's; its secret."""
    with burning.database.transaction() as session:
        return hooks.add(session, url, private=private, agent=burning.agent(session, "carol"), now=MONDAY)[1]


def calls(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(WebhookCall).order_by(WebhookCall.id))
        return [(row.event, row.state, row.answer) for row in rows]


@pytest.fixture()
def burning(database: Database) -> Burning:
    desk = Burning(database)
    desk.writes()
    return desk


def test_a_program_hears_what_burns_and_can_tell_that_it_is_us(burning: Burning, server: HookServer) -> None:
    secret = added(burning, server.url)
    burning.tells(24)
    now = burning.at(24)
    assert alerts.call_webhooks(burning.database, Caller(), now=now) == 2
    (fields, body), _second = server.heard
    assert fields["holdline-signature"] == signature(secret, now, body)
    assert fields["holdline-event"] == "escalation.raised"
    said = json.loads(body)
    assert (said["case"]["number"], said["escalation"]["reason"], said["escalation"]["level"]) == (1001, "breach", 0)
    assert alerts.call_webhooks(burning.database, Caller(), now=now + MINUTE) == 0, "it was told"


def test_what_was_not_taken_is_tried_again_until_it_is(burning: Burning, server: HookServer) -> None:
    added(burning, server.url)
    burning.tells(24)
    now, server.answer = burning.at(24), 500
    assert alerts.call_webhooks(burning.database, Caller(), now=now) == 0
    assert len(server.heard) == 1, "one that fails is left alone until the next time"
    assert calls(burning.database)[0] == ("escalation.raised", "queued", "status 500")
    server.answer = 200
    assert alerts.call_webhooks(burning.database, Caller(), now=now + MINUTE) == 2
    assert [state for _event, state, _answer in calls(burning.database)] == ["sent", "sent"]


def test_what_nobody_takes_for_a_day_is_given_up_and_later_forgotten(burning: Burning, server: HookServer) -> None:
    added(burning, server.url)
    burning.tells(24)
    server.answer = 302
    for hours in range(24, 60):
        alerts.call_webhooks(burning.database, Caller(), now=burning.at(hours))
    assert {state for _event, state, _answer in calls(burning.database)} == {"failed"}
    assert {body["event"] for body in (json.loads(body) for _fields, body in server.heard)} >= {"escalation.raised"}
    with burning.database.transaction() as session:
        webhooks.forget_old(session, now=burning.at(60) + timedelta(days=31))
    assert calls(burning.database) == []


def test_two_workers_tell_a_message_once(each_database: Database) -> None:
    burning = Burning(each_database)
    burning.writes()
    added(burning, "https://example.org/hook")
    burning.tells(24)
    now = burning.at(24)
    with each_database.transaction() as session:
        first = webhooks.claim(session, now=now)
    with each_database.transaction() as session:
        second, third = webhooks.claim(session, now=now), webhooks.claim(session, now=now)
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert third is None
    with each_database.transaction() as session:
        again = webhooks.claim(session, now=now + webhooks.LEASE)
    assert again is not None
    assert again.content == first.content, "whoever died with it in hand gave it back, and it is the same message"


@pytest.mark.parametrize(
    ("url", "private", "trouble"),
    [
        ("http://127.0.0.1:1/x", False, "private"),
        ("https://169.254.169.254/latest", True, "private"),
        ("http://10.0.0.1/x", True, "plain"),
        ("http://127.0.0.1:1/x", True, "connection"),
        ("https://[::ffff:10.0.0.1]/x", False, "private"),
        ("https://user:word@example.org/", False, "address"),
        ("ftp://example.org/", False, "address"),
    ],
)
def test_where_a_message_does_not_go_it_says_why(url: str, private: bool, trouble: str) -> None:
    with pytest.raises(NotTaken) as told:
        Caller().tell(url, b"{}", {}, private=private)
    assert told.value.why == trouble


def test_a_name_that_leads_inside_is_not_asked() -> None:
    inside = Caller(resolve=lambda *_: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(NotTaken) as told:
        inside.tell("https://example.org/hook", b"{}", {}, private=False)
    assert told.value.why == "private"


def test_a_server_that_speaks_no_tls_or_answers_with_no_success_says_so(server: HookServer) -> None:
    with pytest.raises(NotTaken) as told:
        Caller(tls=ssl.create_default_context()).tell(server.url.replace("http:", "https:"), b"{}", {}, private=True)
    assert told.value.why == "connection"
    server.answer = 404
    with pytest.raises(NotTaken) as told:
        Caller().tell(server.url, b"{}", {}, private=True)
    assert (told.value.why, told.value.detail) == ("status", "404")


@pytest.mark.parametrize(
    "url", ["", "example.org", "http://example.org/hook", "https://user@example.org/", "https://" + "x" * 1000]
)
def test_an_address_that_cannot_be_told_is_refused(burning: Burning, url: str) -> None:
    with pytest.raises(NotUsable):
        added(burning, url, private=False)


def test_one_that_is_removed_hears_nothing_more(burning: Burning) -> None:
    added(burning, "https://example.org/hook")
    with pytest.raises(NotUsable):
        added(burning, "https://example.org/hook")
    burning.tells(24)
    with burning.database.transaction() as session:
        hooks.remove(session, session.scalars(select(Webhook)).one(), agent=burning.agent(session, "carol"), now=MONDAY)
    assert calls(burning.database) == []
