"""How the lines of our zone stand: each is judged by what a name server answered, in one sentence that says what to do.

The one home of these rules: the page of the reply domain and `holdline check` both ask here.  Nothing here asks a name server.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from helpdesk.policies.zone import SELECTOR, Answer, Answers, Line, Type, Zone, hosts_of, upwards
from helpdesk.policies.zone_relay import permits

State = Literal["right", "note", "wrong", "unknown"]
_LEAST_KEY = 160  # octets of a public RSA key of 1024 bits


@dataclass(frozen=True)
class Finding:
    """What is to be said of a line: one sentence (English, with placeholders), and how it stands."""

    state: State
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def english(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


UNKNOWN = Finding(
    "unknown", "No name server answered in time. Try again; if it stays so, look at the name servers of this machine."
)


def judged(zone: Zone, line: Line, answers: Answers) -> Finding:
    """How a line of this zone stands."""
    match line.kind:
        case "mx":
            return mail_arrives(line.name, answers, server=zone.server)
        case "spf":
            return _spf(_texts(answers, line.name, "v=spf1"), zone, answers)
        case "dkim":
            return _dkim(_texts(answers, line.name, ""), zone)
        case _:
            return _dmarc(zone, line.name.removeprefix("_dmarc."), answers)


def mail_arrives(domain: str, answers: Answers, *, server: str = "") -> Finding:
    """Whether mail to this domain finds its way, and to which server."""
    mx = _known(answers, domain, "MX")
    if mx is None:
        return UNKNOWN
    hosts = hosts_of(mx)
    if not hosts:
        direct = _has_address(domain, answers)
        if direct is None:
            return UNKNOWN
        if direct:
            return Finding(
                "note",
                "There is no MX line, so mail goes to %(domain)s itself. Add the line if that is another machine.",
                {"domain": domain},
            )
        return Finding("wrong", "There is no MX line for %(domain)s, so mail to it does not arrive. Add one.", {"domain": domain})
    if "" in hosts:
        return Finding(
            "wrong", "It says that %(domain)s takes no mail at all («MX 0 .»). Put the line in its place.", {"domain": domain}
        )
    reached = {host: _has_address(host, answers) for host in hosts}
    lost = [host for host, found in reached.items() if found is False]
    if lost:
        return Finding(
            "wrong", "It leads to %(host)s, and that name has no address. Give it one, or name another server.", {"host": lost[0]}
        )
    if None in reached.values():
        return UNKNOWN
    named = {"hosts": ", ".join(hosts), "server": server}
    if server and server not in hosts:
        return Finding("note", "Mail goes to %(hosts)s, not to %(server)s. That is right if it is passed on to Holdline.", named)
    return Finding("right", "Mail goes to %(hosts)s.", named)


def _spf(found: list[str] | None, zone: Zone, answers: Answers) -> Finding:
    if found is None:
        return UNKNOWN
    if not found:
        return Finding("wrong", "Nothing says who may send for this domain, so our answers may count as junk. Add the line.")
    if len(found) > 1:
        return Finding(
            "wrong", "There are %(count)s SPF lines, and then none of them counts. Make one of them.", {"count": len(found)}
        )
    words = found[0].lower().split()[1:]
    if {"+all", "all"} & set(words):
        return Finding("wrong", "It lets the whole world send for this domain. End it with -all.")
    if [word for word in words if not word.startswith("exp=")] in (["-all"], ["~all"]):
        return Finding(
            "wrong", "It says that nobody sends for this domain, so our answers are refused. Name your mail server in it."
        )
    if not any(word in ("-all", "~all") or word.startswith("redirect=") for word in words):
        return Finding("note", "It names who may send and forbids nobody else. End it with -all once everything arrives.")
    permitted = permits(found[0], zone.relay, zone.envelope, answers) if zone.relay else None
    if permitted:
        return Finding("right", "It says that %(relay)s may send, which hands our mail on.", {"relay": zone.relay})
    if permitted is False:
        return Finding(
            "wrong",
            "It does not permit %(relay)s, which hands our mail on, so our answers may count as junk. Add that word.",
            {"relay": zone.relay},
        )
    return Finding("right", "It says who may send; the relay has to be among them.")


def _dkim(found: list[str] | None, zone: Zone) -> Finding:
    if found is None:
        return UNKNOWN
    named: dict[str, object] = {"selector": zone.selector or SELECTOR}
    if not found:
        if not zone.selector:
            return Finding(
                "note",
                "There is no key “%(selector)s”. Write above by which name your mail server signs, or let it make a key.",
                named,
            )
        return Finding(
            "wrong", "There is no key “%(selector)s”. Let your mail server make one, and add the line that it shows.", named
        )
    if len(found) > 1:
        return Finding(
            "wrong",
            "There are %(count)s keys under one name; keep the one with which your mail server signs.",
            {"count": len(found)},
        )
    tags = _tags(found[0])
    if "p" in tags and not tags["p"]:
        return Finding(
            "wrong", "The key “%(selector)s” was withdrawn (its p= is empty). Let your mail server make a new one.", named
        )
    try:
        key = base64.b64decode(re.sub(r"\s", "", tags.get("p", "")), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        return Finding(
            "wrong", "There is a line for “%(selector)s”, but no key can be read in it. Paste the whole line again.", named
        )
    if tags.get("k", "rsa") == "rsa" and len(key) < _LEAST_KEY:
        return Finding("wrong", "The key “%(selector)s” is too short to be believed. Make one of 2048 bits.", named)
    if "y" in tags.get("t", "").split(":"):
        return Finding(
            "note", "The key “%(selector)s” is there, marked as a test (t=y). Take that away once everything arrives.", named
        )
    return Finding("right", "The key “%(selector)s” is there; your mail server has to sign with it.", named)


def _dmarc(zone: Zone, domain: str, answers: Answers) -> Finding:
    for place in upwards(domain):  # what a parent domain says counts, too
        found = _texts(answers, f"_dmarc.{place}", "v=dmarc1")
        if found is None:
            return UNKNOWN
        if found:
            return _policy(zone, domain, found)
    return Finding(
        "wrong", "Large providers take little mail from a domain without this line. Add it; with p=none it forbids nothing."
    )


def _policy(zone: Zone, domain: str, found: list[str]) -> Finding:
    if len(found) > 1:
        return Finding("wrong", "There are %(count)s DMARC lines, and then none of them counts. Keep one.", {"count": len(found)})
    tags = _tags(found[0])
    policy = tags.get("p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        return Finding("wrong", "It does not say what to do with forged mail. Write p=none, p=quarantine or p=reject into it.")
    strict = tags.get("aspf", "r").lower() == "s"
    if policy != "none" and zone.envelope != domain and (strict or not _are_kin(zone.envelope, domain)):
        told: dict[str, object] = {"domain": domain, "envelope": zone.envelope}
        return Finding(
            "note",
            "It is strict, and SPF of %(envelope)s does not count for %(domain)s: everything hangs on the DKIM line.",
            told,
        )
    return Finding("right", "It says what becomes of forged mail (p=%(policy)s).", {"policy": policy})


def _known(answers: Answers, name: str, kind: Type) -> Answer | None:
    """The answer, or None where there was none."""
    found = answers.get((name, kind))
    return None if found is None or found.silent else found


def _has_address(host: str, answers: Answers) -> bool | None:
    """Whether a host has an address; None: nobody knows."""
    found = [_known(answers, host, kind) for kind in ("A", "AAAA")]
    if any(answer is not None and answer.values for answer in found):
        return True
    return None if None in found else False


def _texts(answers: Answers, name: str, begins: str) -> list[str] | None:
    found = _known(answers, name, "TXT")
    return None if found is None else [text for text in found.values if text.lower().startswith(begins)]


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def _are_kin(one: str, other: str) -> bool:
    """Whether two domains are likely one house's: one lies below the other, or both below one of theirs."""
    return bool(set(upwards(one)) & set(upwards(other)))
