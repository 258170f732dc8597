"""A report as a mail: as its reader may see it, in their language, with links that lead to the pages of the web.

A mail lies about in mailboxes for years: it holds figures and the subjects of cases, no names and no words of customers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, cast

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import letters, words
from helpdesk.db import house
from helpdesk.models import Desk, ReportSchedule
from helpdesk.policies.permissions import may
from helpdesk.policies.schedules import Rhythm, days_of, is_late, last_due
from helpdesk.queries import addresses as find
from helpdesk.queries import clocks
from helpdesk.queries import texts as find_texts
from helpdesk.reports import asked
from helpdesk.reports.report import Scope
from helpdesk.reports.shelf import Shelf
from helpdesk.reports.words import links, say
from helpdesk.reports.words.shapes import Said, Table
from helpdesk.reports.words.speech import Speech
from helpdesk.words import MailWords


class Opening(NamedTuple):
    """What a report by mail begins with."""

    subject: str
    text: str
    html: Markup


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
    base = house(session).settings.base_url
    values = {"name": agent.name, "report": said.title, "sentence": said.sentence, "link": base + links.page(name, scope)}
    return written(said, scope, base=base, late=late, opening=_opening(session, row, said.language, values))


def written(said: Said, scope: Scope, *, base: str, late: str = "", opening: Opening | None = None) -> MailWords:
    """The words of the mail.  `opening`: the subject and what it begins with, where the desk says that in its own words."""
    shown = replace(said, tables=[_discreet(table) for table in said.tables])
    page = base + links.page(said.report.name, scope)
    subject, text, html = opening or Opening(said.title, said.sentence, Markup("<p>{}</p>").format(said.sentence))
    opened: dict[str, Any] = {"called": subject, "opening": text, "opening_html": html}
    choose = f"{base}/account/reports"
    return words.mail("report", said.language, said=shown, base=base, page=page, late=late, choose=choose, **opened)


def _opening(session: Session, row: ReportSchedule, language: str, values: dict[str, str]) -> Opening | None:
    """In the words of the desk whose team the report is of; of all teams the main desk speaks."""
    of_team = select(Desk).where(Desk.team_id == row.team_id, Desk.active).order_by(Desk.id) if row.team_id else None
    desk = session.scalars(of_team).first() if of_team is not None else None
    desk = desk or find.desk_at(session, house(session).settings.main_desk)
    own = find_texts.own(session, desk, "report", language) if desk is not None else None
    found = letters.filled(own.subject, own.body, {**values, "desk": desk.name}) if own and desk else None
    return Opening(*found) if found is not None else None


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
