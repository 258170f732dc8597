"""Contact forms: the senders of whose mail somebody else, whom the form names, is the writer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, Desk, FormSender
from helpdesk.policies.people import mailbox
from helpdesk.queries import forms as find

SOURCES = ("reply-to", "body")
MOST_FIELD = 100  # characters of a field's name


def add(
    session: Session,
    desk: Desk,
    address: str,
    *,
    source: str,
    agent: Agent,
    now: datetime,
    mail_field: str = "",
    name_field: str = "",
) -> FormSender:
    """A form that sends to this desk.  `mail_field`: of the text, where the address stands.  Raises NotUsable."""
    try:
        name, address = mailbox(address)
    except ValueError:
        name, address = "no address", address
    if name:
        raise NotUsable("address", "“%(address)s” is not a mail address like help@example.org.", address=address)
    if source not in SOURCES:
        raise NotUsable("source", "Choose where the form says who wrote.")
    mail_field, name_field = (" ".join(field.split()).rstrip(":")[:MOST_FIELD] for field in (mail_field, name_field))
    if source == "body" and not mail_field:
        raise NotUsable("mail_field", "Write the name of the field, as it stands in the form’s mail.")
    if find.of_sender(session, desk.id, address) is not None:
        raise NotUsable("address", "%(address)s is a form of this desk already.", address=address)
    form = FormSender(desk_id=desk.id, address=address, source=source, mail_field=mail_field, name_field=name_field)
    session.add(form)
    session.flush()
    record(session, "form-added", now=now, agent=agent, thing=f"desk {desk.id}", after={"address": address, "source": source})
    return form


def remove(session: Session, form: FormSender, *, agent: Agent, now: datetime) -> None:
    """Its mail is anybody's mail again."""
    record(session, "form-removed", now=now, agent=agent, thing=f"desk {form.desk_id}", before={"address": form.address})
    session.delete(form)
