"""A token server of OAuth2 on loopback: it gives tokens, says to a mail server whether one is good, and can be told to be difficult."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


class TokenServer:
    """`good` are the tokens that open `user`'s mailbox; `refusal` is (status, answer) said instead of a token where it is set."""

    def __init__(self, user: str = "help") -> None:
        self.user = user
        self.good: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.refusal: tuple[int, Any] | None = None
        self.more: dict[str, Any] = {"expires_in": 3600}
        self._numbers = itertools.count(1)
        self._server = _Server(self)
        port = self._server.server_address[1]
        self.token_url = f"http://127.0.0.1:{port}/token"
        self.introspection_url = f"http://127.0.0.1:{port}/introspect"

    @contextlib.contextmanager
    def running(self) -> Iterator[TokenServer]:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def client(self, **more: str) -> dict[str, str]:
        """What an operator writes into HOLDLINE_OAUTH__…."""
        said = {"token_url": self.token_url, "client_id": "desk", "client_secret": "s3cret", "grant": "client_credentials"}
        return said | more

    def withdraw(self) -> None:
        """No token that was given is good any more."""
        self.good.clear()

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        if path == "/introspect":
            return 200, {"active": form.get("token") in self.good, "username": self.user}
        self.asked.append(form)
        if self.refusal is not None:
            return self.refusal
        token = f"token-{next(self._numbers)}"
        self.good.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", **self.more}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tokens: TokenServer) -> None:
        self.tokens = tokens
        super().__init__(("127.0.0.1", 0), _Request)


class _Request(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        status, said = self.server.tokens.answer(self.path, form)
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        if status // 100 == 3:
            self.send_header("Location", self.server.tokens.introspection_url)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""
