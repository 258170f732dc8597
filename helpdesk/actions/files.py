"""Files that came with mail: what a scanner said of them, and who may save them all the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.models import Agent, Attachment, Case, Entry


def scanned(session: Session, sha256: str, scan: str, finding: str, *, now: datetime) -> None:
    """The scanner has looked at these bytes at last: every file with them that waited has its answer."""
    waiting = select(Attachment).where(Attachment.sha256 == sha256, Attachment.scan == "waiting")
    for file in session.scalars(waiting.order_by(Attachment.id).with_for_update()):
        file.scan, file.finding = scan, finding
        if scan == "found":
            entry = session.get_one(Entry, file.entry_id)
            case, after = session.get_one(Case, entry.case_number), {"name": file.name, "finding": finding}
            record(session, "file-found", now=now, case=case, thing=f"file {file.id}", after=after)


def nobody_scans(session: Session) -> None:
    """The operator has switched the scanner off: what waited for it waits no more."""
    session.execute(update(Attachment).where(Attachment.scan == "waiting").values(scan="off", finding=""))


def release(session: Session, file: Attachment, *, agent: Agent, now: datetime) -> None:
    """Somebody takes it on themselves: this file may be saved although a scanner speaks against it, or has not spoken."""
    if file.released_by_id is not None or file.scan in ("clean", "off"):
        return
    file.released_by_id = agent.id
    entry = session.get_one(Entry, file.entry_id)
    before, after = {"scan": file.scan, "finding": file.finding}, {"name": file.name}
    case = session.get_one(Case, entry.case_number)
    record(session, "file-released", now=now, agent=agent, case=case, thing=f"file {file.id}", before=before, after=after)
