"""The number that another helpdesk gave to our mail, in its own form: carried in the subject, it keeps their side of the thread, too.

Pure.  A tag is one line of few and harmless characters, so nothing of theirs can become a header of ours.
"""

from __future__ import annotations

import re

from mail.letter import Letter

LONGEST = 64
_READ = 4_000  # characters of a mail in which a number is looked for

_WORD = r"(?:ticket|case|request|incident|inquiry|enquiry|reference|vorgang|anfrage|fall|st.rung|dossier|demande|solicitud|richiesta|verzoek|zaak|.rende|sak|zg.oszeni[ea])"
_IN_SUBJECT = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\[ ?ref:[\w.!]{8,56}:ref ?\]",  # Salesforce
        r"\bref:[\w.!]{8,56}:ref\b",
        r"\[[a-z][a-z0-9 ._-]{0,30}[#:] ?[a-z0-9][a-z0-9-]{1,24}\]",  # OTRS, Znuny, Zammad «[Ticket#2026…]», RT «[example.org #123]»
        r"\[# ?[a-z0-9][a-z0-9-]{1,24}\]",  # Zendesk, Freshdesk, osTicket «[#12345]»
        r"\[?## ?[a-z0-9-]{3,24} ?##\]?",  # ManageEngine
        r"\[[A-Z][A-Z0-9]{1,9}-[0-9]{1,10}\]",  # Jira, YouTrack
        r"\(# ?[0-9]{2,20}\)",
        r"\bCRM:[0-9]{4,12}\b",  # Dynamics
        r"\bCAS-[0-9]{4,8}-[A-Z0-9]{4,8}\b",
    )
)
_KEY_FIRST = re.compile(
    r"^(?i:(?:re|aw|fwd?|automatic reply|auto):\s*)*([A-Z][A-Z0-9]{1,9}-[0-9]{1,8})\b"
)  # Jira Service Management
_LABELLED = re.compile(
    rf"\b{_WORD}s?[ -]?(?:id|nr\.?|no\.?|n[°º]|number|nummer|num.ro|n.mero|key)?[ \t]{{0,3}}(?:is|ist|lautet)?[:#]?[ \t]{{0,3}}[\[(]?#?([0-9][0-9-]{{2,20}})\b",
    re.I,
)
_ACKNOWLEDGES = re.compile(
    r"(?:type|write) your reply (?:above|below) this line|(?:has|have) been (?:received|created|registered|logged|opened)|(?:we(?:.ve| have)) received"
    r"|(?:automated|automatic|automatically generated) (?:response|reply|message|e-?mail|confirmation)|(?:ticket|request) (?:received|created|opened)"
    r"|(?:wurde|haben|ist) .{0,60}(?:erfasst|aufgenommen|registriert|angelegt|er.ffnet|eingegangen|erhalten)|automatisch (?:generiert|erstellt|erzeugt)"
    r"|a (?:bien )?.t. (?:re.u|enregistr|cr)|nous avons (?:bien )?re.u|hemos recibido|ha sido (?:recibid|cread|registrad)|abbiamo ricevuto|. stat[ao] (?:ricevut|apert|registrat)"
    r"|hebben wij .{0,40}ontvangen|is (?:ontvangen|aangemaakt)|recebemos|foi (?:recebid|abert|criad)",
    re.I,
)  # fmt: skip
_REPLY = re.compile(r"^\s*(?:re|aw)\s*:\s*", re.I)


def given(letter: Letter) -> str:
    """The tag that the sender's helpdesk gave, told by an automatic mail or an acknowledgement; "" where there is none."""
    if letter.kind in ("auto-reply", "notice") or letter.automatic or reads_like_acknowledgement(letter):
        return tag_in(letter.subject) or _of_text(letter.visible[:_READ])
    return ""


def reads_like_acknowledgement(letter: Letter) -> bool:
    """Whether a mail that no field marks says what helpdesks say by themselves."""
    return letter.kind == "person" and _ACKNOWLEDGES.search(f"{letter.subject}\n{letter.visible[:_READ]}") is not None


def tag_in(subject: str) -> str:
    """The tag in a subject, in the form in which it stands there."""
    for pattern in _IN_SUBJECT:
        if found := pattern.search(subject):
            return _clean(found[0])
    key = _KEY_FIRST.match(subject)
    return key[1] if key else _of_text(subject)


def tagged(subject: str, tag: str) -> str:
    """The subject with this tag in it, once."""
    if not tag or tag.lower() in subject.lower():
        return subject
    reply = _REPLY.match(subject)
    begin = reply[0] if reply else ""
    return f"{begin}{tag} {subject[len(begin) :]}"


def _of_text(text: str) -> str:
    labelled = _LABELLED.search(text)
    return f"[#{labelled[1].rstrip('-')}]" if labelled else ""


def _clean(tag: str) -> str:
    return " ".join(tag.split())[:LONGEST]
