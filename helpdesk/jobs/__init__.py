"""What runs by the timetable for the desk: addresses expire and retire, planned answers leave, clocks ring, what is dead is forgotten."""

from __future__ import annotations

from helpdesk.jobs.clocks import ring_at_your_word, ring_clocks, set_clocks, watch_promises
from helpdesk.jobs.figures import measure, take_snapshots, work_out_answer_times
from helpdesk.jobs.planned import send_planned
from helpdesk.jobs.reports import send_reports
from helpdesk.jobs.sweeping import LAST_SWEEP, Stopped, last_run, remember, sweep, sweep_at_your_word, trouble
from helpdesk.jobs.upkeep import find_by_references, fold_anew, follow_settings, housekeeping

__all__ = [
    "LAST_SWEEP",
    "Stopped",
    "find_by_references",
    "fold_anew",
    "follow_settings",
    "housekeeping",
    "last_run",
    "measure",
    "remember",
    "ring_at_your_word",
    "ring_clocks",
    "send_planned",
    "send_reports",
    "set_clocks",
    "sweep",
    "sweep_at_your_word",
    "take_snapshots",
    "trouble",
    "watch_promises",
    "work_out_answer_times",
]
