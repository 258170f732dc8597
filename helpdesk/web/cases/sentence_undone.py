"""What was taken back, as one sentence each."""

from __future__ import annotations

from helpdesk.models import Event
from helpdesk.web.cases import sentence_friction
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import gettext as _


def undone(event: Event) -> Sentence:
    """Who took what back, and whose the case is since, where that is all there is to say."""
    name, what = who(event), event.after.get("undone")
    match what:
        case "linked":
            return Sentence(_("%(name)s took back that this case belongs to", name=name), case=int(event.after["number"]))
        case "unlinked":
            return Sentence(_("%(name)s said again that this case belongs to", name=name), case=int(event.after["number"]))
        case "friction-marked":
            return sentence_friction.taken_back(name, event.after)
        case "participant-added" | "participant-removed" | "requester-changed":
            return Sentence(_of_people(str(what), name, str(event.after.get("name", ""))))
        case "address-revoked" | "address-extended":
            return Sentence(_of_address(str(what), name, str(event.after.get("participant", ""))))
    return Sentence(_of_case(event, name))


def _of_people(what: str, name: str, person: str) -> str:
    if what == "participant-added":
        return _("%(name)s took back that %(person)s takes part", name=name, person=person)
    if what == "participant-removed":
        return _("%(name)s let %(person)s take part again, by the address that they had", name=name, person=person)
    return _("%(name)s took that back: %(person)s is the customer", name=name, person=person)


def _of_address(what: str, name: str, person: str) -> str:
    if what == "address-revoked":
        return _("%(name)s took that back: the reply address of %(person)s works again", name=name, person=person)
    return _("%(name)s took back that the reply address of %(person)s works longer", name=name, person=person)


def _of_case(event: Event, name: str) -> str:
    what, tag = str(event.after.get("undone")), event.after.get("tag", "")
    sentences = {
        "resolved": _("%(name)s took the solution back", name=name),
        "reopened": _("%(name)s took the reopening back", name=name),
        "tagged": _("%(name)s took the tag “%(tag)s” off again", name=name, tag=tag),
        "untagged": _("%(name)s put the tag “%(tag)s” back", name=name, tag=tag),
        "marked-spam": _("%(name)s took back that this is spam", name=name),
        "unmarked-spam": _("%(name)s took back that this is no spam", name=name),
        "escalation-seen": _("%(name)s took back that they care for the escalation", name=name),
        "split": _("%(name)s took the new case back; nothing of it is left", name=name),
        "split-from": _("%(name)s took this case back", name=name),
        "consulted": _(
            "%(name)s took the question to %(asked)s back before it left", name=name, asked=event.after.get("name", "")
        ),
    }
    if what in sentences:
        return sentences[what]
    to, given = event.after.get("assignee"), event.after.get("to", "")
    if what in ("handed-over", "given-to-team") and to is None:
        return _("%(name)s took the handover to %(to)s back: nobody has the case", name=name, to=given)
    if what in ("handed-over", "given-to-team"):
        return _("%(name)s took the handover to %(to)s back: %(holder)s has the case", name=name, to=given, holder=to)
    if to is None:
        return _("%(name)s took that back: nobody has the case", name=name)
    return _("%(name)s took that back: %(to)s has the case", name=name, to=to)
