"""`make bench`: figures of the product on this machine, printed and never asserted.  `python -m tests.bench [SECTION …]`."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time

from tests.bench import pages, reading, reports

SECTIONS = {"reading": reading.main, "pages": pages.main, "reports": reports.main}


def reference() -> float:
    """Milliseconds of one processor for always the same work: rented machines are now fast, now slow, whatever runs on them."""
    took = []
    for _ in range(50):
        begun, words = time.process_time(), dict[str, int]()
        for n in range(20_000):
            words[str(n % 997)] = words.get(str(n % 991), 0) + len(f"abc{n}")
        took.append(time.process_time() - begun)
    return statistics.median(took) * 1000


def main(*names: str) -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for name in names or SECTIONS:
        print(f"\n── {name}\na fixed piece of Python took {reference():.1f} ms before it")
        SECTIONS[name]()
        print(f"… and {reference():.1f} ms after it")


if __name__ == "__main__":
    main(*sys.argv[1:])
