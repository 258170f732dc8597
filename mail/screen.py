"""Which letters need no routing, by what they are: a table of rules, the first that matches wins."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from mail import spam
from mail.letter import Envelope, Kind, Letter

# What the rules look at; `parse` keeps these fields in the letter.
DECISIVE = (
    "auto-submitted",
    "precedence",
    "x-precedence",
    "list-id",
    "list-post",
    "list-unsubscribe",
    "x-autoreply",
    "x-auto-reply",
    "x-autorespond",
    "x-autoresponder",
    "x-mail-autoreply",
    "x-auto-response-suppress",
    "x-failed-recipients",
    "x-loop",
    "feedback-type",
    "return-path",
    "content-type",
    "authentication-results",
    "arc-authentication-results",
    "received-spf",
    *spam.FIELDS,
)


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

_DAEMON = re.compile(r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mailerdaemon|mdaemon|bounce[\w.+=-]*|mailsystem)@", re.I)
_DAEMON_NAME = re.compile(
    r"mail delivery (?:sub)?system|mail(?:er)?[ -]?daemon|mail administrator|mail system|postmaster|system administrator", re.I
)
_FAILURE_SUBJECT = re.compile(
    r"^\W*(?:(?:un)?deliver(?:able|ed mail returned|y (?:status|failure|report|problem|has|notif|error|incomplete|to))|mail (?:delivery )?"
    r"(?:fail|error|delivery|system error|could not)|failure (?:notice|delivery)|returned? (?:mail|to sender|message|e-?mail)|bounced? mail"
    r"|(?:warning|notice): (?:could not send|message|e-?mail)|e-?mail (?:delivery|returned|could)|message (?:delivery|status|undeliverable)"
    r"|non[- ]?deliver|nondeliverable|notification (?:d.état|of delivery)|unzustellbar|zustell(?:ung|status)|nicht zustellbar|unknown user"
    r"|undelivered|undeliver|rejected mail|could not deliver|user unknown|delay(?:ed)? (?:mail|notif)|\*\*message you sent blocked"
    r"|onbestelbaar|non remis|mancata consegna|no se ha podido entregar|error de entrega|не доставлено|недоставленное)",
    re.I,
)
_AWAY_SUBJECT = re.compile(
    r"^\W*(?:auto(?:matic|mated)?[- ]?(?:reply|response|answer)|autoreply|out of (?:the )?office|ooo\b|abwesen|automatische (?:antwort|r.ckmeldung)"
    r"|auto:|vacation|on vacation|away from|r.ponse automatique|absence|respuesta autom.tica|fuera de la oficina|risposta automatica"
    r"|automatisch antwoord|afwezig|resposta autom.tica|ich bin (?:nicht im b.ro|im urlaub|abwesend)|i am (?:out|away)|absent du bureau)",
    re.I,
)


def kind_of(letter: Letter, sender: str | None) -> Verdict:
    """What kind of letter this is, given the envelope sender."""
    signs = Signs(letter, sender)
    return next(verdict for rule in RULES if (verdict := rule(signs)))


def screen(letter: Letter, envelope: Envelope) -> Letter:
    """The letter with its kind, `automatic` and `report` settled for this envelope; `report` stays with bounces only."""
    settled = _as(letter, kind_of(letter, envelope.sender))
    return settled if settled.kind == "bounce" else replace(settled, report=None)


def suppose(letter: Letter) -> Letter:
    """The letter with its kind as its own fields tell it, before anybody has seen the envelope."""
    return _as(letter, kind_of(letter, "" if letter.field("return-path").strip() == "<>" else None))


def _as(letter: Letter, verdict: Verdict) -> Letter:
    quiet = _why_unanswerable(letter) if verdict.automatic is None else None
    return replace(letter, kind=verdict.kind, automatic=verdict.automatic, unanswerable=quiet)


def complaint(signs: Signs) -> Verdict | None:
    """Somebody pressed «this is spam» (RFC 5965)."""
    if signs.reports("feedback-report") or signs.field("feedback-type"):
        return Verdict("notice", "a report of abuse (ARF)")
    return None


def delivery_report(signs: Signs) -> Verdict | None:
    report = signs.letter.report
    if report is None:
        return None
    if signs.reports("delivery-status") or signs.field("x-failed-recipients") or signs.sender == "" or _from_daemon(signs.letter):
        return Verdict("bounce", "a delivery report")
    # Customers complain of undelivered parcels, too: words alone make no report, a server's figures do.
    figures = report.recipients and (report.status or report.diagnostic or report.message_id)
    if figures and _FAILURE_SUBJECT.match(signs.letter.subject) and not signs.letter.references:
        return Verdict("bounce", "a delivery report")
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
    """A subject alone is no proof: people write about their holidays, too."""
    if _is_away(signs) and (signs.letter.references or signs.field("x-auto-response-suppress")):
        return Verdict("auto-reply", f"the subject «{signs.letter.subject[:60]}»")
    return None


def daemon(signs: Signs) -> Verdict | None:
    author = signs.letter.author
    return Verdict("notice", f"From: {author.address}") if author and _DAEMON.match(author.address) else None


def person(signs: Signs) -> Verdict | None:
    return Verdict("person")


RULES: tuple[Rule, ...] = (
    complaint,
    delivery_report,
    receipt,
    other_report,
    auto_submitted,
    null_sender,
    said_human,
    autoresponder,
    precedence,
    mailing_list,
    away,
    daemon,
    person,
)


def _is_away(signs: Signs) -> bool:
    return bool(_AWAY_SUBJECT.match(signs.letter.subject))


def _answers(signs: Signs) -> bool:
    return bool(signs.letter.references)


def _from_daemon(letter: Letter) -> bool:
    return any(_DAEMON.match(box.address) or _DAEMON_NAME.search(box.name) for box in letter.authors)


def _why_unanswerable(letter: Letter) -> str | None:
    """[MS-OXCMAIL] §2.1.3.2.20: its sender asks for no automatic answers, which does not say that it was no person."""
    value = letter.field("x-auto-response-suppress")
    wanted = {word.strip().lower() for word in value.split(",")}
    return f"X-Auto-Response-Suppress: {value[:40]}" if wanted & {"all", "oof", "autoreply"} else None
