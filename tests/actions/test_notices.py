"""Agents are told what concerns them, once, and nobody of their own deeds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from helpdesk.actions import agents, cases, entries, notices
from helpdesk.models import Absence, Notice, OutboxMail
from helpdesk.queries import notices as find


@pytest.fixture()
def erik(session, monday):
    return agents.create(session, "erik@example.org", "Erik Lang", role="supervisor", now=monday)


def mailed(session) -> list[tuple[str, str]]:
    return [(row.kind, row.recipient) for row in session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


def told(session, agent) -> list[str]:
    return [notice.kind for notice in session.scalars(select(Notice).where(Notice.agent == agent).order_by(Notice.id))]


def write(session, case, now) -> None:
    entries.receive(session, case, entries.Incoming("Anna", "secret", "secret"), person=case.requester, counts=True, now=now)


def away(session, agent, deputy, now, days=4) -> None:
    first = date(2026, 11, 2)
    absence = Absence(agent=agent, deputy=deputy, first_day=first, last_day=first + timedelta(days=days))
    absence.set_by_id, absence.set_at = agent.id, now
    session.add(absence)
    session.flush()


def test_whoever_gets_a_case_is_told_and_whoever_takes_one_is_not(session, case, bob, dana, monday) -> None:
    cases.assign(session, case, dana, agent=bob, now=monday)
    cases.assign(session, case, bob, agent=bob, now=monday)
    assert (told(session, dana), told(session, bob)) == (["assigned"], [])
    assert mailed(session) == [("notice", "dana@example.org")]


def test_new_mail_is_one_waiting_notice_until_the_case_was_opened(session, case, bob, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    write(session, case, monday)
    write(session, case, monday)
    assert find.unseen(session, bob) == 1
    notices.saw(session, bob, case, now=monday)
    assert find.unseen(session, bob) == 0
    write(session, case, monday)
    assert [notice.seen_at for notice in find.of(session, bob)] == [None, monday]


def test_new_mail_is_mailed_also_right_after_the_case_was_given(session, case, bob, dana, monday) -> None:
    cases.assign(session, case, dana, agent=bob, now=monday)
    write(session, case, monday)
    assert mailed(session) == [("notice", "dana@example.org"), ("notification", "dana@example.org")]


def test_the_whole_list_can_be_read_at_once(session, case, bob, dana, monday) -> None:
    notices.tell(session, bob, "mention", case, by=dana, now=monday)
    notices.saw_all(session, bob, now=monday)
    assert find.unseen(session, bob) == 0


def test_a_kind_that_was_excepted_is_still_shown_and_not_mailed(session, case, bob, dana, monday) -> None:
    dana.muted = ["assigned"]
    cases.assign(session, case, dana, agent=bob, now=monday)
    assert (told(session, dana), mailed(session)) == (["assigned"], [])


def test_whoever_may_not_see_the_case_is_not_told(session, case, bob, dana, monday) -> None:
    dana.active = False
    assert notices.tell(session, dana, "mention", case, by=bob, now=monday) is None
    assert (told(session, dana), mailed(session)) == ([], [])


def test_while_somebody_is_away_their_deputy_is_told_and_the_mail_goes_there(session, case, bob, dana, erik, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    away(session, bob, dana, monday)
    away(session, dana, erik, monday)
    write(session, case, monday)
    assert mailed(session) == [("notice", "erik@example.org")]
    assert [(n.kind, n.instead_of) for n in find.of(session, erik)] == [("mail", bob)]
    assert (told(session, bob), told(session, dana)) == (["mail"], [])


def test_after_the_last_day_the_holder_is_told_again(session, case, bob, dana, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    away(session, bob, dana, monday)
    write(session, case, monday + timedelta(days=5))
    assert mailed(session) == [("notification", "bob@example.org")]


def test_where_deputies_stand_in_for_each_other_the_holder_gets_their_own_mail(session, case, bob, dana, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    away(session, bob, dana, monday)
    away(session, dana, bob, monday)
    write(session, case, monday)
    assert mailed(session) == [("notification", "bob@example.org")]


def test_a_deputy_who_did_it_is_not_told_of_it(session, case, bob, dana, monday) -> None:
    away(session, bob, dana, monday)
    cases.assign(session, case, bob, agent=dana, now=monday)
    assert (told(session, dana), mailed(session)) == ([], [("notice", "bob@example.org")])
