"""Rules about the relay that carries our mail: when to ask it again, and whose name it lets us write on the envelope."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
ALARM_AFTER = timedelta(minutes=5)  # a relay that is away for a moment is no trouble; a log-in that is refused is, at once
REMEMBERED = timedelta(days=30)  # then it is asked again whether it takes our own senders

# RFC 3463 §3.8 gives 5.7.60 no meaning; Exchange says by it, and by 5.2.252, that this log-in may not send as this sender.
_NOT_THIS_SENDER = re.compile(
    r"^5\d\d\W*(?:5\.7\.60|5\.2\.252)\b|sendasdenied|send as this sender|not owned by user|(?:null|empty) (?:sender|return|envelope)"
    r"|not (?:allowed|authori[sz]ed|permitted) to (?:send|use) .{0,20}\b(?:as|from|sender)\b",
    re.I,
)
_TOO_BIG = re.compile(r"^5(?:52|23)\b|\b5\.3\.4\b")


def pause(refusals: int) -> timedelta:
    """How long to leave a relay alone that has refused our log-in so many times: to try often would lock the account."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(max(refusals - 1, 0), 10))


def is_alarming(since: datetime, now: datetime, *, refused: bool) -> bool:
    """Whether trouble with the relay is to be told."""
    return refused or now - since >= ALARM_AFTER


def dislikes_sender(answer: str, *, at_mail: bool) -> bool:
    """Whether a permanent refusal («550 5.7.60 …») is about the envelope's sender.  `at_mail`: it was said to MAIL FROM itself.

    Relays that look at the sender late (Postfix) or after DATA (Exchange) say so in words.
    """
    if at_mail:
        return _TOO_BIG.search(answer) is None
    return _NOT_THIS_SENDER.search(answer) is not None
