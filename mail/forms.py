"""Contact forms: a web server sends what somebody typed, with From its own.  Only for senders that a desk lists, and only where it
is proved that they sent it, the person whom the form names is who wrote it: as unproved as anybody's From."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Arrival, FormSender
from helpdesk.policies.people import mailbox
from helpdesk.queries import forms as find
from mail import recipients
from mail.letter import Envelope, Letter, Mailbox, Trust
from mail.recognise import was_handed_over

NAMED = "A contact form names who wrote it; nobody has checked that."
NOBODY = "The contact form names nobody, or more than one, whom we could answer."
UNPROVED = "It says that it comes from a contact form of this desk, but nothing proves that."

_LONGEST = 1000  # characters of a line that are looked at


def by_its_writer(session: Session, letter: Letter, envelope: Envelope, arrival: Arrival, now: datetime) -> Letter:
    """The letter of a form of this desk by the person whom it names, or by nobody; any other letter as it is."""
    to = recipients.classify(session, arrival.recipient, now=now) if letter.author else None
    if letter.author is None or not isinstance(to, recipients.FrontDesk):
        return letter
    form = find.of_sender(session, to.desk.id, letter.author.address)
    if form is None:
        return letter
    # What a machine says about itself is the form's word, and there is no conversation that it could go on.
    letter = replace(letter, kind="person", automatic=None, unanswerable=None, report=None, references=(), form=form.address)
    if not (arrival.released or letter.trust.level >= 2 or _came_directly(session, letter, envelope)):
        return replace(letter, authors=(), trust=Trust(0, UNPROVED))
    writer = named(letter, form)
    if writer is None:
        return replace(letter, authors=(), trust=Trust(0, NOBODY))
    return replace(letter, authors=(writer,), reply_to=(), trust=Trust(1, NAMED))


def named(letter: Letter, form: FormSender) -> Mailbox | None:
    """Whom the form names: by Reply-To, or by a field of its text.  None where that is nobody, or more than one."""
    if form.source == "reply-to":
        boxes = {box.address: box for box in letter.reply_to if box.address and box.address != form.address}
        found = list(boxes.values())
    else:
        found = [box for value in _values(letter.text, form.mail_field) if (box := _mailbox(value))]
    if len({box.address for box in found}) != 1:
        return None
    names = _values(letter.text, form.name_field) if form.name_field else []
    name = " ".join(names[0].split())[:200] if len(names) == 1 else ""
    return Mailbox(name if name and not set(name) & set("<>@") else found[0].name, found[0].address)


def _values(text: str, name: str) -> list[str]:
    """What stands behind «name:» at the begin of a line, or in the line below it."""
    label = re.compile(rf"[\s>*_]*{re.escape(name.strip().rstrip(':'))}[\s*_]*[:=][\s*_]*(.*)", re.I)
    lines = [line[:_LONGEST] for line in text.splitlines()]
    values = []
    for place, line in enumerate(lines):
        if found := label.match(line):
            below = next((other for other in lines[place + 1 : place + 3] if other.strip()), "")
            values.append((found[1] or below).strip(" \t*_"))
    return list(dict.fromkeys(value for value in values if value))


def _mailbox(value: str) -> Mailbox | None:
    try:
        return Mailbox(*mailbox(re.sub(r"\s*[\[<(]mailto:.*", "", value, flags=re.I)))
    except ValueError:
        return None


def _came_directly(session: Session, letter: Letter, envelope: Envelope) -> bool:
    """Whether the web server itself brought it to our door: no server in between has left its mark, and it is one of ours."""
    return not letter.hops and envelope.door != "imap" and was_handed_over(house(session).settings, envelope)
