"""What one was told: the count beside the name, the list, what comes by mail; and who is away."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import cases, notices
from helpdesk.models import Agent, Case, Notice
from tests.web.browsing import anna_writes, words_of

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture()
def told(database, staff) -> int:
    """A case that Carol gave to Bob, with a mention of him."""
    number = anna_writes(database)
    with database.transaction() as session:
        case, bob, carol = session.get_one(Case, number), *(session.get_one(Agent, staff[n].id) for n in ("bob", "carol"))
        cases.assign(session, case, bob, agent=carol, now=clock.now())
        notices.tell(session, bob, "mention", case, by=carol, now=clock.now())
    return number


def test_the_count_stands_beside_the_name_until_the_case_was_looked_at(browser, told) -> None:
    bob = browser("bob")
    assert '<span class="num">2</span>' in bob.get("/cases").text
    assert '<span class="num">2</span>' in bob.get("/notices/count").text
    page = bob.get("/notices")
    assert "Carol mentions you in a note Printer" in words_of(page)
    assert f'href="/cases/{told}"' in page.text
    answer = bob.post(f"/cases/{told}/noticed", headers={"X-Requested-With": "fetch"})
    assert "hidden" in answer.text
    assert "Nothing new for you." in words_of(bob.get("/notices"))


def test_a_mention_is_said_on_the_page_of_the_case_and_read_by_a_click(browser, told) -> None:
    bob = browser("bob")
    assert "Carol mentions you in a note." in words_of(bob.get(f"/cases/{told}"))
    assert "Carol mentions you" not in words_of(browser("carol").get(f"/cases/{told}"))
    assert "Carol mentions you" not in words_of(bob.post(f"/cases/{told}/noticed", follow_redirects=True))


@pytest.mark.parametrize(("what", "said"), [("call", "einen Anruf"), ("visit", "einen Besuch"), ("letter", "einen Brief")])
def test_a_call_that_a_colleague_wrote_down_is_called_so(browser, database, told, what, said) -> None:
    form = {"kind": what, "at": "2026-11-02T09:30", "direction": "in", "turn": "ours", "text": "Again", "person": "1"}
    browser("carol").post(f"/cases/{told}/log", form)
    page = browser("bob").get("/notices", headers={"Accept-Language": "de"})
    assert f"Carol hat {said} festgehalten, Sie sind dran Printer" in words_of(page)


def test_all_can_be_read_at_once_and_only_one_s_own(browser, database, told) -> None:
    browser("carol").post("/notices/seen")
    with database.reading() as session:
        assert {notice.seen_at for notice in session.scalars(select(Notice))} == {None}
    browser("bob").post("/notices/seen")
    with database.reading() as session:
        assert None not in {notice.seen_at for notice in session.scalars(select(Notice))}


def test_looking_at_the_list_changes_nothing_and_keeps_no_log_in_alive(browser, database, told) -> None:
    bob = browser("bob")
    bob.get(f"/cases/{told}"), bob.get("/notices")
    with database.reading() as session:
        assert {notice.seen_at for notice in session.scalars(select(Notice))} == {None}


def test_one_chooses_which_notices_come_by_mail(browser, database, staff) -> None:
    bob = browser("bob")
    page = bob.post("/account/notices", {"mailed": ["mention", "handover"]}, follow_redirects=True)
    assert "Saved." in words_of(page)
    with database.reading() as session:
        assert set(session.get_one(Agent, staff["bob"].id).muted) >= {"assigned", "mail"}
        assert "mention" not in session.get_one(Agent, staff["bob"].id).muted


def test_one_writes_down_when_one_is_away_and_the_deputy_sees_the_cases_marked(browser, staff, told) -> None:
    days = {"first_day": "2026-11-02", "last_day": "2026-11-06", "deputy": str(staff["carol"].id), "note": ""}
    page = browser("bob").post("/account/absence", days, follow_redirects=True)
    assert "2 November to 6 November Carol stands in" in words_of(page)
    assert "for Bob" in words_of(browser("carol").get("/cases?view=mine"))
    assert "You stand in for Bob." in words_of(browser("carol").get("/account/absence"))
    ada = browser("ada")
    ada.post(f"/cases/{told}/assign", {"agent": staff["ada"].id})
    given = ada.post(f"/cases/{told}/assign", {"agent": staff["bob"].id}, follow_redirects=True)
    assert "Bob is away until 6 November; Carol stands in." in words_of(given)


def test_supervisors_find_who_is_away_behind_their_name_and_agents_do_not(browser) -> None:
    found = {name: 'href="/absences"' in browser(name).get("/cases").text for name in ("bob", "carol", "ada")}
    assert found == {"bob": False, "carol": True, "ada": True}
    assert 'href="/absences"' in browser("ada").get("/settings/agents").text.split("</main>")[0].split("<main")[1]


def test_a_supervisor_writes_down_that_somebody_is_away_and_an_agent_only_their_own(browser, staff) -> None:
    days = {"agent": str(staff["bob"].id), "first_day": "2026-11-02", "last_day": "2026-11-06", "deputy": "", "note": "ill"}
    assert browser("bob").post("/absences", days).status_code == 404
    page = browser("carol").post("/absences", days, follow_redirects=True)
    assert "Bob , 2 November to 6 November nobody stands in. ill" in words_of(page)
    assert browser("ada").post("/account/absence/1/withdraw").status_code == 404
    assert "taken back" in words_of(browser("bob").post("/account/absence/1/withdraw", follow_redirects=True))


@pytest.mark.parametrize("wrong", [{"first_day": "soon"}, {"last_day": "2026-11-01"}, {"deputy": "99"}])
def test_days_that_cannot_be_are_said_at_their_field_and_nothing_is_lost(browser, wrong) -> None:
    days = {"first_day": "2026-11-02", "last_day": "2026-11-06", "deputy": "", "note": "by the sea"}
    answer = browser("bob").post("/account/absence", {**days, **wrong})
    assert (answer.status_code, "by the sea" in answer.text, 'aria-invalid="true"' in answer.text) == (422, True, True)
