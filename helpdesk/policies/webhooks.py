"""What a webhook hears, how it is signed, and when it is tried again."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args

Event = Literal["escalation.raised", "escalation.told", "escalation.acknowledged", "escalation.closed", "test"]
EVENTS: tuple[Event, ...] = get_args(Event)
# Why a message was not taken: its secret cannot be read, no address of the web, no such host, a private network, no TLS, its certificate, no connection, no answer
# in time, an answer that is none of success.
Trouble = Literal["secret", "address", "host", "private", "plain", "certificate", "connection", "slow", "status"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)

SIGNATURE = "Holdline-Signature"
_AFTER = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720)]


def payload(body: Mapping[str, object]) -> bytes:
    """The bytes that are sent and signed: the same ones for the same message, also when it is tried again."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def signature(secret: str, at: datetime, content: bytes) -> str:
    """«t=1763798400,v1=…»: HMAC-SHA256 with the secret over the second, a full stop and the bytes."""
    second = int(at.timestamp())
    made = hmac.new(secret.encode("utf-8"), b"%d." % second + content, sha256).hexdigest()
    return f"t={second},v1={made}"


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None to give up, a day after the first."""
    return now + _AFTER[attempts - 1] if 0 < attempts <= len(_AFTER) else None
