"""Two cases become one, and come apart again: every old address leads where the story goes on (R14)."""

from __future__ import annotations

import pytest

from tests.stories.test_machines import report
from tests.story_case import Brought, StoryCase
from tests.ways import each_once, in_process


@pytest.fixture()
def annas(anna, bob) -> StoryCase:
    """Anna's case, which Bob has answered."""
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    return case


@pytest.fixture()
def carls(desk, carl, bob) -> StoryCase:
    """Carl's case about the same fire, which Bob has answered, too."""
    case = carl.writes("There is smoke in the hall", subject="Smoke")
    bob.replies(case, "Open a window")
    return case


@pytest.fixture()
def merged(desk, annas, carls, bob) -> StoryCase:
    """Anna's case, into which Carl's was merged."""
    bob.merges(carls, annas)
    desk.minutes_pass(1)
    return annas


def led_to(brought: Brought, case: StoryCase) -> bool:
    return (brought.outcome, brought.case) == ("case", case)


@each_once
def test_mail_to_an_old_address_leads_where_the_story_goes_on(desk, merged, carls, carl, anna) -> None:
    mails = len(anna.inbox), len(carl.inbox)
    brought = carl.answers("It still smokes")
    assert led_to(brought, merged)
    assert f"case {carls.number}, which goes on" in brought.reason
    assert (merged.state, merged.last_message.text) == ("open", "It still smokes")
    assert (len(anna.inbox), len(carl.inbox)) == mails  # nobody was mailed
    assert led_to(anna.answers("Here too"), merged)


@each_once
def test_an_answer_to_an_old_mail_that_went_to_the_desk_leads_there_too(merged, carls, carl) -> None:
    brought = carl.answers("It still smokes", to="help@example.org")
    assert led_to(brought, merged)
    assert f"in case {carls.number}, which goes on" in brought.reason


@each_once
def test_a_report_about_an_old_mail_is_told_where_the_story_goes_on(desk, annas, carls, carl, bob) -> None:
    bob.resolves(annas)
    bob.resolves(carls)
    bob.merges(carls, annas)
    letter = carl.inbox[-1]
    brought = desk.takes(report(letter.sender, letter["Message-ID"], recipient=carl.address), "", [letter.sender])
    assert (brought.outcome, brought.case) == ("report", annas)
    assert annas.state == "open"
    assert "undeliverable" in annas.events


@each_once
def test_taken_apart_every_address_leads_home_again(desk, merged, carls, carl, anna, bob) -> None:
    assert merged.participants == [anna.address, carl.address]
    assert carls.participants == []
    bob.unmerges(carls)
    assert (merged.participants, carls.participants) == ([anna.address], [carl.address])
    assert (merged.state, carls.state) == ("waiting", "waiting")
    assert led_to(carl.answers("It still smokes"), carls)
    assert led_to(carl.answers("And smells", to="help@example.org"), carls)
    assert led_to(anna.answers("Here too"), merged)


@in_process
def test_an_answer_goes_to_all_of_them_and_shows_nobody_what_the_other_said_before(merged, anna, carl, bob) -> None:
    bob.replies(merged, "The fire brigade is on its way")
    to_anna, to_carl = anna.inbox[-1], carl.inbox[-1]
    assert "smoke in the hall" in to_carl.text
    assert "smoke in the hall" not in to_anna.text
    assert "printer is on fire" not in to_carl.text
    assert to_carl.reply_to != to_anna.reply_to
    assert to_carl["In-Reply-To"] not in to_anna["References"]
    assert to_anna["In-Reply-To"] not in to_carl["References"]
    assert led_to(carl.answers("Thank you"), merged)


@in_process
def test_what_is_said_after_the_merge_is_answered_to_all(desk, merged, anna, carl, bob) -> None:
    carl.answers("It still smokes")
    desk.minutes_pass(1)
    bob.replies(merged, "They are at the door")
    assert "It still smokes" in anna.inbox[-1].text
    assert "It still smokes" in carl.inbox[-1].text


@in_process
def test_old_addresses_live_as_long_as_the_case_in_which_they_lead(desk, merged, carl, bob) -> None:
    bob.resolves(merged)
    assert [door.standing for door in merged.doors] == ["grace", "grace"]
    desk.days_pass(27)
    assert led_to(carl.answers("It burns again"), merged)
    assert [door.standing for door in merged.doors] == ["active", "active"]
    bob.resolves(merged)
    desk.days_pass(29)
    late = carl.answers("And again")
    assert (late.outcome, late.case.follows) == ("follow-up", merged)


@in_process
def test_the_same_person_in_both_cases_reaches_the_one_by_either_address(desk, annas, anna, bob) -> None:
    second = anna.writes("One more thing", subject="Another")
    bob.merges(second, annas)
    assert annas.participants == [anna.address]
    bob.replies(annas, "Both are done")
    assert anna.inbox[-1].reply_to == annas.doors[0].address
    assert len(annas.doors) == 2
    assert led_to(anna.sends("To the second", to=annas.doors[1].address), annas)
    bob.unmerges(second)
    assert led_to(anna.sends("To the second again", to=second.door.address), second)
    assert led_to(anna.answers("To the first"), annas)


@in_process
def test_a_case_brings_along_what_was_merged_into_it_and_takes_it_out_again(desk, merged, carls, carl, anna, bob) -> None:
    third = anna.writes("Everything is wet", subject="Water")
    bob.merges(merged, third)
    assert led_to(carl.answers("Hello"), third)
    bob.unmerges(merged)
    assert led_to(carl.answers("Hello again"), merged)
    bob.unmerges(carls)
    assert led_to(carl.answers("And again"), carls)


@in_process
def test_a_server_that_tries_again_after_the_merge_is_known(desk, annas, carls, carl, bob) -> None:
    raw = carl.letter("It still smokes", to=[carls.door.address])
    desk.takes(raw, carl.address, [carls.door.address])
    door = carls.door.address
    bob.merges(carls, annas)
    assert desk.takes(raw, carl.address, [door]).outcome == "duplicate"


@in_process
def test_a_merged_case_waits_as_the_one_who_waits_longest(desk, annas, carl, bob) -> None:
    bob.resolves(annas)
    waiting = carl.writes("There is smoke in the hall")
    bob.merges(waiting, annas)
    assert (annas.state, waiting.state) == ("open", "resolved")
    assert {door.standing for door in annas.doors} == {"active"}
    bob.unmerges(waiting)
    assert (annas.state, waiting.state) == ("resolved", "new")
    assert [(door.standing) for door in (*annas.doors, *waiting.doors)] == ["grace", "active"]


@in_process
def test_what_came_after_the_merge_stays_where_it_came(desk, merged, carls, carl, bob) -> None:
    carl.answers("It still smokes")
    bob.unmerges(carls)
    assert merged.last_message.text == "It still smokes"
    assert merged.state == "open"
    assert carls.last_message.text == "Open a window"
    assert carls.state == "waiting"


@in_process
def test_a_withdrawn_address_stays_withdrawn_in_both_directions(desk, annas, carls, carl, bob) -> None:
    bob.revokes(carls.door)
    bob.merges(carls, annas)
    bob.unmerges(carls)
    assert [door.standing for door in carls.doors] == ["revoked"]
