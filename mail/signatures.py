"""Our own check of DKIM signatures and ARC seals, where no mail server in front does it (HOLDLINE_DKIM=verify).

Done before any transaction is open: bytes in, a `Proof` out.  Whatever a mail or a name server does, the worst that comes of it is
no proof, and after ten seconds nobody waits any more.
"""

from __future__ import annotations

import time
from datetime import datetime

import dkim
import dns.exception
import dns.resolver
import structlog

from mail.letter import Letter
from mail.mime.results import read_tags
from mail.trust import Proof, why_weak

MOST = 5  # signatures of one mail that are checked
PATIENCE = 10.0  # seconds for all of them
_ONE_ANSWER = 4.0  # seconds for one name server's answer

log = structlog.get_logger(__name__)


class Prover:
    """Checks signatures, asking this resolver for the keys (the system's, where none is given)."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None, *, patience: float = PATIENCE) -> None:
        self._resolver, self._patience = resolver, patience

    def prove(self, raw: bytes, letter: Letter, at: datetime) -> Proof:
        """What the signatures of this mail prove, which came at this instant.  Never raises."""
        signatures = [read_tags(line) for name, line in letter.fields if name == "dkim-signature"][:MOST]
        sealed = any(name == "arc-seal" for name, _ in letter.fields)
        if not signatures and not sealed:
            return Proof()
        try:
            keys = _Keys(self._resolver or dns.resolver.get_default_resolver(), self._patience)
            found = dkim.DKIM(raw, minkey=1024)
            valid = [
                tags.get("d", "").lower()
                for place, tags in enumerate(signatures)
                if why_weak(tags, at.timestamp()) is None and _holds(found, place, tags, keys)
            ]
            return Proof(tuple(dict.fromkeys(valid)), sealed and _chain_holds(raw, keys))
        except Exception as error:  # dkimpy is not made for hostile input; without its answer nothing is proved
            log.info("signatures not checked", error=type(error).__name__)
            return Proof()


class _Keys:
    """Looks keys up for dkimpy, within the patience that is left."""

    def __init__(self, resolver: dns.resolver.Resolver, patience: float) -> None:
        self._resolver, self._end = resolver, time.monotonic() + patience

    def __call__(self, name: bytes, timeout: float = _ONE_ANSWER) -> bytes | None:
        left = self._end - time.monotonic()
        if left <= 0:
            return None
        try:
            answer = self._resolver.resolve(name.decode("ascii"), "TXT", lifetime=min(left, timeout, _ONE_ANSWER), search=False)
        except (dns.exception.DNSException, UnicodeError, OSError):
            return None
        return next((b"".join(record.strings) for record in answer), None)


def _holds(found: dkim.DKIM, place: int, tags: dict[str, str], keys: _Keys) -> bool:
    """Whether the signature at this place holds.  dkimpy must have read the same signature there as we did."""
    try:
        return bool(found.verify(idx=place, dnsfunc=keys)) and found.signature_fields.get(b"d", b"").decode("ascii") == tags.get(
            "d"
        )
    except Exception:  # of one signature: another may hold
        return False


def _chain_holds(raw: bytes, keys: _Keys) -> bool:
    try:
        verdict, _results, _reason = dkim.ARC(raw, minkey=1024).verify(dnsfunc=keys)
    except Exception:
        return False
    return bool(verdict == dkim.CV_Pass)
