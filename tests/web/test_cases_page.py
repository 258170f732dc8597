"""The page of one case: what was said, what waits for its reader, how long its addresses live."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import event

from helpdesk import blobs, clock, db
from helpdesk.actions import addresses, cases, deliveries, entries, people, post
from helpdesk.models import Agent, Arrival, Case, Entry, Fact, InboundMail, OutboxMail
from helpdesk.queries import addresses as find
from helpdesk.queries import cases as find_cases
from tests.web.browsing import Browser, anna_writes, mail_comes, open_pages, words_of

Windows = Callable[..., Browser]


def test_the_whole_story_is_on_the_page(browser: Windows, database: db.Database, staff: dict[str, Agent]) -> None:
    bob = browser("bob")
    number = anna_writes(database, "The printer is on fire\n\n> You wrote: hello", visible="The printer is on fire")
    with database.transaction() as session:
        case, agent, now = session.get_one(Case, number), session.get_one(Agent, staff["bob"].id), clock.now()
        entries.acknowledge(session, case, session.query(Entry).one(), now=now)
        entries.note(session, case, "Call the *fire brigade*", agent=agent, now=now)
        entries.reply(session, case, "Use the **stairs**", agent=agent, now=now, then_resolve=True)
    page = bob.get(f"/cases/{number}")
    words = words_of(page)
    story = [
        "Case opened at Help desk",
        "Anna Kundin wrote",
        "The printer is on fire",
        "Quoted text (1 line)",
        "Automatic acknowledgement to Anna Kundin",
        "Note by Bob internal only",
        "Call the fire brigade",
        "Bob answered and solved the case",
        "Use the stairs",
        "On its way to Anna Kundin",
        "Bob took the case",
    ]
    place = 0
    for sentence in story:
        assert sentence in words[place:], f"{sentence!r} is missing or comes too early in: {words}"
        place = words.index(sentence, place)
    assert "<strong>stairs</strong>" in page.text
    assert "<em>fire brigade</em>" in page.text


def test_the_line_that_introduces_a_question_stands_above_it_and_is_no_fold(browser: Windows, database: db.Database) -> None:
    number = anna_writes(database)
    text = "On Monday Bob wrote:\n> Which floor?\nThe second"
    mail_comes(database, number, text, visible="> Which floor?\nThe second", folds=[[0, 1]])
    words = words_of(browser("bob").get(f"/cases/{number}"))
    assert "On Monday Bob wrote: Which floor? The second" in words
    assert "Quoted text" not in words


def test_that_nobody_proved_who_wrote_is_said_once(browser: Windows, database: db.Database) -> None:
    number = anna_writes(database)
    mail_comes(database, number, "Hello", flags=("unverified",), traits={"form": "form@example.org"})
    words = words_of(browser("bob").get(f"/cases/{number}"))
    assert "by the contact form form@example.org; who wrote is not proved" in words
    assert "sender not verified" not in words


def test_every_line_of_the_story_has_a_lasting_address(browser: Windows, database: db.Database) -> None:
    page = browser("bob").get(f"/cases/{anna_writes(database)}").text
    ids = re.findall(r'<li id="(e\d+)"', page)
    assert len(ids) == 2  # opened, written
    assert all(f'href="#{found}"' in page for found in ids)


def test_a_case_that_is_not_there_is_a_page_that_is_not_there(browser: Windows) -> None:
    bob = browser("bob")
    for number in ("1", "99999", "2147483648", "9" * 30, "0", "-1", "abc"):
        assert bob.get(f"/cases/{number}").status_code == 404


def test_an_open_case_says_that_replies_work_and_a_solved_one_until_when(
    browser: Windows, database: db.Database, staff: dict[str, Agent], monday: datetime
) -> None:
    number, bob = anna_writes_in(browser, database), browser("bob")
    assert "Replies work while the case is open" in words_of(bob.get(f"/cases/{number}"))
    with database.transaction() as session:
        cases.resolve(session, session.get_one(Case, number), agent=None, now=monday)
    page = words_of(bob.get(f"/cases/{number}"))
    assert "Solved today, 10:00" in page
    assert "Replies work until 30 November" in page
    assert "works until 30 November, 28 days left" in page
    with clock.freeze(monday + timedelta(days=28) - timedelta(seconds=1)):
        assert "Replies work until 30 November" in words_of(browser("bob").get(f"/cases/{number}"))
    with clock.freeze(monday + timedelta(days=28)):
        page = words_of(browser("bob").get(f"/cases/{number}"))
        assert "The reply address expired on 30 November" in page
        assert "Replies work until" not in page


def test_a_withdrawn_address_says_since_when(
    browser: Windows, database: db.Database, staff: dict[str, Agent], monday: datetime
) -> None:
    number = anna_writes_in(browser, database)
    with database.transaction() as session:
        agent = session.get_one(Agent, staff["bob"].id)
        addresses.rotate(session, find.of_case(session, number)[0], agent=agent, now=monday)
    page = words_of(browser("bob").get(f"/cases/{number}"))
    assert "withdrawn on 2 November" in page
    assert "works while the case is open" in page
    assert "Bob withdrew the reply address of Anna Kundin" in page
    assert "Anna Kundin got a new reply address" in page


def test_a_strangers_mail_waits_for_a_decision(browser: Windows, database: db.Database) -> None:
    number, bob = anna_writes_in(browser, database), browser("bob")
    entry = mail_comes(database, number, "It is mine", author="Eve", counts=False, flags=("stranger",))
    lies_there(database, number, entry, "eve@elsewhere.example")
    page = words_of(bob.get(f"/cases/{number}"))
    assert "One mail waits for your decision." in page
    assert "from eve@elsewhere.example ." in page
    assert "nobody got an answer" in page
    taken_in = bob.post(f"/cases/{number}/participants", {"person": "eve@elsewhere.example"}, follow_redirects=True)
    assert "waits for your decision" not in words_of(taken_in)
    assert "Bob let eve@elsewhere.example take part" in words_of(taken_in)


def test_an_ambiguous_sender_is_said_to_be_one(browser: Windows, database: db.Database) -> None:
    number = anna_writes_in(browser, database)
    mail_comes(database, number, "Who am I?", author="Eve", counts=False, flags=("suspect",))
    page = words_of(browser("bob").get(f"/cases/{number}"))
    assert "The sender field names nobody, or more than one." in page


def test_machines_are_folded_to_a_line(browser: Windows, database: db.Database) -> None:
    number = anna_writes_in(browser, database)
    mail_comes(database, number, "I am away until Monday", author="Anna", counts=False, flags=("automatic",))
    page = browser("bob").get(f"/cases/{number}")
    assert "Automatic mail from Anna" in words_of(page)
    fold = page.text[page.text.index("Automatic mail from Anna") - 300 : page.text.index("I am away")]
    assert "<details" in fold


def test_a_long_run_of_events_is_one_line_that_unfolds(
    browser: Windows, database: db.Database, staff: dict[str, Agent], monday: datetime
) -> None:
    number = anna_writes_in(browser, database)
    for day in (0, 3):
        with database.transaction() as session:
            case = session.get_one(Case, number)
            for name in ("bob", "carol", "bob", "carol", "bob", "carol", "bob"):
                agent = session.get_one(Agent, staff[name].id)
                cases.assign(session, case, agent, agent=agent, now=monday + timedelta(days=day))
        words = words_of(browser("bob").get(f"/cases/{number}"))
        assert ("8 events, 2 November Bob took" if day == 0 else "14 events, 2 November to 5 November Bob took") in words


def test_remarks_say_what_is_odd_about_a_mail(browser: Windows, database: db.Database, monday: datetime) -> None:
    number = anna_writes_in(browser, database)
    flags = ("unverified", "late", "duplicate-id")
    mail_comes(
        database,
        number,
        "Hello",
        flags=flags,
        claimed_at=monday - timedelta(days=20),
        via="Carl",
        reply_to="eve@elsewhere.example",
    )
    page = words_of(browser("bob").get(f"/cases/{number}"))
    assert "by the address of Carl" in page
    assert "asks for answers to eve@elsewhere.example; ours do not go there" in page
    assert "came after the old address had expired" in page
    assert "another mail has the same Message-ID" in page
    assert "dated 13 October by the sender" in page


def test_what_became_of_an_answer_is_told_for_each_recipient(
    browser: Windows, database: db.Database, staff: dict[str, Agent], monday: datetime
) -> None:
    number, bob = anna_writes_in(browser, database), browser("bob")
    with database.transaction() as session:
        case = session.get_one(Case, number)
        for name in ("Tom", "Uta", "Vic"):
            cases.add_participant(session, case, people.known(session, f"{name}@customer.example", name, now=monday), now=monday)
        session.refresh(case)
        entries.reply(session, case, "To you all", agent=session.get_one(Agent, staff["bob"].id), now=monday)
        rows = session.query(OutboxMail).filter_by(kind="reply").order_by(OutboxMail.id).all()
        deliveries.sent(session, rows[0], "250 ok", now=monday)
        rows[1].attempts = 1
        deliveries.deferred(session, rows[1], "451 later", now=monday)
        deliveries.failed(session, rows[2], "550 5.1.1 no such user", now=monday)
    page = words_of(bob.get(f"/cases/{number}"))
    assert "Sent to Anna Kundin" in page
    assert "Not taken yet for Tom, next try today, 10:01" in page
    assert "Undeliverable to Uta" in page
    assert "On its way to Vic" in page
    assert "Our last answer did not reach everybody." in page
    assert "Undeliverable: uta@customer.example. The answer was: 550 5.1.1 no such user" in page


def test_a_desk_that_is_not_live_yet_says_that_answers_are_kept(
    browser: Windows, database: db.Database, staff: dict[str, Agent]
) -> None:
    number = anna_writes_in(browser, database)
    held = db.Database(database.house.settings.model_copy(update={"outgoing": "hold"}))
    window = Browser(open_pages(held))
    cookie = browser("bob").client.get_cookie("holdline")
    assert cookie is not None
    window.client.set_cookie("holdline", cookie.value)
    page = window.post(f"/cases/{number}", {"text": "Soon"}, follow_redirects=True)
    assert "Your answer is kept until the desk goes live." in words_of(page)
    assert "Kept for Anna Kundin until the desk goes live" in words_of(page)
    held.close()


def test_the_customers_other_cases_and_linked_ones_stand_beside(
    browser: Windows, database: db.Database, monday: datetime
) -> None:
    browser("bob")
    first, second = anna_writes(database, subject="First time"), anna_writes(database, subject="Second time")
    with database.transaction() as session:
        cases.link(session, session.get_one(Case, second), session.get_one(Case, first), kind="follow-up", now=monday)
        cases.resolve(session, session.get_one(Case, first), agent=None, now=monday)
    page = words_of(browser("bob").get(f"/cases/{second}"))
    assert f"Belongs together goes on from {first} First time" in page
    assert f"Their other cases First time {first}, solved 2 November" in page
    assert f"This case goes on from case {first}" in page
    assert f"The story goes on in case {second}" in words_of(browser("bob").get(f"/cases/{first}"))


def test_their_language_is_marked_where_it_is_not_the_readers(browser: Windows, database: db.Database) -> None:
    number, bob = anna_writes_in(browser, database), browser("bob")
    german = bob.get(f"/cases/{number}", headers={"Accept-Language": "de"}).text
    assert '<h1 id="subject" lang="en">' in german
    assert "Anna Kundin schrieb" in german
    assert '<h1 id="subject">' in bob.get(f"/cases/{number}", headers={"Accept-Language": "en"}).text


def anna_writes_in(browser: Windows, database: db.Database) -> int:
    browser()  # so that there is a desk
    return anna_writes(database)


def lies_there(database: db.Database, number: int, entry_id: int, sender: str) -> None:
    """The arrival by which an entry came, as the bridge leaves it."""
    with database.transaction() as session:
        now = clock.now()
        mail = InboundMail(door="smtp", peer="", sender=sender, received_at=now, sha256=blobs.keep(session, b"x"), size=1)
        mail.arrivals = [Arrival(recipient="r", shown_from=sender)]
        session.add(mail)
        session.flush()
        post.settle(session, mail.arrivals[0], "case", "A stranger wrote.", now=now, case=number, entry=entry_id)


def test_a_case_by_a_contact_form_says_so(browser, database) -> None:
    number = anna_writes(database, "Still burning", traits={"form": "forms@shop.example"})
    assert "by the contact form forms@shop.example; who wrote is not proved" in words_of(browser("bob").get(f"/cases/{number}"))


def test_of_a_very_long_story_the_two_ends_are_shown_and_the_rest_is_a_click_away(
    browser: Windows, database: db.Database
) -> None:
    number, bob = anna_writes(database, "Letter 1"), browser("bob")
    for n in range(2, 61):
        mail_comes(database, number, f"Letter {n}")
    assert words_of(bob.get(f"/cases/{number}")).count("Anna Kundin wrote") == 60

    last = mail_comes(database, number, "Letter 61")
    short, whole = bob.get(f"/cases/{number}"), bob.get(f"/cases/{number}?whole=1")
    assert [n for n in range(1, 62) if f"Letter {n} " in words_of(short)] == [1, 2, 3, *range(32, 62)]
    assert "Show 28 more entries" in words_of(short)
    assert f'href="/cases/{number}?whole=1"' in short.text
    assert f'id="entry-{last}"' in short.text
    assert words_of(whole).count("Anna Kundin wrote") == 61
    assert "more entries" not in words_of(whole)


def test_what_waits_for_a_decision_is_shown_wherever_in_a_long_story_it_stands(browser: Windows, database: db.Database) -> None:
    number, bob = anna_writes(database, "Letter 1"), browser("bob")
    for n in range(2, 5):
        mail_comes(database, number, f"Letter {n}")
    strange = mail_comes(database, number, "I am her lawyer", author="Lawyer", counts=False, flags=("stranger",))
    for n in range(6, 66):
        mail_comes(database, number, f"Letter {n}")
    with database.reading() as session:
        event = find_cases.event_of(session, session.get_one(Entry, strange)).id
    page = bob.get(f"/cases/{number}")
    words = words_of(page)
    assert words.index("Letter 3 ") < words.index("Show 1 more entry") < words.index("I am her lawyer")
    assert words.index("I am her lawyer") < words.index("Show 30 more entries") < words.index("Letter 36 ")
    assert f'href="#e{event}"' in page.text


def test_a_fact_from_the_hidden_part_of_a_long_story_leads_into_the_whole(
    browser: Windows, database: db.Database, staff: dict[str, Agent]
) -> None:
    number, bob = anna_writes(database, "Letter 1"), browser("bob")
    entries = [mail_comes(database, number, f"Letter {n}") for n in range(2, 70)]
    with database.transaction() as session:
        entry, agent = session.get_one(Entry, entries[20]), session.get_one(Agent, staff["bob"].id)
        session.add(
            Fact(
                case_number=number,
                kind="order",
                name="Order",
                value="4711",
                entry=entry,
                pinned_by_id=agent.id,
                pinned_at=clock.now(),
            )
        )
        event = find_cases.event_of(session, entry).id
    assert f'href="/cases/{number}?whole=1#e{event}"' in bob.get(f"/cases/{number}").text


def test_a_page_asks_for_nothing_that_its_case_does_not_have(browser: Windows, database: db.Database) -> None:
    bob, number, asked = browser("bob"), anna_writes(database), list[str]()
    bob.get(f"/cases/{number}")
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    bob.get(f"/cases/{number}")
    assert len(asked) < 18
    assert not [one for one in asked if " FROM fact" in one and "EXISTS" not in one]
    assert not [one for one in asked if "outbox.recipient IN" in one and "EXISTS" not in one]
