"""The cast of the stories: Anna writes in, Bob is her agent, Carol supervises, Mallory must never see or reach anything.

A story is told in their words, and runs over every way of `tests/ways.py`:

    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    bob.resolves(case)
    desk.days_pass(3)
    anna.answers("Still burning")
    assert case.is_open
    assert case.last_message.text == "Still burning"

Time stands still but for what a story lets pass.  After each story the books have to agree.
"""

from __future__ import annotations

import email.utils
import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.actions import addresses, agents, cases, desks, entries, merging, post
from helpdesk.models import Agent, Arrival, Case, Entry, Job, ReplyAddress
from helpdesk.queries import books
from helpdesk.queries import post as post_room
from helpdesk.queries.proposals import waiting
from tests.relay import Carried
from tests.story_case import Arrived, Brought, Door, Said, StoryCase
from tests.story_desk import Desk
from tests.ways import Site, outside

HELP = "help@example.org"
MONDAY = datetime.fromisoformat("2025-01-06T10:00:00+01:00")  # in the past: mail servers do not believe in mail from the future


# ── the people ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Letter:
    """A mail of ours as its recipient sees it."""

    def __init__(self, carried: Carried) -> None:
        self.sender, self.raw, self.message = carried.sender, carried.raw, carried.message
        self.text = str(self.message.get_body(("plain",)).get_content())  # type: ignore[union-attr]

    def __repr__(self) -> str:
        return f"{self['Subject']!r} to {self['To']}: {self.text[:60]!r}"

    def __getitem__(self, name: str) -> str:
        return str(self.message[name] or "")

    @property
    def reply_to(self) -> str:
        """The address that an answer goes to."""
        return email.utils.parseaddr(self["Reply-To"] or self["From"])[1]

    @property
    def is_automatic(self) -> bool:
        return self["Auto-Submitted"] not in ("", "no")


class Customer:
    """Somebody who writes to us, with a mail program of their own."""

    def __init__(self, desk: Desk, name: str, address: str) -> None:
        self._desk, self.name, self.address = desk, name, address
        self._ids = (f"<{number}.{address}>" for number in itertools.count(1))

    @property
    def inbox(self) -> list[Letter]:
        """Every mail of ours that reached them."""
        return [Letter(mail) for mail in self._desk.relay.mails if self.address in mail.recipients]

    def writes(self, text: str, **more: Any) -> StoryCase:
        """A mail that opens a case; that case."""
        brought = self.sends(text, **more)
        assert brought.outcome in ("new-case", "follow-up"), brought
        return brought.case

    def sends(self, text: str, *, to: str | Sequence[str] = HELP, envelope: str | None = None, **more: Any) -> Brought:
        """A mail to whomever.  `envelope` is its sender for servers; `letter` knows what else there is to say."""
        recipients = [to] if isinstance(to, str) else list(to)
        return self._desk.takes(self.letter(text, to=recipients, **more), self._from(envelope), recipients)

    def answers(
        self, text: str, letter: Letter | None = None, *, copy_to: str = "", envelope: str | None = None, **more: Any
    ) -> Brought:
        """Press «reply» under a mail of ours (the last one), as mail programs do it: quoted below, with a copy to `copy_to`."""
        letter = letter or self.inbox[-1]
        recipients = [more.pop("to", letter.reply_to), *filter(None, [copy_to])]
        raw = self.letter(text + _quoted(letter), to=recipients[:1], cc=recipients[1:], **{**_threaded(letter), **more})
        return self._desk.takes(raw, self._from(envelope), recipients)

    def letter(
        self,
        text: str,
        *,
        to: Sequence[str] = (HELP,),
        cc: Sequence[str] = (),
        subject: str = "A complaint",
        author: str | None = None,
        message_id: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        date: datetime | None = None,
    ) -> bytes:
        """The bytes of a mail.  `author` is a whole From field; a `message_id` of "" leaves that field out."""
        message = EmailMessage(SMTP)
        message["From"] = author or str(Address(self.name, addr_spec=self.address))
        message["To"] = ", ".join(to)
        if cc:
            message["Cc"] = ", ".join(cc)
        message["Subject"] = subject
        message["Date"] = email.utils.format_datetime(date or clock.now())
        if message_id != "":
            message["Message-ID"] = message_id or next(self._ids)
        for name, value in headers:
            message[name] = value
        message.set_content(text)
        return message.as_bytes()

    def _from(self, envelope: str | None) -> str:
        return self.address if envelope is None else envelope


def _threaded(letter: Letter) -> dict[str, Any]:
    """Subject and threading fields of an answer (RFC 5322 §3.6.4)."""
    subject, message_id = letter["Subject"], letter["Message-ID"]
    references = " ".join(filter(None, [letter["References"], message_id]))
    return {
        "subject": subject if subject.lower().startswith("re:") else f"Re: {subject}",
        "headers": [("In-Reply-To", message_id), ("References", references)],
    }


def _quoted(letter: Letter) -> str:
    lines = "\n".join(f"> {line}" for line in letter.text.splitlines())
    return f"\n\nOn {letter['Date']}, {letter['From']} wrote:\n{lines}\n"


class Colleague:
    """An agent at work."""

    def __init__(self, desk: Desk, name: str, address: str, role: str) -> None:
        self._desk, self.address = desk, address
        with desk.database.transaction() as session:
            self._id = agents.create(session, address, name, role=role, now=clock.now()).id

    @property
    def inbox(self) -> list[Letter]:
        return [Letter(mail) for mail in self._desk.relay.mails if self.address in mail.recipients]

    def replies(self, case: StoryCase, text: str, *, key: str | None = None, resolving: bool = False) -> Said:
        def deed(session: Session) -> int:
            row, me = session.get_one(Case, case.number), self._me(session)
            more = {"idempotency_key": key, "then_resolve": resolving}
            return entries.reply(session, row, text, agent=me, now=clock.now(), **more).id  # type: ignore[arg-type]

        entry_id = self._desk.changes(deed)
        return next(said for said in case.said if said.id == entry_id)

    def notes(self, case: StoryCase, text: str) -> None:
        self._desk.changes(lambda s: entries.note(s, s.get_one(Case, case.number), text, agent=self._me(s), now=clock.now()))

    def resolves(self, case: StoryCase) -> None:
        self._desk.changes(lambda s: cases.resolve(s, s.get_one(Case, case.number), agent=self._me(s), now=clock.now()))

    def reopens(self, case: StoryCase) -> None:
        self._desk.changes(lambda s: cases.reopen(s, s.get_one(Case, case.number), agent=self._me(s), now=clock.now()))

    def merges(self, case: StoryCase, into: StoryCase) -> None:
        """The one goes on in the other."""

        def deed(session: Session) -> None:
            one, other = session.get_one(Case, case.number), session.get_one(Case, into.number)
            merging.merge(session, one, other, agent=self._me(session), now=clock.now())

        self._desk.changes(deed)

    def unmerges(self, case: StoryCase) -> None:
        self._desk.changes(lambda s: merging.unmerge(s, s.get_one(Case, case.number), agent=self._me(s), now=clock.now()))

    def adds(self, case: StoryCase, customer: Customer) -> None:
        """Let somebody take part."""
        from helpdesk.actions import people

        def deed(session: Session) -> None:
            person = people.known(session, customer.address, customer.name, now=clock.now())
            cases.add_participant(session, session.get_one(Case, case.number), person, agent=self._me(session), now=clock.now())

        self._desk.changes(deed)

    def judges(self, case: StoryCase, deed: Callable[..., Any], **more: Any) -> StoryCase:
        """Decide about the doubtful mail that came last (`doubts.accept` and its like); the case that it lies in then."""

        def judge(session: Session) -> StoryCase:
            row, entry = session.get_one(Case, case.number), session.get_one(Entry, case.last_message.id)
            found = deed(session, row, entry, agent=self._me(session), now=clock.now(), **more)
            return StoryCase(self._desk.database, found.number) if isinstance(found, Case) else case

        found: StoryCase = self._desk.changes(judge)
        return found

    def decides_on(self, case: StoryCase, proposed: str, deed: Callable[..., Any]) -> None:
        """Say yes (`proposals.accept`) or no to somebody who was proposed."""

        def decide(session: Session) -> None:
            row = session.get_one(Case, case.number)
            one = next(one for one in waiting(session, row) if one.address == proposed)
            deed(session, row, one, agent=self._me(session), now=clock.now())

        self._desk.changes(decide)

    def revokes(self, door: Door) -> None:
        self._at(door, lambda s, row: addresses.revoke(s, row, agent=self._me(s), now=clock.now()))

    def rotates(self, door: Door) -> None:
        self._at(door, lambda s, row: addresses.rotate(s, row, agent=self._me(s), now=clock.now()))

    def extends(self, door: Door, days: int) -> None:
        self._at(door, lambda s, row: addresses.extend(s, row, days, agent=self._me(s), now=clock.now()))

    def releases(self, arrived: int) -> Arrived:
        """Let a held mail in."""
        return self._again(arrived, post.release)

    def replays(self, arrived: int) -> Arrived:
        """Have a mail read and routed anew."""
        return self._again(arrived, post.replay)

    def _again(self, arrived: int, deed: Callable[..., None]) -> Arrived:
        self._desk.changes(lambda s: deed(s, s.get_one(Arrival, arrived), agent=self._me(s), now=clock.now()))
        return next(line for line in self._desk.post_room if line.id == arrived)

    def _at(self, door: Door, deed: Callable[[Session, ReplyAddress], Any]) -> None:
        self._desk.changes(lambda session: deed(session, session.get_one(ReplyAddress, door.id)))

    def _me(self, session: Session) -> Agent:
        return session.get_one(Agent, self._id)


# ── the fixtures ───────────────────────────────────────────────────────────────────────────────────────────────────


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "desk(**settings): settings of the desk in which a story plays")


@pytest.fixture()
def desk(way: str, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk on Monday morning, the story's way.  After the story its books have to agree."""
    site: Site = request.getfixturevalue("sqlite_site" if way.endswith("sqlite") else "postgresql_site")
    chosen = {name: value for mark in request.node.iter_markers("desk") for name, value in mark.kwargs.items()}
    with clock.freeze(MONDAY):
        database = site.fresh(**chosen)
        with database.transaction() as session:
            desks.sync_from_settings(session, now=clock.now())
        with outside(way, database, request) as around:
            desk = Desk(database, way, around)
            yield desk
            _the_books_agree(desk)
            _no_mail_of_ours_says_too_much(desk)
            desk.close()


@pytest.fixture()
def anna(desk: Desk) -> Customer:
    """Writes in."""
    return Customer(desk, "Anna Weber", "anna@customer.example")


@pytest.fixture()
def carl(desk: Desk) -> Customer:
    """Anna's colleague, who may take part in her case."""
    return Customer(desk, "Carl Weber", "carl@customer.example")


@pytest.fixture()
def mallory(desk: Desk) -> Iterator[Customer]:
    """A stranger, to whom no mail of ours ever goes."""
    mallory = Customer(desk, "Mallory", "mallory@evil.example")
    yield mallory
    assert mallory.inbox == []


@pytest.fixture()
def bob(desk: Desk) -> Colleague:
    """Anna's agent."""
    return Colleague(desk, "Bob Builder", "bob@example.org", "agent")


@pytest.fixture()
def carol(desk: Desk) -> Colleague:
    """Supervises."""
    return Colleague(desk, "Carol", "carol@example.org", "supervisor")


def _the_books_agree(desk: Desk) -> None:
    """Conservation: what was accepted has one outcome and one sentence, and no job lies about."""
    with desk.database.reading() as session:
        ledger = post_room.ledger(session)
        assert (ledger.mismatch, ledger.waiting) == (0, 0), ledger
        assert not list(books.problems(session))
        assert session.scalars(select(Job.kind).where(Job.state == "dead")).all() == []
    assert all(line.outcome and line.reason.endswith(".") for line in desk.post_room)


def _no_mail_of_ours_says_too_much(desk: Desk) -> None:
    """Automatic mail is marked and cannot be answered by a machine; nobody sees anybody else's door."""
    doors = {door.address: door.of for case in desk.cases for door in case.doors}
    for carried in desk.relay.mails:
        letter, (recipient,) = Letter(carried), carried.recipients
        if recipient.startswith("p-") and letter["Subject"].startswith("Holdline probe "):
            continue  # the canary's, to ourselves
        assert recipient.rpartition("@")[2] != desk.settings.reply_domain
        if letter.is_automatic:
            assert letter.sender == (desk.relay.only_sender or "")
            assert letter["X-Auto-Response-Suppress"] == "All"
        seen = [address for address in doors if address.encode() in carried.raw]
        assert all(doors[address] == recipient for address in seen), letter
