"""Every sentence that people read exists in German too, and fits its English original."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
# Where sentences stand: in calls of gettext, and in what an action refuses with.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "NotUsable": (2,),
    "NotPermitted": (1,),
    "CannotChange": (1,),
    "Finding": (2,),
    "NotAPeriod": (1,),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")

Message = str | tuple[str, ...]


@cache
def messages() -> list[tuple[str, Message]]:
    """(file, message) of everything that the product says."""
    return list(_extracted())


def _extracted() -> Iterator[tuple[str, Message]]:
    python, jinja = [("**.py", "python")], [("**.html", "jinja2"), ("**.txt", "jinja2")]
    options = {pattern: {"trimmed": "true", "silent": "false"} for pattern, _ in jinja}
    for folder, methods in (("helpdesk", python), ("templates", jinja)):
        found = extract_from_dir(str(ROOT / folder), methods, options, keywords=KEYWORDS)  # type: ignore[arg-type]
        for file, _line, message, _comments, _context in found:
            if not file.startswith("web/api/"):  # programs are spoken to in English
                yield f"{folder}/{file}", message


@pytest.fixture(scope="module")
def german() -> Catalog:
    """The German words."""
    with (ROOT / "helpdesk/translations/de/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="de", abort_invalid=True)


def test_every_sentence_has_its_german(german: Catalog) -> None:
    missing = []
    for file, message in messages():
        first = message if isinstance(message, str) else message[0]
        found = german.get(first)
        words = [] if found is None else [found.string] if isinstance(found.string, str) else list(found.string)
        if not words or not all(words):
            missing.append(f"{file}: {first!r}")
    assert missing == []


def test_no_german_sentence_has_outlived_its_english_one(german: Catalog) -> None:
    said = {message if isinstance(message, str) else message[0] for _file, message in messages()}
    folders = (ROOT / name for name in ("helpdesk", "mail", "templates"))
    sources = "".join(
        file.read_text() for folder in folders for file in folder.rglob("*") if file.suffix in (".py", ".html", ".txt")
    )
    ids = [message.id if isinstance(message.id, str) else message.id[0] for message in german if message.id]
    assert [sentence for sentence in ids if sentence not in said and sentence not in sources] == []


def test_a_translation_fills_in_what_the_original_fills_in(german: Catalog) -> None:
    for message in german:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) <= wanted, ids[0]
        assert set(PLACEHOLDER.findall(strings[-1])) == wanted, ids[0]


def test_no_sentence_of_a_template_holds_markup() -> None:
    # Jinja takes the words of a translation for safe HTML; only what is filled in is escaped.
    assert [m for file, m in messages() if file.startswith("templates/web") and re.search(r"[<>]", str(m))] == []
