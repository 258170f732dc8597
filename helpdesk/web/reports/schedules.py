"""Reports by mail: each supervisor chooses their own."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import report_mails
from helpdesk.actions.desks import NotUsable
from helpdesk.models import ReportSchedule
from helpdesk.policies.schedules import USUAL_MINUTE
from helpdesk.queries import clocks, people
from helpdesk.queries import schedules as find
from helpdesk.reports import asked
from helpdesk.reports.words import labels
from helpdesk.reports.words.speech import Speech
from helpdesk.web import language
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done
from helpdesk.web.reports import asking

bp = Blueprint("schedules", __name__)

PATH = "/account/reports"
FIELDS = ("report", "rhythm", "at", "team")


@bp.get(PATH)
@needs("report.read")
def own() -> ResponseReturnValue:
    return _page(Form(report="", rhythm="weekly", at=_spelled(USUAL_MINUTE), team=""))


@bp.post(PATH)
@needs("report.read")
def order() -> ResponseReturnValue:
    """From the next time on."""
    form = Form.posted(*FIELDS)
    team, minute = form.one_of("team", people.teams(session())), _minute(form.values["at"])
    name = asked.named(form.values["report"])
    if name not in asking.shelf().names:
        form.refuse("report", _("Choose one from the list."))
    if not form.errors:
        try:
            report_mails.order(session(), agent(), str(name), form.values["rhythm"], minute, team, now=clock.now())
        except NotUsable as refusal:
            form.refused(refusal)
    return _page(form) if form.errors else done(_("You get this report by mail."), PATH)


@bp.post(f"{PATH}/<int:schedule_id>/cancel")
@needs("report.read")
def cancel(schedule_id: int) -> ResponseReturnValue:
    """It comes no more."""
    row = find.own(session(), agent(), schedule_id) or abort(404)
    again = {"report": row.report, "rhythm": row.rhythm, "at": _spelled(row.minute), "team": str(row.team_id or "")}
    report_mails.cancel(session(), row, agent=agent(), now=clock.now())
    return done(_("This report comes no more."), PATH, undo=PATH, **again)


def _page(form: Form) -> ResponseReturnValue:
    names = asking.shelf().names
    return form.page(
        "reports/schedules.html",
        rows=[_told(row) for row in find.of(session(), agent())],
        reports=[(name, labels.of_report(_, name)) for name in names],
        rhythms=[("daily", _("every day")), ("weekly", _("every Monday")), ("monthly", _("on the first of each month"))],
        teams=people.teams(session()),
    )


def _told(row: ReportSchedule) -> dict[str, object]:
    """One of them in words, with the next time that it comes."""
    name = asked.named(row.report)
    zone = clocks.zone_of(session(), row.team_id)
    rhythm = {
        "daily": _("every day at %(time)s", time=_spelled(row.minute)),
        "weekly": _("every Monday at %(time)s", time=_spelled(row.minute)),
        "monthly": _("on the first of each month at %(time)s", time=_spelled(row.minute)),
    }[row.rhythm]
    return {
        "id": row.id,
        "called": labels.of_report(_, name) if name else row.report,
        "rhythm": rhythm,
        "team": row.team.name if row.team else _("all teams"),
        "next": _next(row, Speech(language.current(), zone)),
    }


def _next(row: ReportSchedule, speech: Speech) -> str:
    if row.attempts and row.try_at is not None:
        return _("could not be collected, next try %(when)s", when=speech.moment(row.try_at))
    return _("next on %(day)s", day=speech.moment(row.next_at))


def _spelled(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _minute(text: str) -> int:
    """Of the day; -1 for what is none."""
    hour, _colon, minute = text.strip().partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(hour) < 3 and len(minute) == 2):
        return -1
    return int(hour) * 60 + int(minute) if int(hour) < 24 and int(minute) < 60 else -1
