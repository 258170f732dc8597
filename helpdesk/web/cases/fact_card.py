"""What the fact card shows, and what of it an answer asks for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpdesk.models import Case, Entry, Event
from helpdesk.policies.facts import KINDS, Kind
from helpdesk.queries import facts as find
from helpdesk.queries import notices
from helpdesk.queries.contents import Contents
from helpdesk.web.access import session
from helpdesk.web.language import gettext as _


@dataclass(frozen=True)
class Known:
    """Something that the answer asks for although it is known: who said it where."""

    name: str
    value: str
    entry: Entry | None


def card(case: Case, events: list[Event], there: Contents) -> dict[str, Any]:
    """What the case's page shows."""
    pinned = find.of_case(session(), case) if "fact" in there else []
    places = {event.entry_id: event.id for event in reversed(events) if event.entry_id is not None}
    places |= notices.places(session(), [fact.entry_id for fact in pinned if fact.entry_id not in places])  # of a long story
    return {"facts": pinned, "pinnable": find.candidates(events, pinned), "fact_names": names(), "fact_places": places}


def known_already(case: Case, events: list[Event], kinds: set[Kind]) -> list[Known]:
    """Of each kind what is pinned, else what their mail says first."""
    pinned = find.of_case(session(), case)
    said = find.candidates(events, pinned, most=None)
    found = []
    for kind in [kind for kind in KINDS if kind in kinds]:
        known = [Known(fact.name, fact.value, fact.entry) for fact in pinned if fact.kind == kind]
        known += [Known(names()[kind], one.value, one.entry) for one in said if one.kind == kind]
        found += known[:1]
    return found


def names() -> dict[Kind, str]:
    """What each kind is called."""
    return {
        "order": _("Order"),
        "invoice": _("Invoice"),
        "customer": _("Customer number"),
        "parcel": _("Parcel"),
        "iban": _("Bank account"),
        "phone": _("Telephone"),
        "amount": _("Amount"),
        "date": _("Date"),
    }
