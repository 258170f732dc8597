"""The shape of a sentence about a deed, and who did it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpdesk.models import Event
from helpdesk.web.language import gettext as _

Tone = Literal["", "warn", "bad", "side"]


@dataclass(frozen=True)
class Sentence:
    """`lead` is a bold word before it, `case` a number that the sentence ends with and leads to."""

    words: str
    tone: Tone = ""
    lead: str = ""
    case: int | None = None
    anchor: str = ""  # a place on the page where more is said


def who(event: Event) -> str:
    """Whoever did it, or the desk itself."""
    if event.agent is not None:
        return event.agent.name
    return event.person.called if event.person is not None else _("The desk")
