"""Which language a letter is in, as far as we speak it."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[a-zäöüß]+")
_LOOKED_AT = 4_000  # characters
_ENOUGH = 3  # words that only one of the languages has

# Frequent words that the other language does not have.
_STOP_WORDS = {
    "de": frozenset(
        """der die das und ist nicht ich sie wir mit für auf den dem ein eine einen einer zu von es im auch sich bei bitte haben habe hat
        ihre ihr ihren ihnen mein meine noch nur oder aber wenn wie wird wurde kann können seit nach mfg sehr geehrte damen herren
        grüße freundlichen danke hallo guten leider schon immer keine kein uns über zum zur vom als dass sind nun mehr""".split()  # noqa: SIM905
    ),
    "en": frozenset(
        """the and is not i you we with for of a to it in's on this that have has your my our are be but if how will would can please
        since from at or they there what when been thanks thank regards dear hello sincerely still yet could do does did don only its
        which who about again very much any some just i'm""".split()  # noqa: SIM905
    ),
}


def guess_language(text: str) -> str | None:
    """«de» or «en» where the stop words clearly say so, else None."""
    words = _WORDS.findall(text[:_LOOKED_AT].lower())
    counts = {language: sum(word in known for word in words) for language, known in _STOP_WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    other = sum(counts.values()) - counts[best]
    return best if counts[best] >= _ENOUGH and counts[best] >= 2 * other else None
