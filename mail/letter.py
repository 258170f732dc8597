"""The words of the bridge: what came (Envelope, Letter), what it is decided to be (Decision), what the sender hears (Receipt)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, assert_never

Door = Literal["smtp", "lmtp", "imap", "pipe"]
# notice: a machine's, of its own accord; complaint: «this is spam» (ARF); challenge: «prove that you are human»
Kind = Literal["person", "bounce", "auto-reply", "list", "receipt", "calendar", "complaint", "challenge", "notice"]
Level = Literal[0, 1, 2, 3]  # of belief in a sender; `mail.trust` says what each means
Outcome = Literal["case", "new-case", "follow-up", "held", "refused", "report", "auto", "duplicate", "late"]


class Unreadable(Exception):
    """Reading a mail killed its reader, or took too long.  `str()` says which."""


@dataclass(frozen=True)
class Envelope:
    """How a mail came: nothing in it is taken from the mail itself.  `sender` "" is the null reverse-path."""

    door: Door
    sender: str
    recipients: tuple[str, ...]
    peer: str
    received_at: datetime
    sent_at: datetime | None = None  # IMAP's INTERNALDATE
    quiet: bool = False  # lay there before its mailbox was connected
    mailbox_id: int | None = None
    uidvalidity: int | None = None
    uid: int | None = None


@dataclass(frozen=True)
class Receipt:
    """These bytes are durable.  `mail_id` is their row; `known` says that this IMAP message had been kept before."""

    mail_id: int
    known: bool = False


@dataclass(frozen=True)
class Mailbox:
    """A name and an address as a header field shows them; the address is lower case and has exactly one @, or is empty."""

    name: str
    address: str


@dataclass(frozen=True)
class File:
    """An attachment.  `name` is cleaned (no path, no control or bidi characters); `inline` where the text shows it by its cid."""

    name: str
    type: str
    content: bytes
    content_id: str | None = None
    inline: bool = False
    scan: Literal["off", "waiting", "clean", "found"] = "off"  # what the scanner said, and what it found
    finding: str = ""

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Report:
    """What a delivery report says: whom it is about, whether it is permanent, and which mail it quotes."""

    recipients: tuple[str, ...]
    permanent: bool
    status: str = ""  # enhanced code, «5.1.1»
    diagnostic: str = ""
    message_id: str | None = None  # of the mail that it quotes
    delayed: bool = False
    envelope_id: str = ""  # the ENVID that the mail was sent with (RFC 3461 §4.4)


@dataclass(frozen=True)
class Trust:
    """How far From may be believed, and why, in a sentence for people."""

    level: Level
    why: str


@dataclass(frozen=True)
class Invitation:
    """An event that a calendar in the mail tells of.  `starts` and `ends`: ISO 8601, a date alone where it lasts whole days."""

    method: str  # REQUEST CANCEL REPLY PUBLISH COUNTER DECLINECOUNTER REFRESH ADD
    summary: str = ""
    starts: str | None = None
    ends: str | None = None
    zone: str = ""  # «Europe/Berlin»; "" where the time is everybody's own
    all_day: bool = False
    where: str = ""
    organiser: str = ""  # «Anna Weber <anna@customer.example>»
    repeats: str = ""  # daily weekly monthly yearly otherwise; "" once
    answers: tuple[tuple[str, str], ...] = ()  # of a REPLY: who, and accepted declined tentative


@dataclass(frozen=True)
class Letter:
    """A mail as it was read.  Nothing here is trusted: it says what the sender wrote.  `defects` says what was wrong with it."""

    kind: Kind
    authors: tuple[Mailbox, ...]  # every address of every From field
    subject: str
    message_id: str | None  # with its angle brackets
    date: datetime | None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    references: tuple[str, ...] = ()  # In-Reply-To last, oldest first
    text: str = ""
    visible: str = ""  # the new part of the text
    folds: tuple[tuple[int, int], ...] = ()  # the rest of it: ranges of its lines, in order
    html: str | None = None  # as it came; sanitised by the desk
    differs: bool = False  # its text and its HTML say different things
    files: tuple[File, ...] = ()
    marks: tuple[str, ...] = ()  # signed partly-signed encrypted: what the mail says of itself; nobody checked it
    invitation: Invitation | None = None
    forwarded: Mailbox | None = None  # who wrote what it passes on, as it says: a proposal, never identity
    report: Report | None = None  # after `screen`: of a bounce, and of nothing else
    form: str = ""  # the contact form that sent it for its author; settled with the recipient
    about: str | None = None  # Message-ID of the mail that a report, a receipt or a complaint quotes
    calendar: str = ""  # METHOD of its calendar part: REQUEST, REPLY …
    automatic: str | None = None  # why we think that a machine sent it: «Auto-Submitted: auto-replied»
    unanswerable: str | None = None  # why no machine may answer it, though a person wrote it
    hops: int = 0  # Received fields
    language: str | None = None
    delivered_to: tuple[str, ...] = ()  # of the header that the operator's MX writes
    fingerprint: str = ""  # sha256 over From, Date, Message-ID, Subject and the body's bytes; trace fields left out
    defects: tuple[str, ...] = ()
    trust: Trust = Trust(1, "")  # how far `author` may be believed; settled with the envelope
    fields: tuple[tuple[str, str], ...] = ()  # what decisions are made from: (name in lower case, one clean line), top first

    def field(self, name: str) -> str:
        """The first of the kept fields with this name, "" where there is none."""
        return next((line for known, line in self.fields if known == name), "")

    @property
    def traits(self) -> dict[str, Any]:
        """What it is besides its words, as the case keeps it: marks and invitation, where it has any."""
        traits: dict[str, Any] = {"marks": list(self.marks)} if self.marks else {}
        traits |= {"form": self.form} if self.form else {}
        return traits | ({"invitation": asdict(self.invitation)} if self.invitation else {})

    @property
    def author(self) -> Mailbox | None:
        """The one author, or None where From is missing or ambiguous (R17: never «the first match wins»)."""
        addresses = {a.address for a in self.authors if a.address}
        return self.authors[0] if len(addresses) == 1 and len(self.authors) == 1 else None


@dataclass(frozen=True)
class JoinCase:
    """Outcome `case`: it belongs to this case."""

    case_number: int
    reason: str
    flags: tuple[str, ...] = ()
    via: str = ""  # whose address was used, where it is not the author's own
    counts: bool = True  # moves the case's state: a participant's own words, not a stranger's
    address_id: int | None = None
    follows: int | None = None  # the older case, to whose address it came


@dataclass(frozen=True)
class JoinConsultation:
    """Outcome `case`: a third party who was asked for advice answers; no word of the customer's, it moves nothing."""

    case_number: int
    consultation_id: int
    reason: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenCase:
    """Outcome `new-case`."""

    desk_id: int
    reason: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class FollowUp:
    """Outcome `follow-up`: a new case that is linked to the one whose address had expired."""

    case_number: int
    reason: str
    flags: tuple[str, ...] = ("late",)


@dataclass(frozen=True)
class FileAutomatic:
    """Outcome `auto`: a machine wrote into a case; shown folded, moves nothing, is never answered."""

    case_number: int
    reason: str
    flags: tuple[str, ...] = ("automatic",)
    address_id: int | None = None
    proved: bool = False  # that it is about mail of ours, or by a participant: a stranger's challenge moves nothing


@dataclass(frozen=True)
class ReportHome:
    """Outcome `report`: a delivery report about mail that we sent."""

    outbox_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class Hold:
    """Outcome `held`: kept, shown in the post room, no case of its own."""

    reason: str


@dataclass(frozen=True)
class Late:
    """Outcome `late`: to an address that has ended, by somebody who gets no follow-up."""

    reason: str


@dataclass(frozen=True)
class Refuse:
    """Outcome `refused`: what the door would have refused, had it been asked (pipe and IMAP)."""

    reason: str


@dataclass(frozen=True)
class Duplicate:
    """Outcome `duplicate`: we have it already (a retry, a second way, or our own mail coming back)."""

    case_number: int
    entry_id: int
    reason: str


@dataclass(frozen=True)
class ProbeHome:
    """Outcome `report`: a probe of ours came back; `outbox_id` is None where it was forgotten long ago."""

    outbox_id: int | None
    reason: str


Decision = (
    ProbeHome | JoinCase | JoinConsultation | OpenCase | FollowUp | FileAutomatic | ReportHome | Hold | Late | Refuse | Duplicate
)


def outcome(decision: Decision) -> Outcome:
    """The ledger's word for a decision."""
    match decision:
        case JoinCase() | JoinConsultation():
            return "case"
        case OpenCase():
            return "new-case"
        case FollowUp():
            return "follow-up"
        case FileAutomatic():
            return "auto"
        case ReportHome() | ProbeHome():
            return "report"
        case Hold():
            return "held"
        case Late():
            return "late"
        case Refuse():
            return "refused"
        case Duplicate():
            return "duplicate"
        case _:
            assert_never(decision)
