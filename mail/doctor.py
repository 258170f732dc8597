"""The doctor: looks at everything that an installation depends on and says in a sentence what is wrong.  `holdline check`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from helpdesk import clock, db
from helpdesk.db import Database
from helpdesk.policies.zone import Answers, Zone, is_for_trying
from helpdesk.policies.zone_findings import UNKNOWN, State, judged, mail_arrives
from helpdesk.queries import mailboxes, relay
from helpdesk.queries import zone as find_zone
from helpdesk.servers import is_loopback, parse_listen
from mail.fetch import look
from mail.names import look_up
from mail.scanner import Clamd
from mail.tokens import tokens_of
from mail.transport import Transport

Ask = Callable[[Zone], Answers]

LEAST_FREE = 1.5  # times the largest mail: below that the door says 452
FIXED = {(3, 11): 10, (3, 12): 5, (3, 13): 0}  # patch levels without the header injection of gh-121650


def problems(database: Database, ask: Ask = look_up) -> list[str]:
    """A line for everything that is wrong; empty where all is well."""
    found: list[str] = []
    for look_at in (_database, _disk, _logins, _relay, _scanner, _mailboxes):
        found += look_at(database)
    return [*found, *_names(database, ask, {"wrong", "unknown"}), *_doors(database)]


def notes(database: Database, ask: Ask = look_up) -> list[str]:
    """What is worth knowing, but wrong with nothing."""
    return [*_python(), *_own_sender(database), *_names(database, ask, {"note"})]


def _own_sender(database: Database) -> Iterator[str]:
    with suppress(SQLAlchemyError), database.reading() as session:
        known = relay.state(session)
        if known.wants_own_sender(clock.now()):
            yield f"relay: takes only {relay.own_sender(session)} as the envelope's sender; it said: {known.own_sender}"


def _python() -> Iterator[str]:
    version, patch = sys.version_info[:2], sys.version_info[2]
    if patch < FIXED.get(version, 0):
        newer = f"{version[0]}.{version[1]}.{FIXED[version]}"
        yield f"python: {sys.version.split()[0]} has known holes in its mail library; {newer} closes them (we do not rely on it)"


def _database(database: Database) -> Iterator[str]:
    try:
        if not db.is_current(database):
            yield "database: is not of this version; run: holdline init --admin EMAIL"
            return
        with database.transaction() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        yield f"database: does not answer ({type(error).__name__}); see HOLDLINE_DATABASE_URL"


def _disk(database: Database) -> Iterator[str]:
    settings = database.house.settings
    try:
        free = shutil.disk_usage(settings.data_dir).free
    except OSError as error:
        yield f"disk: HOLDLINE_DATA_DIR {settings.data_dir} cannot be read ({error.strerror})"
        return
    if free < LEAST_FREE * settings.max_mail_bytes:
        yield f"disk: {free // 2**20} MB are free in {settings.data_dir}; mail is refused for now (452)"


def _logins(database: Database) -> Iterator[str]:
    """Only whether there is a token; whether the mail server takes it, relay and mailboxes say."""
    for trouble in tokens_of(database).troubles().values():
        yield f"OAuth2: {trouble}"


def _relay(database: Database) -> Iterator[str]:
    trouble = Transport(database.house.settings.relay.get_secret_value(), tokens=tokens_of(database)).trouble()
    if trouble:
        yield f"relay: {trouble}; see HOLDLINE_RELAY"


def _scanner(database: Database) -> Iterator[str]:
    url = database.house.settings.clamd
    trouble = Clamd(url, patience=5).trouble() if url else None
    if trouble:
        yield f"scanner: {trouble}; see HOLDLINE_CLAMD"


def _mailboxes(database: Database) -> Iterator[str]:
    try:
        with database.reading() as session:
            known = [mailboxes.account(session, box) for box in mailboxes.active(session)]
    except ValueError as error:
        yield f"mailboxes: {error}"
        return
    except SQLAlchemyError:
        return  # the database's own line says it
    for box in known:
        seen = look(box, tokens=tokens_of(database))
        if seen.trouble:
            yield f"mailbox {box.name}: {seen.trouble}"


def _names(database: Database, ask: Ask, wanted: set[State]) -> Iterator[str]:
    """What the DNS says of front desks and reply domain, where it stands so.  Domains for trying things out nobody could resolve."""
    try:
        with database.reading() as session:
            zone = find_zone.zone(session)
    except SQLAlchemyError:
        return  # the database's own line says it
    if zone.is_for_trying:
        return
    answers = ask(zone)
    found = [("MX", desk, mail_arrives(desk, answers)) for desk in zone.desks]
    found += [(line.kind.upper(), line.name, judged(zone, line, answers)) for line in zone.lines()]
    if "unknown" in wanted and any(finding.state == "unknown" for _, _, finding in found):
        yield f"DNS: {UNKNOWN.english}"
    for kind, name, finding in found:
        if finding.state in wanted and finding.state != "unknown" and not is_for_trying(name):
            yield f"DNS: {kind} {name}: {finding.english}"


def _doors(database: Database) -> Iterator[str]:
    settings = database.house.settings
    for name, value in (("HOLDLINE_WEB_LISTEN", settings.web_listen), ("HOLDLINE_SMTP_LISTEN", settings.smtp_listen)):
        _, host, _port = parse_listen(value)
        if name == "HOLDLINE_WEB_LISTEN" and not is_loopback(host) and not settings.secure:
            yield f"{name}: {host} is reachable from outside, but HOLDLINE_BASE_URL is not https"
