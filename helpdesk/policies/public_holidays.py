"""Days on which nobody works: the public holidays of countries and regions, and days that are free only in some places."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal, get_args

LocalDay = Literal["christmas-eve", "new-years-eve", "carnival-monday", "shrove-tuesday", "corpus-christi", "assumption"]
LOCAL_DAYS: tuple[LocalDay, ...] = get_args(LocalDay)

_FIXED: dict[str, tuple[int, int]] = {
    "christmas-eve": (12, 24),
    "new-years-eve": (12, 31),
    "assumption": (8, 15),  # in the Catholic places of Bavaria
}
_FROM_EASTER: dict[str, int] = {
    "carnival-monday": -48,
    "shrove-tuesday": -47,
    "corpus-christi": 60,  # in the Catholic places of Saxony and Thuringia
}


def local_days(names: Collection[str], year: int) -> dict[date, str]:
    """The days of a year that these names stand for."""
    fixed = {date(year, *_FIXED[name]): name for name in names if name in _FIXED}
    return fixed | {easter(year) + timedelta(days=_FROM_EASTER[name]): name for name in names if name in _FROM_EASTER}


@lru_cache(maxsize=500)
def public(country: str, region: str, year: int, language: str = "en") -> dict[date, str]:
    """The public holidays of a country, and of one of its regions where it is named: day → what it is called.

    In `language` where its names are known in it.  Empty for a country that nobody knows.
    """
    if not country:
        return {}
    house = _known()
    try:
        kind = house.country_holidays(country)
        spoken = next((one for one in kind.supported_languages if one.startswith(language)), None)
        found = house.country_holidays(country, subdiv=region or None, years=year, language=spoken)
    except NotImplementedError:
        return {}
    return {day: str(name) for day, name in sorted(found.items())}


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """The countries whose holidays are known (ISO 3166), each with the regions that have their own."""
    found = _known().list_supported_countries(include_aliases=False)
    return {str(code): tuple(regions) for code, regions in found.items() if len(code) == 2}


def region_names(country: str) -> dict[str, str]:
    """The regions of a country with their names, by name; a region without one is called by its code."""
    codes = countries().get(country, ())
    named = _known().country_holidays(country).get_subdivision_aliases() if codes else {}
    names = {code: _longest(named.get(code, ()), code) for code in codes}
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def is_known(country: str, region: str) -> bool:
    """Whether there are holidays for this choice; "" chooses nothing."""
    return (not country and not region) or (country in countries() and (not region or region in countries()[country]))


def easter(year: int) -> date:
    """Easter Sunday (Gauss, as Lichtenberg completed it)."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    d = (19 * (year % 19) + m) % 30
    r = (d + year % 19 // 11) // 29
    full_moon = 21 + d - r
    sunday = 7 - (year + year // 4 + 2 - (3 * k + 3) // 4) % 7
    return date(year, 3, 1) + timedelta(days=full_moon + 7 - (full_moon - sunday) % 7 - 1)


def _longest(names: Collection[str], otherwise: str) -> str:
    return max(names, key=len, default=otherwise)


def _known() -> Any:
    import holidays  # reads itself in only where somebody chose a country: it takes a quarter of a second

    return holidays
