"""Doubtful mail and proposed people on the case's page: what is shown, and what each click does."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk import clock, db
from helpdesk.actions import proposals
from helpdesk.models import Case, Entry, OutboxMail, Proposal
from tests.web.browsing import Browser, anna_writes, mail_comes, words_of

Windows = Callable[..., Browser]
DENIED = "The sender’s domain says that this mail is not from it."


@pytest.fixture()
def bob(browser: Windows) -> Browser:
    return browser("bob")


def stranger(database: db.Database, number: int, text: str = "It is mine") -> int:
    return mail_comes(
        database, number, text, author="Eve", counts=False, flags=("stranger",), sender="eve@elsewhere.example", subject="Mine"
    )


def test_a_suspect_is_folded_with_one_plain_sentence(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    mail_comes(
        database, number, "Pay me", counts=False, flags=("suspect",), sender="anna@customer.example", level=0, level_why=DENIED
    )
    page = bob.get(f"/cases/{number}")
    assert "Is this mail genuine?" in words_of(page)
    assert "One mail waits for your decision. It is not certain who wrote it." in words_of(page)
    assert DENIED in words_of(page)
    assert re.search(
        r"<details class=\"q\"><summary>Read it all the same</summary>\s*<div class=\"text\"[^>]*>.*Pay me", page.text, re.S
    )
    assert "let-take-part" not in page.text  # who it is nobody knows


def test_the_name_of_a_participant_at_another_address_is_a_hint_and_no_more(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    mail_comes(
        database, number, "From my phone", author="Anna Kundin", counts=False, flags=("stranger",), sender="anna@phone.example"
    )
    page = words_of(bob.get(f"/cases/{number}"))
    assert "Perhaps it is Anna Kundin from another address." in page
    with database.reading() as session:
        assert [one.person.address for one in session.get_one(Case, number).participants] == ["anna@customer.example"]


def test_one_click_lets_a_mail_count(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    entry = stranger(database, number)
    page = words_of(bob.post(f"/cases/{number}/entries/{entry}/accept", follow_redirects=True))
    assert "Bob let the mail of Eve count" in page
    assert "waits for your decision" not in page
    assert "Somebody has decided" in words_of(bob.post(f"/cases/{number}/entries/{entry}/ignore"))


def test_one_click_lets_its_sender_take_part(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    entry = stranger(database, number)
    page = words_of(bob.post(f"/cases/{number}/entries/{entry}/let-take-part", follow_redirects=True))
    assert "Bob let Eve take part" in page


def test_one_click_gives_it_a_case_of_its_own(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    entry = stranger(database, number)
    answer = bob.post(f"/cases/{number}/entries/{entry}/new-case")
    assert answer.location == f"/cases/{number + 1}"
    assert "A mail in another case began this one" in words_of(bob.get(answer.location))
    older = words_of(bob.get(f"/cases/{number}"))
    assert "Mail from eve@elsewhere.example, in a case of its own" in older
    assert "A mail from here got a case of its own" in older


def test_one_click_puts_it_aside_and_one_more_takes_it_up_again(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    entry = stranger(database, number)
    page = words_of(bob.post(f"/cases/{number}/entries/{entry}/ignore", follow_redirects=True))
    assert "Mail from eve@elsewhere.example, put aside" in page
    assert "waits for your decision" not in page
    bob.post(f"/cases/{number}/entries/{entry}/reconsider")
    assert "waits for your decision" in words_of(bob.get(f"/cases/{number}"))


def test_a_mail_of_another_case_cannot_be_judged_here(bob: Browser, database: db.Database) -> None:
    number, other = anna_writes(database), anna_writes(database)
    entry = stranger(database, other)
    assert bob.post(f"/cases/{number}/entries/{entry}/accept").status_code == 404
    assert bob.post(f"/cases/{number}/proposals/4711/accept").status_code == 404


@pytest.mark.parametrize(
    ("name", "address", "warning"),
    [
        ("bank@bank.example", "eve@elsewhere.example", "the name shows another address than eve@elsewhere.example"),
        ("Bob", "eve@elsewhere.example", "calls themselves like one of us, but is eve@elsewhere.example"),
        ("Pаypal", "eve@elsewhere.example", "letters that look like others"),
        ("Eve", "eve@xn--80ak6aa92e.example", "letters that look like others"),
        ("Анна Вебер", "anna@elsewhere.example", ""),
        ("eve@elsewhere.example", "eve@elsewhere.example", ""),
    ],
)
def test_a_name_that_misleads_is_said_to(bob: Browser, database: db.Database, name: str, address: str, warning: str) -> None:
    number = anna_writes(database)
    mail_comes(database, number, "Hello", author=name, counts=False, flags=("stranger",), sender=address)
    page = bob.get(f"/cases/{number}")
    assert (
        (warning in words_of(page))
        if warning
        else "letters that look" not in words_of(page) and "the name shows" not in words_of(page)
    )


@pytest.mark.parametrize(
    ("address", "level", "warning"),
    [
        ("bob@example.org", 2, ""),
        ("bob@example.org", 1, "a colleague’s address, but nothing proves that they wrote it"),
        ("bob@elsewhere.example", 3, "calls themselves like one of us, but is bob@elsewhere.example"),
    ],
)
def test_a_colleague_who_writes_from_their_own_address_is_called_so_by_right(
    bob: Browser, database: db.Database, address: str, level: int, warning: str
) -> None:
    number = anna_writes(database)
    mail_comes(database, number, "Hello", author="Bob", sender=address, level=level)
    page = words_of(bob.get(f"/cases/{number}"))
    said = [words for words in ("a colleague’s address", "calls themselves like one of us") if words in page]
    assert (warning in page, len(said)) == (True, 1 if warning else 0)


def proposed(database: db.Database, number: int, address: str = "carl@customer.example") -> int:
    with database.transaction() as session:
        entry = session.scalars(select(Entry).where(Entry.case_number == number)).one()
        proposals.propose(session, session.get_one(Case, number), entry, [("Carl", address)], now=clock.now())
        return session.scalars(select(Proposal.id)).one()


def recipients(database: db.Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMail.recipient).where(OutboxMail.kind == "reply").order_by(OutboxMail.id)))


def test_an_answer_goes_to_nobody_proposed_unless_they_are_ticked(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    row = proposed(database, number)
    page = bob.get(f"/cases/{number}")
    assert "Only whom you tick here gets this answer, and every later one." in words_of(page)
    assert f'name="add" value="{row}"> Carl' in page.text
    bob.post(f"/cases/{number}", {"text": "Hello"})
    assert recipients(database) == ["anna@customer.example"]
    bob.post(f"/cases/{number}", {"text": "Hello both", "add": str(row)})
    assert recipients(database) == ["anna@customer.example"] * 2 + ["carl@customer.example"]


def test_a_draft_and_an_answer_that_comes_back_know_who_was_ticked(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    row = proposed(database, number)
    ticked = rf'name="add" value="{row}" checked'
    form = {"text": "Both of you", "offered": [], "add": [str(row)]}
    bob.post(f"/cases/{number}/draft", {**form, "key": "k"})
    assert re.search(ticked, bob.get(f"/cases/{number}").text)
    page = bob.post(f"/cases/{number}", {**form, "key": "k"}, follow_redirects=True)
    (path,) = set(re.findall(rf'action="(/cases/{number}/entries/\d+/take-back)"', page.text))
    page = bob.post(path, follow_redirects=True)
    assert re.search(ticked, page.text)
    assert "Carl took" not in words_of(page)


def test_a_proposal_is_accepted_or_declined_by_one_click(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    row = proposed(database, number)
    page = words_of(bob.post(f"/cases/{number}/proposals/{row}/decline", follow_redirects=True))
    assert "Bob did not let Carl take part" in page
    assert "Also written to" not in page
    page = words_of(bob.post(f"/cases/{number}/proposals/{row}/accept", follow_redirects=True))
    assert "Bob let Carl take part" in page


def test_codes_are_hidden_until_an_agent_asks_and_the_look_is_on_record(
    browser: Windows, bob: Browser, database: db.Database
) -> None:
    number = anna_writes(
        database, "Your code is 123456: https://slack.example/confirm/secret", name="Slack", address="feedback@slack.example",
        flags=("verification",), sender="feedback@slack.example", html="<b>123456</b>",
    )  # fmt: skip
    with database.reading() as session:
        entry = session.scalars(select(Entry)).one().id
        assert "123456" not in session.get_one(Case, number).last_words
    page = bob.get(f"/cases/{number}").text
    assert "123456" not in page
    assert "secret" not in page
    assert bob.get(f"/entries/{entry}/html").status_code == 404
    assert f"/cases/{number}" not in bob.get("/cases?q=123456").text
    seen = bob.post(f"/cases/{number}/entries/{entry}/show-codes", follow_redirects=True)
    assert "Your code is 123456" in words_of(seen)
    assert "Bob looked at the codes in the mail of Slack" in words_of(seen)
    assert bob.get(f"/entries/{entry}/html").status_code == 200
    assert "123456" not in browser("carol").get(f"/cases/{number}").text
