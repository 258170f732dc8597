"""RTF as plain text, and out of the compression in which Outlook wraps it ([MS-OXRTFCP])."""

from __future__ import annotations

import re
import struct

from mail.mime.charsets import clean

LONGEST = 1024 * 1024  # bytes of RTF, unpacked

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-f]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)|.", re.I | re.S)
_SILENT = frozenset("fonttbl colortbl stylesheet info pict object header footer themedata datastore listtable generator".split())  # noqa: SIM905
_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "row": "\n", "cell": "  ", "emdash": "—", "endash": "–", "bullet": "•",
           "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}  # fmt: skip


def unpack(packed: bytes) -> bytes:
    """The RTF in compressed RTF, at most 1 MB of it; b"" where it is none."""
    if len(packed) < 16:
        return b""
    _, size, kind = struct.unpack_from("<II4s", packed)
    if kind == b"MELA":
        return packed[16 : 16 + min(size, LONGEST)]
    if kind != b"LZFu":
        return b""
    window = bytearray(_DICTIONARY.ljust(4096, b" "))
    write, read = len(_DICTIONARY), 16
    out = bytearray()
    while read < len(packed) and len(out) < min(size, LONGEST):
        flags = packed[read]
        read += 1
        for bit in range(8):
            if flags >> bit & 1:
                if read + 2 > len(packed):
                    return bytes(out)
                reference = packed[read] << 8 | packed[read + 1]
                read += 2
                offset = reference >> 4
                if offset == write % 4096:
                    return bytes(out)
                for step in range((reference & 15) + 2):
                    octet = window[(offset + step) % 4096]
                    window[write % 4096] = octet
                    out.append(octet)
                    write += 1
            elif read < len(packed):
                window[write % 4096] = packed[read]
                out.append(packed[read])
                read += 1
                write += 1
    return bytes(out)


def to_text(rtf: bytes) -> str:
    """The words of RTF, also of RTF that wraps HTML; "" where it is none."""
    if not rtf.lstrip().startswith(b"{\\rtf"):
        return ""
    out: list[str] = []
    groups: list[tuple[bool, int]] = []  # (silent, characters that stand in for one of \u) around this one
    silent, stand_ins, skip = False, 1, 0
    opening = False
    for token in _TOKEN.finditer(rtf[:LONGEST].decode("cp1252", "replace")):
        word, number, octet, symbol, brace, words = token.groups()
        if brace == "{":
            groups.append((silent, stand_ins))
        elif brace == "}":
            silent, stand_ins = groups.pop() if groups else (False, 1)
        elif symbol == "*" or (opening and word and word.lower() in _SILENT):
            silent = True
        elif word == "htmlrtf":
            silent = number != "0"
        elif silent:
            pass
        elif word == "uc":
            stand_ins = int(number or 1)
        elif word == "u" and number:
            out.append(chr(int(number) % 65536))
            skip = stand_ins
            opening = False
            continue
        elif word:
            out.append(_BREAKS.get(word, ""))
        elif octet or symbol or words:
            piece = words or (bytes.fromhex(octet).decode("cp1252", "replace") if octet else " " if symbol == "~" else symbol)
            out.append(piece[skip:] if symbol is None or symbol in "\\{}~" else "")
        skip = 0
        opening = brace == "{"
    joined = "".join(out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return clean(re.sub(r"\n{3,}", "\n\n", joined)).strip()
