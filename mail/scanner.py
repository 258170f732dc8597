"""The scanner: asks clamd whether a file is malicious, by its INSTREAM command.  Never raises: no answer is «waiting»."""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, Protocol
from urllib.parse import urlsplit

from mail.letter import File, Letter

CHUNK = 64 * 1024  # octets; clamd's own StreamMaxLength is far above
LONGEST_ANSWER = 4096
_FOUND = re.compile(r"stream: (.{1,200}) FOUND")


@dataclass(frozen=True)
class Scan:
    """What a scanner says of a file; `finding` names what was found, or why it could not be scanned."""

    state: Literal["clean", "found", "waiting"]
    finding: str = ""


class Scans(Protocol):
    """Whoever looks at files."""

    def scan(self, content: bytes) -> Scan: ...


class Clamd:
    """A clamd at «tcp://host:port» or «unix:/path».  A file has `patience` seconds in all."""

    def __init__(self, url: str, *, patience: float = 30) -> None:
        self._url, self._patience = urlsplit(url), patience

    def scan(self, content: bytes) -> Scan:
        """Have these bytes scanned.  Without an answer in time the file waits."""
        try:
            answer = self._ask(b"zINSTREAM\0", _chunks(content))
        except OSError as error:
            return Scan("waiting", f"The scanner did not answer ({type(error).__name__}).")
        if answer == "stream: OK":
            return Scan("clean")
        if found := _FOUND.fullmatch(answer):
            return Scan("found", found[1])
        if answer.endswith("ERROR") and "limit" in answer:  # it will never take this one
            return Scan("found", "too large for the scanner")
        return Scan("waiting", "The scanner did not say whether it is clean.")

    def trouble(self) -> str | None:
        """A sentence for the operator where it does not answer."""
        try:
            answer = self._ask(b"zPING\0", iter(()))
        except OSError as error:
            return f"does not answer ({type(error).__name__})"
        return None if answer == "PONG" else "answers, but not as clamd does"

    def _ask(self, command: bytes, chunks: Iterator[bytes]) -> str:
        end = time.monotonic() + self._patience
        with self._connected(end) as link:
            try:
                link.sendall(command)
                for chunk in chunks:
                    link.settimeout(_left(end))
                    link.sendall(chunk)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it hangs up on what is too large for it, and its answer says so
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
                link.settimeout(_left(end))
                more = link.recv(LONGEST_ANSWER)
                if not more:
                    break
                answer += more
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")

    @contextmanager
    def _connected(self, end: float) -> Iterator[socket.socket]:
        if self._url.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(_left(end))
                link.connect(self._url.path)
                yield link
        else:
            with socket.create_connection((self._url.hostname or "", self._url.port or 3310), timeout=_left(end)) as link:
                yield link


def scanned(letter: Letter, scanner: Scans | None) -> Letter:
    """The letter with what the scanner says of each of its files.  Once it does not answer, the rest waits, too."""
    if scanner is None or not letter.files:
        return letter
    files: list[File] = []
    away: Scan | None = None
    for file in letter.files:
        said = away or scanner.scan(file.content)
        away = said if said.state == "waiting" else None
        files.append(replace(file, scan=said.state, finding=said.finding))
    return replace(letter, files=tuple(files))


def _chunks(content: bytes) -> Iterator[bytes]:
    """As INSTREAM wants them: length, bytes, and a length of 0 at the end."""
    for start in range(0, len(content), CHUNK):
        chunk = content[start : start + CHUNK]
        yield struct.pack("!I", len(chunk)) + chunk
    yield struct.pack("!I", 0)


def _left(end: float) -> float:
    return max(0.01, end - time.monotonic())
