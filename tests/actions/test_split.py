"""One case becomes two."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.actions import entries, split
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries import Incoming, Upload
from helpdesk.models import CaseShutOut
from helpdesk.queries import addresses as find
from helpdesk.queries import cases as find_cases
from helpdesk.queries import kinship, lists


@pytest.fixture()
def said(session, case, anna, bob, monday):
    """Anna writes, Bob answers, Anna writes about something else, with a file."""
    first = entries.receive(session, case, Incoming("Anna", "It burns", "It burns"), person=anna, counts=True, now=monday)
    answer = entries.reply(session, case, "Use the stairs", agent=bob, now=monday)
    bill = Incoming("Anna", "And the bill", "And the bill is wrong", files=[Upload("bill.pdf", "application/pdf", b"%PDF")])
    second = entries.receive(session, case, bill, person=anna, counts=True, now=monday + timedelta(hours=1))
    return first, answer, second


def test_what_is_chosen_is_copied_and_nothing_is_lost(session, case, anna, bob, said, monday) -> None:
    later = monday + timedelta(days=1)
    fresh = split.split(session, case, [said[2]], anna, "The bill", agent=bob, now=later)
    (copy,) = [event.entry for event in find_cases.timeline(session, fresh, bob) if event.entry]
    assert (copy.text, copy.at, copy.person) == ("And the bill", said[2].at, anna)
    assert [(file.name, file.sha256) for file in copy.attachments] == [(file.name, file.sha256) for file in said[2].attachments]
    assert said[2].case_number == case.number
    assert (fresh.state, fresh.waiting_since, fresh.last_words) == ("new", said[2].at, "And the bill is wrong")
    assert fresh in lists.newest(session, bob, lists.Wanted(words="bill.pdf"), limit=9)


def test_both_cases_lead_to_each_other_and_each_has_an_address_of_its_own(session, case, anna, bob, said, monday) -> None:
    fresh = split.split(session, case, [said[2]], anna, "The bill", agent=bob, now=monday)
    assert [(one.kind, one.role, one.case) for one in kinship.of(session, fresh, bob)] == [("split", "from", case)]
    (old,), (new,) = find.of_case(session, case.number), find.of_case(session, fresh.number)
    assert old.address != new.address
    assert [event.deed for event in find_cases.timeline(session, case, bob)][-1] == "split"


def test_an_answer_by_reference_leads_to_the_mail_and_not_to_its_copy(session, case, anna, bob, said, monday) -> None:
    split.split(session, case, list(said), anna, "Both", agent=bob, now=monday)
    assert find_cases.of_message_ids(session, (said[1].message_id,)) is said[1]


def test_what_was_answered_before_does_not_wait(session, case, anna, bob, said, monday) -> None:
    fresh = split.split(session, case, list(said[:2]), anna, "", agent=bob, now=monday)
    assert (fresh.state, fresh.waiting_since, fresh.subject) == ("open", None, case.subject)


def test_nothing_of_machines_and_nothing_undecided_is_copied(session, case, anna, bob, monday) -> None:
    doubtful = Incoming("Eve", "Pay me", "Pay me", flags=("stranger",), sender="eve@evil.example")
    entry = entries.receive(session, case, doubtful, person=None, counts=False, now=monday)
    machine = Incoming("Anna", "I am away", "I am away", flags=("automatic",))
    other = entries.receive(session, case, machine, person=anna, counts=False, now=monday)
    with pytest.raises(NotPermitted, match="Choose at least one"):
        split.split(session, case, [entry, other], anna, "x", agent=bob, now=monday)


def test_the_new_case_is_for_the_same_eyes(session, case, anna, bob, said, monday) -> None:
    case.confidential = True
    case.shut_out.append(CaseShutOut(agent_id=bob.id, since=monday, reason="It is about him"))
    fresh = split.split(session, case, [said[2]], anna, "x", agent=bob, now=monday)
    assert fresh.confidential
    assert [row.agent_id for row in fresh.shut_out] == [bob.id]
