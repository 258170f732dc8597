"""The clocks of a case: what starts, pauses and stops them, when they are due, and when they ring."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.policies import cases
from helpdesk.policies.clocks import Facts, Setting, Terms
from helpdesk.policies.deadlines import Fit
from helpdesk.policies.hours import DAY, Hours
from helpdesk.policies.sla import Allowance, Clock, Kind, allowance, may_ring, nearest, rung

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE, NIGHT, ALWAYS = 1, 2, 3
HOURS = {
    OFFICE: Hours(BERLIN, [[(9 * 60, 17 * 60)]] * 5 + [[], []]),
    NIGHT: Hours(BERLIN, [[(0, 4 * 60), (12 * 60, 18 * 60)]] * 7),
    ALWAYS: Hours(BERLIN, [[(0, DAY)]] * 7),
}
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=BERLIN)
PROMISED = {"first-response": "8 hours", "next-reply": "8 hours", "resolution": "40 hours"}


@dataclass
class Line:
    """A case as its clocks see it, moved by what happens to it; time is told in hours since Monday, nine o'clock."""

    state: str = "new"
    waiting_since: datetime | None = MONDAY
    opened_at: datetime = MONDAY
    ours: bool = False
    away: bool = False
    calendar: int = OFFICE
    promised: dict[str, str] = field(default_factory=lambda: dict(PROMISED))
    clocks: list[Clock] = field(default_factory=list)

    def happens(self, at: float | datetime, **news: Any) -> None:
        now = at if isinstance(at, datetime) else MONDAY + timedelta(hours=at)
        told = {kind: allowance(text) for kind, text in self.promised.items()}
        terms = Terms(1, self.calendar, self.calendar, 75, {kind: one for kind, one in told.items() if one})  # type: ignore[misc]
        facts = Facts(self.state, self.ours, self.opened_at, self.waiting_since, self.away)
        setting = Setting(facts, terms if self.promised else None, HOURS.__getitem__, now, **news)
        newest = {clock.kind: clock for clock in self.clocks}
        for before, clock in setting.set(newest):
            if before is None:
                self.clocks.append(clock)
            else:
                self.clocks[self.clocks.index(before)] = clock

    def mail(self, at: float | datetime) -> None:
        back = self.state == "resolved"
        self._move("customer-wrote")
        now = at if isinstance(at, datetime) else MONDAY + timedelta(hours=at)
        self.waiting_since = self.waiting_since or now
        self.happens(at, begins_anew=back)

    def answer(self, at: float | datetime) -> None:
        self._move("we-answered")
        self.waiting_since = None
        self.happens(at, answered_at=at if isinstance(at, datetime) else MONDAY + timedelta(hours=at))

    def resolve(self, at: float | datetime) -> None:
        self.state, self.waiting_since = "resolved", None
        self.happens(at)

    def reopen(self, at: float | datetime) -> None:
        self.state = "open"
        self.happens(at, begins_anew=True)

    def _move(self, move: Any) -> None:
        self.state = cases.after(self.state, move) or self.state  # type: ignore[arg-type]

    def newest(self, kind: Kind) -> Clock:
        return [clock for clock in self.clocks if clock.kind == kind][-1]

    def due(self, kind: Kind) -> float | None:
        """The deadline of the newest clock of a kind, in hours since Monday at nine."""
        at = self.newest(kind).due_at
        return None if at is None else (at - MONDAY) / timedelta(hours=1)


@pytest.fixture()
def line() -> Line:
    """A mail of Monday, nine o'clock, that nobody has answered."""
    line = Line()
    line.happens(0)
    return line


TUESDAY = 24


def test_a_new_case_has_a_first_response_and_a_resolution_to_come_and_no_second_clock_for_the_same_wait(line: Line) -> None:
    assert [clock.kind for clock in line.clocks] == ["first-response", "resolution"]
    assert (line.due("first-response"), line.due("resolution")) == (8, 4 * TUESDAY + 8)
    assert nearest(line.clocks) == MONDAY + timedelta(hours=8)


def test_where_no_first_response_is_promised_the_next_reply_covers_it() -> None:
    line = Line(promised={"next-reply": "4 hours"})
    line.happens(0)
    assert [(clock.kind, line.due(clock.kind)) for clock in line.clocks] == [("next-reply", 4)]


def test_an_answer_meets_the_first_response_and_pauses_the_resolution(line: Line) -> None:
    line.answer(3)
    assert (line.newest("first-response").end, line.newest("first-response").stopped_at) == ("met", MONDAY + timedelta(hours=3))
    assert line.due("resolution") is None
    assert nearest(line.clocks) is None


def test_an_answer_at_the_deadline_meets_it_and_one_behind_it_does_not(line: Line) -> None:
    late = Line(clocks=list(line.clocks))
    line.answer(8)
    late.answer(8.001)
    assert (line.newest("first-response").end, late.newest("first-response").end) == ("met", "missed")
    assert late.newest("first-response").breached_at == MONDAY + timedelta(hours=8)


def test_the_next_reply_counts_from_the_oldest_mail_and_a_second_does_not_restart_it(line: Line) -> None:
    line.answer(1)
    line.mail(2)
    line.mail(5)
    assert line.due("next-reply") == TUESDAY + 2
    line.answer(6)
    line.mail(7)
    assert [clock.end for clock in line.clocks if clock.kind == "next-reply"] == ["met", None]


def test_waiting_for_the_customer_pauses_the_resolution_only(line: Line) -> None:
    line.answer(2)
    line.mail(TUESDAY + 2)
    assert line.due("resolution") == 7 * TUESDAY + 8, "38 hours were left on Tuesday at eleven"


def test_a_move_between_teams_restarts_nothing_and_what_is_left_is_counted_by_the_new_calendar(line: Line) -> None:
    line.calendar = ALWAYS
    line.happens(5)
    assert line.due("first-response") == 8
    line = Line(waiting_since=MONDAY)
    line.happens(0)
    line.calendar = ALWAYS
    line.happens(TUESDAY - 4)  # at five in the morning: the office had worked all of its eight hours
    assert line.newest("first-response").breached_at == MONDAY + timedelta(hours=8)
    assert line.due("first-response") == 8
    assert line.newest("first-response").team_id == OFFICE, "charged to those who held it at the deadline"


def test_a_shorter_allowance_counts_what_has_passed_and_a_longer_one_gives_the_rest(line: Line) -> None:
    line.promised["first-response"] = "6 hours"
    line.happens(2)
    assert line.due("first-response") == 6
    line.promised["first-response"] = "2 hours"
    line.happens(4)
    assert line.due("first-response") == 4, "it is due now, and was not before anybody said so"
    line.promised["first-response"] = "8 hours"
    line.happens(4)
    assert line.due("first-response") == 8


def test_a_missed_deadline_stays_missed_whatever_is_promised_afterwards(line: Line) -> None:
    line.promised["first-response"] = "30 hours"
    line.happens(TUESDAY)
    line.answer(TUESDAY + 1)
    clock = line.newest("first-response")
    assert (clock.due_at, clock.end) == (MONDAY + timedelta(hours=8), "missed")


def test_a_reopened_case_has_a_fresh_next_reply_and_is_late_at_once_by_no_clock(line: Line) -> None:
    line.answer(1)
    line.mail(2)
    line.resolve(3)
    assert [clock.end for clock in line.clocks] == ["met", "met", "dropped"]
    late = 14 * TUESDAY
    line.mail(late)
    assert (line.due("next-reply"), line.due("resolution")) == (late + 8, late + 4 * TUESDAY + 6)
    assert all(clock.alarm_at is None or clock.alarm_at > MONDAY + timedelta(hours=late) for clock in line.clocks)


def test_what_is_reopened_by_us_is_our_turn_from_now_on(line: Line) -> None:
    line.answer(1)
    line.resolve(2)
    line.reopen(3)
    assert line.due("next-reply") == TUESDAY + 3
    line.mail(5)
    assert line.due("next-reply") == TUESDAY + 3


def test_a_mail_that_reopens_a_case_after_it_lay_for_days_is_not_late_at_once(line: Line) -> None:
    line.answer(1)
    line.resolve(2)
    line.state, line.waiting_since = "open", MONDAY + timedelta(hours=4)
    line.happens(3 * TUESDAY, begins_anew=True)
    clock = line.newest("next-reply")
    assert (clock.started_at, line.due("next-reply")) == (MONDAY + timedelta(hours=4), 3 * TUESDAY + 8)


def test_a_deed_that_is_taken_back_leaves_the_clocks_as_they_were(line: Line) -> None:
    before = line.newest("first-response")
    line.answer(1)
    line.state, line.waiting_since = "new", MONDAY
    line.happens(1)
    assert line.newest("first-response") == before
    line.resolve(2)
    line.state, line.waiting_since = "new", MONDAY
    line.happens(2)
    assert line.newest("first-response") == before
    assert (len(line.clocks), line.due("resolution")) == (2, 4 * TUESDAY + 8)


def test_a_case_that_is_merged_or_spam_has_no_clock_and_comes_back_with_what_it_had(line: Line) -> None:
    line.state, line.waiting_since, line.away = "resolved", None, True
    line.happens(1)
    assert [clock.end for clock in line.clocks] == ["dropped", "dropped"]
    line.state, line.waiting_since, line.away = "new", MONDAY, False
    line.happens(2, begins_anew=True)
    assert line.due("first-response") == 8
    line.state, line.waiting_since, line.away = "resolved", None, True
    line.happens(3)
    line.state, line.waiting_since, line.away = "new", MONDAY, False
    line.happens(5 * TUESDAY, begins_anew=True)
    assert line.due("first-response") == 7 * TUESDAY + 8, "on Saturday its allowance is given anew"


def test_an_older_mail_that_comes_with_a_merged_case_has_waited_longer(line: Line) -> None:
    line.answer(1)
    line.mail(5)
    line.waiting_since = MONDAY + timedelta(hours=3)
    line.happens(6)
    assert line.due("next-reply") == TUESDAY + 3


def test_a_case_that_we_began_has_no_first_response(line: Line) -> None:
    line = Line(ours=True, waiting_since=None)
    line.answer(0)
    line.mail(1)
    assert [clock.kind for clock in line.clocks] == ["resolution", "next-reply"]
    faster = Line(ours=True)
    faster.happens(0)
    assert [clock.kind for clock in faster.clocks] == ["next-reply", "resolution"], "they wrote before our first mail left"


def test_without_a_promise_nothing_is_due(line: Line) -> None:
    line.promised = {}
    line.happens(1)
    assert [clock.end for clock in line.clocks] == ["dropped", "dropped"]


def test_a_deadline_of_the_calendar_is_paused_by_nothing_and_begins_anew_when_it_passed_while_the_case_was_solved(
    line: Line,
) -> None:
    line = Line(promised={"resolution": "1 months"})
    line.happens(0)
    end = datetime(2026, 12, 2, 23, 59, 59, tzinfo=BERLIN)
    assert line.newest("resolution").due_at == end
    line.answer(1)
    assert line.newest("resolution").due_at == end
    line.resolve(2)
    line.mail(3)
    assert line.newest("resolution").due_at == end
    line.resolve(4)
    line.mail(datetime(2026, 12, 7, 9, tzinfo=BERLIN))
    assert line.newest("resolution").due_at == datetime(2027, 1, 7, 23, 59, 59, tzinfo=BERLIN)


def test_another_unit_counts_from_the_same_beginning(line: Line) -> None:
    line.promised["resolution"] = "10 days"
    line.happens(5)
    assert line.newest("resolution").due_at == datetime(2026, 11, 12, 23, 59, 59, tzinfo=BERLIN)
    line.promised["resolution"] = "40 hours"
    line.happens(TUESDAY)
    assert line.due("resolution") == 4 * TUESDAY + 8


def test_what_passed_before_the_unit_changed_and_changed_back_is_counted_once(line: Line) -> None:
    line.answer(1)
    line.mail(1)  # an hour had passed by then
    line.promised["resolution"] = "10 days"
    line.happens(5)
    line.promised["resolution"] = "40 hours"
    line.happens(TUESDAY)
    assert line.due("resolution") == 4 * TUESDAY + 8


def test_it_warns_when_three_quarters_are_gone_then_rings_once_and_no_more(line: Line) -> None:
    clock = line.newest("first-response")
    assert clock.alarm_at == MONDAY + timedelta(hours=6)
    warned, level = rung(clock, MONDAY + timedelta(hours=6))
    assert (level, warned.alarm_at) == ("warning", clock.due_at)
    missed, level = rung(warned, MONDAY + timedelta(hours=8))
    assert (level, missed.alarm_at, missed.breached_at) == ("breach", None, clock.due_at)
    assert rung(clock, MONDAY + timedelta(hours=9))[1] == "breach", "what is late already is not warned of"


def test_nothing_that_happens_makes_a_clock_warn_twice(line: Line) -> None:
    line.clocks[0] = rung(line.clocks[0], MONDAY + timedelta(hours=6))[0]
    line.happens(6.5)
    assert line.clocks[0].alarm_at == line.clocks[0].due_at


def test_a_warning_whose_time_had_passed_before_the_deadline_was_set_is_not_given(line: Line) -> None:
    line.promised["first-response"] = "5 hours"
    line.happens(4)
    assert line.newest("first-response").alarm_at == line.newest("first-response").due_at == MONDAY + timedelta(hours=5)


def test_new_rules_ring_for_nothing_that_is_late_by_them() -> None:
    line = Line()
    line.happens(3 * TUESDAY, quiet=True)
    assert (line.due("first-response"), line.newest("first-response").alarm_at) == (8, None)
    assert line.due("resolution") == 9 * TUESDAY + 8, "how long it was ours before there were deadlines is not known"
    line.promised["resolution"] = "2 hours"
    line.happens(4 * TUESDAY + 4, quiet=True)
    assert line.newest("resolution").alarm_at is None


@pytest.mark.parametrize(
    ("text", "told"),
    [("8 hours", Allowance(8, "hours")), ("90 minutes", Allowance(90, "minutes")), ("1 months", Allowance(1, "months")),
     ("", None), ("8", None), ("0 hours", None), ("-1 hours", None), ("37 months", None), ("8 moons", None), ("² hours", None)],
)  # fmt: skip
def test_an_allowance_is_spelled_in_one_way(text: str, told: Allowance | None) -> None:
    assert allowance(text) == told
    assert told is None or str(told) == text


def test_a_policy_fits_by_team_priority_tag_and_customer() -> None:
    case: dict[str, Any] = {"team_id": 1, "priority": "high", "tag_ids": [7], "addresses": ["anna@big.example"]}
    assert Fit().fits(**case)
    assert Fit(1, "high", 7, ["@big.example"]).fits(**case)
    assert Fit(customers=["anna@big.example"]).fits(**case)
    for other in (Fit(2), Fit(priority="low"), Fit(tag_id=8), Fit(customers=["@small.example", "bob@big.example"])):
        assert not other.fits(**case)


@pytest.mark.parametrize(("minutes", "may"), [(0, True), (10, True), (11, False), (-1, False)])
def test_after_a_silence_or_a_jump_the_next_look_decides(minutes: int, may: bool) -> None:
    assert may_ring(MONDAY - timedelta(minutes=minutes), MONDAY) is may
    assert not may_ring(None, MONDAY)


# ── against a slow model: it walks through random histories minute by minute ─────────────────────────────────────────

BEGIN = datetime(2026, 10, 22, 8, 0, tzinfo=UTC)  # a Thursday; on Sunday summer time ends
MINUTE = timedelta(minutes=1)
SOME_WEEKS = [BEGIN + n * MINUTE for n in range(22 * DAY)]
WORKS = {name: [hours.between(at, at + MINUTE) == 60 for at in SOME_WEEKS] for name, hours in HOURS.items()}


@dataclass
class Wait:
    """One promise of the slow model."""

    kind: str
    spent: int = 0
    due: int | None = None  # the minute in which it was used up
    ticks: bool = True
    end: str | None = None


class Slow:
    """The clocks as METRICS tell them, by a clerk who makes a stroke for each minute."""

    def __init__(self, calendar: int, minutes: int) -> None:
        self.state, self.calendar, self.minutes, self.minute = "new", calendar, minutes, 0
        self.waits = [Wait("first-response"), Wait("resolution")]

    def pass_to(self, minute: int) -> None:
        while self.minute < minute:
            self.stroke()
            self.minute += 1

    def stroke(self) -> None:
        for wait in self.waits:
            if wait.ticks and wait.due is None and wait.end is None:
                if wait.spent >= self.allowed(wait):
                    wait.due = self.minute
                elif WORKS[self.calendar][self.minute]:
                    wait.spent += 1

    def allowed(self, wait: Wait) -> int:
        return self.minutes * (3 if wait.kind == "resolution" else 1)

    def running(self, *kinds: str) -> list[Wait]:
        return [wait for wait in self.waits if wait.kind in kinds and wait.end is None]

    def ends(self, wait: Wait, end: str) -> None:
        wait.end = "missed" if wait.due is not None else end

    def mail(self) -> None:
        if self.state == "waiting" or self.state == "resolved":
            self.waits.append(Wait("next-reply"))
            self.goes_on()
        if self.state != "new":
            self.state = "open"

    def answer(self) -> None:
        for wait in self.running("first-response", "next-reply"):
            self.ends(wait, "met")
        if self.state != "resolved":
            self.state = "waiting"
            for wait in self.running("resolution"):
                wait.ticks = False

    def resolve(self) -> None:
        for wait in self.running("first-response", "next-reply"):
            self.ends(wait, "dropped")
        for wait in self.running("resolution"):
            self.ends(wait, "met")
        self.state = "resolved"

    def reopen(self) -> None:
        if self.state == "resolved":
            self.waits.append(Wait("next-reply"))
            self.goes_on()
            self.state = "open"

    def goes_on(self) -> None:
        resolution = next(wait for wait in self.waits if wait.kind == "resolution")
        resolution.ticks, resolution.end = True, None


@settings(max_examples=80, deadline=None)
@given(
    history=st.lists(
        st.tuples(
            st.integers(1, 900), st.sampled_from(["mail", "answer", "resolve", "reopen", "move", "rank"]), st.integers(0, 2)
        ),
        max_size=12,
    ),
    calendar=st.sampled_from(sorted(HOURS)),
    hours=st.integers(1, 12),
)
def test_the_clocks_agree_with_a_clerk_who_makes_a_stroke_for_each_minute(
    history: list[tuple[int, str, int]], calendar: int, hours: int
) -> None:
    def promise(minutes: int) -> dict[str, str]:
        return {
            "first-response": f"{minutes} minutes",
            "next-reply": f"{minutes} minutes",
            "resolution": f"{3 * minutes} minutes",
        }

    slow = Slow(calendar, hours * 60)
    line = Line(opened_at=BEGIN, waiting_since=BEGIN, calendar=calendar, promised=promise(hours * 60))
    line.happens(BEGIN)
    for gap, deed, choice in history:
        slow.pass_to(slow.minute + gap)
        at = BEGIN + slow.minute * MINUTE
        if deed == "move":
            slow.calendar = line.calendar = (OFFICE, NIGHT, ALWAYS)[choice]
            line.happens(at)
        elif deed == "rank":
            slow.minutes = (45, 150, 600)[choice]
            line.promised = promise(slow.minutes)
            line.happens(at)
        elif deed in ("resolve", "reopen") and (slow.state == "resolved") == (deed == "resolve"):
            continue
        else:
            getattr(slow, deed)()
            getattr(line, deed)(at)
    last = slow.minute
    for clock, wait in zip(_in_order(line.clocks), _in_order(slow.waits), strict=True):
        assert (clock.kind, clock.end) == (wait.kind, wait.end)
        if clock.stopped_at is not None or clock.paused_at is not None:
            assert (clock.breached_at is not None) == (wait.due is not None)
    slow.pass_to(min(last + 14 * DAY, len(SOME_WEEKS) - 1))
    for clock, wait in zip(_in_order(line.clocks), _in_order(slow.waits), strict=True):
        if clock.runs and wait.due is not None:
            assert clock.due_at == BEGIN + wait.due * MINUTE


def _in_order(waits: list[Any]) -> list[Any]:
    return sorted(waits, key=lambda wait: str(wait.kind))
