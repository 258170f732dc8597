"""Whether somebody asks, in plain words, for a human or for somebody who may decide.  Rather too careful than too eager.

Asked is a wish in one sentence of the newest words, in German or English: «I want to speak to a real person», «Ich möchte mit Ihrem
Vorgesetzten sprechen».  Told («I spoke to your manager»), denied («kein Mensch muss mich anrufen») or quoted, it is no wish.
"""

from __future__ import annotations

import re

LONGEST = 5_000  # characters that are looked at

_SENTENCE = re.compile(r"[.!?;]+|\n{2,}")
_QUOTED = re.compile(r"^\s*(?:>|\|)")
_DENIED = re.compile(r"\b(?:not|no need|never|don.?t|doesn.?t|didn.?t|won.?t|without|nicht|kein\w*|nie|niemals|ohne)\b")
_SOMEBODY_EN = (
    r"(?:an?|any|another|some|your|the|somebody|someone)?\s*(?:real|actual|live|human|proper|responsible|different)?\s*"
    r"(?:humans?(?: being)?|persons?|people|supervisors?|managers?|team lead(?:er)?|boss|superior|somebody (?:real|human|in charge|senior)"
    r"|someone (?:real|human|in charge|senior|responsible))"
)
_SOMEBODY_DE = (
    r"(?:einem?n?|einer|ihrem?n?|ihrer|ihre|dem|der|den|jemandem?)?\s*(?:echten?|richtigen?|wirklichen?|lebendigen?|zuständigen?|verantwortlichen?)?\s*"
    r"(?:mensch(?:en)?|vorgesetzte[nrm]?|chef(?:in)?s?|abteilungsleit\w+|teamleit\w+|leiter(?:in)?|geschäftsführ\w+|person|menschliche[nrm]? \w+)"
)
_WISHES = (
    # English
    (
        r"\b(?:want|wish|need|would like|.?d like|like|demand|insist|ask(?:ing)?|request(?:ing)?|let me|can i|may i|could i|please|how (?:can|do) i)\b"
        rf".{{0,40}}\b(?:speak|talk|chat|discuss this|be connected|be transferred|be put through|get through)\b(?: directly)? (?:to|with) {_SOMEBODY_EN}\b"
    ),
    rf"\b(?:want|need|demand|prefer|give me|get me|would like|.?d like)\b (?:to have |to get |to see |help from |an answer (?:from|by) )?{_SOMEBODY_EN}\b(?! (?:who|that) )",
    rf"\b(?:please|must|should|want you to|need to|need you to|would like you to|can you|could you)\b.{{0,30}}\b(?:escalate|forward|pass|hand)\b.{{0,40}}\bto {_SOMEBODY_EN}\b",
    r"\b(?:please|must be|should be|want (?:this|it) (?:to be )?|need (?:this|it) (?:to be )?)\b.{0,20}\bescalate[d]?\b",
    r"\b(?:is|are) there (?:an?y? )?(?:real |actual )?(?:human|person|people)s? (?:there|reading|who reads|i can|we can|at all)",
    # German
    (
        r"\b(?:möchte|moechte|will|wünsche|würde gerne?|verlange|bitte|fordere|brauche|muss|kann ich|könnte ich|darf ich|lassen sie mich|bestehe darauf)\b"
        rf".{{0,40}}\bmit {_SOMEBODY_DE}\b.{{0,40}}\b(?:sprechen|reden|telefonieren|schreiben|verbunden|verbinden|klären)"
    ),
    rf"\bverbinden sie mich\b.{{0,30}}\bmit {_SOMEBODY_DE}\b",
    (
        rf"\b(?:möchte|moechte|will|verlange|brauche|wünsche mir|hätte gerne?)\b (?:endlich |bitte |jetzt |sofort )*(?:(?:eine )?(?:antwort|hilfe) von )?"
        rf"{_SOMEBODY_DE}\b(?!,? (?:der|die|das) )"
    ),
    rf"\b(?:leiten|geben) sie\b.{{0,50}}\ban {_SOMEBODY_DE}\b.{{0,20}}\bweiter",
    r"\b(?:bitte|muss|müssen|soll)\b.{0,30}\beskalier\w+",
    r"\b(?:liest|antwortet|gibt es|ist) (?:hier |das |da )*(?:überhaupt |auch )?(?:ein |einen )?(?:echter |echten |richtiger )?mensch\w*\b",
)
_WISH = re.compile("|".join(_WISHES))


def asks_for_a_human(text: str) -> bool:
    """Whether these words, the newest of a mail, ask for a human or somebody who may decide."""
    lines = [line for line in text[:LONGEST].split("\n") if not _QUOTED.match(line)]
    plain = "\n".join(lines).replace("’", "'").lower()
    return any(_is_wish(" ".join(sentence.split())) for sentence in _SENTENCE.split(_unwrapped(plain)))


def _is_wish(sentence: str) -> bool:
    found = _WISH.search(sentence)
    if found is None:
        return False
    before = sentence[: found.start()]
    return _DENIED.search(before[-40:] + found.group()) is None


def _unwrapped(text: str) -> str:
    """A line that goes on in the next one is one sentence; an empty line ends it."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)
