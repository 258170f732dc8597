"""What the pages say of escalations, and what one does there about them; and their settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from helpdesk import alerts, clock, db, jobs
from helpdesk.actions import desks, escalations
from helpdesk.models import Agent, Case, DeadlinePolicy, Desk, Escalation, Webhook
from helpdesk.queries import escalations as find
from tests.conftest import MONDAY
from tests.escalations import HOUR
from tests.hook_server import HookServer, hook_server
from tests.web.browsing import Browser, anna_writes, offered, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def burning(database: db.Database, staff: dict[str, Agent]) -> Iterator[int]:
    """A case of Bob's that is broken since Tuesday at ten; Carol supervises his team, and has been told."""
    with database.transaction() as session:
        team = desks.add_team(session, "Repairs", agent=None, now=MONDAY)
        people = [session.get_one(Agent, staff[name].id) for name in ("bob", "carol")]
        desks.change_team(session, team, name="Repairs", members=people, agent=None, now=MONDAY)
        session.scalars(select(Desk)).one().team = team
    number = anna_writes(database, at=MONDAY)
    with database.transaction() as session:
        session.get_one(Case, number).assignee_id = staff["bob"].id
    with clock.freeze(MONDAY + 24 * HOUR):
        jobs.ring_at_your_word(database, now=clock.now())
        alerts.tell_at_your_word(database, now=clock.now())
        yield number


def test_whom_it_concerns_is_told_at_the_top_of_the_page_and_nobody_else(browser: Windows, burning: int) -> None:
    page = words_of(browser("carol").get(f"/cases/{burning}"))
    assert "This was to be answered by 10:00 today. Bob has the case. Take over Seen Hand back" in page
    assert "Broken: the first answer was due 10:00 today · Level 2: Bob and Carol." in page
    mine = words_of(browser("bob").get(f"/cases/{burning}"))
    assert "This was to be answered by 10:00 today." in mine
    assert "Hand back" not in mine
    assert "This was to be answered by" not in words_of(browser("ada").get(f"/cases/{burning}"))


def test_who_saw_it_is_left_alone(browser: Windows, burning: int) -> None:
    carol = browser("carol")
    done = carol.post(f"/cases/{burning}/escalations/1/seen", follow_redirects=True)
    assert "Nobody is reminded of it any more." in words_of(done)
    assert "This was to be answered by" not in words_of(done)
    assert "Level 2: Bob and Carol. First action after 1 minute. Seen." in words_of(done)
    assert "Carol saw the escalation and cares for it" in words_of(done)
    assert "This was to be answered by" not in words_of(browser("bob").get(f"/cases/{burning}"))


def test_who_takes_over_has_the_case(browser: Windows, burning: int) -> None:
    done = words_of(browser("carol").post(f"/cases/{burning}/escalations/1/take", follow_redirects=True))
    assert "You have the case." in done
    assert "Carol took the escalated case over" in done


def test_who_hands_back_says_a_word(browser: Windows, burning: int, staff: dict[str, Agent]) -> None:
    carol, path = browser("carol"), f"/cases/{burning}/escalations/1/back"
    refused = carol.post(path, {"agent": staff["bob"].id, "words": " "})
    assert (refused.status_code, "Say in a sentence what comes next" in words_of(refused)) == (422, True)
    done = words_of(carol.post(path, {"agent": staff["bob"].id, "words": "Call her today"}, follow_redirects=True))
    assert "Bob has the case." in done
    assert "Call her today" in done
    assert carol.post(path, {"agent": "9999", "words": "x"}).status_code == 400
    assert carol.post(f"/cases/{burning}/escalations/77/seen").status_code == 404


@pytest.mark.parametrize("deed", ["seen", "take", "back"])
def test_what_one_does_about_it_is_taken_back_by_a_click(
    browser: Windows, burning: int, staff: dict[str, Agent], deed: str
) -> None:
    carol, words = browser("carol"), {"agent": staff["ada"].id, "words": "Call her today"} if deed == "back" else None
    done = carol.post(f"/cases/{burning}/escalations/1/{deed}", words, follow_redirects=True)
    assert "This was to be answered by" not in words_of(done)
    again = words_of(carol.post("/cases/undo", offered(done), follow_redirects=True))
    assert "Taken back." in again
    assert "This was to be answered by 10:00 today. Bob has the case. Take over Seen Hand back" in again
    assert (
        "Carol took back that they care for the escalation" if deed == "seen" else "Carol took that back: Bob has the case"
    ) in again
    assert ("Call her today" in again) == (deed == "back"), "what was said to a colleague stays said"


def test_what_is_over_cannot_be_taken(browser: Windows, burning: int, database: db.Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{burning}/resolve")
    refused = bob.post(f"/cases/{burning}/escalations/1/take")
    assert (refused.status_code, "This is over already." in words_of(refused)) == (422, True)


def test_an_agent_asks_for_help_on_a_page(browser: Windows, burning: int, database: db.Database) -> None:
    bob, path = browser("bob"), f"/cases/{burning}/escalate"
    assert f'href="{path}"' in bob.get(f"/cases/{burning}").text
    assert bob.post(path, {"why": "help", "words": ""}).status_code == 422
    done = words_of(bob.post(path, {"why": "help", "words": "May I refund it?"}, follow_redirects=True))
    assert "Whoever may decide is told." in done
    assert "Escalated: Bob asks for help: “May I refund it?”" in done
    alerts.tell_at_your_word(database, now=clock.now())
    assert "Bob asks for help: “May I refund it?”" in words_of(browser("carol").get(f"/cases/{burning}"))
    assert "Bob asks for help" in words_of(browser("carol").get("/notices"))


def test_an_agent_marks_that_the_customer_asks_for_a_human(browser: Windows, burning: int) -> None:
    bob, path = browser("bob"), f"/cases/{burning}/escalate"
    done = words_of(bob.post(path, {"why": "human", "words": ""}, follow_redirects=True))
    assert "Bob says that the customer asks for a human" in done
    again = bob.post(path, {"why": "human", "words": ""})
    assert (again.status_code, "This is known already." in words_of(again)) == (422, True)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("wants-human", "The customer asks for a human, or for somebody who may decide."),
        ("second-reopening", "This case was solved and came back, and not for the first time."),
        ("third-handover", "This case has gone from hand to hand three times."),
        ("bounced", "Our last answer did not reach the customer."),
        ("promise-broken", "The customer was promised to hear from us by 10:00 today."),
        ("promise-at-risk", "The customer is promised to hear from us by 10:00 today."),
        ("warning", "This is to be answered by 10:00 today."),
    ],
)
def test_every_reason_has_its_sentence(browser: Windows, burning: int, database: db.Database, reason: str, said: str) -> None:
    with database.transaction() as session:
        session.scalars(select(Escalation)).one().acknowledged_at = clock.now()
        due = clock.now() if reason.startswith(("promise", "warning")) else None
        case = session.get_one(Case, burning)
        escalations.raise_(session, case, reason, cause="test", due_at=due, now=clock.now())  # type: ignore[arg-type]
    assert said in words_of(browser("bob").get(f"/cases/{burning}"))


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────

LEVELS = {
    "whom_1": "holder", "after_1": "0", "how_1": "mail", "whom_2": "admins", "after_2": "30", "how_2": "any",
    "whom_3": "", "after_3": "", "how_3": "mail", "remind": "0",
}  # fmt: skip


def test_who_is_told_is_set_for_each_policy(browser: Windows, staff: dict[str, Agent], database: db.Database) -> None:
    ada = browser("ada")
    assert "/settings/deadlines/1/levels" in ada.get("/settings/deadlines/1").text
    assert 'value="240"' in ada.get("/settings/deadlines/1/levels").text
    assert "Saved." in words_of(ada.post("/settings/deadlines/1/levels", LEVELS, follow_redirects=True))
    with database.reading() as session:
        plan = find.plan_of(session, session.get_one(DeadlinePolicy, 1))
    assert [(one.whom, one.after_minutes, one.by_mail, one.at_any_time) for one in plan.levels] == [
        ("holder", 0, True, False),
        ("admins", 30, True, True),
    ]
    assert plan.remind_minutes == 0
    assert "mail at any time" in browser("ada").get("/audit").text


@pytest.mark.parametrize("wrong", [{"after_2": "-1"}, {"after_2": "x"}, {"remind": ""}, {"remind": "99999"}, {"whom_1": ""}])
def test_levels_that_cannot_be_are_refused(browser: Windows, staff: dict[str, Agent], wrong: dict[str, str]) -> None:
    page = browser("ada").post("/settings/deadlines/1/levels", {**LEVELS, **wrong})
    assert (page.status_code, 'aria-invalid="true"' in page.text) == (422, True)


def test_levels_are_chosen_from_the_list(browser: Windows, staff: dict[str, Agent]) -> None:
    for wrong in ({"whom_2": "everybody"}, {"how_1": "pigeon"}):
        assert browser("ada").post("/settings/deadlines/1/levels", {**LEVELS, **wrong}).status_code == 400


@pytest.fixture()
def server() -> Iterator[HookServer]:
    with hook_server() as found:
        yield found


def test_a_webhook_is_added_tested_and_removed(
    browser: Windows, staff: dict[str, Agent], server: HookServer, database: db.Database
) -> None:
    ada = browser("ada")
    added = ada.post("/settings/webhooks", {"url": server.url, "private": "1"})
    with database.reading() as session:
        secret = database.house.keys.unlock(session.scalars(select(Webhook)).one().secret)
    assert secret in added.text
    assert secret not in ada.get("/settings/webhooks").text, "it is shown once"
    assert "It took the message (204)." in words_of(ada.post("/settings/webhooks/1/test"))
    assert json.loads(server.heard[0][1])["event"] == "test"
    server.answer = 500
    assert "It answered 500, and not with success." in words_of(ada.post("/settings/webhooks/1/test"))
    assert "It hears nothing more." in words_of(ada.post("/settings/webhooks/1/remove", follow_redirects=True))
    assert ada.post("/settings/webhooks/1/test").status_code == 404


def test_a_webhook_in_our_own_network_needs_a_tick(browser: Windows, staff: dict[str, Agent], server: HookServer) -> None:
    ada = browser("ada")
    assert ada.post("/settings/webhooks", {"url": server.url}).status_code == 422
    ada.post("/settings/webhooks", {"url": "https://127.0.0.1:1/hook"})
    assert "It lies in a private network." in words_of(ada.post("/settings/webhooks/1/test"))
    assert server.heard == []
