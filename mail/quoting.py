"""The new part of a reply, and the rest: quotes and signatures at its end.  Folded, never deleted: the two together are the text."""

from __future__ import annotations

import re

# The first line of every answer that we send: whatever a reply holds from this line on is ours, whether it was marked as a quote or not.
MARKERS = {
    "en": "··· Please write your answer above this line ···",
    "de": "··· Bitte antworten Sie über dieser Zeile ···",
}

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_AROUND = " \t\r\xa0\u200b\u200e\u200f\u2060\ufeff"

_MARKER = re.compile(r"··· \w.{8,80} ···|##- \w.{8,80}")  # the second is how other desks write it
_ORIGINAL = re.compile(
    r"[-_ ]{2,}(?:original(?: message|nachricht|-nachricht|e? e-?mail)|urspr.ngliche (?:nachricht|e-?mail)|reply message|message d.origine"
    r"|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse"
    r"|wiadomo.. oryginalna|исходное сообщение|пересылаемое сообщение|original appointment)[-_ ]{2,}",
    re.I,
)
_DASHED = re.compile(r"-{3,}.{2,200}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef)\b\W*-{3,}", re.I)
_FORWARD = re.compile(
    r"[-_ ]{2,}(?:forwarded (?:message|by)|weitergeleitete (?:nachricht|e-?mail)|message transf.r.|mensaje reenviado|messaggio inoltrato"
    r"|mensagem encaminhada|doorgestuurd bericht|vidarebefordrat)|begin forwarded message:|anfang der weitergeleiteten (?:nachricht|e-?mail):",
    re.I,
)
_RULE = re.compile(r"[-_=*─—]{5,}|[-_]{3,}[^-_]{3,40}[-_]{3,}")
_LOST_END = re.compile(r">\W{0,2}(?:wrote|schrieb|a écrit|skrev|napisał)?\W{0,2}:")  # of «<anna@example.org>:», wrapped

_FROM = "from|von|de|da|van|från|fra|od|expéditeur|remetente|от|发件人|差出人|lähettäjä"
_SENT = "sent|gesendet|envoyé(?: le)?|enviado(?: el| em)?|inviato|verzonden|skickat|sendt|wysłano|wysłane|отправлено|发送时间|送信日時|lähetetty"
_OTHER = (
    "date|datum|dato|data|fecha|to|an|à|a|para|aan|till|til|do|dla|кому|收件人|宛先|subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|"
    "temat|тема|主题|件名|cc|kopie|reply-to|antwort an|дата|pvm|aihe|importance|wichtigkeit"
)
_KEY = re.compile(rf"[*\W]{{0,4}}(?:(?P<author>{_FROM})|(?P<sent>{_SENT})|(?P<other>{_OTHER}))[\s*]{{0,3}}[:：]", re.I)
_BLOCK = 10  # lines in which the keys of a header block are looked for

_VERB = re.compile(
    r"\b(?:wrote|writes|schrieb|geschrieben|a écrit|écrivait|escribió|escribio|ha scritto|schreef|geschreven|napisał(?:\(a\)|a)?|pisze|escreveu"
    r"|skrev|napsal(?:\(a\)|a)?|написал(?:\(а\)|а)?|пишет|yazdı|kirjoitti|sent|said|responded|ha escrit|a scris)\b|写道|书写|のメール|さんは書|ha inviato",
    re.I,
)
_OPENING = re.compile(
    r"\W{0,3}(?:on|am|in data|le|el|il|op|w dniu|dnia|em|den|dne|pe|a|no dia|в|пн|вт|ср|чт|пт|сб|вс|dana|på|from|quoting|in (?:message|article)|at|вы|lähettäjä)\b"
    r"|\W{0,3}\d{1,4}[ :./年-]|(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)\w{0,8}[,.]? |[^\s@<>]{1,64}@|<|\"|[\w.' -]{2,60} <|在",
    re.I,
)
_MOMENT = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b")
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[\w.-]{1,255}")
_LONGEST_ATTRIBUTION = 400
_LONGEST = 1_000  # characters of a line that may say whose words follow
_ROUNDS = 20  # of quotes, signatures and footers below each other

_SIGNATURE_LINES = 30
_FOOTER_LINES = 8
_DEVICE = re.compile(
    r"(?:sent from (?:my|mail for|yahoo|outlook|samsung|proton|the )|sent (?:via|with) \w+ ?(?:mail|mobile|app|$)|get outlook for|von meinem .{2,40} gesendet"
    r"|gesendet (?:von|mit|aus|über) |von (?:outlook|samsung|unterwegs)|diese nachricht wurde von meinem|holen sie sich outlook|outlook für (?:ios|android)"
    r"|envoyé (?:de|depuis) |enviado (?:desde|do|de) |inviato da|verzonden vanaf|wysłane z|skickat från|sendt fra|отправлено (?:с|из)"
    r"|virus-free\.|virenfrei\.|lähetetty )",
    re.I,
)
_LONGEST_DEVICE_LINE = 80


def split(text: str, *, forwarded: bool = False) -> tuple[str, str]:
    """(visible, quoted) with `visible + quoted == text`.  Linear in time.

    A reply that answers between the lines is shown whole, and so is one in which nothing is new.  Where a mail was `forwarded`,
    the header block that it quotes begins what we are to read, so it folds nothing.
    """
    lines = _LINE.findall(text)
    kept = _Reply([line.strip("\n" + _AROUND) for line in lines]).kept(forwarded=forwarded)
    visible = "".join(lines[:kept])
    return (visible, text[len(visible) :]) if visible.strip() else (text, "")


class _Reply:
    """The lines of a reply, without the space around them."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.keys: dict[int, str | None] = {}  # by line, as far as anybody asked

    def kept(self, *, forwarded: bool) -> int:
        """How many lines are to be shown."""
        end = self.first_cut(forwarded=forwarded)
        for _ in range(_ROUNDS):
            end = self.without_blanks(end)
            shorter = min(self.above_quote(end), self.above_signature(end), self.above_device(end), self.above_rule(end))
            if shorter >= end:
                break
            end = shorter
        return end

    def first_cut(self, *, forwarded: bool) -> int:
        """The first line from which on everything is quoted, whatever it looks like."""
        for number, line in enumerate(self.lines):
            if len(line) > _LONGEST or not line.strip("-_=* ") or self.is_quote(number):
                continue
            if _FORWARD.match(line):
                break
            if (("···" in line or "##-" in line) and _MARKER.search(line)) or _ORIGINAL.match(line) or _DASHED.fullmatch(line):
                return number
            if not forwarded and self.is_header_block(number):
                return number
            if (start := self.attribution_ending_at(number)) is not None and not self.quote_follows(number):
                return start
        return len(self.lines)

    def is_header_block(self, number: int) -> bool:
        """Whether the header that Outlook and others put above a quoted mail begins here: who, and when or two more."""
        first = self.key(number)
        if first is None:
            return False
        keys = [self.key(near) for near in range(number, min(number + _BLOCK, len(self.lines)))]
        others = keys.count("other")
        if first == "other" and others < 3:
            return False
        return "author" in keys and ("sent" in keys or others >= 2)

    def key(self, number: int) -> str | None:
        """Which kind of header field this line looks like: author, sent or other."""
        if number not in self.keys:
            line = self.lines[number]
            found = _KEY.match(line) if ":" in line or "：" in line else None
            self.keys[number] = found.lastgroup if found else None
        return self.keys[number]

    def attribution_ending_at(self, number: int) -> int | None:
        """Where the «On …, Anna wrote:» that ends in this line begins; None where there is none that stands for itself."""
        found = None
        starts = self.attribution_starts(number)
        if not starts or not _MOMENT.search(" ".join(self.lines[starts[-1] : number + 1])):
            return None
        for start in starts:
            said = " ".join(self.lines[start : number + 1])
            if not _MOMENT.search(said):
                continue
            verb, address = _VERB.search(said), _ADDRESS.search(said)
            if (_OPENING.match(said) and (verb or address)) or (start == number and verb and address):
                found = start
        return found

    def attribution_starts(self, number: int) -> list[int]:
        """Lines at which an attribution that ends here may begin, the nearest first."""
        line = self.lines[number]
        if len(line) > _LONGEST_ATTRIBUTION:
            return []
        if not line.endswith((":", "：")) and not (_VERB.search(line[-24:]) and len(line) < 100 and _MOMENT.search(line)):
            return []
        if not (_VERB.search(line) or _ADDRESS.search(line) or (number and _VERB.search(self.lines[number - 1]))):
            return []
        starts, length = [], 0
        for start in range(number, max(number - 4, -1), -1):
            line = self.lines[start]
            length += len(line)
            another_sentence = start < number and line.endswith((".", "!", "?"))
            if not line or another_sentence or length > _LONGEST_ATTRIBUTION:
                break
            starts.append(start)
        return starts

    def is_quote(self, number: int) -> bool:
        return self.lines[number].startswith(">") and not _LOST_END.fullmatch(self.lines[number])

    def quote_follows(self, number: int) -> bool:
        following = next((line for line in self.lines[number + 1 : number + 6] if line), "")
        return following.startswith(">")

    def without_blanks(self, end: int) -> int:
        while end and not self.lines[end - 1]:
            end -= 1
        return end

    def above_quote(self, end: int) -> int:
        """Where the quote that ends here begins, with the line that says whose words they are."""
        if not end or not self.is_quote(end - 1):
            return self.above_attribution(end) if end < len(self.lines) else end
        start = end
        while start and (not self.lines[start - 1] or self.is_quote(start - 1) or self.is_remnant(start - 1)):
            start -= 1
        while not self.is_quote(start):
            start += 1
        return self.above_attribution(start)

    def is_remnant(self, number: int) -> bool:
        """A word or two of a quoted line that some mail program wrapped without a new `>`."""
        line, before = self.lines[number], self.lines[number - 1] if number else ""
        after = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        return after.startswith(">") and before.startswith(">") and len(before) > 50 and len(line) < len(before)

    def above_attribution(self, end: int) -> int:
        """Where the attribution right above this line begins; `end` where there is none."""
        last = self.without_blanks(end) - 1
        if last < 0 or end - last > 4:
            return end
        strong = self.attribution_ending_at(last)
        if strong is not None:
            return strong
        line = self.lines[last]
        ends = line.endswith((":", "：")) or (end < len(self.lines) and _MOMENT.search(line))
        return last if ends and len(line) < 200 and (_VERB.search(line) or _ADDRESS.search(line)) else end

    def above_signature(self, end: int) -> int:
        """Where the signature that ends here begins (RFC 3676 §4.3: a line of two hyphens and a space)."""
        for number in range(end - 1, max(end - _SIGNATURE_LINES, 0), -1):
            if self.lines[number] in ("--", "—", "–"):
                return number
        return end

    def above_rule(self, end: int) -> int:
        """Where the footer of a mailing list begins: a rule, and a few lines that name it."""
        for number in range(end - 1, max(end - _FOOTER_LINES, 0), -1):
            if re.fullmatch(r"_{2,}", self.lines[number]):
                below = " ".join(self.lines[number + 1 : end])
                return number if not below or "http" in below or _ADDRESS.search(below) else end
        if end < len(self.lines) and _RULE.fullmatch(self.lines[end - 1] if end else ""):
            return end - 1
        return end

    def above_device(self, end: int) -> int:
        last = self.lines[end - 1] if end else ""
        return end - 1 if len(last) < _LONGEST_DEVICE_LINE and _DEVICE.match(last) else end
