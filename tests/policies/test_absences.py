"""Who acts for whom while people are away."""

from __future__ import annotations

from datetime import date

from helpdesk.policies.absences import acts_for, covers, stand_in

BOB, DANA, ERIK = 1, 2, 3


def test_an_absence_lasts_from_its_first_day_to_its_last_both_included() -> None:
    days = [date(2026, 11, day) for day in (1, 2, 6, 7)]
    assert [covers(date(2026, 11, 2), date(2026, 11, 6), day) for day in days] == [False, True, True, False]


def test_whoever_is_here_acts_for_themselves_and_else_the_deputy_does() -> None:
    assert (stand_in(BOB, {}), stand_in(BOB, {BOB: DANA})) == (BOB, DANA)


def test_the_deputy_of_a_deputy_who_is_away_acts() -> None:
    assert stand_in(BOB, {BOB: DANA, DANA: ERIK}) == ERIK
    assert acts_for(ERIK, {BOB: DANA, DANA: ERIK}) == {BOB, DANA}
    assert acts_for(DANA, {BOB: DANA, DANA: ERIK}) == set()


def test_a_circle_of_deputies_and_a_chain_without_end_name_nobody() -> None:
    assert stand_in(BOB, {BOB: DANA, DANA: BOB}) is None
    assert stand_in(BOB, {BOB: BOB}) is None
    assert stand_in(BOB, {BOB: DANA, DANA: None}) is None
    assert acts_for(BOB, {BOB: DANA, DANA: BOB}) == set()
