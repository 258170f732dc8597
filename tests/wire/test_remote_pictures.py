"""Pictures of other servers, fetched for a reader (C2, C26): by real sockets, from a server that means no good."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.remote import Fetcher, NotFetched
from tests.picture_server import PNG, PictureServer
from tests.scripted_relay import certificate

HOME = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture()
def server() -> Iterator[PictureServer]:
    with PictureServer() as found:
        yield found


def fetcher(server: PictureServer, *hosts: str, **changes: object) -> Fetcher:
    """One to whom loopback is the world; these hosts, and pictures.example, are there."""
    names = {host: ["127.0.0.1"] for host in ("pictures.example", *hosts)}
    words = {"resolve": lambda host, _port: names.get(host, [host]), "also": HOME, "ports": (server.port,), **changes}
    return Fetcher(**words)  # type: ignore[arg-type]


def test_a_picture_is_fetched_and_nothing_is_told_but_our_address(server: PictureServer) -> None:
    picture = fetcher(server).one(f"http://pictures.example:{server.port}/p.png?id=1&x=a b#part")
    assert picture == PNG
    ((path, fields),) = server.asked
    assert path == "/p.png?id=1&x=a%20b"
    assert fields["host"] == f"pictures.example:{server.port}"
    assert set(fields) == {"host", "user-agent", "accept", "accept-encoding"}
    assert "holdline" not in fields["user-agent"].lower()


@pytest.mark.parametrize("path", ["/x.svg", "/page", "/short", "/huge", "/gone", "/to-file", "/loop"])
def test_only_a_picture_that_is_one_by_its_bytes_and_not_too_large_comes_back(path: str, server: PictureServer) -> None:
    with pytest.raises(NotFetched):
        fetcher(server).one(f"http://pictures.example:{server.port}{path}")
    assert len(server.asked) <= 4  # three redirects at the most


def test_a_redirect_is_followed_without_the_cookie_that_came_with_it(server: PictureServer) -> None:
    assert fetcher(server).one(f"http://pictures.example:{server.port}/moved") == PNG
    assert [path for path, _ in server.asked] == ["/moved", "/p.png"]
    assert "cookie" not in server.asked[1][1]
    assert "referer" not in server.asked[1][1]


def test_without_permission_loopback_is_refused_before_anybody_is_asked(server: PictureServer) -> None:
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"):
        with pytest.raises(NotFetched):
            Fetcher(ports=(server.port,)).one(f"http://{host}:{server.port}/p.png")
    assert server.asked == []


@pytest.mark.parametrize("inside", ["10.0.0.1", "169.254.169.254", "[::1]", "100.64.0.1"])
def test_a_redirect_to_the_inside_is_refused(inside: str, server: PictureServer) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if host == "pictures.example" else [host]

    with pytest.raises(NotFetched, match="public internet"):
        fetcher(server, resolve=resolve, ports=(server.port, 80)).one(f"http://pictures.example:{server.port}/to/{inside}")
    assert asked == ["pictures.example", inside.strip("[]")]


def test_a_name_that_changes_its_mind_is_asked_once_and_held_to_it(server: PictureServer) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    rebinding = fetcher(server, resolve=lambda _host, _port: next(answers))
    assert rebinding.one(f"http://pictures.example:{server.port}/p.png") == PNG  # connected to what was judged
    with pytest.raises(NotFetched, match="public internet"):
        rebinding.one(f"http://pictures.example:{server.port}/p.png")
    assert len(server.asked) == 1


def test_one_bad_address_among_good_ones_is_enough(server: PictureServer) -> None:
    with pytest.raises(NotFetched, match="public internet"):
        fetcher(server, resolve=lambda _host, _port: ["127.0.0.1", "10.0.0.1"]).one(f"http://pictures.example:{server.port}/")


@pytest.mark.parametrize(
    "url", ["http://u:p@pictures.example/", "http://pictures.example:25/", "ftp://pictures.example/", "file:///x", "//x", ""]
)
def test_other_ports_names_and_schemes_are_not_asked(url: str, server: PictureServer) -> None:
    with pytest.raises(NotFetched, match=r"a name or a port|not an address of the web"):
        fetcher(server, ports=(80, 443)).one(url)


def test_a_server_that_drips_is_cut_off(server: PictureServer) -> None:
    begun = time.monotonic()
    with pytest.raises(NotFetched):
        fetcher(server, patience=0.5).one(f"http://pictures.example:{server.port}/drip")
    assert time.monotonic() - begun < 4


def test_of_many_those_that_come_in_time_and_fit_are_shown(server: PictureServer) -> None:
    base = f"http://pictures.example:{server.port}"
    found = fetcher(server).all([f"{base}/{n}.png" for n in range(20)] + [f"{base}/gone"], most_bytes=len(PNG) * 5)
    assert len(found) == 5
    assert set(found.values()) == {PNG}
    late = fetcher(server).all([f"{base}/drip", f"{base}/1.png"], most_bytes=10_000, patience=0.8)
    assert set(late) == {f"{base}/1.png"}


def test_tls_is_verified_for_the_name_although_the_address_is_pinned(tmp_path: Path) -> None:
    server_side, client_side = certificate(tmp_path, "pictures.example")
    with PictureServer(server_side) as server:
        known = fetcher(server, "other.example", tls=client_side)
        assert known.one(f"https://pictures.example:{server.port}/p.png") == PNG
        with pytest.raises(NotFetched, match="SSL"):
            known.one(f"https://other.example:{server.port}/p.png")
        with pytest.raises(NotFetched, match="SSL"):
            fetcher(server).one(f"https://pictures.example:{server.port}/p.png")
        assert len(server.asked) == 1
