"""The page of one case: its story, what waits for its reader, and the form by which it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpdesk import clock, letters
from helpdesk.db import house
from helpdesk.models import Agent, Case, Entry, Event, ReplyAddress
from helpdesk.policies.addresses import Standing
from helpdesk.policies.long_stories import Gap
from helpdesk.queries import addresses as find_addresses
from helpdesk.queries import cases as find
from helpdesk.queries import kinship, long_stories, merges, people
from helpdesk.queries import proposals as find_proposals
from helpdesk.queries import releases as find_releases
from helpdesk.queries import story as find_story
from helpdesk.queries.contents import Contents
from helpdesk.queries.outbox import DID_NOT_ARRIVE, nobody_at
from helpdesk.queries.secrets import seen_by
from helpdesk.web import notices, waiting
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import (
    answering,
    beside,
    due,
    fact_card,
    friction,
    handed,
    merged,
    panel,
    promise_letter,
    promising,
    risen,
    sentence_merging,
    story,
)
from helpdesk.web.cases.composer import Composer
from helpdesk.web.cases.items import Item, Said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("case", __name__, url_prefix="/cases")

LINE = 40  # length of the line that stands for an address's whole life


@dataclass(frozen=True)
class Life:
    """A reply address and how much of its life is left."""

    row: ReplyAddress
    standing: Standing
    ends_at: datetime | None
    left: int = LINE  # of LINE


@bp.get("/<int:number>")
@needs("case.read")
def case(number: int) -> ResponseReturnValue:
    """One case."""
    found = the_case(number)
    return show(found, promise_letter.prepared(found) if "later" in request.args and found.merged_into is None else None)


def the_case(number: int) -> Case:
    """The case, or 404 where there is none or it is not for this reader; locked where the request may change it."""
    found = find.by_number(session(), number, agent(), for_change=not g.reading)
    if found is None:
        abort(404)
    if found.merged_into is not None and not g.reading:
        abort(make_response(gone_on(found)))
    return found


def gone_on(case: Case) -> ResponseReturnValue:
    """What somebody gets who did something on the page of a case that was merged meanwhile: nothing was done, no text is lost."""
    into = find.by_number(session(), case.merged_into or 0, agent())
    words = _("Case %(number)s was merged into this one meanwhile. Nothing was sent or changed.", number=case.number)
    if into is None:
        return make_response(show(case), 422)
    text = request.form.get("text", "").replace("\x00", "\ufffd")
    if text.strip():
        kind = "note" if request.form.get("kind") == "note" else "answer"
        return make_response(show(into, Composer(kind=kind, text=text), problem=words), 422)
    return done(words, f"/cases/{into.number}")


def show(case: Case, composer: Composer | None = None, *, problem: str | None = None) -> str:
    """The page, with the answer form as it stands, and with a sentence where a deed could not be done."""
    now = clock.now()
    there = waiting.there_in(case)
    lives = [_life(session(), row, now) for row in find_addresses.with_participants(session(), case)]
    numbers = merges.all_of(session(), case.number) if "merged" in there else [case.number]
    staff, teams = people.staff(session())  # before the story, which names them
    events, gaps = _events(case, there)
    if case.merged_into is not None:
        told = _tell(case, events, gaps, staff, there) | friction.about(events, staff, there)
        return merged.show(case, told | _settings() | handed.about(case, numbers, there), problem)
    writing = answering.shown(case, composer, there)
    return render_template(
        "cases/page.html",
        case=case,
        **writing,
        problem=problem,
        lives=lives,
        door=next((life for life in reversed(lives) if _is_open_to_requester(life, case)), None),
        agents=[one for one in staff if one.active],
        teams=teams,
        also_writes_from=people.other_addresses(session(), case.requester, agent()) if "other address" in there else [],
        others=find.others_of(session(), case, agent(), has_other_addresses="other address" in there),
        proposals=find_proposals.waiting(session(), case) if "proposal" in there else [],
        signature=_signature(case),
        waiting_answers=find_releases.waiting_in(session(), case) if "waiting answer" in there else [],
        kin=kinship.of(session(), case, agent()) if "link" in there else [],
        called=sentence_merging.kinship,
        details=panel.of(case, there),
        seen=events[-1].id if events else 0,
        **_settings(),
        **notices.about(case, there),
        **handed.about(case, numbers, there),
        **beside.about(case, numbers, events, there),
        **due.about(case),
        **risen.about(case, there),
        **promising.about(case, writing["composer"], there),
        **_tell(case, events, gaps, staff, there),
        **friction.about(events, staff, there),
        **fact_card.card(case, events, there),
    )


def _events(case: Case, there: Contents) -> tuple[list[Event], list[Gap]]:
    """The story, and what of a very long one is left out until somebody asks for the whole."""
    holds = "merged" in there
    if "whole" in request.args:
        return find.timeline(session(), case, agent(), holds_others=holds), []
    return long_stories.shortened(session(), case, agent(), holds_others=holds, asks_for_somebody="asking" in there)


def _settings() -> dict[str, Any]:
    settings = house(session()).settings
    return {"holds_mail": settings.outgoing == "hold", "shows_pictures": settings.remote_images == "proxy"}


def _signature(case: Case) -> letters.Signature:
    me = agent()
    return letters.signature(case.desk, me, letters.signs(case.desk, me, me.name), team=case.team.name if case.team else "")


def _tell(case: Case, events: list[Event], gaps: list[Gap], staff: list[Agent], there: Contents) -> dict[str, Any]:
    deliveries = [row for event in events if event.entry for row in event.entry.deliveries]
    failed = frozenset(row.id for row in deliveries if row.state in DID_NOT_ARRIVE)
    ours = {agent.email.lower(): agent.name for agent in staff}
    items = story.tell(events, _senders(case, events), failed=failed, ours=ours, seen=seen_by(events, agent()))
    hidden = frozenset(event_id for gap in gaps for event_id in gap.hidden)
    participants = frozenset(participant.person.address for participant in case.participants)
    doubts = story.open_doubts(items, participants)
    return {
        "items": story.with_gaps(items, gaps),
        "risen": risen.told(events),
        "place": lambda event_id: f"/cases/{case.number}?whole=1#e{event_id}" if event_id in hidden else f"#e{event_id}",
        "doubts": doubts,
        "doubtful_sender": any("suspect" in item.entry.flags for item in doubts),
        "undelivered": _undelivered_answer(items),
        "offering": _offering(events),
        "nobody_at": nobody_at(session(), sorted(participants)) if "refused" in there else [],
    }


def _senders(case: Case, events: list[Event]) -> dict[int, str]:
    """Where doubtful mail came from, as far as its entry does not say it."""
    unsaid = any(event.entry.flags and not event.entry.sender for event in events if event.entry is not None)
    return find_story.senders(session(), case) if unsaid else {}


def _offering(events: list[Event]) -> Entry | None:
    """The forwarded mail that offers its first writer as the customer, until somebody answered."""
    entries = [event.entry for event in events if event.entry is not None]
    return next((entry for entry in entries if entry.traits.get("forwarded", {}).get("state") == "open"), None)


def _undelivered_answer(items: list[Item]) -> Said | None:
    """Our last answer, if it did not reach everybody."""
    answers = [item for item in items if isinstance(item, Said) and item.look == "out"]
    last = answers[-1] if answers else None
    return last if last and any(row.state in DID_NOT_ARRIVE for row in last.entry.deliveries) else None


def _life(session: Session, row: ReplyAddress, now: datetime) -> Life:
    standing = find_addresses.standing_of(row, now)
    if standing == "active":
        return Life(row, standing, None)
    if standing == "grace":
        assert row.expires_at is not None
        share = (row.expires_at - now) / house(session).settings.grace
        return Life(row, standing, row.expires_at, left=max(2, min(LINE, round(LINE * share))))
    return Life(row, standing, row.revoked_at if standing == "revoked" else row.expired_at or row.expires_at, left=0)


def _is_open_to_requester(life: Life, case: Case) -> bool:
    participant = life.row.participant
    return (
        participant is not None and participant.person_id == case.requester_id and life.standing in ("active", "grace", "expired")
    )
