"""What the report of the doors tells of probes, of mail to the addresses of cases, and of books that do not agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from helpdesk import clock, jobs
from helpdesk.actions import entries, sight, spam
from helpdesk.models import Agent, Arrival, Case, DoorMail, Entry, InboundMail, Team
from helpdesk.queries.ledger import mismatch
from helpdesk.queries.post import arrivals
from helpdesk.reports import asked, behind, files
from helpdesk.reports.collecting import collect
from helpdesk.reports.report import Amount, Behind
from helpdesk.reports.words import say
from mail import jobs as bridge
from tests.cast import MONDAY
from tests.stories.test_machines import report as bounce
from tests.ways import in_process

EVERY = timedelta(minutes=15)
flying = pytest.mark.desk(canary=EVERY)
pytestmark = in_process


def scope_of(desk, **more):
    day = clock.now().date()
    return asked.scope_of((day - timedelta(days=60), day), zone=desk.database.house.settings.zone, now=clock.now(), **more)


def report(desk, **more):
    jobs.measure(desk.database, now=clock.now())
    with desk.database.reading() as session:
        return collect(session, "doors", scope_of(desk, **more), session.scalars(select(Agent)).first())


def figures(desk, **more):
    return {figure.key: figure for figure in report(desk, **more).figures}


def listed(desk, figure):
    with desk.database.reading() as session:
        return behind.behind(session, Behind(figure), scope_of(desk), session.scalars(select(Agent)).first())


def row(desk, key, language="en"):
    """A line of the figures, as it is read."""
    said = say(report(desk), language, desk.database.house.settings.zone, house="Help desk")
    place = [figure.key for figure in said.report.figures].index(key)
    return [cell.text for cell in said.tables[0].rows[place]]


def takes(desk, seconds):
    """A probe that is so long on its way, or never comes back."""
    bridge.send_probe(desk.database, now=clock.now())
    desk.works()
    probe = desk.relay.mails[-1]
    if seconds is not None:
        desk.minutes_pass(seconds / 60)
        desk.takes(probe.raw, probe.sender, list(probe.recipients))
        desk.minutes_pass(-seconds / 60)
    desk.minutes_pass(15)
    return probe


@flying
def test_probes_tell_within_which_time_half_of_them_and_95_of_100_came_back_and_how_many_did_not(desk, bob) -> None:
    first, *_rest = [takes(desk, seconds) for seconds in (*range(1, 20), None, 120)]
    found = figures(desk)
    assert found["probe-half"].amount == Amount("seconds", 10.5, 20)
    assert found["probe-95"].amount == Amount("seconds", 19, 20), "one of twenty may take longer"
    assert found["probe-95"].waiting == 1
    desk.takes(first.raw, first.sender, list(first.recipients))
    assert figures(desk)["probe-half"].amount == found["probe-half"].amount, "the same probe again is no other round trip"
    assert row(desk, "probe-95")[1:3] == ["19 s", "1 is not back"]


@flying
def test_where_no_probe_ran_it_is_said_and_where_none_came_back_as_well(desk, bob) -> None:
    assert figures(desk)["probe-95"].amount == Amount("seconds", None, 0)
    assert row(desk, "probe-half")[1] == "no probe ran"
    takes(desk, None)
    assert (row(desk, "probe-half")[1], row(desk, "probe-half")[3]) == ("none came back", "no probe ran")


@flying
def test_round_trips_are_told_after_their_probes_are_forgotten(desk, bob) -> None:
    takes(desk, 3)
    desk.days_pass(3)
    takes(desk, 5)
    assert figures(desk)["probe-half"].amount == Amount("seconds", 4, 2)


@flying
def test_probes_are_no_mail_that_was_taken_in(desk, anna, bob) -> None:
    anna.writes("The printer is on fire")
    takes(desk, 3)
    assert figures(desk)["accepted"].amount == Amount("count", 1), (
        "else it would be two until the probe is forgotten, and one again"
    )


def test_strangers_late_mail_and_what_it_brought_back_are_told_apart(desk, anna, bob, mallory) -> None:
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    door = case.door.address
    anna.answers("Thanks!")
    mallory.sends("Let me in", to=door)
    bob.resolves(case)
    anna.answers("Thanks a lot!")
    bob.resolves(case)
    anna.answers("Still burning")  # in the days of grace: the same case again
    bob.resolves(case)
    assert figures(desk)["brought-back"].amount == Amount("count", 1), "thanks bring nothing back"
    desk.days_pass(40)
    anna.sends("I am away", to=door, headers=[("Auto-Submitted", "auto-replied")])
    follow_up = anna.sends("Burning again", to=door).case  # after it: a case that follows
    again = anna.sends("And now?", to=door, subject="More")
    assert again.case == follow_up
    found = figures(desk)
    assert found["late"].amount == Amount("count", 2), "hers, and no machine's"
    assert found["late-per-expired"].amount == Amount("rate", 200, 1)
    assert found["brought-back"].amount == Amount("count", 2)
    assert found["late-brought-back"].amount == Amount("count", 1), "the other one came in the days of grace"
    assert found["strangers"].amount == Amount("count", 1)
    assert found["strangers-per-mail"].amount == Amount("rate", 100 / 7, 7)
    assert listed(desk, "brought-back") == [case.number, follow_up.number]
    assert listed(desk, "late-brought-back") == [follow_up.number]
    assert listed(desk, "strangers") == [case.number]
    assert listed(desk, "late") == [follow_up.number] * 2
    assert figures(desk, fields={"priority": "urgent"})["strangers"].amount == Amount("count", 0)


def test_mail_that_is_held_counts_though_nothing_happens_in_the_case(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.resolves(case)
    desk.days_pass(30)
    assert figures(desk)["strangers-per-mail"].amount.of == 0
    anna.sends("I am away", to=case.door.address, headers=[("Auto-Submitted", "auto-replied")])
    assert figures(desk)["strangers-per-mail"].amount == Amount("rate", 0, 1)


def test_the_same_mail_again_and_mail_to_the_desk_are_no_mail_to_a_case_s_address(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    for _ in range(2):
        anna.sends("Still burning", to=case.door.address, message_id="<same@customer.example>", date=clock.now())
    assert figures(desk)["strangers-per-mail"].amount == Amount("rate", 0, 1)


def test_mail_that_somebody_marked_as_spam_or_may_not_be_known_of_is_in_no_figure_of_doors(
    desk, anna, bob, carol, mallory
) -> None:
    case = anna.writes("The printer is on fire")
    mallory.sends("Let me in", to=case.door.address)
    assert figures(desk)["strangers"].amount.value == 1
    done(desk, case, spam.mark)
    assert figures(desk)["strangers"].amount.value == 0
    done(desk, case, spam.unmark)
    assert figures(desk)["strangers"].amount.value == 1
    done(desk, case, sight.conceal)
    assert figures(desk)["strangers"].amount.value == 0
    assert listed(desk, "strangers") == []


def team_of(desk, case):
    """A team of its own for a case."""

    def found(session):
        team = Team(name="Repairs")
        session.add(team)
        session.flush()
        session.get_one(Case, case.number).team_id = team.id
        return team.id

    return desk.changes(found)


def test_mail_counts_for_the_team_that_has_the_case_in_which_it_goes_on(desk, anna, bob, mallory) -> None:
    case, into = anna.writes("The printer is on fire"), anna.writes("And it burns")
    mallory.sends("Let me in", to=case.door.address)
    repairs = team_of(desk, into)
    assert figures(desk, team_id=repairs)["filed"].amount.value == 1
    bob.merges(case, into)
    found = figures(desk, team_id=repairs)
    assert (found["filed"].amount.value, found["strangers"].amount.value) == (3, 1)
    done(desk, into, spam.mark)
    assert figures(desk)["strangers"].amount.value == 0, "where it goes on it is spam"


def test_an_answer_that_came_back_leads_to_the_case_in_which_its_story_goes_on(desk, anna, bob) -> None:
    case, into = anna.writes("The printer is on fire"), anna.writes("And it burns")
    bob.replies(case, "Use the stairs")
    bob.merges(case, into)
    answer = anna.inbox[-1]
    desk.takes(bounce(answer.sender, answer["Message-ID"]), "", [answer.sender])
    assert listed(desk, "bounced-out") == [into.number]


def test_an_address_that_was_withdrawn_in_its_days_of_grace_has_not_expired(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.resolves(case)
    bob.revokes(case.door)
    desk.days_pass(40)
    found = figures(desk)
    assert found["addresses-expired"].amount.value == 0
    assert found["late-per-expired"].amount.of == 0
    desk.days_pass(340)
    assert case.door.standing == "retired"
    assert figures(desk)["addresses-expired"].amount.value == 0


def test_a_mail_that_came_back_is_counted_when_it_did_whatever_is_said_of_it_later(desk, anna, bob) -> None:
    bob.replies(anna.writes("The printer is on fire"), "Use the stairs")
    answer = anna.inbox[-1]
    desk.takes(bounce(answer.sender, answer["Message-ID"]), "", [answer.sender])
    first = clock.now().date()
    for more in ({}, {"status": "4.4.1", "action": "delayed"}):
        desk.days_pass(2)
        desk.takes(bounce(answer.sender, answer["Message-ID"], **more), "", [answer.sender])
    with desk.database.reading() as session:
        scope = asked.scope_of((first, first), zone=desk.database.house.settings.zone, now=clock.now())
        then = collect(session, "doors", scope, session.scalars(select(Agent)).first())
    assert {one.key: one.amount.value for one in then.figures}["bounced-out"] == 1


def test_mail_that_was_held_for_a_confidential_case_stays_out_of_sight_when_its_address_is_forgotten(
    desk, anna, bob, carol
) -> None:
    case = anna.writes("My colleague steals")
    with desk.database.transaction() as session:
        session.get_one(Case, case.number).confidential = True
    bob.resolves(case)
    desk.days_pass(30)
    anna.sends("I am away", to=case.door.address, headers=[("Auto-Submitted", "auto-replied")])
    assert held_in_sight(desk) == []
    desk.days_pass(340)
    assert case.door.standing == "retired"
    assert held_in_sight(desk) == []
    assert figures(desk)["held"].amount.value == 0


def held_in_sight(desk):
    with desk.database.reading() as session:
        return [one.recipient for one in arrivals(session, session.scalars(select(Agent)).first(), outcome="held")]


def done(desk, case, deed):
    """By another than who reads the reports here."""
    with desk.database.transaction() as session:
        other = session.scalars(select(Agent).order_by(Agent.id.desc())).first()
        deed(session, session.get_one(Case, case.number), agent=other, now=clock.now())


def mismatched(desk, what):
    with desk.database.reading() as session:
        me = session.scalars(select(Agent)).first()
        return [one.recipient for one in arrivals(session, me, only=mismatch(what, clock.now()))]


def test_mail_without_an_outcome_is_a_mismatch_after_an_hour_and_leads_to_its_list(desk, anna, bob) -> None:
    anna.writes("The printer is on fire")
    with desk.database.transaction() as session:
        session.execute(update(Arrival).values(outcome=None, case_number=None, entry_id=None))
        session.execute(update(InboundMail).values(settled_at=None))
    desk.is_now(MONDAY + timedelta(hours=1))
    assert figures(desk)["mail-unsettled"].amount == Amount("count", 0), "a worker may be at it"
    desk.is_now(MONDAY + timedelta(hours=1, seconds=1))
    found = figures(desk)["mail-unsettled"]
    assert (found.amount, found.list_at) == (Amount("count", 1), "/post-room?outcome=unsettled")
    assert mismatched(desk, "unsettled") == ["help@example.org"]
    with desk.database.transaction() as session:
        session.execute(update(Arrival).values(outcome="held", reason="Held back."))
        session.execute(update(InboundMail).values(settled_at=clock.now()))
    assert figures(desk)["mail-unsettled"].amount == Amount("count", 0)


def test_mail_that_lies_in_two_places_for_one_recipient_has_two_outcomes(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    anna.sends("For both", to=[case.door.address, anna.writes("And the scanner").door.address])
    assert figures(desk)["mail-twice"].amount == Amount("count", 0), "two recipients, two places"

    def again(session):
        one = session.get_one(Case, case.number)
        first = session.scalars(select(Entry).where(Entry.case_number == case.number)).first()
        mail = entries.Incoming("Anna", "Again", "Again", mail_id=first.mail_id)
        return entries.receive(session, one, mail, person=one.requester, counts=True, now=clock.now())

    desk.changes(again)
    found = figures(desk)["mail-twice"]
    assert (found.amount, found.list_at) == (Amount("count", 1), "/post-room?outcome=twice")
    assert mismatched(desk, "twice") == ["help@example.org"]
    into = anna.writes("It burns")
    repairs = team_of(desk, into)
    bob.merges(case, into)
    assert figures(desk, team_id=repairs)["mail-twice"].amount.value == 1, "it lies with those who have the case now"


def test_what_a_person_copied_into_a_case_of_its_own_is_no_second_outcome(desk, anna, bob) -> None:
    from helpdesk.actions import split

    case = anna.writes("The printer is on fire, and so is the scanner")

    def apart(session):
        one = session.get_one(Case, case.number)
        said = session.scalars(select(Entry).where(Entry.case_number == case.number, Entry.kind == "mail-in")).all()
        split.split(session, one, said, one.requester, "Scanner", agent=session.scalars(select(Agent)).first(), now=clock.now())

    desk.changes(apart)
    assert figures(desk)["mail-twice"].amount == Amount("count", 0)


def test_every_form_of_the_report_tells_them(desk, anna, bob, mallory) -> None:
    case = anna.writes("The printer is on fire")
    mallory.sends("Let me in", to=case.door.address)
    said = say(report(desk), "de", desk.database.house.settings.zone, house="Help desk")
    text = files.as_csv(said)
    assert "Von Fremden, an Adressen von Fällen" in text
    assert "es lief keine Probe" in text
    with desk.database.reading() as session:
        assert [(one.standing, one.writer) for one in session.scalars(select(DoorMail))] == [("active", "stranger")]
