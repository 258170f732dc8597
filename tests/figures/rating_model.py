"""Who was asked whether it helped, and what they said, from the diary alone; a yes that was asked for is no message that waits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from tests.figures.diary import Diary, Line


@dataclass
class Asked:
    case: int
    at: datetime
    answered_at: datetime | None = None
    satisfied: bool | None = None


@dataclass
class _Case:
    asked: Asked | None = None
    last_mail: datetime | None = None
    resolved: bool = False


def heard(diary: Diary) -> Diary:
    """The diary with every yes to the question under its own name."""
    found = Diary()
    found.lines = _listen(diary)[0]
    return found


def ratings(diary: Diary) -> list[Asked]:
    """Each question, with what was said to it."""
    return _listen(diary)[1]


def _listen(diary: Diary) -> tuple[list[Line], list[Asked]]:
    cases: dict[int, _Case] = defaultdict(_Case)
    lines, found = [], []
    for line in diary:
        case = cases[line.case]
        match line.deed:
            case "answer":
                if line.more.get("resolves") and not case.resolved:
                    case.asked = Asked(line.case, line.at)
                    found.append(case.asked)
                case.resolved = case.resolved or bool(line.more.get("resolves"))
            case "solved":
                case.resolved = True
            case "reopened" | "bounce":
                case.resolved = False
            case "merged":
                into = cases[line.more["into"]]
                into.asked = max((one for one in (into.asked, case.asked) if one), key=lambda one: one.at, default=None)
                into.last_mail = max((at for at in (into.last_mail, case.last_mail) if at), default=None)
                into.resolved = False
            case "mail":
                if _is_answer(case, line) and case.asked is not None:
                    case.asked.answered_at, case.asked.satisfied = line.at, line.more["says"]
                    if line.more["says"]:
                        lines.append(replace(line, deed="rated"))
                        case.last_mail = line.at
                        continue
                case.last_mail, case.resolved = line.at, False
        lines.append(line)
    return lines, found


def _is_answer(case: _Case, line: Line) -> bool:
    """A clear word, the first one since the question, while the case is solved."""
    asked = case.asked
    if asked is None or asked.answered_at is not None or line.more.get("says") is None:
        return False
    return case.resolved and (case.last_mail is None or case.last_mail <= asked.at)
