"""When messages of theirs come in: by weekday and hour."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Heat

HOURS, WEEKDAYS = 24, 7
DAY = timedelta(days=1)


def heat(reading: Reading) -> Heat:
    """A mean for each such hour of the days of the period that are over or have begun."""
    period = reading.scope.period
    last = min(period.last, reading.scope.now.date())
    days = Counter((period.first + n * DAY).weekday() for n in range((last - period.first).days + 1))
    arrived = reading.values("arrived", period)
    counted = ((hour, arrived.count(hour)) for hour in range(WEEKDAYS * HOURS))
    cells = {divmod(hour, HOURS): number / max(1, days[hour // HOURS]) for hour, number in counted if number}
    return Heat("arrivals-by-hour", cells, behind="arrivals")
