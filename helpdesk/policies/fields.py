"""Fields of a desk's own: what may stand in one, and what has to be said before a case is solved."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

Kind = Literal["text", "number", "date", "choice", "tick"]
Verdict = Literal["justified", "partly", "not"]
Asked = Literal["cause", "office", "verdict"]
KINDS: tuple[Kind, ...] = get_args(Kind)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
ASKED: tuple[Asked, ...] = get_args(Asked)

LONGEST = 500  # characters of a value
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d+)?")


def value(kind: Kind, text: str, choices: Collection[str] = ()) -> str:
    """A value as it is kept: «12.5», «2026-11-02», «1»; "" for none.  Raises ValueError for what cannot be one."""
    text = " ".join(text.split())
    if not text:
        return ""
    if len(text) > LONGEST:
        raise ValueError("too long")
    if kind == "number":
        return number(text)
    if kind == "date":
        return day(text).isoformat()
    if kind == "choice" and text not in choices:
        raise ValueError("not a choice")
    return "1" if kind == "tick" else text


def number(text: str) -> str:
    """A number as a person writes it, in German or English: «1.234,50» and «1,234.50» are 1234.50.  Raises ValueError."""
    text = text.replace("\u2212", "-").strip()
    if _GROUPED.fullmatch(text):
        separators = [c for c in text if not c.isdigit() and c not in "+-"]
        last = separators[-1]
        # «1.234» may be a thousand or one and a bit; a thousand needs a second sign of it.
        if len(set(separators)) > 1:
            whole, _, rest = text.rpartition(last)
            text = re.sub(r"[.,' \u00a0\u202f]", "", whole) + "." + rest
        elif len(separators) > 1 or last not in ".,":
            text = re.sub(r"[.,' \u00a0\u202f]", "", text)
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError("no number") from None
    if not found.is_finite() or abs(found) >= 10**15 or len(found.as_tuple().digits) > 20:
        raise ValueError("no number of this world")
    return f"{found:f}"


def day(text: str) -> date:
    """«2026-11-02» or «2.11.2026».  Raises ValueError."""
    german = _GERMAN_DAY.fullmatch(text)
    if german:
        return date(int(german[3]), int(german[2]), int(german[1]))
    return date.fromisoformat(text)


def missing(asks: Iterable[str], said: Collection[str], required: Iterable[str], filled: Collection[str]) -> list[str]:
    """What has to be said before a case is solved: names of ASKED, then of fields, as a person fills them in.

    `asks` and `required`: what the desk wants to know; `said` and `filled`: what is known.
    """
    wanted = set(asks)
    return [name for name in ASKED if name in wanted - set(said)] + [name for name in required if name not in filled]
