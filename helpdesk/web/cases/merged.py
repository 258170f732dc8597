"""The page of a case that was merged: where it goes on, and its own story to read."""

from __future__ import annotations

from typing import Any

from flask import render_template

from helpdesk.models import Case
from helpdesk.queries import cases as find
from helpdesk.web.access import agent, allowed, session


def show(case: Case, story: dict[str, Any], problem: str | None) -> str:
    """The page; nothing can be done on it but to take the case out again."""
    into = find.by_number(session(), case.merged_into or 0, agent())
    return render_template(
        "cases/merged.html",
        case=case,
        into=into,
        problem=problem,
        allowed=_reads_only,
        may_unmerge=allowed("case.merge"),
        recalls={},  # an answer that can still be taken back is taken back where the story goes on
        **story,
    )


def _reads_only(deed: str, thing: object = None) -> bool:
    return not deed.startswith("case.") and allowed(deed, thing)  # type: ignore[arg-type]  # templates name deeds
