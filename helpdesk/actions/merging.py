"""Cases become one, and come apart again.

The story of the merged case stays where it is; its doors and whoever takes part go over to the other case.  So mail to an old
address leads where the story goes on, and addresses live as long as that case does.  Nobody is mailed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, clocks
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Case, Entry, Merge, Participant, Proposal, ReplyAddress
from helpdesk.policies import addresses as address_policy
from helpdesk.policies import merging as policy
from helpdesk.queries import addresses as find_addresses
from helpdesk.queries import merges as find


def merge(session: Session, case: Case, into: Case, *, agent: Agent, now: datetime) -> None:
    """`case` goes on in `into`, with all that was merged into it before.  Raises NotPermitted."""
    if case.number == into.number:
        raise NotPermitted("A case cannot be merged with itself.")
    _lock(session, case, into)
    for one in (case, into):
        if one.merged_into is not None:
            raise NotPermitted(
                "Case %(number)s has been merged into case %(into)s already.", number=one.number, into=one.merged_into
            )
        if one.spam_at is not None:
            raise NotPermitted("Case %(number)s is marked as spam.", number=one.number)
    if policy.would_tell(case, into):
        raise NotPermitted(
            "Not everybody who knows of case %(into)s may know of case %(number)s. Make them alike first.",
            number=case.number,
            into=into.number,
        )
    kept: dict[str, Any] = {"from": _facts(case), "into": _facts(into), "doors": _lives(session, into)}
    kept["clocks"] = clocks.as_they_stand(session, into.number)
    kept["participants"] = _bring_participants(session, case, into, now)
    kept["addresses"] = _bring_addresses(session, case, into)
    kept["proposals"] = _bring_proposals(session, case, into)
    session.execute(update(Case).where(Case.merged_into == case.number).values(merged_into=into.number))
    _join(session, case, into, now)
    kept["joined"] = _facts(into)
    session.add(Merge(from_number=case.number, into_number=into.number, merged_at=now, agent_id=agent.id, kept=kept))
    after = {"number": case.number, "subject": case.subject}
    record(session, "merged", now=now, agent=agent, case=into, before=kept["into"], after=after)
    record(session, "merged-into", now=now, agent=agent, case=case, before=kept["from"], after={"number": into.number})
    _forget_relations(session, case, into)


def unmerge(session: Session, case: Case, *, agent: Agent, now: datetime) -> Case:
    """Take a case out again, as it was: state, wait, doors, who takes part.  Answers the case that it had gone into.

    What came after the merge stays there, and both pages say so.  Raises NotPermitted where it was not merged.
    """
    row = find.under_way(session, case.number)
    if case.merged_into is None or row is None:
        raise NotPermitted("Case %(number)s has not been merged.", number=case.number)
    into = session.get_one(Case, case.merged_into)
    _lock(session, case, into)
    kept, facts = row.kept, row.kept["from"]
    case.merged_into, row.ended_at = None, now
    for other in find.taken_along(session, case.number):
        other.merged_into = case.number
    _restore(case, facts)
    people = _take_participants_back(session, kept["participants"], case, into)
    _take_addresses_back(session, kept["addresses"], people, case, into, now)
    session.execute(
        update(Proposal)
        .where(Proposal.id.in_(kept["proposals"]), Proposal.case_number == into.number)
        .values(case_number=case.number)
    )
    if row.into_number == into.number and _facts(into) == kept["joined"]:
        _restore(into, kept["into"])
        _give_lives_back(session, kept["doors"], into)
        clocks.put_back(session, into.number, kept.get("clocks", {}))  # it may have taken over the longer wait of the other
    session.flush()
    addresses.settle_sides(session, case, now=now)
    addresses.settle_sides(session, into, now=now)
    stays = _came_since(session, into, row)
    record(session, "unmerged", now=now, agent=agent, case=case, after={"number": into.number, "stays": stays})
    record(session, "unmerged-from", now=now, agent=agent, case=into, after={"number": case.number, "stays": stays})
    _forget_relations(session, case, into)
    return into


def _lock(session: Session, *cases: Case) -> None:
    """Both rows, the lower number first: two people who merge the same cases either way round wait for each other."""
    numbers = [case.number for case in cases]
    session.flush()
    query = select(Case).where(Case.number.in_(numbers)).order_by(Case.number).with_for_update(of=Case)
    session.scalars(query.execution_options(populate_existing=True)).all()


def _facts(case: Case) -> dict[str, Any]:
    return {
        "state": case.state,
        "waiting_since": _text(case.waiting_since),
        "resolved_at": _text(case.resolved_at),
        "last_words": case.last_words,
    }


def _restore(case: Case, facts: dict[str, Any]) -> None:
    case.state, case.last_words = facts["state"], facts["last_words"]
    case.waiting_since, case.resolved_at = _instant(facts["waiting_since"]), _instant(facts["resolved_at"])


def _join(session: Session, case: Case, into: Case, now: datetime) -> None:
    """One state of both; the merged case itself asks nobody for anything any more."""
    state = policy.state_of_both(into.state, case.state)  # type: ignore[arg-type]  # a column is a str
    if _last_message(session, case) > _last_message(session, into):
        into.last_words = case.last_words
    into.state, into.waiting_since = state, policy.waiting_since(into.waiting_since, case.waiting_since)
    case.state, case.resolved_at, case.waiting_since, case.merged_into = "resolved", now, None, into.number
    if state != "resolved":
        into.resolved_at = None
        addresses.renew(session, into, now=now)


def _last_message(session: Session, case: Case) -> int:
    said = Entry.kind.in_(("mail-in", "mail-out"))
    return session.scalar(select(func.max(Entry.id)).where(Entry.case_number == case.number, said)) or 0


def _bring_participants(session: Session, case: Case, into: Case, now: datetime) -> dict[str, Any]:
    """Whoever takes part in one takes part in the other.  «moved» went over, «same» were there, «back» had left there."""
    there = {row.person_id: row for row in session.scalars(select(Participant).where(Participant.case_number == into.number))}
    kept: dict[str, Any] = {"moved": [], "same": {}, "back": {}}
    for row in list(case.participants):
        known = there.get(row.person_id)
        if known is None:
            kept["moved"].append([row.id, row.role, _text(row.merged_at)])
            row.case_number, row.role, row.merged_at = into.number, "copy", now
            continue
        kept["same"][str(row.id)] = known.id
        if known.left_at is not None:
            kept["back"][str(known.id)] = _text(known.left_at)
            known.left_at = None
    session.flush()
    return kept


def _take_participants_back(session: Session, kept: dict[str, Any], case: Case, into: Case) -> list[int]:
    for row_id, role, merged_at in kept["moved"]:
        row = session.get_one(Participant, row_id)
        if row.case_number == into.number:
            row.case_number, row.role, row.merged_at = case.number, role, _instant(merged_at)
    for row_id, left_at in kept["back"].items():
        session.get_one(Participant, int(row_id)).left_at = _instant(left_at)
    session.flush()
    return [row_id for row_id, _role, _at in kept["moved"]]


def _bring_addresses(session: Session, case: Case, into: Case) -> list[list[Any]]:
    """Every door of the case leads into the other one from now on."""
    people = {row.person_id: row.id for row in session.scalars(select(Participant).where(Participant.case_number == into.number))}
    kept = []
    for row in find_addresses.of_case(session, case.number):
        kept.append([row.id, row.participant_id, row.merged_from, _text(row.expires_at), _text(row.expired_at)])
        row.case_number, row.merged_from = into.number, row.merged_from or case.number
        if row.participant is not None:
            row.participant_id = people.get(row.participant.person_id, row.participant_id)
    session.flush()
    return kept


def _take_addresses_back(
    session: Session, kept: list[list[Any]], people: list[int], case: Case, into: Case, now: datetime
) -> None:
    """Each door as it was; one that was issued meanwhile goes with whoever got it, and lives as long as the case does."""
    known = {row_id for row_id, *_rest in kept}
    for row_id, participant_id, merged_from, expires_at, expired_at in kept:
        row = session.get_one(ReplyAddress, row_id)
        if row.case_number == into.number:
            row.case_number, row.participant_id, row.merged_from = case.number, participant_id, merged_from
            row.expires_at, row.expired_at = _instant(expires_at), _instant(expired_at)
    theirs = select(ReplyAddress).where(ReplyAddress.case_number == into.number, ReplyAddress.participant_id.in_(people))
    grace = address_policy.expiry_after_resolution(now, house(session).settings.grace)
    for row in session.scalars(theirs.where(ReplyAddress.purpose == "reply", ReplyAddress.id.not_in(known))):
        row.case_number, row.expires_at, row.expired_at = case.number, grace if case.state == "resolved" else None, None
    session.flush()


def _bring_proposals(session: Session, case: Case, into: Case) -> list[int]:
    there = select(Proposal.address).where(Proposal.case_number == into.number)
    query = select(Proposal).where(Proposal.case_number == case.number, Proposal.state == "open", Proposal.address.not_in(there))
    rows = list(session.scalars(query))
    for row in rows:
        row.case_number = into.number
    session.flush()
    return [row.id for row in rows]


def _lives(session: Session, case: Case) -> list[list[Any]]:
    return [[row.id, _text(row.expires_at), _text(row.expired_at)] for row in find_addresses.of_case(session, case.number)]


def _give_lives_back(session: Session, kept: list[list[Any]], case: Case) -> None:
    for row_id, expires_at, expired_at in kept:
        row = session.get_one(ReplyAddress, row_id)
        if row.case_number == case.number:
            row.expires_at, row.expired_at = _instant(expires_at), _instant(expired_at)


def _came_since(session: Session, into: Case, row: Merge) -> int:
    """How many messages came, or went out, while both were one."""
    said = Entry.kind.in_(("mail-in", "mail-out"))
    query = select(func.count()).select_from(Entry).where(Entry.case_number == into.number, said, Entry.at > row.merged_at)
    return session.scalar(query) or 0


def _forget_relations(session: Session, *cases: Case) -> None:
    """What was read of them before is no longer so."""
    session.flush()
    for case in cases:
        for row in list(session.identity_map.values()):
            if isinstance(row, Participant | ReplyAddress) and row.case_number == case.number:
                session.expire(row)
        session.expire(case)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
