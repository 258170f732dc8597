"""A deed that the case does not permit, said in the reader's language."""

from __future__ import annotations

from helpdesk.actions.cases import NotPermitted
from helpdesk.web.language import catalogue


def words(refusal: NotPermitted) -> str:
    """The action's sentence, translated."""
    sentence = catalogue().gettext(refusal.sentence)
    return sentence % refusal.values if refusal.values else sentence
