"""Whom a note means by «@…»."""

from __future__ import annotations

import pytest

from helpdesk.policies.mentions import find
from helpdesk.present.mentions import mark

AGENTS = {1: "Bob Builder", 2: "Dana Klein", 3: "Dana Groß", 4: "Erik"}
TEAMS = {1: "Second level", 2: "Billing"}


@pytest.mark.parametrize(
    ("text", "agents", "teams"),
    [
        ("@Bob, please look", [1], []),
        ("please, @bob builder.", [1], []),
        ("(@Dana Klein) and @Erik", [2, 4], []),
        ("@Second level: who has time?", [], [1]),
        ("@Bob and @Bob Builder", [1], []),
        ("@Bobby is somebody else, and so is @Bob_2", [], []),
        ("mail bob@bob.example or a@Erik.example", [], []),
        ("@nobody, @ Bob", [], []),
        ("@DANA GROß", [3], []),
    ],
)
def test_a_colleague_or_team_is_meant_by_the_whole_name_or_a_first_name(text, agents, teams) -> None:
    found = find(text, AGENTS, TEAMS)
    assert (found.agents, found.teams, found.ambiguous) == (agents, teams, {})


def test_a_first_name_of_several_is_said_to_be_ambiguous_and_means_nobody() -> None:
    found = find("@Dana, please", AGENTS, TEAMS)
    assert (found.agents, found.ambiguous) == ([], {"@Dana": ["Dana Groß", "Dana Klein"]})


def test_somebody_who_is_called_just_so_is_meant_before_a_first_name() -> None:
    assert find("@Dana", {**AGENTS, 5: "Dana"}, TEAMS).agents == [5]


def test_mentions_are_marked_in_the_text_and_not_within_tags() -> None:
    html = '<p title="@Bob">@Bob &amp; <a href="https://x.example/@Bob">@Bob Builder</a> @Bobby</p>'
    marked = mark(html, ["@Bob", "@Bob Builder"])
    assert marked == (
        '<p title="@Bob"><mark class="mention">@Bob</mark> &amp; '
        '<a href="https://x.example/@Bob"><mark class="mention">@Bob Builder</mark></a> @Bobby</p>'
    )
    assert mark("<p>@Bob</p>", []) == "<p>@Bob</p>"
    assert mark("<p>@&lt;b&gt;</p>", ["@<b>"]) == '<p><mark class="mention">@&lt;b&gt;</mark></p>'
