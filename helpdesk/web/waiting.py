"""What there may be to show at all: asked once for a page, before anything of it is fetched."""

from __future__ import annotations

from flask import g

from helpdesk import clock
from helpdesk.models import Case
from helpdesk.queries import contents
from helpdesk.queries.contents import Contents
from helpdesk.web.access import agent, session


def there() -> Contents:
    """What may wait for this reader, in whatever case.  Asked again after every deed, for it may have changed that."""
    if "there" not in g or not g.reading:
        g.there = contents.for_reader(session(), agent())
    found: Contents = g.there
    return found


def there_in(case: Case) -> Contents:
    """What there may be to show of this case, and what may wait for its reader."""
    g.there = contents.of(session(), case, agent(), now=clock.now())
    found: Contents = g.there
    return found
