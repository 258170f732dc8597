"""Whatever burns reaches somebody who can help: once, by day, and not when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from helpdesk import alerts, jobs
from helpdesk.actions import (
    absences,
    alarms,
    cases,
    deliveries,
    digests,
    entries,
    escalations,
    merging,
    recall,
    sending,
    sight,
    spam,
    undo,
)
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.db import Database
from helpdesk.models import (
    Agent,
    Case,
    CaseAlarm,
    CaseClock,
    Entry,
    Escalation,
    EscalationTelling,
    Event,
    Notice,
    OutboxMail,
    Webhook,
    WebhookCall,
)
from helpdesk.queries import escalations as find
from tests.conftest import MONDAY
from tests.escalations import Burning

# A first answer is due on Tuesday at ten, 24 hours after Monday at ten; the warning comes on Monday at 16:00.
WARNS, BREAKS = 6, 24
A_SECOND = 1 / 3600


@pytest.fixture()
def burning(database: Database) -> Burning:
    desk = Burning(database)
    desk.writes()
    return desk


def gives_to(name: str):  # type: ignore[no-untyped-def]
    def deed(session, case, **by):  # type: ignore[no-untyped-def]
        to = session.scalars(select(Agent).where(Agent.name == name)).one()
        return cases.assign(session, case, to, told_as=None, **by)

    return deed


def resolves(session, case, **by):  # type: ignore[no-untyped-def]
    return cases.resolve(session, case, **by)


def about(deed, reason: str):  # type: ignore[no-untyped-def]
    """A deed about the newest escalation of this reason in the case."""

    def does(session, case, **more):  # type: ignore[no-untyped-def]
        rows = select(Escalation).where(Escalation.case_number == case.number, Escalation.reason == reason)
        return deed(session, session.scalars(rows.order_by(Escalation.id.desc())).first(), **more)

    return does


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


# ── not when it is over ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_answered_before_anybody_was_told_is_told_to_nobody(burning: Burning) -> None:
    jobs.ring_at_your_word(burning.database, now=burning.at(BREAKS))
    burning.answers(BREAKS + A_SECOND)
    assert burning.tells(BREAKS + 2 * A_SECOND) == []
    assert burning.raised() == []


@pytest.mark.parametrize("deed", ["answers", "resolves", "spam", "merges"])
def test_a_breach_ends_with_what_the_customer_waited_for(burning: Burning, deed: str) -> None:
    burning.writes(0.1)
    burning.tells(BREAKS)
    match deed:
        case "answers":
            burning.answers(BREAKS + 1)
        case "resolves":
            burning.does(resolves, BREAKS + 1)
        case "spam":
            burning.does(lambda session, case, **by: spam.mark(session, case, **by), BREAKS + 1)
        case "merges":
            burning.does(lambda session, case, **by: merging.merge(session, case, session.get_one(Case, 1002), **by), BREAKS + 1)
    outcome = {"answers": "answered", "resolves": "resolved", "spam": "dropped", "merges": "dropped"}[deed]
    assert burning.raised()[-1] == ("breach", outcome, False)
    assert all(number != 1001 for number in told_cases(burning, BREAKS + 40))


def told_cases(burning: Burning, hours: float) -> set[int]:
    burning.tells(hours)
    with burning.database.reading() as session:
        rows = session.scalars(select(EscalationTelling).where(EscalationTelling.at == burning.at(hours)))
        return {row.escalation.case_number for row in rows}


def test_a_late_solution_rings_when_it_is_our_turn_and_not_after_an_answer(burning: Burning) -> None:
    def rang() -> list[str]:
        with burning.database.reading() as session:
            query = (
                select(CaseAlarm.level)
                .join(CaseAlarm.clock)
                .where(CaseClock.kind == "resolution", CaseAlarm.case_number == number)
            )
            return list(session.scalars(query.order_by(CaseAlarm.id)))

    number = burning.writes()  # to be solved within forty working hours: until Monday at ten
    burning.tells(167.9)
    burning.answers(168.02, number)  # before anybody looked
    burning.tells(168.1)
    assert rang() == ["warning"]
    burning.writes(169, "It burns again", number=number)
    burning.tells(169.1)
    assert rang() == ["warning", "breach"]


def test_an_answer_that_was_taken_back_ended_nothing(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(BREAKS)

    def sends(session, case, **by):  # type: ignore[no-untyped-def]
        return sending.send(session, case, "Use the stairs", undo=timedelta(seconds=10), **by).id

    entry_id = burning.does(sends, BREAKS + 1)
    assert burning.raised()[-1] == ("breach", "answered", False)
    burning.does(
        lambda session, case, **by: recall.take_back(session, case, session.get_one(Entry, entry_id), **by),
        BREAKS + 1 + A_SECOND,
    )
    assert burning.raised()[-1] == ("breach", None, True)


def test_a_solution_that_was_taken_back_ended_nothing(burning: Burning) -> None:
    burning.tells(BREAKS)
    event = burning.does(resolves, BREAKS + 1)
    burning.does(
        lambda session, case, **by: undo.take_back(session, case, session.get_one(Event, event.id), **by), BREAKS + 1 + A_SECOND
    )
    assert burning.raised()[-1] == ("breach", None, True)


def test_what_was_escalated_meanwhile_keeps_nobody_from_taking_a_deed_back(burning: Burning) -> None:
    event = burning.does(gives_to("Bob"), BREAKS - A_SECOND)
    burning.tells(BREAKS)
    burning.does(lambda session, case, **by: undo.take_back(session, case, session.get_one(Event, event.id), **by), BREAKS)


def test_a_reopened_case_is_not_late_at_that_instant(burning: Burning) -> None:
    burning.does(resolves, 1)
    burning.writes(80, number=1001)
    assert burning.tells(80) == []
    assert burning.raised() == []


def test_rules_that_changed_end_what_they_no_longer_ask(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(BREAKS)
    with burning.database.transaction() as session:
        session.execute(update(find.CaseClock).values(end="dropped", stopped_at=burning.at(BREAKS + 1), alarm_at=None))
    assert burning.tells(BREAKS + 30) == []
    assert burning.raised()[-1] == ("breach", "dropped", False)


# ── what one does about it ───────────────────────────────────────────────────────────────────────────────────────────


def test_who_saw_it_ends_the_reminders_and_not_the_wait(burning: Burning) -> None:
    burning.tells(BREAKS)
    burning.does(about(escalations.saw, "breach"), BREAKS + 1, by="erik")
    assert burning.raised()[-1] == ("breach", "acknowledged", True)
    assert burning.tells(BREAKS + 40) == []
    burning.answers(BREAKS + 41)
    assert burning.raised()[-1] == ("breach", "answered", False)


def test_whoever_takes_it_over_has_the_case(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(BREAKS)
    burning.does(about(escalations.take_over, "breach"), BREAKS + 1, by="erik")
    with burning.database.reading() as session:
        row = session.scalars(select(Escalation).where(Escalation.reason == "breach")).one()
        assert (row.case.assignee and row.case.assignee.name, row.outcome) == ("Erik", "taken-over")
        assert (row.first_action_at, row.acknowledged_at) == (burning.at(BREAKS + 1),) * 2
        assert row.holder_id == burning.agent(session, "bob").id, "charged to whoever held it at the deadline"


def test_who_hands_it_back_says_a_word(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(BREAKS)

    def hands_back(session, row, **by):  # type: ignore[no-untyped-def]
        return escalations.hand_back(session, row, burning.agent(session, "dana"), "Call her, please", **by)

    burning.does(about(hands_back, "breach"), BREAKS + 1, by="erik")
    with burning.database.reading() as session:
        case = session.get_one(Case, 1001)
        assert case.assignee is not None
        assert case.assignee.name == "Dana"
    with pytest.raises(entries.EmptyText):
        burning.does(about(lambda s, row, **by: escalations.hand_back(s, row, by["agent"], " ", **by), "breach"), BREAKS + 2)


def test_whoever_saw_that_a_customer_waits_saw_all_of_it_but_not_what_a_colleague_asks(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.tells(BREAKS)
    burning.does(escalations.ask_for_help, BREAKS + 1, words="May I?")
    burning.does(
        lambda s, case, agent, now: escalations.raise_(s, case, "promise-broken", cause="promise 1", due_at=now, now=now),
        BREAKS + 1,
    )
    burning.does(about(escalations.saw, "breach"), BREAKS + 2, by="erik")
    assert burning.raised() == [("breach", "acknowledged", True), ("help", None, True), ("promise-broken", "acknowledged", True)]
    burning.does(about(escalations.take_over, "breach"), BREAKS + 3, by="erik")
    assert [outcome for _reason, outcome, _open in burning.raised()][-2:] == ["taken-over", "taken-over"]


def test_two_clocks_that_pass_at_one_instant_are_told_by_one_mail(burning: Burning) -> None:
    with burning.database.transaction() as session:
        session.scalars(select(find.DeadlinePolicy)).one().resolution = "8 hours"
    burning.writes(0)
    burning.tells(BREAKS)
    with burning.database.reading() as session:
        about_it = session.scalars(select(Escalation).where(Escalation.case_number == 1002, Escalation.reason == "breach")).all()
        mails = session.scalars(select(OutboxMail).where(OutboxMail.kind == "escalation")).all()
    told = [(mail.recipient, thing["number"]) for mail in mails for thing in digests.things(mail.words)]
    assert len(about_it) == 2
    assert sorted(recipient for recipient, number in told if number == 1002) == [
        "bob@example.org",
        "dana@example.org",
        "erik@example.org",
    ]


def test_what_is_over_is_over(burning: Burning) -> None:
    burning.tells(BREAKS)
    burning.answers(BREAKS + 1)
    for deed in (escalations.saw, escalations.take_over):
        with pytest.raises(NotPermitted):
            burning.does(about(deed, "breach"), BREAKS + 2)


def test_any_deed_of_ours_is_the_first_action(burning: Burning) -> None:
    burning.tells(BREAKS)
    burning.does(lambda session, case, **by: entries.note(session, case, "I will call her", **by), BREAKS + 2)
    burning.answers(BREAKS + 3)
    with burning.database.reading() as session:
        row = session.scalars(select(Escalation).where(Escalation.reason == "breach")).one()
        assert row.first_action_at == burning.at(BREAKS + 2)


# ── reasons that are no clocks ───────────────────────────────────────────────────────────────────────────────────────


def test_a_customer_who_asks_for_a_human_gets_one(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.writes(2, "I want to speak to a real person!", number=1001)
    assert burning.tells(2) == [("Bob", 1, "mail")]
    assert burning.tells(3) == [("Erik", 2, "mail")], "an hour without a sign"
    burning.answers(4)
    assert burning.raised() == [("wants-human", "answered", False)]


def test_an_agent_may_say_that_they_ask_for_a_human(burning: Burning) -> None:
    def marks(session, case, **by):  # type: ignore[no-untyped-def]
        return escalations.mark_wish(session, case, session.scalars(select(Entry)).first(), **by)

    burning.does(marks, 1)
    with pytest.raises(NotPermitted):
        burning.does(marks, 2)
    assert burning.raised() == [("wants-human", None, True)]


def test_a_case_that_comes_back_twice_is_looked_at(burning: Burning) -> None:
    for hours in (1, 3):
        burning.does(resolves, hours)
        burning.writes(hours + 1, number=1001)
    assert burning.raised() == [("second-reopening", None, True)]
    assert [name for name, _level, _how in burning.tells(4)] == ["Bob", "Dana", "Erik"]
    burning.does(about(escalations.saw, "second-reopening"), 5, by="erik")
    assert burning.raised() == [("second-reopening", "acknowledged", False)]


def test_a_case_that_goes_through_three_hands_is_looked_at_once(burning: Burning) -> None:
    for hours, name in enumerate(("Bob", "Dana", "Bob", "Dana", "Bob"), start=1):
        assert burning.raised() == ([] if hours <= 4 else [("third-handover", None, True)])
        burning.does(gives_to(name), hours)
    assert burning.raised() == [("third-handover", None, True)]


def test_a_handover_that_was_taken_back_was_none(burning: Burning) -> None:
    for hours, name in enumerate(("Bob", "Dana", "Bob"), start=1):
        event = burning.does(gives_to(name), hours)
    burning.does(lambda s, case, **by: undo.take_back(s, case, s.get_one(Event, event.id), **by), 3 + A_SECOND)
    burning.does(gives_to("Erik"), 4)
    assert burning.raised() == []


def test_taking_an_escalated_case_over_is_no_third_handover(burning: Burning) -> None:
    for hours, name in enumerate(("Bob", "Dana", "Bob"), start=1):
        burning.does(gives_to(name), hours)
    burning.tells(BREAKS)
    burning.does(about(escalations.take_over, "breach"), BREAKS + 1, by="erik")
    assert [reason for reason, _outcome, _open in burning.raised()] == ["breach"]


def test_an_answer_that_came_back_is_escalated_once(burning: Burning) -> None:
    burning.answers(1)

    def bounces(session, case, agent, now):  # type: ignore[no-untyped-def]
        mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "reply")).one()
        deliveries.failed(session, mail, "550 nobody here", now=now)

    burning.does(bounces, 2)
    assert burning.raised() == [("bounced", None, True)]
    burning.answers(3)
    assert burning.raised() == [("bounced", "answered", False)]


def test_an_agent_asks_for_help_and_their_own_answer_does_not_end_that(burning: Burning) -> None:
    burning.does(gives_to("Bob"), 1)
    burning.does(escalations.ask_for_help, 2, words="May I refund 400 euros?")
    assert burning.tells(2) == [("Erik", 2, "mail")], "whoever asks need not be told"
    burning.answers(3)
    assert burning.raised() == [("help", None, True)]
    burning.answers(4, by="erik")
    assert burning.raised() == [("help", "answered", False)]


def test_a_wish_for_help_needs_a_sentence_and_an_open_case(burning: Burning) -> None:
    with pytest.raises(NotUsable):
        burning.does(escalations.ask_for_help, 1, words=" ")
    burning.does(resolves, 2)
    with pytest.raises(NotPermitted):
        burning.does(escalations.ask_for_help, 3, words="Help")


def test_the_same_cause_is_raised_once_and_a_promise_ends_what_was_at_risk(burning: Burning) -> None:
    def raises(session, case, reason, agent, now):  # type: ignore[no-untyped-def]
        return escalations.raise_(session, case, reason, cause="promise 1", due_at=burning.at(4), now=now)

    assert burning.does(raises, 3, reason="promise-at-risk") is not None
    assert burning.does(raises, 3, reason="promise-at-risk") is None
    assert burning.does(raises, 5, reason="promise-broken") is not None
    assert burning.raised() == [("promise-at-risk", "worse", False), ("promise-broken", None, True)]
    burning.does(lambda s, case, agent, now: escalations.close_about(s, case, "promise 1", "kept", now=now), 6)
    assert burning.raised()[-1] == ("promise-broken", "kept", False)


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
