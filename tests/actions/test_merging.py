"""Cases become one and come apart: what is refused, and what both remember."""

from __future__ import annotations

import pytest

from helpdesk.actions import addresses, agents, cases, entries, merging, participants
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import CaseShutOut
from helpdesk.queries import addresses as find
from helpdesk.queries import cases as find_cases
from helpdesk.queries import lists, merges


@pytest.fixture()
def other(session, desk, anna, monday):
    return cases.open_case(session, desk, anna, "The hall is full of smoke", now=monday)


def test_a_case_is_not_merged_with_itself(session, case, bob, monday) -> None:
    with pytest.raises(NotPermitted, match="with itself"):
        merging.merge(session, case, case, agent=bob, now=monday)


def test_neither_a_merged_case_nor_into_one(session, desk, anna, case, other, bob, monday) -> None:
    third = cases.open_case(session, desk, anna, "Water", now=monday)
    merging.merge(session, other, case, agent=bob, now=monday)
    for one, into in ((other, third), (third, other)):
        with pytest.raises(NotPermitted, match=f"has been merged into case {case.number}"):
            merging.merge(session, one, into, agent=bob, now=monday)


def test_what_was_not_merged_is_not_taken_out(session, case, bob, monday) -> None:
    with pytest.raises(NotPermitted, match="has not been merged"):
        merging.unmerge(session, case, agent=bob, now=monday)


def test_nobody_comes_to_know_by_a_merge_what_is_kept_from_them(session, case, other, bob, monday) -> None:
    carol = agents.create(session, "carol@example.org", "Carol", role="agent", now=monday)
    case.shut_out.append(CaseShutOut(agent_id=carol.id, since=monday, reason="It is about her"))
    session.flush()
    with pytest.raises(NotPermitted, match="Not everybody who knows"):
        merging.merge(session, case, other, agent=bob, now=monday)
    merging.merge(session, other, case, agent=bob, now=monday)


def test_both_timelines_tell_it_and_its_end(session, case, other, bob, monday) -> None:
    merging.merge(session, other, case, agent=bob, now=monday)
    merging.unmerge(session, other, agent=bob, now=monday)
    told = [
        [(event.deed, event.after.get("number")) for event in find_cases.timeline(session, one, bob)][-2:]
        for one in (case, other)
    ]
    assert told == [
        [("merged", other.number), ("unmerged-from", other.number)],
        [("merged-into", case.number), ("unmerged", case.number)],
    ]


def test_a_merged_case_is_in_no_list_and_found_in_the_other(session, case, other, anna, bob, monday) -> None:
    entries.note(session, other, "Smoke from below", agent=bob, now=monday)
    merging.merge(session, other, case, agent=bob, now=monday)
    for wanted in (lists.Wanted(), lists.Wanted(view="all"), lists.Wanted(state="resolved"), lists.Wanted(words="smoke below")):
        found = lists.newest(session, bob, wanted, limit=9)
        assert other not in found
    assert lists.newest(session, bob, lists.Wanted(words="smoke below"), limit=9) == [case]
    assert find_cases.of_person(session, bob, anna.id) == find_cases.others_of(session, other, bob) == [case]


def test_what_was_said_in_both_is_one_story(session, case, other, bob, monday) -> None:
    first = entries.note(session, case, "One", agent=bob, now=monday)
    second = entries.note(session, other, "Two", agent=bob, now=monday)
    third = entries.note(session, case, "Three", agent=bob, now=monday)
    merging.merge(session, other, case, agent=bob, now=monday)
    story = find_cases.timeline(session, case, bob)
    assert [event.entry for event in story if event.entry] == [first, second, third]
    assert merges.lies_in(session, second, case)
    assert not merges.lies_in(session, first, other)


def test_whoever_got_an_address_meanwhile_keeps_it_when_the_cases_part(session, case, other, people_of, bob, monday) -> None:
    carl = people_of("carl@customer.example")
    mine = cases.add_participant(session, other, carl, now=monday, agent=bob)
    cases.resolve(session, other, agent=bob, now=monday)
    merging.merge(session, other, case, agent=bob, now=monday)
    fresh = addresses.rotate(session, mine.addresses[0], agent=bob, now=monday)
    merging.unmerge(session, other, agent=bob, now=monday)
    assert fresh.case_number == other.number
    assert find.standing_of(fresh, monday) == "grace"


def test_whoever_had_left_is_back_while_it_lasts(session, case, other, people_of, bob, monday) -> None:
    carl = people_of("carl@customer.example")
    left = cases.add_participant(session, case, carl, now=monday, agent=bob)
    participants.remove(session, case, left, agent=bob, now=monday)
    cases.add_participant(session, other, carl, now=monday, agent=bob)
    merging.merge(session, other, case, agent=bob, now=monday)
    assert left in case.participants
    merging.unmerge(session, other, agent=bob, now=monday)
    assert left not in case.participants
    assert carl.id in [one.person_id for one in other.participants]
