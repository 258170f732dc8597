"""A short mail, prepared for whoever will be late: what was said, and a new day.  It is read, changed and sent as any answer."""

from __future__ import annotations

from helpdesk import clock
from helpdesk.actions import acknowledgements
from helpdesk.db import house
from helpdesk.models import Case
from helpdesk.policies.promises import honest_time
from helpdesk.queries import answer_times
from helpdesk.queries import promises as find
from helpdesk.web.access import allowed, session
from helpdesk.web.cases import composer as composers
from helpdesk.web.cases.composer import Composer
from helpdesk.words import by_when, greeting, translations


def prepared(case: Case) -> Composer | None:
    """The answer form with such a mail; None where nothing is owed, or where something stands in the form already."""
    owed, form = find.owed(session(), case.number), composers.opened(case)
    if not owed or form.text.strip() or not allowed("case.answer", case):
        return None
    now, hours = clock.now(), answer_times.hours_of(session(), case.team_id)
    first = min(row.due_at for row in owed)
    named = acknowledgements.time_for(session(), case, now=now)
    tomorrow = honest_time(hours.usual_day(), hours, max(now, first))  # a working day more than what was too short
    if tomorrow is None:
        return None
    until = max(named.at, tomorrow) if named is not None else tomorrow
    informal = case.desk.address_form == "du"
    gettext = translations(case.language, informal=informal).gettext
    was = {"when": by_when(first, case.language, hours.zone)}
    sorry = (
        gettext("We said that you would hear from us by %(when)s. We did not manage that, and we are sorry.")
        if first < now
        else gettext("We said that you would hear from us by %(when)s. We won't manage that, and we are sorry.")
    )
    coming = gettext("You will hear from me by %(when)s.") % {"when": by_when(until, case.language, hours.zone)}
    hello = greeting(" ".join(case.requester.name.split()), case.language, informal=informal)
    form.text = f"{hello},\n\n{sorry % was}\n\n{coming}\n"
    form.promise = f"{until.astimezone(house(session()).settings.zone):%Y-%m-%dT%H:%M}"
    return form
