"""Facts in what somebody wrote, found by their form: order numbers, amounts, dates …; and questions that ask for one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["order", "invoice", "customer", "parcel", "iban", "phone", "amount", "date"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LOOKED_AT = 4_000  # characters of one mail
MOST_OF_A_KIND = 3  # of one mail: a price list is no list of facts


@dataclass(frozen=True)
class Found:
    kind: Kind
    value: str


_MONTH = (
    r"(?:jan(?:uar|uary)?|feb(?:ruar|ruary)?|m(?:är|ae)rz|mar(?:ch)?|apr(?:il)?|ma[iy]|jun[ie]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?"
    r"|o[kc]t(?:ober)?|nov(?:ember)?|de[zc](?:ember)?)\b\.?"
)
_NUMBER = r"(?P<value>(?=[\w./-]{0,30}\d{3})[A-Z0-9][\w./-]{2,30})"
_BETWEEN = r"(?:[\s.-]{0,2}(?:nummer|number|nr|no|id)\b)?[\s.:#]{0,4}(?:(?:ist|lautet|is|war|was)\b)?[\s:#\"„“(]{0,4}"


def _labelled(label: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{label}){_BETWEEN}{_NUMBER}", re.I)


_FORMS: dict[Kind, re.Pattern[str]] = {
    "order": _labelled(r"bestell(?:ung|nummer|nr)|auftrag(?:s(?:nummer|nr))?|order"),
    "invoice": _labelled(r"rechnung(?:s(?:nummer|nr))?|invoice|aktenzeichen"),
    "customer": _labelled(
        r"(?:kunden|vertrags|mitglieds)(?:nummer|nr)|(?:customer|contract|account|membership)(?= ?(?:number|no\b|id\b))"
    ),
    "parcel": _labelled(r"(?:sendungs|paket)(?:nummer|nr)|tracking|parcel"),
    "iban": re.compile(r"\b(?P<value>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)\b"),
    "phone": re.compile(
        r"\b(?:tel(?:efon)?(?:nummer)?|phone(?: number)?|mobil(?:e|nummer)?|handy(?:nummer)?)[\s.:]{1,4}(?:(?:ist|is)\s)?"
        r"(?P<value>\+?\(?\d[\d /()-]{4,20}\d)",
        re.I,
    ),
    "amount": re.compile(
        r"(?<![\w.,-])(?P<value>(?:\d{1,3}(?:[. ']\d{3}){1,3}|\d{1,7})(?:[.,]\d{2}|,-)?\s?(?:€|EUR\b|Euro\b|CHF\b|USD\b|GBP\b)"
        r"|(?:€|\$|£|EUR|CHF|USD|GBP)\s?\d{1,7}(?:[.,]\d{3}){0,3}(?:[.,]\d{2})?)"
    ),
    "date": re.compile(
        rf"(?<![\w.])(?P<value>\d{{1,2}}\.\s?\d{{1,2}}\.(?:\s?(?:19|20)\d\d|\d\d\b)?|(?:19|20)\d\d-\d\d-\d\d"
        rf"|\d{{1,2}}(?:\.|st|nd|rd|th)?\s{_MONTH}(?:,?\s(?:19|20)\d\d)?|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,\s(?:19|20)\d\d)?)(?!\w)",
        re.I,
    ),
}

_ENDING = re.compile(r"(?<=[^\W\d])\.$|(?<!\.)[/-]+$|(?<=\w{3})\.$")  # of the sentence, not of «4.11.»
_SENTENCE = re.compile(r"[^.?!\n]{1,600}[.?!]?")
_ASKS = re.compile(
    r"\?|\b(?:bitte|please|nennen sie|senden sie|schicken sie|teilen sie|geben sie|nenn|schick|brauchen|benötigen|we need|send (?:us|me)"
    r"|tell (?:us|me)|let (?:us|me) know|provide|wie lautet|what is|what's)\b",
    re.I,
)
_ASKED: dict[Kind, re.Pattern[str]] = {
    "order": re.compile(
        r"\b(?:bestell-?|auftrags-?)(?:nummer|nr)|\border (?:number|no\b|id)|nummer (?:der|ihrer) bestellung", re.I
    ),
    "invoice": re.compile(r"\b(?:rechnungs-?)(?:nummer|nr)|\binvoice (?:number|no\b|id)|aktenzeichen", re.I),
    "customer": re.compile(
        r"\b(?:kunden|vertrags|mitglieds)-?(?:nummer|nr)|\b(?:customer|contract|membership) (?:number|no\b|id)", re.I
    ),
    "parcel": re.compile(r"\b(?:sendungs|paket)-?(?:nummer|nr)|\b(?:tracking|parcel) (?:number|no\b|id|code)", re.I),
    "iban": re.compile(r"\biban\b|bankverbindung|kontonummer|bank (?:details|account)", re.I),
    "phone": re.compile(r"(?:telefon|rückruf|handy|mobil)-?nummer|\b(?:phone|telephone|mobile) number", re.I),
    "amount": re.compile(r"welche[nr]? (?:betrag|summe)|\bhow much|\b(?:the|which) amount", re.I),
    "date": re.compile(
        r"(?:kauf|liefer|rechnungs|bestell)-?datum|\b(?:date of|when did you|wann haben sie|purchase date|delivery date)", re.I
    ),
}


def found(text: str) -> list[Found]:
    """The facts in somebody's words, in the order in which they stand there, each once."""
    text = text[:LOOKED_AT]
    places = sorted((place, fact.value, fact) for kind in KINDS for place, fact in _of_kind(kind, text))
    return list(dict.fromkeys(fact for _place, _value, fact in places))


def asked_for(answer: str) -> set[Kind]:
    """What kinds of facts an answer asks its reader for."""
    asking = [found[0] for found in _SENTENCE.finditer(answer[:LOOKED_AT]) if _ASKS.search(found[0])]
    return {kind for kind, words in _ASKED.items() if any(words.search(sentence) for sentence in asking)}


def _of_kind(kind: Kind, text: str) -> Iterator[tuple[int, Found]]:
    seen: set[str] = set()
    for match in _FORMS[kind].finditer(text):
        value = _ENDING.sub("", " ".join(match["value"].split()))
        if value in seen or (kind == "iban" and not _is_iban(value)):
            continue
        seen.add(value)
        yield match.start("value"), Found(kind, value)
        if len(seen) == MOST_OF_A_KIND:
            return


def _is_iban(value: str) -> bool:
    """By its check digits (ISO 13616)."""
    compact = value.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1
