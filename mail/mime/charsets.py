"""Bytes to text.  Only decoders of this list are ever called: others decode harmless bytes into markup (utf-7), or fail oddly."""

from __future__ import annotations

import binascii
import re
from functools import lru_cache

_MACINTOSH = {
    "cyrillic": "mac-cyrillic",
    "greek": "mac-greek",
    "turkish": "mac-turkish",
    "ce": "mac-latin2",
    "iceland": "mac-iceland",
}

# Label as declared, squeezed to letters and digits → Python's codec.  Where the web reads a label as its superset, so do we.
_CODECS = {
    **dict.fromkeys(("utf8", "unicode11utf8", "utf8mb4", "xunicode20utf8"), "utf-8"),
    **dict.fromkeys(("usascii", "ascii", "ansix341968", "iso646us", "646", "7bit", "8bit"), "ascii"),
    **dict.fromkeys(
        ("iso88591", "latin1", "l1", "iso8859", "isoir100", "cp819", "cp1252", "windows1252", "xansi", "ansi"), "cp1252"
    ),
    **dict.fromkeys(("iso88599", "latin5", "windows1254", "cp1254"), "cp1254"),
    **dict.fromkeys(("iso885911", "tis620", "windows874", "cp874", "dos874"), "cp874"),
    **{f"iso8859{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows{n}": f"cp{n}" for n in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"cp{n}": f"cp{n}" for n in (437, 850, 852, 855, 858, 866, 1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"ibm{n}": f"cp{n}" for n in (437, 850, 852, 855, 858, 866)},
    **dict.fromkeys(("latin2", "l2"), "iso8859-2"),
    **dict.fromkeys(("latin9", "l9"), "iso8859-15"),
    **dict.fromkeys(("iso88598i", "iso88598e", "hebrew"), "iso8859-8"),
    **dict.fromkeys(("iso88596i", "iso88596e", "arabic"), "iso8859-6"),
    **dict.fromkeys(("koi8r", "koi8", "cskoi8r"), "koi8-r"),
    "koi8u": "koi8-u",
    **dict.fromkeys(("macintosh", "macroman", "xmacroman"), "mac-roman"),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "mskanji", "cp932", "windows31j", "csshiftjis"), "cp932"),
    **dict.fromkeys(("eucjp", "xeucjp"), "euc_jp"),
    **dict.fromkeys(
        ("iso2022jp", "csiso2022jp", "iso2022jp1", "iso2022jp2", "iso2022jpms", "cp50220", "cp50221"), "iso2022_jp_ext"
    ),
    **dict.fromkeys(("iso2022jp3", "iso2022jp2004"), "iso2022_jp_2004"),
    **dict.fromkeys(("gb2312", "gbk", "cp936", "gb18030", "euccn", "xgbk", "csgb2312", "gb231280", "chinese"), "gb18030"),
    **dict.fromkeys(("hz", "hzgb2312"), "hz"),
    **dict.fromkeys(("big5", "big5hkscs", "cp950", "xxbig5", "cnbig5"), "big5hkscs"),
    **dict.fromkeys(("euckr", "ksc56011987", "ksc5601", "cp949", "windows949", "uhc", "korean"), "cp949"),
    "iso2022kr": "iso2022_kr",
    **dict.fromkeys(("utf16", "utf16le", "ucs2", "unicode", "iso10646ucs2"), "utf-16-le"),
    "utf16be": "utf-16-be",
    **dict.fromkeys(("utf32", "utf32le"), "utf-32-le"),
    "utf32be": "utf-32-be",
    **dict.fromkeys(("utf7", "unicode11utf7"), "utf-7"),
    **{f"{label}{name}": codec for label in ("mac", "xmac") for name, codec in _MACINTOSH.items()},
    **dict.fromkeys(("johab", "cp1361"), "johab"),
    **{f"{label}{n}": f"cp{n}" for label in ("cp", "ibm") for n in (737, 775, 857, 860, 861, 862, 863, 864, 865, 869)},
}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LONGEST_LABEL = 80  # characters
_SINGLE_BYTE_WEST = ("ascii", "cp1252")
_SHIFTED = re.compile(r"\+([A-Za-z0-9+/]*)-?")
_MARKUP = re.compile(r"[\x00-\x1f\x7f<>&`]")
_JAPANESE = re.compile(rb"\x1b\$[@B]")  # how ISO-2022-JP begins, declared or not
DOUBLE_BYTE = ("gb18030", "big5hkscs", "cp949", "cp932", "euc_jp")
_UNWANTED = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")


def codec_of(label: str | None) -> str | None:
    """The codec that we use for a declared charset, or None where it is unknown or not to be trusted."""
    return _known_as(label[:_LONGEST_LABEL]) if label else None


@lru_cache(maxsize=256)
def _known_as(label: str) -> str | None:
    squeezed = re.sub(r"[^a-z0-9]", "", label.lower().partition("*")[0])
    return _CODECS.get(squeezed) or _CODECS.get(squeezed.removeprefix("x")) or _CODECS.get(squeezed.removeprefix("cs"))


def decode(content: bytes, label: str | None = None) -> tuple[str, str | None]:
    """Text of `content`, and a defect or None.  Never raises.

    The declared charset counts, then strict UTF-8, then cp1252; what was declared as Latin 1 or ASCII but is valid UTF-8 is that.
    """
    codec = codec_of(label)
    defect = f"unknown charset {clean(label)[:40]!r}" if label and codec is None else None
    for mark, marked in _MARKS:
        if content.startswith(mark) and (marked == "utf-8" or (codec or "").startswith("utf")):
            content, codec = content[len(mark) :], marked
            break
    if codec in (None, "ascii") and content.isascii() and _JAPANESE.search(content):
        codec = "iso2022_jp_ext"
    if codec is None or codec in _SINGLE_BYTE_WEST:
        text = _strictly(content, "utf-8")
        if text is not None:
            return clean(text), defect
    text = _strictly(content, codec) if codec else None
    if text is not None:
        return clean(text), defect
    return _anyhow(content, codec), defect or (f"not all of it is {codec}" if codec not in (None, "ascii") else None)


def clean(text: str) -> str:
    """`text` without what a database refuses: NUL, lone surrogates and non-characters become U+FFFD."""
    return _UNWANTED.sub("\ufffd", text)


def is_utf8(content: bytes) -> bool:
    return _strictly(content, "utf-8") is not None


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return _from_utf7(content) if codec == "utf-7" else content.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _from_utf7(content: bytes) -> str:
    """UTF-7 (RFC 2152), of which what would turn into markup or a control character stays encoded.  Raises UnicodeError.

    So harmless bytes never become a tag behind the back of a filter (C11), and an umlaut is an umlaut.
    """
    return _SHIFTED.sub(_unshifted, content.decode("ascii"))


def _unshifted(found: re.Match[str]) -> str:
    encoded = found[1]
    if not encoded:
        return "+" if found[0] == "+-" else found[0]
    octets = binascii.a2b_base64(encoded + "A" * (-len(encoded) % 4))
    text = octets[: len(encoded) * 6 // 16 * 2].decode("utf-16-be")
    return text if text and not _MARKUP.search(text) else found[0]


def _anyhow(content: bytes, codec: str | None) -> str:
    """The best of: UTF-8, the declared codec with few holes, cp1252 with whatever it makes of it."""
    text = _strictly(content, "utf-8")
    if text is not None:
        return clean(text)
    for candidate in filter(None, (codec, "utf-8")):
        text = content.decode(candidate, "replace")
        holes = text.count("\ufffd")
        foreign = len(text) - len(text.encode("ascii", "ignore")) - holes
        wide = candidate.startswith(("utf-16", "utf-32")) and holes * 8 <= len(text)
        if holes * 2 <= foreign or wide:
            return clean(text)
    return clean(content.decode("cp1252", "replace"))
