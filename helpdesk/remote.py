"""The one place of the desk that asks anybody on the web (C26): for pictures that a reader wants to see (C2), and to tell webhooks.

It asks public addresses only and connects to the very address that was judged, so a name that changes its mind changes nothing.  For
pictures, so that their sender learns our address and not the reader's, it follows three redirects at the most, each judged anew, sends
no cookie and no referrer, and takes nothing but a picture that is one by its bytes.  A webhook may lie in a private network where an
admin said so; it is told, redirects it nowhere, and its answer is not read.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin

import certifi

from helpdesk.policies.files import raster_type
from helpdesk.policies.links import Target, target
from helpdesk.policies.networks import PRIVATE, Network, is_loopback, may_be_asked
from helpdesk.policies.webhooks import Trouble

PATIENCE = 5.0  # seconds for one picture, redirects and all
PATIENCE_FOR_ALL = 10.0
MOST_BYTES = 5 * 1024 * 1024
MOST_REDIRECTS = 3
AT_ONCE = 6
PORTS = {"http": 80, "https": 443}
FIELDS = {
    "User-Agent": "Mail picture proxy",
    "Accept": "image/png, image/jpeg, image/gif, image/webp",
    "Accept-Encoding": "identity",
}
TOLD = {"User-Agent": "Holdline", "Content-Type": "application/json", "Accept-Encoding": "identity", "Connection": "close"}

Resolve = Callable[[str, int], Sequence[str]]


class NotFetched(Exception):
    """There is no picture to be had there.  `str()` says why, without the address."""


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host.  Raises OSError."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class NotTaken(Exception):
    """A webhook did not take its message.  `why` is a word of policies.webhooks.TROUBLES, `detail` what belongs to it."""

    def __init__(self, why: Trouble, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why, self.detail = why, detail


@dataclass(frozen=True)
class Wire:
    """How to connect.  `also` and `ports` permit networks and ports besides those of the public web: none in the product."""

    resolve: Resolve = resolve
    also: Sequence[Network] = ()
    ports: Sequence[int] = tuple(PORTS.values())
    patience: float = PATIENCE
    tls: ssl.SSLContext = field(default_factory=lambda: ssl.create_default_context(cafile=certifi.where()))

    @contextlib.contextmanager
    def connected(self, there: Target, address: str, end: float) -> Iterator[http.client.HTTPConnection]:
        """A connection to this IP address, by TLS where the target says so.  Raises OSError, and NotFetched once it takes too long."""
        with contextlib.ExitStack() as up:
            wire = socket.create_connection((address, there.port or PORTS[there.scheme]), timeout=_left(end))
            up.callback(wire.close)
            if there.scheme == "https":
                wire = self.tls.wrap_socket(wire, server_hostname=there.host, do_handshake_on_connect=False)
                up.callback(wire.close)
            # A server that sends one octet now and then never runs into a timeout of the socket's.
            alarm = threading.Timer(_left(end), _cut, [wire])
            alarm.daemon = True
            up.callback(alarm.cancel)
            alarm.start()
            if isinstance(wire, ssl.SSLSocket):
                wire.do_handshake()
            talk = http.client.HTTPConnection(there.host, there.port, timeout=_left(end))
            talk.sock = wire
            yield talk


@dataclass(frozen=True)
class Caller(Wire):
    """Tells webhooks."""

    def tell(self, url: str, content: bytes, fields: Mapping[str, str], *, private: bool) -> int:
        """Post these bytes; the status of the answer, which is one of success.  Raises NotTaken.  `private`: an admin permits our networks."""
        end, there = time.monotonic() + self.patience, target(url)
        if there is None or there.has_user:
            raise NotTaken("address")
        try:
            addresses = self.resolve(there.host.strip("[]"), there.port or PORTS[there.scheme])
        except (OSError, ValueError):
            raise NotTaken("host") from None
        if not addresses or not all(may_be_asked(one, (*self.also, *(PRIVATE if private else ()))) for one in addresses):
            raise NotTaken("private")
        if there.scheme != "https" and not all(is_loopback(one) for one in addresses):
            raise NotTaken("plain")
        try:
            with self.connected(there, addresses[0], end) as talk:
                talk.request("POST", _request_target(there.path), body=content, headers={**TOLD, **fields})
                status = talk.getresponse().status
        except ssl.SSLCertVerificationError:
            raise NotTaken("certificate") from None
        except (TimeoutError, NotFetched):
            raise NotTaken("slow") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise NotTaken("slow" if time.monotonic() >= end else "connection") from None
        if not 200 <= status < 300:
            raise NotTaken("status", str(status))
        return status


@dataclass(frozen=True)
class Fetcher(Wire):
    """Fetches pictures."""

    def all(self, urls: Iterable[str], *, most_bytes: int, patience: float = PATIENCE_FOR_ALL) -> dict[str, bytes]:
        """The pictures that were to be had in this time and size, by their address."""
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        for url in urls:
            waiting.put(url)
        found: dict[str, bytes] = {}
        end = time.monotonic() + patience

        def work() -> None:
            with contextlib.suppress(queue.Empty):
                while time.monotonic() < end:
                    url = waiting.get_nowait()
                    with contextlib.suppress(NotFetched):
                        found[url] = self.one(url, until=end)

        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(AT_ONCE, waiting.qsize()))]
        for thread in threads:
            thread.start()
        for thread in threads:  # one that hangs in a resolver is left behind
            thread.join(max(0.0, end - time.monotonic()))
        kept: dict[str, bytes] = {}
        for url, picture in list(found.items()):
            most_bytes -= len(picture)
            if most_bytes >= 0:
                kept[url] = picture
        return kept

    def one(self, url: str, *, until: float = float("inf")) -> bytes:
        """One picture.  Raises NotFetched."""
        end = min(until, time.monotonic() + self.patience)
        for _ in range(MOST_REDIRECTS + 1):
            there = target(url)
            if there is None:
                raise NotFetched("not an address of the web")
            picture, moved = self._ask(there, end)
            if picture is not None:
                return picture
            url = urljoin(f"{there.scheme}://{there.host}{f':{there.port}' if there.port else ''}{there.path}", moved)
        raise NotFetched("too many redirects")

    def _ask(self, there: Target, end: float) -> tuple[bytes | None, str]:
        """The picture, or where it has moved to."""
        address = self._judged(there, there.port or PORTS[there.scheme])
        try:
            with self.connected(there, address, end) as talk:
                talk.request("GET", _request_target(there.path), headers=FIELDS)
                return _picture(talk.getresponse(), end)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotFetched(type(error).__name__) from None

    def _judged(self, there: Target, port: int) -> str:
        """The one IP address to connect to."""
        if there.has_user or port not in self.ports:
            raise NotFetched("a name or a port that pictures do not need")
        try:
            addresses = self.resolve(there.host.strip("[]"), port)
        except (OSError, ValueError):
            raise NotFetched("no such host") from None
        if not addresses or not all(may_be_asked(address, self.also) for address in addresses):
            raise NotFetched("not an address of the public internet")
        return addresses[0]


def _picture(answer: http.client.HTTPResponse, end: float) -> tuple[bytes | None, str]:
    if answer.status in (301, 302, 303, 307, 308):
        return None, answer.headers.get("Location", "")
    if answer.status != 200:
        raise NotFetched(f"answered {answer.status}")
    content = b""
    while chunk := answer.read(65_536):
        content += chunk
        if len(content) > MOST_BYTES or time.monotonic() > end:
            raise NotFetched("too large, or too slow")
        if len(content) >= 12 and raster_type(content) is None:
            raise NotFetched("not a picture")
    if raster_type(content) is None or time.monotonic() > end:
        raise NotFetched("not a picture, or not in time")
    return content, ""


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise NotFetched("too slow")
    return left


def _cut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(wire, socket.SHUT_RDWR)  # past TLS, whose own would want to say good-bye


def _request_target(path: str) -> str:
    """Path and query as they go over the wire: no fragment, nothing that could begin another line."""
    plain = path.partition("#")[0].replace("\\", "/")
    plain = quote(plain, safe="/?&=%:;,.+~!*'()@$[]|-_")
    return plain if plain.startswith("/") else f"/{plain}"
