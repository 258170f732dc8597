"""A case goes from hand to hand, and what the next one has to know goes with it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.actions import agents, cases, desks, entries, handovers
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.models import CaseShutOut, Notice
from helpdesk.queries import cases as find_cases
from helpdesk.queries import handovers as find

NOTE = {"promised": "An answer by Friday", "tried": "A new cable", "next_step": "Send a technician"}


@pytest.fixture()
def case(case, session, bob, monday):
    entries.reply(session, case, "Use the stairs", agent=bob, now=monday)
    return case


def told(session, agent) -> list[str]:
    return [notice.kind for notice in session.scalars(select(Notice).where(Notice.agent == agent).order_by(Notice.id))]


def test_the_case_goes_to_a_colleague_with_a_note_that_can_be_found_and_waits_to_be_taken(
    session, case, bob, dana, monday
) -> None:
    row = handovers.hand_over(session, case, dana, NOTE, agent=bob, now=monday)
    assert (case.assignee, row.holder, find.open_in(session, case)) == (dana, bob, row)
    assert "Tried: A new cable" in row.entry.text
    assert (told(session, dana), told(session, bob)) == (["handover"], [])
    assert find.not_taken(session, bob) == [row]
    handovers.take(session, case, agent=dana, now=monday)
    assert (row.taken_by, find.open_in(session, case), find.not_taken(session, bob)) == (dana, None, [])
    assert [event.deed for event in find_cases.timeline(session, case, bob)][-3:] == ["handed-over", "assigned", "handover-taken"]


@pytest.mark.parametrize("name", NOTE)
def test_each_of_the_three_fields_has_a_line_at_least(session, case, bob, dana, monday, name) -> None:
    with pytest.raises(NotUsable) as refused:
        handovers.hand_over(session, case, dana, {**NOTE, name: " \n"}, agent=bob, now=monday)
    assert (refused.value.field, case.assignee) == (name, bob)


def test_in_a_team_whoever_takes_it_first_has_it(session, case, bob, dana, team, monday) -> None:
    handovers.hand_over(session, case, team, NOTE, agent=bob, now=monday)
    assert (case.assignee, case.team, told(session, dana)) == (None, team, ["handover"])
    handovers.take(session, case, agent=dana, now=monday)
    assert case.assignee is dana
    with pytest.raises(NotPermitted):
        handovers.take(session, case, agent=bob, now=monday)


def test_nobody_takes_what_was_handed_to_somebody_else(session, case, bob, dana, monday) -> None:
    handovers.hand_over(session, case, dana, NOTE, agent=bob, now=monday)
    with pytest.raises(NotPermitted):
        handovers.take(session, case, agent=bob, now=monday)


def test_whoever_answers_has_taken_it(session, case, bob, dana, monday) -> None:
    handovers.hand_over(session, case, dana, NOTE, agent=bob, now=monday)
    entries.reply(session, case, "I am here now", agent=dana, now=monday)
    assert find.open_in(session, case) is None


def test_a_case_that_went_elsewhere_meanwhile_waits_for_nobody(session, case, bob, dana, monday) -> None:
    handovers.hand_over(session, case, dana, NOTE, agent=bob, now=monday)
    cases.assign(session, case, bob, agent=bob, now=monday)
    assert find.open_in(session, case) is None


def test_a_team_in_which_nobody_is_gets_no_case(session, case, bob, monday) -> None:
    empty = desks.add_team(session, "Nobody there", agent=None, now=monday)
    with pytest.raises(NotPermitted):
        handovers.hand_over(session, case, empty, NOTE, agent=bob, now=monday)


def test_a_mention_tells_a_colleague_and_every_one_of_a_team_and_not_its_author(session, case, bob, dana, team, monday) -> None:
    agents.join(session, bob, [team], by=bob, now=monday)
    note = entries.note(session, case, "@Second level, see @Dana", agent=bob, now=monday)
    assert (told(session, dana), told(session, bob)) == (["mention"], [])
    assert '<mark class="mention">@Dana</mark>' in (note.html or "")


def test_whoever_may_not_see_the_case_is_not_told_and_the_author_learns_it(session, case, bob, dana, monday) -> None:
    session.add(CaseShutOut(case_number=case.number, agent_id=dana.id, since=monday, reason="her sister"))
    session.flush()
    session.expire(case)
    note = entries.note(session, case, "@Dana, please", agent=bob, now=monday)
    assert (told(session, dana), note.traits["mentions"]["blind"]) == ([], ["Dana Klein"])
