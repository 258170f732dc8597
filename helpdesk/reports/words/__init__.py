"""The words of a report: one place for pages, mails, sheets and documents, so that all of them say the same numbers."""

from __future__ import annotations

from datetime import tzinfo

from helpdesk.reports.report import Report
from helpdesk.reports.words import labels
from helpdesk.reports.words.sentences import sentence
from helpdesk.reports.words.shapes import Said
from helpdesk.reports.words.speech import Speech
from helpdesk.reports.words.tables import Maker


def say(report: Report, language: str, zone: tzinfo, *, house: str, team: str = "") -> Said:
    """The report in a language; instants in a zone.  `house`: whose report it is, `team`: the name of the team that was asked for."""
    scope, speech = report.scope, Speech(language, zone, report.scope.time)
    _ = speech.gettext
    now_word = speech.named(scope.period)
    before = speech.earlier(scope.period)
    about = [
        house,
        team or _("all teams"),
        *([_("Tag: %(name)s", name=scope.tag)] if scope.tag else []),
        *(f"{labels.of_field(_, name)}: {labels.of_value(_, value)}" for name, value in sorted(scope.fields.items())),
        _("working time") if scope.time == "working" else _("calendar time"),
    ]
    span = _(
        "%(days)s, compared with %(before)s. As of %(now)s",
        days=speech.days(scope.period),
        before=speech.named(scope.before),
        now=speech.instant(scope.now, year=scope.now.year != scope.period.last.year),
    )
    if scope.now < scope.period.ends_at:
        span = _("%(span)s. These days are not over yet", span=span)
    return Said(
        report=report,
        language=speech.language,
        title=_("%(report)s, %(period)s", report=labels.of_report(_, report.name), period=now_word),
        about=", ".join(filter(None, about)),
        span=span,
        sentence=sentence(report, speech),
        now_word=now_word,
        before_word=before,
        tables=Maker(report, speech).all(),
    )
