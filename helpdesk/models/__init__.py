"""Tables.  Columns, constraints, relations; no queries, no decisions."""

from helpdesk.blobs import Blob
from helpdesk.db import Base
from helpdesk.models.absences import Absence
from helpdesk.models.addresses import ReplyAddress, Tombstone
from helpdesk.models.answering import Draft, DraftFile, Presence, Recall
from helpdesk.models.beginnings import Beginning, BeginningFile
from helpdesk.models.cases import Case, CaseLink, Participant
from helpdesk.models.clocks import Calendar, CaseAlarm, CaseClock, ClosedDays, DeadlinePolicy
from helpdesk.models.consultations import Consultation, ConsultationLetter
from helpdesk.models.desks import Desk, FormSender, Mailbox
from helpdesk.models.escalations import Escalation, EscalationLevel, EscalationTelling, Webhook, WebhookCall
from helpdesk.models.facts import Fact
from helpdesk.models.fields import CaseField, CaseTag, Cause, Field, Gesture, Outcome, Tag
from helpdesk.models.friction import Friction
from helpdesk.models.handovers import Handover
from helpdesk.models.mail import Arrival, InboundMail, OutboxMail
from helpdesk.models.mail_health import DoorMail, ProbeTrip
from helpdesk.models.measures import Measure, MeasureDue, MeasureStale, MeasureSum, Snapshot, SnapshotHour
from helpdesk.models.merges import Block, Merge
from helpdesk.models.notices import Notice
from helpdesk.models.operation import Installation, Job
from helpdesk.models.people import Agent, ApiToken, Membership, PasswordLink, Person, PersonWord, Team, Throttle, WebSession
from helpdesk.models.promises import Promise
from helpdesk.models.releases import WaitingAnswer, WaitingFile
from helpdesk.models.satisfaction import Rating
from helpdesk.models.schedules import ReportMail, ReportSchedule
from helpdesk.models.sight import CaseMember, CaseShutOut
from helpdesk.models.story import Attachment, Entry, Event, Proposal, SearchText
from helpdesk.models.suggestions import Suggestion
from helpdesk.models.taking_back import TakenBack
from helpdesk.models.texts import MailText
from helpdesk.models.views import SavedView

__all__ = [
    "Absence",
    "Agent",
    "ApiToken",
    "Arrival",
    "Attachment",
    "Base",
    "Beginning",
    "BeginningFile",
    "Blob",
    "Block",
    "Calendar",
    "Case",
    "CaseAlarm",
    "CaseClock",
    "CaseField",
    "CaseLink",
    "CaseMember",
    "CaseShutOut",
    "CaseTag",
    "Cause",
    "ClosedDays",
    "Consultation",
    "ConsultationLetter",
    "DeadlinePolicy",
    "Desk",
    "DoorMail",
    "Draft",
    "DraftFile",
    "Entry",
    "Escalation",
    "EscalationLevel",
    "EscalationTelling",
    "Event",
    "Fact",
    "Field",
    "FormSender",
    "Friction",
    "Gesture",
    "Handover",
    "InboundMail",
    "Installation",
    "Job",
    "MailText",
    "Mailbox",
    "Measure",
    "MeasureDue",
    "MeasureStale",
    "MeasureSum",
    "Membership",
    "Merge",
    "Notice",
    "OutboxMail",
    "Outcome",
    "Participant",
    "PasswordLink",
    "Person",
    "PersonWord",
    "Presence",
    "ProbeTrip",
    "Promise",
    "Proposal",
    "Rating",
    "Recall",
    "ReplyAddress",
    "ReportMail",
    "ReportSchedule",
    "SavedView",
    "SearchText",
    "Snapshot",
    "SnapshotHour",
    "Suggestion",
    "Tag",
    "TakenBack",
    "Team",
    "Throttle",
    "Tombstone",
    "WaitingAnswer",
    "WaitingFile",
    "WebSession",
    "Webhook",
    "WebhookCall",
]  # fmt: skip
