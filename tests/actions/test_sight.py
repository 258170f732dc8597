"""Who may know of a case: the deeds, the rule in the database, and what grows out of a confidential case."""

from __future__ import annotations

import pytest

from helpdesk.actions import agents, cases, desks, doubts, entries, handovers, sight
from helpdesk.actions.cases import NotPermitted
from helpdesk.policies.permissions import may
from helpdesk.queries import cases as find


@pytest.fixture()
def dana(session, monday):
    return agents.create(session, "dana@example.org", "Dana", role="admin", now=monday)


def sees(session, agent, case) -> bool:
    """The list, the one case and the table of permissions always agree."""
    session.flush()
    said = {
        find.by_number(session, case.number, agent) is not None,
        may(agent, "case.answer", case),
        case.number in [found.number for found in find.of_person(session, agent, case.requester_id)],
    }
    assert len(said) == 1, said
    return said.pop()


def test_a_confidential_case_exists_for_its_insiders_only_whatever_their_role(session, case, bob, dana, monday) -> None:
    assert sees(session, bob, case)
    assert sees(session, dana, case)
    sight.conceal(session, case, agent=bob, now=monday)
    assert (sees(session, bob, case), sees(session, dana, case)) == (True, False), "who makes it confidential stays inside"
    sight.let_in(session, case, dana, agent=bob, now=monday)
    assert sees(session, dana, case)
    sight.send_out(session, case, dana, agent=bob, now=monday)
    assert not sees(session, dana, case)
    sight.open_up(session, case, agent=bob, now=monday)
    assert sees(session, dana, case)
    told = [event.deed for event in find.timeline(session, case, bob)][-4:]
    assert told == ["concealed", "let-in", "sent-out", "opened-up"]


def test_its_team_and_its_holder_are_insiders(session, case, bob, dana, monday) -> None:
    team = desks.add_team(session, "Trust", agent=None, now=monday)
    desks.change_team(session, team, name="Trust", members=[dana], agent=None, now=monday)
    case.team = team
    sight.conceal(session, case, agent=dana, now=monday)
    assert case.members == []
    assert (sees(session, dana, case), sees(session, bob, case)) == (True, False)
    cases.assign(session, case, bob, agent=dana, now=monday)
    assert sees(session, bob, case)


def test_all_cases_of_a_confidential_team_are(session, case, bob, dana, monday) -> None:
    team = desks.add_team(session, "Trust", agent=None, now=monday)
    case.team = team
    assert sees(session, bob, case)
    desks.change_team(session, team, name="Trust", members=[dana], confidential=True, agent=None, now=monday)
    session.refresh(team)
    assert (sees(session, dana, case), sees(session, bob, case)) == (True, False)
    with pytest.raises(NotPermitted, match="team Trust are confidential"):
        sight.open_up(session, case, agent=dana, now=monday)


def test_for_whom_is_shut_out_it_does_not_exist_even_as_its_holder_or_in_its_team(session, case, bob, dana, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    sight.conceal(session, case, agent=bob, now=monday)
    sight.shut_out(session, case, bob, "It is about him.", agent=dana, now=monday)
    assert case.assignee is None
    assert not sees(session, bob, case)
    for deed in (
        lambda: cases.assign(session, case, bob, agent=dana, now=monday),
        lambda: sight.let_in(session, case, bob, agent=dana, now=monday),
    ):
        with pytest.raises(NotPermitted, match="shut out"):
            deed()
    sight.open_up(session, case, agent=dana, now=monday)
    assert not sees(session, bob, case), "not confidential any more, and still not for him"
    sight.let_back(session, case, bob, agent=dana, now=monday)
    assert sees(session, bob, case)


def test_nobody_shuts_themselves_out_and_nobody_is_shut_out_without_a_reason(session, case, bob, dana, monday) -> None:
    for who, reason in ((bob, "I know them."), (dana, " ")):
        with pytest.raises(NotPermitted):
            sight.shut_out(session, case, who, reason, agent=bob, now=monday)
    assert case.shut_out == []


def test_an_auditor_holds_no_case(session, case, bob, monday) -> None:
    olga = agents.create(session, "olga@example.org", "Olga", role="auditor", now=monday)
    with pytest.raises(NotPermitted, match="only reads"):
        cases.assign(session, case, olga, agent=bob, now=monday)


def test_what_grows_out_of_a_confidential_case_is_as_close(session, desk, case, anna, bob, dana, monday) -> None:
    eve = agents.create(session, "eve@example.org", "Eve", role="agent", now=monday)
    sight.conceal(session, case, agent=bob, now=monday)
    sight.shut_out(session, case, eve, "It is about her.", agent=bob, now=monday)
    later = cases.open_case(session, desk, anna, "Again", now=monday, assignee=eve)
    cases.link(session, later, case, kind="follow-up", now=monday)
    assert [sees(session, agent, later) for agent in (bob, dana, eve)] == [True, False, False]
    assert later.assignee is None
    words = entries.Incoming("Eve Else", "x", "x", flags=["stranger"], sender="else@customer.example")
    strange = entries.receive(session, case, words, person=None, counts=False, now=monday)
    split = doubts.give_case(session, case, strange, agent=bob, now=monday)
    assert [sees(session, agent, split) for agent in (bob, dana, eve)] == [True, False, False]


def test_a_link_by_hand_opens_and_closes_nothing(session, desk, case, anna, bob, dana, monday) -> None:
    sight.conceal(session, case, agent=bob, now=monday)
    other = cases.open_case(session, desk, anna, "Again", now=monday)
    cases.link(session, other, case, kind="related", now=monday)
    assert (sees(session, dana, other), sees(session, dana, case)) == (True, False)
    assert find.links(session, other.number, dana) == []
    assert find.links(session, other.number, bob) == [("related", case.number)]
    assert "linked" not in [event.deed for event in find.timeline(session, other, dana)]


def test_what_is_handed_on_stays_confidential_and_whoever_gives_it_away_still_knows_of_it(
    session, case, bob, dana, monday
) -> None:
    secret, other = (desks.add_team(session, name, agent=None, now=monday) for name in ("Trust", "Sales"))
    desks.change_team(session, secret, name="Trust", members=[bob], confidential=True, agent=None, now=monday)
    case.team = secret
    session.flush()
    session.refresh(secret)
    handovers.give_to_team(session, case, other, agent=bob, now=monday)
    assert (case.team, case.confidential) == (other, True)
    assert (sees(session, bob, case), sees(session, dana, case)) == (True, False)
    cases.assign(session, case, bob, agent=bob, now=monday)
    sight.send_out(session, case, bob, agent=bob, now=monday)
    cases.assign(session, case, dana, agent=bob, now=monday)
    assert (sees(session, bob, case), sees(session, dana, case)) == (True, True)


def test_other_cases_of_a_customer_are_as_many_also_where_the_newest_do_not_exist_for_one(
    session, desk, case, anna, bob, dana, monday
) -> None:
    rest = [cases.open_case(session, desk, anna, f"Water {n}", now=monday) for n in range(4)]
    sight.conceal(session, rest[3], agent=bob, now=monday)
    assert find.others_of(session, case, bob, limit=2) == [rest[3], rest[2]]
    assert find.others_of(session, case, dana, limit=2) == [rest[2], rest[1]]
