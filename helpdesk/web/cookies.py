"""The cookies: the log-in, a visitor's number for the forms of the logged-out, the toast after a deed; and the form token."""

from __future__ import annotations

import hmac
import json
import secrets
from typing import Any

from flask import current_app, g, request
from werkzeug import Response

from helpdesk.db import House

TOAST_SECONDS = 60


class Cookies:
    """What is kept in the browser, named and guarded as the scheme of HOLDLINE_BASE_URL permits."""

    def __init__(self, house: House) -> None:
        self._keys, self._secure = house.keys, house.settings.secure
        # __Host- (RFC 6265bis §4.1.3.2): no neighbouring host can plant it; browsers take it with https only.
        prefix = "__Host-" if self._secure else ""
        self.log_in, self.visitor = f"{prefix}holdline", f"{prefix}holdline-visitor"
        self.toast, self.theme = f"{prefix}holdline-toast", f"{prefix}holdline-theme"

    def token(self) -> str:
        """The log-in that the browser sent, or an empty string."""
        return request.cookies.get(self.log_in, "")

    def set(self, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """`seconds` None: until the browser is closed."""
        response.set_cookie(name, value, max_age=seconds, secure=self._secure, httponly=True, samesite="Lax", path="/")

    def drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, secure=self._secure, httponly=True, samesite="Lax", path="/")

    def form_token(self) -> str:
        """What the hidden field `csrf_token` holds: bound to the log-in, or to the visitor's number, which is made here.

        Masked anew for each answer: answers are compressed, and their length must not tell it (BREACH).
        """
        holder = self.token() or request.cookies.get(self.visitor) or g.get("visitor")
        if not holder:
            holder = g.visitor = secrets.token_urlsafe(24)
        made: tuple[str, str] | None = g.get("form_token")  # a page has twenty forms
        if made is None or made[0] != holder:
            token = bytes.fromhex(self._keys.digest("csrf", holder))
            mask = secrets.token_bytes(len(token))
            made = g.form_token = (holder, mask.hex() + _masked(token, mask).hex())
        return made[1]

    def is_form_token(self, given: str) -> bool:
        """Whether a form of ours, drawn for this browser, carried this token."""
        holders = [value for value in (self.token(), request.cookies.get(self.visitor)) if value]
        try:
            both = bytes.fromhex(given)
        except ValueError:
            return False
        mask, rest = both[: len(both) // 2], both[len(both) // 2 :]
        tokens = [bytes.fromhex(self._keys.digest("csrf", value)) for value in holders]
        return any(len(rest) == len(mask) and hmac.compare_digest(token, _masked(rest, mask)) for token in tokens)

    def keep_toast(self, response: Response, toast: dict[str, Any]) -> None:
        """Have the next page say something.  Encrypted, so that nobody can plant words and no name lies about in a browser."""
        self.set(response, self.toast, self._keys.lock(json.dumps(toast)), seconds=TOAST_SECONDS)

    def kept_toast(self) -> dict[str, Any] | None:
        locked = request.cookies.get(self.toast)
        try:
            return dict(json.loads(self._keys.unlock(locked))) if locked else None
        except (ValueError, TypeError):
            return None


def _masked(token: bytes, mask: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(token, mask, strict=True))


def cookies() -> Cookies:
    """Those of this application."""
    found = current_app.cookies  # type: ignore[attr-defined]
    assert isinstance(found, Cookies)
    return found
