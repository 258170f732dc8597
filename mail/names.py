"""Asking name servers what they say of our zone.  After a few seconds nobody waits any more: what was not answered is not known."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import dns.exception
import dns.resolver
from dns.rdtypes.txtbase import TXTBase

from helpdesk.policies.zone import Answer, Answers, Question, Zone, further, questions

PATIENCE = 4.0  # seconds for all of it
_AT_ONCE = 8


def look_up(zone: Zone, resolver: dns.resolver.Resolver | None = None, *, patience: float = PATIENCE) -> Answers:
    """The answers to all that has to be known of this zone, by this resolver or the system's.  Never raises."""
    end = time.monotonic() + patience
    try:
        asked = resolver or dns.resolver.get_default_resolver()
    except (dns.exception.DNSException, OSError):
        return {question: Answer(silent=True) for question in questions(zone)}
    first = _ask_all(asked, questions(zone), end)
    return {**first, **_ask_all(asked, further(first), end)}


def _ask_all(resolver: dns.resolver.Resolver, asked: Iterable[Question], end: float) -> dict[Question, Answer]:
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        waiting = {question: threads.submit(_ask, resolver, question, end) for question in asked}
        return {question: answer.result() for question, answer in waiting.items()}


def _ask(resolver: dns.resolver.Resolver, question: Question, end: float) -> Answer:
    name, kind = question
    left = end - time.monotonic()
    if left <= 0:
        return Answer(silent=True)
    try:
        found = resolver.resolve(f"{name}.", kind, lifetime=left, search=False, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return Answer()
    except (dns.exception.DNSException, UnicodeError, OSError):
        return Answer(silent=True)
    rows = found.rrset or ()
    if kind == "TXT":
        return Answer(tuple(b"".join(row.strings).decode("utf-8", "replace") for row in rows if isinstance(row, TXTBase)))
    return Answer(tuple(row.to_text() for row in rows))
