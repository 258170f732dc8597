"""A clamd as small as it can be: it speaks INSTREAM and PING on a real socket, and knows one virus (the harmless EICAR test file)."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

# Put together here, so that no scanner on a developer's machine takes this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"


class Clamd:
    """Listens on a free port, or on a Unix socket.  `answer` (with its ending NUL) is said instead of a verdict; `silent`: says nothing."""

    def __init__(
        self, path: Path | None = None, *, answer: bytes | None = None, silent: bool = False, limit: int = 1 << 20
    ) -> None:
        self.seen: list[bytes] = []
        clamd, done = self, threading.Event()
        self._done = done

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, struct.error):
                    if silent:
                        done.wait(20)
                        return
                    command = self._word()
                    said = b"PONG\0" if command == b"zPING" else clamd._verdict(self.rfile, limit)
                    self.wfile.write(answer or said)

            def _word(self) -> bytes:
                word = b""
                while (octet := self.rfile.read(1)) not in (b"", b"\0"):
                    word += octet
                return word

        kind = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
        self._server = kind(str(path) if path else ("127.0.0.1", 0), Handler)  # type: ignore[arg-type]
        self._server.daemon_threads = True
        self.url = f"unix:{path}" if path else f"tcp://127.0.0.1:{self._server.server_address[1]}"  # type: ignore[str-bytes-safe]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _verdict(self, stream: object, limit: int) -> bytes:
        content = b""
        while length := struct.unpack("!I", stream.read(4))[0]:  # type: ignore[attr-defined]
            content += stream.read(length)  # type: ignore[attr-defined]
            if len(content) > limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.seen.append(content)
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"

    def stop(self) -> None:
        self._done.set()
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def running(path: Path | None = None, **manner: object) -> Iterator[Clamd]:
    """A clamd that is up."""
    clamd = Clamd(path, **manner)  # type: ignore[arg-type]
    try:
        yield clamd
    finally:
        clamd.stop()


def nobody() -> str:
    """The URL of a clamd that is down."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"
