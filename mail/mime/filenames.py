"""Names of attachments: what a file may be called when a person saves it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import count

LONGEST = 200
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.I)
_PATH = re.compile(r"^[/\\~]|^[A-Za-z]:[/\\]|\.\.[/\\]")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # control, direction, zero width, private, unassigned
_ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "application/pdf": ".pdf", "text/calendar": ".ics",
    "text/html": ".html", "text/plain": ".txt", "text/csv": ".csv", "text/vcard": ".vcf", "text/x-vcard": ".vcf",
    "message/rfc822": ".eml", "message/global": ".eml", "message/delivery-status": ".txt", "text/rfc822-headers": ".txt",
    "message/disposition-notification": ".txt", "application/pkcs7-signature": ".p7s", "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m", "application/pgp-signature": ".asc",
    "application/zip": ".zip", "application/ms-tnef": ".dat",
}  # fmt: skip
_STEMS = {
    "message/delivery-status": "delivery-status",
    "text/rfc822-headers": "headers",
    "message/rfc822": "message",
    "text/calendar": "invitation",
}


def clean_filename(name: str) -> str:
    """A name without a path, without characters that nobody sees, reserved nowhere, at most 200 long; "" where nothing is left."""
    name = "".join(character for character in name if unicodedata.category(character) not in _INVISIBLE)
    if _PATH.search(name):
        name = re.split(r"[/\\]", name)[-1]
    name = re.sub(r" +", " ", re.sub(r"[/\\]", "_", name)).strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    if len(name) > LONGEST:
        ending = _EXTENSION.search(name)
        tail = ending[0] if ending else ""
        name = name[: LONGEST - len(tail)].rstrip(" .") + tail
    return name


def default_name(type_: str, taken: Collection[str]) -> str:
    """What a file without a name is called: «image.png», the next one «image-2.png»."""
    stem = _STEMS.get(type_) or ("image" if type_.startswith("image/") else "attachment")
    ending = ending_of(type_)
    names = (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}" for number in count(1))
    return next(name for name in names if name not in taken)


def ending_of(type_: str) -> str:
    """The extension that belongs to a media type, «.bin» where we know none."""
    return _ENDINGS.get(type_, ".bin")


def type_of(name: str) -> str:
    """The media type that a file's extension tells, where it came without one."""
    ending = "." + name.rpartition(".")[2].lower()
    return next((type_ for type_, known in _ENDINGS.items() if known == ending), "application/octet-stream")
