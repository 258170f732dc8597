"""A desk that wants to know asks whether it helped, and a mail of one word tells it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk import clock, jobs, runner
from helpdesk.models import Agent, Case, Desk, Entry, Event, Measure, Rating
from helpdesk.reports import asked, behind
from helpdesk.reports.collecting import collect
from helpdesk.reports.report import Amount
from mail import inbound
from mail.inbound import Parcel
from mail.letter import Envelope
from tests.servers import wait_until
from tests.ways import in_process

pytestmark = in_process
QUESTION = "Were we able to help? Answer this mail with yes or no."


@pytest.fixture()
def case(desk, anna, bob):
    """Anna's case at a desk that asks, solved by an answer."""
    wants(desk)
    case = anna.writes("The printer is on fire")
    desk.minutes_pass(5)
    bob.replies(case, "Use the stairs", resolving=True)
    desk.minutes_pass(5)
    return case


def wants(desk, asks=True):
    with desk.database.transaction() as session:
        session.scalars(select(Desk)).one().asks_satisfaction = asks


def ratings(desk):
    with desk.database.reading() as session:
        return [row.satisfied for row in session.scalars(select(Rating).order_by(Rating.asked_in_id))]


def report(desk, **more):
    day = clock.now().date()
    scope = asked.scope_of((day, day), zone=desk.database.house.settings.zone, now=clock.now(), **more)
    jobs.measure(desk.database, now=clock.now())
    with desk.database.reading() as session:
        me = session.scalars(select(Agent)).first()
        found = collect(session, "friction", scope, me)
        lists = {figure.behind: behind.behind(session, figure.behind, scope, me) for figure in found.figures if figure.behind}
        return {figure.key: (figure.amount, lists.get(figure.behind)) for figure in found.figures}


def people(desk, wanted):
    house = desk.database.house
    desk.database.house = house._replace(settings=house.settings.model_copy(update={"person_figures": wanted}))
    day = clock.now().date()
    scope = asked.scope_of((day, day), zone=house.settings.zone, now=clock.now())
    with desk.database.reading() as session:
        found = collect(session, "friction", scope, session.scalars(select(Agent)).first())
    desk.database.house = house
    return [list(row) for one in found.lists if one.key == "satisfaction-people" for row in one.rows]


def test_only_the_mail_that_solves_asks_and_only_where_the_desk_wants_to_know(desk, anna, carl, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs", resolving=True)
    assert QUESTION not in anna.inbox[-1].text
    wants(desk)
    bob.reopens(case)
    bob.adds(case, carl)
    bob.replies(case, "We are looking")
    assert QUESTION not in anna.inbox[-1].text
    bob.replies(case, "It is out", resolving=True)
    assert QUESTION in anna.inbox[-1].text
    assert QUESTION not in carl.inbox[-1].text, "who only takes part is not asked"
    assert len(ratings(desk)) == 1


def test_it_asks_in_the_form_of_the_desk(desk, anna, bob) -> None:
    with desk.database.transaction() as session:
        row = session.scalars(select(Desk)).one()
        row.asks_satisfaction, row.language = True, "de"
    case = anna.writes("Mein Drucker brennt, und ich weiß nicht, was ich tun soll. Bitte helfen Sie mir.")
    with desk.database.transaction() as session:
        session.get_one(Case, case.number).language = "de"
    bob.replies(case, "Nehmen Sie die Treppe", resolving=True)
    assert "Konnten wir Ihnen helfen? Antworten Sie auf diese Mail mit Ja oder Nein." in " ".join(anna.inbox[-1].text.split())


def test_a_yes_is_kept_and_opens_nothing(desk, anna, case) -> None:
    brought = anna.answers("Yes, thank you!")
    assert (brought.case, case.state, case.events[-1]) == (case, "resolved", "rated")
    assert ratings(desk) == [True]
    with desk.database.reading() as session:
        row = session.get_one(Case, case.number)
        assert (row.waiting_since, row.due_at) == (None, None)
        said = session.scalars(select(Event).where(Event.deed == "rated")).one()
        assert (said.after["satisfied"], said.person_id) == (True, row.requester_id)
    found = report(desk)
    assert found["satisfaction"] == (Amount("share", 1, 1), [])
    assert found["satisfaction-answered"] == (Amount("share", 1, 1), [case.number])
    with desk.database.reading() as session:
        kinds = [row.kind for row in session.scalars(select(Measure))]
        assert (kinds.count("arrived"), kinds.count("reopened"), kinds.count("wait")) == (1, 0, 1), (
            "nobody waits for an answer to it"
        )


def test_a_no_is_kept_and_counts_as_the_word_that_it_is(desk, anna, case) -> None:
    anna.answers("No, not really.")
    assert (case.state, case.events[-2:]) == ("open", ["rated", "reopened"])
    assert ratings(desk) == [False]
    assert report(desk)["satisfaction"] == (Amount("share", 0, 1), [case.number])


@pytest.mark.parametrize("text", ["Yes, but it burns again", "No problem, and now?", "Thanks for nothing"])
def test_what_is_not_clear_is_an_answer_like_any_other(desk, anna, case, text) -> None:
    anna.answers(text)
    assert (case.state, ratings(desk)) == ("open", [None])
    assert report(desk)["satisfaction-answered"] == (Amount("share", 0, 1), [])


def test_only_the_first_word_answers_it_and_only_the_requester_s(desk, anna, carl, bob, case) -> None:
    bob.adds(case, carl)
    carl.sends("Yes", to=case.door.address)
    assert ratings(desk) == [None], "Carl was not asked"
    bob.resolves(case)
    anna.answers("It burns again")
    bob.resolves(case)
    anna.answers("Yes")
    assert ratings(desk) == [None], "that is about something that was said since"
    assert case.state == "open"


def test_a_second_yes_is_an_answer_like_any_other(desk, anna, case) -> None:
    anna.answers("Yes")
    anna.answers("Yes")
    assert (case.state, ratings(desk)) == ("open", [True])


def test_a_stranger_s_yes_is_nobody_s(desk, mallory, case) -> None:
    mallory.sends("Yes", to=case.door.address)
    assert ratings(desk) == [None]


def test_without_the_question_a_yes_opens_the_case_as_ever(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs", resolving=True)
    anna.answers("Yes")
    assert (case.state, ratings(desk)) == ("open", [])
    assert "satisfaction" not in report(desk), "where nobody is asked nothing is told"


def test_an_answer_that_nobody_got_asked_nobody(desk, anna, case) -> None:
    with desk.database.transaction() as session:
        session.scalars(select(Entry).where(Entry.kind == "mail-out")).one().kind = "taken-back"
    assert report(desk)["satisfaction-answered"][0] == Amount("share", None, 0)


def test_of_one_person_it_is_told_from_ten_on_and_only_where_that_is_permitted(desk, anna, bob, carol) -> None:
    wants(desk)
    for n in range(10):
        case = anna.writes(f"Printer {n} is on fire", subject=f"Printer {n}")
        bob.replies(case, "Use the stairs", resolving=True)
        if n == 9:
            assert people(desk, "named") == [], "nine are too few"
        anna.answers("No" if n == 3 else "Yes")
    assert people(desk, "named") == [["Bob Builder", Amount("share", 9, 10)]]
    assert people(desk, "none") == []
    assert people(desk, "self") == [["Bob Builder", Amount("share", 9, 10)]], "the reader is Bob"


def test_a_yes_that_comes_by_two_doors_at_once_is_one_answer_with_one_outcome_each(desk, anna, case) -> None:
    raw = anna.letter("Yes", to=[case.door.address])
    doors = [("smtp", {}), ("imap", {"sent_at": clock.now(), "uidvalidity": 1, "uid": 7}), ("smtp", {})]
    for number, (door, more) in enumerate(doors):
        came = b"Received: from mx%d.customer.example; Mon, 2 Nov 2026 10:00:00 +0100\r\n" % number + raw
        envelope = Envelope(door, anna.address, (case.door.address,), "192.0.2.10", clock.now(), **more)
        inbound.accept(desk.database, [Parcel(came, envelope)])
    workers = runner.Workers(desk.database, desk.handlers, count=3)
    workers.start()
    try:
        wait_until(lambda: all(line.outcome for line in desk.post_room), what="the reading of all three")
    finally:
        workers.stop()
    assert sorted(line.outcome for line in desk.post_room[-3:]) == ["case", "duplicate", "duplicate"]
    assert (ratings(desk), case.state, case.events.count("rated")) == ([True], "resolved", 1)
    assert [said.text for said in case.messages].count("Yes") == 1
