"""Why a mail went where it went, in the reader's language.

The ledger keeps the bridge's sentences in English, as they were said; these are the forms that they have.  A sentence of no known
form (of an older version, say) is shown as it is.
"""

from __future__ import annotations

import re
from functools import cache

from flask import Flask
from markupsafe import Markup, escape

from helpdesk.web.language import catalogue, current

FORMS = (
    # in its case
    "It came to this case's own address.",
    "It came to the sender's address of our answer.",
    "It answers a mail of ours.",
    "It came to the address of case %(number)s, which goes on in this one.",
    "It answers a mail of ours in case %(number)s, which goes on in this one.",
    "%(name)s wrote to the address of %(whose)s.",
    "%(address)s does not take part in this case, but knows its address.",
    "Case %(number)s goes on in this follow-up.",
    "The same mail lies in case %(number)s already; it is shown once.",
    "Our own mail came back; it lies in its case already.",
    # a case of its own
    "New mail to %(address)s.",
    "A person let it in.",
    # consultations
    "%(name)s answers what was asked.",
    "A machine of whoever was asked for advice wrote it.",
    "It came to a consultation's address, but from somebody else.",
    "It came to the address of somebody who was asked for advice: whoever takes part in the case should not know that.",
    "The consultation in case %(number)s has ended, and so has its address.",
    "It came after the reply address of case %(number)s had expired.",
    "It came after this reply address had expired, and the desk is set to refuse such mail.",
    # machines
    "A machine wrote it (%(sign)s).",
    "It says that our mail arrived or was opened; nothing follows from that.",
    "A calendar answered an invitation.",
    "Somebody reported this mail of ours as spam to their provider.",
    "It asks us to prove that we are human before our mail is delivered; nobody here does that by machine.",
    "It says that our mail to %(address)s could not be delivered.",
    "It says that our mail to %(address)s is delayed.",
    "A delivery report about nothing that we know of.",
    "A delivery report that contradicts itself: its envelope's id is of another mail than its address.",
    "A read receipt or a report of success about nothing that we know of.",
    "An automatic reply that belongs to no case.",
    "A calendar's answer to an invitation that belongs to no case.",
    "Somebody reported mail as spam, and it names no mail that we know of.",
    "It asks us to prove that we are human, about no mail that we know of.",
    "It came to an address for delivery reports, but about no mail that we know.",
    "An old probe of ours came back.",
    "Our own probe came back after %(seconds)s s: the line holds.",
    "It came to the hidden address of our probes, but is none of them.",
    # held
    "%(what)s, but it lay in the junk folder of %(mailbox)s.",
    "%(what)s, but a filter on its way calls it spam (%(sign)s).",
    "Mail from %(sender)s was blocked by %(name)s on %(day)s.",
    "Case %(number)s was marked as spam, and its reply address has expired.",
    "A stranger wrote to case %(number)s.",
    "A stranger wrote to the expired reply address of case %(number)s.",
    "A machine wrote to the expired reply address of case %(number)s.",
    "It has travelled through more than a hundred servers: a mail loop (RFC 5321 §6.3).",
    "For the postmaster: somebody has to read it.",
    "We signed this address but do not know it: was the database restored from a backup?",
    "This reply address was retired long ago.",
    "This reply address was withdrawn.",
    "The address looks mistyped; it is close to one of ours.",
    "There is no such address here.",
    "It is for somebody else's domain, and we do not relay.",
    "It says that it comes from an address of this desk, but we did not send it.",
    "More than %(limit)s new cases within an hour from this sender.",
    "Our own mail came back.",
    "It names nobody outside this desk whom we could answer.",
    "A contact form names who wrote it; nobody has checked that.",
    "The contact form names nobody, or more than one, whom we could answer.",
    "It says that it comes from a contact form of this desk, but nothing proves that.",
    "It could not be read: %(trouble)s.",
    # what went wrong while it was read
    "reading it took too long",
    "reading it took more processor time than a letter may",
    "reading it was begun twenty times and never ended",
    "what is stored is no longer what came",
    "its reader was ended by signal %(number)s",
    "its reader ended with status %(number)s",
    "its reader answered nonsense",
)


def install(app: Flask) -> None:
    """Teach the templates to say a reason: `{{ reason|reason }}`."""
    app.jinja_env.filters["reason"] = shown


def shown(reason: str) -> Markup:
    """The sentence in the reader's language; in English, and marked so, where it has no other."""
    said = translated(reason)
    if said is None and reason and current() != "en":
        return Markup('<span lang="en">{}</span>').format(reason)  # format escapes
    return escape(said or reason)


def translated(reason: str) -> str | None:
    """The sentence by the catalogue; None where it is of no known form.  What fills it in may be a sentence's beginning itself."""
    words = catalogue().gettext(reason)
    if words != reason:
        return words
    for form, pattern in _patterns():
        if found := pattern.fullmatch(reason):
            values = {name: _part(value) if name in ("what", "trouble") else value for name, value in found.groupdict().items()}
            return catalogue().gettext(form) % values
    return None


def _part(words: str) -> str:
    return (translated(f"{words}.") or translated(words) or words).rstrip(".")


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """The forms as patterns, those with the most words of their own first."""
    by_length = sorted(FORMS, key=lambda form: -len(re.sub(r"%\(\w+\)s", "", form)))
    return [(form, re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(form)), re.S)) for form in by_length]
