"""What mail programs put above a quoted or a forwarded mail: a dashed title, or the fields of its header."""

from __future__ import annotations

import re

from mail.quoting.attribution import ADDRESS, VERB, has_moment
from mail.quoting.lines import Lines

_DASHES = r"[-_=*•─—–~]"
_TITLE = re.compile(rf"{_DASHES}[-_=*•─—–~ ]{{1,60}}+(?P<title>[^-_=*─—~\s][^_=*─—~\n]{{2,60}}?)[-_=*•─—–~ ]{{2,60}}+:?")
_ORIGINAL = re.compile(
    r"origin|\burspr|\boprind|\bopprinn|\boorspr|\boryginal|wiadomość|\beredeti|\bpůvodn|\bpôvodn|\balkuper|исходн|\bоригин|\borijinal|\bizvorn|\bпочат"
    r"|reply message|quoted (?:message|text)|antwortnachricht|原始邮件|原始郵件|原邮件|元のメッセージ|원본",
    re.I,
)
_FORWARDED = re.compile(
    r"forward|weitergel|transf[ée]r|réexpéd|reenvi|inoltrat|encaminhad|doorgest|vidarebef|vidaresän|videres|przekaz|przesłan|пересыл|пересл|edelleen|välitet|přepos|přeposl"
    r"|továbbít|iletilen|yönlend|转发|轉寄|転送|전달",
    re.I,
)
_BEGIN_FORWARDED = re.compile(
    r"(?:begin(?: \w+)?|anfang(?: der)?|début (?:du|de)|inicio del?|inizio(?: del)?|início d[ae]|początek|start(?: på)?|börja|begynd) .{0,10}"
    rf"(?:{_FORWARDED.pattern}).{{0,30}}:",
    re.I,
)
_BARE_FORWARDED = re.compile(rf"(?:{_FORWARDED.pattern})\w{{0,6}} [\w-]{{4,14}} ?:", re.I)  # «Forwarded message:»
_DASHED = re.compile(r"-{3,}.{2,300}-{3,}")  # «---- On …, Anna wrote ----»

_KEYS = {
    "author": "from|von|de|da|van|från|fra|od|expéditeur|remitente|remetente|mittente|afzender|absender|avsändare|afsender|avsender|nadawca|lähettäjä|feladó|de la|gönderen|kimden"
    "|от|от кого|від|odesílatel|odosielateľ|από|发件人|寄件者|差出人|보낸 사람|보낸사람",
    "sent": "sent|gesendet|envoyé(?: le| à)?|enviado(?: el| em)?|enviada(?: em)?|inviato(?: il)?|verzonden|skickat|sendt|wysłano|wysłane|data wysłania|lähetetty|odesláno|odoslané"
    "|küldve|elküldve|trimis|gönderildi|gönderilme tarihi|отправлено|надіслано|στάλθηκε|发送时间|發送時間|寄件日期|送信日時|보낸 날짜|message du",
    "date": "date|datum|dato|data|fecha|дата|päiväys|pvm|päivämäärä|dátum|tarih|ημερομηνία|日期|日付|날짜",
    "subject": "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|temat|aihe|předmět|predmet|tárgy|subiect|konu|тема|θέμα|主题|主旨|件名|제목",
    "other": "to|an|à|a|para|aan|till|til|do|dla|vastaanottaja|komu|címzett|către|kime|кому|кому|προς|收件人|宛先|받는 사람|받는사람|cc|bcc|kopie|kopia|kopi|copie(?: à)?|copia"
    "|cópia|dw|udw|reply-to|antwort an|répondre à|importance|wichtigkeit|priorität|attachments?|anlagen?|pièces? jointes?",
}
_KEY = re.compile(
    r"[*\W]{0,4}(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _KEYS.items()) + r")[\s*]{0,3}[:：]", re.I
)
_ANY_KEY = re.compile(r"\*?[^\W\d][\w .'’-]{0,24}\*?\s?[:：]\*?\s+\S")
RULE = re.compile(r"[-_=*─—~]{4,}|[-_]{3,}[^-_]{3,40}[-_]{3,}")
_NAMED_ADDRESS = re.compile(r"[<\[(](?:mailto:)?[^\s@<>]{1,64}@[\w.-]{1,255}[>\])]")  # a web form has the bare address
_BLOCK = 10  # lines in which the fields of one header are looked for
_LONGEST = 300


def names_original(line: str) -> bool:
    """«-----Original Message-----» and what other programs and languages make of it; «---- On …, Anna wrote ----» too."""
    if not _may_be_title(line):
        return False
    found = _TITLE.fullmatch(line)
    if found and _ORIGINAL.search(found["title"]):
        return True
    return line.startswith("---") and _DASHED.fullmatch(line) is not None and VERB.search(line) is not None and has_moment(line)


def names_forwarded(line: str) -> bool:
    """«---------- Forwarded message ---------», «Begin forwarded message:»."""
    if len(line) < 80 and line.endswith(":") and (_BEGIN_FORWARDED.fullmatch(line) or _BARE_FORWARDED.fullmatch(line)):
        return True
    found = _TITLE.fullmatch(line) if _may_be_title(line) else None
    return found is not None and _FORWARDED.search(found["title"]) is not None


def _may_be_title(line: str) -> bool:
    return 8 < len(line) < _LONGEST and line[0] in "-_=*•─—–~" and line[1] in "-_=*•─—–~ " and not line.isspace()


class Headers:
    """The header fields in a text, looked at once for each line."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.keys: dict[int, str | None] = {}

    def key(self, number: int) -> str | None:
        """Which kind of header field this line looks like."""
        if number not in self.keys:
            line = self.lines[number]
            found = _KEY.match(line) if ":" in line[:40] or "：" in line[:40] else None
            self.keys[number] = found.lastgroup if found else None
        return self.keys[number]

    def begin_at(self, number: int) -> bool:
        """Whether the header that Outlook and others put above a quoted mail begins here."""
        if self.key(number) is None:
            return self._unknown_begin_at(number)
        near = range(number, min(number + _BLOCK, len(self.lines)))
        kinds = [self.key(line) for line in near]
        if "author" not in kinds or (kinds[0] == "other" and sum(kind is not None for kind in kinds) < 4):
            return False
        if "sent" in kinds:
            return True
        address = any(kinds[line - number] and ADDRESS.search(self.lines[line][:_LONGEST]) for line in near)
        dated = any(kinds[line - number] == "date" and has_moment(self.lines[line][:_LONGEST]) for line in near)
        others = sum(kind in ("other", "date", "subject") for kind in kinds)
        return others >= (1 if dated and address else 2) and (address or "subject" in kinds)

    def _unknown_begin_at(self, number: int) -> bool:
        """The same in a language that we do not know: below a rule, three fields: a name with its address, a moment."""
        line = self.lines[number]
        if not 3 < len(line) < _LONGEST or not (":" in line[:30] or "：" in line[:30]) or not _ANY_KEY.match(line):
            return False
        above = self.lines.above_blanks(number)
        if not above or number - above > 2 or RULE.fullmatch(self.lines[above - 1]) is None:
            return False
        block = self.lines.bare[number : number + 6]
        fields = [near[:_LONGEST] for near in block if _ANY_KEY.match(near)]
        return len(fields) >= 3 and _NAMED_ADDRESS.search(fields[0]) is not None and any(has_moment(near) for near in fields[1:])

    def end_of(self, number: int) -> int:
        """The first line of the body below the header that begins here."""
        last = number
        for line in range(number, min(number + _BLOCK, len(self.lines))):
            if self.key(line) is not None:
                last = line
        below = last + 1
        while below < min(last + 3, len(self.lines)) and self.lines[below] and not self.lines.is_quote(below):
            below += 1
        return self.lines.below_blanks(below)
