"""What becomes of every letter that comes to a desk, and how the addresses of its cases live and end, worked out from the diary alone.

An address lives as long as its case is not solved, and 28 days longer.  Whoever takes part goes on with the case by it; behind its
end a letter of theirs opens a case that follows the first, and the next ones go there.  Others are told of in the case and move
nothing; behind the end they are held.  A machine's mail is put aside in its case, and held where that is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.figures.door_diary import Diary, Door, Letter, Line, Place

GRACE, WEEK = timedelta(days=28), timedelta(days=7)
RETIRED_AFTER = timedelta(days=335)
LIVES = ("active", "grace")


@dataclass
class Address:
    """An address of somebody in a case; `came_with` a case that was merged."""

    door: Door
    ends: datetime | None = None
    noted: datetime | None = None  # that it had ended
    revoked: datetime | None = None
    retired: datetime | None = None
    came_with: bool = False

    def standing(self, now: datetime) -> str:
        if self.retired:
            return "retired"
        if self.revoked:
            return "revoked"
        if self.ends is None:
            return "active"
        return "grace" if now < self.ends else "expired"


@dataclass
class Case:
    number: int
    team: str
    people: list[str]
    follows: int = 0
    state: str = "new"
    secret: bool = False
    spam: bool = False
    before_spam: str = ""
    asked_as_spam: bool = False  # somebody who takes part wrote meanwhile
    into: int = 0
    addresses: list[Address] = field(default_factory=list)  # in the order in which they were given out


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

    @property
    def to(self) -> Place:
        return self.letter.to[self.place]


class House:
    """All cases, their addresses, and what came in, line after line."""

    def __init__(self, diary: Diary) -> None:
        self.cases: dict[int, Case] = {}
        self.arrivals: dict[tuple[int, int], Arrival] = {}  # by letter and place
        self.unread: list[tuple[datetime, Letter]] = []
        self.laid_again: list[int] = []
        self.trips: dict[datetime, datetime | None] = {}  # when a probe left → when it was back
        self.bounced: dict[int, datetime] = {}  # mail of ours → when it first came back
        self.case_of_mail: dict[int, int] = {}
        self._letters: dict[int, Letter] = {}
        self._last_answer: dict[int, list[tuple[datetime, frozenset[int]]]] = {}
        self._blocked: set[str] = set()
        self._strict = False
        for line in diary:
            self._happens(line)

    # ── where things are ─────────────────────────────────────────────────────────────────────────────────────────────

    def home(self, number: int) -> Case:
        """The case in which this one goes on."""
        case = self.cases[number]
        while case.into:
            case = self.cases[case.into]
        return case

    def address(self, door: Door) -> tuple[Case, Address]:
        """An address and the case to which it leads."""
        case = self.home(door.case)
        return case, next(one for one in case.addresses if one.door == door)

    def all_addresses(self) -> Iterator[tuple[Case, Address]]:
        return ((case, one) for case in self.cases.values() for one in case.addresses)

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _happens(self, line: Line) -> None:
        now, more = line.at, line.more
        case = self.cases.get(line.case)
        match line.deed:
            case "letter":
                self._comes(now, more["letter"], more["opened"])
            case "let-in":
                letter, place = self._letters[more["letter"]], more["place"]
                self._settle(now, letter, place, more["opened"], let_in=True)
            case "kept":
                self.unread.append((now, more["letter"]))
            case "laid-again":
                self.laid_again.append(more["letter"])
            case "blocked":
                self._blocked.add(more["person"])
            case "strict":
                self._strict = True
            case "sweep":
                self._sweep(now)
            case "probe":
                self.trips[now] = None
            case "probe-back":
                self.trips[more["sent"]] = now
            case "revoked":
                self.address(more["door"])[1].revoked = now
            case "rotated":
                home, old = self.address(more["door"])
                old.revoked = now
                fresh = self._give(home, old.door.person)
                fresh.ends = old.ends if old.ends is None or old.ends > now else now + GRACE
            case "extended":
                address = self.address(more["door"])[1]
                assert address.ends is not None
                address.ends, address.noted = max(address.ends, now) + timedelta(days=more["days"]), None
            case _:
                assert case is not None
                self._done_to(case, line)

    def _done_to(self, case: Case, line: Line) -> None:
        now, more = line.at, line.more
        match line.deed:
            case "answer":
                self._answer(case, now, more["mails"], resolves=more["resolves"])
            case "solved":
                self._solve(case, now)
            case "reopened":
                self._open_again(case, now)
            case "joins":
                case.people.append(more["person"])
                self._give(case, more["person"])
                if case.state == "resolved":
                    self._begin_grace(case, now)
            case "secret":
                case.secret = True
            case "team":
                case.team = more["to"]
            case "merged":
                self._merge(case, self.cases[more["into"]], now)
            case "spam":
                case.before_spam, case.asked_as_spam = case.state, False
                if case.state != "resolved":
                    self._solve(case, now)
                case.spam = True
            case "no-spam":
                case.spam = False
                if case.before_spam != "resolved" or case.asked_as_spam:
                    was = case.before_spam
                    case.state = "new" if was == "new" else "open" if case.asked_as_spam else was
                    self._renew(case, now)

    # ── how addresses live ───────────────────────────────────────────────────────────────────────────────────────────

    def _give(self, case: Case, person: str) -> Address:
        number = 1 + sum(one.door[:2] == (case.number, person) for one in case.addresses)
        case.addresses.append(Address(Door(case.number, person, number)))
        return case.addresses[-1]

    def _begin_grace(self, case: Case, now: datetime) -> None:
        for one in case.addresses:
            if one.standing(now) in LIVES and (one.ends is None or one.ends < now + GRACE):
                one.ends = now + GRACE

    def _renew(self, case: Case, now: datetime) -> None:
        for one in case.addresses:
            if one.standing(now) in ("grace", "expired"):
                one.ends = one.noted = None

    def _sweep(self, now: datetime) -> None:
        for _case, one in self.all_addresses():
            if one.standing(now) == "expired" and one.noted is None:
                one.noted = now
            over = [at for at in (one.noted, one.revoked) if at is not None]
            if one.retired is None and any(at <= now - RETIRED_AFTER for at in over):
                one.retired = now

    def _carried(self, case: Case, person: str, now: datetime) -> None:
        """The address that a mail to somebody carries: one that lives, or theirs lives again, or a new one."""
        theirs = [one for one in case.addresses if one.door.person == person]
        theirs.sort(key=lambda one: (one.came_with, -case.addresses.index(one)))
        if any(one.standing(now) in LIVES for one in theirs):
            return
        if not theirs or theirs[0].standing(now) in ("revoked", "retired"):
            self._give(case, person)
        else:
            theirs[0].ends, theirs[0].noted = now + GRACE, None

    # ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────────────────

    def _solve(self, case: Case, now: datetime) -> None:
        case.state = "resolved"
        self._begin_grace(case, now)

    def _open_again(self, case: Case, now: datetime) -> None:
        if case.state == "resolved":
            self._renew(case, now)
        case.state = "open" if case.state != "new" else "new"

    def _answer(self, case: Case, now: datetime, mails: dict[str, int], *, resolves: bool) -> None:
        assert set(mails) == set(case.people), (mails, case)
        for person in mails:
            self._carried(case, person, now)
        self.case_of_mail |= dict.fromkeys(mails.values(), case.number)
        self._last_answer.setdefault(case.number, []).append((now, frozenset(mails.values())))
        if case.state == "resolved" or resolves:
            self._solve(case, now)
        else:
            case.state = "waiting"

    def _merge(self, case: Case, into: Case, now: datetime) -> None:
        into.people += [one for one in case.people if one not in into.people]
        for one in case.addresses:
            one.came_with = True
        into.addresses, case.addresses = [*into.addresses, *case.addresses], []
        both = {case.state, into.state}
        case.into, case.state = into.number, "resolved"
        if both != {"resolved"}:
            into.state = "new" if both == {"new"} else "open" if both & {"new", "open"} else "waiting"
            self._renew(into, now)

    # ── what becomes of a letter ─────────────────────────────────────────────────────────────────────────────────────

    def _comes(self, now: datetime, letter: Letter, opened: dict[int, int]) -> None:
        self._letters[letter.key] = letter
        places = [n for n, to in enumerate(letter.to) if letter.is_fetched or self._is_let_through(to, letter, now)]
        doors = {n: isinstance(letter.to[n], Door) and self._standing(letter.to[n], now) != "retired" for n in places}
        expected = []
        for place in sorted(places, key=lambda n: (not doors[n], n)):
            self._settle(now, letter, place, opened)
            expected.append(place)
        assert set(opened) <= set(expected), ("a case for a letter that is refused at the door", letter, opened)

    def _standing(self, to: Place, now: datetime) -> str:
        return self.address(to)[1].standing(now) if isinstance(to, Door) else ""

    def _is_let_through(self, to: Place, letter: Letter, now: datetime) -> bool:
        """Whether our door takes it; who is refused there knows it, and it is in no book."""
        if isinstance(to, Door):
            case, address = self.address(to)
            standing = address.standing(now)
            if standing == "expired":
                return letter.sender in case.people and not self._is_final(address, now)
            return standing in LIVES
        return to not in ("nobody", "elsewhere")

    def _is_final(self, address: Address, now: datetime) -> bool:
        assert address.ends is not None
        return self._strict and max(now, address.noted or now) >= address.ends + WEEK

    def _settle(self, now: datetime, letter: Letter, place: int, opened: dict[int, int], *, let_in: bool = False) -> None:
        to = letter.to[place]
        knock = None
        if isinstance(to, Door) and self._standing(to, now) != "retired":
            case, address = self.address(to)
            knock = Knock(now, case.number, address.standing(now), self._writer(letter, case, address.standing(now)), False)
        found = self._becomes(now, letter, place, opened, let_in)
        if found.outcome == "duplicate":
            knock = None
        elif knock is None and (letter.key, place) in self.arrivals:  # let in when nobody knew the address any more
            knock = self.arrivals[letter.key, place].knock
        if knock is not None and knock.at == now:
            knock = replace(knock, case=found.case or knock.case, brings_back=found.brings)
        self.arrivals[letter.key, place] = replace(found, knock=knock)

    def _writer(self, letter: Letter, case: Case, standing: str) -> str:
        if letter.is_machine or letter.reports:
            return "machine"
        if letter.is_unclear:
            return "doubtful"
        knows = letter.by in case.people or (standing not in LIVES and letter.sender in case.people)
        return "participant" if knows else "stranger"

    def _becomes(self, now: datetime, letter: Letter, place: int, opened: dict[int, int], let_in: bool) -> Arrival:
        to = letter.to[place]
        held = Arrival(letter, place, now, "held")
        if letter.is_ours:
            return replace(held, outcome="duplicate", case=self.case_of_mail[letter.is_ours])
        if letter.reports:
            assert isinstance(to, int)
            return self._comes_home(now, letter, place, to)
        if {letter.by, letter.sender} & self._blocked and not let_in:
            return held
        if isinstance(to, int):  # only machines write there
            return self._filed(replace(held, outcome="auto", case=self.home(self.case_of_mail[to]).number))
        if isinstance(to, Door):
            return self._at_door(held, to, opened, let_in)
        if to in ("Billing", "Repairs"):
            return self._at_desk(held, to, opened, let_in)
        if to == "elsewhere":
            return replace(held, outcome="refused")
        return self._opens(held, "Billing", opened) if let_in else held

    def _at_desk(self, held: Arrival, team: str, opened: dict[int, int], let_in: bool) -> Arrival:
        letter, now = held.letter, held.at
        for to in letter.to:  # a copy of what goes to a case
            if isinstance(to, Door) and self._standing(to, now) in LIVES:
                return self._at_door(held, to, opened, let_in)
        for to in letter.to:
            if isinstance(to, Door) and self._standing(to, now) == "expired" and not letter.is_machine:
                found = self._at_door(held, to, opened, let_in)
                if found.outcome not in ("held", "late"):
                    return found
        if letter.is_machine or letter.is_unclear:
            return self._opens(held, team, opened) if let_in else held
        return self._opens(held, team, opened)

    def _at_door(self, held: Arrival, door: Door, opened: dict[int, int], let_in: bool) -> Arrival:
        case, address = self.address(door)
        letter, standing = held.letter, address.standing(held.at)
        if standing in ("revoked", "retired"):
            return self._opens(held, "Billing", opened) if let_in else held
        takes_part = letter.by in case.people and not letter.is_unclear
        if standing in LIVES:
            if letter.is_machine:
                return self._filed(replace(held, outcome="auto", case=case.number))
            return self._joins(held, case, counts=takes_part)
        if letter.is_machine:
            return self._opens(held, "Billing", opened) if let_in else held
        if (case.spam or letter.is_unclear) and not let_in:
            return held
        if takes_part or letter.sender in case.people:
            for other in self._that_follow(case):
                if any(who in other.people and self._has_living(other, who, held.at) for who in (letter.by, letter.sender)):
                    return self._joins(held, other, counts=True)
            if self._is_final(address, held.at) and not let_in:
                return replace(held, outcome="late")
        elif not let_in:
            return held
        requester = letter.by if takes_part or letter.sender not in case.people else letter.sender
        return self._opens(held, case.team, opened, follows=case, requester=requester)

    def _that_follow(self, case: Case) -> list[Case]:
        """The cases that follow one, where they go on now, the newest first."""
        found = [self.home(one.number) for one in reversed(self.cases.values()) if one.follows == case.number]
        return list({one.number: one for one in found}.values())

    def _has_living(self, case: Case, person: str, now: datetime) -> bool:
        return any(one.door.person == person and one.standing(now) in LIVES for one in case.addresses)

    def _joins(self, held: Arrival, case: Case, *, counts: bool) -> Arrival:
        found = self._filed(replace(held, outcome="case", case=case.number))
        if found.outcome == "duplicate" or not counts:
            return found
        if case.spam:
            case.asked_as_spam = True
            return found
        back = case.state == "resolved" and not held.letter.only_thanks
        self._open_again(case, held.at)
        return replace(found, brings=back)

    def _opens(
        self, held: Arrival, team: str, opened: dict[int, int], *, follows: Case | None = None, requester: str = ""
    ) -> Arrival:
        filed = self._filed(replace(held, outcome="follow-up" if follows else "new-case"))
        if filed.outcome == "duplicate":
            return filed
        number = opened[held.place]  # a KeyError: here the desk opens no case
        person = requester or held.letter.by
        case = Case(number, team, [person], follows=follows.number if follows else 0, secret=bool(follows and follows.secret))
        self.cases[number] = case
        self._give(case, person)
        return replace(filed, case=number, brings=follows is not None)

    def _filed(self, found: Arrival) -> Arrival:
        """What is filed, or lies there already: the same bytes, or the same letter by another recipient."""
        same = (found.letter.key, found.letter.again)
        for (key, place), other in self.arrivals.items():
            is_other = key in same and (key, place) != (found.letter.key, found.place)
            if is_other and other.outcome in ("case", "new-case", "follow-up", "auto") and self._leads_alike(found, other):
                return replace(found, outcome="duplicate", case=other.case)
        return found

    def _leads_alike(self, one: Arrival, other: Arrival) -> bool:
        """Whether both are about one story: a letter to two cases lies in both of them."""
        if not one.case or not other.case:
            return True
        a, b = self.home(one.case), self.home(other.case)
        return a is b or b.follows == a.number or a.follows == b.number

    def _comes_home(self, now: datetime, letter: Letter, place: int, mail: int) -> Arrival:
        number = self.case_of_mail[mail]
        case = self.home(number)
        if letter.reports == "failed" and mail not in self.bounced:
            self.bounced[mail] = now
            story = [one for one in self.cases if self.home(one) is case]
            answers = [answer for one in story for answer in self._last_answer.get(one, [])]
            if mail in max(answers)[1]:
                self._open_again(case, now)
        return Arrival(letter, place, now, "report", case.number)
