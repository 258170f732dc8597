"""`make bench`: figures of the product on this machine, printed and never asserted.  `python -m tests.bench [SECTION …]`."""

from __future__ import annotations

import os
import platform
import sys

from tests.bench import pages, reading

SECTIONS = {"reading": reading.main, "pages": pages.main}


def main(*names: str) -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for name in names or SECTIONS:
        print(f"\n── {name}")
        SECTIONS[name]()


if __name__ == "__main__":
    main(*sys.argv[1:])
