"""The new part of a reply, and the rest: quotes, signatures, footers.  Folded, never deleted: line by line the two are the text."""

from mail.quoting.markers import MARKERS
from mail.quoting.reply import Parts, split

__all__ = ["MARKERS", "Parts", "split"]
