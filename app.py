"""Where the parts are put together and started: web, doors, workers, timetable, commands.  No logic lives here."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
import structlog

from helpdesk import alerts, clock, jobs, runner
from helpdesk import commands as of_the_desk
from helpdesk.actions import jobs as orders
from helpdesk.bell import RqBell, work
from helpdesk.commands import open_database
from mail import commands as of_the_bridge
from mail import inbound, outbound
from mail import jobs as bridge
from mail.fetch import Fetchers, look
from mail.listen import SmtpDoor
from mail.names import look_up
from mail.parts import Parts
from mail.policy import PolicyDoor

log = structlog.get_logger()

Times = list[tuple[str, float, Callable[[], object]]]  # what is done every so many seconds


@cache
def _worker_parts() -> Parts:
    """Of an rq worker's process: made at its first job."""
    return Parts(open_database(schema=False))


def run_job(job_id: int) -> None:
    """The one entry of an rq worker.  The row decides whether there is anything to do."""
    parts = _worker_parts()
    runner.run_one(parts.database, handlers(parts), job_id=job_id)


# ── jobs and times ───────────────────────────────────────────────────────────────────────────────────────────────────


def handlers(parts: Parts) -> runner.Handlers:
    """The jobs that there are, and what does them."""
    return {
        "mail.process": lambda job: inbound.process(parts.database, parts.reader, job["mail"], parts.scanner),
        "outbox.deliver": lambda _job: bridge.deliver_due(parts.database, parts.transport),
        "relay.look": lambda _job: outbound.look(parts.database, parts.transport),
    }


def timetable(parts: Parts) -> Times:
    """(what, every so many seconds, how)."""
    return [
        ("addresses expire and retire", 60, lambda: jobs.sweep(parts.database, now=clock.now())),
        ("planned answers leave", 5, lambda: jobs.send_planned(parts.database, now=clock.now())),
        ("clocks ring", 30, lambda: jobs.ring_clocks(parts.database, now=clock.now())),
        (
            "what people are told of waiting is worked out",
            1800,
            lambda: jobs.work_out_answer_times(parts.database, now=clock.now()),
        ),
        ("escalations are told", 15, lambda: alerts.tell(parts.database, now=clock.now())),
        ("reports are sent", 30, lambda: jobs.send_reports(parts.database, now=clock.now())),
        ("webhooks are called", 5, lambda: alerts.call_webhooks(parts.database, parts.caller, now=clock.now())),
        ("clocks follow new rules", 5, lambda: jobs.set_clocks(parts.database, now=clock.now())),
        ("cases are measured", 5, lambda: jobs.measure(parts.database, now=clock.now())),
        ("mail whose time has come goes out", 5, lambda: bridge.ring_due(parts.database, now=clock.now())),
        ("mail that a worker forgot is read", 15, lambda: bridge.sweep_forgotten(parts.database, now=clock.now())),
        ("the relay is looked at", 60, lambda: bridge.look_at_relay(parts.database, now=clock.now())),
        ("a probe leaves", 15, lambda: bridge.send_probe(parts.database, now=clock.now())),
        ("tokens of mail servers are renewed", 60, lambda: bridge.renew_tokens(parts.database, parts.tokens)),
        ("files that the scanner missed are scanned", 30, lambda: bridge.scan_waiting(parts.database, parts.scanner)),
        ("what was folded by older rules is folded anew", 10, lambda: jobs.fold_anew(parts.database)),
        ("cases that are called otherwise are found by it", 10, lambda: jobs.find_by_references(parts.database)),
        ("dead log-ins are forgotten", 600, lambda: jobs.housekeeping(parts.database, now=clock.now())),
    ]


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Holdline: complaints by e-mail, one case, one line that is held open until the problem is solved."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


for command in (of_the_desk.init, of_the_desk.token, of_the_desk.fsck):
    cli.add_command(command)
for command in (of_the_bridge.receive, of_the_bridge.inspect, of_the_bridge.check):
    cli.add_command(command)


@cli.command()
def serve() -> None:
    """Everything in one process: web, SMTP door, IMAP fetchers, workers, timetable."""
    run(_parts(), web=True, smtp=True, imap=True, workers=True)


@cli.command()
def web() -> None:
    """Only the web."""
    run(_parts(), web=True)


@cli.command()
def listen() -> None:
    """Only the SMTP (or LMTP) door."""
    run(_parts(), smtp=True)


@cli.command()
def fetch() -> None:
    """Only the IMAP fetchers."""
    run(_parts(), imap=True)


@cli.command(name="work")
def work_command() -> None:
    """Only workers: rq workers where HOLDLINE_REDIS_URL is set, else threads; and the timetable."""
    parts = _parts()
    url = parts.settings.redis_url.get_secret_value()
    if not url:
        run(parts, workers=True)
        return
    sweeps = runner.Timetable(timetable(parts))
    sweeps.start()
    try:
        work(url)
    finally:
        sweeps.stop()
        parts.close()


@cli.command()
@click.option("--at", metavar="ISO-8601", help="As of this instant, which is taken at your word.")
def tick(at: str | None) -> None:
    """Run the timetable's sweeps once, and what they queue."""
    parts = _parts()
    try:
        now = _instant(at) if at else clock.now()
        changed = jobs.sweep_at_your_word(parts.database, now=now, is_present=at is None)
        jobs.send_planned(parts.database, now=now, at_your_word=True)
        while jobs.set_clocks(parts.database, now=now):
            pass
        jobs.ring_at_your_word(parts.database, now=now, is_present=at is None)
        alerts.tell_at_your_word(parts.database, now=now, is_present=at is None)
        jobs.measure(parts.database, now=now)
        jobs.send_reports(parts.database, now=now, at_your_word=True)
        hastened = bridge.hasten(parts.database, at=now)
        bridge.sweep_forgotten(parts.database, now=clock.now())
        bell = parts.bell()
        if bell is not None:
            for job_id in runner.waiting(parts.database):
                bell.publish(job_id)
        else:
            runner.drain(parts.database, handlers(parts))
            runner.wait_for_others(parts.database)
    finally:
        parts.close()
    click.echo(f"{changed} addresses changed, {hastened} mails tried again")


@cli.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("var/playground"), show_default=True)
def playground(data: Path) -> None:
    """The real product with a demo desk, and a mailbox page on which one plays the customer."""
    from mail.playground import Playground

    Playground(data).run(Parts, run)


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def run(
    parts: Parts,
    *,
    web: bool = False,
    smtp: bool = False,
    imap: bool = False,
    workers: bool = False,
    stop: threading.Event | None = None,
    extras: dict[str, Any] | None = None,
    times: Callable[[Parts], Times] = timetable,
) -> None:
    """Start the chosen parts, wait for SIGTERM or SIGINT, end them in the order in which nothing is lost."""
    stop = stop or threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    doors: list[Callable[[], object]] = []  # how to shut them
    behind: list[Callable[[], object]] = [parts.close]
    try:
        bell = parts.bell()
        if bell is not None:
            orders.on_ring(bell.publish)
        if imap:
            fetchers = Fetchers(parts.database, tokens=parts.tokens)
            fetchers.start()
            doors.append(fetchers.stop)
        if web:
            doors.append(_start_web(parts, extras or {}))
        if smtp:
            door = SmtpDoor(parts.database, parts.settings)
            door.start()
            doors.append(door.stop)
            if parts.settings.policy_listen:
                policy = PolicyDoor(parts.database, parts.settings.policy_listen)
                policy.start()
                doors.append(policy.stop)
        if workers:  # once the doors are open: the first probe comes back at once, and where one cannot be opened, nothing leaves
            behind += _start_workers(parts, bell, times(parts))
        gc.freeze()  # what lives as long as the process is looked through once, not again in the middle of every tenth page
        log.info("holdline is up", web=web and parts.settings.web_listen, smtp=smtp and parts.settings.smtp_listen)
        stop.wait()
        log.info("holdline ends")
    except OSError as error:
        raise click.ClickException(f"a door cannot be opened: {error.strerror or error}; see HOLDLINE_…_LISTEN") from None
    finally:
        for end in reversed([*behind, *doors]):
            end()


def _start_workers(parts: Parts, bell: RqBell | None, entries: Times) -> list[Callable[[], object]]:
    count, overdue = (1, runner.OVERDUE) if bell else (parts.settings.workers, runner.AT_ONCE)
    threads = runner.Workers(parts.database, handlers(parts), count=count, overdue=overdue)
    if bell is not None:
        entries.append(("jobs are told again", 3, lambda: runner.publish_due(parts.database, bell.publish)))
    sweeps = runner.Timetable(entries)
    threads.start()
    sweeps.start()
    return [threads.stop, sweeps.stop]


def _start_web(parts: Parts, extras: dict[str, Any]) -> Callable[[], object]:
    from helpdesk.web import Extras, server

    given: dict[str, Any] = {
        "look_into_mailbox": partial(look, tokens=parts.tokens),
        "ask_name_servers": look_up,
        "read_mail": parts.reader.read,
    }
    return server.start(parts.database, Extras(**given, **extras))


def _parts() -> Parts:
    parts = Parts(open_database())
    jobs.follow_settings(parts.database, now=clock.now())
    return parts


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"“{text}” is no instant like 2026-12-19T12:00:00+01:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


if __name__ == "__main__":
    cli()
