"""How the web server ends while people are being answered."""

from __future__ import annotations

import threading
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException

import pytest

from helpdesk.web import server
from tests.servers import answers, free_port, wait_until

PAGE = b"page" * 10_000


class Pages:
    """An application that counts whom it answered, and takes its time."""

    def __init__(self) -> None:
        self.begun = self.count = 0
        self.goes_on = threading.Event()
        self.goes_on.set()
        self._lock = threading.Lock()

    def __call__(self, _environ, start_response):
        with self._lock:
            self.begun += 1
        self.goes_on.wait(10)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(PAGE)))])
        with self._lock:
            self.count += 1
        return [PAGE]


class Reader(threading.Thread):
    """Asks for page after page over one connection, until it is let go."""

    def __init__(self, port: int, most: int = 100_000) -> None:
        super().__init__(daemon=True)
        self.port, self.most, self.whole = port, most, 0

    def run(self) -> None:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection, suppress(OSError, HTTPException):
            for _ in range(self.most):
                connection.request("GET", "/")
                self.whole += connection.getresponse().read() == PAGE


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_who_is_being_answered_gets_the_answer_and_nobody_else_is_heard_of(host, capfd, caplog) -> None:
    pages, port = Pages(), free_port()
    end = server.serve(pages, host, port)
    readers = [Reader(port) for _ in range(6)]
    for reader in readers:
        reader.start()
    wait_until(lambda: all(reader.whole > 3 for reader in readers))
    end()
    for reader in readers:
        reader.join(10)
    assert sum(reader.whole for reader in readers) == pages.count
    said = [record.getMessage() for record in caplog.records if record.name != "waitress.queue"]  # that many wait is no trouble
    assert (answers(port), said, capfd.readouterr().err) == (False, [], "")


def test_its_end_waits_for_an_answer_that_takes_its_time_and_takes_no_new_question(capfd, caplog) -> None:
    pages, port = Pages(), free_port()
    pages.goes_on.clear()
    end, reader = server.serve(pages, "127.0.0.1", port), Reader(port, most=1)
    reader.start()
    wait_until(lambda: pages.begun)
    ending = threading.Thread(target=end)
    ending.start()
    wait_until(lambda: not answers(port))
    pages.goes_on.set()
    ending.join(10)
    reader.join(10)
    assert (reader.whole, caplog.messages, capfd.readouterr().err) == (1, [], "")


def test_who_takes_longer_than_its_patience_finds_nothing_closed_under_their_hands(monkeypatch, capfd) -> None:
    monkeypatch.setattr(server, "PATIENCE", 0.1)
    pages, port = Pages(), free_port()
    pages.goes_on.clear()
    end, reader = server.serve(pages, "127.0.0.1", port), Reader(port, most=1)
    reader.start()
    wait_until(lambda: pages.begun)
    begun = time.monotonic()
    end()
    assert time.monotonic() - begun < 4
    pages.goes_on.set()
    reader.join(10)
    assert (reader.whole, capfd.readouterr().err) == (1, "")
