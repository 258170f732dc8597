"""File references: ours by a pattern of the desk, theirs on the case; both are found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from helpdesk import db
from helpdesk.policies.references import is_pattern, number_of, reference
from tests.web.browsing import Browser, anna_writes, words_of

Windows = Callable[..., Browser]


@pytest.mark.parametrize(
    ("pattern", "text", "number"),
    [("LH-{number}", "LH-20388", 20388), ("LH-{number}", "lh 20388", 20388), ("LH-{number}", "LH20388", 20388), ("LH-{number}", "20388", None),
     ("{number}/B", "7/b", 7), ("LH-{number}", "LH-x", None), ("LH-{number}", "LH-٣", None), ("", "7", None), ("#{number}", "7", 7)],
)  # fmt: skip
def test_a_reference_means_its_case_however_it_is_spaced(pattern: str, text: str, number: int | None) -> None:
    assert number_of(pattern, text) == number
    if number and pattern:
        assert number_of(pattern, reference(pattern, number)) == number


@pytest.mark.parametrize(
    "text",
    ["LH", "{number}{number}", "LH-{nr}", "<b>{number}", "2026{number}", "{number}1", "x" * 40 + "{number}", "a\n{number}"],
)
def test_what_cannot_be_a_pattern(text: str) -> None:
    assert not is_pattern(text)


def test_a_desk_calls_its_cases_by_its_own_pattern(browser: Windows, database: db.Database) -> None:
    number = anna_writes(database)
    ada, bob = browser("ada"), browser("bob")
    assert ada.post("/settings/desks/1/reference", {"reference": "LH-{nr}"}).status_code == 422
    assert ada.post("/settings/desks/1/reference", {"reference": "LH-{number}"}).status_code == 303
    assert bob.post("/settings/desks/1/reference", {"reference": "X-{number}"}).status_code == 404
    assert 'value="LH-{number}"' in ada.get("/settings/desks/1/reference").text
    assert f"Case LH-{number}" in words_of(bob.get(f"/cases/{number}"))
    assert bob.get("/cases", query_string={"q": f"lh {number}"}).headers["Location"] == f"/cases/{number}"


def test_their_reference_is_kept_shown_found_and_can_be_taken_back(browser: Windows, database: db.Database) -> None:
    bob, number = browser("bob"), anna_writes(database)
    page = words_of(bob.post(f"/cases/{number}/reference", {"reference": " Az.  17/B-42 "}, follow_redirects=True))
    assert "theirs: Az. 17/B-42" in page
    assert "Bob wrote down their reference: Az. 17/B-42" in page
    assert f'href="/cases/{number}"' in bob.get("/cases", query_string={"q": '"az 17/b-42"'}).text
    assert bob.post(f"/cases/{number}/reference", {"reference": "x" * 101}).status_code == 422
    page = words_of(bob.post(f"/cases/{number}/reference", {"reference": ""}, follow_redirects=True))
    assert "Bob took away their reference" in page
    assert "No message has all of this" in words_of(bob.get("/cases", query_string={"q": '"az 17/b-42"'}))
