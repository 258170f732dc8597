"""Somebody's web server on loopback, with pictures and with traps; it writes down what it was asked, and how."""

from __future__ import annotations

import contextlib
import http.server
import ssl
import threading
import time
from typing import ClassVar

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001ff56c7a1580000000049454e44ae426082"
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: PictureServer  # type: ignore[assignment]
    moved: ClassVar[dict[str, str]] = {"/to-file": "file:///etc/passwd", "/loop": "/loop", "/moved": "/p.png"}

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        path = self.path.partition("?")[0]
        with contextlib.suppress(OSError):
            if path.startswith("/to/"):
                self._moves(f"http://{path.removeprefix('/to/')}/p.png")
            elif path in self.moved:
                self._moves(self.moved[path])
            elif path == "/drip":
                self._drips()
            elif path == "/huge":
                self._sends(PNG + bytes(6 * 1024 * 1024))
            elif path == "/gone":
                self.send_error(404)
            else:
                self._sends({"/x.svg": SVG, "/page": b"<script>alert(1)</script>", "/short": b"\x89P"}.get(path, PNG))

    def _moves(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Set-Cookie", "spy=1")
        self.end_headers()

    def _sends(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Set-Cookie", "spy=1")
        self.end_headers()
        self.wfile.write(content)

    def _drips(self) -> None:
        """A header that never ends, octet by octet."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def log_message(self, *args: object) -> None:
        pass


class PictureServer(http.server.ThreadingHTTPServer):
    """Serves until the block ends.  `asked`: (path, header fields) of each request."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.port = self.server_address[1]

    def __enter__(self) -> PictureServer:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        pass
