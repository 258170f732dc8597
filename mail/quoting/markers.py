"""The line above which a reply is to be written: ours, and those of other desks."""

from __future__ import annotations

import re

from mail.quoting.lines import Lines

# The first line of every answer that we send: whatever a reply holds from this line on is ours, whether it was marked as a quote or not.
MARKERS = {
    "en": "··· Please write your answer above this line ···",
    "de": "··· Bitte antworten Sie über dieser Zeile ···",
}

_OURS = re.compile(
    r"(?:·{3}|• ?• ?•|\.{3}|…)\s*(?:please write your answer above this line|bitte antworten sie über dieser zeile)", re.I
)
_DOTS = re.compile(r"·{3} \w.{8,80} ·{3}")  # ours in whatever language
_DECORATED = re.compile(r"[-#=*·•~_|]{2,}|[-#=*·•~_|]\s")
_ABOVE = re.compile(
    r"above this (?:line|email|message)|reply above\b|(?:über|oberhalb) dieser (?:zeile|linie)|au-dessus de cette ligne|encima de esta línea"
    r"|sopra (?:di )?questa (?:riga|linea)|boven deze (?:regel|lijn)|acima desta linha|powyżej tej linii"
    r"|(?:ovanför|över) den(?:na|här) (?:rad|linje)|over denne linj?e",
    re.I,
)
_OTHER_SIGNS = re.compile(r"##- \w.{8,80}|\W{0,3}Previous Replies\W{0,3}")
_LONGEST = 1_000


def is_marker(lines: Lines, number: int) -> bool:
    """Whether everything from this line on is what a desk sent."""
    line = lines[number]
    if not line or len(line) > _LONGEST:
        return False
    if line[0] in "·•.…" or "···" in line:
        following = lines[number + 1] if number + 1 < len(lines) else ""
        found = _OURS.search(f"{line} {following[:100]}")  # it may have been wrapped
        return (found is not None and found.start() < len(line)) or _DOTS.search(line) is not None
    if "##-" in line or line.endswith(("Replies", "Replies*", "Replies**")):
        return _OTHER_SIGNS.search(line) is not None
    return len(line) < 160 and _DECORATED.match(line) is not None and _ABOVE.search(line) is not None
