"""What nobody did about a promise: the holder hears of it in time, then the customer, and what has passed is broken once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from helpdesk import clock, jobs
from helpdesk.actions import agents, cases, desks, promise_watch, spam
from helpdesk.actions.cases import NotPermitted
from helpdesk.db import Database
from helpdesk.models import Agent, Case, CaseClock, Desk, Entry, Escalation, Event, OutboxMail, Promise
from mail.drafts import draft
from tests.actions.test_promises import HOUR, MONDAY, Scene
from tests.web.browsing import anna_writes


@pytest.fixture()
def scene(each_database: Database, monday: datetime) -> Scene:
    """A case of Anna's from Monday at ten, which Bob holds; its acknowledgement left and named Tuesday at ten."""
    with each_database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        agents.create(session, "bob@example.org", "Bob", role="agent", now=monday)
    assert anna_writes(each_database, level=2) == 1001
    scene = Scene(each_database)
    scene.does(lambda s, case, agent, now: cases.assign(s, case, agent, agent=None, now=now, told_as=None))
    scene.acknowledges()
    with each_database.transaction() as session:
        session.execute(update(OutboxMail).values(state="sent"))
    return scene


def watch(scene: Scene, hours: float) -> int:
    with clock.freeze(MONDAY + hours * HOUR):
        return jobs.watch_promises(scene.database, now=MONDAY + hours * HOUR)


def escalations(scene: Scene) -> list[tuple[str, str | None]]:
    """(why, how it ended), the oldest first."""
    with scene.database.reading() as session:
        return [(row.reason, row.outcome) for row in session.scalars(select(Escalation).order_by(Escalation.id))]


def told(scene: Scene) -> list[str]:
    with scene.database.reading() as session:
        return list(session.scalars(select(OutboxMail.recipient).where(OutboxMail.kind == "later")))


def test_the_holder_then_the_customer_hear_of_it_and_each_once(scene: Scene) -> None:
    # Eight working hours: at two of them left, Monday at four, and at one, Tuesday at nine.
    assert watch(scene, 6) == 0
    assert watch(scene, 6.01) == 1
    assert watch(scene, 22.9) == 0
    assert told(scene) == []
    assert watch(scene, 23.01) == 1
    assert told(scene) == ["anna@customer.example"]
    assert scene.promises() == [("acknowledgement", "renewed"), ("acknowledgement", "running")]
    assert scene.owed() == [48], "a working day more"
    for hours in range(24, 200):
        watch(scene, hours)
    assert (told(scene), scene.promises()[1:]) == (["anna@customer.example"], [("acknowledgement", "broken")])
    assert escalations(scene) == [], "the deadline of the first response is no later, and rings for it"


def test_where_less_was_promised_than_the_deadline_asks_the_promise_is_escalated_itself(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.scalars(select(Desk)).one().apologises = False
        session.execute(update(CaseClock).values(due_at=MONDAY + 100 * HOUR))
    watch(scene, 6.01)
    watch(scene, 23.01)
    assert escalations(scene) == [("promise-at-risk", None)]
    watch(scene, 24.01)
    assert escalations(scene) == [("promise-at-risk", "worse"), ("promise-broken", None)]
    scene.answers(25)
    assert escalations(scene)[1] == ("promise-broken", "answered")


def test_what_the_customer_is_told_names_both_times_and_is_a_machines_mail(scene: Scene) -> None:
    watch(scene, 6.01)
    watch(scene, 23.01)
    with scene.database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "later")).one()
        sent = draft(session, mail, now=MONDAY)
    assert sent.automatic == "auto-replied"
    assert mail.report_address_id is None, "the null reverse-path"
    assert "We said that you would hear from us by Tuesday 3 November, 10 am." in sent.text
    assert "A person will now answer you by Wednesday 4 November, 10 am." in sent.text
    assert sent.reply_to is not None


@pytest.mark.parametrize(
    "why",
    [
        "switched off",
        "machine",
        "doubtful",
        "never sent",
        "came back",
        "left",
        "budget",
        "told others",
        "solved",
        "spam",
        "answered",
        "no time",
    ],
)
def test_no_machine_of_ours_writes_where_it_may_not(scene: Scene, why: str) -> None:
    watch(scene, 6.01)
    with scene.database.transaction() as session:
        case, desk = session.get_one(Case, 1001), session.scalars(select(Desk)).one()
        match why:
            case "switched off":
                desk.apologises = False
            case "no time":
                desk.names_time = "none"
            case "machine":
                case.requester.address = "noreply@customer.example"
                session.execute(update(OutboxMail).values(recipient="noreply@customer.example"))
            case "doubtful":
                session.execute(update(Entry).where(Entry.kind == "mail-in").values(level=0))
            case "never sent" | "came back":
                session.execute(update(OutboxMail).values(state="queued" if why == "never sent" else "bounced"))
            case "left":
                case.participants[0].left_at = MONDAY
            case "budget":
                for n in range(5):
                    session.add(
                        OutboxMail(
                            kind="acknowledgement", automatic=True, recipient="anna@customer.example", language="en",
                            message_id=f"<{n}@x>", state="sent", created_at=MONDAY + 20 * HOUR, due_at=MONDAY, changed_at=MONDAY,
                        )
                    )  # fmt: skip
            case "told others":  # nothing proves who wrote: three such mails a day, of whichever kind
                session.execute(update(Entry).where(Entry.kind == "mail-in").values(level=1))
                for n in range(2):
                    session.add(
                        OutboxMail(
                            kind="later", automatic=True, recipient="anna@customer.example", language="en",
                            message_id=f"<{n}@x>", state="sent", created_at=MONDAY + 20 * HOUR, due_at=MONDAY, changed_at=MONDAY,
                        )
                    )  # fmt: skip
    if why == "solved":
        scene.does(cases.resolve, 7)
    if why == "spam":
        scene.does(spam.mark, 7)
    if why == "answered":
        scene.answers(7)
    before = told(scene)
    watch(scene, 23.01)
    assert told(scene) == before
    watch(scene, 24.01)
    expected = {"solved": "dropped", "spam": "dropped", "answered": "kept"}.get(why, "broken")
    assert scene.promises() == [("acknowledgement", expected)]


def test_an_agents_word_is_an_agents_to_take_back(scene: Scene) -> None:
    scene.answers(1, until=24)
    for hours in range(2, 30):
        watch(scene, hours)
    assert (told(scene), escalations(scene)) == ([], [("promise-at-risk", "worse"), ("promise-broken", None)])
    assert scene.promises()[1:] == [("agent", "broken")]
    assert scene.owed() == [24], "it is owed until somebody answers"
    scene.answers(31)
    assert scene.owed() == []


def test_two_who_look_at_once_tell_once(scene: Scene) -> None:
    with scene.database.reading() as session:
        seen = session.scalars(select(Promise)).one()
        session.expunge_all()
    at = MONDAY + 6.01 * HOUR
    with scene.database.transaction() as session:
        assert promise_watch.look(session, seen.id, now=at) == "warned"
    with scene.database.transaction() as session:
        assert promise_watch.look(session, seen.id, now=at) == ""
        stale = session.get_one(Promise, seen.id)
        assert stale.look_at != seen.look_at
        unchanged = Promise.id == stale.id, Promise.look_at == seen.look_at
        assert session.scalar(select(Promise.id).where(*unchanged)) is None


def test_a_click_keeps_an_agents_promise_and_only_that(scene: Scene) -> None:
    def click(session, case, agent, now, which):  # type: ignore[no-untyped-def]
        row = session.scalars(select(Promise).where(Promise.kind == which)).one()
        promise_watch.keep(session, case, row, agent=agent, now=now)

    with pytest.raises(NotPermitted):
        scene.does(click, 1, which="acknowledgement")
    scene.answers(1, until=48)
    watch(scene, 46.5)
    assert escalations(scene) == [("promise-at-risk", None)]
    scene.does(click, 47, which="agent")
    assert scene.promises()[1:] == [("agent", "kept")]
    assert escalations(scene) == [("promise-at-risk", "kept")]
    with pytest.raises(NotPermitted):
        scene.does(click, 47, which="agent")
    with scene.database.reading() as session:
        event = session.scalars(select(Event).where(Event.deed == "promise-kept")).one()
        assert event.agent_id == session.scalars(select(Agent)).one().id


def test_a_click_too_late_leaves_it_broken_and_owed_no_more(scene: Scene) -> None:
    scene.answers(1, until=48)
    scene.does(
        lambda s, case, **by: promise_watch.keep(s, case, s.scalars(select(Promise).where(Promise.kind == "agent")).one(), **by),
        49,
    )
    assert (scene.promises()[1:], scene.owed()) == ([("agent", "broken")], [])


def test_the_timetable_watches_where_the_time_can_be_believed(scene: Scene) -> None:
    jobs.ring_clocks(scene.database, now=MONDAY + 6 * HOUR)
    late = MONDAY + 6.1 * HOUR
    jobs.ring_clocks(scene.database, now=late)
    with scene.database.reading() as session:
        assert session.scalars(select(Promise.warned_at)).one() == late
    jobs.ring_clocks(scene.database, now=late + timedelta(hours=40))
    assert scene.promises() == [("acknowledgement", "running")], "after a silence it may have jumped"
