"""Reading in children: a mail may kill its reader, but nobody else."""

from __future__ import annotations

import base64
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mail import reader, reader_child
from mail.letter import Letter, Unreadable
from mail.parse import parse
from mail.reader import Reader
from tests.letterbox import NAMES, mail, raw


@pytest.fixture(scope="module")
def shared() -> Iterator[Reader]:
    with Reader() as pool:
        yield pool


class Trapped(Reader):
    """A pool whose children run this Python instead: what a mail that takes over its reader could do."""

    def __init__(self, program: str, **how: float) -> None:
        super().__init__(**how)  # type: ignore[arg-type]
        self._command = (sys.executable, "-c", program)


@pytest.mark.parametrize("name", NAMES)
def test_a_child_reads_what_we_would_read(shared: Reader, name: str) -> None:
    assert shared.read(raw(name)) == parse(raw(name))


def test_attachments_of_megabytes_arrive_whole(shared: Reader) -> None:
    content = os.urandom(3 * 1024 * 1024)
    read = shared.read(mail("Content-Type: application/octet-stream; name=a.bin", body=content))
    assert read.files[0].content == content


def test_the_operators_field_reaches_the_child() -> None:
    with Reader(recipient_header="X-Envelope-To") as pool:
        assert pool.read(mail("X-Envelope-To: help@example.org")).delivered_to == ("help@example.org",)


def test_one_child_serves_many_letters_and_threads(shared: Reader) -> None:
    results: list[Letter] = []
    sent = [mail(f"Subject: {number}") for number in range(40)]
    threads = [threading.Thread(target=lambda part: results.extend(map(shared.read, part)), args=(sent[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(letter.subject) for letter in results) == list(range(40))


def test_a_child_that_dies_is_told_and_the_next_letter_is_read() -> None:
    with Reader() as pool:
        pool.read(mail())
        child = pool._idle.queue[0]
        assert child is not None
        os.kill(child._process.pid, signal.SIGKILL)
        child._process.wait()
        with pytest.raises(Unreadable, match="signal 9"):
            pool.read(mail())
        assert pool.read(mail("Subject: next")).subject == "next"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.abort()", "signal 6"),
        ("import sys; sys.exit(3)", "status 3"),
        ("import sys; sys.stdin.buffer.read(30); sys.stdout.buffer.write(b'+' + b'\\xff' * 8)", "ended|signal|status"),
        (
            "import sys; sys.stdout.buffer.write(b'+' + (4).to_bytes(8, 'big') + b'{}{}'); sys.stdout.flush(); sys.stdin.read()",
            "nonsense",
        ),
        (
            "import sys; sys.stdout.buffer.write(b'+' + (2).to_bytes(8, 'big') + b'{}'); sys.stdout.flush(); sys.stdin.read()",
            "nonsense",
        ),
    ],
)
def test_whatever_a_broken_child_does_is_unreadable(program: str, reason: str) -> None:
    with Trapped(program) as pool, pytest.raises(Unreadable, match=reason):
        pool.read(mail())


def test_a_child_that_takes_too_long_is_ended() -> None:
    begun = time.monotonic()
    with Trapped("import time; time.sleep(600)", timeout=0.3) as pool:
        with pytest.raises(Unreadable, match="too long"):
            pool.read(mail())
        with pytest.raises(Unreadable, match="too long"):
            pool.read(mail(body="x" * 1_000_000))  # more than a pipe holds: it hangs while it is fed
    assert time.monotonic() - begun < 20


def test_a_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOLDLINE_SECRET_KEY", "a canary")
    with Reader() as pool:
        pool.read(mail())
        child = pool._idle.queue[0]
        assert child is not None
        environment = Path(f"/proc/{child._process.pid}/environ").read_bytes()
    assert b"canary" not in environment
    assert b"HOLDLINE" not in environment


@pytest.mark.parametrize(
    "deed",
    [
        "bytearray(300 * 1000 ** 2)",
        "import os; os.write(os.open('a-file', os.O_CREAT | os.O_WRONLY), b'x')",
    ],
)
def test_a_child_may_take_neither_much_memory_nor_the_disk(deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = f"""
import sys
from mail import reader_child
def parse(raw, **how):
    {deed}
    raise SystemExit(0)
reader_child.parse = parse
reader_child.main()
"""
    with Trapped(program) as pool, pytest.raises(Unreadable, match="status 1"):
        pool.read(mail())


@pytest.mark.parametrize(
    "deed",
    [
        "while True: pass",
        "import re; re.match('(a+)+$', 'a' * 60 + 'b')",  # inside C, where no Python handler would ever run
    ],
)
def test_the_kernel_ends_a_child_that_computes_too_long_and_the_next_letter_is_read(deed: str) -> None:
    program = f"""
from mail import reader_child
read = reader_child.parse
def parse(raw, **how):
    if b"poison" in raw:
        {deed}
    return read(raw, **how)
reader_child.parse = parse
reader_child.CPU_SECONDS_PER_LETTER = 0.2
reader_child.main()
"""
    with Trapped(program) as pool:
        with pytest.raises(Unreadable, match="more processor time than a letter may"):
            pool.read(mail("Subject: poison"))
        assert pool.read(mail("Subject: next")).subject == "next"


def test_a_letter_may_cost_two_seconds_and_three_hundred_megabytes() -> None:
    assert reader_child.CPU_SECONDS_PER_LETTER == 2
    assert reader_child.MEMORY == 300_000_000


def test_the_largest_mail_that_a_door_takes_is_read_within_these_limits(shared: Reader) -> None:
    content = os.urandom(25 * 1024 * 1024)
    fields = ("Content-Type: application/octet-stream; name=a.bin", "Content-Transfer-Encoding: base64")
    assert shared.read(mail(*fields, body=base64.encodebytes(content))).files[0].content == content


def test_a_child_retires_after_its_time_and_another_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "from mail import reader_child; reader_child.RETIRES_AFTER_LETTERS = 2; reader_child.main()"
    with Trapped(program) as pool:
        served = set()
        for number in range(5):
            assert pool.read(mail(f"Subject: {number}")).subject == str(number)
            child = pool._idle.queue[0]
            served.add(child._process.pid if child else None)
        assert len(served) == 4  # three children, and nobody after the second and the fourth letter


def test_a_closed_reader_leaves_no_process_behind() -> None:
    pool = Reader(processes=2)
    pool.read(mail())
    children = [child for child in pool._idle.queue if child is not None]
    pool.close()
    assert children
    assert all(child._process.returncode is not None for child in children)
    with pytest.raises(Unreadable, match="closed"):
        pool.read(mail())


def test_a_service_manager_that_ends_every_process_does_not_make_a_mail_unreadable() -> None:
    with Reader() as pool:
        pool.read(mail())
        child = pool._idle.queue[0]
        os.kill(child._process.pid, signal.SIGTERM)
        assert pool.read(mail("Subject: next")).subject == "next"
        assert pool._idle.queue[0] is child


def test_the_time_for_a_letter_is_ten_seconds() -> None:
    assert reader.TIMEOUT == 10
