"""Whether the SPF line permits the relay that hands our mail on, as far as its words and the answers that we have say it (RFC 7208 §5)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from helpdesk.policies.zone import Answers, Type, hosts_of

Address = IPv4Address | IPv6Address
_FAMILIES: tuple[Type, Type] = ("A", "AAAA")


def permits(text: str, relay: str, domain: str, answers: Answers) -> bool | None:
    """Whether an SPF line of `domain` lets the relay («a:smtp.example.org», «ip4:192.0.2.1») send; None: others would have to be asked."""
    words = [word.lstrip("+").lower() for word in text.split()[1:] if word[:1] not in "-~?"]
    if relay in words:
        return True
    addresses = _addresses_of(relay, answers)
    said = [_covers(word, addresses, domain, answers) for word in words if word != "all" and not word.startswith("exp=")]
    if True in said:
        return True
    return None if None in said or not addresses else False


def _covers(word: str, addresses: Iterable[Address], domain: str, answers: Answers) -> bool | None:
    """Whether one word covers one of the relay's addresses."""
    if word.startswith(("ip4:", "ip6:")):
        try:
            network = ip_network(word[4:], strict=False)
        except ValueError:
            return None
        return any(address in network for address in addresses)
    if word == "a":
        return _leads_to([domain], addresses, answers)
    if word == "mx":
        found = answers.get((domain, "MX"))
        return None if found is None or found.silent else _leads_to(hosts_of(found), addresses, answers)
    return None


def _leads_to(hosts: Iterable[str], addresses: Iterable[Address], answers: Answers) -> bool | None:
    found = [_answered(host, answers) for host in hosts]
    if any(address in theirs for theirs in found if theirs is not None for address in addresses):
        return True
    return None if None in found else False


def _addresses_of(relay: str, answers: Answers) -> set[Address]:
    kind, _colon, name = relay.partition(":")
    if kind == "a":
        return _answered(name, answers) or set()
    return {ip_address(name)} if name else set()


def _answered(host: str, answers: Answers) -> set[Address] | None:
    """The addresses of a host; None where nobody answered."""
    found = [_of(answers, host, family) for family in _FAMILIES]
    return None if None in found else {ip_address(text) for values in found for text in values or ()}


def _of(answers: Answers, host: str, family: Type) -> tuple[str, ...] | None:
    answer = answers.get((host, family))
    return None if answer is None or answer.silent else answer.values
