"""What was done to a case, as one sentence each, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helpdesk.models import Event
from helpdesk.web.cases import (
    sentence_details,
    sentence_escalation,
    sentence_friction,
    sentence_merging,
    sentence_promises,
    sentence_release,
    sentence_satisfaction,
    sentence_sight,
    sentence_together,
    sentence_undone,
)
from helpdesk.web.cases.sentence import Sentence
from helpdesk.web.cases.sentence import who as _who
from helpdesk.web.language import enumerated, ngettext
from helpdesk.web.language import gettext as _


def sentence(event: Event) -> Sentence:
    """The sentence of an event; a deed that this version does not know is called by its name."""
    said = _SENTENCES.get(event.deed)
    return said(event) if said else Sentence(event.deed.replace("-", " "))


def said(event: Event) -> str:
    """The same as plain text; "" for a deed that has no sentence here."""
    if event.deed not in _SENTENCES:
        return ""
    found = sentence(event)
    return " ".join(filter(None, (found.lead, found.words, str(found.case or ""))))


def _opened(event: Event) -> Sentence:
    if event.agent is not None:
        return Sentence(_("%(name)s opened the case", name=event.agent.name))
    return Sentence(_("Case opened at %(desk)s", desk=event.after.get("desk", "")))


def _assigned(event: Event) -> Sentence:
    to = event.after.get("assignee")
    if to is None:
        return Sentence(_("%(name)s put the case back: nobody has it", name=_who(event)))
    if event.agent is None:
        return Sentence(_("The case went to %(to)s", to=to))
    if event.agent.name == to:
        return Sentence(_("%(name)s took the case", name=to))
    return Sentence(_("%(name)s gave the case to %(to)s", name=event.agent.name, to=to))


def _resolved(event: Event) -> Sentence:
    return Sentence(_("%(name)s solved the case", name=_who(event)))


def _reopened(event: Event) -> Sentence:
    if event.person is not None:
        return Sentence(_("%(name)s wrote again, so the case is open again", name=event.person.called))
    return Sentence(_("%(name)s reopened the case", name=_who(event)))


def _participant_added(event: Event) -> Sentence:
    return Sentence(_("%(name)s let %(person)s take part", name=_who(event), person=event.after.get("name", "")))


def _about_mail(known: Callable[[str, str], str]) -> Callable[[Event], Sentence]:
    return lambda event: Sentence(known(_who(event), str(event.after.get("author", ""))))


def proposed(events: Sequence[Event]) -> Sentence:
    """One sentence about all whom one mail proposed."""
    people = enumerated([str(event.after.get("name", "")) for event in events])
    words = ngettext(
        "%(name)s also wrote to %(people)s, who does not take part",
        "%(name)s also wrote to %(people)s, who do not take part",
        len(events),
        name=events[0].after.get("by", ""),
        people=people,
    )
    return Sentence(words)


def _linked(event: Event) -> Sentence:
    if by_hand := sentence_merging.linked_by_hand(event):
        return by_hand
    number = int(event.after["number"])
    if event.after.get("kind") == "split":
        older = number < (event.case_number or 0)
        return Sentence(
            _("A mail in another case began this one:") if older else _("A mail from here got a case of its own:"), case=number
        )
    if number < (event.case_number or 0):
        return Sentence(_("This case goes on from"), case=number)
    return Sentence(_("The story goes on in"), case=number)


def _undeliverable(event: Event) -> Sentence:
    words = _(
        "%(address)s. The answer was: %(answer)s", address=event.after.get("address", ""), answer=event.after.get("answer", "")
    )
    if event.before.get("state") == "resolved" and event.after.get("state") == "open":
        words = f"{words.rstrip('. ')}. {_('It was our last answer, so the case is open again.')}"
    return Sentence(words, tone="bad", lead=_("Undeliverable:"))


def _challenged(event: Event) -> Sentence:
    name = event.after.get("name", "")
    words = _("%(name)s asks for a proof that a human wrote our mail. Open their mail and decide.", name=name)
    return Sentence(words, tone="bad", lead=_("Our answer was held back:"))


def _complained_of(event: Event) -> Sentence:
    return Sentence(_("%(name)s says that our mail was reported as spam", name=event.after.get("name", "")), tone="warn")


def _ticket_learned(event: Event) -> Sentence:
    name, ticket = event.after.get("participant", ""), event.after.get("ticket", "")
    return Sentence(_("The helpdesk of %(name)s calls this case %(ticket)s", name=name, ticket=ticket))


def _storm(event: Event) -> Sentence:
    words = _(
        "%(name)s sends very much at once. All of it is kept here; nobody is mailed about it.", name=event.after.get("name", "")
    )
    return Sentence(words, tone="warn", lead=_("Storm:"))


def _of_address(sentences: Callable[[str], str]) -> Callable[[Event], Sentence]:
    return lambda event: Sentence(sentences(str(event.after.get("participant", ""))))


def _by_agent(known: Callable[[str, str], str]) -> Callable[[Event], Sentence]:
    return lambda event: Sentence(known(_who(event), str(event.after.get("participant", ""))))


def _their_reference(event: Event) -> Sentence:
    if not event.after.get("reference"):
        return Sentence(_("%(name)s took away their reference", name=_who(event)))
    return Sentence(_("%(name)s wrote down their reference: %(reference)s", name=_who(event), reference=event.after["reference"]))


_SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    **sentence_details.SENTENCES,
    **sentence_escalation.SENTENCES,
    **sentence_release.SENTENCES,
    **sentence_promises.SENTENCES,
    **sentence_sight.SENTENCES,
    **sentence_together.SENTENCES,
    **sentence_merging.SENTENCES,
    **sentence_friction.SENTENCES,
    **sentence_satisfaction.SENTENCES,
    "their-reference": _their_reference,
    "opened": _opened,
    "assigned": _assigned,
    "resolved": _resolved,
    "reopened": _reopened,
    "undone": sentence_undone.undone,
    "participant-added": _participant_added,
    "linked": _linked,
    "requester-changed": lambda event: Sentence(
        _("%(name)s made %(person)s the customer", name=_who(event), person=event.after.get("requester", ""))
    ),
    "requester-declined": lambda event: Sentence(
        _("%(name)s said that %(person)s is not the customer", name=_who(event), person=event.after.get("name", ""))
    ),
    "answer-taken-back": lambda event: Sentence(_("%(name)s took an answer back before it left", name=_who(event))),
    "answer-planned": lambda event: Sentence(_("%(name)s planned an answer", name=_who(event))),
    "answer-unplanned": lambda event: Sentence(
        _("%(name)s made the planned answer of %(author)s a draft again", name=_who(event), author=event.after.get("author", ""))
    ),
    "answer-stopped": lambda event: Sentence(
        _("The planned answer of %(author)s was not sent", author=event.after.get("author", "")), tone="warn"
    ),
    "file-found": lambda event: Sentence(
        _("The scanner found %(finding)s in %(file)s", finding=event.after.get("finding", ""), file=event.after.get("name", "")),
        tone="bad",
    ),
    "file-released": lambda event: Sentence(
        _("%(name)s freed %(file)s, which the scanner had held back", name=_who(event), file=event.after.get("name", "")),
        tone="warn",
    ),
    "mail-accepted": _about_mail(lambda who, a: _("%(name)s let the mail of %(author)s count", name=who, author=a)),
    "mail-ignored": _about_mail(lambda who, a: _("%(name)s put the mail of %(author)s aside", name=who, author=a)),
    "mail-reconsidered": _about_mail(lambda who, a: _("%(name)s took the mail of %(author)s up again", name=who, author=a)),
    "mail-moved": _about_mail(lambda who, a: _("%(name)s gave the mail of %(author)s a case of its own", name=who, author=a)),
    "codes-shown": _about_mail(lambda who, a: _("%(name)s looked at the codes in the mail of %(author)s", name=who, author=a)),
    "proposed": lambda event: proposed([event]),
    "proposal-declined": lambda event: Sentence(
        _("%(name)s did not let %(person)s take part", name=_who(event), person=event.after.get("name", ""))
    ),
    "mail-let-in": lambda event: Sentence(_("%(name)s let in this mail, which had been held", name=_who(event))),
    "undeliverable": _undeliverable,
    "challenged": _challenged,
    "complained-of": _complained_of,
    "ticket-learned": _ticket_learned,
    "storm": _storm,
    "fact-pinned": lambda event: Sentence(
        _(
            "%(name)s pinned: %(fact)s %(value)s",
            name=_who(event),
            fact=event.after.get("name", ""),
            value=event.after.get("value", ""),
        )
    ),
    "fact-dropped": lambda event: Sentence(
        _(
            "%(name)s removed the fact: %(fact)s %(value)s",
            name=_who(event),
            fact=event.before.get("name", ""),
            value=event.before.get("value", ""),
        )
    ),
    "address-issued": _of_address(lambda p: _("%(person)s got a new reply address", person=p)),
    "address-extended": _by_agent(lambda who, p: _("%(name)s extended the reply address of %(person)s", name=who, person=p)),
    "address-revoked": _by_agent(lambda who, p: _("%(name)s withdrew the reply address of %(person)s", name=who, person=p)),
    "expired": _of_address(lambda p: _("The reply address of %(person)s expired", person=p)),
    "address-retired": _of_address(lambda p: _("The reply address of %(person)s was retired for good", person=p)),
}

DEEDS = frozenset(_SENTENCES)
