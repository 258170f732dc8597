"""The post room says in the reader's language why a mail went where it went."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from helpdesk.web.reasons import FORMS, shown, translated

MAIL = Path(__file__).parents[2] / "mail"
COMPOSED = {"7, but 7.", "It says that our mail to 7 7."}  # of words that are shown below


@pytest.fixture(autouse=True)
def _request(app: Flask) -> object:
    with app.test_request_context("/", headers={"Accept-Language": "de"}):
        yield


def sentences(module: Path) -> Iterator[str]:
    """The whole sentences that a module of the bridge says, with something in their gaps."""
    tree = ast.parse(module.read_text())
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in parts | docs or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        pieces = node.values if isinstance(node, ast.JoinedStr) else [node]
        said = "".join(str(piece.value) if isinstance(piece, ast.Constant) else "7" for piece in pieces)
        if said.endswith(".") and said[0].isupper() | said.startswith("7") and " " in said:
            yield said


@pytest.mark.parametrize("modules", ["route/*.py", "machines.py", "forms.py", "trust.py", "inbound.py"])
def test_every_reason_that_the_bridge_gives_is_known(modules: str) -> None:
    found = {said for module in MAIL.glob(modules) for said in sentences(module)} - COMPOSED
    assert found
    assert {said for said in found if translated(said) is None} == set()


def test_every_form_has_its_german() -> None:
    assert [form for form in FORMS if translated(form) == form] == []


@pytest.mark.parametrize(
    ("reason", "german"),
    [
        ("New mail to help@example.org.", "Neue Mail an help@example.org."),
        (
            "New mail to help@example.org, but a filter on its way calls it spam (X-Spam-Flag: YES).",
            "Ein Filter unterwegs hält sie für Spam (X-Spam-Flag: YES): Neue Mail an help@example.org.",
        ),
        (
            "A stranger wrote to case 1004, but it lay in the junk folder of help@example.org.",
            "Sie lag im Junk-Ordner von help@example.org: Jemand Fremdes schrieb an Fall 1004.",
        ),
        (
            "It could not be read: reading it took more processor time than a letter may.",
            "Sie ließ sich nicht lesen: das Lesen brauchte mehr Rechenzeit, als eine Mail bekommt.",
        ),
        ("It says that our mail to a@b.example is delayed.", "Sie sagt, dass sich unsere Mail an a@b.example verspätet."),
        (
            "It says that our mail to a@b.example could not be delivered.",
            "Sie sagt, dass unsere Mail an a@b.example nicht zugestellt werden konnte.",
        ),
        ("It could not be read: ValueError.", "Sie ließ sich nicht lesen: ValueError."),
        (
            "The sender’s domain says that this mail is not from it.",
            "Die Domain des Absenders sagt, dass diese Mail nicht von ihr kommt.",
        ),
    ],
)
def test_a_reason_is_said_in_german_with_what_it_names(reason: str, german: str) -> None:
    assert shown(reason) == german


def test_a_reason_of_another_version_is_shown_as_it_was_said_and_as_english() -> None:
    assert shown("Nobody <b>knows</b> this.") == '<span lang="en">Nobody &lt;b&gt;knows&lt;/b&gt; this.</span>'
    assert shown("New mail to <b>%(x)s</b>.") == "Neue Mail an &lt;b&gt;%(x)s&lt;/b&gt;."
