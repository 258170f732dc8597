"""The product as operators run it: `holdline` in processes of its own, with a folder, ports and a relay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from helpdesk.db import Database
from helpdesk.settings import Settings
from tests.servers import answers, free_port, tied, wait_until

HOLDLINE = Path(sys.executable).with_name("holdline")
SECRET = "a secret of the service, long enough: 0123456789"
PASSWORD = "correct horse battery staple"


class Service:
    """An installation in `home`.  `changes` are settings by their names: database_url="postgresql://…"."""

    def __init__(self, home: Path, **changes: str) -> None:
        self.home, self.web, self.smtp = home, free_port(), free_port()
        settings = {
            "data_dir": str(home / "var"),
            "secret_key": SECRET,
            "web_listen": f"127.0.0.1:{self.web}",
            "base_url": f"http://127.0.0.1:{self.web}",
            "smtp_listen": f"127.0.0.1:{self.smtp}",
            "new_cases_per_hour": "0",
            **changes,
        }
        self.env = {f"HOLDLINE_{name.upper()}": value for name, value in settings.items()}
        self._running: list[subprocess.Popen[bytes]] = []

    def says(self, *command: str, given: str = "") -> str:
        """What a command prints.  Raises AssertionError, with all that it said, where it fails."""
        ran = subprocess.run(
            [HOLDLINE, *command], env=self._environment(), cwd=self.home, input=given, text=True, capture_output=True, timeout=120
        )
        assert ran.returncode == 0, f"holdline {' '.join(command)}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def set_up(self) -> None:
        self.says("init", "--admin", "carol@example.org", "--password-stdin", given=f"{PASSWORD}\n")

    def starts(self, command: str = "serve") -> subprocess.Popen[bytes]:
        """Start a part of it, in a process group of its own."""
        with (self.home / "log").open("ab") as log:
            process = subprocess.Popen(
                tied(HOLDLINE, command), env=self._environment(), cwd=self.home, stdout=log, stderr=log, start_new_session=True
            )
        self._running.append(process)
        return process

    def serves(self) -> None:
        """Start all of it, and wait until it is there."""
        process = self.starts()
        wait_until(
            lambda: process.poll() is not None or (answers(self.smtp) and self._is_up()), seconds=60, what="the start of holdline"
        )
        assert process.poll() is None, self.log

    def ends(self, how: int = signal.SIGTERM) -> None:
        """End every process of it, and those that they have begun."""
        for process in self._running:
            if process.poll() is None:
                os.killpg(process.pid, how)
        for process in self._running:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()

    def dies(self) -> None:
        """kill -9."""
        self.ends(signal.SIGKILL)

    @property
    def settings(self) -> Settings:
        values = {name.removeprefix("HOLDLINE_").lower(): value for name, value in self.env.items()}
        return Settings(_env_file=None, **values)  # type: ignore[arg-type]

    def database(self) -> Database:
        """Its database, to look into."""
        return Database(self.settings)

    @property
    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")[-4000:]

    def _is_up(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.web}/healthz", timeout=2) as reply:
                return bool(reply.status == 200)
        except (URLError, OSError):
            return False

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", **self.env}
