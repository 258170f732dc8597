"""Pages are light: they travel compressed, and nothing can be read from how long they are."""

from __future__ import annotations

import gzip
import re

import pytest

from helpdesk import clock, db, seeds
from tests import all_pages
from tests.web.browsing import Browser, anna_writes, mail_comes

MOST = 100_000  # octets of a page with its style and scripts, the first time it is opened
SCRIPTS = 4  # of one page
ZIPPED = {"Accept-Encoding": "gzip, br"}


@pytest.fixture()
def bob(browser) -> Browser:
    return browser("bob")


def test_a_page_travels_compressed_to_whoever_can_read_it(bob, database) -> None:
    path = f"/cases/{anna_writes(database)}"
    answer = bob.get(path, headers=ZIPPED)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert b"The printer is on fire" in gzip.decompress(answer.data)
    plain = bob.get(path)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_style_is_compressed_once_and_found_unchanged_by_its_tag(bob) -> None:
    path = re.search(r"/static/ui\.css\?v=\w+", bob.get("/cases").text)[0]
    first, second = (bob.get(path, headers=ZIPPED) for _ in range(2))
    assert first.data == second.data
    with bob.get(path, headers=ZIPPED | {"If-None-Match": first.headers["ETag"]}) as known:
        assert known.status_code == 304
    with bob.get(path) as plain:
        assert gzip.decompress(first.data) == plain.data


def test_what_repeats_words_of_its_address_is_not_compressed(bob, database) -> None:
    anna_writes(database)
    assert "Content-Encoding" not in bob.get("/cases?q=printer", headers=ZIPPED).headers


def test_the_form_token_is_masked_anew_in_each_answer_and_good_in_all(bob, database) -> None:
    number = anna_writes(database)
    tokens = {bob.token() for _ in range(3)}
    assert len(tokens) == 3
    assert {bob.client.post(f"/cases/{number}/resolve", data={"csrf_token": token}).status_code for token in tokens} == {303}


@pytest.mark.parametrize("forged", ["", "00", "zz", "00" * 64, "ä" * 128, "0" * 127])
def test_a_token_that_is_none_opens_nothing(bob, database, forged) -> None:
    number = anna_writes(database)
    assert bob.client.post(f"/cases/{number}/resolve", data={"csrf_token": forged}).status_code == 403


def test_no_page_is_heavier_than_a_hundred_kilobytes_or_loads_more_than_four_scripts(browser, app, database: db.Database) -> None:
    with database.transaction() as session:
        seeds.fill(session, now=clock.now())
    number = anna_writes(database)
    for _ in range(100):
        mail_comes(database, number, "Good morning, here is one more thing that you should know. " * 4)
    ada, weights, scripts = browser("ada"), dict[str, int](), dict[str, int]()
    with database.reading() as session:
        paths = all_pages.paths(app, session)
    assert f"/cases/{number}" in paths
    for path in paths:
        answer = ada.get(path, headers=ZIPPED)
        page = gzip.decompress(answer.data) if "Content-Encoding" in answer.headers else answer.data
        parts = set(re.findall(r"/static/[\w.]+\?v=\w+", page.decode()))
        scripts[path] = sum(".js?" in part for part in parts)
        weights[path] = len(answer.data) + sum(len(ada.get(part, headers=ZIPPED).data) for part in parts)
    assert {path: weight for path, weight in weights.items() if weight > MOST} == {}
    assert {path: count for path, count in scripts.items() if count > SCRIPTS} == {}
