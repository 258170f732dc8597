"""What an admin changes: desks, teams, agents, tokens; and the passwords that agents choose."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk.actions import agents, api_tokens, cases, desks, people, throttles
from helpdesk.actions.desks import NotUsable
from helpdesk.db import Database
from helpdesk.models import Agent, Desk, Event, OutboxMail, PasswordLink, Team

GOOD = "stairs and a bucket of sand"


@pytest.fixture()
def session(database: Database, monday: datetime):
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        yield session


@pytest.fixture()
def carol(session, monday) -> Agent:
    return agents.create(session, "carol@example.org", "Carol", role="admin", now=monday)


@pytest.fixture()
def bob(session, carol, monday) -> Agent:
    return agents.create(session, "bob@example.org", "Bob", role="agent", now=monday, by=carol)


def deeds(session) -> list[str]:
    return list(session.scalars(select(Event.deed).order_by(Event.id)))


def token_of_last_mail(session) -> str:
    row = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    return session.info["house"].keys.unlock(row.words["token"])


def test_a_refusal_can_be_said_in_another_language() -> None:
    refusal = NotUsable("email", "There is an agent with %(email)s already.", email="bob@example.org")
    assert str(refusal) == "There is an agent with bob@example.org already."
    assert refusal.sentence % refusal.values == str(refusal)
    assert str(NotUsable("name", "100 % of it")) == "100 % of it"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("help", "not a mail address"),
        ("help@example.org\nBcc: x@example.org", "not a mail address"),
        ("help@example.org", "front desk already"),
        ("HELP@example.org ", "front desk already"),
        ("bob@example.org", "address of an agent"),
        ("sales@reply.example.org", "for reply addresses only"),
    ],
)
def test_a_desk_that_could_not_work_is_refused(session, bob, carol, monday, address, sentence) -> None:
    with pytest.raises(NotUsable, match=sentence) as refusal:
        desks.add(session, address, "Sales", language="en", agent=carol, now=monday)
    assert refusal.value.field == "address"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"language": "fr"}, "language"),
        ({"sender": "nobody"}, "sender"),
        ({"address": "x@y.org"}, "address"),
    ],
)
def test_a_desk_is_not_changed_into_nonsense(session, carol, monday, values, field) -> None:
    desk = session.scalars(select(Desk)).one()
    with pytest.raises(NotUsable) as refusal:
        desks.change(session, desk, values, agent=carol, now=monday)
    assert refusal.value.field == field


def test_the_first_desk_cannot_be_closed_but_another_can(session, carol, monday) -> None:
    first = session.scalars(select(Desk)).one()
    second = desks.add(session, "sales@example.org", "Sales", language="de", agent=carol, now=monday)
    desks.change(session, second, {"active": False}, agent=carol, now=monday)
    assert not second.active
    with pytest.raises(NotUsable, match="one door has to stay open"):
        desks.change(session, first, {"active": False}, agent=carol, now=monday)


def test_a_team_is_renamed_and_its_members_are_chosen(session, bob, carol, monday) -> None:
    team = desks.add_team(session, "Returns", agent=carol, now=monday)
    desks.change_team(session, team, name=" Returns  and repairs ", members=[bob, carol], agent=carol, now=monday)
    assert (team.name, bob.teams, carol.teams) == ("Returns and repairs", [team], [team])
    desks.change_team(session, team, name="Returns and repairs", members=[carol], agent=carol, now=monday)
    session.expire_all()
    assert (bob.teams, carol.teams) == ([], [team])
    event = session.scalars(select(Event).where(Event.deed == "team-changed").order_by(Event.id.desc())).first()
    assert event.before["members"] == [carol.id, bob.id]
    assert event.after["members"] == [carol.id]


def test_two_teams_cannot_have_one_name(session, carol, monday) -> None:
    desks.add_team(session, "Returns", agent=carol, now=monday)
    other = desks.add_team(session, "Repairs", agent=carol, now=monday)
    for name in ("Returns", " "):
        with pytest.raises(NotUsable):
            desks.change_team(session, other, name=name, members=[], agent=carol, now=monday)
    desks.change_team(session, other, name="Repairs", members=[], agent=carol, now=monday)


def test_an_agent_joins_teams_and_leaves_them(session, bob, carol, monday) -> None:
    team = desks.add_team(session, "Returns", agent=carol, now=monday)
    agents.join(session, bob, [team], by=carol, now=monday)
    agents.join(session, bob, [team], by=carol, now=monday)
    assert bob.teams == [team]
    assert deeds(session).count("agent-changed") == 1
    agents.join(session, bob, [], by=carol, now=monday)
    assert session.get_one(Team, team.id)
    assert bob.teams == []


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("bob", "not a mail address"),
        ("help@example.org", "address of the desk itself"),
        ("closed@example.org", "address of the desk itself"),
        ("anything@reply.example.org", "address of the desk itself"),
        ("Carol@Example.org", "already"),
    ],
)
def test_an_agent_who_could_not_be_reached_is_refused(session, carol, monday, email, sentence) -> None:
    closed = desks.add(session, "closed@example.org", "Closed", language="en", agent=carol, now=monday)
    desks.change(session, closed, {"active": False}, agent=carol, now=monday)
    with pytest.raises(NotUsable, match=sentence):
        agents.create(session, email, "Somebody", role="agent", now=monday)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"role": "king"}, "role"),
        ({"language": "fr"}, "language"),
        ({"email": "x@y.org", "name": "B"}, "email"),
    ],
)
def test_an_agent_is_not_changed_into_nonsense(session, bob, carol, monday, values, field) -> None:
    with pytest.raises(NotUsable) as refusal:
        agents.change(session, bob, values, by=carol, now=monday)
    assert refusal.value.field == field


@pytest.mark.parametrize(("values", "field"), [({"role": "agent"}, "role"), ({"active": False}, "active")])
def test_the_last_admin_stays(session, carol, monday, values, field) -> None:
    with pytest.raises(NotUsable, match="stay admin") as refusal:
        agents.change(session, carol, values, by=carol, now=monday)
    assert refusal.value.field == field
    agents.create(session, "dora@example.org", "Dora", role="admin", now=monday)
    agents.change(session, carol, values, by=carol, now=monday)


def test_whoever_is_switched_off_is_out_at_once_and_their_open_cases_are_nobodys(session, bob, carol, monday) -> None:
    agents.set_password(session, bob, GOOD, now=monday)
    cookie = agents.log_in(session, bob.email, GOOD, ip="::1", now=monday)
    api = api_tokens.create(session, bob, now=monday)
    desk, anna = session.scalars(select(Desk)).one(), people.known(session, "anna@example.net", now=monday)
    unsolved = cases.open_case(session, desk, anna, "Fire", now=monday, assignee=bob)
    solved = cases.open_case(session, desk, anna, "Water", now=monday, assignee=bob)
    cases.resolve(session, solved, agent=bob, now=monday)

    agents.change(session, bob, {"active": False}, by=carol, now=monday)

    assert agents.session_of(session, cookie, now=monday) is None
    assert api_tokens.agent_of(session, api) is None
    assert (unsolved.assignee, solved.assignee) == (None, bob)


def test_a_password_is_changed_by_whoever_knows_the_present_one(session, bob, monday) -> None:
    agents.set_password(session, bob, GOOD, now=monday)
    cookie = agents.log_in(session, bob.email, GOOD, ip="::1", now=monday)
    with pytest.raises(NotUsable, match="not your present") as refusal:
        agents.change_password(session, bob, "a wrong guess", "another good password", now=monday)
    assert refusal.value.field == "current"
    with pytest.raises(NotUsable, match="at least 12 characters"):
        agents.change_password(session, bob, GOOD, "short", now=monday)
    agents.change_password(session, bob, GOOD, "another good password", now=monday)
    assert agents.session_of(session, cookie, now=monday) is None
    assert agents.log_in(session, bob.email, "another good password", ip="::1", now=monday)


def test_guessing_the_present_password_gets_slow(session, bob, monday) -> None:
    agents.set_password(session, bob, GOOD, now=monday)
    for _ in range(throttles.FREE_TRIES):
        with pytest.raises(NotUsable):
            agents.change_password(session, bob, "a wrong guess", GOOD + "!", now=monday)
    with pytest.raises(throttles.Throttled):
        agents.change_password(session, bob, GOOD, GOOD + "!", now=monday)
    agents.change_password(session, bob, GOOD, GOOD + "!", now=monday + timedelta(hours=1))


def test_an_invitation_works_once_and_not_after_seven_days(session, bob, carol, monday) -> None:
    agents.invite(session, bob, by=carol, now=monday)
    token = token_of_last_mail(session)
    assert agents.link_holder(session, token, now=monday + agents.INVITATION) is None
    link = agents.link_holder(session, token, now=monday + agents.INVITATION - timedelta(seconds=1), for_use=True)
    assert link is not None
    with pytest.raises(NotUsable):
        agents.use_link(session, link, "bob", now=monday)
    assert agents.link_holder(session, token, now=monday) is link, "a password that was refused uses nothing up"
    assert agents.use_link(session, link, GOOD, now=monday) is bob
    session.flush()
    assert agents.link_holder(session, token, now=monday) is None


def test_a_second_invitation_ends_the_first(session, bob, carol, monday) -> None:
    agents.invite(session, bob, by=carol, now=monday)
    first = token_of_last_mail(session)
    agents.invite(session, bob, by=carol, now=monday)
    assert agents.link_holder(session, first, now=monday) is None
    assert agents.link_holder(session, token_of_last_mail(session), now=monday) is not None


def test_a_new_password_ends_all_other_links(session, bob, monday) -> None:
    agents.forgot_password(session, "bob@example.org", now=monday)
    agents.set_password(session, bob, GOOD, now=monday)
    assert session.scalars(select(PasswordLink)).all() == []


def test_a_token_that_was_revoked_opens_nothing(session, bob, monday) -> None:
    token = api_tokens.create(session, bob, now=monday)
    row = api_tokens.agent_of(session, token) and session.scalars(select(api_tokens.ApiToken)).one()
    api_tokens.revoke(session, row, by=bob, now=monday)
    api_tokens.revoke(session, row, by=bob, now=monday)
    assert api_tokens.agent_of(session, token) is None
    assert deeds(session).count("token-revoked") == 1
