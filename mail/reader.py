"""Reading mail in child processes: a mail may kill its reader, but nobody else."""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import TracebackType

from mail.letter import Letter, Unreadable
from mail.letter_json import read_letter
from mail.reader_child import read_frame, write_frame

TIMEOUT = 10.0  # seconds for one letter
_ROOM = 64 * 1024 * 1024  # octets that an answer may take beyond those of the mail
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}  # nothing of ours: no secret key, no passwords


class Reader:
    """A pool of children that read mail.  Threads may share it.  Children are started when they are needed and kept."""

    def __init__(self, processes: int = 1, *, recipient_header: str = "Delivered-To", timeout: float = TIMEOUT) -> None:
        self._command = (sys.executable, "-I", "-m", "mail.reader_child", recipient_header)
        self._closed = False
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(processes):
            self._idle.put(None)
        self._watch = _Watch(timeout)

    def read(self, raw: bytes) -> Letter:
        """The Letter that these bytes hold.  Raises Unreadable where reading them killed the child or took too long."""
        child = self._idle.get()
        try:
            if self._closed:
                raise Unreadable("the reader is closed")
            child = child if child is not None and child.alive else _Child(self._command)
            with self._watch.over(child):
                return child.read(raw)
        finally:
            if child is not None and (self._closed or not child.alive):
                child.kill()
                child = None
            self._idle.put(child)

    def close(self) -> None:
        """End the children; a letter that is being read is read to its end."""
        self._closed = True
        self._watch.stop()
        children = [self._idle.get() for _ in range(self._idle.qsize())]
        for child in children:
            if child is not None:
                child.kill()
            self._idle.put(None)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class _Watch:
    """Ends children that take too long.  One thread for all of them: a timer for each would cost a thread for each letter."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._ends: dict[_Child, float] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False

    @contextlib.contextmanager
    def over(self, child: _Child) -> Iterator[None]:
        """While `child` reads one letter."""
        with self._lock:
            self._ends[child] = time.monotonic() + self._timeout
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="reader-watch", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._ends[child]

    def stop(self) -> None:
        """Go when the letters that are being read are read."""
        self._stopped = True

    def _look(self) -> None:
        while self._ends or not self._stopped:
            time.sleep(min(self._timeout / 10, 0.5))
            with self._lock:  # or it has answered, and reads the next letter already
                for child, end in self._ends.items():
                    if end < time.monotonic():
                        child.too_late()


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

    def read(self, raw: bytes) -> Letter:
        """Raises Unreadable; then the child is dead."""
        self.alive = False  # until it has answered
        try:
            more, letter = self._ask(raw)
        except (OSError, EOFError):  # it died while it was fed, or while it read
            raise Unreadable(self._why()) from None
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(self._why() if self._late else "its reader answered nonsense") from error
        if self._late:
            raise Unreadable(self._why())
        self.alive = more
        return letter

    def _ask(self, raw: bytes) -> tuple[bool, Letter]:
        """Whether it goes on, and the letter.  Raises OSError or EOFError where it died, else what `read_letter` raises."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        write_frame(stdin, raw)
        stdin.flush()
        more = stdout.read(1)
        room = _ROOM + 2 * len(raw)

        def next_frame(_length: int = 0) -> bytes:
            nonlocal room
            frame = read_frame(stdout, at_most=room)
            if frame is None:
                raise EOFError
            room -= len(frame)
            return frame

        return more == b"+", read_letter(next_frame(), next_frame)

    def too_late(self) -> None:
        """End the process in the middle of its letter."""
        self._late = True
        self._process.kill()

    def _why(self) -> str:
        if self._late:
            return "reading it took too long"
        self.kill()
        code = self._process.returncode
        if code in (-signal.SIGPROF, -signal.SIGXCPU):
            return "reading it took more processor time than a letter may"
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
