"""Tags: put on a case by whoever names one, renamed or joined by an admin."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from helpdesk.actions import deadlines
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.indexing import reindex_details
from helpdesk.models import Agent, Case, CaseTag, DeadlinePolicy, Event, Tag
from helpdesk.policies import tags as policy
from helpdesk.policies.folding import fold
from helpdesk.queries import details as find

_MADE = "tags made"  # in this transaction


def add(session: Session, case: Case, name: str, *, agent: Agent | None, now: datetime) -> Tag:
    """Put a tag on a case; one that nobody used before is made.  A second time changes nothing.  Raises NotUsable."""
    tag = named(session, name)
    put(session, case, tag, agent=agent, now=now)
    return tag


def named(session: Session, name: str) -> Tag:
    """The tag that is called so; one that nobody used before is made.  Raises NotUsable."""
    return find.tag_named(session, name) or _make(session, name)


def put(session: Session, case: Case, tag: Tag, *, agent: Agent | None, now: datetime) -> Event | None:
    """Put a tag on a case; None where it is there already.  Raises NotUsable."""
    there = find.tags(session, case.number)
    if tag in there:
        return None
    if len(there) >= policy.MOST:
        raise NotUsable("tag", "A case has %(most)s tags at the most.", most=policy.MOST)
    session.add(CaseTag(case_number=case.number, tag_id=tag.id))
    made = {"made": True} if tag.id in session.info.get(_MADE, ()) else {}
    event = record(session, "tagged", now=now, agent=agent, case=case, after={"tag": tag.name, **made})
    reindex_details(session, case)
    return event


def remove(session: Session, case: Case, tag: Tag, *, agent: Agent, now: datetime) -> Event | None:
    """Take a tag off a case; the tag itself stays, for other cases have it or will.  None where it was not there."""
    row = session.get(CaseTag, (case.number, tag.id))
    if row is None:
        return None
    session.delete(row)
    event = record(session, "untagged", now=now, agent=agent, case=case, before={"tag": tag.name})
    reindex_details(session, case)
    return event


def take_back(session: Session, case: Case, event: Event, *, agent: Agent, now: datetime) -> str:
    """The case has the tags that it had before it was tagged or untagged; which tag it was.  Raises NotPermitted.

    A tag that was made by this very deed goes, unless somebody uses it meanwhile.
    """
    name: str = (event.after or event.before)["tag"]
    tag = find.tag_named(session, name)
    if tag is None:
        raise NotPermitted("The tag %(tag)s is not there any more.", tag=name)
    row = session.get(CaseTag, (case.number, tag.id))
    if event.deed == "tagged" and row is not None:
        session.delete(row)
        session.flush()
        if event.after.get("made") and not _is_used(session, tag):
            delete_tag(session, tag, agent=agent, now=now)
    elif event.deed == "untagged" and row is None:
        session.add(CaseTag(case_number=case.number, tag_id=tag.id))
    reindex_details(session, case)
    return name


def _is_used(session: Session, tag: Tag) -> bool:
    """Whether a case has it, deadlines are for it, or its answers are released."""
    on_cases, in_deadlines = CaseTag.tag_id == tag.id, DeadlinePolicy.tag_id == tag.id
    return tag.needs_release or session.scalar(select(exists().where(on_cases) | exists().where(in_deadlines))) is True


def rename(session: Session, tag: Tag, name: str, *, agent: Agent, now: datetime) -> Tag:
    """Call a tag something else; where another is called so already, both become that one.  Raises NotUsable."""
    before, clean = tag.name, policy.name(name)
    if not clean:
        raise _unusable()
    other = find.tag_named(session, clean)
    thing, cases = f"tag {tag.id}", _cases_with(session, tag)
    if other is None or other.id == tag.id:
        tag.name, tag.folded = clean, fold(clean)
        record(session, "tag-renamed", now=now, agent=agent, thing=thing, before={"tag": before}, after={"tag": clean})
        kept = tag
    else:
        other.needs_release = other.needs_release or tag.needs_release
        _join(session, tag, other)
        record(session, "tags-joined", now=now, agent=agent, thing=thing, before={"tag": before}, after={"tag": other.name})
        kept = other
    for case in cases:
        reindex_details(session, case)
    return kept


def ask_release(session: Session, tag: Tag, asks: bool, *, agent: Agent, now: datetime) -> None:
    """Whether a second person releases every answer in its cases."""
    before, tag.needs_release = {"needs_release": tag.needs_release}, asks
    after = {"tag": tag.name, "needs_release": asks}
    record(session, "tag-changed", now=now, agent=agent, thing=f"tag {tag.id}", before=before, after=after)


def delete_tag(session: Session, tag: Tag, *, agent: Agent, now: datetime) -> None:
    """Take a tag off every case, and forget it."""
    cases = _cases_with(session, tag)
    record(session, "tag-deleted", now=now, agent=agent, thing=f"tag {tag.id}", before={"tag": tag.name, "cases": len(cases)})
    deadlines.forget_tag(session, tag)
    session.execute(delete(CaseTag).where(CaseTag.tag_id == tag.id))
    session.delete(tag)
    for case in cases:
        reindex_details(session, case)


def _make(session: Session, name: str) -> Tag:
    clean = policy.name(name)
    if not clean:
        raise _unusable()
    tag = Tag(name=clean, folded=fold(clean))
    session.add(tag)
    session.flush()
    session.info.setdefault(_MADE, set()).add(tag.id)
    return tag


def _unusable() -> NotUsable:
    return NotUsable("tag", "A tag has letters or figures, %(most)s characters at the most.", most=policy.LONGEST)


def _join(session: Session, tag: Tag, other: Tag) -> None:
    both = set(session.scalars(select(CaseTag.case_number).where(CaseTag.tag_id == other.id)))
    for row in session.scalars(select(CaseTag).where(CaseTag.tag_id == tag.id)).all():
        if row.case_number not in both:
            session.add(CaseTag(case_number=row.case_number, tag_id=other.id))
        session.delete(row)
    deadlines.forget_tag(session, tag, other)
    session.delete(tag)
    session.flush()


def _cases_with(session: Session, tag: Tag) -> list[Case]:
    return list(session.scalars(select(Case).join(CaseTag, CaseTag.case_number == Case.number).where(CaseTag.tag_id == tag.id)))
