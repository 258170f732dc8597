"""Whom the desk may ask for somebody else's sake (C26)."""

from __future__ import annotations

import ipaddress

import pytest

from helpdesk.policies.networks import may_be_asked

INSIDE = """
127.0.0.1 127.8.8.8 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 192.0.0.192
192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1
2001:0:53aa:64c:0:0:f5ff:fffe 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1
ff02::1 localhost 127.1 0x7f.1 8.8.8.8.8
""".split()  # noqa: SIM905


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_behind_a_wall_is_asked(address: str) -> None:
    assert not may_be_asked(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "100.63.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001:830::200e"]
)
def test_the_public_internet_is(address: str) -> None:
    assert may_be_asked(address)


def test_a_network_may_be_permitted_besides() -> None:
    home = [ipaddress.ip_network("127.0.0.0/8")]
    assert may_be_asked("127.0.0.1", home)
    assert not may_be_asked("10.0.0.1", home)
    assert not may_be_asked("::1", home)
