"""Reading mail in child processes: a mail may kill its reader, but nobody else."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from types import TracebackType

from mail.letter import Letter, Unreadable
from mail.letter_json import from_json
from mail.reader_child import read_frame, write_frame

TIMEOUT = 10.0  # seconds for one letter
_ROOM = 64 * 1024 * 1024  # octets that an answer may take beside what its files take
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}  # nothing of ours: no secret key, no passwords


class Reader:
    """A pool of children that read mail.  Threads may share it.  Children are started when they are needed and kept."""

    def __init__(self, processes: int = 1, *, recipient_header: str = "Delivered-To", timeout: float = TIMEOUT) -> None:
        self._command = (sys.executable, "-I", "-m", "mail.reader_child", recipient_header)
        self._timeout = timeout
        self._closed = False
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(processes):
            self._idle.put(None)

    def read(self, raw: bytes) -> Letter:
        """The Letter that these bytes hold.  Raises Unreadable where reading them killed the child or took too long."""
        child = self._idle.get()
        try:
            if self._closed:
                raise Unreadable("the reader is closed")
            child = child if child is not None and child.alive else _Child(self._command)
            return child.read(raw, self._timeout)
        finally:
            if child is not None and (self._closed or not child.alive):
                child.kill()
                child = None
            self._idle.put(child)

    def close(self) -> None:
        """End the children; a letter that is being read is read to its end."""
        self._closed = True
        children = [self._idle.get() for _ in range(self._idle.qsize())]
        for child in children:
            if child is not None:
                child.kill()
            self._idle.put(None)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class _Child:
    """One process that reads letters, one after the other."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.alive = True
        self._late = False
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            start_new_session=True,  # an operator's Ctrl-C is for the parent
        )

    def read(self, raw: bytes, timeout: float) -> Letter:
        """Raises Unreadable; then the child is dead."""
        self.alive = False  # until it has answered
        alarm = threading.Timer(timeout, self._too_late)
        alarm.daemon = True
        alarm.start()
        try:
            more, answer = self._ask(raw)
        finally:
            alarm.cancel()
        if answer is None or self._late:
            raise Unreadable(self._why())
        try:
            letter = from_json(answer)
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable("its reader answered nonsense") from error
        self.alive = more
        return letter

    def _ask(self, raw: bytes) -> tuple[bool, bytes | None]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            write_frame(stdin, raw)
        except OSError:  # it died while it was fed
            return False, None
        more = stdout.read(1)
        return more == b"+", read_frame(stdout, at_most=_ROOM + 2 * len(raw))

    def _too_late(self) -> None:
        self._late = True
        self._process.kill()

    def _why(self) -> str:
        if self._late:
            return "reading it took too long"
        self.kill()
        code = self._process.returncode
        return f"its reader was ended by signal {-code}" if code < 0 else f"its reader ended with status {code}"

    def kill(self) -> None:
        """End the process, whatever it does, and leave nothing behind."""
        self.alive = False
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=0.2)  # without its pipes it goes by itself
        self._process.kill()
        self._process.wait()
