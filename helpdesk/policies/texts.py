"""The mails whose words a desk may write itself: which placeholders each one knows, and which it cannot do without."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.policies import placeholders


@dataclass(frozen=True)
class Text:
    """`subject`: whether it has one of its own.  Nothing that a stranger wrote is a placeholder: they would speak through us (L14)."""

    places: tuple[str, ...]
    needed: tuple[str, ...] = ()
    subject: bool = True


TEXTS: dict[str, Text] = {
    "acknowledgement": Text(("case", "desk", "grace_days", "until", "ahead")),
    "follow-up": Text(("case", "desk", "grace_days", "first_case", "ended_on", "until", "ahead")),
    "later": Text(("case", "desk", "grace_days", "until", "first_until"), needed=("until",)),
    "reply": Text(("case", "desk", "grace_days"), subject=False),  # what stands below each answer
    "notification": Text(("case", "desk", "name", "link"), needed=("link",)),
    "notice": Text(("case", "desk", "name", "link", "headline", "news"), needed=("news", "link")),
    "escalation": Text(("case", "desk", "name", "link", "headline", "news"), needed=("news", "link")),
    "escalations": Text(("desk", "name", "link", "count", "list"), needed=("list",)),
    "report": Text(("desk", "name", "report", "sentence", "link")),  # what a report by mail opens with
    "report-failed": Text(("desk", "name", "headline", "news"), needed=("news",)),
    "invitation": Text(("desk", "name", "link", "days"), needed=("link",)),
    "reset": Text(("desk", "name", "link", "minutes"), needed=("link",)),
}
CUSTOMERS = ("acknowledgement", "follow-up", "later", "reply")  # who reads them; the others are for colleagues


def wrong(name: str, subject: str, body: str) -> tuple[str, str, str] | None:
    """(field, what is wrong, the placeholder) of the first thing that cannot stay so: strange, missing, empty."""
    text = TEXTS[name]
    for field, words in (("subject", subject), ("body", body)):
        if not words.strip() and (field == "body" or text.subject):
            return field, "empty", ""
        strange = placeholders.unknown(words, text.places)
        if strange:
            return field, "strange", strange[0]
    missing = [place for place in text.needed if place not in placeholders.named(body)]
    return ("body", "missing", missing[0]) if missing else None
