"""How fast letters are read, what the dearest one costs, and how Python's own `email` does with the same files in the same run.

Ours parses, splits quotes off, looks for delivery reports, turns HTML into text, and does so in a limited child process.  The
reference reads subject, sender, one body and the attachments, in a process of its own, without limits.
"""

from __future__ import annotations

import contextlib
import email
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

from mail.letter import Unreadable
from mail.reader import Reader
from tests.letterbox import LETTERS

_CORPORA = Path(__file__).parents[3] / "shared" / "corpora" / "letters"


def files() -> list[Path]:
    """The corpora where they are, else the letters of the tests."""
    folder = _CORPORA if _CORPORA.is_dir() else LETTERS
    return sorted(path for path in folder.rglob("*") if path.is_file())


def main() -> None:
    paths = files()
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(paths)} letters of {_name(paths)}, {size / 1e6:.1f} MB")
    _print("holdline, one child", *_ours(paths))
    reference = subprocess.run([sys.executable, "-m", __name__], capture_output=True, text=True, check=True, timeout=600)
    seconds, cpu, dearest, which, memory, failed = reference.stdout.strip().split("\t")
    _print("stdlib email", len(paths), float(seconds), float(cpu), float(dearest), which, int(memory), int(failed))


def _name(paths: list[Path]) -> str:
    return "the corpora" if _CORPORA in paths[0].parents else str(LETTERS)


def _print(name: str, count: int, seconds: float, cpu: float, dearest: float, which: str, memory: int, failed: int) -> None:
    print(
        f"{name:20} {count / seconds:6.0f} letters/s by the clock, {count / cpu:6.0f} per second of one processor; "
        f"dearest {dearest:.3f} s ({which}); peak {memory / 1000:.0f} MB; {failed} failed"
    )


def _ours(paths: list[Path]) -> tuple[int, float, float, float, str, int, int]:
    """(letters, seconds, seconds of processor time of parent and children, the dearest's, its name, kilobytes, failures)."""
    dearest, which, memory, failed = 0.0, "", 0, 0
    begun, used = time.perf_counter(), _used()
    with Reader() as reader:
        for path in paths:
            child = reader._idle.queue[0]
            before = _spent(child._process.pid) if child else 0.0
            try:
                reader.read(path.read_bytes())
            except Unreadable:
                failed += 1
            child = reader._idle.queue[0]
            if child is None:
                continue  # it has retired
            took = _spent(child._process.pid) - before
            memory = max(memory, _peak(child._process.pid))
            if before and took > dearest:
                dearest, which = took, path.name
    return len(paths), time.perf_counter() - begun, _used() - used, dearest, which, memory, failed


def _used() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _spent(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _peak(pid: int) -> int:
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))


def _reference() -> None:
    """Read all with `email`, and print what that cost."""
    warnings.simplefilter("ignore")
    dearest, which, failed = 0.0, "", 0
    begun = time.perf_counter()
    for path in files():
        before = time.process_time()
        try:
            for _ in _read(path.read_bytes()):
                pass
        except Exception:  # email raises in a dozen ways
            failed += 1
        took = time.process_time() - before
        if took > dearest:
            dearest, which = took, path.name
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(time.perf_counter() - begun, time.process_time(), dearest, which, peak, failed, sep="\t")


def _read(raw: bytes) -> Iterator[object]:
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    yield str(message["subject"]), str(message["from"]), str(message["date"])
    body = message.get_body(("plain", "html"))
    yield body.get_content() if body is not None else ""
    for part in message.walk():
        with contextlib.suppress(KeyError):  # it has no content manager for that type
            yield part.get_filename(), part.get_payload(decode=True)


if __name__ == "__main__":
    _reference()
