"""`@pytest.mark.needs("dovecot")`: the test talks to that real server.  Where it is missing, the test is skipped and named at the end.

With HOLDLINE_TEST_REQUIRE=all (or some names, comma separated) a missing server fails the test instead.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
from pathlib import Path
from typing import Any

import pytest

# What a test may need, and the Debian package that brings it.
PACKAGES = {
    "chromium": "chromium",
    "dovecot": "dovecot-imapd",
    "postfix": "postfix",
    "postgresql": "postgresql",
    "redis": "redis-server",
}
SBIN = "/usr/sbin:/sbin"  # where Debian keeps servers, which is not on everybody's PATH


def missing(server: str) -> str | None:
    """Why this machine cannot run a server, or None."""
    if server not in PACKAGES:
        raise pytest.UsageError(f"needs({server!r}): there is no such server; known are {', '.join(PACKAGES)}")
    if server == "postfix" and os.geteuid() != 0:
        return "Postfix starts as root only"
    if program(server) is None:
        return f"not installed (Debian: apt-get install {PACKAGES[server]})"
    if server == "postgresql" and os.geteuid() == 0 and unprivileged() is None:
        return "PostgreSQL does not run as root, and there is no user “postgres” or “nobody”"
    return None


def program(server: str) -> Path | None:
    """Where the server is on this machine."""
    candidates = {
        "chromium": [_which("chromium"), _which("chromium-browser"), _which("google-chrome")],
        "dovecot": [_which("dovecot") if Path("/usr/lib/dovecot/imap").exists() else None],
        "postfix": [_which("postfix")],
        "postgresql": [*sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True), _which("postgres")],
        "redis": [_which("valkey-server"), _which("redis-server")],
    }[server]
    return next((path for path in candidates if path), None)


def _which(name: str) -> Path | None:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{SBIN}")
    return Path(found) if found else None


def unprivileged() -> str | None:
    """Somebody who is not root and for whom PostgreSQL will run."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    return None


@pytest.hookimpl(tryfirst=True)  # before the fixtures try to start what is not there
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose server is missing is skipped; where HOLDLINE_TEST_REQUIRE names the server, or says «all», it fails."""
    named = os.environ.get("HOLDLINE_TEST_REQUIRE", "").replace(",", " ").split()
    required = set(PACKAGES) if "all" in named else set(named)
    for marker in item.iter_markers("needs"):
        for server in marker.args:
            why = missing(server)
            if why and server in required:
                pytest.fail(f"needs {server}: {why}; HOLDLINE_TEST_REQUIRE says that it has to be here", pytrace=False)
            if why:
                pytest.skip(f"needs {server}: {why}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say by name what a missing server kept from running."""
    kept: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("skipped", []):
        why = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
        if why.startswith("needs "):
            kept.setdefault(why, []).append(report.nodeid)
    if kept:
        terminalreporter.section("not run on this machine")
    for why, names in sorted(kept.items()):
        terminalreporter.write_line(f"{why}: {len(names)} tests")
        for test in sorted(names):
            terminalreporter.write_line(f"    {test}")
