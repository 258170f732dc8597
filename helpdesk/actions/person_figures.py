"""Figures about people: whether any are kept is a setting, and that it was changed is on the record (HOLDLINE_PERSON_FIGURES).

The setting lies in the environment, so its change is noticed when the product starts.  Where none are wanted any more, what was kept
is struck out at once: no measure names anybody then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from helpdesk.actions import measuring
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Installation, Measure

NAME = "figures about people"
NONE = "none"


def has_changed(session: Session) -> bool:
    """Whether the setting is another than when it was last looked at."""
    return _known(session) != house(session).settings.person_figures


def follow_setting(session: Session, *, now: datetime) -> None:
    """Write down that it was changed, and keep or forget whom measures are of."""
    before, after = _known(session), house(session).settings.person_figures
    if before == after:
        return
    session.merge(Installation(name=NAME, value={"is": after}))
    record(
        session,
        "person-figures-set",
        now=now,
        thing="installation",
        before={"person_figures": before},
        after={"person_figures": after},
    )
    if after == NONE:
        session.execute(update(Measure).where(Measure.agent_id.is_not(None)).values(agent_id=None))
    elif before == NONE:
        measuring.measure_all_anew(session)


def _known(session: Session) -> str:
    row = session.get(Installation, NAME)
    return str(row.value["is"]) if row is not None else NONE
