"""Public holidays of countries and regions, and days that are free only in some places."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.policies.public_holidays import countries, easter, is_known, local_days, public, region_names


@pytest.mark.parametrize(
    ("region", "day", "free"),
    [
        ("", date(2026, 10, 3), True),
        ("BY", date(2026, 1, 6), True),
        ("BE", date(2026, 1, 6), False),
        ("SN", date(2026, 11, 18), True),
        ("BY", date(2026, 11, 18), False),
        ("NW", date(2026, 6, 4), True),
        ("Augsburg", date(2026, 8, 8), True),
        ("BY", date(2026, 8, 8), False),
    ],
)
def test_each_german_land_has_its_own_holidays(region: str, day: date, free: bool) -> None:
    assert (day in public("DE", region, day.year)) is free


def test_the_laender_are_called_by_their_names() -> None:
    names = region_names("DE")
    assert (names["NW"], names["TH"]) == ("Nordrhein-Westfalen", "Thüringen")
    assert list(names.values())[1:4] == ["Baden-Württemberg", "Bayern", "Berlin"]


def test_holidays_are_called_in_the_language_of_the_reader() -> None:
    assert public("DE", "", 2026, "de")[date(2026, 4, 3)] == "Karfreitag"
    assert public("DE", "", 2026, "en")[date(2026, 4, 3)] == "Good Friday"


def test_without_a_country_no_day_is_free() -> None:
    assert public("", "", 2026) == public("XX", "", 2026) == {}
    assert is_known("", "")
    assert is_known("DE", "BY")
    assert not any((is_known("XX", ""), is_known("DE", "Atlantis"), is_known("", "BY")))
    assert len(countries()) > 100


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25)), (2285, (3, 22)), (1981, (4, 19))]
)
def test_easter_falls_on_its_sunday(year: int, sunday: tuple[int, int]) -> None:
    assert easter(year) == date(year, *sunday)


def test_what_is_free_only_in_some_places_is_a_switch() -> None:
    assert local_days(["christmas-eve", "new-years-eve"], 2026) == {
        date(2026, 12, 24): "christmas-eve",
        date(2026, 12, 31): "new-years-eve",
    }
    days = set(local_days(["carnival-monday", "shrove-tuesday", "corpus-christi", "assumption"], 2026))
    assert days == {date(2026, 2, 16), date(2026, 2, 17), date(2026, 6, 4), date(2026, 8, 15)}
