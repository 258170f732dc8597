"""Postfix, as operators run it: in front of our door, and behind us as the relay."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.needs import SBIN
from tests.servers import answers, folder, free_port, wait_until

_SERVICES = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix.  `port` takes mail from loopback; `log` is what it wrote down."""

    port: int
    home: Path

    @property
    def url(self) -> str:
        """For HOLDLINE_RELAY."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        path = self.home / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""

    def flush(self) -> None:
        """Try everything in the queue now."""
        _postfix(self.home, "flush")


Starts = Callable[..., Postfix]


@pytest.fixture()
def postfix() -> Iterator[Starts]:
    """Starts Postfix with a transport for each domain: {"example.org": "smtp:[127.0.0.1]:2525", "*": …}; `services`: more of master.cf."""
    with contextlib.ExitStack() as started:
        yield lambda transports, services="": started.enter_context(_running(transports, services))


@contextlib.contextmanager
def _running(transports: dict[str, str], services: str) -> Iterator[Postfix]:
    with folder("postfix") as home:
        home.chmod(0o755)
        port = free_port()
        _configure(home, port, transports, services)
        try:
            _postfix(home, "start")
            wait_until(lambda: answers(port), what="the start of Postfix")
            yield Postfix(port, home)
        finally:
            _postfix(home, "stop")


def _configure(home: Path, port: int, transports: dict[str, str], services: str) -> None:
    for name in ("queue", "data", "etc"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    table = " ".join(f"{{{domain} = {transport}}}" for domain, transport in transports.items())
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": home / "queue",
        "data_directory": home / "data",
        "maillog_file": home / "maillog",
        "maillog_file_prefixes": home,
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "myhostname": "mx.example.org",
        "mydestination": "",
        "mynetworks": "127.0.0.0/8",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
        "smtpd_peername_lookup": "no",
        "smtp_dns_support_level": "disabled",
        "smtp_host_lookup": "native",
        "transport_maps": f"inline:{{ {table} }}",
        "alias_maps": "",
        "alias_database": "",
        "queue_run_delay": "1s",
        "minimal_backoff_time": "1s",
        "maximal_backoff_time": "2s",
        "smtp_destination_concurrency_failed_cohort_limit": "0",  # a host that refused once is asked again
        "enable_long_queue_ids": "yes",
    }
    (home / "etc/main.cf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    (home / "etc/master.cf").write_text(_SERVICES.format(port=f"127.0.0.1:{port}").lstrip() + services)


def _postfix(home: Path, command: str) -> None:
    path = f"{os.environ.get('PATH', '')}:{SBIN}"
    program = shutil.which("postfix", path=path)
    assert program is not None
    ran = subprocess.run(
        [program, "-c", str(home / "etc"), command], capture_output=True, text=True, env={"PATH": path}, timeout=60
    )
    if ran.returncode:
        log = home / "maillog"
        raise RuntimeError(f"postfix {command}: {ran.stdout}{ran.stderr}{log.read_text() if log.exists() else ''}"[-3000:])
