"""Tables.  Columns, constraints, relations; no queries, no decisions."""

from helpdesk.blobs import Blob
from helpdesk.db import Base
from helpdesk.models.addresses import ReplyAddress, Tombstone
from helpdesk.models.answering import Draft, DraftFile, Presence, Recall
from helpdesk.models.cases import Attachment, Case, CaseLink, Entry, Event, Participant, Proposal, SearchText
from helpdesk.models.desks import Desk, FormSender, Mailbox
from helpdesk.models.fields import CaseField, CaseTag, Cause, Field, Gesture, Outcome, Tag
from helpdesk.models.mail import Arrival, InboundMail, OutboxMail
from helpdesk.models.operation import Installation, Job
from helpdesk.models.people import Agent, ApiToken, Membership, PasswordLink, Person, Team, Throttle, WebSession

__all__ = [
    "Agent", "ApiToken", "Arrival", "Attachment", "Base", "Blob", "Case", "CaseField", "CaseLink", "CaseTag", "Cause", "Desk",
    "Draft", "DraftFile", "Entry", "Event", "Field", "FormSender", "Gesture", "InboundMail", "Installation", "Job", "Mailbox",
    "Membership", "OutboxMail", "Outcome", "Participant", "PasswordLink", "Person", "Presence", "Proposal", "Recall",
    "ReplyAddress", "SearchText", "Tag", "Team", "Throttle", "Tombstone", "WebSession",
]  # fmt: skip
