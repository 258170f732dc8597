"""What a mail says of being signed or encrypted.  Nothing is checked and nothing is opened: these are its own words."""

from __future__ import annotations

import re
from typing import Literal

Mark = Literal["signed", "partly-signed", "encrypted"]

SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # RFC 5652 §5.1; what it holds is legible to whoever opens it
_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.M)
_CLEARSIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*$", re.M)
_BEGIN, _END = "-----BEGIN PGP SIGNED MESSAGE-----", "-----END PGP SIGNATURE-----"


def is_signature(type_: str) -> bool:
    return type_ in _SIGNATURES


def of_smime(content: bytes, smime_type: str, *, whole: bool) -> Mark:
    """The mark of an S/MIME part: its bytes say more than its type does.  `whole`: the mail consists of it."""
    if _SIGNED_DATA in content[:64] or (content[:1] != b"\x30" and smime_type == "signed-data"):
        return "signed" if whole else "partly-signed"
    return "encrypted"


def of_text(text: str, *, alone: bool) -> list[Mark]:
    """The marks of PGP inside of text.  `alone`: there is nothing else in the mail, no file and no page.

    Signed is only what stands between the two lines, so words around them make it partly signed (as in the «SIGSPOOF» and
    partial-signature tricks).
    """
    found: list[Mark] = []
    if _ENCRYPTED.search(text):
        found.append("encrypted")
    if _CLEARSIGNED.search(text):
        words = text.strip()
        whole = alone and words.startswith(_BEGIN) and words.endswith(_END) and words.count(_END) == 1
        found.append("signed" if whole else "partly-signed")
    return found
