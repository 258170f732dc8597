"""What the mail filters on the way said of a letter: their verdict in a sentence, or None.

A yes counts wherever it stands, a no proves nothing.  Filters write at the top of the header (amavis, rspamd), at its end
(milters, Exchange) or in between, so its place does not tell whose word a field is; but nobody forges a «spam» that harms only
himself, and everybody would forge the «not spam».
"""

from __future__ import annotations

import re
from collections.abc import Callable

Field = tuple[str, str]  # name in lower case, one clean line

FIELDS = (
    "x-spam-flag",
    "x-spam-status",
    "x-spam-level",
    "x-spam-score",
    "x-spam-bar",
    "x-spam",
    "x-spamd-result",
    "x-spamd-bar",
    "x-rspamd-action",
    "x-ms-exchange-organization-scl",
    "x-forefront-antispam-report",
    "x-ses-spam-verdict",
    "x-ses-virus-verdict",
)
POINTS = 5.0  # SpamAssassin's own threshold: for figures that come without a verdict
SUSPICION = 5  # [MS-OXPROPS] SCL: 5 and 6 are spam, 7 to 9 are surely spam; -1 to 4 are mail

_FIGURE = re.compile(r"-?\d+\.\d+")  # cPanel writes tenths of points as an integer: without a point nobody knows what it means
_POINTS = re.compile(r"\b(?:score|hits)=(-?\d+(?:\.\d+)?)", re.I)
_TALLY = re.compile(r"[*+sx]+")
_UNWANTED_ACTIONS = ("add header", "rewrite subject", "quarantine", "reject")  # of rspamd; greylisting says nothing of the mail
_UNWANTED_SFV = ("SPM", "SKS", "SKB", "BLK")  # filtered as spam, marked by a rule, blocked sender (of the tenant, of the user)
_UNWANTED_CAT = ("SPM", "HSPM", "PHSH", "HPHISH", "HPHSH", "MALW")


def verdict(fields: tuple[Field, ...]) -> str | None:
    """What a filter said against it («X-Spam-Flag: YES»), or None where none did."""
    for name, line in fields:
        judge = _VERDICTS.get(name)
        if judge is not None and (said := judge(line)):
            return f"{name.title()}: {said}"
    return None if _has_verdict(fields) else _tallied(fields)


def _yes(line: str) -> str | None:
    first = re.split(r"[\s,;(]", line.strip(), maxsplit=1)[0]
    if first.lower() not in ("yes", "true"):
        return None
    points = _POINTS.search(line)
    return f"{first}, {points[1]} points" if points else first


def _result(line: str) -> str | None:
    """«default: True [17.30 / 15.00]; …» of rspamd."""
    found = re.match(r"[\w-]*:\s*true\b\s*(\[[^\]]{1,30}\])?", line.strip(), re.I)
    return f"True {found[1] or ''}".rstrip() if found else None


def _action(line: str) -> str | None:
    action = " ".join(line.lower().partition(";")[0].split())
    return action if action in _UNWANTED_ACTIONS else None


def _confidence(line: str) -> str | None:
    found = re.fullmatch(r"-?[0-9]{1,4}", line.strip())  # no more: Python refuses to read a number of thousands of figures
    return found[0] if found and int(found[0]) >= SUSPICION else None


def _forefront(line: str) -> str | None:
    """«…;SCL:5;…;SFV:SPM;CAT:PHSH;…» of Exchange Online."""
    facts = dict(part.strip().upper().split(":", 1) for part in line.split(";") if ":" in part)
    if facts.get("SFV") in _UNWANTED_SFV:
        return f"SFV:{facts['SFV']}"
    if facts.get("CAT") in _UNWANTED_CAT:
        return f"CAT:{facts['CAT']}"
    return f"SCL:{facts['SCL']}" if _confidence(facts.get("SCL", "")) else None


def _fail(line: str) -> str | None:
    """«PASS», «FAIL», «GRAY» or «PROCESSING_FAILED» of Amazon SES."""
    return "FAIL" if line.strip().upper() == "FAIL" else None


_VERDICTS: dict[str, Callable[[str], str | None]] = {
    "x-spam-flag": _yes,
    "x-spam-status": _yes,
    "x-spam": _yes,
    "x-spamd-result": _result,
    "x-rspamd-action": _action,
    "x-ms-exchange-organization-scl": _confidence,
    "x-forefront-antispam-report": _forefront,
    "x-ses-spam-verdict": _fail,
    "x-ses-virus-verdict": _fail,
}


def _has_verdict(fields: tuple[Field, ...]) -> bool:
    """Whether a filter that knows its own threshold has spoken: then figures alone say nothing more."""
    return any(name in _VERDICTS for name, _line in fields)


def _tallied(fields: tuple[Field, ...]) -> str | None:
    """From figures that came alone: «*****», «+++++», «7.1»."""
    for name, line in fields:
        if name in ("x-spam-level", "x-spam-bar", "x-spamd-bar"):
            tally = _TALLY.match(line.strip())
            if tally and len(tally[0]) >= POINTS:
                return f"{name.title()}: {len(tally[0])} points"
        elif name == "x-spam-score":
            figure = _FIGURE.match(line.strip())
            if figure and float(figure[0]) >= POINTS:
                return f"{name.title()}: {figure[0]} points"
    return None
