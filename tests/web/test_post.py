"""The post room: what came in and what became of it, what goes out, and what one can do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from helpdesk import clock
from helpdesk.actions import addresses, agents, canary, cases, entries, logins, people, post, relay
from helpdesk.db import Database
from helpdesk.models import Arrival, Blob, Case, Desk, Event, Job, OutboxMail
from helpdesk.queries import post as find
from helpdesk.queries.canary import Canary
from helpdesk.web import Extras
from mail import inbound
from mail.letter import Envelope
from tests.web.browsing import Browser, open_pages, words_of

RAW = b"From: Anna <anna@example.net>\r\nTo: help@example.org\r\nSubject: Fire\r\nX-Odd: <b>\x07\xff\r\n\r\nStill burning.\r\n"


def arrives(database: Database, outcome: str | None = None, reason: str = "", *, to: str = "help@example.org", **facts) -> int:
    """A mail that the door took; its arrival's id."""
    envelope = Envelope("smtp", "anna@example.net", (to,), "203.0.113.7", clock.now())
    receipt = inbound.accept(database, [inbound.Parcel(RAW, envelope)])[0]
    with database.transaction() as session:
        row = session.scalars(select(Arrival).where(Arrival.mail_id == receipt.mail_id)).one()
        row.shown_from, row.shown_subject = "anna@example.net", facts.pop("subject", "Fire")
        if outcome:
            post.settle(session, row, outcome, reason, now=clock.now(), **facts)
        return row.id


def a_case(database: Database) -> tuple[int, int]:
    """A case with one mail of theirs; (number, entry)."""
    with database.transaction() as session:
        anna = people.known(session, "anna@example.net", "Anna", now=clock.now())
        case = cases.open_case(session, session.scalars(select(Desk)).first(), anna, "Fire", now=clock.now())
        mail = entries.Incoming(author="Anna", text="Fire", visible="Fire")
        entry = entries.receive(session, case, mail, person=anna, counts=True, now=clock.now())
        return case.number, entry.id


def answered(database: Database) -> int:
    """An answer of ours in the outbox; its row."""
    number, _entry = a_case(database)
    with database.transaction() as session:
        bob = session.scalars(select(agents.Agent)).first()
        return (
            entries.reply(session, session.get_one(Case, number), "Use the stairs", agent=bob, now=clock.now()).deliveries[0].id
        )


def becomes(database: Database, row_id: int, **facts) -> None:
    with database.transaction() as session:
        session.execute(update(OutboxMail).where(OutboxMail.id == row_id).values(**facts))


def test_every_mail_stands_in_the_post_room_with_its_outcome_and_its_sentence(browser, database) -> None:
    bob = browser("bob")
    arrives(database, "held", "The address looks mistyped; it is close to one of ours.")
    words = words_of(bob.get("/post-room"))
    for part in ("anna@example.net", "to help@example.org", "Fire", "Held", "The address looks mistyped"):
        assert part in words


def test_one_outcome_can_be_looked_at_and_each_is_counted(browser, database) -> None:
    bob = browser("bob")
    for _ in range(2):
        arrives(database, "held", "Held back.", subject="Kept apart")
    arrives(database, "refused", "Not ours.", subject="Turned away")
    words = words_of(bob.get("/post-room?outcome=held"))
    assert "Kept apart" in words
    assert "Turned away" not in words
    assert "Held 2 mails" in words
    assert "Refused 1 mail" in words
    assert bob.get("/post-room?outcome=nonsense").status_code == 404


def test_mail_that_waits_to_be_read_is_shown_as_such(browser, database) -> None:
    arrives(database)
    words = words_of(browser("bob").get("/post-room?outcome=waiting"))
    assert "Being read 1 mail" in words


def test_older_mail_is_on_the_next_page_and_none_is_left_out(browser, database) -> None:
    bob, subjects = browser("bob"), [f"mail-{n:03}" for n in range(52)]
    for subject in subjects:
        arrives(database, "held", "", subject=subject)
    first = bob.get("/post-room?outcome=held").text
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    both = first + bob.get(older).text
    assert all(both.count(f">{subject}</a>") == 1 for subject in subjects)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²"])
def test_a_page_that_cannot_be_is_the_first(browser, database, before) -> None:
    arrives(database, "held", "")
    assert "Fire" in words_of(browser("bob").get(f"/post-room?before={before}"))


def test_the_books_are_one_calm_line_while_they_agree(browser, database) -> None:
    arrives(database, "held", "")
    words = words_of(browser("bob").get("/post-room"))
    assert "One mail came in, and it has its place." in words
    assert "The books agree 1 accepted = 1 with an outcome + 0 being read" in words
    assert "do not agree" not in words


@pytest.mark.parametrize(
    "harm",
    [delete(Arrival), update(Arrival).values(outcome="nowhere")],
    ids=["a mail without a recipient", "an outcome that is none"],
)
def test_books_that_do_not_agree_are_shouted(browser, database, harm) -> None:
    bob = browser("bob")
    arrives(database, "held", "")
    with database.transaction() as session:
        session.execute(harm)
        assert find.ledger(session).mismatch == 1
    for path in ("/post-room", "/post-room/out"):
        assert "The books do not agree." in words_of(bob.get(path))


def test_a_mail_is_opened_with_its_envelope_and_its_header(browser, database) -> None:
    arrival = arrives(database, "held", "For the postmaster: somebody has to read it.")
    page = browser("bob").get(f"/post-room/{arrival}")
    words = words_of(page)
    for part in ("anna@example.net", "SMTP, from 203.0.113.7", "For the postmaster", "X-Odd: <b>��"):
        assert part in words
    assert "<b>" not in page.text
    with database.reading() as session:
        assert f"/mail/{session.get_one(Arrival, arrival).mail_id}/raw" in page.text
    assert "Still burning" not in words, "the body is read by the bridge or not at all"


def test_a_mail_that_lies_in_a_case_leads_there_and_is_not_done_again(browser, database) -> None:
    number, entry = a_case(database)
    arrival = arrives(database, "case", "It came to this case's own address.", case=number, entry=entry)
    ada = browser("ada")
    page = ada.get(f"/post-room/{arrival}")
    assert f'href="/cases/{number}"' in page.text
    assert "/again" not in page.text
    assert "/release" not in page.text
    for deed in ("again", "release"):
        answer = ada.post(f"/post-room/{arrival}/{deed}", follow_redirects=True)
        assert "lies in its case already" in words_of(answer)
    with database.reading() as session:
        assert session.get_one(Arrival, arrival).outcome == "case"


def test_a_held_mail_is_let_in_by_an_agent(browser, database) -> None:
    arrival = arrives(database, "held", "There is no such address here.")
    bob = browser("bob")
    assert f"/post-room/{arrival}/release" in bob.get(f"/post-room/{arrival}").text
    answer = bob.post(f"/post-room/{arrival}/release", follow_redirects=True)
    assert "let in" in words_of(answer)
    with database.reading() as session:
        row = session.get_one(Arrival, arrival)
        assert (row.outcome, row.released) == (None, True)
        assert session.scalars(select(Job).where(Job.kind == "mail.process")).all()
        assert session.scalars(select(Event).where(Event.deed == "mail-released")).one().agent.name == "Bob"


def test_reading_a_mail_again_is_for_supervisors(browser, database) -> None:
    arrival = arrives(database, "refused", "It is for somebody else's domain, and we do not relay.")
    bob, carol = browser("bob"), browser("carol")
    assert "/again" not in bob.get(f"/post-room/{arrival}").text
    assert bob.post(f"/post-room/{arrival}/again").status_code == 404
    assert "/again" in carol.get(f"/post-room/{arrival}").text
    assert "/release" not in carol.get(f"/post-room/{arrival}").text, "there is no case that it could be let into"
    assert carol.post(f"/post-room/{arrival}/again").status_code == 303
    with database.reading() as session:
        row = session.get_one(Arrival, arrival)
        assert (row.outcome, row.released) == (None, False)


@pytest.mark.parametrize("deed", ["1/again", "1/release", "out/1/again"])
def test_no_deed_without_the_token_of_the_form(browser, database, deed) -> None:
    arrives(database, "held", "")
    answered(database)
    answer = browser("ada").client.post(f"/post-room/{deed}", data={})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/post-room", "/post-room/1", "/post-room/out"])
def test_nobody_sees_the_post_room_without_a_log_in(browser, database, path) -> None:
    arrives(database, "held", "")
    answer = browser().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/?next=")


def test_a_mail_that_is_not_there_is_not_found(browser) -> None:
    bob = browser("bob")
    for path in ("/post-room/7", "/post-room/99999999999999999999"):
        assert bob.get(path).status_code == 404
    for path in ("/post-room/7/release", "/post-room/out/7/again"):
        assert bob.post(path).status_code == 404


def test_a_mail_whose_bytes_are_damaged_still_has_a_page(browser, database) -> None:
    arrival, bob = arrives(database, "held", ""), browser("bob")
    with database.transaction() as session:
        session.execute(update(Blob).values(content=b"something else"))
    assert "damaged or gone" in words_of(bob.get(f"/post-room/{arrival}"))


def test_a_mail_from_the_null_sender_without_a_subject_is_named(browser, database) -> None:
    envelope = Envelope("imap", "", ("help@example.org",), "a mailbox", clock.now(), sent_at=clock.now() - timedelta(days=1))
    inbound.accept(database, [inbound.Parcel(b"\r\n", envelope)])
    with database.transaction() as session:
        post.settle(session, session.scalars(select(Arrival)).one(), "held", "", now=clock.now())
    bob = browser("bob")
    assert "Empty sender" in words_of(bob.get("/post-room"))
    words = words_of(bob.get("/post-room/1"))
    assert "No subject" in words
    assert "In the mailbox since" in words


@dataclass
class Letter:
    """What the pages use of a letter that the bridge has read."""

    text: str
    files: tuple[object, ...] = ()


def test_a_held_mail_is_shown_as_the_bridge_reads_it(database, staff) -> None:
    window = Browser(open_pages(database, Extras(read_mail=lambda raw: Letter(raw.decode("latin-1").split("\r\n\r\n")[1]))))
    window.log_in("bob@example.org")
    held = arrives(database, "held", "")
    number, entry = a_case(database)
    filed = arrives(database, "case", "", case=number, entry=entry)
    assert "Still burning." in words_of(window.get(f"/post-room/{held}"))
    assert "Still burning." not in words_of(window.get(f"/post-room/{filed}")), "its case shows it"


def test_a_mail_that_kills_its_reader_still_has_a_page(database, staff) -> None:
    def dies(raw: bytes) -> Letter:
        raise RuntimeError

    window = Browser(open_pages(database, Extras(read_mail=dies)))
    window.log_in("bob@example.org")
    assert window.get(f"/post-room/{arrives(database, 'held', '')}").status_code == 200


def test_what_has_not_left_and_what_did_not_arrive_stand_apart(browser, database) -> None:
    waits, back = answered(database), answered(database)
    becomes(database, back, state="bounced", answer="5.1.1 User unknown")
    gone = answered(database)
    becomes(database, gone, state="sent")
    page = browser("bob").get("/post-room/out")
    waiting, lost = page.text.split('id="lost"')
    assert "Answer in case 1001" in waiting
    assert "Still to go <span>1</span>" in waiting
    assert "5.1.1 User unknown" in lost
    assert "Came back" in lost
    assert f"/post-room/out/{back}/again" in lost
    assert f"/post-room/out/{waits}/again" not in page.text, "it leaves by itself"
    assert f"/post-room/out/{gone}/again" not in page.text


def test_a_mail_that_did_not_arrive_is_sent_again(browser, database) -> None:
    row, bob = answered(database), browser("bob")
    becomes(database, row, state="failed", attempts=9, answer="550 no")
    assert "is sent once more" in words_of(bob.post(f"/post-room/out/{row}/again", follow_redirects=True))
    with database.reading() as session:
        found = session.get_one(OutboxMail, row)
        assert (found.state, found.attempts) == ("queued", 0)
        event = session.scalars(select(Event).where(Event.deed == "sent-again")).one()
        assert (event.agent.name, event.before["state"]) == ("Bob", "failed")


@pytest.mark.parametrize("state", ["sent", "leaving"])
def test_what_has_left_or_is_leaving_is_not_sent_twice(browser, database, state) -> None:
    row, bob = answered(database), browser("bob")
    leaving = {"state": "deferred", "lease_until": clock.now() + timedelta(minutes=1), "lease_by": "a worker"}
    becomes(database, row, **({"state": "sent"} if state == "sent" else leaving))
    assert "has left already" in words_of(bob.post(f"/post-room/out/{row}/again", follow_redirects=True))
    with database.reading() as session:
        assert session.get_one(OutboxMail, row).state != "queued"


def test_before_go_live_a_banner_says_how_much_waits(database, settings, staff) -> None:
    held = Database(settings.model_copy(update={"outgoing": "hold"}))
    window = Browser(open_pages(held))
    window.log_in("bob@example.org")
    answered(held)
    words = words_of(window.get("/post-room/out"))
    assert "Nothing leaves before go-live. One mail waits." in words
    held.close()


def test_in_german_the_sentences_of_the_ledger_are_german(browser, database) -> None:
    arrives(database, "held", "There is no such address here.")
    page = browser("bob").get("/post-room", headers={"Accept-Language": "de"})
    assert "Angehalten" in page.text
    assert '<p class="t">Diese Adresse gibt es hier nicht.</p>' in page.text


def test_held_mail_is_put_aside_as_spam_in_one_go_and_a_click_undoes_it(browser, database) -> None:
    bob, chosen = browser("bob"), [arrives(database, "held", "A filter calls it spam.", subject=f"Spam {n}") for n in (1, 2)]
    other = arrives(database, "held", "Who knows.", subject="Undecided")
    done = bob.post("/post-room/dismiss", {"mail": [str(row) for row in chosen]}, follow_redirects=True)
    words = words_of(done)
    assert "2 mails are put aside as spam. None is deleted." in words
    assert "Undecided" in words
    assert "Spam 1" not in words
    assert "Held 1 mail" in words
    assert "Put aside as spam 2 mails" in words
    assert "Spam 1" in words_of(bob.get("/post-room?outcome=dismissed"))
    with database.reading() as session:
        assert find.ledger(session).by_outcome["held"] == 3, "put aside is held, too"
        told = select(Event.thing).where(Event.deed == "mail-dismissed")
        assert len(session.scalars(told).all()) == 2
    undo = re.search(r'action="/post-room/restore".*?name="mails" value="([\d ]+)"', done.text)
    assert undo is not None
    back = bob.post("/post-room/restore", {"mails": undo[1]}, follow_redirects=True)
    assert "2 mails are held again." in words_of(back)
    with database.reading() as session:
        assert [session.get_one(Arrival, row).dismissed_at for row in (*chosen, other)] == [None] * 3


def test_only_held_mail_is_put_aside(browser, database) -> None:
    number, entry = a_case(database)
    row = arrives(database, "case", "It came to this case's own address.", case=number, entry=entry)
    answer = browser("bob").post("/post-room/dismiss", {"mail": [str(row), "x", "9" * 30]}, follow_redirects=True)
    assert "Choose the mails first." in words_of(answer)
    with database.reading() as session:
        assert session.get_one(Arrival, row).dismissed_at is None


def test_what_was_put_aside_can_still_be_let_in(browser, database) -> None:
    bob, row = browser("bob"), arrives(database, "held", "A filter calls it spam.")
    bob.post("/post-room/dismiss", {"mail": str(row)})
    assert "Put aside as spam by Bob" in words_of(bob.get(f"/post-room/{row}"))
    bob.post(f"/post-room/{row}/release")
    with database.reading() as session:
        found = session.get_one(Arrival, row)
        assert (found.released, found.released_by.name, found.dismissed_at) == (True, "Bob", None)


def test_the_line_is_told_where_it_is_tried_and_where_it_does_not_hold(browser, database) -> None:
    now = clock.now()
    database.house = database.house._replace(
        settings=database.house.settings.model_copy(update={"canary": timedelta(minutes=15)})
    )
    bob = browser("bob")
    with database.transaction() as session:
        canary._keep(session, Canary(began_at=now, sent_at=now))
    assert "A probe is on its way." in words_of(bob.get("/post-room"))
    with database.transaction() as session:
        canary._keep(session, Canary(began_at=now, sent_at=now, back=now, took=timedelta(seconds=2)))
    assert "came back after 2 seconds." in words_of(bob.get("/post-room"))
    with database.transaction() as session:
        long_ago = now - timedelta(hours=1)
        canary._keep(session, Canary(began_at=long_ago, sent_at=now, back=long_ago, took=timedelta(seconds=2)))
        relay.failed(session, "The relay does not accept our log-in: 535", refused=True, now=now)
        logins.note_troubles(session, {"office": "The log-in OFFICE gets no access token."})
    words = words_of(bob.get("/post-room"))
    for said in (
        "No probe comes back.",
        "No mail leaves. The relay does not accept our log-in: 535",
        "OFFICE gets no access token",
    ):
        assert said in words


def test_a_probe_is_counted_but_shown_only_where_one_asks_for_reports(browser, database) -> None:
    with database.transaction() as session:
        hidden = addresses.issue_probe(session, now=clock.now()).address
    arrives(database, "report", "Came back.", to=hidden, subject="Holdline probe")
    bob = browser("bob")
    words = words_of(bob.get("/post-room"))
    assert "One mail came in" in words
    assert "Holdline probe" not in words
    assert "Holdline probe" in words_of(bob.get("/post-room?outcome=report"))


def test_the_list_of_mail_without_an_outcome_holds_what_has_waited_for_more_than_an_hour_and_no_other(browser, database) -> None:
    now = clock.now()
    with clock.freeze(now - timedelta(hours=1, seconds=1)):
        arrives(database, subject="Waits for long")
    with clock.freeze(now - timedelta(hours=1)):
        arrives(database, subject="Has only just come")
        arrives(database, "refused", "Not ours.", subject="Turned away")
    with clock.freeze(now):
        bob = browser("bob")
        words = words_of(bob.get("/post-room?outcome=unsettled"))
        assert "No mail has this outcome." in words_of(bob.get("/post-room?outcome=twice"))
    assert "Without an outcome for an hour" in words
    assert [subject in words for subject in ("Waits for long", "Has only just come", "Turned away")] == [True, False, False]
