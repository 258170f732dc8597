"""The timeline of a case, as its page shows it: what was said stands out, what was done is a line, long runs of lines fold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, takewhile

from helpdesk.models import Entry, Event
from helpdesk.policies import verification
from helpdesk.policies.calls import KINDS
from helpdesk.policies.doubt import is_doubtful
from helpdesk.policies.long_stories import Gap
from helpdesk.policies.names import plain, trick
from helpdesk.web.cases.items import Done, Folded, Item, Look, Said
from helpdesk.web.cases.sentences import proposed, sentence
from helpdesk.web.language import gettext as _

LONGEST_RUN = 6  # events in a row; more fold into one line
# Told in one line: consultations, whose threads stand below the story, and what its writer has again.
ELSEWHERE = frozenset(("side-in", "side-out", "taken-back"))
MACHINES = frozenset(("automatic", "bounce"))
_IMPLIED_BY = ("opened", "participant-added", "requester-changed")  # both issue an address, which needs no line of its own


@dataclass(frozen=True)
class _Known:
    """What the story is told with, besides its events; `names` are the agents' as readers take them."""

    senders: Mapping[int, str]
    failed: frozenset[int]
    seen: frozenset[int]
    ours: Mapping[str, str]
    names: frozenset[str]


def tell(
    events: list[Event],
    senders: Mapping[int, str],
    *,
    failed: frozenset[int] = frozenset(),
    ours: Mapping[str, str] | None = None,
    seen: frozenset[int] = frozenset(),
) -> list[Item]:
    """The items of the page, oldest first.

    `senders`: entry id → address of doubtful mail; `ours`: the agents' names by their addresses; `seen`: entries whose
    codes the reader has asked for; `failed`: ids of outbox rows that did not arrive and may be sent again.
    """
    ours = ours or {}
    known = _Known(senders, failed, seen, ours, frozenset(map(plain, ours.values())))
    items: list[Item] = []
    for is_line, run in groupby(_items(events, known), key=lambda item: isinstance(item, Done)):
        found = list(run)
        lines = [item for item in found if isinstance(item, Done)]
        items.extend([Folded(lines)] if is_line and len(lines) > LONGEST_RUN else found)
    return items


def with_gaps(items: Iterable[Item], gaps: Iterable[Gap]) -> Iterator[Item | Gap]:
    """The items of a page, and a line where something was left out."""
    waiting = sorted(gaps, key=lambda gap: min(gap.hidden))
    for item in items:
        event = item.lines[0].event if isinstance(item, Folded) else item.event
        while waiting and min(waiting[0].hidden) < event.id:
            yield waiting.pop(0)
        yield item


def open_doubts(items: Iterable[Item], participants: frozenset[str]) -> list[Said]:
    """Doubtful mail that still waits for somebody's decision: since our last answer, a suspect's or by somebody who takes no part."""
    waiting: list[Said] = []
    for item in items:
        if isinstance(item, Said) and item.look == "out":
            waiting = []
        elif isinstance(item, Said) and item.look == "suspect" and _is_outside(item, participants):
            waiting.append(item)
    return waiting


def _is_outside(item: Said, participants: frozenset[str]) -> bool:
    """Whether its sender takes no part; of a suspect nobody knows."""
    return "suspect" in item.entry.flags or item.sender.lower() not in participants


def look_of(entry: Entry) -> Look:
    """How an entry looks."""
    flags = set(entry.flags)
    if entry.kind == "mail-in":
        if is_doubtful(flags) and entry.judgement != "accepted":
            return "aside" if entry.judgement else "suspect"
        return "automatic" if flags & MACHINES else "in"
    if entry.kind == "system":
        return "system"
    if entry.kind in KINDS:
        return "spoken"
    return "out" if entry.kind == "mail-out" else "note"


def _items(events: list[Event], known: _Known) -> Iterator[Item]:
    told: set[int] = set()
    for place, event in enumerate(events):
        if event.id in told or _goes_without_saying(events, place):
            continue
        if event.deed == "proposed":
            together = _proposed_together(events, place)
            told.update(other.id for other in together)
            yield Done(event, proposed(together))
            continue
        if event.entry is None or event.entry.kind in ELSEWHERE:
            yield Done(event, sentence(event), _outbox(event, known.failed))
            continue
        solving = _solving(events, place)
        if solving is not None:
            told.add(solving.id)
        yield _said(event, event.entry, known, solved=solving is not None)


def _said(event: Event, entry: Entry, known: _Known, *, solved: bool) -> Said:
    return Said(
        event,
        entry,
        look_of(entry),
        sender=entry.sender or known.senders.get(entry.id) or (entry.author if "@" in entry.author else ""),
        solved=solved,
        hidden=verification.FLAG in entry.flags and entry.id not in known.seen,
        warning=_warning(entry, known) if entry.kind == "mail-in" and entry.sender else "",
    )


def _warning(entry: Entry, known: _Known) -> str:
    """What is wrong with the sender's name, in a few words; "" where nothing is.

    A colleague who writes from the address that we know is called like one of us by right, if the address is proved to be theirs.
    """
    of_colleague = entry.sender.lower() in known.ours
    found = trick(entry.author if entry.author != entry.sender else "", entry.sender, () if of_colleague else known.names)
    if not found and of_colleague and entry.level == 1:
        return _("a colleague’s address, but nothing proves that they wrote it")
    if found == "address":
        return _("the name shows another address than %(address)s", address=entry.sender)
    if found == "ours":
        return _("calls themselves like one of us, but is %(address)s", address=entry.sender)
    return _("letters that look like others: %(address)s", address=entry.sender) if found else ""


def _goes_without_saying(events: list[Event], place: int) -> bool:
    event = events[place]
    if place == 0:
        return False
    before = events[place - 1]
    if event.deed == "assigned":  # the note says to whom, and so does that it was taken
        return before.deed in ("handed-over", "handover-taken") and before.at == event.at
    if event.deed != "address-issued":
        return False
    return before.deed in _IMPLIED_BY and before.at == event.at


def _proposed_together(events: list[Event], place: int) -> list[Event]:
    """The events by which one mail proposed several people."""
    first = events[place]
    return list(takewhile(lambda event: (event.deed, event.at) == (first.deed, first.at), events[place:]))


def _solving(events: list[Event], place: int) -> Event | None:
    """The event by which an answer also solved the case."""
    answer = events[place]
    if answer.deed != "replied":
        return None
    at_once = takewhile(lambda event: event.at == answer.at and event.entry_id is None, events[place + 1 :])
    return next((event for event in at_once if event.deed == "resolved" and event.agent_id == answer.agent_id), None)


def _outbox(event: Event, failed: frozenset[int]) -> int | None:
    kind, _gap, row = event.thing.partition(" ")
    return int(row) if event.deed == "undeliverable" and kind == "outbox" and row.isdigit() and int(row) in failed else None
