"""The life of a reply address, deed by deed; every end from both sides of its instant."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, cases, people
from helpdesk.actions.addresses import CannotChange
from helpdesk.models import Agent, Case, Event, ReplyAddress, Tombstone
from helpdesk.policies.addresses import RETIRED_AFTER
from helpdesk.queries import addresses as find

INSTANT = timedelta(microseconds=1)
GRACE = timedelta(days=28)


@pytest.fixture()
def row(session: Session, case: Case) -> ReplyAddress:
    return find.of_case(session, case.number)[0]


def told(session: Session, case: Case) -> list[str]:
    return list(session.scalars(select(Event.deed).where(Event.case_number == case.number).order_by(Event.id)))


def standing(row: ReplyAddress, at: datetime) -> str:
    return find.standing_of(row, at)


def test_a_new_case_gives_its_requester_an_address_of_their_own(session, case, row, monday) -> None:
    assert row.participant is case.participants[0]
    assert row.address.endswith("@reply.example.org")
    assert len(row.address.partition("@")[0]) <= 64
    assert standing(row, monday + timedelta(days=3650)) == "active"
    assert told(session, case) == ["opened", "address-issued"]


def test_two_participants_have_two_addresses(session, case, row, monday) -> None:
    carl = people.known(session, "carl@customer.example", now=monday)
    cases.add_participant(session, case, carl, now=monday)
    first, second = find.of_case(session, case.number)
    assert first.address != second.address
    assert second.participant is case.participants[1]


def test_resolving_begins_the_grace_period(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    assert row.expires_at == monday + GRACE
    assert standing(row, monday) == "grace"
    assert standing(row, monday + GRACE - INSTANT) == "grace"
    assert standing(row, monday + GRACE) == "expired"


def test_an_answer_after_the_solution_moves_the_last_day_on(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    later = monday + timedelta(days=10)
    cases.move(session, case, "we-answered", now=later)
    assert row.expires_at == later + GRACE
    assert case.resolved_at == monday


def test_a_grace_period_that_was_extended_is_never_shortened(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    addresses.extend(session, row, 100, agent=bob, now=monday)
    cases.move(session, case, "we-answered", now=monday + timedelta(days=1))
    assert row.expires_at == monday + GRACE + timedelta(days=100)


def test_reopening_makes_addresses_live_without_an_end(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    cases.reopen(session, case, now=monday, agent=bob)
    assert (row.expires_at, row.expired_at, standing(row, monday)) == (None, None, "active")


def test_reopening_wakes_an_expired_address_but_none_that_was_withdrawn(session, case, row, bob, monday) -> None:
    cases.add_participant(session, case, people.known(session, "carl@customer.example", now=monday), now=monday)
    withdrawn = find.of_case(session, case.number)[1]
    addresses.revoke(session, withdrawn, agent=bob, now=monday)
    cases.resolve(session, case, agent=bob, now=monday)
    end = monday + GRACE
    addresses.expire(session, row, now=end)
    cases.reopen(session, case, now=end, agent=bob)
    assert standing(row, end) == "active"
    assert standing(withdrawn, end) == "revoked"


def test_only_the_address_whose_day_has_come_is_due(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    assert addresses.due_to_expire(session, monday + GRACE - INSTANT) == ([], 1)
    assert addresses.due_to_expire(session, monday + GRACE) == ([row], 1)
    addresses.expire(session, row, now=monday + GRACE)
    assert addresses.due_to_expire(session, monday + GRACE) == ([], 0)
    assert told(session, case)[-1] == "expired"


def test_report_addresses_and_addresses_of_open_cases_never_expire(session, case, row, monday) -> None:
    addresses.issue_report(session, case, now=monday)
    assert addresses.due_to_expire(session, monday + timedelta(days=3650)) == ([], 0)


def test_an_expired_address_is_retired_eleven_months_later(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    end = monday + GRACE
    addresses.expire(session, row, now=end)
    assert addresses.due_to_retire(session, end + RETIRED_AFTER - INSTANT) == []
    assert addresses.due_to_retire(session, end + RETIRED_AFTER) == [row]


def test_a_withdrawn_address_is_retired_eleven_months_later(session, case, row, bob, monday) -> None:
    addresses.revoke(session, row, agent=bob, now=monday)
    assert addresses.due_to_retire(session, monday + RETIRED_AFTER - INSTANT) == []
    assert addresses.due_to_retire(session, monday + RETIRED_AFTER) == [row]


def test_of_a_retired_address_only_a_keyed_hash_stays(session, case, row, monday) -> None:
    token, address = row.token, row.address
    addresses.retire(session, row, now=monday)
    assert standing(row, monday) == "retired"
    assert find.by_token(session, "reply", token) is None
    assert find.is_tombstone(session, token)
    assert address not in f"{row.address} {row.token}"
    tomb = session.scalars(select(Tombstone)).one()
    assert token not in tomb.digest
    assert told(session, case)[-1] == "address-retired"


def test_a_token_that_was_ever_given_out_is_not_given_out_again(session, case, row, monday, monkeypatch) -> None:
    retired, living = row.token, addresses.issue(session, case.participants[0], now=monday).token
    addresses.retire(session, row, now=monday)
    fresh = "k7w4jyazqs"
    chances = iter(retired + living + fresh)
    monkeypatch.setattr("helpdesk.actions.addresses.secrets.choice", lambda _alphabet: next(chances))
    assert addresses.issue(session, case.participants[0], now=monday).token == fresh


def test_a_withdrawn_address_is_dead_at_once_and_stays_so(session, case, row, bob, monday) -> None:
    addresses.revoke(session, row, agent=bob, now=monday)
    assert standing(row, monday) == "revoked"
    addresses.revoke(session, row, agent=bob, now=monday + timedelta(days=1))
    assert row.revoked_at == monday
    assert told(session, case).count("address-revoked") == 1


def test_whoever_had_a_withdrawn_address_gets_a_new_one_with_the_next_answer(session, case, row, bob, monday) -> None:
    addresses.revoke(session, row, agent=bob, now=monday)
    fresh = addresses.ensure(session, case.participants[0], now=monday)
    assert fresh.address != row.address
    assert addresses.ensure(session, case.participants[0], now=monday) is fresh


def test_rotating_gives_a_new_address_with_the_same_last_day(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    fresh = addresses.rotate(session, row, agent=bob, now=monday)
    assert standing(row, monday) == "revoked"
    assert (fresh.participant, fresh.expires_at) == (row.participant, monday + GRACE)


def test_rotating_an_expired_address_gives_one_that_works(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    end = monday + GRACE
    addresses.expire(session, row, now=end)
    fresh = addresses.rotate(session, row, agent=bob, now=end)
    assert standing(fresh, end) == "grace"


def test_a_withdrawn_address_is_not_rotated_into_a_second_new_one(session, case, row, bob, monday) -> None:
    addresses.rotate(session, row, agent=bob, now=monday)
    with pytest.raises(CannotChange):
        addresses.rotate(session, row, agent=bob, now=monday)


def test_extending_counts_from_the_last_day(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    addresses.extend(session, row, 7, agent=bob, now=monday)
    assert row.expires_at == monday + GRACE + timedelta(days=7)
    assert told(session, case)[-1] == "address-extended"


def test_an_expired_address_that_is_extended_lives_again_from_now_on(session, case, row, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    addresses.expire(session, row, now=monday + GRACE)
    later = monday + timedelta(days=60)
    addresses.extend(session, row, 7, agent=bob, now=later)
    assert (row.expires_at, row.expired_at) == (later + timedelta(days=7), None)
    assert standing(row, later) == "grace"


@pytest.mark.parametrize("days", [0, -1, 366, 10_000])
def test_an_extension_is_a_day_to_a_year(session, case, row, bob, monday, days) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    with pytest.raises(CannotChange, match="1 to 365 days"):
        addresses.extend(session, row, days, agent=bob, now=monday)


def test_what_has_no_end_is_not_extended(session, case, row, bob, monday) -> None:
    with pytest.raises(CannotChange, match="nothing to extend"):
        addresses.extend(session, row, 7, agent=bob, now=monday)


def test_what_was_withdrawn_or_retired_is_not_extended_and_not_withdrawn_again(session, case, row, bob, monday) -> None:
    addresses.revoke(session, row, agent=bob, now=monday)
    with pytest.raises(CannotChange, match="withdrawn or retired"):
        addresses.extend(session, row, 7, agent=bob, now=monday)
    addresses.retire(session, row, now=monday)
    with pytest.raises(CannotChange, match="withdrawn or retired"):
        addresses.extend(session, row, 7, agent=bob, now=monday)
    with pytest.raises(CannotChange, match="retired already"):
        addresses.revoke(session, row, agent=bob, now=monday)


def test_an_address_in_the_plus_form_stands_behind_the_desk_s_name(session, case, row) -> None:
    house = session.info["house"]
    session.info["house"] = house._replace(settings=house.settings.model_copy(update={"reply_form": "plus"}))
    plus = addresses.issue(session, case.participants[0], now=case.opened_at)
    local, _, domain = plus.address.partition("@")
    assert (local.partition("+")[0], domain) == ("help", "example.org")
    assert len(local) <= 64


def test_every_change_says_who_made_it(session, case, row, bob: Agent, monday) -> None:
    addresses.rotate(session, row, agent=bob, now=monday)
    revoked = session.scalars(select(Event).where(Event.deed == "address-revoked")).one()
    assert (revoked.agent, revoked.thing) == (bob, f"address {row.id}")
    assert (revoked.before["revoked"], revoked.after["revoked"]) == (False, True)
    assert row.address not in str(revoked.after)
