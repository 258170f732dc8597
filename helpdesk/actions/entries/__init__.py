"""Deeds that leave words in a case: their mail, our answer, a note, an acknowledgement."""

from helpdesk.actions.entries.answering import NeedsRelease, Nobody, check_promise, readers_of, reply
from helpdesk.actions.entries.beginning import begin, beginning, begun_before, open_for
from helpdesk.actions.entries.beside import acknowledge, ask_beside, note, note_of_handover
from helpdesk.actions.entries.receiving import Incoming, count, last_from_outside, receive
from helpdesk.actions.entries.words import EmptyText, Upload, clean, first_words, write_down

__all__ = [
    "EmptyText",
    "Incoming",
    "NeedsRelease",
    "Nobody",
    "Upload",
    "acknowledge",
    "ask_beside",
    "begin",
    "beginning",
    "begun_before",
    "check_promise",
    "clean",
    "count",
    "first_words",
    "last_from_outside",
    "note",
    "note_of_handover",
    "open_for",
    "readers_of",
    "receive",
    "reply",
    "write_down",
]
