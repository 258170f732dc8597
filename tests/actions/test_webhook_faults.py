"""Whatever dies or lies between us and a program: it hears each message, signed, and can tell doubles by their number."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from helpdesk import alerts
from helpdesk.actions import hooks, webhooks
from helpdesk.db import Database
from helpdesk.models import Webhook, WebhookCall
from helpdesk.policies.webhooks import signature
from helpdesk.remote import Caller, NotTaken
from tests.conftest import MONDAY
from tests.escalations import Burning
from tests.hook_server import HookServer, hook_server

MINUTE = timedelta(minutes=1)


class Scene:
    """A message waits for a program that listens on loopback."""

    def __init__(self, burning: Burning, server: HookServer) -> None:
        self.burning, self.database, self.server = burning, burning.database, server
        self.secret = self.adds(server.url)
        burning.tells(24)
        with self.database.transaction() as session:  # one is enough
            first = session.scalars(select(WebhookCall).order_by(WebhookCall.id)).first()
            assert first is not None
            session.execute(update(WebhookCall).where(WebhookCall.id != first.id).values(due_at=None, state="sent"))

    @property
    def now(self) -> datetime:
        return self.burning.at(24)

    def adds(self, url: str) -> str:
        with self.database.transaction() as session:
            return hooks.add(session, url, private=True, agent=self.burning.agent(session, "carol"), now=MONDAY)[1]

    def calls(self, after: timedelta = timedelta(0), caller: Caller | None = None) -> int:
        return alerts.call_webhooks(self.database, caller or Caller(), now=self.now + after)

    def state(self) -> tuple[str, str]:
        with self.database.reading() as session:
            row = session.scalars(select(WebhookCall).order_by(WebhookCall.id)).first()
            assert row is not None
            return row.state, row.answer

    def claims(self, after: timedelta = timedelta(0)) -> webhooks.Call:
        with self.database.transaction() as session:
            found = webhooks.claim(session, now=self.now + after)
        assert found is not None
        return found

    def settles(self, call: webhooks.Call, answer: str) -> None:
        with self.database.transaction() as session:
            webhooks.settle(session, call, answer, now=self.now)


@pytest.fixture()
def server() -> Iterator[HookServer]:
    with hook_server() as found:
        yield found


@pytest.fixture()
def scene(database: Database, server: HookServer) -> Scene:
    return begun(database, server)


@pytest.fixture()
def each_scene(each_database: Database, server: HookServer) -> Scene:
    """On both databases, for what hangs on locks."""
    return begun(each_database, server)


def begun(database: Database, server: HookServer) -> Scene:
    burning = Burning(database)
    burning.writes()
    return Scene(burning, server)


def is_signed(scene: Scene, at: datetime) -> bool:
    """Whether the last message that was heard proves that it is us, at that second."""
    fields, body = scene.server.heard[-1]
    return fields["holdline-signature"] == signature(scene.secret, at, body)


def test_of_a_sender_that_died_after_it_was_heard_the_program_can_tell_that_it_is_the_same_message(each_scene: Scene) -> None:
    class Dies(Caller):
        def tell(self, *args: object, **more: object) -> int:
            super().tell(*args, **more)  # type: ignore[arg-type]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        each_scene.calls(caller=Dies())
    assert each_scene.calls(webhooks.LEASE - MINUTE) == 0, "it may be on its way still"
    assert each_scene.calls(webhooks.LEASE) == 1
    assert each_scene.calls(webhooks.LEASE * 9) == 0
    (first, body), (second, again) = each_scene.server.heard
    assert (first["holdline-delivery"], body) == (second["holdline-delivery"], again)
    assert is_signed(each_scene, each_scene.now + webhooks.LEASE), "signed anew, so that it is not taken for an old one"


def test_one_that_does_not_answer_in_time_and_one_that_has_a_fault_hear_it_again_by_the_same_number(scene: Scene) -> None:
    scene.server.before = lambda: time.sleep(0.5)
    begun = time.monotonic()
    assert scene.calls(caller=Caller(patience=0.1)) == 0
    assert time.monotonic() - begun < 0.45, "its patience is over before that program answers"
    assert scene.state() == ("queued", "slow")
    scene.server.before, scene.server.answer = lambda: None, 500
    assert (scene.calls(MINUTE), scene.state()) == (0, ("queued", "status 500"))
    assert scene.calls(2 * MINUTE) == 0, "five minutes after the second try, not sooner"
    scene.server.answer = 200
    assert (scene.calls(6 * MINUTE), scene.state()) == (1, ("sent", ""))
    assert len({fields["holdline-delivery"] for fields, _body in scene.server.heard}) == 1
    assert len({body for _fields, body in scene.server.heard}) == 1
    assert len(scene.server.heard) == 3
    assert is_signed(scene, scene.now + 6 * MINUTE)
    assert not is_signed(scene, scene.now)


@pytest.mark.parametrize("status", [302, 307, *(pytest.param(other, marks=pytest.mark.long) for other in (301, 303, 308))])
def test_a_message_goes_nowhere_but_where_it_was_sent(scene: Scene, status: int) -> None:
    with hook_server() as other:
        scene.server.answer, scene.server.elsewhere = status, other.url
        assert (scene.calls(), scene.state()) == (0, ("queued", f"status {status}"))
        assert (len(scene.server.heard), other.heard) == (1, [])


def test_a_name_that_changes_between_the_look_and_the_call_changes_nothing(server: HookServer) -> None:
    asked = list[str]()

    def turns(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    caller, url = Caller(resolve=turns), server.url.replace("127.0.0.1", "hook.invalid")
    assert caller.tell(url, b"{}", {}, private=True) == 204
    assert asked == ["hook.invalid"], "the address that was judged is the one that is called"
    assert server.heard[0][0]["host"] == f"hook.invalid:{server.server_port}"
    with pytest.raises(NotTaken) as told:
        caller.tell(url, b"{}", {}, private=True)
    assert told.value.why == "private", "each call is judged anew"


def test_a_name_of_the_public_web_that_turns_to_this_machine_is_not_called(scene: Scene) -> None:
    inside = Caller(resolve=lambda *_: ["127.0.0.1"])
    url = scene.server.url.replace("127.0.0.1", "hook.invalid")
    with pytest.raises(NotTaken) as told:
        inside.tell(url, b"{}", {}, private=False)
    assert (told.value.why, scene.server.heard) == ("private", [])


@pytest.mark.parametrize("whose", ["the second's", "the first's"])
def test_of_two_who_had_it_one_after_the_other_no_late_word_has_it_sent_again(each_scene: Scene, whose: str) -> None:
    first = each_scene.claims()
    second = each_scene.claims(webhooks.LEASE)
    assert first.content == second.content
    if whose == "the second's":  # word is that it was taken, and then the first one's that it heard nothing
        each_scene.settles(second, "")
        each_scene.settles(first, "slow")
    else:
        each_scene.settles(first, "")
        each_scene.settles(second, "slow")
    assert each_scene.state() == ("sent", "")
    with each_scene.database.reading() as session:
        assert not webhooks.is_anything_due(session, now=each_scene.now + timedelta(days=9))


def test_the_late_word_of_one_who_lost_it_does_not_take_it_from_who_has_it(scene: Scene) -> None:
    first = scene.claims()
    second = scene.claims(webhooks.LEASE)
    scene.settles(first, "slow")
    with scene.database.reading() as session:
        assert (
            session.scalars(select(WebhookCall.due_at).where(WebhookCall.id == second.id)).one() == scene.now + 2 * webhooks.LEASE
        )


def test_a_webhook_that_is_removed_while_it_is_called_holds_up_no_other(scene: Scene) -> None:
    def removes() -> None:
        with scene.database.transaction() as session:
            hooks.remove(
                session, session.scalars(select(Webhook)).one(), agent=scene.burning.agent(session, "carol"), now=scene.now
            )

    scene.server.before = removes
    assert scene.calls() == 1


def test_one_whose_secret_cannot_be_read_is_told_of_and_holds_up_no_other(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.scalars(select(Webhook)).one().secret = "of another key"
    scene.adds(scene.server.url.replace("hook", "other"))
    scene.burning.writes(30, "I want to speak to a human")
    scene.burning.tells(30)
    assert scene.calls(timedelta(hours=6)) >= 1
    assert scene.state() == ("queued", "secret")
    assert scene.server.heard


def test_several_callers_at_once_tell_it_once(each_scene: Scene) -> None:
    ready, told = threading.Barrier(4), list[int]()

    def call() -> None:
        ready.wait()
        told.append(each_scene.calls())

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (sorted(told), len(each_scene.server.heard)) == ([0, 0, 0, 1], 1)
