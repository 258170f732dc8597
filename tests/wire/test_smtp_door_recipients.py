"""Whom the SMTP door takes mail for, and what it says to all others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from helpdesk import clock, db
from helpdesk.actions import addresses, agents, cases, desks, people
from helpdesk.models import ReplyAddress
from helpdesk.policies.addresses import REFUSAL_DELAY, encode
from helpdesk.queries import addresses as find
from mail.smtp.reception import Limits
from tests.doors import DESK, Talk, kept, open_door

ANNA, MALLORY = "anna@customer.example", "mallory@evil.example"
GRACE = timedelta(days=28)
INSTANT = timedelta(microseconds=1)


class Story:
    """One case of Anna's, and her address."""

    def __init__(self, database: db.Database, now: datetime) -> None:
        self.database, self.now = database, now
        with database.transaction() as session:
            desks.sync_from_settings(session, now=now)
            desk = find.desk_at(session, DESK)
            assert desk
            self.case = cases.open_case(session, desk, people.known(session, ANNA, now=now), "Fire", now=now)
            (row,) = find.of_case(session, self.case.number)
            self.id, self.address = row.id, row.address

    def resolve(self) -> None:
        with self.database.transaction() as session:
            cases.resolve(session, session.merge(self.case), agent=None, now=self.now)

    def change(self, **columns: datetime) -> None:
        with self.database.transaction() as session:
            for name, value in columns.items():
                setattr(session.get_one(ReplyAddress, self.id), name, value)


@pytest.fixture()
def story(database: db.Database, monday: datetime) -> Story:
    return Story(database, monday)


def answer(database: db.Database, recipient: str, sender: str = ANNA, **settings: object) -> str:
    """What RCPT hears."""
    with open_door(database, **settings) as door, Talk(door) as talk:
        assert talk.say(f"MAIL FROM:<{sender}>").startswith("250")
        return talk.say(f"RCPT TO:<{recipient}>")


@pytest.mark.parametrize("sender", [ANNA, MALLORY, ""])
def test_a_living_case_address_is_open_to_everybody(story: Story, sender: str) -> None:
    assert answer(story.database, story.address, sender).startswith("250 2.1.5")
    story.resolve()
    assert answer(story.database, story.address, sender).startswith("250 2.1.5")


@pytest.mark.parametrize(
    "form",
    [
        str.upper,
        lambda a: a.replace("-", "", 5),
        lambda a: '"{}"@{}'.format(*a.split("@")),
        lambda a: a.replace("@", "+tag@"),
        lambda a: a.replace("@", ".@"),
        lambda a: a + ".",
    ],
    ids=["upper case", "no hyphens", "quoted", "with a tag", "dot", "dot after the domain"],
)
def test_what_mail_programs_do_to_an_address_is_forgiven(story: Story, form) -> None:
    assert answer(story.database, form(story.address)).startswith("250 2.1.5")


@pytest.mark.parametrize("symbol", ["0", "1", "i", "l", "o", "x", "y"])
def test_a_mistyped_address_is_refused_before_data(story: Story, symbol: str) -> None:
    wrong = symbol if symbol != story.address[4] else "z"
    said = answer(story.database, story.address[:4] + wrong + story.address[5:])
    assert said.startswith("550 5.1.1")
    assert "looks mistyped" in said
    assert DESK in said


def test_a_guess_with_valid_check_symbols_is_refused_like_any_unknown_address(story: Story) -> None:
    story.resolve()
    guess = encode("reply", "3tsb4zerbu", domain="reply.example.org", key=b"somebody else's key") + "@reply.example.org"
    said = answer(story.database, guess)
    assert said.startswith("550 5.1.1")
    assert said == answer(story.database, "nobody@reply.example.org")
    assert "2026" not in said


def test_an_expired_address_tells_a_stranger_where_to_write(story: Story, monday: datetime) -> None:
    story.resolve()
    with clock.freeze(monday + GRACE - INSTANT):
        assert answer(story.database, story.address, MALLORY).startswith("250 2.1.5")
    with clock.freeze(monday + GRACE):
        said = answer(story.database, story.address, MALLORY)
    assert said == (
        "550 5.1.6 This reply address was valid until 30 November 2026, and your message was not delivered. "
        "Please write to help@example.org and mention case 1001, so that we know the story."
    )


def test_an_expired_address_takes_mail_from_whoever_took_part(story: Story, monday: datetime) -> None:
    story.resolve()
    with clock.freeze(monday + timedelta(days=300)):
        assert answer(story.database, story.address, "Anna@Customer.Example").startswith("250 2.1.5")
        assert answer(story.database, story.address, "").startswith("550 5.1.6")


def test_a_strict_desk_refuses_late_mail_a_week_after_the_end(story: Story, monday: datetime) -> None:
    story.resolve()
    with clock.freeze(monday + GRACE + REFUSAL_DELAY - INSTANT):
        assert answer(story.database, story.address, expired="refuse").startswith("250 2.1.5")
        assert answer(story.database, story.address, MALLORY, expired="refuse").startswith("550 5.1.6")
    with clock.freeze(monday + GRACE + REFUSAL_DELAY):
        assert answer(story.database, story.address, expired="refuse").startswith("550 5.1.6")


def test_what_a_sweep_noted_counts_for_a_strict_desk_whatever_the_clock_says(story: Story, monday: datetime) -> None:
    story.resolve()
    story.change(expired_at=monday + GRACE + REFUSAL_DELAY)
    assert answer(story.database, story.address, expired="refuse").startswith("550 5.1.6")


def test_a_revoked_address_is_refused_at_once(story: Story, monday: datetime) -> None:
    with open_door(story.database) as door, Talk(door) as talk:
        talk.say(f"MAIL FROM:<{ANNA}>")
        assert talk.say(f"RCPT TO:<{story.address}>").startswith("250")
        with story.database.transaction() as session:
            carol = agents.create(session, "carol@example.org", "Carol", role="admin", by=None, now=monday)
            addresses.revoke(session, session.get_one(ReplyAddress, story.id), agent=carol, now=monday)
        said = talk.say(f"RCPT TO:<{story.address}>")
    assert said == "550 5.2.1 This address was withdrawn. Please write to help@example.org."


def test_a_retired_address_is_refused_without_a_date(story: Story, monday: datetime) -> None:
    with story.database.transaction() as session:
        addresses.retire(session, session.get_one(ReplyAddress, story.id), now=monday)
    assert answer(story.database, story.address) == (
        "550 5.1.6 This address is no longer in use. Please write to help@example.org."
    )


def test_an_address_that_we_signed_but_do_not_know_is_taken(database: db.Database) -> None:
    assert answer(database, signed_but_unknown(database)).startswith("250 2.1.5")


@pytest.mark.parametrize("sender", ["", "postmaster@mx.example"])
def test_delivery_reports_find_their_way_home(story: Story, monday: datetime, sender: str) -> None:
    with story.database.transaction() as session:
        report = addresses.issue_report(session, None, now=monday).address
    assert answer(story.database, report, sender).startswith("250 2.1.5")


@pytest.mark.parametrize(
    "recipient",
    [
        DESK,
        "HELP@Example.ORG",
        '"help"@example.org',
        "postmaster@example.org",
        "Abuse@reply.example.org",
        "postmaster",
        "POSTMASTER",
    ],
)
def test_desks_and_caretakers_are_always_there(database: db.Database, recipient: str) -> None:
    assert answer(database, recipient).startswith("250 2.1.5")


@pytest.mark.parametrize(
    "recipient",
    [
        "anna@elsewhere.example",
        "anna%elsewhere.example@example.org",
        "elsewhere.example!anna@example.org",
        "@example.org:anna@elsewhere.example",
        "@elsewhere.example:help@example.org",
        "help@[127.0.0.1]",
        "help@[IPv6:::1]",
        "help",
        "postmaster@elsewhere.example",
        "help@example.org.elsewhere.example",
    ],
)
def test_nothing_is_relayed(database: db.Database, recipient: str) -> None:
    assert answer(database, recipient).startswith("550 5.7.1")


def test_a_name_that_nobody_has_is_refused(database: db.Database) -> None:
    said = answer(database, "nobody@example.org")
    assert said == "550 5.1.1 There is no such address here. Please write to help@example.org."


def test_refused_recipients_leave_the_others_alone(story: Story) -> None:
    with open_door(story.database) as door, Talk(door) as talk:
        talk.say(f"MAIL FROM:<{ANNA}>")
        assert talk.say("RCPT TO:<nobody@example.org>").startswith("550")
        assert talk.say(f"RCPT TO:<{story.address.upper()}>").startswith("250")
        assert talk.say("DATA").startswith("354")
        assert talk.say("x\r\n.").startswith("250")
    assert kept(story.database)[0][1] == (story.address.upper(),)


def test_a_new_front_desk_is_open_at_once_and_a_closed_one_soon_shut(database: db.Database, monday: datetime) -> None:
    with open_door(database) as door, Talk(door) as talk:
        talk.say(f"MAIL FROM:<{ANNA}>")
        assert talk.say("RCPT TO:<sales@example.org>").startswith("550")
        with database.transaction() as session:
            desks.add(session, "sales@example.org", "Sales", language="en", agent=None, now=monday)
        assert talk.say("RCPT TO:<sales@example.org>").startswith("250")


class Down(db.Database):
    """A database that can go away, or hang for so many seconds."""

    is_down = False
    hangs = 0.0

    def reading(self):
        self._fail()
        return super().reading()

    def transaction(self):
        self._fail()
        return super().transaction()

    def _fail(self) -> None:
        time.sleep(self.hangs)
        if self.is_down:
            raise ConnectionError("the database at db.internal went away: SELECT secret FROM customers")


@pytest.fixture()
def fragile(database: db.Database) -> Iterator[Down]:
    fragile = Down(database.house.settings)
    yield fragile
    fragile.close()


def signed_but_unknown(database: db.Database) -> str:
    key = database.house.keys.key("reply")
    return encode("reply", "3tsb4zerbu", domain="reply.example.org", key=key) + "@reply.example.org"


@pytest.mark.parametrize("which", ["desk", "case", "lost"])
def test_with_the_database_down_ours_are_taken_and_data_says_try_again(story: Story, fragile: Down, which: str) -> None:
    recipient = {"desk": DESK, "case": story.address, "lost": signed_but_unknown(fragile)}[which]
    with open_door(fragile) as door, Talk(door) as talk:
        fragile.is_down = True
        talk.say(f"MAIL FROM:<{ANNA}>")
        assert talk.say(f"RCPT TO:<{recipient}>").startswith("250")
        assert talk.say("DATA").startswith("354")
        assert talk.say("x\r\n.").startswith("451 4.3.0")
        fragile.is_down = False
        assert talk.post(recipient=recipient).startswith("250")


@pytest.mark.parametrize("recipient", ["anna@elsewhere.example", "nobody@example.org", "re-xxxx@reply.example.org"])
def test_with_the_database_down_nobody_is_refused_for_good(fragile: Down, recipient: str) -> None:
    with open_door(fragile) as door, Talk(door) as talk:
        fragile.is_down = True
        talk.say(f"MAIL FROM:<{ANNA}>")
        assert talk.say(f"RCPT TO:<{recipient}>").startswith("451 4.3.0")


def test_a_fault_of_ours_is_not_held_against_the_visitor(fragile: Down) -> None:
    with open_door(fragile) as door, Talk(door) as talk:
        fragile.is_down = True
        talk.say(f"MAIL FROM:<{ANNA}>")
        assert {talk.say("RCPT TO:<nobody@example.org>")[:9] for _ in range(15)} == {"451 4.3.0"}
        assert talk.say(f"RCPT TO:<{DESK}>").startswith("250")


def test_a_database_that_hangs_is_not_waited_for(fragile: Down) -> None:
    with open_door(fragile, limits=Limits(question_seconds=0.05)) as door, Talk(door) as talk:
        fragile.hangs = 0.5
        talk.say(f"MAIL FROM:<{ANNA}>")
        began = time.monotonic()
        assert talk.say(f"RCPT TO:<{DESK}>").startswith("250")
        assert talk.say("RCPT TO:<anna@elsewhere.example>").startswith("451")
        assert time.monotonic() - began < 0.4
