"""What burns at one instant leaves to one person as one mail; what each was told of stays written down for each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from helpdesk.actions import digests, escalations, outbox, texts
from helpdesk.db import Database
from helpdesk.models import Case, EscalationTelling, OutboxMail
from mail import drafts
from tests.escalations import Burning

BREAKS = 24


def mails(database: Database, to: str = "erik") -> list[OutboxMail]:
    with database.reading() as session:
        to_them = OutboxMail.kind == "escalation", OutboxMail.recipient == f"{to}@example.org"
        return list(session.scalars(select(OutboxMail).where(*to_them).order_by(OutboxMail.id)))


def numbers(mail: OutboxMail) -> list[int]:
    return [thing["number"] for thing in digests.things(mail.words)]


def test_ten_that_break_at_once_are_one_mail_with_ten_lines(database: Database) -> None:
    burning = Burning(database)
    written = [burning.writes(text=f"Case {n}") for n in range(10)]
    burning.tells(BREAKS)
    (mail,) = mails(database)
    assert (numbers(mail), mail.case_number) == (written, None)
    with database.reading() as session:
        told = select(func.count()).select_from(EscalationTelling).where(EscalationTelling.how == "mail")
        assert session.scalar(told) == 30, "each of three was told of each"
        draft = drafts.draft(session, session.get_one(OutboxMail, mail.id), now=burning.at(BREAKS))
    assert draft.subject == "10 escalations, all of them broken"
    assert draft.text.count("has been waiting for a first answer since 10:00 yesterday. Nobody has the case.") == 10
    assert all(f"/cases/{number}#escalation" in draft.text and f"/cases/{number}#escalation" in draft.html for number in written)


def test_what_is_worst_comes_first_and_is_counted(database: Database) -> None:
    burning = Burning(database)
    for _ in range(2):
        burning.writes()
    burning.does(escalations.ask_for_help, 1, 1002, words="May I?")
    burning.does(lambda s, case, agent, now: escalations.raise_(s, case, "promise-broken", cause="x", due_at=now, now=now), 1)
    with database.transaction() as session:
        burning.agent(session, "erik").language = "de"
    burning.tells(1)
    with database.reading() as session:
        (mail,) = mails(database)
        draft = drafts.draft(session, session.get_one(OutboxMail, mail.id), now=burning.at(1))
    assert numbers(mail) == [1002, 1001]
    assert draft.subject == "2 Eskalationen, 1 davon gebrochen"
    assert draft.text.index("Versprechen gebrochen") < draft.text.index("Bob bittet um Hilfe")


def test_one_alone_is_a_mail_of_its_own(database: Database) -> None:
    burning = Burning(database)
    burning.writes()
    burning.tells(BREAKS)
    (mail,) = mails(database)
    assert (mail.case_number, "things" in mail.words) == (1001, False)


def test_what_has_left_or_is_leaving_is_not_touched_and_another_instant_is_another_mail(database: Database) -> None:
    burning = Burning(database)
    for _ in range(3):
        burning.writes()

    def tells_of(number: int, hours: float) -> None:
        burning.does(escalations.ask_for_help, hours, number, words="May I?")
        burning.tells(hours)

    tells_of(1001, 1)
    with database.transaction() as session:
        session.get_one(OutboxMail, mails(database)[0].id).lease_by = "a sender"
    tells_of(1002, 1)
    tells_of(1003, 1)
    tells_of(1001, 2)
    assert [numbers(mail) for mail in mails(database)] == [[1001], [1002, 1003], [1001]]


def test_a_mail_holds_no_more_than_can_be_read(database: Database) -> None:
    burning = Burning(database)
    burning.writes()
    with database.transaction() as session:
        erik, words = burning.agent(session, "erik"), {"number": 1001, "reason": "help", "wish": ""}
        for n in range(digests.MOST + 1):
            row: dict[str, Any] = {**words, "wish": str(n)}
            outbox.queue_to_agent(session, "escalation", erik, row, now=burning.at(1))
        digests.put_together(session, erik, now=burning.at(1))
    assert [len(digests.things(mail.words)) for mail in mails(database)] == [digests.MOST, 1]
    assert mails(database)[1].case_number == 1001


def test_a_desk_says_it_in_its_own_words_with_a_list_whose_words_do_nothing(database: Database) -> None:
    burning = Burning(database)
    for _ in range(2):
        burning.writes()
    with database.transaction() as session:
        session.get_one(Case, 1002).subject = "<b>Lamp</b> [x](http://evil.example)"
        desk, carol = session.get_one(Case, 1001).desk, burning.agent(session, "carol")
        texts.write(
            session, desk, "escalations", "en", subject="{count} fires", body="Hurry:\n\n{list}", agent=carol, now=burning.at(1)
        )
    burning.tells(BREAKS)
    with database.reading() as session:
        draft = drafts.draft(session, session.get_one(OutboxMail, mails(database)[0].id), now=burning.at(BREAKS))
    assert draft.subject == "2 fires"
    assert draft.html.count("<li") == 2
    assert "<b>" not in draft.html
    assert ">x</a>" not in draft.html
    assert "/cases/1002#escalation" in draft.text
    assert "Hurry:\n\n- " in draft.text
