"""One installation in one process: its settings, database and bridge, the jobs that there are, and the timetable."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk import alerts, clock, db, jobs, runner
from helpdesk.bell import RqBell
from helpdesk.remote import Caller
from mail import inbound, outbound
from mail import jobs as bridge
from mail.reader import Reader
from mail.scanner import Clamd
from mail.tokens import tokens_of
from mail.transport import Transport


class Parts:
    """One installation in one process.  What a command does not use is not started."""

    def __init__(self, database: db.Database) -> None:
        settings = database.house.settings
        self.settings, self.database = settings, database
        self.tokens = tokens_of(self.database)
        self.transport = Transport(settings.relay.get_secret_value(), name=settings.reply_domain, tokens=self.tokens)
        self.caller = Caller()
        self.scanner = Clamd(settings.clamd) if settings.clamd else None
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        if self._reader is None:
            self._reader = Reader(processes=self.settings.workers, recipient_header=self.settings.imap_recipient_header)
        return self._reader

    def handlers(self) -> runner.Handlers:
        """The jobs that there are, and what does them."""
        return {
            "mail.process": lambda job: inbound.process(self.database, self.reader, job["mail"], self.scanner),
            "outbox.deliver": lambda _job: bridge.deliver_due(self.database, self.transport),
            "relay.look": lambda _job: outbound.look(self.database, self.transport),
        }

    def timetable(self) -> list[tuple[str, float, Callable[[], object]]]:
        """(what, every so many seconds, how)."""
        return [
            ("addresses expire and retire", 60, lambda: jobs.sweep(self.database, now=clock.now())),
            ("planned answers leave", 5, lambda: jobs.send_planned(self.database, now=clock.now())),
            ("clocks ring", 30, lambda: jobs.ring_clocks(self.database, now=clock.now())),
            (
                "what people are told of waiting is worked out",
                1800,
                lambda: jobs.work_out_answer_times(self.database, now=clock.now()),
            ),
            ("escalations are told", 15, lambda: alerts.tell(self.database, now=clock.now())),
            ("reports are sent", 30, lambda: jobs.send_reports(self.database, now=clock.now())),
            ("webhooks are called", 5, lambda: alerts.call_webhooks(self.database, self.caller, now=clock.now())),
            ("clocks follow new rules", 5, lambda: jobs.set_clocks(self.database, now=clock.now())),
            ("cases are measured", 5, lambda: jobs.measure(self.database, now=clock.now())),
            ("mail whose time has come goes out", 5, lambda: bridge.ring_due(self.database, now=clock.now())),
            ("mail that a worker forgot is read", 15, lambda: bridge.sweep_forgotten(self.database, now=clock.now())),
            ("the relay is looked at", 60, lambda: bridge.look_at_relay(self.database, now=clock.now())),
            ("a probe leaves", 15, lambda: bridge.send_probe(self.database, now=clock.now())),
            ("tokens of mail servers are renewed", 60, lambda: bridge.renew_tokens(self.database, self.tokens)),
            ("files that the scanner missed are scanned", 30, lambda: bridge.scan_waiting(self.database, self.scanner)),
            ("what was folded by older rules is folded anew", 10, lambda: jobs.fold_anew(self.database)),
            ("cases that are called otherwise are found by it", 10, lambda: jobs.find_by_references(self.database)),
            ("dead log-ins are forgotten", 600, lambda: jobs.housekeeping(self.database, now=clock.now())),
        ]

    def bell(self) -> RqBell | None:
        """The doorbell of the scaled form, if there is one."""
        url = self.settings.redis_url.get_secret_value()
        return RqBell(url) if url else None

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self.database.close()
