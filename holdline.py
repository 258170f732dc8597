"""The command `holdline`.  Reading mail needs neither database nor web, so it does not wait until those are imported."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.argv[1:] == ["inspect", "--json", "-"]:
        from mail import inspection

        inspection.main()
    else:
        from app import cli

        cli()


if __name__ == "__main__":
    main()
