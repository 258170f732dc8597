"""Which addresses the desk may ask for somebody else's sake: the public internet's, and nothing behind our own wall."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_WORLD_6 = ipaddress.ip_network("2000::/3")  # all that RFC 4291 §2.4 gives to the global unicast of today
_REFUSED: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598; a cloud's metadata stand there too (100.100.100.200)
        "168.63.129.16/32",  # the host of every machine at Azure, though a public address
        "192.0.0.0/24",  # RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "2001::/23",  # Teredo, ORCHID and other protocols' own, RFC 2928
        "2002::/16",  # 6to4: any IPv4 address in disguise
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # NAT64 of one's own, RFC 8215
        "3fff::/20",  # documentation, RFC 9637
    )
)
# What lies behind our own wall and may be asked where an admin says so.  Link-local is not among it: there stand the metadata of clouds.
PRIVATE: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7")
)


def is_loopback(address: str) -> bool:
    """Whether this is the machine itself."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def may_be_asked(address: str, also: Sequence[Network] = ()) -> bool:
    """Whether this IP address is one of the public internet.  `also`: networks that are permitted besides."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(ip in network for network in also):
        return True
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _WORLD_6:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _REFUSED)
