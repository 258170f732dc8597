"""Mail that only says thanks: nobody waits for an answer to it, and it reopens nothing that was solved."""

from __future__ import annotations

import re

LONGEST = 400  # characters; who thanks at greater length has something to say besides

_WHOM = r"(?:your|the|all your|ihre|deine|eure|die)"
_ADJECTIVE = r"(?:very |really )?(?:quick|fast|kind|great|prompt|friendly|schnelle|rasche|freundliche|nette|tolle|gute)"
_WHAT = r"(?:help|support|reply|answer|response|feedback|information|hilfe|antwort|unterstützung|bearbeitung|rückmeldung|auskunft|info)"
_THANKS = (
    r"(?:(?:ok|okay|great|perfect|super|prima|perfekt|alles klar|wunderbar|ja|yes)\s+)*"
    r"(?:thanks|thank you|many thanks|thx|cheers|danke|danke schön|danke sehr|dankeschön|vielen dank|herzlichen dank|besten dank"
    r"|tausend dank|lieben dank|merci)"
    rf"(?:\s+(?:very much|so much|a lot|again|sehr|nochmals|noch einmal|ihnen|dir|for {_WHOM} (?:{_ADJECTIVE} )?{_WHAT}"
    rf"|für {_WHOM} (?:{_ADJECTIVE} )?{_WHAT}))*"
)
_GLAD = (
    r"(?:(?:that|this|it|everything|all|das|es|alles|jetzt)\s+)?"
    r"(?:works|worked|is working|is fine|is solved|helped|perfect|great|super|prima|perfekt|wunderbar|alles klar|ok|okay|funktioniert|klappt"
    r"|hat geklappt|hat funktioniert|hat geholfen|ist erledigt|ist gelöst|hat sich erledigt)(?:\s+(?:now|again|fine|jetzt|nun|wieder|alles))*"
)
_HELLO = r"(?:dear|hello|hi|hey|hallo|guten tag|guten morgen|liebe|lieber|sehr geehrte|sehr geehrter)(?:\s+\w+){0,4}"
_BYE = (
    r"(?:(?:best|kind|kindest|warm)\s+(?:regards|wishes)|regards|best|sincerely|bye|mit (?:freundlichen|besten|lieben) grüßen"
    r"|(?:viele|liebe|beste|freundliche|schöne) grüße|gruß|lg|vg|mfg)(?:\s+\w+){0,3}"
)
_GRATEFUL, _POLITE = re.compile(_THANKS), re.compile(f"{_GLAD}|{_HELLO}")
_LEAVES = re.compile(_BYE)
_PARTS, _WORDS = re.compile(r"[.!,;:\n–—]+"), re.compile(r"[^\w\s]")
_NAME = 4  # words of a name below the greeting


def is_thanks(text: str) -> bool:
    """Whether these words thank and ask for nothing: every part of them is thanks, a greeting, or says that all is well."""
    if len(text) > LONGEST or "?" in text:
        return False
    grateful = False
    for part in _PARTS.split(text.lower()):
        words = " ".join(_WORDS.sub(" ", part).split())
        if _GRATEFUL.fullmatch(words):
            grateful = True
        elif _LEAVES.fullmatch(words):
            return grateful and len(text[text.lower().find(part) + len(part) :].split()) <= _NAME
        elif words and not _POLITE.fullmatch(words):
            return False
    return grateful
