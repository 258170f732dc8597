"""What the page of a case shows of its consultations: a folded thread for each third party."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import g
from markupsafe import Markup

from helpdesk import clock
from helpdesk.models import Case, Consultation, Entry, Event
from helpdesk.policies import verification
from helpdesk.policies.addresses import lives
from helpdesk.present import markdown
from helpdesk.present.html import text_to_html
from helpdesk.queries import consultations as find
from helpdesk.queries.addresses import standing_of
from helpdesk.queries.contents import Contents
from helpdesk.web.access import agent, session
from helpdesk.web.forms import Form


@dataclass(frozen=True)
class Letter:
    """A mail to or from a third party: its new words, and what stands below them."""

    entry: Entry
    words: Markup
    rest: Markup
    lines: int

    @property
    def is_ours(self) -> bool:
        return self.entry.kind == "side-out"


@dataclass(frozen=True)
class Thread:
    """A consultation with its mails, the oldest first."""

    row: Consultation
    letters: list[Letter]
    has_ended: bool  # their address takes no mail any more

    @property
    def is_answered(self) -> bool:
        """Whether the last word is theirs."""
        return not self.letters[-1].is_ours


def about(case: Case, numbers: Collection[int], events: list[Event], there: Contents) -> dict[str, Any]:
    """The threads of a case, what can be sent along, and the form by which somebody is asked."""
    blank = Form(to="", subject=case.subject, text="", along=[], attached=[])
    form, of = g.pop("side_form", None) or (blank, None)
    rows = find.of_story(session(), numbers) if "consultation" in there else []
    return {
        "threads": [Thread(row, [_letter(letter.entry) for letter in row.letters], _has_ended(row)) for row in rows],
        "to_send_along": find.to_send_along(events),
        "asked_before": find.asked_before(session(), agent()) if "asked before" in there else [],
        "side": form,
        "side_blank": blank,
        "side_of": of,
    }


def refused(form: Form, consultation_id: int) -> None:
    """Have the page show this form as it was filled in; 0 is that of a new consultation."""
    g.side_form = form, consultation_id


def _has_ended(row: Consultation) -> bool:
    return not lives(standing_of(row.reply_address, clock.now()))


def _letter(entry: Entry) -> Letter:
    shown = verification.masked if verification.FLAG in entry.flags else str
    words, lines = shown(entry.visible or entry.text), entry.text.split("\n")
    rest = "\n".join("\n".join(lines[first:last]) for first, last in entry.folds or [])
    html = markdown.render(words) if entry.kind == "side-out" else text_to_html(words)
    below = Markup(text_to_html(shown(rest)))  # noqa: S704  # escaped there
    return Letter(entry, Markup(html), below, len([line for line in rest.split("\n") if line.strip()]))  # noqa: S704  # made safe there
