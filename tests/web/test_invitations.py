"""What a mail is besides its words, on the page of its case: an invitation as a card, signed and encrypted as a quiet line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import pytest

from helpdesk import db
from mail.letter import Invitation
from tests.web.browsing import Browser, anna_writes, mail_comes, words_of

Windows = Callable[..., Browser]

DRILL = Invitation(
    "REQUEST",
    "Fire drill <b>",
    "2026-11-02T10:00:00+01:00",
    "2026-11-02T11:30:00+01:00",
    "Europe/Berlin",
    where="Yard",
    organiser="Anna <anna@customer.example>",
    repeats="weekly",
)


@pytest.fixture
def card(browser: Windows, database: db.Database) -> Callable[..., str]:
    """The words of the page of a case in which this event came."""

    def show(language: str = "en", **event: object) -> str:
        number = anna_writes(database, "Please come.", traits={"invitation": {**asdict(DRILL), **event}})
        return words_of(browser("bob").get(f"/cases/{number}", headers={"Accept-Language": language}))

    return show


def test_an_invitation_is_a_card_with_what_when_where_and_by_whom(card: Callable[..., str]) -> None:
    words = card()
    assert "Invitation Fire drill <b> When Monday, 2 November 2026, 10:00–\u206011:30 (Europe/Berlin) every week" in words
    assert "Where Yard By Anna <anna@customer.example>" in words
    assert "Nothing was answered or put into a calendar." in words


def test_the_card_speaks_german(card: Callable[..., str]) -> None:
    words = card("de")
    assert (
        "Einladung Fire drill <b> Wann Montag, 2. November 2026, 10:00–\u206011:30 (Europe/Berlin) wöchentlich Wo Yard Von Anna"
        in words
    )


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            {"starts": "2026-11-02T09:00:00+00:00", "ends": None, "zone": "UTC", "repeats": ""},
            "When Monday, 2 November 2026, 09:00 (UTC) here: Monday, 2 November 2026, 10:00 (Europe/Berlin) Where",
        ),
        (
            {"starts": "2026-11-02T09:00:00", "ends": "2026-11-02T08:00:00", "zone": "Ours"},
            "When Monday, 2 November 2026, 09:00 (Ours) every week",
        ),
        (
            {"starts": "2026-11-02T22:00:00", "ends": "2026-11-03T02:00:00", "zone": "", "repeats": "otherwise"},
            "2 November 2026, 22:00 – Tuesday, 3 November 2026, 02:00 more than once",
        ),
        ({"starts": "2026-11-02", "ends": "2026-11-03", "all_day": True, "zone": ""}, "Monday, 2 November 2026, all day"),
        (
            {"starts": "2026-11-02", "ends": "2026-11-05", "all_day": True, "zone": ""},
            "Monday, 2 November 2026 – Wednesday, 4 November 2026, all day",
        ),
        ({"starts": "2026-11-02", "ends": None, "all_day": True, "zone": ""}, "Monday, 2 November 2026, all day"),
        ({"starts": "9999-12-31T23:59:59-12:00", "ends": None, "zone": "x"}, "9999, 23:59 (x)"),
        ({"starts": None, "ends": None}, "Fire drill <b> Where Yard"),
        ({"method": "CANCEL"}, "Cancelled appointment Fire drill"),
        ({"method": "PUBLISH"}, "Appointment Fire drill"),
        ({"method": "COUNTER"}, "Question about an appointment Fire drill"),
        ({"method": "REPLY", "answers": [["Anna", "declined"]]}, "Answer to an invitation Fire drill"),
        ({"method": "REPLY", "answers": [["Anna", "declined"]]}, "Declined Anna"),
    ],
)
def test_when_it_is_and_what_it_is(card: Callable[..., str], event: dict[str, object], said: str) -> None:
    assert said in card(**event)


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("signed", "signed; the signature was not checked"),
        ("partly-signed", "only a part of it is signed; the signature was not checked"),
        ("encrypted", "encrypted: we cannot read it"),
    ],
)
def test_signed_and_encrypted_are_said_quietly(browser: Windows, database: db.Database, mark: str, said: str) -> None:
    number = anna_writes(database, traits={"marks": [mark]})
    assert f"Anna Kundin wrote {said}" in words_of(browser("bob").get(f"/cases/{number}"))


def test_a_doubtful_mail_tells_it_too_and_another_tells_nothing(browser: Windows, database: db.Database) -> None:
    number = anna_writes(database)
    assert "signature" not in words_of(browser("bob").get(f"/cases/{number}"))
    mail_comes(database, number, "x", counts=False, flags=["stranger"], traits={"marks": ["signed"], "invitation": asdict(DRILL)})
    words = words_of(browser("bob").get(f"/cases/{number}"))
    assert "signed; the signature was not checked" in words
    assert "Invitation Fire drill" in words
