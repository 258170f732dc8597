"""Whether a short mail says yes or no to the question if we were able to help.  What is not clear is an answer like any other."""

from __future__ import annotations

import re

from helpdesk.policies.thanks import is_thanks

FEWEST = 10  # ratings of one person, below which no figure of theirs is told
FLAG = "satisfied"  # of the mail that says yes: nobody waits for an answer to it
LONGEST = 200  # characters
_NAME = 4  # words of a name below the greeting

_YES = re.compile(
    r"(?:oh )?(?:ja|yes|yep|yeah|jawohl|jo)(?: (?:ja|yes|sehr|absolutely|definitely|certainly|gerne|genau|das (?:haben|konnten) sie"
    r"|sie konnten(?: mir)?(?: sehr)? helfen|it did|you did|you were|it was|very much|all good|alles gut|alles bestens))?"
)
_NO = re.compile(
    r"(?:leider )?(?:nein|no|nope|nö)(?: (?:leider(?: nicht)?|gar nicht|überhaupt nicht|not (?:really|at all|yet)|noch nicht|it did not|it didn t"
    r"|unfortunately(?: not)?|you did not|you didn t|sorry))?|leider nicht|unfortunately not|not really"
)
_MORE = {
    True: re.compile(
        r"sehr|absolutely|definitely|certainly|very much|(?:it|you) did|you were|it was|all good|alles gut|alles bestens"
    ),
    False: re.compile(r"leider(?: nicht)?|unfortunately(?: not)?|not (?:really|at all|yet)|gar nicht|noch nicht|überhaupt nicht"),
}
_HELLO = re.compile(r"(?:dear|hello|hi|hey|hallo|guten tag|guten morgen|liebe|lieber|sehr geehrte|sehr geehrter)(?: \w+){0,4}")
_BYE = re.compile(
    r"(?:(?:best|kind|kindest|warm) (?:regards|wishes)|regards|best|sincerely|bye|mit (?:freundlichen|besten|lieben) grüßen"
    r"|(?:viele|liebe|beste|freundliche|schöne) grüße|gruß|lg|vg|mfg)(?: \w+){0,3}"
)
_PARTS, _SIGNS = re.compile(r"[.!,;:\n–—]+"), re.compile(r"[^\w\s]")


def answer(visible: str, name: str = "") -> bool | None:
    """True for yes, False for no, None for everything else.  `visible`: the new part of the mail; `name`: whoever wrote it."""
    if len(visible) > LONGEST or "?" in visible:
        return None
    said: bool | None = None
    grateful = False
    parts = [" ".join(_SIGNS.sub(" ", part).split()) for part in _PARTS.split(visible.lower())]
    parts = [part for part in parts if part]
    for place, part in enumerate(parts):
        if said is None and (_YES.fullmatch(part) or _NO.fullmatch(part)):
            said = bool(_YES.fullmatch(part))
        elif _BYE.fullmatch(part):
            if sum(len(rest.split()) for rest in parts[place + 1 :]) > _NAME:
                return None
            break
        elif is_thanks(part):
            grateful = True
        elif (said is not None and _MORE[said].fullmatch(part)) or _is_name(part, name):
            continue
        elif said is not None or not _HELLO.fullmatch(part):
            return None
    return None if said is False and grateful else said  # «no, thanks» refuses the question


def _is_name(words: str, name: str) -> bool:
    return set(words.split()) <= set(_SIGNS.sub(" ", name.lower()).split())
