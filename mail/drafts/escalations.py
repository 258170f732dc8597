"""What a mail tells of that is escalated: one thing in full, or several that leave at one instant, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from helpdesk import letters
from helpdesk.actions.digests import things
from helpdesk.db import house
from helpdesk.models import Case, Desk, OutboxMail
from helpdesk.words import MailWords, moment, told

BROKEN = ("breach", "promise-broken")


def words_of(session: Session, row: OutboxMail, desk: Desk | None, values: dict[str, Any]) -> MailWords:
    """The words of the mail.  `values`: whom it is from and to."""
    base, zone = house(session).settings.base_url, house(session).settings.zone
    found = [(one, session.get_one(Case, one["number"])) for one in things(row.words)]
    if len(found) == 1:
        (words, case), *_ = found
        values = {**values, **_thing(row, words, case, zone), "link": f"{base}/cases/{case.number}#escalation"}
        return letters.mail(session, desk, "escalation", row.language, values)
    informal = desk is not None and desk.address_form == "du"
    shown = [
        {
            **told(row.language, informal=informal, of="escalation", **_thing(row, words, case, zone)),
            "link": f"{base}/cases/{case.number}#escalation",
        }
        for words, case in sorted(found, key=lambda one: one[0]["reason"] not in BROKEN)
    ]
    return letters.mail(
        session, desk, "escalations", row.language, {**values, **_several(found, shown), "link": f"{base}/notices"}
    )


def _several(found: Sequence[tuple[dict[str, Any], Case]], shown: list[dict[str, str]]) -> dict[str, Any]:
    broken = sum(words["reason"] in BROKEN for words, _case in found)
    return {"things": shown, "count": len(found), "broken": broken, "list": letters.listed(shown)}


def _thing(row: OutboxMail, words: dict[str, Any], case: Case, zone: tzinfo) -> dict[str, Any]:
    """Of what is not ours only the subject and the customer's name (W18)."""
    times = {name: datetime.fromisoformat(words[name]) if words[name] else None for name in ("due", "since")}
    said = {name: moment(at, row.created_at, row.language, zone) if at else "" for name, at in times.items()}
    return {**words, **said, "subject": case.subject, "customer": case.requester.called}
