"""Other helpdesks: their number for our mail is remembered, used towards them alone, and leads their machines' mail into its case."""

from __future__ import annotations

import pytest

from tests.ways import in_process

ACKNOWLEDGED = "Your request has been received.\n"
AUTOMATIC = [("Auto-Submitted", "auto-replied")]


@pytest.fixture()
def case(anna, carl, bob):
    """Anna's case, in which Carl takes part, and which Bob has answered."""
    case = anna.writes("The printer is on fire")
    bob.adds(case, carl)
    bob.replies(case, "Use the stairs")
    return case


def test_their_number_is_carried_towards_them_and_towards_nobody_else(case, anna, carl, bob) -> None:
    anna.sends(ACKNOWLEDGED, to=case.door_of(anna.address), subject="[Ticket#4711] Re: A complaint", headers=AUTOMATIC)
    assert case.events[-1] == "ticket-learned"
    bob.replies(case, "Still?")
    bob.replies(case, "And now?")
    assert [letter["Subject"] for letter in anna.inbox[-2:]] == ["Re: [Ticket#4711] A complaint"] * 2
    assert [letter["Subject"] for letter in carl.inbox[-2:]] == ["Re: A complaint"] * 2


@in_process
def test_their_machine_s_later_mail_finds_the_case_by_its_number_and_moves_nothing(desk, case, anna, bob) -> None:
    anna.sends(ACKNOWLEDGED, to=case.door_of(anna.address), subject="[#4711] Re: A complaint", headers=AUTOMATIC)
    bob.resolves(case)
    brought = anna.sends("Status: pending.", subject="[#4711] was updated", headers=AUTOMATIC)
    assert (brought.outcome, brought.case, case.state, len(desk.cases)) == ("auto", case, "resolved", 1)
    assert anna.sends("Status: pending.", subject="[#4712] was updated", headers=AUTOMATIC).outcome == "held"


@in_process
def test_a_person_s_subject_routes_nothing(desk, case, anna) -> None:
    anna.sends(ACKNOWLEDGED, to=case.door_of(anna.address), subject="[#4711] Re: A complaint", headers=AUTOMATIC)
    assert anna.sends("Where are the stairs?", subject="[#4711] Fire").outcome == "new-case"
    assert anna.sends(ACKNOWLEDGED, subject="[#4711] Fire").outcome == "new-case"


@in_process
def test_a_stranger_s_number_and_a_person_s_are_not_remembered(case, anna, mallory, bob) -> None:
    mallory.sends(ACKNOWLEDGED, to=case.door_of(anna.address), subject="[#666] Re: A complaint", headers=AUTOMATIC)
    mallory.sends(ACKNOWLEDGED, to=case.door_of(anna.address), subject="[#666] Re: A complaint")
    anna.sends("I wrote to [#99] of the fire brigade", to=case.door_of(anna.address), subject="[#99] Re: A complaint")
    bob.replies(case, "Still?")
    assert "ticket-learned" not in case.events
    assert anna.inbox[-1]["Subject"] == "Re: A complaint"


@in_process
def test_nothing_in_their_number_becomes_a_header_of_ours(desk, case, anna, bob) -> None:
    words = ACKNOWLEDGED + "Ticket-ID: 4711\n"
    raw = anna.letter(words, to=[case.door_of(anna.address)], subject="Hidden", headers=AUTOMATIC)
    hostile = b"Subject: =?utf-8?q?[Ticket#1=0D=0ABcc:_mallory@evil.example]?="
    desk.takes(raw.replace(b"Subject: Hidden", hostile), anna.address, [case.door_of(anna.address)])
    bob.replies(case, "Still?")
    assert anna.inbox[-1]["Bcc"] == ""
    assert anna.inbox[-1]["Subject"] == "Re: [#4711] A complaint"
