"""Who wrote it?  How far a mail's From may be believed: a rule over what the server in front of us says of it.

V3  proved: DMARC passed                       V1  unproved: one clear sender, and nothing speaks against it
V2  likely: a signature or a server of theirs  V0  doubtful: no clear sender, or its domain says that it is not theirs

Only the Authentication-Results of a server that the operator named count (RFC 8601 §5), and of those only what that server
itself wrote.  A level says nothing of what somebody may do: whether they take part in a case is the case's to know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mail.letter import Envelope, Letter, Trust
from mail.mime.results import Result, Results, read_arc, read_results, read_tags, received_by

# The fields that it is decided from; `parse` keeps them in the letter.
EVIDENCE = (
    "authentication-results",
    "arc-authentication-results",
    "arc-seal",
    "dkim-signature",
    "received",
    "to",
    "subject",
    "date",
)

UNCLEAR = "The sender field names nobody, or more than one."
DENIED = "The sender’s domain says that this mail is not from it."
OTHERS = "Our mail server checked another sender than the one that is shown."
PROVED = "The sender’s domain vouches for this mail."
SIGNED = "It carries a valid signature of the sender’s domain."
SENT_BY_THEM = "It came from a server of the sender’s domain."
FORWARDED = "It was forwarded; a server that we trust says that it was genuine before."
UNPROVED = "Nothing proves who sent it, and nothing speaks against the sender."
UNCHECKED = "Nobody has checked who sent it."
WEAK = "What vouches for it does not cover all of this mail."

# Ends of names under which anybody may register: without the public suffix list, the second-level ones that are in wide use.
_REGISTRIES = frozenset(
    ("ac", "co", "com", "edu", "gov", "gob", "gouv", "go", "gv", "mil", "ne", "net", "nom", "or", "org", "sch")
)
_SIGNED_FIELDS = frozenset(("from", "to", "subject", "date"))


@dataclass(frozen=True)
class Hop:
    """What the operator says of the servers in front: authserv-ids that are ours, and domains whose ARC seals we believe."""

    servers: tuple[str, ...] = ()
    sealers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """What our own check of the signatures found (RFC 6376, RFC 8617): the domains whose signature holds and covers all of the
    mail, and whether the whole ARC chain holds."""

    domains: tuple[str, ...] = ()
    arc: bool = False


def level(letter: Letter, envelope: Envelope, hop: Hop, proof: Proof | None = None) -> Trust:
    """How far the From of this letter may be believed.  `proof` where the signatures were checked by ourselves."""
    author = letter.author
    if author is None:
        return Trust(0, UNCLEAR)
    domain = _ascii(author.address.rpartition("@")[2])
    found = _of_our_servers(letter, hop)
    dmarc = next((result for results in found for result in results.of("dmarc")), None)
    judged = dmarc.domain("header.from") if dmarc else ""
    if judged and not aligned(_ascii(judged), domain):
        return Trust(0, OTHERS)
    if proof and _covers_what_is_shown(letter, envelope) and any(aligned(signer, domain) for signer in proof.domains):
        return Trust(2, SIGNED)
    if dmarc and dmarc.verdict == "pass":
        return Trust(3, PROVED) if _covers(letter, envelope, domain, found) else Trust(1, WEAK)
    if _vouched_by_forwarder(letter, domain, hop, found, proof):
        return Trust(2, FORWARDED)
    if dmarc and dmarc.verdict == "fail":
        return Trust(0, DENIED)
    return _without_dmarc(letter, envelope, domain, found)


def aligned(one: str, other: str) -> bool:
    """Whether two domains belong together (RFC 7489 §3.1.1, relaxed): the same, or one under the other.

    Narrower than the standard: two names side by side under one organisation are not taken for kin, for only the public suffix
    list could say so.  A name under which anybody may register («co.uk») is nobody's.
    """
    if not one or not other:
        return False
    long, short = (one, other) if len(one) >= len(other) else (other, one)
    return one == other or (long.endswith("." + short) and not _is_registry(short))


def _is_registry(domain: str) -> bool:
    labels = domain.split(".")
    return len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and (labels[0] in _REGISTRIES or len(labels[0]) <= 2))


def _without_dmarc(letter: Letter, envelope: Envelope, domain: str, found: list[Results]) -> Trust:
    """The domain asks for nothing, or our server does not look: a signature or a server of theirs is as good."""
    if any(aligned(signer, domain) for signer in _signers(found)):
        return Trust(2, SIGNED) if _covered_signature(letter, envelope, domain) is not False else Trust(1, WEAK)
    spf = _spf(found, domain)
    if spf == "pass":
        return Trust(2, SENT_BY_THEM)
    if spf == "fail":
        return Trust(0, DENIED)
    return Trust(1, UNPROVED if found else UNCHECKED)


def _of_our_servers(letter: Letter, hop: Hop) -> list[Results]:
    """What our own servers wrote about this mail, the topmost first.

    Nobody outside can write above what the trusted hop put on top.  So its uppermost field counts, and those of one stretch with it
    that no Received field parts from it, and nothing below the first Received field that somebody else wrote.  An id is compared
    as it is written, for a server always writes its own the same way.
    """
    found: list[Results] = []
    passed = 0
    for name, line in letter.fields:
        if name == "received":
            ours = any(_is_host_of(received_by(line), server) for server in hop.servers)
            if found or (passed and not ours):
                break
            passed += 1
        elif name == "authentication-results":
            results = read_results(line)
            if results is not None and results.server in hop.servers:
                found.append(results)
    return found


def _is_host_of(host: str, server: str) -> bool:
    return host == server.lower() or host.endswith("." + server.lower())


def _covers(letter: Letter, envelope: Envelope, domain: str, found: list[Results]) -> bool:
    """Whether a DMARC pass stands on something that holds: a server of theirs, or a signature over all of the mail (R23)."""
    if _spf(found, domain) == "pass":
        return True
    return _covered_signature(letter, envelope, domain) is not False


def _covered_signature(letter: Letter, envelope: Envelope, domain: str) -> bool | None:
    """Whether one of the domain's signatures covers all of the mail, and the mail is for us; None where it has none at all."""
    theirs = [
        tags
        for name, line in letter.fields
        if name == "dkim-signature" and aligned(_ascii((tags := read_tags(line)).get("d", "").lower()), domain)
    ]
    if not theirs:
        return None
    return _covers_what_is_shown(letter, envelope) and any(
        why_weak(tags, envelope.received_at.timestamp()) is None for tags in theirs
    )


def why_weak(tags: dict[str, str], at: float) -> str | None:
    """Why a signature does not speak for all of a mail, or None.  `tags` are those of the field, `at` is when it came."""
    if tags.get("a", "").lower().endswith("sha1"):
        return "it is made with SHA-1 (RFC 8301)"
    if "l" in tags:
        return "it covers a part of the body only (l=)"
    if not {name.strip().lower() for name in tags.get("h", "").split(":")} >= _SIGNED_FIELDS:
        return "it leaves From, To, Subject or Date open"
    ends = tags.get("x", "")
    if ends and not (ends.isascii() and ends.isdigit() and int(ends[:15]) >= at):
        return "it has expired (x=)"
    return None


def _covers_what_is_shown(letter: Letter, envelope: Envelope) -> bool:
    """Whether what was signed is what is read here (R23): a second To, Subject or Date may not have been, and a mail that is not
    addressed to where it went may have been sent on by anybody."""
    names = [name for name, _ in letter.fields]
    if any(names.count(name) > 1 for name in ("to", "subject", "date")):
        return False
    shown = {box.address for box in (*letter.to, *letter.cc)}
    return any(recipient.lower() in shown for recipient in envelope.recipients)


def _signers(found: list[Results]) -> Iterator[str]:
    """The domains whose signatures our server found valid."""
    for results in found:
        for result in results.of("dkim"):
            if result.verdict == "pass":
                yield _ascii(result.domain("header.d") or result.domain("header.i"))


def _spf(found: list[Results], domain: str) -> str:
    """What SPF says of the sender's own domain; "" where it was asked about another."""
    result: Result | None = next((result for results in found for result in results.of("spf")), None)
    if result is None or not aligned(_ascii(result.domain("smtp.mailfrom")), domain):
        return ""
    return result.verdict


def _vouched_by_forwarder(letter: Letter, domain: str, hop: Hop, found: list[Results], proof: Proof | None) -> bool:
    """Whether a sealer whom the operator trusts says that the mail was genuine when it came there (RFC 8617, R24).

    The chain has to hold, and whoever sealed it after the trusted one has to be trusted too: they could have changed it.
    """
    arc = next((result for results in found for result in results.of("arc")), None)
    if not hop.sealers or not ((arc and arc.verdict == "pass") or (proof and proof.arc)):
        return False
    said = dict(read_arc(line) for name, line in letter.fields if name == "arc-authentication-results")
    for instance, sealer in sorted(_seals(letter), reverse=True):
        if sealer not in hop.sealers:
            return False
        results = said.get(instance)
        if results is not None and _is_genuine(results, domain):
            return True
    return False


def _seals(letter: Letter) -> Iterator[tuple[int, str]]:
    for name, line in letter.fields:
        if name == "arc-seal":
            tags = read_tags(line)
            instance = tags.get("i", "")
            yield (
                (int(instance) if instance.isascii() and instance.isdigit() and len(instance) < 3 else 0),
                tags.get("d", "").lower(),
            )


def _is_genuine(results: Results, domain: str) -> bool:
    dmarc = next(iter(results.of("dmarc")), None)
    if dmarc is not None:
        judged = dmarc.domain("header.from")
        return dmarc.verdict == "pass" and (not judged or aligned(_ascii(judged), domain))
    return any(aligned(signer, domain) for signer in _signers([results])) or _spf([results], domain) == "pass"


def _ascii(domain: str) -> str:
    """A domain as the DNS spells it; one that it cannot spell stays as it is, and so is nobody's."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
