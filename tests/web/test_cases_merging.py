"""Merging, splitting, linking, leaving, spam and blocks, as their pages do them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from helpdesk import db
from helpdesk.models import Block, Case
from tests.web.browsing import Browser, anna_writes, mail_comes, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def bob(browser: Windows) -> Browser:
    return browser("bob")


@pytest.fixture()
def first(database: db.Database, bob: Browser) -> int:
    return anna_writes(database, "It burns")


@pytest.fixture()
def second(database: db.Database, first: int) -> int:
    return anna_writes(database, "It smokes")


@pytest.fixture()
def carls(database: db.Database, first: int) -> int:
    return anna_writes(database, "The hall is full of smoke", address="carl@customer.example", name="Carl")


def merge(bob: Browser, number: int, into: int, **more: str):
    return bob.post(f"/cases/{number}/merge", {"into": str(into), **more}, follow_redirects=True)


def test_a_merge_leads_to_the_other_case_where_the_whole_story_stands(bob: Browser, first: int, second: int) -> None:
    assert f'value="{first}"' in bob.get(f"/cases/{second}/merge").text
    page = merge(bob, second, first)
    assert page.request.path == f"/cases/{first}"
    assert f"Case {second} goes on in this one." in words_of(page)
    assert re.search(rf"Anna Kundin wrote from case {second} .*It smokes", words_of(page))
    assert f"Bob merged another case into this one: case {second}" in words_of(page)


def test_the_merged_page_says_where_it_goes_on_and_can_only_be_read(bob: Browser, first: int, second: int) -> None:
    for kind in ("answer", "note"):
        bob.post(f"/cases/{second}", {"kind": kind, "text": "Use the stairs", "key": kind})
    merge(bob, second, first)
    page = bob.get(f"/cases/{second}")
    assert f"This case goes on in case {first}." in words_of(page)
    assert "It smokes" in words_of(page)
    assert 'id="reply"' not in page.text
    posts = set(re.findall(r'action="(/cases/[^"]+)"', page.text))
    assert posts == {f"/cases/{second}/unmerge"}


def test_it_is_taken_out_again_by_one_click(bob: Browser, database: db.Database, first: int, second: int) -> None:
    merge(bob, second, first)
    page = bob.post(f"/cases/{second}/unmerge", follow_redirects=True)
    assert 'id="reply"' in page.text
    assert f"Bob took this case out again of case {first}" in words_of(page)
    assert "It smokes" not in words_of(bob.get(f"/cases/{first}"))
    assert f"Case {second} has not been merged." in words_of(bob.post(f"/cases/{second}/unmerge"))


def test_different_customers_are_asked_about_once(bob: Browser, database: db.Database, first: int, carls: int) -> None:
    asked = merge(bob, carls, first)
    assert "These cases have different customers" in words_of(asked)
    with database.reading() as session:
        assert session.get_one(Case, carls).merged_into is None
    assert merge(bob, carls, first, sure="1").request.path == f"/cases/{first}"


def test_a_number_that_is_none_and_the_case_itself_are_refused_at_the_field(bob: Browser, first: int, second: int) -> None:
    for typed, said in (
        ("9999", "Which case?"),
        ("", "Which case?"),
        ("²", "Which case?"),
        (str(first), "cannot be merged with itself"),
    ):
        page = bob.post(f"/cases/{first}/merge", {"into": "other", "other": typed})
        assert page.status_code == 422
        assert said in words_of(page)


def test_an_answer_that_comes_too_late_is_not_lost(bob: Browser, first: int, second: int) -> None:
    merge(bob, second, first)
    page = bob.post(f"/cases/{second}", {"kind": "answer", "text": "Use the stairs", "key": "k", "seen": "0"})
    assert page.status_code == 422
    assert "Use the stairs" in page.text
    assert f"Case {second} was merged into this one meanwhile." in words_of(page)
    other = bob.post(f"/cases/{second}/resolve", follow_redirects=True)
    assert other.request.path == f"/cases/{first}"


def test_a_stranger_s_mail_of_a_merged_case_is_decided_about_where_it_goes_on(
    bob: Browser, database: db.Database, first: int, second: int
) -> None:
    doubtful = mail_comes(
        database,
        second,
        "It is mine",
        author="Eve",
        counts=False,
        flags=("stranger",),
        sender="eve@elsewhere.example",
        subject="x",
    )
    merge(bob, second, first)
    page = bob.post(f"/cases/{first}/entries/{doubtful}/accept", follow_redirects=True)
    assert page.status_code == 200
    assert "The mail counts from now." in words_of(page)


def test_some_entries_get_a_case_of_their_own(bob: Browser, database: db.Database, first: int) -> None:
    entry = mail_comes(database, first, "And the bill is wrong", sender="anna@customer.example", author="Anna")
    page = bob.get(f"/cases/{first}/split")
    assert f'name="entries" value="{entry}"' in page.text
    whose = re.search(r'name="whose" value="(\d+)"', page.text)[1]  # type: ignore[index]
    empty = bob.post(f"/cases/{first}/split", {"subject": "Bill", "whose": whose, "person": ""})
    assert (empty.status_code, "Choose at least one mail" in words_of(empty)) == (422, True)
    fresh = bob.post(
        f"/cases/{first}/split", {"subject": "Bill", "whose": "", "person": "Carl <carl@customer.example>", "entries": str(entry)},
        follow_redirects=True,
    )  # fmt: skip
    assert "And the bill is wrong" in words_of(fresh)
    assert f"from case {first}" in words_of(fresh)
    assert "carl@customer.example" in words_of(fresh)
    assert "And the bill is wrong" in words_of(bob.get(f"/cases/{first}"))


def test_cases_are_linked_by_number_and_unlinked(bob: Browser, first: int, second: int) -> None:
    assert "Belongs together" not in words_of(bob.get(f"/cases/{first}"))
    page = bob.post(f"/cases/{first}/links", {"kind": "caused-by", "other": f"#{second}"}, follow_redirects=True)
    assert f"was caused by {second}" in words_of(page)
    assert f"is the cause of {first}" in words_of(bob.get(f"/cases/{second}"))
    assert bob.post(f"/cases/{first}/links", {"kind": "related", "other": "9999"}).status_code == 422
    assert bob.post(f"/cases/{first}/links", {"kind": "split", "other": str(second)}).status_code == 400
    bob.post(f"/cases/{first}/links/remove", {"other": str(second)})
    assert "Belongs together" not in words_of(bob.get(f"/cases/{first}"))


def test_whoever_takes_part_becomes_the_customer_or_leaves(bob: Browser, database: db.Database, first: int) -> None:
    bob.post(f"/cases/{first}/participants", {"person": "Carl <carl@customer.example>"})
    page = bob.get(f"/cases/{first}")
    carl = re.search(r"/participants/(\d+)/is-customer", page.text)[1]  # type: ignore[index]
    page = bob.post(f"/cases/{first}/participants/{carl}/is-customer", follow_redirects=True)
    assert "Carl is the customer now." in words_of(page)
    assert bob.post(f"/cases/{first}/participants/{carl}/remove").status_code == 422
    anna = re.search(r"/participants/(\d+)/remove", page.text)[1]  # type: ignore[index]
    assert "Anna Kundin takes part no more." in words_of(
        bob.post(f"/cases/{first}/participants/{anna}/remove", follow_redirects=True)
    )
    assert bob.post(f"/cases/{first}/participants/{anna}/remove").status_code == 404


def test_spam_leaves_the_lists_and_comes_back(bob: Browser, database: db.Database, first: int) -> None:
    page = bob.post(f"/cases/{first}/spam", follow_redirects=True)
    assert "This case was marked as spam" in words_of(page)
    for view in ("ours", "unassigned", "resolved"):
        assert "It burns" not in words_of(bob.get(f"/cases?view={view}"))
    bob.post(f"/cases/{first}/no-spam")
    assert "It burns" in words_of(bob.get("/cases?view=ours"))


def test_a_sender_is_blocked_on_their_case_and_let_in_again_in_the_settings(
    bob: Browser, browser: Windows, database: db.Database, first: int
) -> None:
    page = bob.post(f"/cases/{first}/block", {"pattern": "@customer.example", "spam": "1"}, follow_redirects=True)
    assert "Mail from @customer.example is held from now on." in words_of(page)
    assert "This case was marked as spam" in words_of(page)
    assert bob.post(f"/cases/{first}/block", {"pattern": "@elsewhere.example"}).status_code == 400
    ada = browser("ada")
    assert "@customer.example by Bob" in words_of(ada.get("/settings/blocks"))
    with database.reading() as session:
        row = session.query(Block).one().id
    assert "Nobody is blocked." in words_of(ada.post(f"/settings/blocks/{row}/free", follow_redirects=True))
    assert ada.post("/settings/blocks", {"pattern": "help@example.org"}).status_code == 422


def test_a_block_is_taken_back_by_its_toast(bob: Browser, database: db.Database, first: int) -> None:
    bob.post(f"/cases/{first}/block", {"pattern": "anna@customer.example"})
    with database.reading() as session:
        row = session.query(Block).one().id
    bob.post(f"/blocks/{row}/free")
    with database.reading() as session:
        assert session.query(Block).count() == 0
