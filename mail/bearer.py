"""An access token as IMAP and SMTP want to hear it: XOAUTH2 (Google's and Microsoft's), or OAUTHBEARER (RFC 7628)."""

from __future__ import annotations

from dataclasses import dataclass

MECHANISMS = ("XOAUTH2", "OAUTHBEARER")  # the first that a server offers is taken


@dataclass(frozen=True)
class Bearer:
    """What is said first, and what when the server tells why it refuses: then it waits for one more word before it does."""

    first: str
    after_refusal: str

    def answer(self, challenge: bytes | None = None) -> str:
        """The answer to a challenge; None and an empty one are the invitation to begin."""
        return self.after_refusal if challenge else self.first


def bearer(mechanism: str, username: str, token: str, host: str, port: int) -> Bearer:
    """The words of this mechanism.  Nothing in them may hold a control character, which the caller has seen to."""
    if mechanism == "XOAUTH2":
        return Bearer(f"user={username}\x01auth=Bearer {token}\x01\x01", "")
    name = username.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 §4
    return Bearer(f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01", "\x01")
