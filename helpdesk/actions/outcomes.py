"""What a complaint came to, and what a desk wants to know of it before a case is solved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.indexing import reindex_details
from helpdesk.models import Agent, Case, Cause, Desk, Outcome
from helpdesk.policies.fields import ASKED, VERDICTS
from helpdesk.queries import details as find

LONGEST = 100  # characters of a cause and of an office's name


def say(
    session: Session,
    case: Case,
    *,
    agent: Agent,
    now: datetime,
    cause: Cause | None = None,
    office: str = "",
    verdict: str | None = None,
) -> None:
    """Write down the cause, the office whose work it was about, and whether the complaint was justified.  Raises NotUsable."""
    office = " ".join(office.split())
    if cause is not None and cause.desk_id != case.desk_id:
        raise NotUsable("cause", "Choose one from the list.")
    if verdict is not None and verdict not in VERDICTS:
        raise NotUsable("verdict", "Choose one from the list.")
    if len(office) > LONGEST:
        raise NotUsable("office", "A name has 1 to %(most)s characters.", most=LONGEST)
    row = find.outcome(session, case.number)
    if row is None:
        row = Outcome(case_number=case.number, office="")
        session.add(row)
    before = _facts(row)
    row.cause, row.office, row.verdict = cause, office, verdict
    session.flush()
    if _facts(row) != before:
        record(session, "outcome-said", now=now, agent=agent, case=case, before=before, after=_facts(row))
        reindex_details(session, case)


def ask(session: Session, desk: Desk, asks: Collection[str], *, agent: Agent, now: datetime) -> None:
    """What this desk has to be told before a case of it is solved.  Raises NotUsable."""
    if set(asks) - set(ASKED):
        raise NotUsable("asks", "Choose one from the list.")
    wanted: list[str] = [name for name in ASKED if name in asks]
    if wanted != desk.asks:
        before, desk.asks = desk.asks, wanted
        after = {"asks": wanted}
        record(session, "desk-asks", now=now, agent=agent, thing=f"desk {desk.id}", before={"asks": before}, after=after)


def list_causes(session: Session, desk: Desk, names: Collection[str], *, agent: Agent, now: datetime) -> None:
    """The causes from which agents of this desk choose.  One that is listed no more stays with the cases that have it."""
    wanted = list(dict.fromkeys(" ".join(name.split())[:LONGEST] for name in names if name.strip()))
    known = {cause.name: cause for cause in find.causes(session, desk.id, active_only=False)}
    before = [cause.name for cause in known.values() if cause.active]
    for name in wanted:
        if name not in known:
            session.add(Cause(desk_id=desk.id, name=name, active=True))
    for name, cause in known.items():
        cause.active = name in wanted
    session.flush()
    after = list(session.scalars(select(Cause.name).where(Cause.desk_id == desk.id, Cause.active).order_by(Cause.name)))
    if after != before:
        thing = f"desk {desk.id}"
        record(session, "causes-listed", now=now, agent=agent, thing=thing, before={"causes": before}, after={"causes": after})


def _facts(row: Outcome) -> dict[str, Any]:
    return {"cause": row.cause.name if row.cause else None, "office": row.office, "verdict": row.verdict}
