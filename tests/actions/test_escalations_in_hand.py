"""What one does about an escalation: see it, take it over, hand it back, act."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.actions import (
    digests,
    entries,
    escalations,
)
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import (
    Case,
    Escalation,
    OutboxMail,
)
from helpdesk.queries import escalations as find
from tests.escalations import BREAKS, Burning, about, gives_to


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
