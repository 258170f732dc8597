"""The board: figures that lead to exactly those cases, what burns and what helps, who holds how much; renewed, and on a wall."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from helpdesk import clock
from helpdesk.actions import absences, cases, consultations, desks, entries, escalations, handovers, telling
from helpdesk.db import Database
from helpdesk.models import Agent, Calendar, Case, Desk, Event, Notice, OutboxMail, ReplyAddress
from tests.secret import CANARY, HOWS, hide
from tests.web.browsing import Browser, anna_writes, words_of
from tests.web.test_post import arrives

HOUR = timedelta(hours=1)
Windows = Callable[..., Browser]


@pytest.fixture()
def carol(browser: Windows, monday: datetime) -> Browser:
    """The supervisor, on Monday at ten in Berlin, in working time from nine to five."""
    return browser("carol")


@pytest.fixture()
def burning(database: Database, carol: Browser, monday: datetime) -> dict[str, int]:
    """Cases in every state of their first answer, which is due after eight working hours: name → number."""
    hours = {"late": -94, "later": -73, "near": -71, "soon": -66, "fresh": -0.5}
    return {
        name: anna_writes(database, subject=name, name=name.title(), address=f"{name}@customer.example", at=monday + at * HOUR)
        for name, at in hours.items()
    }


def figures(page) -> dict[str, tuple[str, str]]:
    """What each figure is of → its number, and the list that it leads to."""
    found = re.findall(r"<dt>([^<]*)</dt><dd>.*?<a href=\"([^\"]*)\">([^<]*)</a>", page.text, re.S)
    return {words: (number, html.unescape(path)) for words, path, number in found}


def listed(page) -> list[str]:
    """The numbers of the cases in a list, in its order."""
    return re.findall(r'<h\d class="s"[^>]*><a href="/cases/(\d+)"', page.text)


def test_every_figure_leads_to_exactly_those_cases(carol: Browser, burning: dict[str, int], database: Database) -> None:
    found = figures(carol.get("/now"))
    assert {words: number for words, (number, _path) in found.items()} == {
        "broken": "2", "at risk": "1", "due in 2 hours": "1", "due in 8 hours": "3", "without anybody": "5",
        "answer undeliverable": "0", "mail held": "0",
    }  # fmt: skip
    for words, (number, path) in found.items():
        assert len(listed(carol.get(path))) == int(number), words
    expected = {"broken": ["late", "later"], "at risk": ["near"], "due in 2 hours": ["near"]}
    for words, names in expected.items():
        assert listed(carol.get(found[words][1])) == [str(burning[name]) for name in names], words


def test_it_opens_with_what_a_colleague_would_say(carol: Browser, burning: dict[str, int], database, staff) -> None:
    assert "Two promises are broken, one is at risk. Late waits longest: for 4 days, and nobody has the case." in words_of(
        carol.get("/now")
    )
    with database.transaction() as session:
        carol_, late = session.get_one(Agent, staff["carol"].id), session.get_one(Case, burning["late"])
        cases.assign(session, late, session.get_one(Agent, staff["bob"].id), agent=carol_, now=clock.now())
    page = words_of(carol.get("/now", headers={"Accept-Language": "de"}))
    assert "Zwei Versprechen sind gebrochen, eines ist in Gefahr. Am längsten wartet Late: seit 4 Tagen, bei Bob." in page


def test_where_nothing_burns_it_is_quiet(carol: Browser) -> None:
    page = words_of(carol.get("/now"))
    assert "Nothing burns. Nobody is waiting for us." in page
    for heading in ("What burns", "Longest waits", "Due in the next", "Who holds", "Mail that needs"):
        assert heading not in page


def test_what_burns_says_who_has_it_and_how_it_goes_on_and_helps_by_one_click(carol, burning, database, staff) -> None:
    with database.transaction() as session:
        bob, ada = (session.get_one(Agent, staff[name].id) for name in ("bob", "ada"))
        note = {"promised": "A call", "tried": "Nothing", "next_step": "Send the screws"}
        handovers.hand_over(session, session.get_one(Case, burning["late"]), bob, note, agent=ada, now=clock.now())
        later = session.get_one(Case, burning["later"])
        consultations.ask(session, later, "dhl@example.net", "Where is it?", "Please look", agent=ada, now=clock.now())
    page = carol.get("/now")
    rows = [words_of_row(row) for row in page.text.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]]
    assert rows[0] == "Broken, 6 h late Late Bob Send the screws Ask them"
    assert rows[1].startswith("Broken, 1 h later Later Nobody dhl@example.net was asked, today, 10:00 Take over")
    assert rows[2] == "At risk, 1 h near Near Nobody None named Take over"
    # taken over from here, one is back here, and can undo it
    page = carol.post(f"/cases/{burning['near']}/assign", {"agent": staff["carol"].id, "back": "/now?team=1"})
    assert page.headers["Location"] == "/now?team=1"
    page = carol.get("/now")
    assert f"Case {burning['near']}: near. You have the case. Undo" in words_of(page)
    assert (
        carol.post(f"/cases/{burning['near']}/assign", {"agent": "", "back": "//evil.example"})
        .headers["Location"]
        .startswith("/cases/")
    )


def words_of_row(row: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split())


def test_a_holder_is_asked_once_until_they_have_looked(carol: Browser, burning, browser, database, staff) -> None:
    number = burning["late"]
    assert "Nobody has this case: take it over." in words_of(carol.post(f"/now/cases/{number}/ask", follow_redirects=True))
    with database.transaction() as session:
        bob = session.get_one(Agent, staff["bob"].id)
        cases.assign(session, session.get_one(Case, number), bob, agent=bob, now=clock.now())
    page = words_of(carol.post(f"/now/cases/{number}/ask", {"back": "/now"}, follow_redirects=True))
    assert "Bob is asked how it stands." in page
    assert "asked today, 10:00" in page
    page = words_of(carol.post(f"/now/cases/{number}/ask", {"back": "/now"}, follow_redirects=True))
    assert "Bob was asked already, and has not looked yet." in page
    with database.reading() as session:
        assert len(session.scalars(select(Notice).where(Notice.kind == "asked")).all()) == 1
        mails = session.scalars(select(OutboxMail).where(OutboxMail.kind == "notice")).all()
        assert [(row.recipient, row.words["about"]) for row in mails] == [("bob@example.org", "asked")]
    window = browser("bob")
    assert "Carol asks how it stands" in words_of(window.get(f"/cases/{number}"))
    assert "You have this case yourself." in words_of(window.post(f"/now/cases/{number}/ask", follow_redirects=True))
    window.post(f"/cases/{number}/noticed")
    assert "asked today" not in words_of(carol.get("/now"))


def test_who_waits_longest_is_counted_in_the_working_time_of_their_team(carol, burning, database, staff, monday) -> None:
    with database.transaction() as session:
        calendar = Calendar(name="Around the clock", hours=[[day, 0, 24 * 60] for day in range(7)])
        session.add(calendar)
        night = desks.add_team(session, "Night", agent=session.get_one(Agent, staff["ada"].id), now=monday)
        session.flush()
        night.calendar_id = calendar.id
        session.get_one(Case, burning["soon"]).team_id = night.id
    page = words_of(carol.get("/now"))
    assert page.index("Soon 66.0") < page.index("Late 14.0") < page.index("Later 9.0")


def test_of_one_team_everything_is_of_that_team_and_the_address_says_so(carol, burning, database, staff, monday) -> None:
    with database.transaction() as session:
        team = desks.add_team(session, "Returns", agent=session.get_one(Agent, staff["ada"].id), now=monday)
        session.get_one(Case, burning["later"]).team_id = team.id
        team_id = team.id
    page = carol.get(f"/now?team={team_id}")
    found = figures(page)
    assert (found["broken"][0], found["at risk"][0], found["without anybody"][0]) == ("1", "0", "1")
    assert listed(carol.get(found["broken"][1])) == [str(burning["later"])]
    assert "Later waits longest" in words_of(page)
    assert f'data-news="/now/news?team={team_id}"' in page.text


def test_who_holds_how_much_beside_what_was_agreed_and_who_is_away(carol, burning, database, staff, monday) -> None:
    with database.transaction() as session:
        bob, ada = (session.get_one(Agent, staff[name].id) for name in ("bob", "ada"))
        bob.capacity = 2
        for name in ("late", "later", "near"):
            cases.assign(session, session.get_one(Case, burning[name]), bob, agent=ada, now=monday)
        today = monday.date()
        absences.plan(session, bob, today, today + timedelta(days=3), deputy=None, by=ada, now=monday)
    page = carol.get("/now")
    assert "Bob away until 5 November in 3 somebody waits 3 of 2, one too many" in words_of(page)
    path = html.unescape(re.search(r'href="(/cases\?view=unsolved[^"]*)"', page.text)[1])
    assert len(listed(carol.get(path))) == 3
    assert "sent today" not in words_of(page), "a figure about a person, which this installation does not permit"


@pytest.mark.parametrize(("figures_of", "shown"), [("none", 0), ("self", 0), ("named", 1)])
def test_messages_sent_are_counted_only_where_that_is_permitted(
    carol, burning, database, staff, monday, figures_of, shown
) -> None:
    with database.transaction() as session:
        bob = session.get_one(Agent, staff["bob"].id)
        cases.assign(session, session.get_one(Case, burning["late"]), bob, agent=bob, now=monday)
        entries.reply(session, session.get_one(Case, burning["late"]), "Soon", agent=bob, now=monday)
    permit(database, figures_of)
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_more: said.append(statement))
    page = carol.get("/now")
    assert words_of(page).count("one message sent today") == shown
    assert any("entry.agent_id IN" in one for one in said) is (figures_of != "none")


def permit(database: Database, figures_of: str) -> None:
    database.house = database.house._replace(settings=database.house.settings.model_copy(update={"person_figures": figures_of}))


@pytest.mark.parametrize("how", HOWS)
def test_a_case_that_is_not_for_them_is_on_no_board(carol: Browser, browser, database: Database, staff, how) -> None:
    secret = hide(database, how, staff["bob"], [staff["carol"]])
    with database.transaction() as session:
        case = session.get_one(Case, secret.number)
        case.state, case.due_at, case.waiting_since, case.assignee_id = (
            "open",
            clock.now(),
            clock.now() - 72 * HOUR,
            staff["bob"].id,
        )
    page = carol.get("/now")
    assert CANARY not in page.text
    assert figures(page)["broken"][0] == figures(page)["answer undeliverable"][0] == figures(page)["mail held"][0] == "0"
    assert "Bob" not in words_of(page), "nor is it among what its holder has"


def test_what_is_held_and_what_came_back_need_help(carol: Browser, database: Database, staff) -> None:
    secret = hide(database, "case", staff["carol"], [])
    page = carol.get("/now")
    words = words_of(page)
    assert f"To Carol Undeliverable: 550 No {CANARY} here" in words
    assert "One mail held It came after the reply address had expired." in words
    assert figures(page)["mail held"] == ("1", "/post-room?outcome=held")
    assert figures(page)["answer undeliverable"][0] == "1"
    assert listed(carol.get(figures(page)["answer undeliverable"][1])) == [str(secret.number)]


def test_what_is_asked_by_an_open_page_keeps_no_log_in_alive_but_on_a_wall(carol: Browser, database: Database, monday) -> None:
    for minutes, path in ((20, "/now/news"), (40, "/now")):
        with clock.freeze(monday + timedelta(minutes=minutes)):
            status = carol.get(path).status_code
    assert status == 302, "half an hour without anybody"


def test_the_wall_has_no_navigation_and_its_log_in_lasts(carol: Browser, burning, monday) -> None:
    page = carol.get("/now?wall=1")
    assert ('class="rooms"' in page.text, "<form" in page.text, 'data-news="/now/wall/news"' in page.text) == (False, False, True)
    for minutes in (20, 40, 60):
        with clock.freeze(monday + timedelta(minutes=minutes)):
            answer = carol.get("/now/wall/news")
    assert answer.status_code == 200
    assert "<form" not in answer.text
    assert 'data-part="burns"' in answer.text


def test_it_is_a_room_for_supervisors(browser: Windows, olga, monday) -> None:
    assert 'href="/now"' in browser("carol").get("/cases").text
    for name in ("bob", "olga"):
        window = browser(name)
        assert window.get("/now").status_code == window.get("/now/news").status_code == 404
        assert 'href="/now"' not in window.get("/cases").text


def test_a_supervisor_says_how_many_cases_somebody_can_hold(carol: Browser, browser, database: Database, staff) -> None:
    fields = {f"capacity-{agent.id}": "" for agent in staff.values()}
    bob = f"capacity-{staff['bob'].id}"
    for nonsense in ("-1", "1000", "many", "1.5"):
        assert carol.post("/now/capacity", fields | {bob: nonsense}).status_code == 422
    assert "Saved." in words_of(carol.post("/now/capacity", fields | {bob: " 20 "}, follow_redirects=True))
    assert "Bob 0 of 20" in words_of(carol.get("/now"))
    with database.reading() as session:
        assert {one.name: one.capacity for one in session.scalars(select(Agent))} == {"Bob": 20, "Carol": None, "Ada": None}
        changes = session.scalars(select(Event).where(Event.deed == "agent-changed", Event.agent_id == staff["carol"].id)).all()
        assert [(one.before, one.after) for one in changes] == [({"capacity": None}, {"capacity": 20})]
    assert carol.post("/now/capacity", fields | {"capacity-99": "1"}).status_code == 400
    assert browser("bob").get("/now/capacity").status_code == 404
    carol.post("/now/capacity", fields)
    assert "of 20" not in words_of(carol.get("/now"))


def test_what_an_agent_promised_is_the_next_step_and_burns_when_it_is_broken(
    carol, browser, database: Database, staff, monday
) -> None:
    number = anna_writes(database, at=monday)
    with database.transaction() as session:
        bob, case = session.get_one(Agent, staff["bob"].id), session.get_one(Case, number)
        cases.assign(session, case, bob, agent=bob, now=monday)
        entries.reply(session, case, "By three", agent=bob, now=monday, promise=monday + 5 * HOUR)
    assert "What burns" not in words_of(carol.get("/now"))
    for hours, figure, chip, step in (
        (4.5, "at risk", "At risk, 30 min", "Promised by today, 15:00"),
        (7, "broken", "Broken, 2 h", "None named"),
    ):
        with clock.freeze(monday + hours * HOUR):
            carol = browser("carol")
            page = carol.get("/now")
            assert f"{chip} Printer Anna Kundin Bob {step}" in words_of(page)
            assert figures(page)[figure][0] == "1"
            assert listed(carol.get(figures(page)[figure][1])) == [str(number)]


def test_a_promise_for_an_evening_is_told_by_the_clock_on_the_wall(carol, browser, database: Database, staff, monday) -> None:
    number = anna_writes(database, at=monday)
    with database.transaction() as session:
        bob, case = session.get_one(Agent, staff["bob"].id), session.get_one(Case, number)
        cases.assign(session, case, bob, agent=bob, now=monday)
        entries.reply(session, case, "By nine", agent=bob, now=monday, promise=monday + 11 * HOUR)
    with clock.freeze(monday + 9 * HOUR):
        assert "At risk, 2 h Printer" in words_of(browser("carol").get("/now"))


def test_an_escalation_to_this_reader_is_said_with_what_they_can_do(
    carol: Browser, browser, burning, database, staff, monday
) -> None:
    number, other = burning["late"], burning["soon"]
    with database.transaction() as session:
        bob = session.get_one(Agent, staff["bob"].id)
        for one in (number, other):
            escalations.ask_for_help(session, session.get_one(Case, one), "May we refund?", agent=bob, now=monday)
        telling.take_steps(session, now=monday, limit=10)
    assert "Escalated to you" not in words_of(carol.get("/now")), "it went to the admin, for the team has no supervisor"
    ada = browser("ada")
    page = ada.get("/now?team=1")
    words = words_of(page)
    assert "Escalated to you, level 2: late" in words
    assert "Bob asks for help: “May we refund?” Nobody has the case. One more waits behind it. Take over Seen" in words
    path = re.search(r'action="(/cases/\d+/escalations/\d+)/seen"', page.text)[1]
    assert ada.post(f"{path}/seen", {"back": "/now?team=1"}).headers["Location"] == "/now?team=1"
    page = ada.get("/now")
    assert "level 2: soon" in words_of(page)
    assert "waits behind" not in words_of(page)
    path = re.search(r'action="(/cases/\d+/escalations/\d+)/take"', page.text)[1]
    ada.post(f"{path}/take", {"back": "/now"})
    assert "Escalated to you" not in words_of(ada.get("/now"))
    with database.reading() as session:
        assert session.get_one(Case, other).assignee_id == staff["ada"].id


def test_more_that_burns_asks_the_database_no_more_often(carol: Browser, burning, database: Database, monday) -> None:
    asked: list[str] = []
    carol.get("/now")
    event.listen(database.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_more: asked.append(statement))
    carol.get("/now")
    few = len(asked)
    for n in range(5):
        anna_writes(database, address=f"anna{n}@customer.example", at=monday - 99 * HOUR)
    asked.clear()
    carol.get("/now")
    assert len(asked) == few < 36


def test_the_hours_to_come_are_those_of_the_team_as_its_own_clocks_show_them(carol, burning, database, staff, monday) -> None:
    with database.transaction() as session:
        calendar = Calendar(name="New York", zone="America/New_York", hours=[[day, 9 * 60, 17 * 60] for day in range(5)])
        overseas = desks.add_team(session, "Overseas", agent=session.get_one(Agent, staff["ada"].id), now=monday)
        session.add(calendar)
        session.flush()
        overseas.calendar_id, team_id = calendar.id, overseas.id
        case = session.get_one(Case, burning["soon"])
        case.team_id, case.due_at = team_id, monday + 5.5 * HOUR  # half past nine in New York
    page = carol.get(f"/now?team={team_id}")
    assert "Today, 09:00–10:00 1 10:00–11:00 0" in words_of(page)
    path = html.unescape(re.search(r'href="(/cases\?view=due[^"]*&amp;due=[^"]*)"', page.text)[1])
    assert listed(carol.get(path)) == [str(burning["soon"])]


def test_mail_that_is_held_is_told_of_the_team_to_which_it_came(carol, burning, database, staff, monday) -> None:
    with database.transaction() as session:
        ada = session.get_one(Agent, staff["ada"].id)
        returns = desks.add_team(session, "Returns", agent=ada, now=monday)
        session.flush()
        session.add(Desk(address="returns@example.org", name="Returns", language="en", team_id=returns.id))
        case = session.get_one(Case, burning["late"])
        case.team_id, team_id = returns.id, returns.id
        address = session.scalars(select(ReplyAddress.address).where(ReplyAddress.case_number == case.number)).one()
    for to in ("returns@example.org", address.upper(), "help@example.org", "nobody@example.org"):
        arrives(database, "held", "Held back.", to=to, subject=f"To {to}")
    assert figures(carol.get("/now"))["mail held"] == ("4", "/post-room?outcome=held")
    page = carol.get(f"/now?team={team_id}")
    number, path = figures(page)["mail held"]
    assert (number, path) == ("2", f"/post-room?outcome=held&team={team_id}")
    assert page.text.count(html.escape(path)) == 2, "the figure, and the mail that needs somebody"
    held = words_of(carol.get(path))
    assert "Held, Returns" in held
    assert [f"To {to}" in held for to in ("returns@example.org", address.upper(), "help@example.org")] == [True, True, False]
