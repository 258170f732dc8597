"""What stands on the page of a case: something said, something done in one line, a run of lines that folds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from markupsafe import Markup

from helpdesk.models import Entry, Event
from helpdesk.policies import verification
from helpdesk.present.frame import remote_pictures
from helpdesk.present.html import text_to_html
from helpdesk.present.measure import height
from helpdesk.present.passages import Look as PassageLook
from helpdesk.present.passages import passages
from helpdesk.web.cases.sentence import Sentence

Look = Literal["in", "out", "note", "spoken", "suspect", "aside", "automatic", "system"]


@dataclass(frozen=True)
class Shown:
    """A passage of an entry, ready for the page.  `lines` counts those that say something."""

    look: PassageLook
    words: Markup
    lines: int = 0
    is_signature: bool = False


@dataclass(frozen=True)
class Said:
    """An entry.  `sender` is the address that a doubtful mail came from, `solved` says that the case was solved with it."""

    event: Event
    entry: Entry
    look: Look
    sender: str = ""
    solved: bool = False
    hidden: bool = False  # its codes and links are
    warning: str = ""  # where the sender's name misleads

    @cached_property
    def passages(self) -> list[Shown]:
        """Its words; made when somebody looks, for of a long story most are not shown."""
        entry = self.entry
        if self.look in ("out", "note", "spoken") and entry.html is not None:
            return [Shown("new", Markup(entry.html))]  # noqa: S704  # sanitised when it was kept
        shown = verification.masked if self.hidden else str
        return [
            Shown(passage.look, Markup(text_to_html(shown(passage.text))), passage.lines, passage.is_signature)  # noqa: S704  # escaped there
            for passage in passages(entry.text, entry.visible, entry.folds or [])
        ]

    @property
    def height(self) -> int:
        """Pixels for the frame of its HTML."""
        return height(self.entry.html or "")

    @property
    def unloaded(self) -> int:
        """Pictures in it that lie on other servers."""
        return len(remote_pictures(self.entry.html or ""))

    @property
    def arrived_at(self) -> list[str]:
        """Whom it was sent to by name or address, where it left for all of them and there is nothing else to say about it."""
        rows = self.entry.deliveries
        if any(row.state != "sent" or row.maybe_twice for row in rows):
            return []
        names = [row.recipient_name for row in rows]
        return names if all(names) else [row.recipient for row in rows]

    @property
    def is_remarkable(self) -> bool:
        """Whether there may be anything to say beside the sender's name: asked first, for of most mail there is not."""
        entry = self.entry
        return bool(entry.flags or entry.traits or entry.reply_to or self.warning or self.event.after or self.misdated)

    @property
    def misdated(self) -> datetime | None:
        """The date that the sender claims, where it is not the day on which the mail came."""
        claimed = self.entry.claimed_at
        return claimed if claimed is not None and abs(claimed - self.entry.at) > timedelta(days=1) else None


@dataclass(frozen=True)
class Done:
    """An event in one line.  `outbox` is the mail that can be sent again."""

    event: Event
    sentence: Sentence
    outbox: int | None = None


@dataclass(frozen=True)
class Folded:
    """A long run of events."""

    lines: list[Done] = field(default_factory=list)


Item = Said | Done | Folded
