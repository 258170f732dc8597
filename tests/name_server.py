"""A name server on loopback that knows the records which a test gives it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

_CHUNK = 255  # octets of one string of a TXT record

Records = Mapping[str, str | Sequence[tuple[str, str]]]


@contextlib.contextmanager
def name_server(records: Records, *, silent: bool = False) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks it.  `silent`: it hears every question and answers none.

    A name has one text, or several records: («MX», «10 mail.example.org.»), («A», «192.0.2.1»), («TXT», «v=spf1 -all»).
    """
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


def _answer(wire: bytes, records: Records) -> bytes:
    asked = dns.message.from_wire(wire)
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    name, kind = asked.question[0].name, dns.rdatatype.to_text(asked.question[0].rdtype)
    known = records.get(name.to_text().rstrip(".").lower())
    if known is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    else:
        values = [text for of, text in ([("TXT", known)] if isinstance(known, str) else known) if of == kind]
        if values:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *(_chunks(kind, text) for text in values)))
    return answer.to_wire()


def _chunks(kind: str, text: str) -> str:
    return " ".join(f'"{text[at : at + _CHUNK]}"' for at in range(0, len(text), _CHUNK)) if kind == "TXT" else text
