"""The list of reports, and each of them as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk.policies import periods
from helpdesk.queries import clocks, details, people
from helpdesk.queries import reports as find
from helpdesk.reports import asked
from helpdesk.reports.report import Name, Scope
from helpdesk.reports.words import labels, links
from helpdesk.reports.words.speech import Speech
from helpdesk.web import language
from helpdesk.web.access import needs, session
from helpdesk.web.language import gettext as _
from helpdesk.web.reports import asking

bp = Blueprint("reports", __name__, url_prefix="/reports")

VERDICTS = ("justified", "partly", "not")


@bp.get("")
@needs("report.read")
def reports() -> ResponseReturnValue:
    """What there is to read, and for what."""
    names = asking.shelf().names
    rows = [(f"/reports/{name}", labels.of_report(_, name), labels.about_report(_, name)) for name in names]
    return render_template("reports/list.html", reports=rows)


@bp.get("/<report>")
@needs("report.read")
def report(report: str) -> ResponseReturnValue:
    """One report; its address holds all that was chosen, so it can be kept and passed on."""
    name = asking.named(report)
    try:
        scope = asking.scope_of(name)
    except asked.NotAPeriod as refusal:
        sentence = language.catalogue().gettext(refusal.sentence)
        return render_template("reports/refused.html", name=name, called=labels.of_report(_, name), sentence=sentence), 422
    if "from" not in request.args:
        return redirect(links.page(name, scope))  # what stands above the page can be kept and passed on as it is
    said = asking.collected(name, scope)
    return render_template("reports/page.html", said=said, name=name, **_around(name, scope), **choices(name, scope))


def _around(name: Name, scope: Scope) -> dict[str, Any]:
    """The same report of other days, and as a file; after the newest period there is none."""
    speech = Speech(language.current(), clocks.zone_of(session(), scope.team_id))
    days = (scope.period.first, scope.period.last)
    before, after = periods.before(days), periods.after(days)
    later = asked.period(after, speech.zone)
    return {
        "before": (links.moved(name, scope, before), speech.named(scope.before)),
        "after": (links.moved(name, scope, after), speech.named(later)) if later.begins_at < scope.now else None,
        "export": links.page(name, scope, below="/export"),
    }


def choices(name: Name, scope: Scope) -> dict[str, Any]:
    """What can be chosen, and what is."""
    own = [field for field in scope.fields if field not in ("cause", "office", "verdict")]
    return {
        "chosen": asked.words_of(scope),
        "is_filtered": bool(scope.team_id or scope.tag or scope.fields or scope.time != "working"),
        "usual": f"/reports/{name}",
        "teams": people.teams(session()),
        "tags": details.tag_names(session()),
        "causes": find.causes(session()),
        "offices": find.offices(session()),
        "verdicts": [(verdict, labels.of_value(_, verdict)) for verdict in VERDICTS],
        "own_fields": [(f"{asked.FIELD}{field}", field, scope.fields[field]) for field in own],
    }
