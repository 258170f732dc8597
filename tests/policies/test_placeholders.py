"""Placeholders in texts of ours."""

from __future__ import annotations

import pytest

from helpdesk.policies.placeholders import filled, named, same_words, unfilled, unknown


def test_a_placeholder_is_filled_in_and_one_without_a_value_stays_to_be_seen() -> None:
    assert filled("{salutation}, case { case } and {order}", {"salutation": "Hello", "case": "1042", "order": ""}) == (
        "Hello, case 1042 and {order}"
    )


def test_what_a_value_holds_is_never_a_placeholder_again() -> None:
    assert filled("{subject}", {"subject": "{name} {{7*7}} %s", "name": "secret"}) == "{name} {{7*7}} %s"


@pytest.mark.parametrize("attack", ["{0.__class__}", "{name.__init__}", "{name!r}", "{name:>99999}", "{}", "{{ 7*7 }}"])
def test_there_are_names_and_nothing_else(attack: str) -> None:
    assert filled(attack, {"name": "Anna", "0": "x", "": "x"}).replace("x", "") in (attack, attack.replace("{}", ""))
    assert unknown(attack, ["name"])


def test_strange_names_are_found_before_a_text_is_kept_and_unfilled_ones_before_it_is_sent() -> None:
    assert named("{name} {name} {colour}\n{two\nlines}") == ["name", "colour"]
    assert unknown("{name} {colour}", ["name"]) == ["colour"]
    assert unfilled("{name} and {'a': 1}", ["name"]) == ["name"]


def test_white_space_says_nothing() -> None:
    assert same_words("Hello,\n\nwe look  at it.", "Hello, we look at it.\n")
    assert not same_words("Hello, we look at it.", "Hello Anna, we look at it.")
