"""The look, as far as a machine can judge it: contrast, and templates that load and run nothing of others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import helpdesk.web

STATIC = Path(helpdesk.web.__file__).parent / "static"
TEMPLATES = Path(helpdesk.web.__file__).parents[2] / "templates" / "web"
SCHEMES = ("light", "dark")

TEXT, SHAPE = 4.5, 3.0  # WCAG 2: 1.4.3 and 1.4.11
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in ("canvas", "surface", "sunken", "hover", "note")],
    *[(ink, "accent-soft", TEXT) for ink in ("ink", "ink-2", "accent")],
    *[(ink, "risk-soft", TEXT) for ink in ("ink", "risk")],
    *[(ink, "broken-soft", TEXT) for ink in ("ink", "broken")],
    *[(tone, ground, TEXT) for tone in ("kept", "risk", "broken") for ground in ("canvas", "surface")],
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-deep", TEXT),
    ("on-broken", "broken", TEXT),
    *[("edge", ground, SHAPE) for ground in ("canvas", "surface", "note")],
    *[("focus", ground, SHAPE) for ground in ("canvas", "surface", "sunken", "note", "accent-soft")],
    *[("ink", f"heat-{step}", TEXT) for step in (1, 2, 3)],
    ("on-accent", "heat-4", TEXT),
    ("bar", "surface", SHAPE),
    ("note-edge", "note", SHAPE),
    ("note-edge", "canvas", SHAPE),
]  # fmt: skip


def colours() -> dict[str, tuple[str, str]]:
    """Token → its colour in light and in dark."""
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", (STATIC / "tokens.css").read_text())
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_colour_can_be_read_on_its_ground(front: str, ground: str, least: float) -> None:
    for scheme in (0, 1):
        brightness = sorted((luminance(colours()[front][scheme]), luminance(colours()[ground][scheme])))
        contrast = (brightness[1] + 0.05) / (brightness[0] + 0.05)
        assert contrast >= least, f"{front} on {ground}, {SCHEMES[scheme]}: {contrast:.2f}"


def test_no_colour_is_named_outside_the_tokens() -> None:
    for file in STATIC.glob("*.css"):
        if file.name != "tokens.css":
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![\w-])|rgba?\(|hsl\(", file.read_text()) == [], file.name


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_a_template_has_nothing_inline_and_nothing_from_elsewhere(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), "the content policy would block it"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "the content policy would block it"
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text), "pages load nothing from elsewhere"
    for form in re.findall(r"<form\b.*?</form>", text, re.S):
        assert 'method="get"' in form or "csrf" in form, f"a form without its token: {form[:80]}"


def test_styles_and_scripts_load_nothing_from_elsewhere() -> None:
    for file in STATIC.iterdir():
        if file.suffix in (".css", ".js"):
            text = file.read_text()
            assert not re.search(r"url\(|@import|https?://|[\"']//", text), file.name
            assert not re.search(r"\beval\(|new Function|document\.write", text), file.name


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_a_style_sheet_closes_every_block_before_the_next_layer_begins(sheet: Path) -> None:
    depth = 0
    for number, line in enumerate(sheet.read_text().splitlines(), 1):
        assert not (line.startswith("@layer") and depth), f"{sheet.name}:{number}: the block before is still open"
        depth += line.count("{") - line.count("}")
        assert depth >= 0, f"{sheet.name}:{number}: closes what nobody opened"
    assert depth == 0, f"{sheet.name}: a block is still open at its end"
