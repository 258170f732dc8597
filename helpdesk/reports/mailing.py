"""A report as a mail: as its reader may see it, in their language, with links that lead to the pages of the web.

A mail lies about in mailboxes for years: it holds figures and the subjects of cases, no names and no words of customers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from helpdesk import words
from helpdesk.db import house
from helpdesk.models import ReportSchedule
from helpdesk.policies.permissions import may
from helpdesk.policies.schedules import Rhythm, days_of, is_late, last_due
from helpdesk.queries import addresses as find
from helpdesk.queries import clocks
from helpdesk.reports import asked
from helpdesk.reports.report import Scope
from helpdesk.reports.shelf import Shelf
from helpdesk.reports.words import links, say
from helpdesk.reports.words.shapes import Said, Table
from helpdesk.reports.words.speech import Speech
from helpdesk.words import MailWords


def mail_of(session: Session, row: ReportSchedule, shelf: Shelf, *, now: datetime) -> MailWords | None:
    """What this agent is to read; None where they get nothing: they left, may not, or there is no such report."""
    agent, name = row.agent, asked.named(row.report)
    if name is None or name not in shelf.names or not may(agent, "report.read"):
        return None
    zone = clocks.zone_of(session, row.team_id)
    day, due_at = last_due(cast(Rhythm, row.rhythm), row.minute, zone, now)
    scope = asked.scope_of(days_of(cast(Rhythm, row.rhythm), day), zone=zone, now=now, team_id=row.team_id)
    report = shelf.collect(session, name, scope, agent)
    language = agent.language or house(session).settings.language
    said = say(report, language, zone, house=desk_name(session), team=row.team.name if row.team else "")
    late = Speech(language, zone).instant(due_at) if is_late(due_at, now) else ""
    return written(said, scope, base=house(session).settings.base_url, late=late)


def written(said: Said, scope: Scope, *, base: str, late: str = "") -> MailWords:
    """The words of the mail."""
    shown = replace(said, tables=[_discreet(table) for table in said.tables])
    page = base + links.page(said.report.name, scope)
    return words.mail("report", said.language, said=shown, base=base, page=page, late=late, choose=f"{base}/account/reports")


def desk_name(session: Session) -> str:
    """Whose reports these are."""
    main = house(session).settings.main_desk
    desk = find.desk_at(session, main)
    return desk.name if desk is not None else main


def _discreet(table: Table) -> Table:
    """Without the columns of a list in which something stands that a person wrote or is called."""
    if table.kind != "list":
        return table
    kept = [place for place in range(len(table.columns)) if not any(row[place].is_free for row in table.rows)]
    return replace(
        table,
        columns=[table.columns[place] for place in kept],
        rows=[[row[place] for place in kept] for row in table.rows],
        names=kept.index(table.names) if table.names in kept else 0,
    )
