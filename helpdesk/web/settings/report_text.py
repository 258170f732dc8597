"""A report by mail as its reader would get it, for whoever looks at the words that it opens with."""

from __future__ import annotations

from helpdesk import clock, letters
from helpdesk.actions.report_mails import FIRST
from helpdesk.db import house
from helpdesk.models import Desk
from helpdesk.policies.schedules import USUAL_MINUTE, days_of, last_due
from helpdesk.queries import clocks
from helpdesk.reports import asked, mailing
from helpdesk.reports.collecting import collect
from helpdesk.reports.words import links, say
from helpdesk.web.access import agent, allowed, session
from helpdesk.words import MailWords


def shown(desk: Desk, language: str, subject: str, body: str) -> MailWords | None:
    """The newest report that a new supervisor gets, with these words; None where the reader may see none, or where they cannot be said."""
    report, rhythm = FIRST
    name = asked.named(report)
    if name is None or not allowed("report.read"):
        return None
    zone, now, base = clocks.zone_of(session()), clock.now(), house(session()).settings.base_url
    day, _due = last_due(rhythm, USUAL_MINUTE, zone, now)
    scope = asked.scope_of(days_of(rhythm, day), zone=zone, now=now)
    told = say(collect(session(), name, scope, agent()), language, zone, house=desk.name)
    values = {"name": agent().name, "report": told.title, "sentence": told.sentence, "link": base + links.page(name, scope)}
    opening = letters.filled(subject, body, {**values, "desk": desk.name})
    return mailing.written(told, scope, base=base, opening=mailing.Opening(*opening)) if opening else None
