"""Which lines of a reply are new.  Linear in time, whatever the text."""

from __future__ import annotations

from dataclasses import dataclass

from mail.quoting import attribution, signatures
from mail.quoting.headers import RULE, Headers, names_forwarded, names_original
from mail.quoting.lines import Lines
from mail.quoting.markers import is_marker
from mail.quoting.page import quoted_from

_LOOKED_AT = 5_000  # lines; what stands farther down is folded only where it is quoted or signed at the very end
_CLOSELY = 1_000  # lines that are looked at closely, for whether they say who wrote what follows
_LONGEST = 1_000  # characters of a line that may say whose words follow
_ROUNDS = 20  # of quotes, signatures and footers below each other
_BRIEF = 200  # letters above a forwarded mail that leave it the thing to read

_NOTHING = "-_=*~–—>| \t\r\xa0\ufeff\u200b"  # characters that rules and marks are made of

_ENDS = (  # in this order: what a program added must not be taken for how to reach somebody
    signatures.above_device,
    signatures.above_delimiter,
    signatures.above_rule,
    signatures.above_disclaimer,
    signatures.above_name,
    signatures.above_closing,
)


@dataclass(frozen=True)
class Parts:
    """The new part of a text, and which of its lines are folded: pairs of first line and line behind the last, in order."""

    visible: str
    folds: tuple[tuple[int, int], ...] = ()


def split(text: str, *, forwarded: bool = False, page: str | None = None) -> Parts:
    """What is new in a mail's text.  Every line is either in `visible` or in one of `folds`.

    Answers between quoted lines stay with what they answer; what was forwarded is shown where little was written above it
    (`forwarded`: the subject says that this is such a mail); where nothing is new, everything is shown.  `page` is the same mail as
    HTML; it is asked where the text itself gives no sign.
    """
    lines = Lines(text)
    folds = _Reply(lines).folds(forwarded=forwarded, page=page)
    raw = text.split("\n")
    shown: list[str] = []
    at = 0
    for start, end in folds:
        shown += raw[at:start]
        at = end
    visible = "\n".join(shown + raw[at:])
    return Parts(visible, folds) if _says_anything(shown + raw[at:]) else Parts(text)


def _says_anything(lines: list[str]) -> bool:
    return any(line.strip(_NOTHING) for line in lines)


def _without_ending(lines: Lines, end: int) -> int:
    """Where the one signature, advertisement or footer begins that ends here; `end` where there is none."""
    return next((start for above in _ENDS if (start := above(lines, end)) < end), end)


class _Reply:
    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.headers = Headers(lines)
        self.forwards = False
        self.heads: dict[int, int] = {}  # line of a marked quote → where what says whose words it is begins

    def folds(self, *, forwarded: bool, page: str | None) -> tuple[tuple[int, int], ...]:
        cut = self.first_cut(forwarded=forwarded)
        if page and cut == len(self.lines) and not self.forwards and not any(map(self.lines.is_quote, range(cut))):
            cut = quoted_from(page, self.lines) or cut
        end, remainder = self.without_tail(cut)
        folds = self.between(end, answers=remainder)
        if _says_anything(self.lines.bare[end:]):
            folds.append((end, len(self.lines)))
        return tuple(folds)

    def first_cut(self, *, forwarded: bool) -> int:
        """The first line from which on everything is quoted, whatever it looks like."""
        lines, closely = self.lines, 0
        for number, line in enumerate(lines.bare[:_LOOKED_AT]):
            if not line or len(line) > _LONGEST or lines.is_quote(number):
                continue
            if names_forwarded(line) or (forwarded and self.headers.begin_at(number)):
                self.forwards = True
                return len(lines) if self.is_brief(number) else number
            if is_marker(lines, number):
                return number
            if names_original(line) or self.headers.begin_at(number):
                body = self.headers.end_of(number + 1 if names_original(line) else number)
                if body >= len(lines) or not lines.is_quote(body):
                    return number
                self.heads.setdefault(body, number)
            elif closely < _CLOSELY and attribution.may_end(lines, number):
                closely += 1
                start = attribution.ending_at(lines, number, quote_follows=False)
                body = lines.below_blanks(number + 1)
                if start is not None and (body == len(lines) or not lines.is_quote(body)):
                    return start
        return len(lines)

    def is_brief(self, end: int) -> bool:
        """Whether what stands above a forwarded mail is no more than a few words about it."""
        return sum(map(len, self.lines.bare[: self.without_tail(end)[0]])) <= _BRIEF

    def without_tail(self, end: int) -> tuple[int, bool]:
        """Where the quotes, signatures and footers begin that end here; and whether among them are quotes that go on from one above."""
        lines, goes_on = self.lines, False
        end = self.head_of(end) if end < len(lines) else end
        for _ in range(_ROUNDS):
            end = lines.above_blanks(end)
            start = self.quote_ending_at(end)
            if start < end:
                head = self.head_of(start)
                goes_on = goes_on or (head == start and not self.is_only_signature(start, end))
                end = head
                continue
            shorter = self.above_bare_rule(end)
            if shorter == end:
                shorter = _without_ending(lines, end)
            if shorter == end:
                break
            end = shorter
        return lines.above_blanks(end), goes_on

    def above_bare_rule(self, end: int) -> int:
        """A rule right above what is folded belongs to it."""
        return end - 1 if end and end < len(self.lines) and RULE.fullmatch(self.lines[end - 1][:200]) else end

    def quote_ending_at(self, end: int) -> int:
        """Where the run of quoted lines that ends here begins."""
        lines = self.lines
        if not end or not lines.is_quote(end - 1):
            return self.barred_quote_ending_at(end)
        start = end
        while start and (not lines[start - 1] or lines.is_quote(start - 1) or self.is_remnant(start - 1)):
            start -= 1
        while not lines.is_quote(start):
            start += 1
        return start

    def barred_quote_ending_at(self, end: int) -> int:
        """The same for lines marked by `|`, which are a quote only where somebody is named above; else they may be a table."""
        start = end
        while start and self.lines[start - 1].startswith("|"):
            start -= 1
        return start if end - start > 1 and self.head_of(start) < start else end

    def is_remnant(self, number: int) -> bool:
        """A word or two of a quoted line that some mail program wrapped without a new `>`."""
        lines = self.lines
        if not 0 < number < len(lines) - 1 or not (lines.is_quote(number - 1) and lines.is_quote(number + 1)):
            return False
        return len(lines[number - 1]) > 50 and len(lines[number]) < len(lines[number - 1])

    def head_of(self, start: int) -> int:
        """Where the line begins that says whose words follow from `start` on; `start` where there is none."""
        if start in self.heads:
            return self.heads[start]
        last = self.lines.above_blanks(start) - 1
        if last < 0 or start - last > 4:
            return start
        found = attribution.ending_at(self.lines, last, quote_follows=True)
        return start if found is None else found

    def is_only_signature(self, start: int, end: int) -> bool:
        """Whether a quote holds nothing but its writer's signature."""
        inner = Lines("\n".join(["words", "", *(line.lstrip("> ") for line in self.lines.bare[max(start, end - 60) : end])]))
        rest = inner.above_blanks(len(inner))
        for _ in range(3):
            rest = inner.above_blanks(_without_ending(inner, rest))
        return end - start <= 60 and rest <= 1

    def between(self, end: int, *, answers: bool) -> list[tuple[int, int]]:
        """What is to be folded above `end`: who is quoted, and a quote that all new words stand below of."""
        lines, quotes = self.lines, []
        number = 0
        while number < min(end, _LOOKED_AT):
            if not lines.is_quote(number):
                number += 1
                continue
            start = number
            while number < end and (lines.is_quote(number) or not lines[number] or self.is_remnant(number)):
                number += 1
            quotes.append((self.head_of(start), start, lines.above_blanks(number)))
        whole = len(quotes) == 1 and not answers
        return [(head, stop if whole else start) for head, start, stop in quotes if head < start]
