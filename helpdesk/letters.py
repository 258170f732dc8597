"""The words of a mail as a desk sends it: its own where it wrote some, ours else; and the signature below an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from helpdesk import words
from helpdesk.models import Agent, Desk
from helpdesk.policies import placeholders
from helpdesk.policies.texts import TEXTS
from helpdesk.present import markdown
from helpdesk.queries import texts as find
from helpdesk.words import MailWords, spoken


class Signature(NamedTuple):
    text: str
    html: Markup


def mail(session: Session, desk: Desk | None, name: str, language: str, values: dict[str, Any]) -> MailWords:
    """The words of this mail.  Raises jinja2.UndefinedError where a value is missing."""
    language = spoken(language)
    informal = desk is not None and desk.address_form == "du"
    if name in ("notice", "escalation", "report-failed"):
        values = {**values, **words.told(language, informal=informal, of=name, **values)}
    occasion = "follow-up" if name == "acknowledgement" and values.get("follows") else name
    own = find.own(session, desk, occasion, language) if desk is not None and occasion in TEXTS else None
    found = written(own.subject, own.body, language, values) if own is not None and name != "reply" else None
    if found is not None:
        return found
    foot = _plain(own.body, values) if own is not None and name == "reply" else None
    return words.mail(name, language, informal=informal, **values, **({"foot": foot} if foot else {}))


def written(subject: str, body: str, language: str, values: dict[str, Any]) -> MailWords | None:
    """A mail in a desk's own words; None where one of its placeholders has no value: nobody gets our braces."""
    found = filled(subject, body, values)
    return words.framed(*found, language) if found is not None else None


def filled(subject: str, body: str, values: dict[str, Any]) -> tuple[str, str, Markup] | None:
    """(subject, text, HTML) of a desk's own words; None as in `written`."""
    text = _plain(body, values)
    line = placeholders.filled(subject, _places(values))
    if text is None or placeholders.unfilled(line, _KNOWN):
        return None
    html = Markup(markdown.render(placeholders.filled(body, _escaped(values))))  # noqa: S704  # sanitised
    return " ".join(line.split()), text, html


def listed(things: Iterable[dict[str, str]]) -> str:
    """What several mails would say, as a list for a desk's own words."""
    return "\n".join(
        f"- **{markdown.escaped(one['headline'])}** {markdown.escaped(one['news'])} <{one['link']}>" for one in things
    )


def framed_reply(language: str, values: dict[str, Any]) -> MailWords:
    """An answer as its reader gets it, for whoever looks at the words around it."""
    return words.mail("reply", language, **values)


def ours(name: str, language: str, *, informal: bool = False) -> tuple[str, str]:
    """(subject, body) of our own words, with placeholders, for a desk to begin with."""
    values: dict[str, Any] = {key: "{" + place + "}" for place, key in _KEYS.items()}
    values |= {"subject": "", "text": "", "html": "", "signature": "", "marker": "", "quote": None}
    values |= {"ahead": 0, "by_own": True, "tells": True, "broken": 0}
    values |= {"things": [{"headline": "{list}", "news": "", "link": ""}]}
    if name != "follow-up":
        values["follows"] = None
    if name == "report":
        return "{report}", "{sentence}"
    if name == "reply":
        return "", words.foot(language, informal=informal, number="{case}", days="{grace_days}")
    mail = words.mail("acknowledgement" if name == "follow-up" else name, language, informal=informal, **values)
    return mail.subject, mail.text.replace("\n-- \n", "\n").strip()


def signs(desk: Desk, agent: Agent | None, author: str) -> str:
    """The person that the desk names as the sender: «Anna Weber», «Frau Weber», or nobody."""
    match desk.sender:
        case "desk":
            return ""
        case "formal" if agent is not None and agent.formal_name:
            return agent.formal_name
        case _:
            return author


def signature(desk: Desk, agent: Agent | None, author: str, *, team: str = "") -> Signature:
    """What stands below an answer: the person's lines, then the desk's.  A desk that answers under its own name names nobody."""
    signs = "" if desk.sender == "desk" else author
    values = {"agent": signs or desk.name, "desk": desk.name, "team": team or desk.name}
    person = agent.signature if agent is not None and desk.sender != "desk" else ""
    if not person and not desk.signature:
        line = ", ".join(filter(None, (signs, desk.name)))
        return Signature(line, Markup("<p>{}</p>").format(line))
    parts = (person or markdown.escaped(signs), desk.signature or markdown.escaped(desk.name))
    escaped = {place: markdown.escaped(value) for place, value in values.items()}
    source = "\n\n".join(placeholders.filled(part, escaped) for part in parts if part)
    return Signature(markdown.plain(source), Markup(markdown.render(source)))  # noqa: S704  # sanitised


_KEYS = {  # placeholder → the name by which templates/mail call it
    "case": "number", "desk": "desk", "name": "name", "grace_days": "grace_days", "first_case": "follows", "ended_on": "ended_on",
    "link": "link", "days": "days", "minutes": "minutes", "headline": "headline", "news": "news",
    "until": "until", "first_until": "first_until", "ahead": "ahead", "count": "count", "list": "list", "report": "report", "sentence": "sentence",
}  # fmt: skip
_KNOWN = tuple(_KEYS)
_GAP = re.compile(r"\n{3,}")  # of a list that stands alone


def _places(values: dict[str, Any]) -> dict[str, str]:
    found = {place: values.get(key) for place, key in _KEYS.items()}
    return {place: str(value) for place, value in found.items() if value is not None}


def _escaped(values: dict[str, Any]) -> dict[str, str]:
    """As Markdown that says just this; our own link stays one."""
    found = _places(values)
    return {place: _as_markdown(place, value) for place, value in found.items()}


def _as_markdown(place: str, value: str) -> str:
    if place == "list":
        return f"\n\n{value}\n\n"  # made of escaped words
    return f"<{value}>" if place == "link" else markdown.escaped(value)


def _plain(body: str, values: dict[str, Any]) -> str | None:
    filled = placeholders.filled(body, _escaped(values))
    return None if placeholders.unfilled(filled, _KNOWN) else _GAP.sub("\n\n", markdown.plain(filled))
