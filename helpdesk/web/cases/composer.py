"""The answer form as it stands: what was typed, what lies with it, what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import request
from markupsafe import Markup

from helpdesk import clock
from helpdesk.actions import drafts
from helpdesk.actions.entries import Upload
from helpdesk.db import house
from helpdesk.models import Case, Draft, DraftFile, Event
from helpdesk.policies import answering, promises
from helpdesk.policies.files import MOST_BYTES, clean_name
from helpdesk.queries import cases as find_case
from helpdesk.queries import drafts as find
from helpdesk.web.access import agent, session
from helpdesk.web.cases import panel

FIELDS = frozenset(
    (
        "csrf_token",
        "key",
        "known",
        "seen",
        "kind",
        "text",
        "files",
        "kept",
        "remove",
        "offered",
        "to",
        "add",
        "deed",
        "at",
        "solves",
        "promise",
    )
)
KEY = re.compile(r"[\w-]{1,100}", re.ASCII)


@dataclass
class Composer:
    """One answer form."""

    key: str = field(default_factory=drafts.new_key)  # the same form sent twice is one answer (W19)
    kind: str = "answer"  # answer | note
    text: str = ""
    left_out: frozenset[int] = frozenset()  # participants who are not ticked
    added: frozenset[int] = frozenset()  # proposals that were ticked
    seen: int | None = None  # the last event that its writer knew
    draft: Draft | None = None  # as it is kept
    known: datetime | None = None  # what the form knew of it
    kept: frozenset[int] = frozenset()  # files of the draft that lie with it
    removed: frozenset[int] = frozenset()
    brought: list[Upload] = field(default_factory=list)  # files that came with the form
    at: str = ""  # a time to send it
    solves: bool = False
    promise: str = ""  # by when it says that they hear from us again
    error: str | None = None
    preview: Markup | None = None
    news: list[Event] = field(default_factory=list)  # what its writer did not know when sending
    deed: str = "send"
    begun_with: tuple[int, ...] = ()  # suggestions that went into the text
    word_for_word: str = ""  # the title of that one, to be asked about
    wanted: panel.Wanted | None = None  # what its desk wants to know before the case is solved

    @property
    def promise_at(self) -> datetime | None:
        """The time that it promises; None also where it says nonsense."""
        return promises.named(self.promise, house(session()).settings.zone) if self.kind == "answer" else None

    @property
    def files(self) -> list[DraftFile]:
        return self.draft.files if self.draft is not None else []

    @property
    def weight(self) -> int:
        """Bytes of the files that lie with it."""
        return sum(file.size for file in self.files)

    @property
    def is_too_heavy(self) -> bool:
        """Whether its files, with those that it brought, are too large together."""
        return self.weight + sum(len(file.content) for file in self.brought) > MOST_BYTES


def opened(case: Case) -> Composer:
    """The form with what its reader had begun in this case."""
    draft = find.writing(session(), case, agent())
    if draft is None:
        return Composer()
    return Composer(
        key=draft.key, kind=draft.kind, text=draft.text, left_out=frozenset(draft.left_out), added=frozenset(draft.added),
        begun_with=tuple(draft.begun_with), draft=draft, known=draft.changed_at,
        promise=_local(draft.promise_at),
    )  # fmt: skip


def typed(case: Case) -> Composer:
    """The form as the browser sent it."""
    offered, ticked = _ids("offered"), _ids("to")
    composer = Composer(
        kind="note" if request.form.get("kind") == "note" else "answer",
        text=request.form.get("text", "").replace("\r\n", "\n").replace("\x00", "\ufffd"),
        left_out=offered - ticked,
        added=_ids("add"),
        seen=_number(request.form.get("seen", "")),
        draft=find.writing(session(), case, agent()),
        known=_instant(request.form.get("known", "")),
        kept=_ids("kept"),
        removed=_ids("remove"),
        brought=uploads(),
        at=request.form.get("at", "")[:40],
        solves=bool(request.form.get("solves")),
        promise=next(filter(None, request.form.getlist("promise")), "")[:40],
        begun_with=tuple(sorted(_ids("suggestion"))),
    )
    if KEY.fullmatch(request.form.get("key", "")):  # PostgreSQL takes no NUL in a text
        composer.key = request.form["key"]
    return composer


def fresh_key(case: Case, composer: Composer) -> str:
    """The form's key.  Whoever goes back in the browser and writes something else has another form in mind than was sent."""
    before = find_case.said_with_key(session(), composer.key, case)
    return composer.key if before is None or before.text == composer.text.strip() else drafts.new_key()


def keep(case: Case, composer: Composer, *, anyway: bool = False) -> None:
    """Keep what was typed as a draft.  Raises drafts.Outdated unless `anyway`, and drafts.AlreadySent."""
    known = composer.draft.changed_at if anyway and composer.draft is not None else composer.known
    composer.key = fresh_key(case, composer)
    composer.draft = drafts.keep(
        session(), case, agent(), composer.kind, composer.text, key=composer.key, now=clock.now(), left_out=composer.left_out,
        added=composer.added, begun_with=composer.begun_with, promise_at=composer.promise_at, files=composer.brought, without=composer.removed, known=known,
    )  # fmt: skip
    composer.known = composer.draft.changed_at if composer.draft is not None else None


def files_of(composer: Composer) -> list[Upload]:
    """What goes with it: those of the draft's files that the form showed, and those that it brought."""
    theirs = composer.draft
    lying = drafts.uploads(session(), theirs)
    shown = [file for row, file in zip(composer.files, lying, strict=True) if row.id in composer.kept - composer.removed]
    return [*shown, *composer.brought]


def sent(composer: Composer) -> None:
    """What was typed has left the form.  A draft that another window changed since stays, for it says something else."""
    draft = composer.draft
    if draft is None:
        return
    if draft.changed_at == composer.known or draft.text.strip() == composer.text.strip():
        drafts.forget(session(), draft)
    else:
        draft.key = drafts.new_key()


def uploads() -> list[Upload]:
    """The files that the form brought; browsers send an empty one where none was chosen."""
    found = []
    for file in request.files.getlist("files"):
        if file.filename:
            found.append(Upload(clean_name(file.filename), file.mimetype or "application/octet-stream", file.read()))
        file.close()
    return found


def time_of(deed: str, composer: Composer) -> datetime | None:
    """When a planned answer should leave; None for nonsense, and for what is past."""
    now, zone = clock.now(), house(session()).settings.zone
    ways: dict[str, Callable[[], datetime | None]] = {
        "tomorrow": lambda: answering.tomorrow(now, zone),
        "monday": lambda: answering.next_monday(now, zone),
        "later": lambda: answering.chosen_time(composer.at, zone),
    }
    at = ways[deed]()
    return at if at is not None and answering.can_wait_until(at, now) else None


def _local(at: datetime | None) -> str:
    """As the form names a time: a day, or a day and its hour."""
    if at is None:
        return ""
    zone = house(session()).settings.zone
    local = at.astimezone(zone)
    return local.date().isoformat() if promises.is_whole_day(at, zone) else f"{local:%Y-%m-%dT%H:%M}"


def _ids(name: str) -> frozenset[int]:
    numbers = (_number(text) for text in request.form.getlist(name)[:100])
    return frozenset(number for number in numbers if number is not None)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
