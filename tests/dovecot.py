"""A real Dovecot for tests: a child process on a free port, with users, passwords and maildirs of its own.

pytest_plugins = ["tests.dovecot"]          # in a test module
@pytest.mark.needs("dovecot")
def test_…(dovecot): dovecot.append(b"…")
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.servers import tied

PASSWORD = "correct horse"
WITHOUT_IDLE = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE LITERAL+ UIDPLUS MOVE"

_OAUTH = """
auth_mechanisms = plain {mechanism}
passdb {{
  driver = oauth2
  mechanisms = {mechanism}
  args = {home}/oauth2
}}
"""

_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
auth_failure_delay = 0
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{oauth}
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = passwd-file
  args = {home}/users
}}
{more}
"""


@dataclass(frozen=True)
class Message:
    """A message as it lies in a folder."""

    uid: int
    flags: frozenset[str]
    raw: bytes


class Dovecot:
    """One IMAP server on loopback.  `users` are names and passwords; with `certificate` (chain, key) it speaks TLS too,
    and with an `introspection_url` it takes access tokens by `mechanism`, asking there whether they are good; `junk` is
    the name of the folder that it calls its junk folder.

    Runs as root (then the mail belongs to «nobody») or as any plain user.
    """

    def __init__(
        self,
        users: Mapping[str, str] | None = None,
        *,
        capability: str = "",
        certificate: tuple[Path, Path] | None = None,
        introspection_url: str = "",
        mechanism: str = "xoauth2",
        junk: str = "",
    ) -> None:
        self.users = dict(users or {"help": PASSWORD})
        # Short and outside of pytest's folder: that is closed to other users, and the path of a Unix socket has 100 octets.
        self.home = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.home.chmod(0o755)
        self.port, tls_port = _free_ports(2)
        self.tls_port = tls_port if certificate else 0
        self._process: subprocess.Popen[bytes] | None = None
        self._oauth = (introspection_url, mechanism)
        self._configure(capability, certificate, tls_port, junk)

    def start(self) -> None:
        """Start, also again after `stop`; returns when a log-in is possible."""
        command = tied(_program(), "-F", "-c", self.home / "config")
        self._process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"Dovecot did not start: {self.log()}") from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop at once, with every session that is open."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def log(self) -> str:
        with contextlib.suppress(OSError):
            return (self.home / "log").read_text(errors="replace")[-2000:]
        return ""

    def url(self, user: str = "help", folder: str = "INBOX") -> str:
        """What HOLDLINE_IMAP_URL wants to know."""
        return f"imap://{user}:{self.users[user].replace(' ', '%20')}@127.0.0.1:{self.port}/{folder}"

    @contextlib.contextmanager
    def session(self, user: str = "help", folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """A person's own mail program, with the folder open."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as box:
            box.login(user, self.users[user])
            box.create(folder)
            _ok(box.select(folder))
            yield box

    def append(
        self,
        raw: bytes,
        *,
        when: datetime | None = None,
        flags: Sequence[str] = (),
        user: str = "help",
        folder: str = "INBOX",
    ) -> int:
        """Put a message into a folder, received `when` (now); its UID."""
        with self.session(user, folder) as box:
            date = imaplib.Time2Internaldate(when if when else time.time())
            data = _ok(box.append(folder, f"({' '.join(flags)})" if flags else "", date, raw))
            found = re.search(rb"APPENDUID \d+ (\d+)", data[0])
            assert found
            return int(found[1])

    def messages(self, user: str = "help", folder: str = "INBOX") -> list[Message]:
        """What lies in a folder, by UID."""
        with self.session(user, folder) as box:
            uids = _ok(box.uid("SEARCH", "ALL"))[0].split()
            return [self._message(box, uid.decode()) for uid in uids]

    def _message(self, box: imaplib.IMAP4, uid: str) -> Message:
        head, raw = _ok(box.uid("FETCH", uid, "(FLAGS BODY.PEEK[])"))[0]
        flags = re.search(rb"FLAGS \(([^)]*)\)", head)
        assert flags
        return Message(int(uid), frozenset(flags[1].decode().split()), raw)

    def renumber(self, user: str = "help") -> None:
        """Forget all UIDs of the INBOX: another UIDVALIDITY, and UIDs from 1 on."""
        maildir = self.home / "mail" / user
        listed = (maildir / "dovecot-uidlist").read_text().splitlines()
        validity = re.search(r"V(\d+)", listed[0])
        assert validity
        for path in [*maildir.glob("dovecot.index*"), maildir / "dovecot-uidlist", maildir / "dovecot-uidvalidity"]:
            path.unlink(missing_ok=True)
        for path in maildir.glob("dovecot-uidvalidity.*"):
            path.unlink()
        self._write_as_owner(maildir / "dovecot-uidlist", f"3 V{int(validity[1]) + 1} N1 G{os.urandom(16).hex()}\n")

    def _write_as_owner(self, path: Path, text: str) -> None:
        path.write_text(text)
        if os.geteuid() == 0:
            os.chown(path, *_owner())

    def _configure(self, capability: str, certificate: tuple[Path, Path] | None, tls_port: int, junk: str) -> None:
        root = os.geteuid() == 0
        (self.home / "mail").mkdir()
        uid, gid = _owner()
        if root:
            os.chown(self.home / "mail", uid, gid)
        lines = [f"{user}:{{PLAIN}}{password}:{uid}:{gid}::{self.home}/mail/{user}" for user, password in self.users.items()]
        (self.home / "users").write_text("\n".join(lines) + "\n")
        more = [f"imap_capability = {capability}"] if capability else []
        if junk:
            more.append(
                f"namespace inbox {{\n  inbox = yes\n  mailbox {junk} {{\n    auto = create\n    special_use = \\Junk\n  }}\n}}"
            )
        if certificate:
            more += ["ssl = yes", f"ssl_cert = <{certificate[0]}", f"ssl_key = <{certificate[1]}"]
        else:
            more.append("ssl = no")
        url, mechanism = self._oauth
        settings = (
            "introspection_mode = post",
            f"introspection_url = {url}",
            "username_attribute = username",
            "active_attribute = active",
            "active_value = true",
        )
        (self.home / "oauth2").write_text("\n".join(settings) + "\n")
        myself = pwd.getpwuid(os.geteuid())
        config = _CONFIG.format(
            home=self.home,
            internal="dovecot" if root else myself.pw_name,
            internal_group="dovecot" if root else grp.getgrgid(myself.pw_gid).gr_name,
            login="dovenull" if root else myself.pw_name,
            plain_port=self.port,
            tls_port=tls_port if certificate else 0,
            more="\n".join(more),
            oauth=_OAUTH.format(home=self.home, mechanism=mechanism) if url else "",
        )
        (self.home / "config").write_text(config)


@pytest.fixture()
def dovecot() -> Iterator[Dovecot]:
    """A running Dovecot with one user, «help»."""
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _program() -> str:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "dovecot"


def _owner() -> tuple[int, int]:
    """Whose the mail is: Dovecot serves no mail as root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


def _ok(answer: tuple[str, list]) -> list:  # type: ignore[type-arg]
    assert answer[0] == "OK", answer
    return answer[1]
