"""What the DNS has to say so that mail to us arrives and our answers are believed: the lines of our zone, and what to ask about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Type = Literal["MX", "TXT", "A", "AAAA"]
Question = tuple[str, Type]

SELECTOR = "mail"  # as which most mail servers sign, until somebody says another
_TRYING = ("example", "test", "localhost", "invalid", "example.org", "example.com", "example.net")
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True)
class Answer:
    """What was answered to one question.  `silent`: nothing was, so nothing is known."""

    values: tuple[str, ...] = ()
    silent: bool = False


Answers = Mapping[Question, Answer]


@dataclass(frozen=True)
class Line:
    """One line of a zone."""

    kind: Literal["mx", "spf", "dkim", "dmarc"]
    name: str
    value: str

    @property
    def text(self) -> str:
        """As it is pasted into a zone file."""
        if self.kind == "mx":
            return f"{self.name}. IN MX 10 {self.value}."
        return f'{self.name}. IN TXT "{self.value}"'


@dataclass(frozen=True)
class Zone:
    """What is set: where reply addresses live and answers come from.

    `replies` is "" where they are plus addresses; `envelope` is the domain of the senders on our envelopes; `desks` those of the
    front desks.  `server` is the mail server, `selector` the name under which it signs; what nobody has said is guessed.
    """

    replies: str
    envelope: str
    desks: tuple[str, ...]
    server: str = ""
    selector: str = ""
    relay: str = ""  # the SPF word for a relay elsewhere («a:smtp.example.org»); "" where our mail leaves by the mail server

    def lines(self) -> list[Line]:
        """The lines that are needed, in the order in which one sets them up; none for plus addresses."""
        if not self.replies:
            return []
        selector = self.selector or SELECTOR
        found = [Line("mx", self.replies, self.server or f"mail.{self.desks[0]}")]
        found.append(Line("spf", self.envelope, " ".join(filter(None, ("v=spf1 mx", self.relay, "-all")))))
        for desk in self.desks:
            found.append(Line("dkim", f"{selector}._domainkey.{desk}", "v=DKIM1; k=rsa; p=…"))
            found.append(Line("dmarc", f"_dmarc.{desk}", f"v=DMARC1; p=none; rua=mailto:postmaster@{desk}"))
        return found

    @property
    def is_for_trying(self) -> bool:
        """Whether no name server of the world knows its domains."""
        return all(is_for_trying(domain) for domain in (self.replies, *self.desks) if domain)


def is_for_trying(domain: str) -> bool:
    """Whether this name is for trying things out: nobody could resolve it (RFC 2606)."""
    return any(domain == name or domain.endswith(f".{name}") for name in _TRYING)


def is_name(text: str) -> bool:
    """Whether a host or a selector may be called so."""
    return _NAME.fullmatch(text) is not None


def questions(zone: Zone) -> list[Question]:
    """What a name server is asked first."""
    found: list[Question] = []
    for domain in (zone.replies, *zone.desks) if zone.replies else zone.desks:
        found += [(domain, "MX"), (domain, "A"), (domain, "AAAA")]
    if zone.replies and zone.relay:
        found += [(zone.envelope, "MX"), (zone.envelope, "A"), (zone.envelope, "AAAA")]
        if zone.relay.startswith("a:"):
            found += [(zone.relay[2:], "A"), (zone.relay[2:], "AAAA")]
    for line in zone.lines():
        if line.kind == "dmarc":
            found += [(f"_dmarc.{domain}", "TXT") for domain in upwards(line.name.removeprefix("_dmarc."))]
        elif line.kind != "mx":
            found.append((line.name, "TXT"))
    return list(dict.fromkeys(found))


def further(answers: Answers) -> list[Question]:
    """What has to be asked about the mail servers that were named."""
    hosts = {host for (_, kind), answer in answers.items() if kind == "MX" for host in hosts_of(answer)}
    asked: list[Question] = [(host, kind) for host in sorted(hosts) for kind in ("A", "AAAA")]
    return [question for question in asked if question not in answers]


def hosts_of(answer: Answer) -> list[str]:
    """The mail servers of an MX answer («10 mail.example.org.»), the first choice first; "" is «no mail at all» (RFC 7505)."""
    ranked = sorted((int(rank), host.rstrip(".").lower()) for rank, host in (value.split() for value in answer.values))
    return list(dict.fromkeys(host for _, host in ranked))


def upwards(domain: str) -> list[str]:
    """A domain and those above it that can be somebody's own."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))][-4:]
