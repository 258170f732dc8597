"""Is all well?  /healthz for whoever watches, /metrics for Prometheus.  Neither names a person, an address or a server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, g, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug import Response

from helpdesk import alerts, clock, jobs
from helpdesk.db import house
from helpdesk.policies.canary import is_missing
from helpdesk.queries import canary, files, health, logins, mailboxes, post, relay
from helpdesk.servers import is_loopback
from helpdesk.web.access import public, session
from helpdesk.web.api.door import TokenDoor

bp = Blueprint("health", __name__)

LATE = timedelta(minutes=10)
A_DAY = timedelta(days=1)
MAILS_OF_ROOM = 4  # of the largest size: below that the disk counts as full

Check = Callable[[Session, datetime], str | None]

# Whatever came through a proxy was not asked on this machine, however near the proxy is.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


@bp.record_once
def _open_the_door(state: BlueprintSetupState) -> None:
    state.app.doors[bp.name] = TokenDoor()  # type: ignore[attr-defined]


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """200 where all is well, 503 with a sentence for each trouble where it is not."""
    troubles = look(session(), clock.now())
    checks = {name: "trouble" if troubles.get(name) else "ok" for name in ("database", *CHECKS)}
    if not troubles:
        return {"status": "ok", "checks": checks}
    return {"status": "trouble", "checks": checks, "trouble": list(troubles.values())}, 503


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """The figures, for Prometheus on this machine or with a token."""
    if g.agent is None and not _asked_here():
        here = Response("Ask on loopback, or with a token.\n", 401, mimetype="text/plain")
        here.headers["WWW-Authenticate"] = 'Bearer realm="holdline"'
        return here
    registry = CollectorRegistry()
    registry.register(Figures(session(), clock.now()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def look(session: Session, now: datetime) -> dict[str, str]:
    """Every check's trouble in a sentence; empty where all is well."""
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            trouble = check(session, now)
        except SQLAlchemyError:
            found["database"] = "The database does not answer."
            continue
        if trouble:
            found[name] = trouble
    return found


def disk(session: Session, now: datetime) -> str | None:
    """Room for a few mails of the largest size where the data lies."""
    settings = house(session).settings
    folder = next(path for path in (settings.data_dir.resolve(), *settings.data_dir.resolve().parents) if path.exists())
    return "The disk is nearly full; mail will be refused for the time being." if _room(folder, settings.max_mail_bytes) else None


def mail(session: Session, now: datetime) -> str | None:
    return _late(health.unread_since(session), now, "Mail has been waiting to be read")


def timetable(session: Session, now: datetime) -> str | None:
    """The sweeps run, and they believe the clock (D21)."""
    why = jobs.trouble(session) or alerts.trouble(session)
    if why:
        return f"The timetable stands still: {why}."
    return _late(jobs.last_run(session), now, "The timetable has not run")


def orders(session: Session, now: datetime) -> str | None:
    """Workers take jobs, and none was given up lately."""
    given_up = health.jobs_given_up(session, now - A_DAY)
    if given_up:
        return f"{given_up} job{'s' if given_up > 1 else ''} failed for good within a day."
    return _late(health.job_due_since(session, now), now, "Jobs have been waiting for a worker")


def outbox(session: Session, now: datetime) -> str | None:
    """What is due goes out, unless the operator holds it."""
    if house(session).settings.outgoing == "hold":
        return None
    return _late(health.mail_due_since(session, now), now, "Mail has been waiting to go out")


def fetching(session: Session, now: datetime) -> str | None:
    ailing = len(mailboxes.ailing(session, now=now))
    return f"{ailing} mailbox{'es' if ailing > 1 else ''} cannot be read." if ailing else None


def relaying(session: Session, now: datetime) -> str | None:
    """The relay takes us; its own words, which may name servers, are on the settings' page."""
    if house(session).settings.outgoing == "hold":
        return None
    known = relay.state(session)
    if known.alarm(now) is None:
        return None
    return "The relay refuses our log-in; no mail leaves." if known.refusals else "The relay cannot be reached; no mail leaves."


def log_ins(session: Session, now: datetime) -> str | None:
    """OAuth2 gives us access tokens."""
    ailing = len(logins.troubles(session))
    return f"{ailing} log-in{'s' if ailing > 1 else ''} at a mail server (OAuth2) cannot be renewed." if ailing else None


def scanner(session: Session, now: datetime) -> str | None:
    """Files wait only while the scanner does not answer."""
    count = files.count_waiting(session)
    return f"{count} file{'s wait' if count > 1 else ' waits'} for the scanner, which does not answer." if count else None


def flying(session: Session, now: datetime) -> str | None:
    """The canary's probes come back."""
    settings, known = house(session).settings, canary.state(session)
    if settings.outgoing == "hold" or not is_missing(known.since, now, settings.canary):
        return None
    assert known.since is not None
    return f"No probe has come back for {int((now - known.since).total_seconds() // 60)} minutes: mail does not leave, or does not arrive."


CHECKS: Mapping[str, Check] = {
    "disk": disk,
    "mail": mail,
    "timetable": timetable,
    "jobs": orders,
    "outbox": outbox,
    "relay": relaying,
    "mailboxes": fetching,
    "log-ins": log_ins,
    "scanner": scanner,
    "canary": flying,
}


class Figures(Collector):
    """Everything that is counted, as it is at `now`."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now

    def collect(self) -> Iterator[Metric]:
        """The metrics, each with all its labels, also where there is nothing to count."""
        books = post.ledger(self._session)
        yield _gauge("cases", "Cases by state.", health.cases(self._session), "state")
        yield _gauge("mail", "Mail × recipient that came in, by outcome.", books.by_outcome, "outcome")
        yield _one(
            "mail_accepted",
            "Mail × recipient that was accepted: holdline_mail and holdline_mail_waiting add up to it.",
            books.accepted,
        )
        yield _one("mail_waiting", "Mail × recipient still to be read.", books.waiting)
        yield _one("ledger_mismatch", "Accepted mail without an outcome; anything but 0 is a loss.", books.mismatch)
        yield _gauge("outbox", "Outgoing mail × recipient by state.", health.mails_out(self._session), "state")
        yield _gauge("jobs", "Jobs by state.", health.jobs(self._session), "state")
        yield _gauge("addresses", "Reply addresses by standing.", health.addresses(self._session, self._now), "standing")
        yield _one("oldest_wait_seconds", "How long the longest waiting customer has waited for us.", self._oldest_wait())
        yield from self._canary()
        troubles = look(self._session, self._now)
        yield _gauge(
            "trouble", "1 where /healthz sees trouble.", {name: int(name in troubles) for name in ("database", *CHECKS)}, "check"
        )
        yield _gauge("build_info", "Which version runs.", {version("holdline"): 1}, "version")

    def _canary(self) -> Iterator[Metric]:
        """Only while the canary flies: an age that nobody refreshes would be an alarm about nothing."""
        known = canary.state(self._session)
        if house(self._session).settings.canary and known.since is not None:
            age = max((self._now - known.since).total_seconds(), 0)
            yield _one("canary_age_seconds", "How long ago the newest probe that came back was sent.", age)
        if house(self._session).settings.canary and known.took is not None:
            yield _one("canary_round_trip_seconds", "How long that probe was on its way.", known.took.total_seconds())

    def _oldest_wait(self) -> float:
        since = health.customer_waits_since(self._session)
        return max((self._now - since).total_seconds(), 0) if since else 0


def _asked_here() -> bool:
    return is_loopback(request.remote_addr or "") and not any(name in request.headers for name in _FORWARDED)


def _room(folder: Path, largest: int) -> bool:
    return shutil.disk_usage(folder).free < MAILS_OF_ROOM * largest


def _late(since: datetime | None, now: datetime, what: str) -> str | None:
    """«… for 14 minutes.», from ten minutes on."""
    if since is None or now - since <= LATE:
        return None
    return f"{what} for {int((now - since).total_seconds() // 60)} minutes."


def _one(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(f"holdline_{name}", help_, value=value)


def _gauge(name: str, help_: str, values: Mapping[str, float], label: str) -> Metric:
    family = GaugeMetricFamily(f"holdline_{name}", help_, labels=[label])
    for of, value in values.items():
        family.add_metric([of], value)
    return family
