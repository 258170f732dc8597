"""Who is told when a deadline draws near or passes, level by level."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import levels
from helpdesk.actions.desks import NotUsable
from helpdesk.models import DeadlinePolicy
from helpdesk.policies.escalation import MOST_LEVELS, WHOM, Level, Whom
from helpdesk.queries import escalations as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("levels", __name__, url_prefix="/deadlines/<int(max=2147483647):policy_id>/levels")

_NUMBERS = range(1, MOST_LEVELS + 1)
_FIELDS = tuple(f"{name}_{number}" for number in _NUMBERS for name in ("whom", "after", "how"))
_HOW = {"web": (False, False), "mail": (True, False), "any": (True, True)}  # by mail, at any time


@bp.get("")
@needs("settings.read")
def form(policy_id: int) -> ResponseReturnValue:
    """The levels as they are."""
    policy = _policy(policy_id)
    plan = find.plan_of(session(), policy)
    values = dict.fromkeys(_FIELDS, "") | {"remind": str(plan.remind_minutes)}
    for number, level in enumerate(plan.levels, start=1):
        how = next(
            name
            for name, ways in _HOW.items()
            if ways[0] == level.by_mail and (not level.by_mail or ways[1] == level.at_any_time)
        )
        values |= {f"whom_{number}": level.whom, f"after_{number}": str(level.after_minutes), f"how_{number}": how}
    return _page(policy, Form(**values))


@bp.post("")
@needs("settings.change")
def change(policy_id: int) -> ResponseReturnValue:
    """Tell these from now on; a level without anybody ends the list."""
    policy, form = _policy(policy_id), Form.posted(*_FIELDS, "remind")
    try:
        levels.set_levels(session(), policy, _levels(form), _minutes(form.values["remind"]), agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(policy, form)
    return done(_("Saved."), f"/settings/deadlines/{policy_id}")


def _levels(form: Form) -> list[Level]:
    found = []
    for number in _NUMBERS:
        whom = next((one for one in WHOM if one == form.values[f"whom_{number}"]), None)
        if form.values[f"whom_{number}"] == "":
            break
        if whom is None or form.values[f"how_{number}"] not in _HOW:
            abort(400)
        by_mail, at_any_time = _HOW[form.values[f"how_{number}"]]
        found.append(Level(whom, _minutes(form.values[f"after_{number}"] or "0"), by_mail, at_any_time))
    return found


def _minutes(text: str) -> int:
    """A number of minutes; -1 for nonsense, which no deed takes."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else -1


def _policy(policy_id: int) -> DeadlinePolicy:
    return session().get(DeadlinePolicy, policy_id) or abort(404)


def _page(policy: DeadlinePolicy, form: Form) -> ResponseReturnValue:
    words: dict[Whom, str] = {
        "holder": _("Whoever holds the case, else its team"),
        "team": _("The whole team"),
        "supervisors": _("The team’s supervisors, else the admins"),
        "admins": _("The admins"),
    }
    how = [("mail", _("By mail, in working hours")), ("any", _("By mail, at any time")), ("web", _("On their pages only"))]
    return form.page("settings/deadlines/levels.html", policy=policy, numbers=_NUMBERS, whom=list(words.items()), how=how)
