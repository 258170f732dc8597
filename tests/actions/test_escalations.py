"""Whatever burns reaches somebody who can help: once, by day, and not by a wrong clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk import alerts, jobs
from helpdesk.actions import (
    absences,
    alarms,
    sight,
)
from helpdesk.models import (
    Case,
    Escalation,
    Notice,
    Webhook,
    WebhookCall,
)
from tests.conftest import MONDAY
from tests.escalations import A_SECOND, BREAKS, WARNS, Burning, gives_to

# ── whom, and when ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_warning_is_for_whoever_holds_the_case(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    assert burning.tells(WARNS - A_SECOND) == []
    assert burning.tells(WARNS) == [("Bob", 1, "mail")]
    assert burning.tells(WARNS + 1) == [], "a warning comes once"


def test_without_a_holder_the_team_is_warned(burning: Burning) -> None:
    assert [name for name, _level, _how in burning.tells(WARNS)] == ["Bob", "Dana", "Erik"]


def test_a_breach_reaches_holder_and_supervisor_then_the_admins_then_all_again(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(WARNS)
    assert burning.tells(BREAKS) == [("Bob", 1, "mail"), ("Erik", 2, "mail")]
    assert burning.raised() == [("warning", "worse", False), ("breach", None, True)]
    assert burning.tells(BREAKS + 4 - A_SECOND) == []
    assert burning.tells(BREAKS + 4) == [("Carol", 3, "mail")], "four working hours without a sign"
    assert burning.tells(BREAKS + 4 + 1) == []
    # Four working hours later is Wednesday, 10:00: 48 hours after Monday at ten.
    assert burning.tells(BREAKS + 23) == []
    assert sorted(burning.tells(BREAKS + 24)) == [("Bob", 1, "mail"), ("Carol", 3, "mail"), ("Erik", 2, "mail")]


def test_a_team_without_a_supervisor_has_the_admins(burning: Burning) -> None:
    with burning.database.transaction() as session:
        burning.agent(session, "erik").active = False
    burning.does(gives_to("Bob"), 1)
    assert burning.tells(BREAKS)[-1] == ("Carol", 2, "mail")


def test_who_is_told_stands_on_their_notices(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(BREAKS)
    with burning.database.reading() as session:
        kinds = {(row.agent.name, row.kind) for row in session.scalars(select(Notice).where(Notice.kind == "escalation"))}
    assert kinds == {("Bob", "escalation"), ("Erik", "escalation")}


def test_who_wants_no_mail_is_told_on_the_pages(burning: Burning) -> None:
    with burning.database.transaction() as session:
        burning.agent(session, "erik").muted = ["escalation"]
    burning.does(gives_to("Bob"), 1)
    assert burning.tells(BREAKS) == [("Bob", 1, "mail"), ("Erik", 2, "web")]


def test_while_somebody_is_away_their_deputy_is_told(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    with burning.database.transaction() as session:
        bob, dana = burning.agent(session, "bob"), burning.agent(session, "dana")
        day = MONDAY.date()
        absences.plan(session, bob, first_day=day, last_day=day + timedelta(days=5), deputy=dana, by=bob, now=MONDAY)
    assert burning.tells(WARNS) == [("Dana", 1, "mail")]


def test_where_nobody_of_a_level_is_here_the_next_one_hears_of_it(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    with burning.database.transaction() as session:
        bob = burning.agent(session, "bob")
        day = MONDAY.date()
        absences.plan(session, bob, first_day=day, last_day=day + timedelta(days=5), deputy=None, by=bob, now=MONDAY)
    assert burning.tells(WARNS) == [("Bob", 1, "mail"), ("Erik", 2, "mail")]


def test_nobody_is_told_of_a_case_that_is_not_there_for_them(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.does(
        lambda session, case, **by: sight.shut_out(session, case, burning.agent(session, "erik"), "Her brother", **by), 1
    )
    assert [name for name, _level, _how in burning.tells(BREAKS)] == ["Bob", "Carol"]


# ── the clock of the machine ─────────────────────────────────────────────────────────────────────────────────────────


def test_so_much_at_once_is_taken_for_a_wrong_clock_until_a_person_says_otherwise(burning: Burning) -> None:
    for _ in range(50):
        burning.writes()
    jobs.ring_at_your_word(burning.database, now=burning.at(BREAKS))
    with pytest.raises(alerts.Stopped):
        alerts.tell(burning.database, now=burning.at(BREAKS))
    with burning.database.reading() as session:
        assert alerts.trouble(session) == "51 escalations in 51 open cases would be told at once"
        assert session.scalar(select(Escalation.id)) is None
    alerts.tell_at_your_word(burning.database, now=burning.at(BREAKS), is_present=True)
    with burning.database.reading() as session:
        assert alerts.trouble(session) is None
        assert len(session.scalars(select(Escalation)).all()) == 51


def test_so_much_at_once_is_told_where_the_clock_was_watched_run_evenly(burning: Burning) -> None:
    for _ in range(50):
        burning.writes()
    jobs.ring_at_your_word(burning.database, now=burning.at(BREAKS))

    def looks(hours: float) -> None:
        with burning.database.transaction() as session:
            alarms.believe(session, now=burning.at(hours))

    looks(BREAKS - 3)
    looks(BREAKS - 1.2)  # after a gap an hour has to pass anew
    with pytest.raises(alerts.Stopped):
        alerts.tell(burning.database, now=burning.at(BREAKS - 1.15))
    for step in range(8):
        looks(BREAKS - 1.2 + step * 0.15)
    with pytest.raises(alerts.Stopped):
        alerts.tell(burning.database, now=burning.at(BREAKS + 5))  # this look itself comes after a jump
    assert alerts.tell(burning.database, now=burning.at(BREAKS)) > 0
    with burning.database.reading() as session:
        assert alerts.trouble(session) is None


def test_few_at_once_are_told(burning: Burning) -> None:
    jobs.ring_at_your_word(burning.database, now=burning.at(BREAKS))
    assert alerts.tell(burning.database, now=burning.at(BREAKS)) > 0


# ── for programs ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_webhook_hears_of_each_step_and_of_no_word_of_a_confidential_case(burning: Burning) -> None:
    with burning.database.transaction() as session:
        session.add(Webhook(url="https://example.org/hook", secret="s", created_at=MONDAY))
        session.get_one(Case, 1001).confidential = True
    burning.tells(BREAKS)
    burning.answers(BREAKS + 1)
    with burning.database.reading() as session:
        calls = session.scalars(select(WebhookCall).order_by(WebhookCall.id)).all()
        assert [call.event for call in calls] == ["escalation.raised", "escalation.told", "escalation.closed"]
        assert calls[0].body["case"]["subject"] is None
        assert calls[-1].body["escalation"]["outcome"] == "answered"
