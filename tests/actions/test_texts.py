"""A desk's own words, and what is sent then."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk import letters
from helpdesk.actions import agents, desks, entries, notices, texts
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Entry, Event, OutboxMail
from helpdesk.policies.texts import TEXTS, wrong
from helpdesk.words import LANGUAGES
from mail.drafts import draft

VALUES = {"number": 1042, "desk": "Help *desk* <b>", "grace_days": 28, "follows": None, "ended_on": None}


def write(session, desk, agent, now, body, *, name="acknowledgement", subject="Here ({case})", language="en") -> None:
    texts.write(session, desk, name, language, subject=subject, body=body, agent=agent, now=now)


def test_a_desk_says_its_own_words_until_it_says_ours_again(session, desk, bob, monday) -> None:
    assert "Your message has arrived." in letters.mail(session, desk, "acknowledgement", "en", VALUES).text
    write(session, desk, bob, monday, "**Safe** at {desk}.\n\n{grace_days} days.")
    mail = letters.mail(session, desk, "acknowledgement", "en", VALUES)
    assert (mail.subject, mail.text) == ("Here (1042)", "Safe at Help *desk* <b>.\n\n28 days.\n")
    assert "<strong>Safe</strong> at Help *desk* &lt;b&gt;." in mail.html, "a value is never markup"
    assert "Ihre Nachricht ist da." in letters.mail(session, desk, "acknowledgement", "de", VALUES).text, "another language"
    texts.reset(session, desk, "acknowledgement", "en", agent=bob, now=monday)
    assert "Your message has arrived." in letters.mail(session, desk, "acknowledgement", "en", VALUES).text
    assert [row.deed for row in session.scalars(select(Event).where(Event.deed.like("text-%")))] == ["text-written", "text-reset"]


def test_a_late_reply_has_words_of_its_own_and_nobody_gets_our_braces(session, desk, bob, monday) -> None:
    write(session, desk, bob, monday, "Late: {first_case}, since {ended_on}", name="follow-up")
    late = {**VALUES, "follows": 1001, "ended_on": "19 December"}
    assert letters.mail(session, desk, "acknowledgement", "en", late).text == "Late: 1001, since 19 December\n"
    undated = letters.mail(session, desk, "acknowledgement", "en", {**late, "ended_on": None}).text
    assert "Your reply came when the old address had closed." in undated, "a value that is missing: our words"


def test_the_mail_and_its_entry_say_the_same_own_words(session, case, desk, bob, monday) -> None:
    write(session, desk, bob, monday, "It is **here**.", language=case.language)
    mail_in = entries.receive(session, case, entries.Incoming("Anna", "x", "x"), person=case.requester, counts=True, now=monday)
    entry = entries.acknowledge(session, case, mail_in, now=monday)
    assert entry.text == "It is here.\n"
    sent = draft(session, entry.deliveries[0], now=monday)
    assert (sent.subject, sent.text) == (f"Here ({case.number})", "It is here.\n")


def test_a_notice_says_in_a_desks_own_words_what_happened(session, case, desk, bob, monday) -> None:
    dana = agents.create(session, "dana@example.org", "Dana *Klein*", role="agent", now=monday)
    write(session, desk, bob, monday, "Hello {name}. {news}\n\n{link}", name="notice", subject="[{desk}] {headline}")
    notices.tell(session, bob, "mention", case, by=dana, now=monday)
    sent = draft(session, session.scalars(select(OutboxMail)).one(), now=monday)
    assert sent.subject == f"[{desk.name}] Case {case.number}: Dana *Klein* mentions you"
    assert f"Hello Bob Builder. Dana *Klein* mentions you in a note in case {case.number}.\n" in sent.text
    assert f"/cases/{case.number}" in sent.text
    for body in ("{link}", "{news}"):
        with pytest.raises(NotUsable):
            write(session, desk, bob, monday, body, name="notice", subject="x")


@pytest.mark.parametrize("attack", ["{0.__class__}", "{{ config }}", "{number.__class__}"])
def test_words_of_a_desk_are_no_program(session, desk, bob, monday, attack) -> None:
    with pytest.raises(NotUsable):
        write(session, desk, bob, monday, attack)
    assert letters.written("x", "{% if 1 %}%s %(desk)s ${desk}", "en", VALUES).text == "{% if 1 %}%s %(desk)s $Help *desk* <b>\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("informal", [False, True])
def test_our_own_words_can_be_begun_with(name, language, informal) -> None:
    subject, body = letters.ours(name, language, informal=informal)
    assert wrong(name, subject, body) is None


def test_a_link_stays_a_link_whatever_its_token_holds(session, desk, bob, monday) -> None:
    write(session, desk, bob, monday, "Go: {link}", name="reset", subject="New")
    link = "https://desk.example.org/password/-_ab-_c*d"
    mail = letters.mail(session, desk, "reset", "en", {"desk": "x", "name": "y", "link": link, "minutes": 30})
    assert mail.text == f"Go: {link}\n"
    assert f'href="{link}"' in mail.html


def test_german_mail_says_du_where_the_desk_does(session, desk, bob, monday) -> None:
    desks.change(session, desk, {"address_form": "du"}, agent=bob, now=monday)
    mail = letters.mail(session, desk, "acknowledgement", "de", VALUES)
    assert "Deine Nachricht ist da." in mail.text
    assert not any(word in f"{mail.subject} {mail.text}" for word in (" Sie ", "Ihre", "Ihnen"))
    assert "Your message" in letters.mail(session, desk, "acknowledgement", "en", VALUES).text
    with pytest.raises(NotUsable):
        desks.change(session, desk, {"address_form": "ihr"}, agent=bob, now=monday)


def test_an_answer_is_signed_by_the_person_and_then_by_the_desk(session, case, desk, bob, monday) -> None:
    def below() -> tuple[str, str]:
        entry = entries.reply(session, case, "Use the stairs", agent=bob, now=monday)
        sent = draft(session, entry.deliveries[0], now=monday)
        return sent.text.split("\n-- \n")[1].split("\nCase ")[0].split("\nFall ")[0].strip(), sent.html

    assert below()[0] == f"Bob Builder, {desk.name}"
    agents.change(session, bob, {"signature": "**{agent}**, room 4"}, by=bob, now=monday)
    desks.change(session, desk, {"signature": "{desk}\nTel. 123"}, agent=bob, now=monday)
    text, html = below()
    assert text == f"Bob Builder, room 4\n\n{desk.name}\nTel. 123"
    assert "<strong>Bob Builder</strong>, room 4" in html
    desks.change(session, desk, {"sender": "desk"}, agent=bob, now=monday)
    assert below()[0] == f"{desk.name}\nTel. 123", "a desk that answers under its own name names nobody"
    for thing in (lambda text: agents.change(session, bob, {"signature": text}, by=bob, now=monday),
                  lambda text: desks.change(session, desk, {"signature": text}, agent=bob, now=monday)):  # fmt: skip
        with pytest.raises(NotUsable):
            thing("{agent.password_hash}")


def test_the_line_below_an_answer_is_the_desks_own(session, case, desk, bob, monday) -> None:
    write(session, desk, bob, monday, "Case {case}: just reply.", name="reply", subject="", language=case.language)
    entry = entries.reply(session, case, "Use the stairs", agent=bob, now=monday)
    sent = draft(session, entry.deliveries[0], now=monday)
    assert f"Case {case.number}: just reply." in sent.text
    assert f"Case {case.number}: just reply." in sent.html
    assert session.get_one(Entry, entry.id).text == "Use the stairs"
