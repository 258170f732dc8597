"""`make bench`: figures of the product on this machine, printed and never asserted.  `python -m tests.bench [SECTION …]`."""

from __future__ import annotations

import os
import platform
import sys

from tests.bench import pages, reading, reports
from tests.bench.machine import reference

SECTIONS = {"reading": reading.main, "pages": pages.main, "reports": reports.main}


def main(*names: str) -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for name in names or SECTIONS:
        print(f"\n── {name}\na fixed piece of Python took {reference():.1f} ms before it")
        SECTIONS[name]()
        print(f"… and {reference():.1f} ms after it")


if __name__ == "__main__":
    main(*sys.argv[1:])
