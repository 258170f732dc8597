"""When the desk may acknowledge a mail (RFC 3834), and when it stays silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpdesk.policies.automatic import Lately, Sent, is_machine, is_storm, why_no_acknowledgement

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
DAY = timedelta(hours=24)
NOTHING = Sent(acknowledgements=0, to_address=0, this_minute=0)


def silent(**different: Any) -> str | None:
    usual = {
        "address": "anna@customer.example",
        "own": False,
        "wanted": True,
        "received_at": NOON,
        "sent_at": None,
        "since": None,
        "sent": NOTHING,
    }
    return why_no_acknowledgement(**{**usual, **different})


def test_new_mail_of_a_person_is_acknowledged() -> None:
    assert silent() is None


def test_a_desk_that_does_not_wish_it_acknowledges_nothing() -> None:
    assert silent(wanted=False) == "this desk does not acknowledge"


def test_our_own_addresses_are_never_acknowledged() -> None:
    assert silent(own=True) == "the sender is a machine"


@pytest.mark.parametrize(
    "address",
    [
        "mailer-daemon@mx.example",
        "MAILER-DAEMON@mx.example",
        "postmaster@mx.example",
        "noreply@shop.example",
        "no-reply@shop.example",
        "no_reply@shop.example",
        "donotreply@shop.example",
        "do-not-reply@shop.example",
        "bounce@shop.example",
        "bounces@shop.example",
        "bounces-123=anna=customer.example@shop.example",
        "bounce-4711@shop.example",
        "owner-list@lists.example",
        "list-request@lists.example",
    ],
)
def test_a_mailbox_behind_which_a_machine_sits_is_never_acknowledged(address: str) -> None:
    assert is_machine(address)
    assert silent(address=address) == "the sender is a machine"


@pytest.mark.parametrize(
    "address", ["anna@customer.example", "owner@shop.example", "request@shop.example", "bob@noreply.example"]
)
def test_a_person_with_a_name_like_a_machine_s_is_a_person(address: str) -> None:
    assert not is_machine(address)


def test_mail_that_was_a_day_on_its_way_is_acknowledged_and_a_moment_more_is_not() -> None:
    assert silent(sent_at=NOON - DAY) is None
    assert silent(sent_at=NOON - DAY - INSTANT) == "the mail is older than 24 hours"


def test_mail_that_lay_in_the_mailbox_before_it_was_connected_is_not_acknowledged() -> None:
    connected = NOON - timedelta(hours=1)
    assert silent(since=connected, sent_at=connected) is None
    assert silent(since=connected, sent_at=connected - INSTANT) == "the mail is older than the mailbox's connection"


def test_the_third_acknowledgement_of_a_day_is_the_last() -> None:
    assert silent(sent=Sent(acknowledgements=2, to_address=2, this_minute=2)) is None
    assert silent(sent=Sent(acknowledgements=3, to_address=3, this_minute=3)) == "this sender was acknowledged three times today"


def test_the_fifth_automatic_mail_of_a_day_to_an_address_is_the_last() -> None:
    assert silent(sent=Sent(acknowledgements=0, to_address=4, this_minute=0)) is None
    assert silent(sent=Sent(acknowledgements=0, to_address=5, this_minute=0)) == "the budget of automatic mail is used up"


def test_the_sixtieth_automatic_mail_of_a_minute_is_the_last() -> None:
    assert silent(sent=Sent(acknowledgements=0, to_address=0, this_minute=59)) is None
    assert silent(sent=Sent(acknowledgements=0, to_address=0, this_minute=60)) == "the budget of automatic mail is used up"


@pytest.mark.parametrize(("in_ten_minutes", "in_an_hour", "storm"), [(5, 5, False), (6, 6, True), (1, 30, False), (1, 31, True)])
def test_a_storm_is_more_than_five_mails_in_ten_minutes_or_thirty_in_an_hour(
    in_ten_minutes: int, in_an_hour: int, storm: bool
) -> None:
    lately = Lately(in_ten_minutes, in_an_hour)
    assert is_storm(lately) is storm
    assert silent(lately=lately, level=3) == ("too much came from this sender at once" if storm else None)


def test_what_reads_like_an_acknowledgement_is_acknowledged_only_where_nothing_automatic_went_before() -> None:
    assert silent(acknowledges=True) is None
    one_before = Sent(acknowledgements=1, to_address=1, this_minute=0)
    assert silent(sent=one_before) is None
    assert silent(acknowledges=True, sent=one_before) == "it reads like an answer to our own automatic mail"


@pytest.mark.parametrize("level", [1, 2, 3])
def test_ten_thousand_mails_in_a_victim_s_name_cost_the_victim_three_mails_a_day_and_five_at_the_most(level: int) -> None:
    gone = 0
    for _mail in range(10_000):
        gone += silent(sent=Sent(acknowledgements=gone, to_address=gone, this_minute=0), level=level) is None
    assert gone == (3 if level == 1 else 5)
