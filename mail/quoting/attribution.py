"""The line that says whose words follow: «On …, Anna wrote:», in one line or wrapped over several."""

from __future__ import annotations

import re

from mail.quoting.lines import Lines

LONGEST = 300  # characters of such a line, unwrapped
_MOST_LINES = 4
_TAIL = 24  # characters within which its verb may end a line

VERB = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|hat geschrieben|geschrieben|a écrit|a ecrit|écrivait|écrit|escribió|escribio|escribía|ha escrito"
    r"|ha scritto|scriveva|scrive|ha inviato|schreef|geschreven|napisał(?:\(a\)|/a|a)?|napisana przez|pisze|escreveu|escrito|skrev|skriver|har skrevet"
    r"|kirjoitti|napsal(?:\(a\)|/a|a)?|napísal(?:\(a\)|a)?|írta|ezt írta|a scris|yazdı|yazmış|написал(?:\(а\)|/а|а)?|пишет|написав(?:\(ла\))?|пише|написа"
    r"|je napisa[ol](?:/la|la)?|napisao|έγραψε|kirjutas|rakstīja|rašė|va escriure|ha escrit|đã viết|menulis"
    r")(?:\b|(?<=\)))|写道|寫道|书写|のメール|さんは書|書きました|님이 작성|작성|כתב|كتب",
    re.I,
)
# A narration, and not the words of a mail program: «I wrote on Monday:», «Am Montag schrieb mir Herr Weber:».
_NARRATED = re.compile(
    r"\b(?:I|we) (?:already )?(?:wrote|said|sent)\b|\b(?:wrote|said|sent) (?:to )?(?:me|us|him|them)\b|\bschrieb(?:en)? (?:ich|wir|mir|uns|er|sie|man)\b"
    r"|\b(?:ich|wir|mir|uns|sie|er) schrieb(?:en)?\b|\b(?:habe|haben|hatte|hatten) .{0,60}geschrieben|j['’]ai écrit|avons écrit|m['’]a écrit|nous a écrit"
    r"|\b(?:me|nos|le) escribió|\b(?:mi|ci) ha scritto|\bho scritto|\bschreef (?:ik|mij|hij)\b|\bskrev (?:jag|jeg|vi|du|till mig|til mig|til meg)\b",
    re.I,
)
_OPENING = re.compile(
    r"(?:on|am|in data|il giorno|il|le|el(?: día)?|op|w dniu|dnia|em|no dia|den|d\.|dne|dňa|pe|a|в|дана|u|στις|tarihinde|päivänä|på|from|quoting|in (?:message|article)|at"
    r"|вы|lähettäjä)\b"
    r"|\d{1,4}[ :./年-]|[^\W\d]{1,12}[.,]{0,2} \d|[^\W\d]{2,10}[.,]{1,2} [^\W\d]{3,10}\.? \d|(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)\w{0,8}[,.]? "
    r"|[^\s@<>]{1,64}@|<|\"|[\w.,' -]{2,60} [<(\[]|在",
    re.I,
)
_TIME = re.compile(r"(?<![\d.:])(?:\d{1,2}[:h]\d{2}(?!\d)|\d{1,2}\.\d{2}(?!\d|\.\d))|\b\d{1,2} ?[ap]\.?m\b", re.I)
_DATE = re.compile(r"\b(?:19|20)\d\d\b|(?<![\w.])\d{1,2}[./-]\d{1,2}[./-]\d{2}\b(?!\.\d)|(?:19|20)\d\d[年.]")
ADDRESS = re.compile(r"[^\s@<>]{1,64}@[\w.-]{1,255}")
_DIGIT = re.compile(r"\d")
_LAST_WORDS = re.compile(r">?\W{0,3}(?:[\w ]{0,16})\W{0,3}[:：]?\W{0,2}")  # «> wrote:», of one that was wrapped
_SENTENCE = re.compile(r"[.!?]$")
_ABBREVIATION = re.compile(
    r"(?:\d|\b(?:jan|jän|janv|ene|gen|sty|feb|févr|lut|mär|mar|mrt|mars|apr|avr|abr|kwi|maj|mai|mag|jun|juin|giu|cze|jul|juil|lug|lip|aug|ago|août|sie|sep|sept|set|wrz|oct"
    r"|okt|ott|out|paź|nov|lis|dec|dez|dic|déc|gru|mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|lun|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|gio|sab|ma|wo|vr|za|zo"
    r"|pon|wt|śr|czw|pt|sob|seg|ter|qua|qui|sex|mån|tis|ons|tors|fre|lör|sön|man|tir|tor|lør|søn|kl))\.$",
    re.I,
)
_DECORATION = "-_*=# "


def has_moment(words: str) -> bool:
    """Whether a date or a time of day stands in it."""
    return _DATE.search(words) is not None or _TIME.search(words) is not None


def ending_at(lines: Lines, number: int, *, quote_follows: bool) -> int | None:
    """Where the attribution begins that ends in this line; None where there is none.

    Above marked quotes a hint is enough; elsewhere it must be sure, for all that follows is taken for quoted.
    """
    if not may_end(lines, number, quote_follows=quote_follows):
        return None
    found: int | None = None
    for start in _starts(lines, number):
        said = " ".join(line for line in lines.bare[start : number + 1] if line).strip(_DECORATION)
        if _NARRATED.search(said) is not None:
            return None
        line = lines[start]
        if found is not None and "" in lines.bare[start:found]:
            break
        further = found is not None and not (
            _DIGIT.search(line) or VERB.search(line) or (line.endswith(">") and "@" not in lines[found])
        )
        if not further and _is_sure(said, alone=start == number):
            found = start
    if found is None and quote_follows:
        return _hint(lines, number)
    return found


def may_end(lines: Lines, number: int, *, quote_follows: bool = False) -> bool:
    """Whether it is worth a closer look whether an attribution ends in this line."""
    line = lines[number].rstrip(_DECORATION)
    if not line or len(line) > LONGEST or lines.is_quote(number):
        return False
    if line.endswith((":", "：")):
        return True
    dated = len(line) < 200 and _DIGIT.search(line) is not None and has_moment(line)
    if len(line) >= _TAIL and not dated:
        return False
    return (quote_follows and dated) or VERB.search(line[-_TAIL:]) is not None


def _starts(lines: Lines, number: int) -> list[int]:
    """Lines at which an attribution that ends here may begin, the nearest first."""
    starts, length, blanks = [], 0, 0
    torn = (
        len(lines[number]) < _TAIL and _LAST_WORDS.fullmatch(lines[number]) is not None
    )  # its end stands far below its beginning
    for start in range(number, max(number - _MOST_LINES - 2 * torn, -1), -1):
        line = lines[start]
        length += len(line)
        if not line and torn and blanks < 2:
            blanks += 1
            continue
        another = start < number and _SENTENCE.search(line) is not None and _ABBREVIATION.search(line) is None
        if not line or another or length > LONGEST or (start < number and (lines.is_quote(start) or line.endswith(":"))):
            break
        starts.append(start)
    return starts


def _is_sure(said: str, *, alone: bool) -> bool:
    """Whether a program wrote this: a moment, a way such lines begin, and who."""
    if not has_moment(said):
        return False
    verb, address = VERB.search(said) is not None, ADDRESS.search(said) is not None
    if _OPENING.match(said):
        return address or (verb and _TIME.search(said) is not None)
    if not verb:
        return False
    return (alone and address) or (_TIME.search(said) is not None and _DATE.search(said) is not None and len(said) < 120)


def _hint(lines: Lines, number: int) -> int | None:
    """Where a line that merely looks like one begins: «Bob wrote:», «issue_tracker@foo.com:»."""
    line = lines[number].rstrip(_DECORATION)
    if _says_who(line):
        return number
    before = lines[number - 1] if number else ""
    if before and len(line) < 40 and not lines.is_quote(number - 1) and _says_who(f"{before} {line}"):
        return number - 1
    return None


def _says_who(words: str) -> bool:
    if len(words) > 200 or _NARRATED.search(words):
        return False
    if has_moment(words):
        return (
            VERB.search(words) is not None
            or ADDRESS.search(words) is not None
            or (words.endswith(":") and _TIME.search(words) is not None)
        )
    return words.endswith((":", "：")) and (VERB.search(words) is not None or ADDRESS.search(words) is not None)
