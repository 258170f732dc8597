"""What the page of a case shows of answering: the form, planned answers, what can be taken back, and who else is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from markupsafe import Markup

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Case, Event
from helpdesk.policies import answering
from helpdesk.policies.files import MOST_BYTES
from helpdesk.present import markdown
from helpdesk.queries import drafts as find
from helpdesk.queries import presence
from helpdesk.queries.contents import Contents
from helpdesk.queries.presence import Company
from helpdesk.web import waiting
from helpdesk.web.access import agent, session
from helpdesk.web.cases import composer as composers
from helpdesk.web.cases.composer import Composer
from helpdesk.web.cases.sentence import who
from helpdesk.web.cases.sentences import sentence
from helpdesk.web.language import gettext as _


def shown(case: Case, composer: Composer | None, there: Contents) -> dict[str, Any]:
    """For the templates; without a composer, the form with what its reader had begun."""
    now, zone = clock.now(), house(session()).settings.zone
    return {
        "composer": composer or (composers.opened(case) if "draft" in there else Composer()),
        "planned": find.planned(session(), case) if "draft" in there else [],
        "rendered": lambda text: Markup(markdown.render(text)),  # noqa: S704  # sanitised
        "told": told,
        "recalls": find.recalls(session(), case, agent(), now=now) if "recall" in there else {},
        "company": presence.others(session(), case, agent(), now=now) if "company" in there else Company(),
        "most_bytes": MOST_BYTES,
        "tomorrow": answering.tomorrow(now, zone),
        "next_monday": answering.next_monday(now, zone),
        "local_now": now.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
    }


def unsent(numbers: Collection[int]) -> dict[str, Any]:
    """For a list of these cases: in which of them the reader has something unsent, and in how many at all."""
    if "unsent" not in waiting.there():
        return {"unsent": set(), "unsent_count": 0}
    return {
        "unsent": find.among(session(), agent(), numbers),
        "unsent_count": find.count(session(), agent()),
    }


def told(event: Event) -> str:
    """What happened meanwhile, in a few words."""
    if event.entry is None or event.entry.kind == "taken-back":
        return sentence(event).words
    name = event.entry.author
    match event.entry.kind:
        case "mail-in":
            return _("%(name)s wrote", name=name)
        case "mail-out":
            return _("%(name)s answered", name=name)
        case "note":
            return _("Note by %(name)s", name=name)
        case _:
            return _("%(name)s wrote something down", name=who(event))
