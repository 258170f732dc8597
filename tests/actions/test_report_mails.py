"""Reports by mail: each leaves once, whoever tries and whatever breaks, and only to who may read it."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from helpdesk import clock, jobs
from helpdesk.actions import agents, desks, report_mails, texts
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Agent, Calendar, Desk, Event, Installation, OutboxMail, ReportMail, ReportSchedule
from helpdesk.queries import schedules
from helpdesk.reports.shelf import Shelf
from mail import drafts
from tests.conftest import MONDAY
from tests.sample_report import sample

DUE = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)  # Monday, 07:30 in Berlin
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHELF = Shelf({"escalation": lambda _session, scope, _reader: replace(sample(), scope=scope)})


@pytest.fixture()
def desk(database):
    """A desk with Carol the supervisor, since Monday at ten."""
    return begun(database)


@pytest.fixture()
def each_desk(each_database):
    """The same on both databases, for what hangs on locks and keys."""
    return begun(each_database)


def begun(database):
    with database.transaction() as session:
        desks.sync_from_settings(session, now=MONDAY)
        agents.create(session, "carol@example.org", "Carol", role="supervisor", now=MONDAY)
    return database


def carol(session) -> Agent:
    return session.scalars(select(Agent).where(Agent.email == "carol@example.org")).one()


def sent(database) -> list[OutboxMail]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMail).where(OutboxMail.kind == "report").order_by(OutboxMail.id)))


def sweep(database, now, shelf=SHELF) -> int:
    return jobs.send_reports(database, now=now, shelf=shelf, at_your_word=True)


def test_a_supervisor_gets_what_burns_on_monday_at_half_past_seven_without_asking(desk):
    assert sweep(desk, DUE - MINUTE) == 0
    assert sweep(desk, DUE) == 1
    assert sweep(desk, DUE + MINUTE) == 0
    (mail,) = sent(desk)
    assert (mail.recipient, mail.automatic) == ("carol@example.org", True)
    assert mail.words["subject"] == "Escalation report, week 45"
    assert "91 of 100 promises were kept" in mail.words["text"]
    assert "http://127.0.0.1:8080/reports/escalation?from=2026-11-02&to=2026-11-08" in mail.words["text"]


def test_a_desk_says_in_its_own_words_what_a_report_opens_with(desk):
    with desk.transaction() as session:
        texts.write(
            session, session.scalars(select(Desk)).one(), "report", "en", subject="Board: {report}",
            body="Good morning {name},\n\n**{sentence}**", agent=carol(session), now=MONDAY,
        )  # fmt: skip
    assert sweep(desk, DUE + 2 * HOUR) == 1
    (mail,) = sent(desk)
    assert mail.words["subject"] == "Board: Escalation report, week 45 (late)"
    assert "Good morning Carol,\n\n91 of 100 promises were kept" in mail.words["text"]
    assert re.search(r"<strong[^>]*>91 of 100 promises were kept", mail.words["html"])
    assert mail.words["html"].count("91 of 100 promises were kept") == 2, "there, and in the line that mail programs show first"


def test_of_several_that_were_missed_the_newest_is_sent_once_and_says_that_it_is_late(desk):
    assert sweep(desk, DUE + 16 * DAY) == 1
    assert sweep(desk, DUE + 16 * DAY + MINUTE) == 0
    (mail,) = sent(desk)
    assert mail.words["subject"] == "Escalation report, week 47 (late)"
    assert "This report was due on 23 November, 07:30." in mail.words["text"]
    assert sweep(desk, DUE + 21 * DAY) == 1
    assert sent(desk)[-1].words["subject"] == "Escalation report, week 48"


def test_two_schedulers_at_once_send_it_once(each_desk):
    barrier, results = threading.Barrier(2), []

    def collect(_session, scope, _reader):
        barrier.wait(timeout=20)  # both have seen that it is due
        return replace(sample(), scope=scope)

    def try_it():
        results.append(sweep(each_desk, DUE, Shelf({"escalation": collect})))

    others = [threading.Thread(target=try_it) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join(timeout=60)
    assert sorted(results) == [0, 1]
    assert len(sent(each_desk)) == 1


def test_the_key_holds_even_where_the_row_forgot_that_it_was_sent(each_desk):
    assert sweep(each_desk, DUE) == 1
    with each_desk.transaction() as session:
        session.scalars(select(ReportSchedule)).one().next_at = DUE  # as after a restore of one table
    assert sweep(each_desk, DUE + MINUTE) == 0
    assert len(sent(each_desk)) == 1
    with each_desk.reading() as session:
        assert session.scalars(select(ReportSchedule)).one().next_at == DUE + 7 * DAY


@pytest.mark.parametrize("table", ["outbox", "report_mail"])
def test_killed_between_two_steps_it_is_sent_by_the_next_sweep_and_once(each_desk, table):

    def die(_connection, _cursor, statement, *_more):
        if f"INSERT INTO {table} " in statement:
            raise KeyboardInterrupt

    event.listen(each_desk.engine, "before_cursor_execute", die)
    try:
        with pytest.raises(KeyboardInterrupt):
            sweep(each_desk, DUE)
    finally:
        event.remove(each_desk.engine, "before_cursor_execute", die)
    assert sent(each_desk) == []
    with each_desk.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReportMail)) == 0
    assert sweep(each_desk, DUE + MINUTE) == 1
    assert len(sent(each_desk)) == 1


def test_one_that_cannot_be_collected_holds_up_no_other(desk):
    with desk.transaction() as session:
        report_mails.order(session, carol(session), "daily", "weekly", 0, None, now=MONDAY)

    def breaks(*_args):
        raise ZeroDivisionError

    shelf = Shelf({"daily": breaks, **SHELF.collects})
    assert sweep(desk, DUE, shelf) == 1
    assert sweep(desk, DUE + 30 * MINUTE, Shelf({"daily": SHELF.collects["escalation"]})) == 1  # mended: it comes as well


@pytest.mark.parametrize("change", [{"active": False}, {"role": "agent"}])
def test_who_left_or_may_not_read_reports_gets_none(desk, change):
    with desk.transaction() as session:
        admin = agents.create(session, "ada@example.org", "Ada", role="admin", now=MONDAY)
        agents.change(session, carol(session), change, by=admin, now=MONDAY)
    assert sweep(desk, DUE) == 0
    assert sent(desk) == []
    with desk.transaction() as session:
        back = {"active": True, "role": "supervisor"}
        agents.change(session, carol(session), back, by=carol(session), now=DUE + DAY)
    assert sweep(desk, DUE + 2 * DAY) == 0  # not what came while they were away
    assert sweep(desk, DUE + 7 * DAY) == 1


def test_each_report_is_collected_with_the_sight_of_its_reader(desk):
    readers = []

    def collect(_session, scope, reader):
        readers.append(reader.email)
        return replace(sample(), scope=scope)

    with desk.transaction() as session:
        agents.create(session, "erik@example.org", "Erik", role="supervisor", now=MONDAY)
    assert sweep(desk, DUE, Shelf({"escalation": collect})) == 2
    assert sorted(readers) == ["carol@example.org", "erik@example.org"]


def test_the_hour_is_that_of_the_teams_calendar_and_follows_when_the_calendar_moves(desk):
    with desk.transaction() as session:
        team = desks.add_team(session, "Overseas", agent=None, now=MONDAY)
        calendar = Calendar(
            name="New York", zone="America/New_York", hours=[[0, 540, 1020]], country="", region="", local_days=[]
        )
        session.add(calendar)
        session.flush()
        team.calendar_id = calendar.id
        row = report_mails.order(session, carol(session), "escalation", "daily", 450, team, now=MONDAY)
        assert row.next_at == datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
        report_mails.cancel(session, schedules.of(session, carol(session))[0], agent=carol(session), now=MONDAY)
    assert sweep(desk, datetime(2026, 11, 2, 12, 30, tzinfo=UTC)) == 1
    assert "Overseas" in sent(desk)[0].words["text"]
    with desk.transaction() as session:
        session.scalars(select(Calendar).where(Calendar.name == "New York")).one().zone = "Europe/Berlin"
    assert sweep(desk, datetime(2026, 11, 3, 12, 30, tzinfo=UTC)) == 1
    with desk.reading() as session:
        assert session.scalars(select(ReportSchedule)).one().next_at == datetime(2026, 11, 4, 6, 30, tzinfo=UTC)


def test_no_report_leaves_while_the_clock_cannot_be_believed(desk):
    with desk.transaction() as session:
        session.merge(Installation(name=jobs.LAST_SWEEP, value={"at": MONDAY.isoformat()}))
    assert jobs.send_reports(desk, now=DUE, shelf=SHELF) == 0  # a week after the last sweep
    with desk.transaction() as session:
        session.merge(Installation(name=jobs.LAST_SWEEP, value={"at": (DUE - MINUTE).isoformat(), "stopped": "too many"}))
    assert jobs.send_reports(desk, now=DUE, shelf=SHELF) == 0
    with desk.transaction() as session:
        session.merge(Installation(name=jobs.LAST_SWEEP, value={"at": (DUE - MINUTE).isoformat()}))
    assert jobs.send_reports(desk, now=DUE, shelf=SHELF) == 1


def test_one_that_cannot_be_collected_is_tried_later_and_later_and_the_admins_hear_of_it_once(desk):
    with desk.transaction() as session:
        agents.create(session, "ada@example.org", "Ada", role="admin", now=MONDAY)
    tries = []

    def collect(_session, scope, _reader):
        tries.append(clock.now())
        if clock.now() < DUE + 900 * MINUTE:
            raise ValueError("secret words of a customer")
        return replace(sample(), scope=scope)

    times = [0, 1, 6, 21, 81, 321, 561, 801, 1041]
    for minutes in sorted([*times, *(one - 0.5 for one in times[1:]), 1042, 1300]):
        now = DUE + minutes * MINUTE
        with clock.freeze(now):
            sweep(desk, now, Shelf({"escalation": collect}))
    assert [(at - DUE) / MINUTE for at in tries] == times
    (mail,) = sent(desk)
    assert mail.words["subject"].endswith("(late)")
    with desk.reading() as session:
        (told,) = session.scalars(select(OutboxMail).where(OutboxMail.kind == "report-failed")).all()
        draft = drafts.draft(session, told, now=now)
        row = session.scalars(select(ReportSchedule)).one()
        assert (row.attempts, row.try_at, row.told_at) == (0, None, None)
    assert (told.recipient, told.created_at) == ("ada@example.org", DUE + 81 * MINUTE)
    assert draft.subject == "A report cannot be sent: Escalation report"
    assert "“Escalation report” for Carol was due 07:30 today and could not be collected, after 5 tries." in draft.text
    assert "secret" not in draft.text


def test_two_who_fail_at_once_count_as_one(desk):
    with desk.transaction() as session:
        row = session.scalars(select(ReportSchedule)).one()
        for seconds, attempts in ((0, 1), (1, 1), (60, 2)):
            report_mails.failed(session, row.id, now=DUE + seconds * SECOND)
            assert row.attempts == attempts
        assert row.try_at == DUE + 6 * MINUTE


def test_a_report_is_ordered_once_cancelled_and_both_are_on_the_record(desk):
    with desk.transaction() as session:
        me = carol(session)
        row = report_mails.order(session, me, "friction", "monthly", 480, None, now=MONDAY)
        assert row.next_at == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
        with pytest.raises(NotUsable):
            report_mails.order(session, me, "friction", "monthly", 500, None, now=MONDAY)
        for rhythm, minute in (("hourly", 450), ("daily", 1440), ("daily", -1)):
            with pytest.raises(NotUsable):
                report_mails.order(session, me, "daily", rhythm, minute, None, now=MONDAY)
        report_mails.cancel(session, row, agent=me, now=MONDAY)
        assert [one.report for one in schedules.of(session, me)] == ["escalation"]
        deeds = session.scalars(select(Event.deed).where(Event.thing.startswith("report ")).order_by(Event.id)).all()
        assert deeds == ["report-ordered", "report-ordered", "report-cancelled"]


def test_an_agent_cannot_order_reports_and_a_supervisor_who_cancelled_is_not_welcomed_again(desk):
    with desk.transaction() as session:
        bob = agents.create(session, "bob@example.org", "Bob", role="agent", now=MONDAY)
        with pytest.raises(NotUsable):
            report_mails.order(session, bob, "escalation", "weekly", 450, None, now=MONDAY)
        me = carol(session)
        report_mails.cancel(session, schedules.of(session, me)[0], agent=me, now=MONDAY)
        agents.change(session, me, {"name": "Carol Weiß"}, by=me, now=MONDAY)
        assert list(schedules.of(session, me)) == []
