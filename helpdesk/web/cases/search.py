"""What was found: each case with the passage in which the words stand, marked, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from helpdesk.models import Attachment, Case, Entry
from helpdesk.policies.search_words import LONGEST, Asked, Limit, Words
from helpdesk.policies.verification import FLAG, masked
from helpdesk.present.found import marked, passage
from helpdesk.queries import results
from helpdesk.queries import search as find
from helpdesk.web import pages
from helpdesk.web.access import agent, session
from helpdesk.web.language import gettext as _
from helpdesk.web.language import plain_day

PAGE = 20


@dataclass(frozen=True)
class Result:
    """A case as it was found.  `words`: the best passage; `place`: where on its page that stands."""

    case: Case
    entry: Entry | None
    place: str
    name: Markup
    subject: Markup
    words: Markup
    is_quoted: bool
    files: list[tuple[Attachment, Markup]]


def is_asked() -> bool:
    """Whether the search box sent this, and nothing of a list is asked for beside it: within a list, words are a filter."""
    is_alone = set(request.args) <= {"q", "view", "page"} and request.args.get("view", "all") == "all"
    return is_alone and bool(request.args.get("q", "").strip())


def page() -> ResponseReturnValue:
    """What was found by `q`; a number, a reference or a Message-ID leads straight to its case."""
    typed = " ".join(request.args.get("q", "").split())[:LONGEST]
    meant = find.meant(session(), agent(), typed)
    if meant is not None:
        return redirect(f"/cases/{meant.number}" + (f"#entry-{meant.entry_id}" if meant.entry_id else ""))
    number = pages.page_number()
    found = _found(find.read(session(), typed), number)
    hits = found.hits[(number - 1) * PAGE : number * PAGE]
    return render_template(
        "cases/search.html",
        typed=typed,
        found=found,
        understood=_understood(found.asked),
        results=[_result(row, found.asked) for row in results.shown(session(), agent(), hits)],
        page=number,
        more=len(found.hits) > number * PAGE,
    )


def _found(asked: Asked, number: int) -> find.Found:
    """What fits; for the first page no more is looked for than fills it, unless few cases have many messages that do."""
    found = find.find(session(), agent(), asked, most=find.FIRST if number == 1 else None)
    return find.find(session(), agent(), asked) if found.more and len(found.hits) <= PAGE else found


def _result(row: results.Shown, asked: Asked) -> Result:
    case, entry = row.case, row.entry
    anywhere = [one for one in asked.wanted if not one.column]
    in_files = [one for one in asked.wanted if one.column in ("", "files")]
    words, is_quoted = _passage(entry, anywhere)
    files = [(file, marked(file.name, in_files)) for file in entry.attachments] if entry else []
    return Result(
        case=case,
        entry=entry,
        place=f"/cases/{case.number}" + (f"#entry-{entry.id}" if entry else ""),
        name=marked(case.requester.called, [one for one in asked.wanted if one.column in ("", "sender", "recipients")]),
        subject=marked(case.subject, anywhere),
        words=words or marked(case.last_words, anywhere),
        is_quoted=is_quoted,
        files=[(file, name) for file, name in files if "<mark>" in name],
    )


def _passage(entry: Entry | None, asked: list[Words]) -> tuple[Markup | None, bool]:
    """(the best passage, whether it stands in what was only quoted); what is hidden stays hidden."""
    if entry is None:
        return None, False
    shown = masked if FLAG in entry.flags else str
    new = passage(shown(entry.visible), asked)
    old = passage(shown(entry.text), asked) if new is None and entry.visible != entry.text else None
    return (new, False) if new is not None or old is None else (old, True)


def _understood(asked: Asked) -> list[str]:
    """In words what was asked for; nothing where it was only words that have to be there."""
    if not asked.limits and not asked.unread and not any(one.negated or one.column or one.exact for one in asked.words):
        return []
    return [*map(_said, asked.words), *map(_limited, asked.limits)]


def _said(words: Words) -> str:
    said = {
        "": _("“%(words)s”", words=words.said),
        "sender": _("written by “%(words)s”", words=words.said),
        "recipients": _("sent to “%(words)s”", words=words.said),
        "files": _("a file called “%(words)s”", words=words.said),
    }[words.column]
    return _("not: %(what)s", what=said) if words.negated else said


def _limited(limit: Limit) -> str:
    states = {"new": _("new"), "open": _("our turn"), "waiting": _("waits for them"), "resolved": _("solved")}
    match limit.kind:
        case "state":
            said = _("state: %(state)s", state=states[limit.value])
        case "tag":
            said = _("tag “%(name)s”", name=limit.value)
        case "team":
            said = _("team “%(name)s”", name=limit.value)
        case "assignee":
            said = _holder(limit.value)
        case "file":
            said = _("with a file")
        case "before":
            said = _("before %(day)s", day=_day(limit.value))
        case _:
            said = _("since %(day)s", day=_day(limit.value))
    return _("not: %(what)s", what=said) if limit.negated else said


def _holder(value: str) -> str:
    if value.casefold() in find.ME:
        return _("in your hands")
    return _("in nobody’s hands") if value.casefold() in find.NOBODY else _("in the hands of “%(name)s”", name=value)


def _day(value: str) -> str:
    return plain_day(date.fromisoformat(value))
