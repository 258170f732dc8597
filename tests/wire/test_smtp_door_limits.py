"""What one visitor may cost: octets, lines, hops, recipients, commands, connections, time."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path

import pytest

from helpdesk.db import Database
from mail.smtp.reception import Limits, network_of
from tests.doors import DESK, LETTER, Talk, kept, open_door

STRANGERS = {"trusted_networks": ()}  # nobody is the MTA in front
QUICK = Limits(greeting_pause=0.05)
KB, MB = 1024, 1024 * 1024


def test_a_size_that_is_too_big_is_refused_before_data(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        assert f"SIZE {25 * MB}" in anna.offers
        assert anna.say(f"MAIL FROM:<a@x.example> SIZE={25 * MB + 1}") == (
            "552 5.3.4 This message is too big; we can take 25 MB at the most"
        )
        assert anna.say(f"MAIL FROM:<a@x.example> SIZE={25 * MB}").startswith("250")


def test_a_message_that_turns_out_too_big_is_refused_after_its_end(database: Database) -> None:
    with open_door(database, max_mail_bytes=64 * KB) as door, Talk(door) as anna:
        line = b"x" * 98 + b"\r\n"
        assert anna.post(line * 700).startswith("552 5.3.4")
        assert anna.post(line * 655).startswith("250")
    assert [len(raw) for _, _, raw in kept(database)] == [65_500]


def test_whoever_sends_without_end_is_cut_off(database: Database) -> None:
    with open_door(database, max_mail_bytes=64 * KB) as door, Talk(door) as anna:
        anna.begin()
        anna.send((b"x" * 1022 + b"\r\n") * 64 * 5)
        assert anna.hear().startswith("552 5.3.4")
        assert anna.hear() == ""


def test_a_flood_of_empty_lines_costs_neither_memory_nor_the_others_time(database: Database) -> None:
    with open_door(database) as door, Talk(door) as mallory, Talk(door) as anna:
        before = resident()
        peak, done = [before], threading.Event()
        watch = threading.Thread(target=lambda: [peak.append(resident()) for _ in iter(lambda: done.wait(0.005), True)])
        watch.start()
        mallory.begin()
        flood = threading.Thread(target=mallory.send, args=(b"\r\n" * (16 * MB) + b".\r\n",))
        flood.start()
        slowest = 0.0
        while flood.is_alive():
            began = time.monotonic()
            assert anna.say("NOOP").startswith("250")
            slowest = max(slowest, time.monotonic() - began)
        assert mallory.hear().startswith("552 5.3.4")
        done.set()
        watch.join()
    assert max(peak) - before < 100 * MB
    assert slowest < 1


def resident() -> int:
    """Octets of memory that this process occupies."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_all_letters_on_their_way_together_have_a_limit(database: Database) -> None:
    with open_door(database, limits=Limits(held=200 * KB)) as door, Talk(door) as one, Talk(door) as two:
        one.begin()
        one.send(LETTER + b"x" * 998 + b"\r\n" + (b"y" * 998 + b"\r\n") * 150)
        two.begin()
        two.send(LETTER + (b"z" * 998 + b"\r\n") * 150)
        time.sleep(0.1)
        answers = {one.say(b"."), two.say(b".")}
        assert {answer[:9] for answer in answers} == {"250 2.0.0", "452 4.3.1"}
        assert one.post().startswith("250")


@pytest.mark.parametrize("length", [998, 1_001, 10_000, 64 * KB])
def test_long_lines_are_kept_as_they_are(database: Database, length: int) -> None:
    letter = b"Subject: x\r\n\r\n" + b"y" * length + b"\r\nz\r\n"
    with open_door(database) as door, Talk(door) as anna:
        assert anna.post(letter).startswith("250")
    assert kept(database)[0][2] == letter


@pytest.mark.parametrize("length", [64 * KB + 1, 100_000, MB])
def test_a_line_without_end_is_refused_and_never_cut(database: Database, length: int) -> None:
    with open_door(database) as door, Talk(door) as anna:
        assert anna.post(b"Subject: x\r\n\r\n" + b"y" * length + b"\r\nz\r\n").startswith("554 5.6.0")
        assert anna.post().startswith("250")
    assert [raw for _, _, raw in kept(database)] == [LETTER]


def test_a_letter_that_goes_round_in_circles_is_refused(database: Database) -> None:
    hop = b"Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0100\r\n"
    with open_door(database) as door, Talk(door) as anna:
        assert anna.post(hop * 101 + LETTER).startswith("554 5.4.6")
        assert anna.post(hop * 100 + LETTER + hop * 50).startswith("250")
        assert anna.post(hop.upper() * 101 + LETTER).startswith("554 5.4.6")


def test_a_hundred_recipients_are_taken_and_the_next_is_told_to_wait(database: Database) -> None:
    with open_door(database) as door, Talk(door) as mta:
        assert mta.say("MAIL FROM:<a@x.example>").startswith("250")
        spellings = [
            f"{DESK[:5].swapcase() if n % 2 else DESK[:5]}{'Example' if n % 4 < 2 else 'example'}.org" for n in range(100)
        ]
        assert {mta.say(f"RCPT TO:<{address}>")[:3] for address in spellings} == {"250"}
        assert mta.say(f"RCPT TO:<{DESK}>").startswith("452 4.5.3")
        assert mta.say("DATA").startswith("354")
        assert mta.say("x\r\n.").startswith("250")
    assert set(kept(database)[0][1]) == set(spellings)


def test_after_ten_refused_recipients_the_connection_ends(database: Database) -> None:
    with open_door(database) as door, Talk(door) as mallory:
        mallory.say("MAIL FROM:<a@x.example>")
        for number in range(10):
            assert mallory.say(f"RCPT TO:<guess{number}@reply.example.org>").startswith("550 5.1.1")
            mallory.say("RSET")
            mallory.say("MAIL FROM:<a@x.example>")
        assert mallory.say(f"RCPT TO:<{DESK}>").startswith("421 4.7.0")
        assert mallory.has_ended()


def test_whoever_keeps_guessing_on_new_connections_is_sent_away(database: Database) -> None:
    limits = Limits(greeting_pause=0, strangers_an_hour=3)
    with open_door(database, limits=limits, **STRANGERS) as door:
        with Talk(door) as mallory:
            mallory.say("MAIL FROM:<a@x.example>")
            for number in range(3):
                assert mallory.say(f"RCPT TO:<guess{number}@reply.example.org>").startswith("550")
        with Talk(door, greet="") as mallory:
            assert mallory.greeting.startswith("421 4.7.0")
        with Talk(door, source="127.0.0.2") as anna:
            assert anna.post().startswith("250")


def test_commands_without_a_letter_have_a_limit(database: Database) -> None:
    with open_door(database, limits=Limits(commands=20)) as door, Talk(door) as mta:
        for _ in range(10):  # each letter is four commands: letters start the count anew
            assert mta.post().startswith("250")
        assert {mta.say("NOOP")[:3] for _ in range(19)} == {"250"}
        assert mta.say("NOOP").startswith("250")
        assert mta.say("NOOP").startswith("421 4.7.0")
        assert mta.has_ended()


def test_a_hundred_thousand_commands_end_with_421(database: Database) -> None:
    with open_door(database) as door, Talk(door) as mallory:
        flood = threading.Thread(target=try_to_send, args=(mallory, b"NOOP\r\n" * 100_000))
        flood.start()
        answers = 0
        while (said := mallory.hear()).startswith("250"):
            answers += 1
        flood.join()
        assert said.startswith("421 4.7.0")
        assert answers < 10_000


def try_to_send(talk: Talk, octets: bytes) -> None:
    with contextlib.suppress(OSError):
        talk.send(octets)


def test_one_address_may_hold_twenty_connections_and_the_others_do_not_notice(database: Database) -> None:
    with open_door(database, limits=Limits(greeting_pause=0), **STRANGERS) as door:
        crowd = [Talk(door) for _ in range(20)]
        with Talk(door, greet="") as one_more:
            assert one_more.greeting.startswith("421 4.7.0")
            assert one_more.has_ended()
        with Talk(door, source="127.0.0.2") as anna:
            assert anna.post().startswith("250")
        crowd.pop().vanish()
        time.sleep(0.05)
        crowd.append(Talk(door))
        assert crowd[-1].greeting.startswith("220")
        for talk in crowd:
            talk.vanish()


def test_five_hundred_that_only_sit_there_and_drip_keep_nobody_waiting(database: Database) -> None:
    with open_door(database, limits=Limits(greeting_pause=0), **STRANGERS) as door:
        crowd = [Talk(door, source=f"127.0.{household}.1", greet="") for household in range(1, 26) for _ in range(20)]
        for talk in crowd[::2]:
            talk.send(b"E")
        for talk in crowd[:20]:
            talk.send(b"HLO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<help@example.org>\r\nDATA\r\nd")
        waits = []
        for _ in range(10):
            began = time.monotonic()
            with Talk(door, source="127.0.99.1") as anna:
                assert anna.post().startswith("250")
            waits.append(time.monotonic() - began)
        assert sorted(waits)[5] < 1
        for talk in crowd:
            talk.vanish()


def test_the_mta_in_front_has_no_limit_of_its_own_but_all_together_have_one(database: Database) -> None:
    with open_door(database, limits=Limits(connections=30)) as door:
        crowd = [Talk(door) for _ in range(30)]
        assert {talk.greeting[:3] for talk in crowd} == {"220"}
        with Talk(door, greet="") as one_more:
            assert one_more.greeting.startswith("421 4.7.0")
        for talk in crowd:
            talk.vanish()


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
    ],
)
def test_visitors_are_told_apart_by_what_one_household_has(peer: str, network: str) -> None:
    assert network_of(peer) == network


def test_silence_ends_a_conversation(database: Database) -> None:
    with open_door(database, limits=Limits(command_seconds=0.2)) as door, Talk(door) as idle, Talk(door) as dripping:
        for letter in "EHLO a":
            dripping.send(letter.encode())
            time.sleep(0.02)
        assert idle.hear().startswith("421 4.4.2")
        assert dripping.hear().startswith("421 4.4.2")


def test_whoever_never_listens_is_left(database: Database) -> None:
    with open_door(database, limits=Limits(command_seconds=0.2, commands=10**9)) as door, Talk(door, hears_little=True) as deaf:
        with pytest.raises(ConnectionError):
            deaf.send(b"EHLO deaf\r\n" * 1_000_000)
        with Talk(door) as anna:
            assert anna.post().startswith("250")


def test_a_message_that_drips_is_cut_off(database: Database) -> None:
    with open_door(database, limits=Limits(data_grace=0.3)) as door, Talk(door) as mallory:
        mallory.begin()
        began = time.monotonic()
        while mallory.silent_for(0.05):
            mallory.send(b"x")
        assert mallory.hear().startswith("421 4.4.2")
        assert time.monotonic() - began < 2


def test_a_message_that_comes_slowly_but_steadily_is_taken(database: Database) -> None:
    limits = Limits(data_grace=0.2, data_rate=10_000, command_seconds=0.4)
    with open_door(database, limits=limits) as door, Talk(door) as anna:
        anna.begin()
        for _ in range(8):  # 0.8 s in all: longer than any single limit
            anna.send((b"x" * 998 + b"\r\n") * 3)
            assert anna.silent_for(0.1)
        assert anna.say(b".").startswith("250")


def test_whoever_speaks_before_the_greeting_is_not_heard(database: Database) -> None:
    said = b"EHLO bot\r\nMAIL FROM:<a@x.example>\r\n"
    limits = Limits(greeting_pause=0.5)
    with open_door(database, limits=limits, **STRANGERS) as door, Talk(door, early=said, greet="") as bot:
        assert bot.greeting.startswith("554 5.5.0")
        assert bot.has_ended()


def test_whoever_sends_the_message_before_it_is_asked_for_is_not_heard(database: Database) -> None:
    with open_door(database, limits=QUICK, **STRANGERS) as door, Talk(door) as bot:
        bot.say("MAIL FROM:<a@x.example>")
        bot.say(f"RCPT TO:<{DESK}>")
        bot.send(b"DATA\r\nsmuggled\r\n.\r\n")
        assert bot.hear().startswith("554 5.5.0")
        assert bot.has_ended()
    assert kept(database) == []
