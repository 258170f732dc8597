"""Where it hurts, and what is praised: the kinds of marks at a customer's words, and phrases that suggest one.

A suggestion is careful rather than complete: it asks the person who reads, and nothing counts that no person confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["waited", "repeated", "sent-elsewhere", "not-told", "rude", "praise"]
KINDS: tuple[Kind, ...] = get_args(Kind)
HURTS: tuple[Kind, ...] = KINDS[:-1]  # all but the praise

LONGEST = 20_000  # characters that are looked at

_NUMBER = r"(?:\d{1,3}|ein(?:er|em)|zwei|drei|vier|fünf|sechs|mehreren|vielen|one|two|three|four|five|six|several|many|over \w+|more than \w+)"
_SPAN = r"(?:tagen?|wochen?|monaten?|days?|weeks?|months?)"
_ONWARDS = r"(?:weitergeleitet|weiterverbunden|weitergereicht|weiterverwiesen|weitergeschickt|verwiesen)"
_ADJECTIVE = r"(?:unfreundlich|unverschämt|respektlos|patzig|pampig)(?:e[rnms]?)?"

_PHRASES: dict[Kind, tuple[str, ...]] = {
    "waited": (
        r"\b(?:ich|wir) warten?\b[^.!?\n]{0,20}\b(?:seit|immer noch|noch immer|schon)\b",
        r"\bwarten? (?:ich|wir)\b[^.!?\n]{0,20}\b(?:seit|immer noch|noch immer|schon|auf (?:eine )?antwort)\b",
        r"\bseit (?:\w+ )?" + _NUMBER + " " + _SPAN + r"\b[^.!?\n]{0,30}\b(?:keine|nichts|niemand)\b",
        r"\b(?:immer noch|noch immer|bis heute|bislang) keine (?:antwort|rückmeldung|reaktion)\b",
        r"\b(?:still|have been|'ve been|been) waiting\b",
        r"\bwaited (?:for )?" + _NUMBER + r" " + _SPAN + r"\b",
        r"\b(?:still|yet to|not|never) (?:\w+ ){0,2}(?:a reply|an answer|a response|heard back|heard from you)\b",
        r"\bno (?:reply|answer|response) (?:yet|so far|from you|to my)\b",
    ),
    "repeated": (
        r"\bzum (?:zweiten|dritten|vierten|fünften|sechsten|x-?ten|wiederholten|[2-9]\.) mal\b",
        r"\b(?:bereits|schon) (?:ein|zwei|drei|vier|mehr)(?:mal|fach|mals)\b[^.!?\n]{0,40}\b(?:geschrieben|erklärt|gesagt|mitgeteilt|geschickt|geschildert)\b",
        r"\bwie (?:ich )?(?:bereits|schon) (?:\w+ )?(?:geschrieben|erklärt|gesagt|mitgeteilt|erwähnt|geschildert)\b",
        r"\b(?:alles |schon wieder )?(?:noch einmal|nochmals?|von vorne?|erneut) (?:alles )?(?:erklären|erzählen|schildern)\b",
        r"\b(?:i|we)(?:'ve| have)? already (?:told|explained|said|wrote|written|sent|given|mentioned)\b",
        r"\bfor the (?:second|third|fourth|fifth|sixth|umpteenth|2nd|3rd|4th|5th) time\b",
        r"\bhow many (?:more )?times\b|\b(?:repeat|explain) (?:myself|everything|it all)\b",
    ),
    "sent-elsewhere": (
        r"\b(?:wurden?|bin|sind) (?:ich|wir)\b[^.!?\n]{0,60}\b" + _ONWARDS,
        r"\b(?:ich|wir) (?:wurden?|werden?|bin|sind)\b[^.!?\n]{0,60}\b" + _ONWARDS,
        r"\b(?:hat|haben) (?:man )?(?:mich|uns)\b[^.!?\n]{0,60}\b" + _ONWARDS,
        r"\bvon (?:einem|einer|pontius)\b[^.!?\n]{0,25}\b(?:zum anderen|zum nächsten|zur anderen|zur nächsten|zu pilatus)\b",
        r"\b(?:was|been|got|were) (?:passed|referred|transferred|sent|forwarded|handed) (?:on|around|from|to (?:another|someone|somebody|the|a)|back and forth)\b",
        r"\b(?:from pillar to post|one (?:department|person|agent) to (?:another|the next))\b",
    ),
    "not-told": (
        r"\b(?:niemand|keiner) (?:hat|hatte|sagt|informiert|meldet)\b[^.!?\n]{0,40}\b(?:gesagt|informiert|bescheid|gemeldet|mitgeteilt|erklärt|uns|mich|mir|sich)\b",
        r"\bhat (?:mir|uns|mich) (?:niemand|keiner)\b",
        r"\b(?:wurden? (?:ich|wir)|(?:ich|wir) wurden?) (?:nie|nicht|auch nicht|weder)\b[^.!?\n]{0,20}\b(?:informiert|benachrichtigt|verständigt)\b",
        r"\bohne (?:mir|uns|mich|irgendeine?|jede) (?:\w+ )?(?:bescheid|nachricht|information|benachrichtigung)\b",
        r"\b(?:nobody|no one|no-one) (?:has |had |ever |even )*(?:told|informed|warned|called|contacted|said|let)\b",
        r"\b(?:was|were|been) (?:never|not) (?:\w+ )?(?:told|informed|notified|warned)\b",
    ),
    "rude": (
        r"(?<!nicht )(?<!nie )(?<!keineswegs )\b" + _ADJECTIVE + r"\b(?! scheinen| wirken)",
        r"(?<!not )(?<!be )(?<!wasn't )(?<!never )\b(?:very |so |extremely |really |quite )?(?:rude|impolite|disrespectful)\b(?! to say)",
        r"\bhung up on (?:me|us)\b|\beinfach aufgelegt\b",
    ),
    "praise": (
        r"\bdank(?:e)? an (?:frau|herrn|ihre[nm]? (?:kolleg|mitarbeiter|team)\w*|das (?:ganze )?team)",
        r"\b(?:ein |mein |unser )?(?:großes|dickes|herzliches) lob\b|\blob an\b",
        r"\b(?:toll|super|bestens|hervorragend|großartig|wunderbar) (?:geholfen|beraten|betreut|gelöst)\b",
        r"\b(?:sehr|besonders|äußerst|überaus) (?:freundlich|hilfsbereit|kompetent|zuvorkommend)(?:e[rnms]?)?\b",
        r"\b(?:thanks|thank you) (?:so much |very much )?to (?:mr|ms|mrs|your (?:colleague|team|staff)|[A-Z]\w+)",
        r"\b(?:very|extremely|incredibly|so|really) (?:helpful|kind|friendly|patient)\b",
        r"\b(?:excellent|outstanding|great|wonderful|brilliant) (?:service|help|support|job)\b",
    ),
}  # fmt: skip
_PATTERNS = {kind: re.compile("|".join(phrases), re.I) for kind, phrases in _PHRASES.items()}
_SENTENCE_END = re.compile(r"[.!?\n]")


@dataclass(frozen=True)
class Suggestion:
    """What a message may be saying, and the words that say so.  `praised_id`: whom a praise names."""

    kind: Kind
    words: str
    praised_id: int | None = None


def suggested(text: str, names: Mapping[int, str]) -> list[Suggestion]:
    """What the new part of a customer's message suggests: at most once for each kind.  `names`: those who answered, by id."""
    text, found = text[:LONGEST], []
    for kind, pattern in _PATTERNS.items():
        match = pattern.search(text)
        if match is not None:
            words = " ".join(match[0].split())
            found.append(Suggestion(kind, words, _whom(text, match, names) if kind == "praise" else None))
    return found


def _whom(text: str, match: re.Match[str], names: Mapping[int, str]) -> int | None:
    """Whose last name stands in the sentence of a praise; None where that is nobody's, or could be several."""
    begins = max((end.end() for end in _SENTENCE_END.finditer(text, 0, match.start())), default=0)
    after = _SENTENCE_END.search(text, match.end())
    said = text[begins : after.start() if after else len(text)]
    named = [one for one, name in names.items() if name.split() and re.search(rf"\b{re.escape(name.split()[-1])}\b", said, re.I)]
    return named[0] if len(named) == 1 else None
