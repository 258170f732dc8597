"""The lines of a mail's text, and which of them carry the marks of a quote."""

from __future__ import annotations

import re

_AROUND = " \t\r\f\v\xa0\u200b\u200e\u200f\u2060\ufeff"
_INITIALS = re.compile(r"[A-Z][A-Za-z]{0,2}>")  # «AM> Use the stairs.», as FidoNet and some desks still quote
_TAIL = re.compile(r">[^>]{0,80}[:：]\**")  # «> wrote:», where a program wrapped «<anna@example.org> wrote:»


class Lines:
    """Lines without the space around them.  Positions are indices, ends are exclusive."""

    def __init__(self, text: str) -> None:
        self.bare = [line.strip(_AROUND) for line in text.split("\n")]

    def __len__(self) -> int:
        return len(self.bare)

    def __getitem__(self, number: int) -> str:
        return self.bare[number]

    def is_quote(self, number: int) -> bool:
        """Whether a mark says that others wrote this line."""
        line = self.bare[number]
        if line.startswith(">"):
            return not self._ends_address(number)
        return ">" in line[1:4] and _INITIALS.match(line) is not None

    def _ends_address(self, number: int) -> bool:
        """Whether the `>` closes an address that was opened on the line before."""
        if not number or not _TAIL.fullmatch(self.bare[number]):
            return False
        before = self.bare[number - 1]
        opened = before.rfind("<")
        return (opened > before.rfind(">") and ("@" in before[opened:] or before.endswith("<"))) or (
            before.startswith("mailto:") and "@" in before
        )

    def above_blanks(self, end: int) -> int:
        """The end of the last line above `end` that says anything; 0 where none does."""
        while end and not self.bare[end - 1]:
            end -= 1
        return end

    def below_blanks(self, number: int) -> int:
        """The first line from `number` on that says anything; the number of lines where none does."""
        while number < len(self.bare) and not self.bare[number]:
            number += 1
        return number
