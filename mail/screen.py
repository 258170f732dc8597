"""Which letters need no routing, by what they are: a table of rules, the first that matches wins."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from mail import spam
from mail.letter import Envelope, Kind, Letter
from mail.phrases import AWAY_PREFIX, AWAY_SUBJECT, AWAY_WORDS, BACK_AGAIN, CHALLENGE, DAEMON, DAEMON_NAME, FAILURE_SUBJECT

# What the rules look at; `parse` keeps these fields in the letter.
DECISIVE = (
    "auto-submitted", "precedence", "x-precedence", "list-id", "list-post", "list-unsubscribe", "x-autoreply", "x-auto-reply",
    "x-autorespond", "x-autoresponder", "x-mail-autoreply", "x-auto-response-suppress", "x-failed-recipients", "x-loop",
    "x-challenge", "x-boxbe-challenge", "feedback-type", "return-path", "content-type", "authentication-results",
    "arc-authentication-results", "received-spf", *spam.FIELDS,
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What kind of letter it is, and why we think that no person wrote it (None: a person did)."""

    kind: Kind
    automatic: str | None = None


@dataclass(frozen=True)
class Signs:
    """What the rules see.  `sender` is the envelope's: "" the null reverse-path, None where nobody knows it."""

    letter: Letter
    sender: str | None

    def field(self, name: str) -> str:
        return self.letter.field(name)

    def reports(self, kind: str) -> bool:
        """Whether it is a multipart/report of this kind (RFC 6522)."""
        type_ = self.field("content-type").lower()
        return type_.startswith("multipart/report") and (f"report-type={kind}" in type_.replace('"', "").replace(" ", ""))


Rule = Callable[[Signs], Verdict | None]

_NOTHING_BUT_REPORTS = re.compile(r"(?:mailer[-_.]?daemon|mdaemon)@", re.I)
_LONGEST_ABSENCE = 800  # characters of an automatic reply that nothing but its words gives away


def kind_of(letter: Letter, sender: str | None) -> Verdict:
    """What kind of letter this is, given the envelope sender."""
    signs = Signs(letter, sender)
    return next(verdict for rule in RULES if (verdict := rule(signs)))


def screen(letter: Letter, envelope: Envelope) -> Letter:
    """The letter with its kind, `automatic` and `report` settled for this envelope; `report` stays with bounces only."""
    settled = _as(letter, kind_of(letter, envelope.sender))
    about = None if settled.kind == "person" else settled.about
    return replace(settled, report=settled.report if settled.kind == "bounce" else None, about=about)


def suppose(letter: Letter) -> Letter:
    """The letter with its kind as its own fields tell it, before anybody has seen the envelope."""
    return _as(letter, kind_of(letter, "" if letter.field("return-path").strip() == "<>" else None))


def _as(letter: Letter, verdict: Verdict) -> Letter:
    quiet = _why_unanswerable(letter) if verdict.automatic is None else None
    return replace(letter, kind=verdict.kind, automatic=verdict.automatic, unanswerable=quiet)


def complaint(signs: Signs) -> Verdict | None:
    """Somebody pressed «this is spam» (RFC 5965)."""
    if signs.reports("feedback-report") or signs.field("feedback-type"):
        return Verdict("complaint", "a report of abuse (ARF)")
    return None


def delivery_report(signs: Signs) -> Verdict | None:
    report = signs.letter.report
    if report is None:
        return None
    if signs.reports("delivery-status") or signs.field("x-failed-recipients") or signs.sender == "" or _from_daemon(signs.letter):
        return Verdict("bounce", "a delivery report")
    # Customers complain of undelivered parcels, too: words alone make no report; a server's figures do, or a machine's mark.
    evidence = report.status or report.diagnostic or report.message_id or _is_marked(signs)
    if report.recipients and evidence and FAILURE_SUBJECT.match(signs.letter.subject) and not signs.letter.references:
        return Verdict("bounce", "a delivery report")
    return None


def unread_report(signs: Signs) -> Verdict | None:
    """A mailer daemon writes nothing but reports: one that we cannot read is one all the same."""
    author = signs.letter.author
    if author and _NOTHING_BUT_REPORTS.match(author.address) and not _is_away(signs) and not _is_good_news(signs):
        return Verdict("bounce", f"From: {author.address}")
    return None


def receipt(signs: Signs) -> Verdict | None:
    """A read receipt (RFC 8098), or a report of success."""
    if signs.reports("disposition-notification"):
        return Verdict("receipt", "a read receipt")
    if signs.reports("delivery-status"):
        return Verdict("receipt", "a delivery report without a failure")
    return None


def other_report(signs: Signs) -> Verdict | None:
    return Verdict("notice", "a report") if signs.field("content-type").lower().startswith("multipart/report") else None


def calendar_reply(signs: Signs) -> Verdict | None:
    """Somebody's calendar says yes or no to an invitation (RFC 5546 §3.2.3).  An invitation is a person's."""
    if signs.letter.calendar in ("REPLY", "COUNTER", "REFRESH"):
        return Verdict("calendar", f"a calendar's answer (METHOD:{signs.letter.calendar})")
    return None


def challenge(signs: Signs) -> Verdict | None:
    """«Prove that you are human»: the mail that it answers waits until somebody does.  Nothing of ours ever does."""
    words = f"{signs.letter.subject}\n{signs.letter.visible[:2000]}"
    if signs.field("x-challenge") or signs.field("x-boxbe-challenge") or (_is_marked(signs) and CHALLENGE.search(words)):
        return Verdict("challenge", "it asks the sender to prove that they are human")
    return None


def auto_submitted(signs: Signs) -> Verdict | None:
    """RFC 3834 §5: whatever is not «no» was made by a machine."""
    value = signs.field("auto-submitted").lower().partition(";")[0].partition("(")[0].strip()
    if not value or value == "no":
        return None
    answers = value.startswith("auto-replied") or _is_away(signs) or _answers(signs)
    return Verdict("auto-reply" if answers else "notice", f"Auto-Submitted: {value[:40]}")


def null_sender(signs: Signs) -> Verdict | None:
    """Whoever takes no answer is no person (RFC 5321 §4.5.5)."""
    return Verdict("auto-reply", "the envelope has no sender") if signs.sender == "" else None


def said_human(signs: Signs) -> Verdict | None:
    """`Auto-Submitted: no` means that a person wrote it, whatever list carried it."""
    return Verdict("person") if signs.field("auto-submitted").lower().startswith("no") else None


def autoresponder(signs: Signs) -> Verdict | None:
    for name in ("x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponder", "x-mail-autoreply"):
        value = signs.field(name)
        if value and value.lower() != "no":
            return Verdict("auto-reply", f"{name.title()}: {value[:40]}")
    return None


def precedence(signs: Signs) -> Verdict | None:
    value = (signs.field("precedence") or signs.field("x-precedence")).lower()
    if value in ("auto_reply", "auto-reply"):
        return Verdict("auto-reply", f"Precedence: {value}")
    if value in ("bulk", "junk"):
        kind: Kind = "list" if signs.field("list-id") else "auto-reply" if _is_away(signs) or _answers(signs) else "notice"
        return Verdict(kind, f"Precedence: {value}")
    return Verdict("list", "Precedence: list") if value == "list" else None


def mailing_list(signs: Signs) -> Verdict | None:
    """RFC 2369, RFC 2919.  A list also carries what people write, so it is not thrown in with the machines' own."""
    for name in ("list-id", "list-post"):
        if signs.field(name):
            return Verdict("list", f"{name.title()}: {signs.field(name)[:60]}")
    return None


def away(signs: Signs) -> Verdict | None:
    """A subject alone is no proof: people write about their holidays, too.  But no person writes a program's prefix."""
    subject = signs.letter.subject
    if AWAY_PREFIX.match(subject) or (_is_away(signs) and (_answers(signs) or signs.field("x-auto-response-suppress"))):
        return Verdict("auto-reply", f"the subject «{subject[:60]}»")
    return None


def absent(signs: Signs) -> Verdict | None:
    """An absence that only its words tell: it answers, quotes nothing, asks nothing, and says until when or who else."""
    text = signs.letter.text.strip()
    if not _answers(signs) or len(text) > _LONGEST_ABSENCE or "?" in text or "\n>" in text:
        return None
    if AWAY_WORDS.search(text[:300]) and BACK_AGAIN.search(text):
        return Verdict("auto-reply", "its words say that nobody is there to read")
    return None


def daemon(signs: Signs) -> Verdict | None:
    author = signs.letter.author
    return Verdict("notice", f"From: {author.address}") if author and DAEMON.match(author.address) else None


def person(signs: Signs) -> Verdict | None:
    return Verdict("person")


RULES: tuple[Rule, ...] = (
    complaint,
    delivery_report,
    receipt,
    other_report,
    unread_report,
    calendar_reply,
    challenge,
    auto_submitted,
    null_sender,
    said_human,
    autoresponder,
    precedence,
    mailing_list,
    away,
    absent,
    daemon,
    person,
)


def _is_away(signs: Signs) -> bool:
    return bool(AWAY_SUBJECT.match(signs.letter.subject))


def _answers(signs: Signs) -> bool:
    return bool(signs.letter.references)


def _is_marked(signs: Signs) -> bool:
    """Whether its fields say that a machine sent it."""
    rules = (auto_submitted, null_sender, autoresponder, precedence)
    return any(verdict is not None and verdict.automatic for verdict in (rule(signs) for rule in rules))


def _is_good_news(signs: Signs) -> bool:
    return signs.reports("delivery-status") and signs.letter.report is None


def _from_daemon(letter: Letter) -> bool:
    return any(DAEMON.match(box.address) or DAEMON_NAME.search(box.name) for box in letter.authors)


def _why_unanswerable(letter: Letter) -> str | None:
    """[MS-OXCMAIL] §2.1.3.2.20: its sender asks for no automatic answers, which does not say that it was no person."""
    value = letter.field("x-auto-response-suppress")
    wanted = {word.strip().lower() for word in value.split(",")}
    return f"X-Auto-Response-Suppress: {value[:40]}" if wanted & {"all", "oof", "autoreply"} else None
