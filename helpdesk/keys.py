"""Keys derived from the one secret.  Each purpose has its own (HKDF, RFC 5869), so that one kind of token never passes for another."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Label = Literal["reply", "report", "probe", "side", "message-id", "token", "tombstone", "csrf", "vault", "trace", "link"]


class Keys:
    """The keys of one installation.  `secret` is HOLDLINE_SECRET_KEY."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._made: dict[str, bytes] = {}

    def key(self, label: Label) -> bytes:
        """32 bytes for one purpose."""
        if label not in self._made:
            derive = HKDF(algorithm=SHA256(), length=32, salt=b"holdline-1", info=label.encode())
            self._made[label] = derive.derive(self._secret)
        return self._made[label]

    def digest(self, label: Label, text: str) -> str:
        """A keyed hash, 64 hex digits: what is stored of a token, of a retired address, of an address in a log."""
        return hmac.new(self.key(label), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def lock(self, text: str) -> str:
        """Encrypt a password of somebody else's server for the database."""
        return self._vault.encrypt(text.encode()).decode()

    def unlock(self, locked: str) -> str:
        """The password again.  Raises ValueError where the secret key is another one."""
        try:
            return self._vault.decrypt(locked.encode()).decode()
        except InvalidToken:
            raise ValueError("this password was stored under another secret key; enter it again") from None

    @property
    def _vault(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self.key("vault")))
