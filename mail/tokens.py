"""Access tokens of OAuth2: asked for once, used until shortly before their end, renewed by one thread at a time.

A token server that refuses is left alone for a while, so that no account is locked by our asking; whoever wants a token
meanwhile hears at once what it said.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests

from helpdesk import clock
from helpdesk.actions import logins
from helpdesk.db import Database
from helpdesk.oauth import OAuthClient
from helpdesk.queries import logins as find

TIMEOUT = (10, 20)  # seconds to connect, and between two octets
LONGEST_ANSWER = 256 << 10  # octets
LIFETIME = timedelta(minutes=5)  # where the server does not say (RFC 6749 §5.1 only recommends it)
EARLY = timedelta(minutes=10)  # renewed so long before the end, so that trouble is told before mail stops
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
FIRST_PAUSE_REFUSED, LONGEST_PAUSE_REFUSED = timedelta(minutes=1), timedelta(minutes=15)

_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750 §2.1
_ERROR = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]{1,80}")  # RFC 6749 §5.2

Keep = Callable[[str, str, str], None]  # (log-in, the refresh token that was configured, the one that replaces it)
Kept = Callable[[str, str], str | None]


class NoToken(Exception):
    """There is no access token.  `str()` is a sentence for the operator, without any secret.  `refused`: asking again will not
    help before a person has done something."""

    def __init__(self, sentence: str, *, refused: bool) -> None:
        super().__init__(sentence)
        self.refused = refused


@dataclass(frozen=True)
class Token:
    """What opens a mailbox, and until when."""

    value: str
    begins_at: datetime
    ends_at: datetime

    def is_good(self, now: datetime) -> bool:
        return self.begins_at - EARLY <= now < self.ends_at

    def is_fresh(self, now: datetime) -> bool:
        """Far enough from its end.  A token of a short life is renewed when three quarters of that are over."""
        return self.is_good(now) and now < self.ends_at - min(EARLY, (self.ends_at - self.begins_at) / 4)


class Tokens:
    """The access tokens of this process.  Threads may share it.

    `kept` and `keep` look up and remember a refresh token that the server has given in place of the configured one.
    """

    def __init__(self, clients: Mapping[str, OAuthClient], *, kept: Kept | None = None, keep: Keep | None = None) -> None:
        self._logins = {name: _Login(name, client, kept, keep) for name, client in clients.items()}

    def get(self, name: str) -> str:
        """A token that is good for a while.  Raises NoToken."""
        return self._login(name).get()

    def renewed(self, name: str, refused: str) -> str:
        """Another token than the one that a mail server has refused.  Raises NoToken."""
        return self._login(name).renewed(refused)

    def troubles(self) -> dict[str, str]:
        """Renew what is near its end; what is wrong with each log-in whose token cannot be had, in a sentence."""
        found = {}
        for name, login in self._logins.items():
            try:
                login.get(strictly=True)
            except NoToken as error:
                found[name] = str(error)
        return found

    def _login(self, name: str) -> _Login:
        if name not in self._logins:
            raise NoToken(f"There is no log-in {name.upper()} in HOLDLINE_OAUTH__….", refused=True)
        return self._logins[name]


def tokens_of(database: Database) -> Tokens:
    """The tokens of an installation; what its token servers give in place of a configured refresh token lies in its database."""

    def kept(name: str, configured: str) -> str | None:
        with database.reading() as session:
            return find.refresh_token(session, name, configured)

    def keep(name: str, configured: str, fresh: str) -> None:
        with database.transaction() as session:
            logins.keep_refresh_token(session, name, configured, fresh)

    return Tokens(database.house.settings.oauth, kept=kept, keep=keep)


class _Login:
    """One client and its present token."""

    def __init__(self, name: str, client: OAuthClient, kept: Kept | None, keep: Keep | None) -> None:
        self._name, self._client, self._kept, self._keep = name, client, kept, keep
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._trouble: NoToken | None = None
        self._failures, self._not_before = 0, clock.now()

    def get(self, *, strictly: bool = False) -> str:
        with self._lock:
            now = clock.now()
            if self._token and self._token.is_fresh(now):
                return self._token.value
            try:
                return self._ask(now)
            except NoToken:
                # A token server that is away for a minute is no trouble while the old token still opens the mailbox.
                if self._token and self._token.is_good(now) and not strictly:
                    return self._token.value
                raise

    def renewed(self, refused: str) -> str:
        with self._lock:
            if self._token and self._token.value != refused:
                return self._token.value  # another thread was here first
            self._token = None
            return self._ask(clock.now())

    def _ask(self, now: datetime) -> str:
        if self._trouble and now < self._not_before <= now + LONGEST_PAUSE_REFUSED:
            raise self._trouble
        try:
            self._token = self._answer(now)
        except NoToken as error:
            first, longest = (FIRST_PAUSE_REFUSED, LONGEST_PAUSE_REFUSED) if error.refused else (FIRST_PAUSE, LONGEST_PAUSE)
            self._not_before = now + min(longest, first * 2 ** min(self._failures, 10))
            self._failures, self._trouble = self._failures + 1, error
            raise
        self._failures, self._trouble = 0, None
        return self._token.value

    def _answer(self, now: datetime) -> Token:
        client, configured = self._client, ""
        try:
            form = {"grant_type": str(client.grant), "client_id": client.client_id, "scope": client.scope or ""}
            form["client_secret"] = client.read("client_secret")
            if client.grant == "refresh_token":
                configured = client.read("refresh_token")
                form["refresh_token"] = (self._kept and self._kept(self._name, configured)) or configured
        except OSError as error:
            raise self._no(f"a file with its secret cannot be read ({error.strerror})", refused=True) from None
        said = self._post({name: value for name, value in form.items() if value})
        value, lifetime = said.get("access_token"), said.get("expires_in")
        if not isinstance(value, str) or not _BEARER.fullmatch(value):
            raise self._no("the answer holds no token", refused=False)
        fresh = said.get("refresh_token")
        if self._keep and client.grant == "refresh_token" and isinstance(fresh, str) and fresh not in ("", form["refresh_token"]):
            self._keep(self._name, configured, fresh)
        return Token(value, now, now + _lifetime(lifetime))

    def _post(self, form: dict[str, str]) -> dict[str, Any]:
        """The answer of the token server.  Its own words are shown only where they are an error's name: no secret comes back."""
        try:
            # No redirect is followed, for the form holds a secret; a proxy of the environment is used, its ~/.netrc is not.
            with requests.post(
                self._client.token_url,
                data=form,
                headers={"Accept": "application/json"},
                auth=lambda request: request,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status, body = answer.status_code, answer.raw.read(LONGEST_ANSWER, decode_content=True)
        except (requests.RequestException, OSError, ValueError) as error:
            raise self._no(f"the token server cannot be reached ({type(error).__name__})", refused=False) from None
        except Exception as error:  # urllib3's own, of an answer that breaks off
            raise self._no(f"the token server's answer cannot be read ({type(error).__name__})", refused=False) from None
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        said = said if isinstance(said, dict) else {}
        if status == 200:
            return said
        name = said.get("error")
        shown = name if isinstance(name, str) and _ERROR.fullmatch(name) else f"HTTP {status}"
        raise self._no(f"the token server refuses: {shown}", refused=status in (400, 401, 403))

    def _no(self, why: str, *, refused: bool) -> NoToken:
        return NoToken(f"The log-in {self._name.upper()} (OAuth2) gets no access token: {why}.", refused=refused)


def _lifetime(said: object) -> timedelta:
    """RFC 6749 wants a number; some servers send it as text."""
    try:
        seconds = int(said)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return LIFETIME
    return timedelta(seconds=min(max(seconds, 1), 86_400))
