"""File references: how a desk's own cases are called in files and letters («LH-20388»), and which case such a name means."""

from __future__ import annotations

import re

NUMBER = "{number}"
LONGEST = 40
_PATTERN = re.compile(r"[\w /.:+#()-]*\{number\}[\w /.:+#()-]*")


def is_pattern(text: str) -> bool:
    """Whether a desk's cases can be called so: some letters, figures and signs around the number, which stands in it once."""
    return len(text) <= LONGEST and _PATTERN.fullmatch(text) is not None and not re.search(r"\d\{|\}\d", text)


def reference(pattern: str, number: int) -> str:
    """What case 20388 is called: «LH-20388»; without a pattern its number."""
    return pattern.replace(NUMBER, str(number)) if pattern else str(number)


def number_of(pattern: str, text: str) -> int | None:
    """The case that «lh 20388» or «LH-20388» means, however it is spaced; None where it is no such name."""
    if not pattern:
        return None
    before, after = (_bare(part) for part in pattern.split(NUMBER))
    found = re.fullmatch(re.escape(before) + r"([0-9]{1,9})" + re.escape(after), _bare(text), re.ASCII)
    return int(found[1]) if found else None


def _bare(text: str) -> str:
    """Letters, figures and nothing between them: what people keep when they copy such a name by hand."""
    return re.sub(r"[\W_]+", "", text.casefold())
