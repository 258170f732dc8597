"""What is measured of a case by its history: each figure with its edges, told by dates and names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from helpdesk.policies.histories import Record, read
from helpdesk.policies.hours import Hours
from helpdesk.policies.measures import Facts, Measure, of_escalations
from helpdesk.policies.measuring import Measuring
from helpdesk.policies.packing import merged, pack, unpack
from helpdesk.policies.thanks import is_thanks

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OFFICE = Hours(UTC, [[(9 * 60, 17 * 60)]] * 5 + [[]] * 2)
HOUR = 3600
BOB, CLARA = 1, 2


class Story:
    """What happened in a case, told in hours since Monday at nine; `takes` of nothing are its measures."""

    def __init__(self, **facts: Any) -> None:
        self._facts = Facts(**{"ours": False, "opened_at": MONDAY, "team_id": None, "lifetime": timedelta(days=28), **facts})
        self._records: list[Record] = []

    def tell(self, hours: float, deed: str, **more: Any) -> Story:
        at = MONDAY + timedelta(hours=hours)
        self._records.append(Record(len(self._records) + 1, at, deed, **{"said_at": at, **more}))
        return self

    def asks(self, hours: float, text: str = "Where is it?", **more: Any) -> Story:
        return self.tell(hours, "received", kind="mail-in", person_id=7, text=text, **more)

    def answers(self, hours: float, by: int = BOB, **more: Any) -> Story:
        return self.tell(hours, "replied", kind="mail-out", agent_id=by, said_by=by, **more)

    def solves(self, hours: float) -> Story:
        return self.tell(hours, "resolved", agent_id=BOB, before={"state": "waiting"}, after={"state": "resolved"})

    def comes_back(self, hours: float, text: str = "It is broken again", **more: Any) -> Story:
        return self.asks(hours, text, **more).tell(hours, "reopened", person_id=7, after={"state": "open"})

    def goes_on(self, hours: float, *, lane: int, into: int = 0, state: str = "new") -> Story:
        return self.tell(hours, "merged-into", lane=lane, before={"state": state}, after={"number": into})

    @property
    def all(self) -> list[Measure]:
        return Measuring(self._facts, read(self._records), lambda _team: OFFICE, UTC, {"Night": 9}).measure()

    def found(self, kind: str) -> list[tuple[float | None, float | None]]:
        """(from, until) of each measure of a kind, in hours; None where there is no such instant."""
        return [
            tuple((at - MONDAY) / timedelta(hours=1) if at else None for at in (one.began_at, one.at))
            for one in self.all if one.kind == kind
        ]  # type: ignore[misc]  # fmt: skip

    def one(self, kind: str) -> Measure:
        (found,) = [one for one in self.all if one.kind == kind]
        return found


# ── first response ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_response_is_from_the_first_message_to_the_first_answer_in_both_times() -> None:
    one = Story().asks(0).answers(25).asks(26).answers(27).one("first-response")
    assert (one.value, one.working) == (25 * HOUR, 9 * HOUR)


@pytest.mark.parametrize(("deed", "kind"), [("acknowledged", "system"), ("noted", "note"), ("consulted", "side-out")])
def test_acknowledgements_notes_and_questions_to_others_are_no_answer(deed: str, kind: str) -> None:
    story = Story().asks(0).tell(1, deed, kind=kind, agent_id=BOB)
    assert (story.found("first-response"), story.found("wait"), story.found("sent")) == ([(0, None)], [(0, None)], [])


@pytest.mark.parametrize(
    "flags", [["automatic"], ["bounce"], ["verification"], ["receipt"], ["calendar"], ["challenge"], ["suspect"]]
)
def test_mail_of_machines_and_of_doubtful_senders_asks_nothing(flags: list[str]) -> None:
    story = Story().asks(0, flags=flags)
    assert (story.found("wait"), story.found("arrived")) == ([], [])


def test_doubtful_mail_that_was_accepted_waits_since_it_came() -> None:
    story = Story().asks(0).answers(1).asks(2, flags=["stranger"], judgement="accepted").answers(5)
    assert story.found("wait") == [(0, 1), (2, 5)]


def test_a_case_that_we_began_has_no_first_response_but_its_waits() -> None:
    story = Story(ours=True).answers(0).asks(1).answers(3).solves(4)
    assert (story.found("first-response"), story.found("wait"), story.found("resolution")) == ([], [(1, 3)], [(0, 4)])


def test_a_call_after_which_it_is_their_turn_is_an_answer_from_when_it_was() -> None:
    call = {"kind": "call", "agent_id": BOB, "said_by": BOB, "after": {"turn": "theirs"}}
    assert Story().asks(0).tell(9, "logged", **{**call, "said_at": MONDAY + timedelta(hours=2)}).found("wait") == [(0, 2)]
    assert Story().tell(0, "logged", kind="call", after={"turn": "ours"}).answers(1).found("first-response") == [(0, 1)]
    assert Story().asks(0).tell(1, "logged", kind="call", after={"turn": "same"}).found("wait") == [(0, None)]


# ── waits and chasers ────────────────────────────────────────────────────────────────────────────────────────────────


def test_several_messages_before_an_answer_are_one_wait_from_the_first_and_all_but_it_are_chasers() -> None:
    story = Story().asks(0).asks(2).asks(3).answers(5).asks(6).answers(7)
    assert (story.found("wait"), story.found("chaser")) == ([(0, 5), (6, 7)], [(None, 2), (None, 3)])


def test_a_wait_that_a_solution_ended_without_an_answer_is_told_as_that() -> None:
    story = Story().asks(0).solves(3)
    assert (story.found("unanswered"), story.found("wait"), story.found("first-response")) == ([(0, 3)], [], [])


def test_a_solution_that_was_taken_back_by_a_click_never_was() -> None:
    story = Story().asks(0).solves(1).tell(1.01, "undone", after={"undone": "resolved"}).answers(2)
    assert (story.found("unsolved"), story.found("first-resolution"), story.found("wait")) == ([(0, None)], [], [(0, 2)])


def test_what_was_said_in_a_merged_case_counts_and_that_it_was_solved_there_does_not() -> None:
    story = Story().asks(0).asks(1, lane=2).tell(2, "resolved", lane=2).answers(4)
    assert (story.found("wait"), story.found("unanswered"), story.found("unsolved")) == ([(0, 4)], [(1, 2)], [(0, None)])


def test_an_answer_in_one_of_two_cases_ends_no_wait_in_the_other_before_they_become_one() -> None:
    story = Story().asks(0).asks(1, lane=2).answers(2).goes_on(3, lane=2).answers(5)
    assert story.found("wait") == [(0, 2), (1, 5)]
    assert story.found("chaser") == []
    assert story.found("first-response") == [(0, 2)], "of the story as one"
    assert story.found("their-time") == [], "it was our turn again when the other case came"


def test_of_two_waits_that_become_one_the_older_is_told() -> None:
    assert Story().asks(1).asks(0, lane=2).goes_on(3, lane=2).answers(5).found("wait") == [(0, 5)]
    assert Story().asks(0).asks(1, lane=2).goes_on(3, lane=2).asks(4).found("chaser") == [(None, 4)]
    story = Story().asks(2).asks(1, lane=2).asks(0, lane=3).goes_on(3, lane=3, into=2).goes_on(4, lane=2).answers(5)
    assert story.found("wait") == [(0, 5)], "over both steps"


def test_only_the_merge_that_holds_counts() -> None:
    story = Story().asks(0, lane=2).goes_on(1, lane=2, into=99).asks(2).answers(3).goes_on(4, lane=2)
    assert story.found("wait") == [(2, 3), (0, None)]


def test_a_solved_case_in_which_an_open_one_goes_on_is_not_solved() -> None:
    story = Story().asks(0).answers(1).solves(2).asks(3, lane=2).goes_on(4, lane=2, state="new")
    assert (story.found("unsolved"), story.found("wait")) == ([(0, 2), (4, None)], [(0, 1), (3, None)])
    assert (story.found("resolution"), story.found("reopened")) == ([], [])
    assert Story().asks(0).answers(1).solves(2).goes_on(4, lane=2, state="resolved").found("unsolved") == [(0, 2)]


def test_what_was_taken_back_in_a_merged_case_takes_nothing_back_in_this_one() -> None:
    story = Story().asks(0).solves(2).tell(3, "undone", after={"undone": "resolved"}, lane=2)
    assert story.found("unsolved") == [(0, 2)]


# ── solutions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_solution_that_held_counts_and_the_first_is_kept_too() -> None:
    story = Story().asks(0).answers(1).solves(2).comes_back(30).answers(31).solves(32)
    assert (story.found("first-resolution"), story.found("resolution")) == ([(0, 2)], [(0, 32)])
    assert (story.found("reopened"), story.found("solved-again")) == ([(None, 2)], [(2, 32)])
    assert story.found("unsolved") == [(0, 2), (30, 32)]


def test_a_case_that_came_back_and_goes_on_has_no_solution_that_held() -> None:
    assert Story().asks(0).answers(1).solves(2).comes_back(30).found("resolution") == []


@pytest.mark.parametrize(("days", "holds"), [(27.9, False), (28.1, True)])
def test_what_an_agent_reopens_after_the_lifetime_of_the_address_had_been_solved(days: float, holds: bool) -> None:
    story = Story().asks(0).answers(1).solves(2).tell(2 + days * 24, "reopened", agent_id=BOB, after={"reason": ""})
    assert (bool(story.found("resolution")), story.found("reopened")) == (holds, [])


def test_thanks_reopen_nothing_and_ask_for_nothing() -> None:
    story = Story().asks(0).answers(1).solves(2).comes_back(3, "Thank you very much!").solves(4)
    assert (story.found("resolution"), story.found("reopened"), story.found("solved-again")) == ([(0, 2)], [], [])
    assert (story.found("wait"), story.found("unanswered")) == ([(0, 1)], [])
    assert story.found("unsolved") == [(0, 2), (3, 4)], "it stood in the queue all the same"


def test_time_in_which_we_waited_for_them_is_told_apart_and_subtracted_from_nothing() -> None:
    story = Story().asks(0).answers(1).asks(25).answers(26).solves(27)
    theirs = story.one("their-time")
    assert (theirs.value, theirs.working) == (25 * HOUR, 9 * HOUR)
    assert story.one("resolution").value == 27 * HOUR


def test_an_answer_that_bounced_is_our_turn_again() -> None:
    bounced = {"before": {"state": "waiting"}, "after": {"state": "open"}}
    assert Story().asks(0).answers(1).tell(2, "undeliverable", **bounced).solves(5).one("their-time").value == HOUR


def test_a_case_that_was_solved_without_an_answer_was_never_answered() -> None:
    story = Story().asks(0).asks(2).solves(5)
    assert (story.found("never-answered"), story.found("unanswered")) == ([(0, 5)], [(0, 5)])
    assert story.comes_back(6).answers(7).found("never-answered") == [], "it was, at last"
    assert Story(ours=True).asks(0).solves(5).found("never-answered") == []
    assert Story().asks(0).answers(1).asks(2).solves(5).found("never-answered") == []


def test_an_answer_that_also_solves_makes_nobody_wait() -> None:
    assert Story().asks(0).answers(1).solves(1).comes_back(5).answers(6).solves(6).found("their-time") == []


def test_a_solution_that_bounced_was_none_and_nobody_reopened_it() -> None:
    bounced = {"before": {"state": "resolved"}, "after": {"state": "open"}}
    story = Story().asks(0).answers(1).solves(1).tell(2, "undeliverable", **bounced)
    assert story.found("unsolved") == [(0, 1), (2, None)]
    assert story.found("resolution") == []
    story.answers(5).solves(5)
    assert (story.found("resolution"), story.found("reopened"), story.found("one-and-done")) == ([(0, 5)], [], [])


@pytest.mark.parametrize(("answers", "is_one"), [(0, False), (1, True), (2, False)])
def test_one_and_done_has_exactly_one_answer(answers: int, is_one: bool) -> None:
    story = Story().asks(0)
    for number in range(answers):
        story.answers(1 + number)
    assert bool(story.solves(5).found("one-and-done")) is is_one


def test_what_came_back_was_not_done_at_once() -> None:
    assert Story().asks(0).answers(1).solves(2).comes_back(3).solves(4).found("one-and-done") == []


# ── hands and teams ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_who_answered_are_counted_once_each() -> None:
    story = Story().asks(0).answers(1).answers(2, CLARA).answers(3)
    assert [(one.at, one.value) for one in story.all if one.kind == "repliers"] == [(None, 2)]
    assert [(one.at is not None, one.value) for one in story.solves(4).all if one.kind == "repliers"] == [(True, 2)]


def test_a_handover_has_a_note_or_it_has_none_and_the_first_taking_is_no_handover() -> None:
    story = Story().asks(0).tell(1, "assigned", before={"assignee": None}, after={"assignee": "Bob"})
    assert (story.found("handover"), story.found("passed-on")) == ([], [])
    story.tell(2, "assigned", before={"assignee": "Bob"}, after={"assignee": "Clara"})
    story.tell(3, "handed-over", kind="note", after={"to": "Bob"})
    story.tell(3, "assigned", before={"assignee": "Clara"}, after={"assignee": "Bob"})
    assert (story.found("handover"), story.found("passed-on")) == ([(None, 3)], [(None, 2)])


def test_a_stretch_is_counted_to_the_team_that_had_the_case_when_it_ended() -> None:
    story = Story(team_id=5).asks(0).answers(1)
    story.tell(2, "handed-over", kind="note", before={"team_id": 4}, after={"to": "Day", "team_id": 5}).asks(3).answers(4)
    assert [one.team_id for one in story.all if one.kind == "wait"] == [4, 5]
    assert story.found("moved") == [(None, 2)]
    named = Story(team_id=5).asks(0).answers(1).tell(2, "given-to-team", before={"team": "Night"}, after={"team": "Day"})
    assert named.one("wait").team_id == 9


# ── thanks, and sums of sums ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["Thanks!", "Hallo Bob,\n\nvielen Dank für Ihre schnelle Hilfe!\n\nViele Grüße\nAnna Weber", "Super, danke",
                                  "Thank you, it works now.", "Dear Mr Builder,\nthank you so much for your help.\nBest regards,\nAnna"])  # fmt: skip
def test_words_that_only_thank(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize("text", ["Thanks, but it is still broken", "Danke. Wann kommt der Ersatz?", "Hello", "Viele Grüße\nAnna", "",
                                  "Thanks for nothing", "Danke\n\nViele Grüße\nund übrigens ist die zweite Lampe auch kaputt"])  # fmt: skip
def test_words_that_do_more_than_thank(text: str) -> None:
    assert not is_thanks(text)


class Raised(NamedTuple):
    reason: str
    raised_at: datetime
    first_action_at: datetime | None = None
    closed_at: datetime | None = None
    team_id: int | None = 3


def test_an_escalation_waits_for_the_first_deed_about_it_or_until_it_is_over_without_one() -> None:
    morning, evening, next_day = (MONDAY + timedelta(hours=hours) for hours in (1, 9, 25))
    raised = [Raised("breach", morning, next_day, next_day), Raised("help", morning, None, evening), Raised("bounced", morning)]
    found = of_escalations(raised, lambda _team: OFFICE)
    assert found[::2] == [Measure(f"escalated-{one.reason}", morning, team_id=3) for one in raised]
    assert found[1::2] == [
        Measure("first-action", next_day, morning, 24 * HOUR, 8 * HOUR, 3),
        Measure("never-acted", evening, morning, 8 * HOUR, 7 * HOUR, 3),
        Measure("first-action", None, morning, team_id=3),
    ]


def test_packed_numbers_come_back_sorted_and_heaps_of_them_together() -> None:
    assert list(unpack(pack([3, 1, 2**32 - 1]))) == [1, 3, 2**32 - 1]
    assert merged([unpack(pack([5, 1])), unpack(pack([3]))]) == [1, 3, 5]
