"""Where the parts are put together: settings, database, bridge, web, workers, timetable, commands.  No logic lives here."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
import structlog

from helpdesk import clock, db, jobs, runner
from helpdesk.actions import agents, desks, mailboxes
from helpdesk.actions import jobs as orders
from helpdesk.actions.desks import NotUsable
from helpdesk.bell import RqBell, work
from helpdesk.queries import books, people
from helpdesk.servers import parse_listen
from helpdesk.settings import Settings, SettingsError, from_env
from mail import inbound, outbound, receive
from mail import jobs as bridge
from mail.fetch import Fetchers, look
from mail.listen import SmtpDoor
from mail.names import look_up
from mail.policy import PolicyDoor
from mail.reader import Reader
from mail.scanner import Clamd
from mail.tokens import tokens_of
from mail.transport import Transport

log = structlog.get_logger()

MOST_OCTETS = 32 * 1024 * 1024  # of a request; beyond that waitress answers 413 before it has read it


# ── the parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Parts:
    """One installation in one process.  What a command does not use is not started."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = db.Database(settings)
        self.tokens = tokens_of(self.database)
        self.transport = Transport(settings.relay.get_secret_value(), name=settings.reply_domain, tokens=self.tokens)
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
            ("clocks follow new rules", 5, lambda: jobs.set_clocks(self.database, now=clock.now())),
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


@cache
def _worker_parts() -> Parts:
    """Of an rq worker's process: made at its first job."""
    return Parts(_settings())


def run_job(job_id: int) -> None:
    """The one entry of an rq worker.  The row decides whether there is anything to do."""
    parts = _worker_parts()
    runner.run_one(parts.database, parts.handlers(), job_id=job_id)


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


@cli.command()
@click.option("--admin", required=True, metavar="EMAIL", help="The first admin; made if there is none of that name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def init(admin: str, password_stdin: bool) -> None:
    """Create or upgrade the database and the first admin.  May be run again."""
    parts = _parts(schema=False)
    db.upgrade(parts.database)
    with parts.database.transaction() as session:
        now = clock.now()
        desks.sync_from_settings(session, now=now)
        mailboxes.sync_from_settings(session, now=now)
        try:
            agent = people.agent_by_email(session, admin) or agents.create(session, admin, "", role="admin", now=now)
            if password_stdin:
                agents.set_password(session, agent, sys.stdin.readline().rstrip("\r\n"), now=now)
            elif agent.password_hash is None and sys.stdin.isatty():
                agents.set_password(session, agent, click.prompt("Password", hide_input=True, confirmation_prompt=True), now=now)
            elif agent.password_hash is None:
                agents.invite(session, agent, by=None, now=now)
                click.echo(f"An invitation for {agent.email} lies in the outbox.")
        except NotUsable as error:
            raise click.ClickException(str(error)) from None
    click.echo("Ready: holdline serve")


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
    timetable = runner.Timetable(parts.timetable())
    timetable.start()
    try:
        work(url)
    finally:
        timetable.stop()
        parts.close()


@cli.command(name="receive")
@click.option("--from", "sender", required=True, metavar="ADDR", help="Envelope sender; empty for the null reverse-path.")
@click.option("--to", "recipients", required=True, multiple=True, metavar="ADDR", help="Envelope recipient; may be repeated.")
def receive_command(sender: str, recipients: tuple[str, ...]) -> None:
    """Take one mail from standard input, for a local MTA.  Exit 0: durably kept; 75: try again later; 67, 69, 77: refused."""
    try:
        parts = _parts(schema=False)
        code = receive.receive(parts.database, sys.stdin.buffer.read(), sender, list(recipients), now=clock.now())
    except Exception as error:  # our fault is the sender's patience, never a bounce (RFC 5321 §4.2.5)
        click.echo(f"try again later ({type(error).__name__})", err=True)
        code = os.EX_TEMPFAIL
    sys.exit(code)


@cli.command()
@click.option("--at", metavar="ISO-8601", help="As of this instant, which is taken at your word.")
def tick(at: str | None) -> None:
    """Run the timetable's sweeps once, and what they queue."""
    parts = _parts()
    try:
        now = _instant(at) if at else clock.now()
        changed = jobs.sweep_at_your_word(parts.database, now=now, is_present=at is None)
        jobs.send_planned(parts.database, now=now)
        jobs.set_clocks(parts.database, now=now)
        jobs.ring_at_your_word(parts.database, now=now, is_present=at is None)
        hastened = bridge.hasten(parts.database, at=now)
        bridge.sweep_forgotten(parts.database, now=clock.now())
        bell = parts.bell()
        if bell is not None:
            for job_id in runner.waiting(parts.database):
                bell.publish(job_id)
        else:
            runner.drain(parts.database, parts.handlers())
            _wait_for_others(parts)
    finally:
        parts.close()
    click.echo(f"{changed} addresses changed, {hastened} mails tried again")


@cli.command()
@click.option("--json", "as_json", is_flag=True, required=True, help="One JSON object a line.")
@click.argument("paths", type=click.File("r"))
def inspect(as_json: bool, paths: Any) -> None:
    """Print how the product reads mail: file paths, one a line, from PATHS (- is standard input).  Needs no settings."""
    from mail.inspection import inspect as read_all  # no database, no settings: only what reading needs

    read_all(paths, sys.stdout)


@cli.group()
def token() -> None:
    """API tokens."""


@token.command(name="create")
@click.option("--agent", "email", required=True, metavar="EMAIL")
def token_create(email: str) -> None:
    """Print a new API token of this agent, once, and nothing else."""
    parts = _parts()
    with parts.database.transaction() as session:
        agent = people.agent_by_email(session, email)
        if agent is None or not agent.active:
            raise click.ClickException(f"there is no active agent {email}")
        click.echo(agents.create_token(session, agent, now=clock.now()))


@cli.command()
def check() -> None:
    """The doctor: settings, database, disk, relay, IMAP log-in, DNS names.  Exit 1 and a line each for what is wrong."""
    from mail import doctor

    parts = _parts(schema=False)
    for line in doctor.notes(parts.database):
        click.echo(f"note: {line}", err=True)
    _tell(doctor.problems(parts.database), "All is well.")


@cli.command()
def fsck() -> None:
    """Conservation law, digests of all blobs, outbox, addresses.  Exit 1 and a line each for what is wrong."""
    parts = _parts()
    with parts.database.reading() as session:
        _tell([*db.schema_differences(parts.database), *books.problems(session)], "The books agree.")


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
            behind += _start_workers(parts, bell)
        log.info("holdline is up", web=web and parts.settings.web_listen, smtp=smtp and parts.settings.smtp_listen)
        stop.wait()
        log.info("holdline ends")
    except OSError as error:
        raise click.ClickException(f"a door cannot be opened: {error.strerror or error}; see HOLDLINE_…_LISTEN") from None
    finally:
        for end in reversed([*behind, *doors]):
            end()


def _start_workers(parts: Parts, bell: RqBell | None) -> list[Callable[[], object]]:
    count, overdue = (1, runner.OVERDUE) if bell else (parts.settings.workers, runner.AT_ONCE)
    threads = runner.Workers(parts.database, parts.handlers(), count=count, overdue=overdue)
    entries = parts.timetable()
    if bell is not None:
        entries.append(("jobs are told again", 3, lambda: runner.publish_due(parts.database, bell.publish)))
    timetable = runner.Timetable(entries)
    threads.start()
    timetable.start()
    return [threads.stop, timetable.stop]


def _start_web(parts: Parts, extras: dict[str, Any]) -> Callable[[], object]:
    import waitress

    from helpdesk.web import Extras, create_app

    _, host, port = parse_listen(parts.settings.web_listen)
    given: dict[str, Any] = {
        "look_into_mailbox": partial(look, tokens=parts.tokens),
        "ask_name_servers": look_up,
        "read_mail": parts.reader.read,
    }
    flask = create_app(parts.database, extras=Extras(**given, **extras))
    # Idle connections cost waitress no thread; a proxy in front is trusted only as far as the settings say.
    server = waitress.create_server(
        flask, host=host, port=port, threads=8, clear_untrusted_proxy_headers=False, ident="", max_request_body_size=MOST_OCTETS
    )
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()

    def end() -> None:
        server.close()
        thread.join(5)

    return end


def _settings() -> Settings:
    try:
        return from_env(Path(__file__).parent / ".env")
    except SettingsError as error:
        for line in str(error).splitlines():
            click.echo(line, err=True)
        sys.exit(os.EX_CONFIG)


def _parts(*, schema: bool = True) -> Parts:
    parts = Parts(_settings())
    if schema and not db.is_current(parts.database):
        raise click.ClickException("the database is not of this version; run: holdline init --admin EMAIL")
    return parts


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"“{text}” is no instant like 2026-12-19T12:00:00+01:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _wait_for_others(parts: Parts, seconds: float = 30) -> None:
    """Workers of a running `serve` may have taken some of it: wait until that is done."""
    end = time.monotonic() + seconds
    while runner.depth(parts.database).get("run") and time.monotonic() < end:
        time.sleep(0.1)


def _tell(problems: list[str], all_well: str) -> None:
    for line in problems:
        click.echo(line)
    if problems:
        sys.exit(1)
    click.echo(all_well)


if __name__ == "__main__":
    cli()
