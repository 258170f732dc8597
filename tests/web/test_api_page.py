"""The page about the API (docs/api.md) leaves nothing out: no path, no check, no figure."""

from __future__ import annotations

import re
from pathlib import Path

from helpdesk.web.api.openapi import description
from helpdesk.web.health import CHECKS
from tests.web.browsing import Browser

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text()
SAID_BESIDE = ("attachments",)  # «downloaded from their url»


def test_the_page_names_every_path() -> None:
    last_words = {re.sub(r"/?\{\w+\}(\.\w+)?$", "", path).rpartition("/")[2] for path in description()["paths"]}
    assert {word for word in last_words - {*SAID_BESIDE} if not re.search(rf"/{re.escape(word)}\b", PAGE)} == set()


def test_the_page_names_every_check_and_every_figure(app) -> None:
    figures = set(re.findall(r"^# HELP (\w+)", Browser(app).get("/metrics").text, re.M))
    assert figures > {"holdline_cases"}
    assert {name for name in figures if name not in PAGE} == set()
    assert {name for name in CHECKS if f"| `{name}` |" not in PAGE} == set()
