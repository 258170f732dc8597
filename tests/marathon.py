"""Random kill -9 under load: whatever was answered 250 lies in exactly one case, and the books agree.

    make marathon KILLS=60        python -m tests.marathon 60 [seed]

A kill cannot show a missing fsync, for the system keeps its pages; what rests on fsync is shown in tests/faults.  By the rule
of three, no loss over n kills bounds the loss per kill at 3/n with 95 % confidence.
"""

from __future__ import annotations

import random
import smtplib
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from helpdesk.models import Arrival, Case, Entry, Job
from helpdesk.queries import post
from tests.relay import Relay
from tests.servers import wait_until
from tests.service import Service

WRITERS = 8


@dataclass
class Result:
    """What was seen.  `answered` are the mails that some server said 250 for; `tried` all that were ever begun."""

    kills: int
    seed: int
    answered: set[str]
    tried: set[str]
    cases: Counter[str]  # by subject
    words: Counter[str]  # mails that came in, by subject
    mismatch: int
    sent_twice: int = 0  # mails of ours that left more often than once
    retries: int = field(default=0)  # tries that ended without a 250, refused connections included

    @property
    def lost(self) -> set[str]:
        return {name for name in self.answered if not self.cases[name]}

    @property
    def doubled(self) -> set[str]:
        return {name for name in self.tried if self.cases[name] > 1 or self.words[name] > 1}

    def __str__(self) -> str:
        return (
            f"{len(self.answered)} mails answered 250 over {self.kills} kills (seed {self.seed}): {len(self.lost)} lost, "
            f"{len(self.doubled)} shown twice; {self.retries} tries had no answer and were repeated; {self.sent_twice} of our mails left twice"
        )


class Writer(threading.Thread):
    """Somebody's server: sends one mail after another, each again and again until it hears 250."""

    def __init__(self, seat: int, port: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._seat, self._port, self._stop_writing = seat, port, stop
        self.answered: set[str] = set()
        self.tried: set[str] = set()
        self.retries = 0

    def run(self) -> None:
        number = 0
        while not self._stop_writing.is_set():
            number += 1
            name = f"writer {self._seat} mail {number}"
            self.tried.add(name)
            while not self._send(name) and not self._stop_writing.is_set():
                self.retries += 1
                time.sleep(0.05)

    def _send(self, name: str) -> bool:
        address, message_id = f"writer{self._seat}@customer.example", name.replace(" ", ".")
        head = f"From: {address}\r\nTo: help@example.org\r\nSubject: {name}\r\nMessage-ID: <{message_id}@customer.example>\r\n"
        try:
            with smtplib.SMTP("127.0.0.1", self._port, timeout=20) as client:
                client.sendmail(address, ["help@example.org"], f"{head}\r\nThis is {name}.\r\n")
                self.answered.add(name)  # before QUIT: the promise was given with the 250
        except (OSError, smtplib.SMTPException):
            return name in self.answered
        return True


def run(home: Path, kills: int, seed: int, *, pause: tuple[float, float] = (0.3, 1.5)) -> Result:
    """Kill an installation in `home` so many times under load, let it come to rest, and look."""
    chance, relay = random.Random(seed), Relay()
    service = Service(home, relay=relay.url)
    service.set_up()
    stop = threading.Event()
    writers = [Writer(seat, service.smtp, stop) for seat in range(WRITERS)]
    try:
        service.serves()
        for writer in writers:
            writer.start()
        for _ in range(kills):
            time.sleep(chance.uniform(*pause))
            service.dies()
            service.serves()
        time.sleep(pause[0])
        stop.set()
        for writer in writers:
            writer.join(60)
        _comes_to_rest(service)
        service.ends()
        service.says("fsck")
        return _look(service, kills, seed, writers, relay)
    finally:
        stop.set()
        service.dies()
        relay.close()


def _comes_to_rest(service: Service) -> None:
    """Wait until everything is read and no order is left; the leases of the dead have to run out first."""
    database = service.database()

    def is_at_rest() -> bool:
        with database.reading() as session:
            unread = session.scalar(select(func.count()).select_from(Arrival).where(Arrival.outcome.is_(None)))
            orders = session.scalar(select(func.count()).select_from(Job).where(Job.state != "dead"))
            return not unread and not orders

    try:
        wait_until(is_at_rest, seconds=300, what="coming to rest")
    finally:
        database.close()


def _look(service: Service, kills: int, seed: int, writers: list[Writer], relay: Relay) -> Result:
    database = service.database()
    with database.reading() as session:
        cases = Counter(session.scalars(select(Case.subject)))
        words = Counter(session.scalars(select(Entry.subject).where(Entry.kind == "mail-in")))
        mismatch = post.ledger(session).mismatch
    database.close()
    left = Counter((mail.message["Message-ID"], mail.recipients) for mail in relay.mails)
    return Result(
        kills=kills,
        seed=seed,
        answered=set().union(*(writer.answered for writer in writers)),
        tried=set().union(*(writer.tried for writer in writers)),
        cases=cases,
        words=words,
        mismatch=mismatch,
        sent_twice=sum(1 for times in left.values() if times > 1),
        retries=sum(writer.retries for writer in writers),
    )


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    with tempfile.TemporaryDirectory(prefix="holdline-marathon-") as home:
        result = run(Path(home), kills, seed)
    print(result)
    sys.exit(1 if result.lost or result.doubled or result.mismatch or not result.answered else 0)


if __name__ == "__main__":
    main()
