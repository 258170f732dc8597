"""Which day of an answer's words can become a promise, in German and English, and what is none."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policies.promised_days import AHEAD, Found, promised

TODAY = date(2026, 11, 25)  # a Wednesday
NOW = time(10, 30)


def on_weekdays(day: date) -> bool:
    return day.weekday() < 5


def found(text: str, today: date = TODAY) -> Found | None:
    return promised(text, today, NOW, on_weekdays)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ich melde mich bis Freitag bei Ihnen.", date(2026, 11, 27)),
        ("Wir schicken Ihnen das Gerät morgen.", date(2026, 11, 26)),
        ("Übermorgen wissen wir mehr.", date(2026, 11, 27)),
        ("Sie hören am 3. Dezember von mir.", date(2026, 12, 3)),
        ("Sie hören bis zum 3.12. von uns.", date(2026, 12, 3)),
        ("Sie hören bis 03.12.2026 von uns.", date(2026, 12, 3)),
        ("Wir antworten Ihnen innerhalb von zwei Tagen.", date(2026, 11, 27)),
        ("Wir antworten Ihnen binnen 3 Werktagen.", date(2026, 11, 30)),
        ("Nächste Woche rufe ich Sie an.", date(2026, 12, 4)),
        ("Bis Ende der Woche haben wir das geklärt.", date(2026, 11, 27)),
        ("Ich prüfe das und melde mich spätestens am Mittwoch.", date(2026, 12, 2)),
        ("Am 5. Januar melden wir uns.", date(2027, 1, 5)),
        ("You will hear from us by Friday.", date(2026, 11, 27)),
        ("We'll get back to you tomorrow.", date(2026, 11, 26)),
        ("I will write again next week.", date(2026, 12, 4)),
        ("I'll call you on next Friday.", date(2026, 12, 4)),
        ("We promise an answer within two days.", date(2026, 11, 27)),
        ("We answer within 3 working days.", date(2026, 11, 30)),
        ("You'll have it by December 3rd.", date(2026, 12, 3)),
        ("You'll have it by 3 December 2026.", date(2026, 12, 3)),
        ("You'll have it by 2026-12-03, from us.", date(2026, 12, 3)),
        ("We'll answer within 48 hours.", date(2026, 11, 27)),
        ("I sent it to the workshop.\n\nWe will tell you by the end of this week.", date(2026, 11, 27)),
    ],
)
def test_a_day_that_we_name_is_found(text: str, day: date) -> None:
    assert found(text) == Found(day)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ich melde mich bis Freitag, 14 Uhr.", Found(date(2026, 11, 27), time(14))),
        ("Ich melde mich bis morgen um 9:30 Uhr.", Found(date(2026, 11, 26), time(9, 30))),
        ("We'll call you tomorrow at 2 pm.", Found(date(2026, 11, 26), time(14))),
        ("Wir melden uns bis 16 Uhr.", Found(TODAY, time(16))),
        ("We'll call by 12 am on Friday.", Found(date(2026, 11, 27))),
    ],
)
def test_with_its_hour_where_one_is_named(text: str, what: Found) -> None:
    assert found(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "Guten Morgen Frau Brandt, wir haben Ihre Nachricht gelesen.",
        "Haben wir das bis Freitag?",
        "Bitte schicken Sie uns die Rechnung bis Freitag.",
        "Please send us the invoice by Friday.",
        "Können Sie uns bis Freitag antworten?",
        "Am Freitag haben wir das Paket verschickt.",
        "We sent the parcel on Monday.",
        "> Sie hören bis Freitag von uns.",
        "Sie schrieben: „Wir melden uns bis Freitag.“",
        "Wir erstatten Ihnen 3.12 € für die Bestellung.",
        "Wir erstatten Ihnen 13,12 EUR.",
        "We refund 3.12 EUR for order 4711-0938-22.",
        "Wir haben Version 3.12.1 eingespielt.",
        "Unsere Nummer ist 03.12.4711-99.",
        "Wir haben Ihre Mail vom 3. Oktober gelesen.",
        "We have your mail of October 3.",
        "Wir melden uns bis 9 Uhr.",
        "Wir melden uns am 31. Februar.",
        "Wir melden uns bis 2020-01-01.",
        "We may have to march to May's shop.",
        "",
    ],
)
def test_what_is_asked_quoted_past_or_a_number_is_no_promise(text: str) -> None:
    assert found(text) is None


def test_the_end_of_a_time_comes_before_any_other_day() -> None:
    assert found("We'll look at it tomorrow. You'll have an answer by Monday.") == Found(date(2026, 11, 30))


GERMAN = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(1, 7), st.integers(1, 180))
def test_any_day_to_come_is_found_as_it_is_said(today: date, few: int, many: int) -> None:
    near, far = today + timedelta(days=few), today + timedelta(days=many)
    assert found(f"Wir melden uns bis {GERMAN[near.weekday()]}.", today) == Found(near)
    assert found(f"Wir melden uns bis {near:%A}.", today) == Found(near)
    assert found(f"Wir melden uns bis zum {far.day}.{far.month}.", today) == Found(far)
    assert found(f"Wir melden uns bis {far.day:02}.{far.month:02}.{far.year}.", today) == Found(far)
    assert found(f"We'll write by {MONTHS[far.month - 1]} {far.day}.", today) == Found(far)
    assert found(f"We'll write by {far.isoformat()}.", today) == Found(far)


_amounts = st.decimals(0, 99999, places=2).map(str)
_orders = st.from_regex(r"[0-9]{3,6}(-[0-9]{2,5}){0,3}", fullmatch=True)


@given(st.one_of(_amounts.map("{} €".format), _amounts.map("EUR {}".format), _orders, st.integers(0, 10**9).map(str)))
def test_prices_and_order_numbers_are_no_days(thing: str) -> None:
    assert found(f"Wir erstatten Ihnen {thing} und schreiben die Nummer {thing} dazu") is None


@given(st.text(max_size=200), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_of_any_text_only_days_to_come_are_offered(text: str, today: date) -> None:
    for one in (found(text, today), found(f"Wir bis {text}", today)):
        assert one is None or today <= one.day <= today + 2 * AHEAD


@given(st.text(max_size=80).map(lambda text: text.replace("\n", " ").replace("\r", " ")))
def test_what_is_quoted_promises_nothing(text: str) -> None:
    line = " ".join(text.split())
    assert found(f"> {line} Wir melden uns bis Freitag") is None
