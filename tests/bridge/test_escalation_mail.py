"""The mail by which somebody hears that a case burns."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.db import Database
from helpdesk.models import Case, OutboxMail
from mail import drafts
from mail.compose import compose
from tests.escalations import Burning

BREAKS = 24


def test_it_says_who_waits_since_when_and_who_has_the_case(database: Database) -> None:
    burning = Burning(database)
    burning.writes(text="Secret words of the customer")
    with database.transaction() as session:
        session.get_one(Case, 1001).assignee = burning.agent(session, "bob")
        burning.agent(session, "erik").language = "de"
    burning.tells(BREAKS)
    with database.reading() as session:
        rows = session.scalars(select(OutboxMail).where(OutboxMail.kind == "escalation").order_by(OutboxMail.id)).all()
        (english, german), raw = (drafts.draft(session, row, now=burning.at(BREAKS)) for row in rows), []
        raw = [compose(one) for one in (english, german)]
    assert english.subject == "Broken since 10:00 today: Printer"
    assert german.subject == "Gebrochen seit heute um 10:00: Printer"
    assert "Anna Kundin has been waiting for a first answer since 10:00 yesterday. Bob has the case." in english.text
    assert "Anna Kundin wartet seit gestern um 10:00 auf die erste Antwort. Bob hat den Fall. Stufe 2." in german.text
    assert "/cases/1001#escalation" in german.text
    assert english.automatic == "auto-generated"
    assert english.reply_to is None
    assert not any(b"Secret words" in one for one in raw), "nothing foreign but the subject and the name (W18)"
