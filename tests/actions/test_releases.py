"""Release by a second person, as deeds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.actions import agents, cases, entries, people, releases, tags
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries import EmptyText, NeedsRelease, Nobody, Upload
from helpdesk.models import Draft, Event, Notice, OutboxMail
from helpdesk.queries import releases as find


@pytest.fixture()
def carol(session, monday):
    return agents.create(session, "carol@example.org", "Carol", role="supervisor", now=monday)


@pytest.fixture()
def waiting(session, case, bob, carol, desk, monday):
    desk.needs_release = True
    file = Upload("map.txt", "text/plain", b"here")
    return releases.wait(
        session,
        case,
        "Use the **stairs**",
        agent=bob,
        why="desk",
        now=monday,
        files=[file],
        idempotency_key="k1",
        then_resolve=True,
    )


def mails(session) -> list[str]:
    return list(session.scalars(select(OutboxMail.recipient).where(OutboxMail.kind == "reply").order_by(OutboxMail.id)))


def deeds(session, case) -> list[str]:
    return list(session.scalars(select(Event.deed).where(Event.case_number == case.number).order_by(Event.id)))[2:]


def test_no_way_leads_around_a_release(session, case, bob, desk, monday) -> None:
    desk.needs_release = True
    with pytest.raises(NeedsRelease):
        entries.reply(session, case, "Use the stairs", agent=bob, now=monday)
    with pytest.raises(NeedsRelease):
        entries.begin(session, desk, "eva@customer.example", "Hello", "A word", agent=bob, now=monday)
    assert mails(session) == []


@pytest.mark.parametrize("asks", ["desk", "agent", "tag", None])
def test_a_desk_an_agent_or_a_tag_may_ask_for_it(session, case, bob, desk, monday, asks) -> None:
    tag = tags.add(session, case, "press", agent=bob, now=monday)
    for name, thing in (("desk", desk), ("agent", bob), ("tag", tag)):
        thing.needs_release = name == asks
    session.flush()
    assert find.why(session, desk, bob, case) == asks


def test_what_waits_has_moved_nothing_and_told_nobody_outside(session, case, carol, waiting) -> None:
    assert case.state == "new"
    assert mails(session) == []
    assert deeds(session, case) == ["release-asked"]
    assert [(notice.agent, notice.kind) for notice in session.scalars(select(Notice))] == [(carol, "release")]
    assert find.count(session, carol) == 1


def test_the_same_form_twice_waits_once(session, case, bob, waiting, monday) -> None:
    again = releases.wait(session, case, "Use the stairs", agent=bob, why="desk", now=monday, idempotency_key="k1")
    assert again is waiting


def test_a_released_answer_is_its_authors_and_tells_who_released_it(session, case, bob, carol, waiting, monday) -> None:
    later = monday + timedelta(hours=1)
    entry = releases.release(session, waiting, agent=carol, now=later, text="Use the stairs, please")
    assert (entry.agent, entry.author, entry.text) == (bob, bob.name, "Use the stairs, please")
    assert [file.name for file in entry.attachments] == ["map.txt"]
    assert mails(session) == ["anna@customer.example"]
    assert case.state == "resolved"
    assert (waiting.state, waiting.decided_by, waiting.entry) == ("released", carol, entry)
    told = session.scalars(select(Event).where(Event.deed == "release-given")).one()
    assert (told.agent, told.after) == (carol, {"author": bob.name, "changed": True})
    with pytest.raises(NotPermitted, match="waits for no release"):
        releases.release(session, waiting, agent=carol, now=later)
    assert len(mails(session)) == 1


def test_neither_its_author_nor_whoever_needs_a_release_may_release_it(session, case, bob, carol, waiting, monday) -> None:
    with pytest.raises(NotPermitted, match="Somebody else"):
        releases.release(session, waiting, agent=bob, now=monday)
    carol.needs_release = True
    with pytest.raises(NotPermitted, match="Somebody else"):
        releases.release(session, waiting, agent=carol, now=monday)
    with pytest.raises(NotPermitted, match="Somebody else"):
        releases.give_back(session, waiting, "", agent=carol, now=monday)
    auditor = agents.create(session, "aud@example.org", "Aud", role="auditor", now=monday)
    with pytest.raises(NotPermitted, match="Somebody else"):
        releases.release(session, waiting, agent=auditor, now=monday)
    assert mails(session) == []
    assert find.count(session, carol) == 0


def test_given_back_it_is_its_authors_draft_with_a_word(session, case, bob, carol, waiting, monday) -> None:
    releases.give_back(session, waiting, "Name a day.", agent=carol, now=monday)
    draft = session.scalars(select(Draft)).one()
    assert (draft.agent, draft.text, [file.name for file in draft.files]) == (bob, "Use the **stairs**", ["map.txt"])
    assert (waiting.state, waiting.word) == ("returned", "Name a day.")
    assert deeds(session, case) == ["release-asked", "release-refused"]
    assert session.scalars(select(Notice).where(Notice.agent_id == bob.id)).one().kind == "returned"


def test_its_author_and_nobody_else_withdraws_it(session, case, bob, carol, waiting, monday) -> None:
    with pytest.raises(NotPermitted):
        releases.withdraw(session, waiting, agent=carol, now=monday)
    releases.withdraw(session, waiting, agent=bob, now=monday)
    assert waiting.state == "withdrawn"
    assert session.scalars(select(Draft.text)).one() == "Use the **stairs**"


def test_an_empty_answer_or_one_to_nobody_waits_not(session, case, bob, monday) -> None:
    with pytest.raises(EmptyText):
        releases.wait(session, case, " ", agent=bob, why="desk", now=monday)
    with pytest.raises(Nobody):
        releases.wait(session, case, "x", agent=bob, why="desk", now=monday, left_out=[p.id for p in case.participants])


def test_whoever_is_left_out_stays_left_out(session, case, bob, carol, desk, monday) -> None:
    carl = people.known(session, "carl@customer.example", "Carl", now=monday)
    participant = cases.add_participant(session, case, carl, now=monday)
    desk.needs_release = True
    row = releases.wait(session, case, "x", agent=bob, why="desk", now=monday, left_out=[participant.id])
    releases.release(session, row, agent=carol, now=monday)
    assert mails(session) == ["anna@customer.example"]


def test_a_case_begun_by_us_waits_with_its_first_mail(session, bob, carol, desk, monday) -> None:
    desk.needs_release = True
    values = {"agent": bob, "why": "desk", "now": monday, "idempotency_key": "k"}
    row = releases.begin(session, desk, "eva@customer.example", "Hello", "A word", **values)
    assert releases.begin(session, desk, "eva@customer.example", "Hello", "A word", **values) is row
    assert mails(session) == []
    releases.release(session, row, agent=carol, now=monday)
    assert mails(session) == ["eva@customer.example"]
