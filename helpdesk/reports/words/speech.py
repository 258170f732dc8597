"""How a report speaks: numbers, durations, shares, days and periods as people of a language say them."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from helpdesk import words
from helpdesk.policies import periods
from helpdesk.reports.report import Amount, Period, Time

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
SAME = 0.03  # of the earlier value: less is no change that one would speak of


class Speech:
    """One language, the zone in which instants are said, and which time a duration is of."""

    def __init__(self, language: str, zone: tzinfo, time: Time = "working") -> None:
        self.language, self.zone, self.time = words.spoken(language), zone, time
        self._catalogue = words.translations(self.language)

    def gettext(self, message: str, **values: Any) -> str:
        return self._catalogue.gettext(message) % values

    def ngettext(self, one: str, many: str, n: float, **values: Any) -> str:
        return self._catalogue.ngettext(one, many, int(n)) % {"num": self.number(n), **values}

    def number(self, value: float) -> str:
        """«1,204», «2.5»."""
        return str(format_decimal(round(value, 1), locale=self.language))

    def percent(self, share: float) -> str:
        """«91 %»."""
        return str(format_percent(share, locale=self.language))

    def duration(self, seconds: float) -> str:
        """«38 min», «2 h 10 min», «38 h»; of calendar time from two days on «5 days 3 h»."""
        _, left = self.gettext, max(round(seconds / MINUTE), 0)
        if left == 0:
            return _("under 1 min")
        hours, minutes = divmod(left, 60)
        if not hours:
            return _("%(minutes)s min", minutes=minutes)
        if hours < 24:
            short = _("%(hours)s h %(minutes)s min", hours=hours, minutes=f"{minutes:02}")
            return short if minutes else _("%(hours)s h", hours=hours)
        if self.time == "calendar" and hours >= 48:
            days, hours = divmod(hours, 24)
            told = self.ngettext("%(num)s day", "%(num)s days", days)
            return f"{told} {_('%(hours)s h', hours=hours)}" if hours and days < 14 else told
        return _("%(hours)s h", hours=self.number(hours + (minutes >= 30)))

    def moment_long(self, seconds: float) -> str:
        """«4 s»: of what takes seconds; a minute and more as any duration."""
        return self.gettext("%(seconds)s s", seconds=self.number(seconds)) if seconds < MINUTE else self.duration(seconds)

    def amount(self, amount: Amount) -> str:
        """The value as it is read; «nothing measured» where there was nothing."""
        _ = self.gettext
        if amount.value is None or (amount.kind == "share" and not amount.of):
            return _("nothing measured")
        match amount.kind:
            case "seconds":
                return self.duration(amount.value)
            case "share":
                return _("%(part)s of %(whole)s", part=self.number(amount.value), whole=self.number(amount.of or 0))
            case _:
                return self.number(amount.value)

    def change(self, now: Amount, before: Amount | None, *, least: int = MINUTE) -> str:
        """How the one differs from the other: «40 min faster», «2 percentage points more»; "" where it cannot be said.

        `least`: so many seconds of difference are worth a word.
        """
        _ = self.gettext
        this, that = quotient(now), quotient(before)
        if this is None or that is None:
            return ""
        difference = this - that
        if now.kind == "share":
            points = round(this * 100) - round(that * 100)
            if not points:
                return _("the same")
            more, n = points > 0, abs(points)
            return (
                self.ngettext("%(num)s percentage point more", "%(num)s percentage points more", n)
                if more
                else self.ngettext("%(num)s percentage point less", "%(num)s percentage points less", n)
            )
        if now.kind == "seconds":
            if abs(difference) < max(least, that * SAME):
                return _("the same")
            length = self.moment_long(abs(difference))
            return _("%(time)s faster", time=length) if difference < 0 else _("%(time)s slower", time=length)
        if round(abs(difference), 1) == 0:
            return _("the same")
        count = self.number(abs(difference))
        return _("%(num)s more", num=count) if difference > 0 else _("%(num)s fewer", num=count)

    # ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def day(self, day: date, *, year: bool = False) -> str:
        """«16 November», «16. November 2026»."""
        pattern = "d. MMMM" if self.language == "de" else "d MMMM"
        return format_date(day, pattern + " y" if year else pattern, locale=self.language)

    def short_day(self, day: date) -> str:
        """«16 Nov», «16.11.»."""
        return format_date(day, "d.M." if self.language == "de" else "d MMM", locale=self.language)

    def instant(self, at: datetime, *, year: bool = False) -> str:
        """«21 November, 14:32»."""
        local = at.astimezone(self.zone)
        return f"{self.day(local.date(), year=year)}, {local:%H:%M}"

    def moment(self, at: datetime) -> str:
        """«Mon 16 Nov, 09:12»: in a list."""
        local = at.astimezone(self.zone)
        pattern = "ccc, d. MMM" if self.language == "de" else "ccc d MMM"
        return f"{format_date(local.date(), pattern, locale=self.language)}, {local:%H:%M}"

    def weekday(self, number: int) -> str:
        """«Mon», «Mo»; 0 is Monday."""
        return str(format_date(date(2024, 1, 1 + number), "ccc", locale=self.language)).rstrip(".")

    def days(self, period: Period) -> str:
        """«16 to 22 November 2026»; a single day alone."""
        first, last = period.first, period.last
        if first == last:
            return self.day(first, year=True)
        if first.year != last.year:
            return self.gettext("%(first)s to %(last)s", first=self.day(first, year=True), last=self.day(last, year=True))
        begin = self.day(first)
        if first.month == last.month:
            begin = f"{first.day}." if self.language == "de" else str(first.day)
        return self.gettext("%(first)s to %(last)s", first=begin, last=self.day(last, year=True))

    def named(self, period: Period) -> str:
        """What one calls it: «week 47», «November 2026», «Sunday, 22 November»."""
        days = (period.first, period.last)
        match periods.length(days):
            case "week":
                return self.gettext("week %(number)s", number=period.first.isocalendar().week)
            case "month":
                return format_date(period.first, "MMMM y", locale=self.language)
            case "year":
                return str(period.first.year)
            case "day":
                weekday = format_date(period.first, "EEEE", locale=self.language)
                return f"{weekday}, {self.day(period.first)}"
            case _:
                return self.days(period)

    def earlier(self, period: Period) -> str:
        """The heading for what was before: «Week before»."""
        _ = self.gettext
        match periods.length((period.first, period.last)):
            case "week":
                return _("Week before")
            case "month":
                return _("Month before")
            case "year":
                return _("Year before")
            case "day":
                return _("Day before")
            case _:
                return _("Period before")


def quotient(amount: Amount | None) -> float | None:
    """The value as one number to compare."""
    if amount is None or amount.value is None:
        return None
    if amount.kind == "share":
        return amount.value / amount.of if amount.of else None
    return amount.value
