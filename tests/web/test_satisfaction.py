"""A desk is told to ask whether it helped by one tick, and the case tells what was said."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from helpdesk import clock, jobs
from helpdesk.actions import entries
from helpdesk.models import Agent, Case, Desk
from tests.web.browsing import anna_writes, mail_comes, words_of

FORM = {"name": "Help", "team": "", "language": "en", "sender": "full", "acknowledges": "1", "active": "1"}


def test_a_desk_does_not_ask_before_somebody_ticks_it(browser, database, monday) -> None:
    ada, box = browser("ada"), 'name="asks_satisfaction"[^>]* checked'
    page = ada.get("/settings/desks/1").text
    assert "Asks whether it helped" in page
    assert not re.search(box, page)
    ada.post("/settings/desks/1", {**FORM, "asks_satisfaction": "1"})
    assert re.search(box, ada.get("/settings/desks/1").text)
    ada.post("/settings/desks/1", FORM)
    assert not re.search(box, ada.get("/settings/desks/1").text)


def test_the_case_tells_what_was_said_and_the_report_counts_it(browser, database, staff, monday) -> None:
    with database.transaction() as session:
        session.scalars(select(Desk)).one().asks_satisfaction = True
    number = anna_writes(database)
    with database.transaction() as session:
        bob = session.get_one(Agent, staff["bob"].id)
        entries.reply(session, session.get_one(Case, number), "Stairs", agent=bob, now=clock.now(), then_resolve=True)
    with clock.freeze(monday + timedelta(minutes=5)):
        mail_comes(database, number, "Ja, vielen Dank!")
        words = words_of(browser("bob").get(f"/cases/{number}"))
        german = words_of(browser("carol").get(f"/cases/{number}", headers={"Accept-Language": "de"}))
        jobs.measure(database, now=clock.now())
        day = clock.now().date().isoformat()
        report = words_of(browser("carol").get(f"/reports/friction?from={day}&to={day}"))
    assert "was asked whether this helped, and says yes" in words
    assert "wurde gefragt, ob das geholfen hat, und sagt Ja" in german
    assert "Satisfied, of those who answered 1 of 1" in report
    assert "Said whether we helped, of those who were asked 1 of 1" in report
