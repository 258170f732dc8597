"""A name server on loopback that knows the TXT records which a test gives it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

_CHUNK = 255  # octets of one string of a TXT record


@contextlib.contextmanager
def name_server(records: dict[str, str], *, silent: bool = False) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks it.  `silent`: it hears every question and answers none."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    door.settimeout(0.1)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                wire, caller = door.recvfrom(4096)
            except TimeoutError:
                continue
            if not silent:
                door.sendto(_answer(wire, records), caller)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], door.getsockname()[1]
    try:
        yield resolver
    finally:
        over.set()
        thread.join()
        door.close()


def _answer(wire: bytes, records: dict[str, str]) -> bytes:
    asked = dns.message.from_wire(wire)
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    name = asked.question[0].name
    text = records.get(name.to_text().rstrip(".").lower())
    if text is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    else:
        chunks = " ".join(f'"{text[at : at + _CHUNK]}"' for at in range(0, len(text), _CHUNK))
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", chunks))
    return answer.to_wire()
