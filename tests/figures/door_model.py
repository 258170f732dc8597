"""What becomes of every letter that comes to a desk, worked out from the diary alone.

Whoever takes part goes on with the case by an address of it; behind its end a letter of theirs opens a case that follows the first,
and the next ones go there.  Others are told of in the case and move nothing; behind the end they are held.  A machine's mail is put
aside in its case, and held where that is over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tests.figures.door_cases import LIVES, Case
from tests.figures.door_diary import Diary, Door, Letter, Place
from tests.figures.door_house import House

FILED = ("case", "new-case", "follow-up", "auto")


@dataclass(frozen=True)
class Knock:
    """A letter at the address of a case."""

    at: datetime
    case: int
    standing: str
    writer: str
    brings_back: bool


@dataclass(frozen=True)
class Arrival:
    """A letter at one recipient and what became of it: `case` is where it lies."""

    letter: Letter
    place: int
    at: datetime
    outcome: str
    case: int = 0
    knock: Knock | None = None
    brings: bool = False  # back what was solved
    about: tuple[str, int] = ("new", 0)  # what it is to go on with: «case» or «follow-up» and the number of the case; or nothing

    @property
    def to(self) -> Place:
        return self.letter.to[self.place]


class Model(House):
    """The house and what came in, line after line."""

    def __init__(self, diary: Diary) -> None:
        super().__init__()
        self.arrivals: dict[tuple[int, int], Arrival] = {}  # by letter and place
        self._letters: dict[int, Letter] = {}
        for line in diary:
            if line.deed == "letter":
                self._comes(line.at, line.more["letter"], line.more["opened"])
            elif line.deed == "let-in":
                self._settle(line.at, self._letters[line.more["letter"]], line.more["place"], line.more["opened"], let_in=True)
            else:
                self.happens(line)

    # ── at the door ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _comes(self, now: datetime, letter: Letter, opened: dict[int, int]) -> None:
        """The addresses of cases are looked at first, so that a copy to the desk finds what they made of it."""
        self._letters[letter.key] = letter
        places = [n for n, to in enumerate(letter.to) if letter.is_fetched or self._is_let_through(to, letter, now)]
        assert set(opened) <= set(places), ("a case for a letter that is refused at the door", letter, opened)
        for place in sorted(places, key=lambda n: (not self._is_known(letter.to[n], now), n)):
            self._settle(now, letter, place, opened)
        assert set(opened.values()) <= set(self.cases), ("a case for a letter that opens none", letter, opened)

    def _is_let_through(self, to: Place, letter: Letter, now: datetime) -> bool:
        """Whether our door takes it; who is refused there knows it, and it is in no book."""
        if not isinstance(to, Door):
            return to not in ("nobody", "elsewhere")
        case, address = self.address(to)
        if address.standing(now) == "expired":
            return letter.sender in case.people and not self.is_final(address, now)
        return address.lives(now)

    def _is_known(self, to: Place, now: datetime) -> bool:
        """Whether it is the address of a case, and nobody has forgotten whose."""
        return isinstance(to, Door) and self._standing(to, now) != "retired"

    def _standing(self, to: Place, now: datetime) -> str:
        return self.address(to)[1].standing(now) if isinstance(to, Door) else ""

    def _settle(self, now: datetime, letter: Letter, place: int, opened: dict[int, int], *, let_in: bool = False) -> None:
        to = letter.to[place]
        before = self.arrivals.get((letter.key, place))
        knock = before.knock if before else None  # it stays where a letter is let in when nobody knows the address any more
        if isinstance(to, Door) and self._is_known(to, now):
            case, standing = self.address(to)[0], self._standing(to, now)
            knock = Knock(now, case.number, standing, _writer(letter, case, standing), False)
        found = self._becomes(Arrival(letter, place, now, "held"), opened, let_in)
        if found.outcome == "duplicate":
            knock = None
        elif knock is not None and knock.at == now:
            knock = replace(knock, case=found.case or knock.case, brings_back=found.brings)
        self.arrivals[letter.key, place] = replace(found, knock=knock)
        if found.outcome in FILED:
            self._decide_copies(found)

    # ── what becomes of it ───────────────────────────────────────────────────────────────────────────────────────────

    def _becomes(self, held: Arrival, opened: dict[int, int], let_in: bool) -> Arrival:
        letter, to = held.letter, held.to
        if letter.is_ours:
            return replace(held, outcome="duplicate", case=self.case_of_mail[letter.is_ours])
        if letter.reports and isinstance(to, int):
            if letter.reports == "failed":
                self.came_back(to, held.at)
            return replace(held, outcome="report", case=self.home(self.case_of_mail[to]).number)
        if {letter.by, letter.sender} & self._blocked and not let_in:
            return held
        if isinstance(to, int):  # but for reports only absent people's machines write there
            return self._put_aside(held, self.home(self.case_of_mail[to]))
        if isinstance(to, Door):
            return self._at_address(held, to, opened, let_in)
        if to in ("Billing", "Repairs"):
            return self._at_desk(held, to, opened, let_in)
        if to == "elsewhere":
            return replace(held, outcome="refused")
        return self._opens(held, "Billing", opened) if let_in else held

    def _at_desk(self, held: Arrival, team: str, opened: dict[int, int], let_in: bool) -> Arrival:
        letter, now = held.letter, held.at
        for to in letter.to:  # a copy of what goes to a case
            if isinstance(to, Door) and self._standing(to, now) in LIVES:
                return self._at_address(held, to, opened, let_in)
        for to in letter.to:
            if isinstance(to, Door) and self._standing(to, now) == "expired" and not letter.is_machine:
                found = self._at_address(held, to, opened, let_in)
                if found.outcome not in ("held", "late"):
                    return found
        if (letter.is_machine or letter.is_unclear) and not let_in:
            return held
        return self._opens(held, team, opened)

    def _at_address(self, held: Arrival, door: Door, opened: dict[int, int], let_in: bool) -> Arrival:
        case, address = self.address(door)
        letter, standing = held.letter, address.standing(held.at)
        if standing in LIVES:
            if letter.is_machine:
                return self._put_aside(held, case)
            return self._joins(held, case, counts=letter.by in case.people and not letter.is_unclear)
        if standing != "expired" or letter.is_machine:
            return self._opens(held, "Billing", opened) if let_in else held
        return self._behind_the_end(held, door, opened, let_in)

    def _behind_the_end(self, held: Arrival, door: Door, opened: dict[int, int], let_in: bool) -> Arrival:
        letter, (case, address) = held.letter, self.address(door)
        if (case.spam or letter.is_unclear) and not let_in:
            return held
        writes = letter.by in case.people and not letter.is_unclear
        if writes or letter.sender in case.people:
            for other in self.that_follow(case):
                if any(who in other.people and other.has_living(who, held.at) for who in (letter.by, letter.sender)):
                    return self._joins(held, other, counts=True, follows=case.number)
            if self.is_final(address, held.at) and not let_in:
                return replace(held, outcome="late")
        elif not let_in:
            return held
        requester = letter.sender if letter.sender in case.people and not writes else letter.by
        return self._opens(held, case.team, opened, follows=case, requester=requester)

    def _put_aside(self, held: Arrival, case: Case) -> Arrival:
        return self._filed(replace(held, outcome="auto", case=case.number, about=("case", case.number)))

    def _joins(self, held: Arrival, case: Case, *, counts: bool, follows: int = 0) -> Arrival:
        found = replace(held, outcome="case", case=case.number, about=("case", case.number))
        found = self._filed(found, ("follow-up", follows))
        if found.outcome == "duplicate" or not counts:
            return found
        if case.spam:
            case.asked_as_spam = True
            return found
        back = case.state == "resolved" and not held.letter.only_thanks
        case.open_again(held.at)
        return replace(found, brings=back)

    def _opens(
        self, held: Arrival, team: str, opened: dict[int, int], *, follows: Case | None = None, requester: str = ""
    ) -> Arrival:
        filed = self._filed(replace(held, outcome="new-case"))
        if follows:
            found = replace(held, outcome="follow-up", about=("follow-up", follows.number))
            filed = self._filed(found, ("case", follows.number))
        if filed.outcome == "duplicate":
            return filed
        number = opened[held.place]  # a KeyError: here the desk opened none
        person = requester or held.letter.by
        case = Case(number, team, [person], follows=follows.number if follows else 0, secret=bool(follows and follows.secret))
        self.cases[number] = case
        case.give(person)
        return replace(filed, case=number, brings=follows is not None)

    # ── the same letter again ────────────────────────────────────────────────────────────────────────────────────────

    def _filed(self, found: Arrival, *or_about: tuple[str, int]) -> Arrival:
        """What is filed, or lies there already: the same bytes, or the same letter by another recipient, about the same story.

        A letter to two cases lies in both of them.
        """
        letters = [self._letters[key] for key in (found.letter.key, found.letter.again) if key]
        for key, place in ((letter.key, place) for letter in letters for place in range(len(letter.to))):
            other = self.arrivals.get((key, place))
            if other is None or (key, place) == (found.letter.key, found.place) or other.outcome not in FILED:
                continue
            if self._today(other.about) in (self._today(found.about), *or_about):
                return replace(found, outcome="duplicate", case=other.case)
        return found

    def _decide_copies(self, filed: Arrival) -> None:
        """What is held of the same bytes, for the same recipient, is decided with what lies in a case now."""
        for key, other in self.arrivals.items():
            if other.outcome == "held" and other.letter.first == filed.letter.first and other.to == filed.to:
                self.arrivals[key] = replace(other, outcome="duplicate", case=filed.case, at=filed.at)

    def _today(self, about: tuple[str, int]) -> tuple[str, int]:
        """Where a case goes on that was merged."""
        return ("case", self.home(about[1]).number) if about[0] == "case" else about


def _writer(letter: Letter, case: Case, standing: str) -> str:
    """Behind the end of an address whoever took part is known by their server's word, too."""
    if letter.is_machine or letter.reports:
        return "machine"
    if letter.is_unclear:
        return "doubtful"
    knows = letter.by in case.people or (standing not in LIVES and letter.sender in case.people)
    return "participant" if knows else "stranger"
