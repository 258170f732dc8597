"""What the author of a note is told about those whom it mentions."""

from __future__ import annotations

from helpdesk.models import Entry
from helpdesk.web.language import enumerated
from helpdesk.web.language import gettext as _


def remarks(entry: Entry) -> list[str]:
    """Who was told, who may not see the case and was not, and which name could mean several people."""
    mentions = (entry.traits or {}).get("mentions") or {}
    words = []
    if mentions.get("told"):
        words.append(_("Told: %(names)s.", names=enumerated(mentions["told"])))
    if mentions.get("blind"):
        words.append(_("Not told, for this case is not open to them: %(names)s.", names=enumerated(mentions["blind"])))
    for word, names in mentions.get("ambiguous", {}).items():
        words.append(_("“%(word)s” could mean %(names)s, so nobody was told.", word=word, names=enumerated(names)))
    return words
