"""Which language a letter is in, as far as we speak it."""

from __future__ import annotations

import re
from collections import Counter

_WORDS = re.compile(r"[^\W\d_]+")
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

# Of the neighbours, which share many words with one of ours: what a Dutchman writes is neither German nor English.
_NEIGHBOURS = tuple(
    frozenset(words.split())
    for words in (
        """de het een en van ik je we wij niet dat die dit is zijn was er op aan met voor maar ook nog naar bij als om uit over heb heeft
        hebben kan kunnen wil graag bedankt groet groeten vriendelijke hallo beste mijn uw geen wel wordt""",
        """le la les un une des du de et est je vous nous il elle pas ne que qui pour dans avec sur au aux ce cette mon votre bonjour merci
        cordialement mais plus être avoir ai été sont fait très on a tout
        toujours encore rien""",
        """el la los las un una de del que y es en no se lo por con para como más pero su mi me ha he hola gracias saludos buenos días
        está son muy también cuando porque""",
        """il lo la i gli le un una di del della che e è non si per con sono ho ha mi ci ma come anche più buongiorno grazie saluti
        cordiali questo questa nel alla dal vostro""",
        """o a os as um uma de do da dos das que e é não se por com para como mais mas meu seu me eu olá obrigado obrigada bom dia está
        são muito também quando no na em""",
        """i w z na do nie się że to jest o po za od jak ale czy dla mam był była są dzień dobry dziękuję pozdrawiam proszę państwa już
        jeszcze tylko co ze""",
        """och att det som en ett på är av för med till den har inte om jag vi ni ett kan men från var så hej tack vänliga hälsningar
        också bara mitt min när""",
        """og at det som en et på er af for med til den har ikke om jeg vi kan men fra var så hej tak venlig hilsen også bare mit min når
        der de i""",
    )
)


def guess_language(text: str) -> str | None:
    """«de» or «en» where the stop words clearly say so, else None: then the desk's own language is the better guess."""
    words = Counter(_WORDS.findall(text[:_LOOKED_AT].lower()))
    counts = {language: _count(words, known) for language, known in _STOP_WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    other = sum(counts.values()) - counts[best]
    if counts[best] < _ENOUGH or counts[best] < 2 * other:
        return None
    neighbour = max(_count(words, known) for known in _NEIGHBOURS)
    return best if counts[best] > neighbour else None


def _count(words: Counter[str], known: frozenset[str]) -> int:
    return sum(words[word] for word in known.intersection(words))
