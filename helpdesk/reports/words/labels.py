"""What the machine names of reports are called: reports, figures, parts, bars, columns, and the words in lists."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.reports.report import Name

Say = Callable[[str], str]


def of_report(_: Say, name: Name) -> str:
    """The name of a report."""
    return {
        "escalation": _("Escalation report"),
        "daily": _("Daily report"),
        "friction": _("Friction and praise"),
        "service-levels": _("Service levels"),
        "workload": _("Workload"),
        "continuity": _("Continuity"),
        "doors": _("Doors and mail"),
    }[name]


def about_report(_: Say, name: Name) -> str:
    """What one reads it for."""
    return {
        "escalation": _("What burns, what was promised, and whether it was kept. For every Monday."),
        "daily": _("What burns this morning, who has it, and what changed since yesterday."),
        "friction": _("Where it hurt: waited, repeated, sent elsewhere. And who was praised."),
        "service-levels": _("Deadlines that were met and missed, and how late."),
        "workload": _("What came in, what was solved, and what is left, by age."),
        "continuity": _("How many people one customer had to explain it to."),
        "doors": _("Mail that came late, was held or came back, and addresses and their ends."),
    }[name]


def of_figure(_: Say, key: str) -> str:
    """The name of a figure, a part or a bar."""
    return _FIGURES(_).get(key) or plain(key)


def of_column(_: Say, key: str) -> str:
    """The heading of a column of a list."""
    return _COLUMNS(_).get(key) or of_figure(_, key)


def of_word(_: Say, key: str) -> str:
    """A machine name in a cell of a list."""
    return _WORDS(_).get(key) or of_figure(_, key)


def plain(key: str) -> str:
    """A name that is not known here, as it stands."""
    return key.replace("-", " ").capitalize()


def is_known(key: str) -> bool:
    """Whether this name is called something here."""
    return any(key in names(str) for names in (_FIGURES, _COLUMNS, _WORDS))


def _FIGURES(_: Say) -> dict[str, str]:  # noqa: N802
    return {
        "first-response": _("First answer"),
        "next-reply": _("Wait for an answer"),
        "resolution": _("Time to solution"),
        "first-resolution": _("Time to first solution"),
        "waited-for-customer": _("Waited for the customer"),
        "promises": _("Promises kept"),
        "reopened": _("Reopened"),
        "compliance": _("Deadlines met"),
        "breaches": _("Deadlines missed"),
        "escalations": _("Escalations"),
        "first-action": _("First deed after an escalation"),
        "longest-wait": _("Longest wait now"),
        "backlog": _("Open cases"),
        "unassigned": _("Without a holder"),
        "opened": _("New cases"),
        "resolved": _("Solved cases"),
        "arrivals": _("Messages that came in"),
        "sent": _("Messages sent"),
        "one-and-done": _("Solved with one answer"),
        "repliers": _("People who answered, per case"),
        "handovers": _("Handovers"),
        "handovers-without-note": _("Handovers without a note"),
        "moves": _("Moves between teams"),
        "chasers": _("Chasers"),
        "satisfaction": _("Satisfied"),
        "age": _("Open cases by age"),
        "backlog-by-age": _("Open cases by age"),
        "reasons": _("Reasons"),
        "by-reason": _("Reasons"),
        "kept-promises": _("Promises kept"),
        "promises-kept": _("Promises kept"),
        "arrivals-by-hour": _("When messages come in"),
        "friction": _("Where it hurt"),
        "praise": _("Praise"),
        # Ages, in working days.
        "0-1": _("up to 1 day"),
        "1-3": _("1 to 3 days"),
        "3-7": _("3 to 7 days"),
        "7-14": _("7 to 14 days"),
        "14-28": _("14 to 28 days"),
        ">28": _("over 28 days"),
        "28-": _("over 28 days"),
        # Why something was escalated.
        "warning": _("Deadline near"),
        "breach": _("Deadline missed"),
        "human": _("Asked for a human"),
        "asked-for-human": _("Asked for a human"),
        "reopened-twice": _("Second reopening"),
        "second-reopening": _("Second reopening"),
        "third-handover": _("Third handover"),
        "bounced": _("Answer came back"),
        "bounced-answer": _("Answer came back"),
        "wish": _("An agent asked for help"),
        "agents-wish": _("An agent asked for help"),
        "promise-at-risk": _("Promise at risk"),
        "promise-broken": _("Promise broken"),
        # Where it hurt.
        "waited": _("Waited"),
        "repeated": _("Had to repeat it"),
        "sent-elsewhere": _("Sent elsewhere"),
        "not-told": _("Not told"),
        "rude": _("Rude"),
        # Doors.
        "accepted": _("Taken in"),
        "filed": _("Filed"),
        "held": _("Held"),
        "late": _("Came late"),
        "refused": _("Refused"),
        "bounced-out": _("Came back to us"),
        "addresses-open": _("Addresses open"),
        "addresses-grace": _("Addresses in grace"),
        "addresses-expired": _("Addresses expired"),
        "none": _("not said"),
        "others": _("Others"),
        # What is told of teams, over time, and in lists.
        "compliance-first-response": _("First answers in time"),
        "compliance-next-reply": _("Answers in time"),
        "compliance-resolution": _("Solved in time"),
        "compliance-by-team": _("Deadlines met, by team"),
        "compliance-over-time": _("Deadlines met"),
        "first-response-by-team": _("First answer, by team"),
        "handovers-with-note": _("Handovers with a note"),
        "handovers-over-time": _("Handovers with a note"),
        "hurt": _("Where it hurt most often"),
        "late-per-expired": _("Late mails per 100 addresses that ended"),
        "load": _("What lies with each team"),
        "people": _("Who did how much"),
        "mail-by-outcome": _("What became of the mail"),
        "mail-case": _("Into its case"),
        "mail-new-case": _("A new case"),
        "mail-follow-up": _("A follow-up case"),
        "mail-held": _("Held"),
        "mail-refused": _("Refused"),
        "mail-report": _("A delivery report"),
        "mail-auto": _("Automatic mail"),
        "mail-duplicate": _("The same mail again"),
        "mail-late": _("Came late"),
        "many-repliers": _("More than three people answered"),
        "several-repliers": _("More than one person answered"),
        "moves-by-team": _("Moves between teams, by team"),
        "oldest": _("The oldest open cases"),
        "opened-by-team": _("New cases, by team"),
        "opened-over-time": _("New cases"),
        "resolved-over-time": _("Solved cases"),
        "sent-by-team": _("Messages sent, by team"),
        "reopened-again": _("Reopened more than once"),
        "small-teams": _("Small teams together"),
        "unanswered": _("Solved without an answer"),
        "waited-hours": _("Where it hurt, by waiting time"),
        "waits": _("Somebody waits"),
        "burning": _("What burns"),
        "overdue": _("Past a deadline"),
        "wants-human": _("Asked for a human"),
        "help": _("An agent asked for help"),
        "everybody": _("all of us"),
        "one-person": _("one person at most"),
        "two-people": _("two people"),
        "three-people": _("three people"),
        "more-people": _("more than three"),
    }


def _COLUMNS(_: Say) -> dict[str, str]:  # noqa: N802
    return {
        "at": _("When"),
        "case": _("Case"),
        "reason": _("Reason"),
        "level": _("Level"),
        "told": _("Told"),
        "first-action": _("First deed after"),
        "outcome": _("Outcome"),
        "repliers": _("Who answered"),
        "handovers": _("Handovers"),
        "last-promise": _("Last promise"),
        "promise": _("Last promise"),
        "next-step": _("Next step"),
        "waiting": _("Waiting for"),
        "wait": _("Waiting for"),
        "holder": _("Holder"),
        "team": _("Team"),
        "age": _("Age"),
        "due": _("Due"),
        "overdue": _("Late by"),
        "state": _("State"),
        "customer": _("Customer"),
        "name": _("Name"),
        "count": _("Number"),
        "reopenings": _("Reopenings"),
        "waiting-since": _("Waiting since"),
        "clock": _("Deadline"),
    }


def _WORDS(_: Say) -> dict[str, str]:  # noqa: N802
    return {
        "new": _("new"),
        "open": _("our turn"),
        "waiting": _("waiting for them"),
        "resolved": _("solved"),
        "acknowledged": _("seen"),
        "taken-over": _("taken over"),
        "handed-back": _("handed back"),
        "answered": _("answered"),
        "dropped": _("settled by itself"),
        "kept": _("kept"),
        "broken": _("broken"),
        "running": _("running"),
        "nobody": _("nobody"),
        "no-team": _("no team"),
    }


def of_field(_: Say, name: str) -> str:
    """A field of the case by which a report is filtered; one that a desk made is called as it is."""
    return {"cause": _("Cause"), "office": _("Office"), "verdict": _("Verdict")}.get(name, name)


def of_value(_: Say, value: str) -> str:
    """A value of such a field."""
    return {"justified": _("justified"), "partly": _("partly justified"), "not": _("not justified")}.get(value, value)


def of_group(_: Say, group: str, weekday: Callable[[int], str]) -> str:
    """Which bar or cell of a chart: of an hour of the week «Mon, 10:00»."""
    day, dash, hour = group.partition("-")
    if is_known(group):
        return of_figure(_, group)
    if dash and day.isdigit() and hour.isdigit() and int(day) < 7 and int(hour) < 24:
        return f"{weekday(int(day))}, {int(hour)}:00"
    return ""
