"""The URL map is quickly made, and builds the paths that Werkzeug would."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Map, Rule

from helpdesk.web import rules


def test_no_rule_learns_to_build_a_path_before_somebody_asks(app: Flask) -> None:
    asked: list[bool] = []

    class Asked(rules.Rule):
        @staticmethod
        def _get_func_code(*parts):  # type: ignore[no-untyped-def]
            asked.append(True)
            return Rule._get_func_code(*parts)

    paths = Map([Asked("/cases/<int:number>", endpoint="case")]).bind("")
    assert asked == []
    assert [paths.build("case", {"number": number}) for number in (1001, 1002)] == ["/cases/1001", "/cases/1002"]
    assert len(asked) == 1
    assert isinstance(next(app.url_map.iter_rules()), rules.Rule)


def test_paths_are_built_with_defaults_and_with_a_query_as_ever() -> None:
    for kind in (Rule, rules.Rule):
        paths = Map(
            [kind("/cases/<int:number>/<part>", endpoint="part"), kind("/list", endpoint="list", defaults={"page": 1})]
        ).bind("")
        assert paths.build("part", {"number": 7, "part": "ä b", "q": "x&y"}) == "/cases/7/%C3%A4%20b?q=x%26y"
        assert paths.build("list", {"page": 1}) == "/list"
