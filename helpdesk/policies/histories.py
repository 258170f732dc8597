"""The history of a case as its figures read it: who asked, who answered, when it was solved and came back, through whose hands it went.

Read from the record of deeds.  What is no human's own word is left out here: acknowledgements, notes, automatic mail, bounces, doubtful
mail that nobody accepted.  A deed that was taken back by a click never was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from helpdesk.policies.doubt import speaks
from helpdesk.policies.satisfaction import FLAG
from helpdesk.policies.thanks import is_thanks

What = Literal["asked", "answered", "bounced", "solved", "reopened", "handed-over", "passed-on", "moved", "given", "joined"]

_MACHINES = frozenset(("receipt", "calendar", "challenge", "complaint", "spam"))


@dataclass(frozen=True)
class Record:
    """An event that stands, with what was said by it."""

    id: int
    at: datetime
    deed: str
    agent_id: int | None = None
    person_id: int | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""  # of its entry
    said_at: datetime | None = None
    said_by: int | None = None  # the agent who wrote the entry
    flags: Collection[str] = ()
    judgement: str | None = None
    text: str = ""
    lane: int = 0  # the case that was merged into this one, where it was of that: only what was said there counts


@dataclass(frozen=True)
class Deed:
    """One thing that the figures know of.  `by`: the agent.  `by_customer`: their word brought it about.  `team`: where it went."""

    at: datetime
    what: What
    by: int | None = None
    by_customer: bool = False
    is_thanks: bool = False
    team: int | str | None = None  # an id, or the name under which older records know it
    team_before: int | str | None = None
    knows_before: bool = False  # whether the record tells whose it was until then
    was_held: bool = False  # of «given»: whether anybody had the case before it, and has it since
    is_held: bool = False
    lane: int = 0  # the case that went on in this one later, where it was of that
    into: int = 0  # of «joined»: the case in which the lane goes on; 0 is this one
    state: str = ""  # of «joined»: how the lane stood


def read(records: Iterable[Record]) -> list[Deed]:
    """What happened, in the order in which it happened."""
    kept = _joined_once(_without_undone(sorted(records, key=lambda record: record.id)))
    lanes = {record.lane for record in kept}
    thanked = {record.at for record in kept if _is_theirs(record) and is_thanks(record.text)}
    with_note = {record.at for record in kept if record.deed == "handed-over"}
    found = [
        (deed.at, record.id, place, deed) for record in kept for place, deed in enumerate(_deeds(record, thanked, with_note))
    ]
    deeds = [deed for *_order, deed in sorted(found, key=lambda row: row[:3])]
    return [replace(deed, into=0) if deed.into not in lanes else deed for deed in deeds]


def _without_undone(records: list[Record]) -> list[Record]:
    kept: list[Record] = []
    for record in records:
        if record.deed != "undone":
            kept.append(record)
            continue
        what = record.after.get("undone")
        place = next((n for n in range(len(kept) - 1, -1, -1) if kept[n].deed == what and kept[n].lane == record.lane), None)
        if place is not None:
            del kept[place]
    return kept


def _joined_once(records: list[Record]) -> list[Record]:
    """Of each case that was merged only the merge that holds; those before it were taken back."""
    last = {record.lane: record.id for record in records if record.deed == "merged-into"}
    return [record for record in records if record.deed != "merged-into" or (record.lane and last[record.lane] == record.id)]


def _deeds(record: Record, thanked: Collection[datetime], with_note: Collection[datetime]) -> list[Deed]:
    said = record.kind in ("mail-in", "mail-out", "call", "visit", "letter")
    if record.lane and not said and record.deed not in ("resolved", "merged-into"):
        return []
    match record.deed:
        case "received" | "copied" | "replied" | "logged":
            return _said(record)
        case "undeliverable" | "challenged" if record.after.get("state") == "open" != record.before.get("state"):
            return [Deed(record.at, "bounced", lane=record.lane)]
        case "resolved":
            return [Deed(record.at, "solved", record.agent_id, lane=record.lane)]
        case "merged-into":
            into, state = record.after.get("number", 0), record.before.get("state", "")
            return [Deed(record.at, "joined", record.agent_id, lane=record.lane, into=into, state=state)]
        case "reopened":
            theirs = record.person_id is not None or record.after.get("reason") in ("call", "visit", "letter")
            accepted = record.agent_id is not None and "reason" not in record.after  # an agent let their doubtful mail count
            return [Deed(record.at, "reopened", record.agent_id, theirs or accepted, record.at in thanked and theirs)]
        case "assigned":
            return _assigned(record, with_note)
        case "handed-over":
            return [Deed(record.at, "handed-over", record.agent_id), *_moved(record)]
        case "given-to-team":
            return _moved(record)
    return []


def _moved(record: Record) -> list[Deed]:
    """To another team.  Older records name teams and do not number them."""
    after = record.after.get("team_id") or record.after.get("team")
    if after is None:
        return []
    before = record.before.get("team_id") or record.before.get("team")
    knows = "team_id" in record.before or "team" in record.before
    return [Deed(record.at, "moved", record.agent_id, team=after, team_before=before, knows_before=knows)]


def _assigned(record: Record, with_note: Collection[datetime]) -> list[Deed]:
    """From one colleague to another without a note; what nobody held, or nobody holds then, is no handover."""
    from_hand, to_hand = record.before.get("assignee"), record.after.get("assignee")
    given = Deed(record.at, "given", record.agent_id, was_held=bool(from_hand), is_held=bool(to_hand))
    if not from_hand or not to_hand or record.at in with_note:
        return [given]
    return [given, Deed(record.at, "passed-on", record.agent_id)]


def _said(record: Record) -> list[Deed]:
    at = record.said_at or record.at
    if record.kind == "mail-out":
        return [Deed(at, "answered", record.said_by, lane=record.lane)]
    if record.kind in ("call", "visit", "letter"):
        turn = record.after.get("turn")
        if turn == "theirs":
            return [Deed(at, "answered", record.said_by, lane=record.lane)]
        return [Deed(at, "asked", by_customer=True, lane=record.lane)] if turn == "ours" else []
    asks = _is_theirs(record) and not is_thanks(record.text) and FLAG not in record.flags
    return [Deed(at, "asked", by_customer=True, lane=record.lane)] if asks else []


def _is_theirs(record: Record) -> bool:
    """A human customer's own word by mail."""
    speaking = speaks(record.flags, record.judgement) and _MACHINES.isdisjoint(record.flags)
    return record.kind == "mail-in" and record.deed in ("received", "copied") and speaking
