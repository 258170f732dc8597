"""What was promised to a customer follows every deed of its case, at one place."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk import clock, jobs
from helpdesk.actions import (
    agents,
    calls,
    cases,
    deliveries,
    desks,
    drafts,
    entries,
    handovers,
    merging,
    recall,
    releases,
    sending,
    spam,
    texts,
    undo,
)
from helpdesk.actions.cases import NotPermitted
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Desk, Draft, Entry, Event, OutboxMail, Promise, Team
from helpdesk.queries import promises as find
from helpdesk.queries.addresses import desk_at
from tests.conftest import MONDAY
from tests.web.browsing import anna_writes, mail_comes

HOUR = timedelta(hours=1)
SECONDS = timedelta(seconds=10)


class Scene:
    """Deeds of Bob's, each in a transaction of its own; time is told in hours since Monday at ten."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def does(self, deed: object, hours: float = 0, number: int = 1001, **more: object) -> object:
        now = MONDAY + hours * HOUR
        with clock.freeze(now), self.database.transaction() as session:
            bob = session.scalars(select(Agent).where(Agent.email == "bob@example.org")).one()
            return deed(session, session.get_one(Case, number), agent=bob, now=now, **more)  # type: ignore[operator]

    def acknowledges(self, hours: float = 0, number: int = 1001) -> Entry:
        def deed(session, case, agent, now):  # type: ignore[no-untyped-def]
            first = session.scalars(select(Entry).where(Entry.case_number == number)).first()
            return entries.acknowledge(session, case, first, now=now)

        return self.does(deed, hours, number)  # type: ignore[return-value]

    def answers(self, hours: float, number: int = 1001, *, until: float | None = None, **more: object) -> Entry:
        promise = MONDAY + until * HOUR if until is not None else None
        return self.does(lambda s, case, **by: entries.reply(s, case, "Stairs", promise=promise, **by), hours, number, **more)  # type: ignore[return-value]

    def promises(self, number: int = 1001) -> list[tuple[str, str]]:
        """(kind, standing), the oldest first."""
        with self.database.reading() as session:
            return [(row.kind, row.standing) for row in find.of_case(session, number)]

    def owed(self, number: int = 1001) -> list[float]:
        """By when somebody is owed an answer, in hours since Monday at ten."""
        with self.database.reading() as session:
            return [(row.due_at - MONDAY) / HOUR for row in find.owed(session, number)]

    def due(self, number: int = 1001) -> float | None:
        with self.database.reading() as session:
            at = session.get_one(Case, number).due_at
            return (at - MONDAY) / HOUR if at else None


@pytest.fixture()
def scene(database: Database, monday: datetime) -> Scene:
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        agents.create(session, "bob@example.org", "Bob", role="agent", now=monday)
    assert anna_writes(database) == 1001
    return Scene(database)


def test_an_acknowledgement_names_a_time_and_is_kept_to_it(scene: Scene) -> None:
    entry = scene.acknowledges()
    assert "A person will answer you by Tuesday 3 November, 10 am." in entry.text
    assert (scene.promises(), scene.owed()) == ([("acknowledgement", "running")], [24])
    scene.answers(24)
    assert (scene.promises(), scene.owed()) == ([("acknowledgement", "kept")], [])


def test_an_answer_too_late_finds_it_broken_and_owes_nothing_more(scene: Scene) -> None:
    scene.acknowledges()
    scene.answers(24.001)
    assert (scene.promises(), scene.owed()) == ([("acknowledgement", "broken")], [])


def test_notes_and_their_own_mail_keep_nothing(scene: Scene) -> None:
    scene.acknowledges()
    scene.does(lambda s, case, **by: entries.note(s, case, "Look", **by), 1)
    with clock.freeze(MONDAY + 2 * HOUR):
        mail_comes(scene.database, 1001, "Still burning")
    assert scene.promises() == [("acknowledgement", "running")]


def test_an_agents_promise_is_kept_by_the_next_answer_and_renewed_by_one_with_a_new_day(scene: Scene) -> None:
    scene.acknowledges()
    scene.answers(1, until=48)
    assert scene.promises() == [("acknowledgement", "kept"), ("agent", "running")]
    assert scene.due() == 48, "nothing else is due: it is the customer's turn"
    scene.answers(47, until=96)
    assert scene.promises()[1:] == [("agent", "renewed"), ("agent", "running")]
    with scene.database.reading() as session:
        _first, renewed, new = session.scalars(select(Promise).order_by(Promise.id))
        assert (renewed.renewed_by_id, renewed.settled_by_id) == (new.id, new.entry_id)
    scene.answers(96)
    assert scene.promises()[1:] == [("agent", "renewed"), ("agent", "kept")]
    assert scene.due() is None


def test_a_new_day_told_too_late_renews_nothing(scene: Scene) -> None:
    scene.answers(1, until=48)
    scene.answers(49, until=96)
    assert scene.promises() == [("agent", "broken"), ("agent", "running")]


def test_a_call_that_told_them_keeps_a_promise_from_when_it_was(scene: Scene) -> None:
    scene.answers(1, until=48)

    def call(session, case, agent, now, at):  # type: ignore[no-untyped-def]
        contact = calls.Contact("call", MONDAY + at * HOUR, "I told her", direction="out", turn="theirs")
        return calls.log(session, case, contact, agent=agent, now=now)

    scene.does(call, 2, at=0.5)
    assert scene.promises() == [("agent", "running")], "that was before it was promised"
    scene.does(call, 50, at=47)
    assert scene.promises() == [("agent", "kept")]


def test_solving_the_case_keeps_what_an_agent_promised_and_drops_the_acknowledgements_word(scene: Scene) -> None:
    scene.acknowledges()
    scene.does(cases.resolve, 1)
    assert (scene.promises(), scene.owed()) == ([("acknowledgement", "dropped")], [])
    scene.does(cases.reopen, 2)
    scene.answers(3, until=48)
    event = scene.does(cases.resolve, 4)
    assert scene.promises()[1:] == [("agent", "kept")]
    scene.does(lambda s, case, **by: undo.take_back(s, case, s.get_one(Event, event.id), **by), 4.001)  # type: ignore[attr-defined]
    assert (scene.promises()[1:], scene.owed()) == ([("agent", "running")], [48]), "as it was"


def test_an_answer_that_is_taken_back_promised_nothing_and_kept_nothing(scene: Scene) -> None:
    scene.acknowledges()
    entry = scene.does(lambda s, case, **by: sending.send(s, case, "Oh", undo=SECONDS, promise=MONDAY + 48 * HOUR, **by), 1)
    assert scene.promises() == [("acknowledgement", "kept"), ("agent", "running")]
    draft = scene.does(lambda s, case, **by: recall.take_back(s, case, s.get_one(Entry, entry.id), **by), 1.001)  # type: ignore[attr-defined]
    assert (scene.promises(), scene.owed()) == ([("acknowledgement", "running")], [24])
    assert draft.promise_at == MONDAY + 48 * HOUR, "the draft knows it still"  # type: ignore[attr-defined]


def test_sent_and_taken_back_in_one_breath_it_was_never_there(scene: Scene) -> None:
    def both(session, case, agent, now):  # type: ignore[no-untyped-def]
        entry = sending.send(session, case, "Oh", undo=SECONDS, promise=MONDAY + 48 * HOUR, agent=agent, now=now)
        recall.take_back(session, case, entry, agent=agent, now=now)

    scene.acknowledges()
    scene.does(both, 1)
    assert scene.promises() == [("acknowledgement", "running")]


def test_where_a_later_answer_stands_it_keeps_what_the_one_taken_back_did(scene: Scene) -> None:
    scene.acknowledges()
    first = scene.does(lambda s, case, **by: sending.send(s, case, "Oh", undo=SECONDS, **by), 1)
    second = scene.does(lambda s, case, **by: entries.reply(s, case, "Stairs", **by), 1.001)
    scene.does(lambda s, case, **by: recall.take_back(s, case, s.get_one(Entry, first.id), **by), 1.002)  # type: ignore[attr-defined]
    assert scene.promises() == [("acknowledgement", "kept")]
    with scene.database.reading() as session:
        assert session.scalars(select(Promise)).one().settled_by_id == second.id  # type: ignore[attr-defined]


def test_an_answer_that_reached_nobody_keeps_nothing(scene: Scene) -> None:
    scene.acknowledges()
    entry = scene.answers(1)
    with clock.freeze(MONDAY + 2 * HOUR), scene.database.transaction() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.entry_id == entry.id)).one()
        deliveries.failed(session, mail, "550 nobody here", now=MONDAY + 2 * HOUR)
    assert (scene.promises(), scene.owed()) == ([("acknowledgement", "running")], [24])


def test_words_that_reached_nobody_promise_nothing(scene: Scene) -> None:
    scene.acknowledges()
    with clock.freeze(MONDAY + 2 * HOUR), scene.database.transaction() as session:
        mail = session.scalars(select(OutboxMail)).one()
        deliveries.failed(session, mail, "550 nobody here", now=MONDAY + 2 * HOUR)
    assert (scene.promises(), scene.owed()) == ([("acknowledgement", "dropped")], [])


def test_spam_is_promised_nothing_until_it_was_none(scene: Scene) -> None:
    scene.acknowledges()
    scene.does(spam.mark, 1)
    assert scene.owed() == []
    scene.does(spam.unmark, 2)
    assert (scene.promises(), scene.owed()) == ([("acknowledgement", "running")], [24])


def test_what_was_promised_in_a_merged_case_is_kept_in_the_other_and_comes_out_again(scene: Scene) -> None:
    assert anna_writes(scene.database, at=MONDAY + HOUR) == 1002
    scene.acknowledges(1, 1002)
    scene.does(lambda s, case, **by: merging.merge(s, case, s.get_one(Case, 1001), **by), 2, 1002)
    assert (scene.promises(), scene.promises(1002)) == ([("acknowledgement", "running")], [])
    scene.does(merging.unmerge, 3, 1002)
    assert (scene.promises(), scene.promises(1002)) == ([], [("acknowledgement", "running")])
    scene.does(lambda s, case, **by: merging.merge(s, case, s.get_one(Case, 1001), **by), 4, 1002)
    scene.answers(5)
    assert scene.promises() == [("acknowledgement", "kept")]


def test_what_a_second_person_releases_promises_from_then_on(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.scalars(select(Desk)).one().needs_release = True
        agents.create(session, "carol@example.org", "Carol", role="supervisor", now=MONDAY)
    row = scene.does(lambda s, case, **by: releases.wait(s, case, "Soon", why="desk", promise=MONDAY + 48 * HOUR, **by), 1)
    assert scene.promises() == []

    def release(session, case, agent, now):  # type: ignore[no-untyped-def]
        carol = session.scalars(select(Agent).where(Agent.email == "carol@example.org")).one()
        return releases.release(session, session.merge(row), agent=carol, now=now)

    with pytest.raises(NotPermitted):
        scene.does(release, 49)
    scene.does(release, 3)
    assert (scene.promises(), scene.owed()) == ([("agent", "running")], [48])


def test_a_planned_answer_promises_when_it_leaves_and_stops_where_its_day_has_passed(scene: Scene) -> None:
    def plan(session, case, agent, now, until, at):  # type: ignore[no-untyped-def]
        draft = drafts.keep(session, case, agent, "answer", "Soon", key="k", now=now, promise_at=MONDAY + until * HOUR, known=now)
        drafts.plan(session, case, draft, MONDAY + at * HOUR, then_resolve=False, now=now)
        return draft.id

    with pytest.raises(NotPermitted):
        scene.does(plan, 0, until=20, at=24)
    draft_id = scene.does(plan, 0, until=48, at=24)
    assert not scene.does(lambda s, case, agent, now: sending.send_planned(s, draft_id, now=now), 49)  # type: ignore[arg-type]
    assert scene.promises() == []
    scene.does(lambda s, case, agent, now: drafts.unplan(s, case, s.get_one(Draft, draft_id), agent=agent, now=now), 49)
    scene.does(plan, 49, until=96, at=72)
    assert scene.does(lambda s, case, agent, now: sending.send_planned(s, draft_id, now=now), 73)
    assert scene.owed() == [96]


@pytest.mark.parametrize(("until", "more"), [(1, {}), (367 * 24, {}), (48, {"then_resolve": True})])
def test_what_cannot_be_promised_is_not_sent(scene: Scene, until: float, more: dict[str, bool]) -> None:
    with pytest.raises(NotPermitted):
        scene.answers(1, until=until, **more)
    assert scene.promises() == []


def test_it_is_charged_to_the_team_that_holds_the_case_then(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.add(Team(name="Night"))
    scene.acknowledges()

    def give(session, case, agent, now):  # type: ignore[no-untyped-def]
        handovers.give_to_team(session, case, session.scalars(select(Team)).one(), agent=agent, now=now)

    scene.does(give, 2)
    scene.answers(30)
    with scene.database.reading() as session:
        row = session.scalars(select(Promise)).one()
        assert (row.standing, row.team_id) == ("broken", session.scalars(select(Team)).one().id)


def test_a_desk_that_names_no_time_promises_nothing(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.scalars(select(Desk)).one().names_time = "none"
    assert "A person will answer you." in scene.acknowledges().text
    assert scene.promises() == []


def test_a_desks_own_words_promise_only_what_they_say(scene: Scene, monday: datetime) -> None:
    def write(session, case, agent, now, body):  # type: ignore[no-untyped-def]
        desk = desk_at(session, "help@example.org")
        texts.write(session, desk, "acknowledgement", case.language, subject="x", body=body, agent=agent, now=now)

    scene.does(write, body="We have it.")
    scene.acknowledges()
    assert scene.promises() == []
    scene.does(write, body="We answer by **{until}**; {ahead} are ahead.")
    assert "We answer by Tuesday 3 November, 10 am; 0 are ahead." in scene.acknowledges().text
    assert scene.promises() == [("acknowledgement", "running")]


def test_from_twenty_cases_on_the_desks_own_days_past_tell_the_time(scene: Scene) -> None:
    for n in range(19):
        with clock.freeze(MONDAY + HOUR):
            number = anna_writes(scene.database, at=MONDAY + HOUR)
        if n < 17:
            scene.answers(2 if n else 3, number)
    entry = scene.acknowledges(4)
    assert "A person will answer you." in entry.text, "seventeen of twenty are fewer than nine of ten"
    jobs.work_out_answer_times(scene.database, now=MONDAY + 4 * HOUR)
    scene.answers(5, 1019)
    assert "A person will answer you." in scene.acknowledges(5).text, "what was worked out is said for half an hour"
    jobs.work_out_answer_times(scene.database, now=MONDAY + 5 * HOUR)
    assert "Nine of ten people hear from us by Tuesday 3 November, 11 am." in scene.acknowledges(5).text


def test_how_many_are_ahead_is_true_or_is_not_said(scene: Scene) -> None:
    assert "ahead" not in scene.acknowledges().text
    for n, address in enumerate(("a@x.example", "b@x.example", "b@x.example")):
        anna_writes(scene.database, at=MONDAY + n * timedelta(minutes=1), address=address)
    number = anna_writes(scene.database, at=MONDAY + HOUR, address="c@x.example")
    assert "3 other people are ahead of you." in scene.acknowledges(1, number).text
    scene.answers(2, 1001)
    scene.does(spam.mark, 2, 1002)
    assert "One other person is ahead of you." in scene.acknowledges(2, number).text
    with scene.database.transaction() as session:
        session.get_one(Case, number).confidential = True
    assert "ahead" not in scene.acknowledges(2, number).text
