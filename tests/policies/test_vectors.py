"""docs/vectors.md tells the truth: each threat that blocks a release has tests, and the tests that it names exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LIST = (TESTS.parent / "docs" / "vectors.md").read_text("utf-8")
ROW = re.compile(r"^\| *([RLCSW]\d+) *\|([^|]+)\|(.+)\|$", re.M)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")

BLOCKING = {
    "R": (*range(1, 12), 13, 14, *range(16, 22), 25, 27),
    "L": (1, 2, 3, 5, 6, 7, 8, 11, 13, 14),
    "C": (*range(1, 7), *range(8, 14), 15, 16, 21, 26, 27),
    "S": (1, 3, 4, 5, 6, 8, 10, 11, 15, 16, 17),
    "W": (*range(1, 7), *range(9, 16), 17, 19),
}


@cache
def source(path: str) -> str:
    file = TESTS / path
    return file.read_text("utf-8") if file.is_file() else ""


@pytest.mark.parametrize("threat", [f"{group}{number}" for group, numbers in BLOCKING.items() for number in numbers])
def test_every_threat_that_blocks_a_release_is_shown_by_a_test(threat: str) -> None:
    named = [NAMED.findall(tests) for known, _, tests in ROW.findall(LIST) if known == threat]
    assert any(named), f"docs/vectors.md names no test for {threat}"


def test_every_test_that_the_list_names_exists() -> None:
    missing = [f"{path}::{name}" for path, name in NAMED.findall(LIST) if f"def {name}(" not in source(path)]
    assert missing == []


def test_no_threat_is_listed_twice() -> None:
    listed = [threat for threat, _, _ in ROW.findall(LIST)]
    assert sorted(listed) == sorted(set(listed))
