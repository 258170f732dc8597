"""Throw mutated letters at the reader: `make fuzz`, or `python -m tests.fuzz [HOW MANY] [SEED] [PROCESSES]`.

Letter n of seed s is the same wherever it is made (`python -m tests.fuzz 1 S 1 N` throws only that one).  Each is parsed, its
quotes are split off, its HTML is made harmless; it may cost two seconds of processor time and 300 MB, limits that the kernel
keeps.  What raised, died or came out damaged is left in `fuzz-<seed>-<number>.eml`; then the status is 1.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from helpdesk.present.html import sanitise
from mail.letter_json import pack, unpack
from mail.parse import parse
from tests.letterbox import NAMES, raw
from tests.mutators import mutated

CPU_SECONDS, MEMORY = 2.0, 300 * 1000 * 1000  # for one letter
MOST_TROUBLE = 20  # letters; then enough is known
REPORT_EVERY = 30.0  # seconds
LONGEST_SEED = 100_000  # bytes of a letter that is mutated

_CORPORA = Path(__file__).parents[2] / "shared" / "corpora" / "letters"


def seeds() -> list[bytes]:
    """The letters to be mutated: ours, and the corpora's where they are."""
    letters = [raw(name) for name in NAMES]
    for path in sorted(_CORPORA.rglob("*")) if _CORPORA.is_dir() else ():
        if path.is_file() and path.stat().st_size <= LONGEST_SEED:
            letters.append(path.read_bytes())
    return letters


def letter(letters: list[bytes], seed: int, number: int) -> bytes:
    """The letter of this number."""
    return mutated(random.Random(f"{seed}:{number}"), letters)


def complaint(content: bytes) -> str | None:
    """What is wrong with how this letter is read, or None."""
    read = parse(content)
    if read.html:
        clean = sanitise(read.html)
        if sanitise(clean) != clean:
            return "cleaning it twice is not cleaning it once"
    if any("could not be read" in defect for defect in read.defects):
        return read.defects[-1]
    if unpack(pack(read)) != read:
        return "it does not survive its way to the parent"
    for said in (read.text, read.visible, read.subject, *(file.name for file in read.files), *(box.name for box in read.authors)):
        if "\x00" in said or (not said.isprintable() and any("\ud800" <= character <= "\udfff" for character in said)):
            return "it holds what no database takes"
    if any(character in file.name for file in read.files for character in "\r\n/\\"):
        return "the name of a file is a path, or more than a line"
    return None


@dataclass
class _Worker:
    """A process and the numbers that it was given."""

    process: multiprocessing.Process
    news: Connection
    number: int  # the one under way
    step: int


def _work(news: Connection, seed: int, numbers: range) -> None:
    letters = seeds()
    _confine()
    for number in numbers:
        news.send((number, None, 0.0))
        content = letter(letters, seed, number)
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # its default deed is to kill, whatever runs
        try:
            trouble = complaint(content)
        except BaseException as error:  # that is what we look for
            trouble = f"{type(error).__name__}: {error}"
        signal.setitimer(signal.ITIMER_PROF, 0)
        news.send((number, trouble or "", time.process_time() - begun))


def _confine() -> None:
    """300 MB more than the letters take that are to be mutated."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _start(seed: int, numbers: range) -> _Worker:
    theirs_in, ours = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(ours, seed, numbers), daemon=True)
    process.start()
    ours.close()
    return _Worker(process, theirs_in, numbers.start, numbers.step)


def main(count: int = 1_000_000, seed: int = 0, processes: int = 0, first: int = 1) -> int:
    processes = processes or len(os.sched_getaffinity(0))
    stop = first + count
    workers = [_start(seed, range(first + n, stop, processes)) for n in range(min(processes, count))]
    done, slowest, slow, trouble = 0, 0.0, 0, 0
    begun = told = time.monotonic()
    while workers and trouble < MOST_TROUBLE:
        for ready in wait([worker.news for worker in workers], timeout=1):
            worker = next(one for one in workers if one.news is ready)
            try:
                number, said, took = worker.news.recv()
            except EOFError:
                worker.process.join()
                workers.remove(worker)
                code = worker.process.exitcode
                if code != 0:
                    trouble += _keep(seed, worker.number, f"it ended its reader ({_why(code)})")
                    rest = range(worker.number + worker.step, stop, worker.step)
                    workers += [_start(seed, rest)] if rest else []
                continue
            worker.number = number
            if said is None:
                continue
            done += 1
            if took > slowest:
                slowest, slow = took, number
            trouble += _keep(seed, number, said) if said else 0
        if time.monotonic() - told > REPORT_EVERY:
            told = time.monotonic()
            print(f"{done} letters, {done / (told - begun):.0f}/s, {trouble} in trouble", flush=True)
    for worker in workers:
        worker.process.kill()
    spent = time.monotonic() - begun
    print(
        f"{done} mutated letters in {spent:.0f} s ({done / spent:.0f}/s) by {processes} processes, seed {seed}, {len(seeds())} letters to begin with"
    )
    print(f"{trouble} in trouble; the slowest cost {slowest:.2f} s (number {slow})")
    return 1 if trouble else 0


def _keep(seed: int, number: int, trouble: str) -> int:
    path = Path(f"fuzz-{seed}-{number}.eml")
    path.write_bytes(letter(seeds(), seed, number))
    print(f"{path}: {trouble}", flush=True)
    return 1


def _why(code: int | None) -> str:
    return "more than two seconds" if code == -signal.SIGPROF else f"status {code}"


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:5])))
