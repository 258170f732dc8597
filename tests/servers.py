"""The real servers that tests talk to.  Each is a child process of the test run, on a free port, in a folder of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from helpdesk import db
from helpdesk.settings import Settings
from tests.needs import program, unprivileged

PATIENCE = 20  # seconds for a server to come up on a busy machine


def free_port() -> int:
    """A port that the kernel says is free on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether somebody listens on this port of loopback."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def wait_until(ready: Callable[[], object], *, seconds: float = PATIENCE, what: str = "it") -> None:
    """Wait for something to become true.  Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.02)


def tied(*command: str | Path, user: str | None = None, ending: str = "KILL") -> list[str]:
    """This command, as `user`, and to be ended by the kernel should the test run be killed itself (prctl(2), PR_SET_PDEATHSIG)."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        assert user is None
        return [str(part) for part in command]
    as_user = [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"] if user else []
    return [setpriv, *as_user, f"--pdeathsig={ending}", *map(str, command)]


@contextlib.contextmanager
def child(
    *command: str | Path, ready: Callable[[], object], log: Path, user: str | None = None, ending: str = "TERM"
) -> Iterator[int]:
    """A server as a child of ours, from when it is ready until the block ends; its pid."""
    with log.open("wb") as out:
        process = subprocess.Popen(tied(*command, user=user, ending=ending), stdout=out, stderr=out, cwd=log.parent)
    try:
        wait_until(lambda: process.poll() is not None or ready(), what=f"the start of {command[0]}")
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        yield process.pid
    finally:
        process.send_signal(signal.Signals[f"SIG{ending}"])
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def folder(name: str, owner: str | None = None) -> Iterator[Path]:
    """A folder outside of pytest's own, which only its owner can enter."""
    path = Path(tempfile.mkdtemp(prefix=f"holdline-{name}-"))
    try:
        if owner:
            shutil.chown(path, owner)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class PostgreSQL:
    """A cluster.  `database()` makes fresh databases out of a template that has been migrated once."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._names = (f"test_{number}" for number in itertools.count(1))

    def url(self, name: str) -> str:
        """The URL of one of its databases, for HOLDLINE_DATABASE_URL."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def say(self, sql: str) -> None:
        """Say something to the cluster itself, outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[call-overload]

    @contextlib.contextmanager
    def database(self, *, template: str = "template1") -> Iterator[str]:
        """The URL of a database of one's own."""
        name = next(self._names)
        self.say(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.say(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """PostgreSQL with an empty cluster; one for each xdist worker."""
    server = program("postgresql")
    assert server is not None
    user = unprivileged() if os.geteuid() == 0 else None
    with folder("postgresql", user) as home:
        init = [server.parent / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(tied(*init, user=user), check=True, stdout=subprocess.DEVNULL, cwd=home)
        port = free_port()
        fast = [
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
            f"unix_socket_directories={home}",
            "max_connections=60",
        ]
        options = [word for setting in [f"port={port}", "listen_addresses=127.0.0.1", *fast] for word in ("-c", setting)]
        cluster = PostgreSQL(port)
        with child(
            server,
            "-D",
            home / "data",
            *options,
            ready=lambda: accepts(cluster),
            log=home / "log",
            user=user,
            ending="QUIT",
        ):
            yield cluster


def accepts(cluster: PostgreSQL) -> bool:
    """Whether it takes connections."""
    try:
        cluster.say("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def migrated(postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with today's schema, to be copied."""
    postgresql.say("CREATE DATABASE migrated")
    data_dir = tmp_path_factory.mktemp("migrated")
    url = postgresql.url("migrated")
    database = db.Database(
        Settings(_env_file=None, secret_key="only to migrate: 0123456789 abcdefgh", data_dir=data_dir, database_url=url)
    )
    db.upgrade(database)
    database.close()
    return "migrated"


@pytest.fixture()
def postgresql_url(postgresql: PostgreSQL, migrated: str) -> Iterator[str]:
    """The URL of an empty database with today's schema on PostgreSQL."""
    with postgresql.database(template=migrated) as url:
        yield url


@pytest.fixture(scope="session")
def redis_port() -> Iterator[int]:
    """The port of a Redis (or Valkey) that keeps nothing."""
    server = program("redis")
    assert server is not None
    with folder("redis") as home:
        port = free_port()
        memory_only = ["--save", "", "--appendonly", "no", "--dir", str(home)]
        with child(
            server, "--port", str(port), "--bind", "127.0.0.1", *memory_only, ready=lambda: answers(port), log=home / "log"
        ):
            yield port


@pytest.fixture()
def redis_url(redis_port: int) -> str:
    """The URL of an empty Redis, for HOLDLINE_REDIS_URL."""
    url = f"redis://127.0.0.1:{redis_port}/0"
    with redis.Redis.from_url(url) as connection:
        connection.flushall()
    return url


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of a browser, to be driven by Playwright."""
    found = program("chromium")
    assert found is not None
    return found
