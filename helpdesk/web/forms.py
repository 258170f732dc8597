"""Forms: what was typed, what is wrong with it, and nothing of it lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk.actions.cases import NotPermitted, Unsettled
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Agent, Team
from helpdesk.policies.files import clean_name
from helpdesk.web.language import catalogue, enumerated
from helpdesk.web.language import gettext as _

Row = TypeVar("Row", Agent, Team)


class Form:
    """The fields of one page with what stands in them, and a sentence for each that cannot stay so.

    A tick box is "1" or ""; boxes that share a name are a list.
    """

    def __init__(self, **values: Any) -> None:
        self.values, self.errors = values, dict[str, str]()

    @classmethod
    def posted(cls, *names: str, lists: Collection[str] = ()) -> Form:
        """What the browser sent.  A field that the page does not have is answered by 400 (no mass assignment)."""
        if set(request.form) - {*names, *lists, "csrf_token"}:
            abort(400)
        several = {name: request.form.getlist(name) for name in lists}
        # PostgreSQL takes no NUL in a text; a browser sends none.
        return cls(**{name: request.form.get(name, "").replace("\x00", "\ufffd") for name in names}, **several)

    def refuse(self, field: str, sentence: str) -> None:
        """Say at this field, in the reader's language, why it cannot stay so; the first reason counts."""
        self.errors.setdefault(field, sentence)

    def refused(self, refusal: NotUsable) -> None:
        """As `refuse`, by what an action said."""
        self.refuse(refusal.field, said(refusal))

    def choose_again(self, files: Sequence[str] = ()) -> None:
        """Name the files (those that the browser brought, or these) that have to be chosen anew: no form can hold them."""
        brought = [clean_name(file.filename or "") for file in request.files.getlist("files") if file.filename]
        if names := [*files, *brought]:
            self.refuse("files", _("Choose again from your computer: %(names)s.", names=enumerated(names)))

    def one_of(self, field: str, rows: Iterable[Row]) -> Row | None:
        """The row that was chosen by its id; None for the empty choice."""
        chosen = self.values[field]
        found = next((row for row in rows if str(row.id) == chosen), None)
        if chosen and found is None:
            self.refuse(field, _("Choose one from the list."))
        return found

    def some_of(self, field: str, rows: Iterable[Row]) -> list[Row]:
        """The rows that were ticked."""
        return [row for row in rows if str(row.id) in self.values[field]]

    def page(self, template: str, *, refused: int = 422, **words: Any) -> ResponseReturnValue:
        """The page with this form in it: 200, or `refused` where something cannot stay so (422 takes back what was written)."""
        html = render_template(template, values=self.values, errors=self.errors, **words)
        return html, refused if self.errors else 200


def said(refusal: NotUsable | NotPermitted) -> str:
    """An action's sentence in the reader's language; so are the names of what it misses."""
    sentence, values = catalogue().gettext(refusal.sentence), refusal.values
    if isinstance(refusal, Unsettled):
        values = {"missing": unsaid(refusal)}
    return sentence % values if values else sentence


def unsaid(refusal: Unsettled) -> str:
    """What a desk wants to know and nobody has said: «the cause, the office and Order number»."""
    names = {"cause": _("the cause"), "office": _("the office"), "verdict": _("whether it was justified")}
    return enumerated([names.get(name, name) for name in refusal.missing])
