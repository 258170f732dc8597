"""A server on loopback that nobody may ever ask: it counts whoever so much as connects."""

from __future__ import annotations

import contextlib
import socket
import threading


class Trap:
    """Listens until it is closed; `caught` holds the first line of each connection."""

    def __init__(self) -> None:
        self.caught: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer, contextlib.suppress(OSError):
                peer.settimeout(1)
                self.caught.append(peer.recv(200).split(b"\r\n")[0].decode("latin-1") or "connected")
                peer.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
