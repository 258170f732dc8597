"""Mail that a list or a group of ours passed on.  To keep DMARC whole, Google Groups and Mailman put their own address into From
(«'Anna Weber' via Help <help@example.org>») and the writer's elsewhere; for us the writer is who wrote it (R24)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mail.letter import Letter, Mailbox, Trust
from mail.mime.addresses import read_addresses

EVIDENCE = ("x-original-from", "x-original-sender", "reply-to")

PASSED_ON = "A list of ours passed it on and names its writer."
PRETENDED = "It says that a list of ours passed it on, but nothing proves that."

_VIA = re.compile(r"['\"]?(.*?)['\"]? (?:via|über|par|por) \S.*", re.I)
_LIST_FIELDS = frozenset(("list-id", "list-post", "list-unsubscribe"))
_ID = re.compile(r"<([^<>\s]+)>\s*$")


def without_our_lists(letter: Letter, is_own: Callable[[str], bool]) -> Letter:
    """The letter without the fields of a list that is one of our own addresses: it carries what people write to us, so it is no
    bulk mail.  Google spells the id of help@example.org as <help.example.org>."""
    found = _ID.search(letter.field("list-id"))
    name, _, domain = found[1].lower().partition(".") if found else ("", "", "")
    if not name or not is_own(f"{name}@{domain}"):
        return letter
    lists = ("precedence", "x-precedence")
    kept = tuple(
        (field, line)
        for field, line in letter.fields
        if field not in _LIST_FIELDS and not (field in lists and line.strip().lower() in ("list", "bulk"))
    )
    return replace(letter, fields=kept)


def with_its_writer(letter: Letter, is_list: Callable[[str], bool], *, checked: bool) -> Letter:
    """The letter by the person who wrote it, where a list that we trust put its own address into From.

    `is_list` says which addresses those are.  The writer is no better proved than by the list's word: V2 where the list's own
    address is proved.  Where it could be and is not (`checked`: somebody checks senders here) it is V0, or a forged list would
    name people whose own domain denies it.  Where nobody checks it is as good as anybody's From, V1.
    """
    shown = letter.author
    if shown is None or letter.trust.level == 0 or not is_list(shown.address):
        return letter
    writer = _writer(letter, shown, is_list)
    if writer is None:
        return letter
    if letter.trust.level >= 2:
        return replace(letter, authors=(writer,), trust=Trust(2, PASSED_ON))
    return replace(letter, authors=(writer,), trust=Trust(0, PRETENDED) if checked else Trust(1, PASSED_ON))


def _writer(letter: Letter, shown: Mailbox, is_list: Callable[[str], bool]) -> Mailbox | None:
    named = read_addresses((letter.field("x-original-from") or letter.field("x-original-sender"),))
    via = _VIA.fullmatch(shown.name)
    boxes = named or (letter.reply_to if via else ())
    if len(boxes) != 1 or not boxes[0].address or is_list(boxes[0].address):
        return None
    return Mailbox(boxes[0].name or (via[1].strip() if via else ""), boxes[0].address)
