"""Rules of the URL map that learn to build paths only when somebody asks them to."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug import routing

Builder = Callable[..., tuple[str, str]]


class Rule(routing.Rule):
    """Werkzeug writes and compiles two functions for each rule; for all of ours at once that was most of the time of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled: list[Builder] = []

        def build(rule: routing.Rule, **values: object) -> tuple[str, str]:
            if not compiled:
                compiled.append(super(Rule, self)._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build
