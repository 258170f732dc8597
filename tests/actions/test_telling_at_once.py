"""Two who tell at once tell nothing twice, on both databases."""

from __future__ import annotations

import threading
from collections import Counter

from sqlalchemy import func, select

from helpdesk import alerts, jobs
from helpdesk.actions import digests, telling
from helpdesk.db import Database
from helpdesk.models import Case, CaseAlarm, Escalation, EscalationTelling, Event, OutboxMail
from tests.escalations import Burning

BREAKS, TELLERS = 24, 4


def test_several_tellers_tell_each_once(each_database: Database) -> None:
    burning = Burning(each_database)
    for _ in range(3):
        burning.writes()
    now = burning.at(BREAKS)
    jobs.ring_at_your_word(each_database, now=now)
    ready = threading.Barrier(TELLERS)

    def tell() -> None:
        ready.wait()
        for _ in range(5):  # a case that another one is at is left for the next time
            alerts.tell_at_your_word(each_database, now=now)

    threads = [threading.Thread(target=tell) for _ in range(TELLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alerts.tell_at_your_word(each_database, now=now)
    with each_database.reading() as session:
        count = lambda what, *which: session.scalar(select(func.count()).select_from(what).where(*which))  # noqa: E731
        assert count(CaseAlarm, CaseAlarm.told_at.is_(None)) == 0
        assert count(Escalation) == 3
        assert count(Event, Event.deed == "escalated") == 3
        # Nobody holds them: level 1 is the team of three, and level 2 is its supervisor, who is told once.
        assert count(EscalationTelling) == 9
        mails = session.scalars(select(OutboxMail).where(OutboxMail.kind == "escalation")).all()
        told = Counter((mail.recipient, thing["number"]) for mail in mails for thing in digests.things(mail.words))
        assert (len(told), set(told.values())) == (9, {1}), "in one mail to each, or in a few where several were at it"


def test_what_one_has_taken_the_other_does_not_take(each_database: Database) -> None:
    burning = Burning(each_database)
    burning.writes()
    now = burning.at(BREAKS)
    jobs.ring_at_your_word(each_database, now=now)
    with each_database.transaction() as session:
        assert telling.raise_for_alarms(session, now=now, limit=9) == 1
    with each_database.reading() as stale:
        seen = stale.scalars(select(Escalation)).one()
        with each_database.transaction() as session:
            assert telling.take_steps(session, now=now, limit=9) == 1
        assert seen.next_at == now, "what another one saw before"
    with each_database.transaction() as session:
        row = session.scalars(select(Escalation)).one()
        assert not telling._take(session, Escalation, row.id, "next_at", now, None)
        assert telling.take_steps(session, now=now, limit=9) == 0


def test_a_case_that_somebody_is_at_work_on_is_left_for_the_next_time(postgresql_database: Database) -> None:
    burning = Burning(postgresql_database)
    burning.writes()
    now = burning.at(BREAKS)
    jobs.ring_at_your_word(postgresql_database, now=now)
    with postgresql_database.transaction() as session:
        session.execute(select(Case.number).where(Case.number == 1001).with_for_update())
        assert alerts.tell_at_your_word(postgresql_database, now=now) == 0
    assert alerts.tell_at_your_word(postgresql_database, now=now) > 0
