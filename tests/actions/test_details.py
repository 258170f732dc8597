"""Tags, fields, priority, and what has to be said before a case is solved."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import cases, entries, fields, outcomes, tags
from helpdesk.actions.cases import Unsettled
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import Incoming
from helpdesk.models import Agent, Case, CaseField, Desk, Event, Person, Tag
from helpdesk.policies.tags import MOST
from helpdesk.queries import details as find
from helpdesk.queries.lists import Wanted, newest


def deeds(session: Session, case: Case) -> list[str]:
    query = select(Event.deed).where(
        Event.case_number == case.number, Event.deed.not_in(("opened", "address-issued", "received"))
    )
    return list(session.scalars(query.order_by(Event.id)))


def found(session: Session, agent: Agent, words: str) -> list[int]:
    session.flush()
    return [case.number for case in newest(session, agent, Wanted(words=words), limit=10)]


@pytest.fixture()
def mail(session: Session, case: Case, anna: Person, monday: datetime) -> None:
    """The case has words."""
    entries.receive(session, case, Incoming("Anna", "It burns", "It burns"), person=anna, counts=True, now=monday)


def test_a_tag_is_one_however_it_is_spelled_and_the_case_is_found_by_it(session, case, bob, monday, mail) -> None:
    tags.add(session, case, "Straßenbau", agent=bob, now=monday)
    tags.add(session, case, " #strassenbau ", agent=bob, now=monday)
    (tag,) = find.tags(session, case.number)
    assert (tag.name, deeds(session, case)) == ("Straßenbau", ["tagged"])
    assert found(session, bob, "strassenbau burns") == [case.number]
    tags.remove(session, case, tag, agent=bob, now=monday)
    tags.remove(session, case, tag, agent=bob, now=monday)
    assert (find.tags(session, case.number), deeds(session, case)) == ([], ["tagged", "untagged"])
    assert found(session, bob, "strassenbau") == []


def test_a_tag_without_a_letter_is_none_and_a_case_has_not_more_than_it_can_bear(session, case, bob, monday) -> None:
    with pytest.raises(NotUsable, match="letters or figures"):
        tags.add(session, case, "!!", agent=bob, now=monday)
    for n in range(MOST):
        tags.add(session, case, f"t{n}", agent=bob, now=monday)
    with pytest.raises(NotUsable, match="30 tags"):
        tags.add(session, case, "one more", agent=bob, now=monday)
    tags.add(session, case, "T1", agent=bob, now=monday)


def test_a_tag_renamed_to_another_becomes_that_one_in_every_case(session, desk, case, anna, bob, monday, mail) -> None:
    other = cases.open_case(session, desk, anna, "Again", now=monday)
    both, one = tags.add(session, case, "late", agent=bob, now=monday), tags.add(session, case, "delay", agent=bob, now=monday)
    tags.add(session, other, "delay", agent=bob, now=monday)
    assert tags.rename(session, one, "Late", agent=bob, now=monday) is both
    assert [[tag.name for tag in find.tags(session, c.number)] for c in (case, other)] == [["late"], ["late"]]
    tags.rename(session, both, "Too late", agent=bob, now=monday)
    assert found(session, bob, "too late") == [case.number]
    assert session.scalars(select(Tag.name)).all() == ["Too late"]
    tags.delete_tag(session, both, agent=bob, now=monday)
    assert (find.tags(session, case.number), found(session, bob, "late")) == ([], [])


def test_a_field_keeps_one_form_of_a_value_and_says_who_changed_it(session, desk, case, bob, monday, mail) -> None:
    amount = fields.define(session, "Amount", "number", agent=bob, now=monday, desk=desk)
    fields.fill(session, case, amount, "1.234,50", agent=bob, now=monday)
    fields.fill(session, case, amount, "1234.50", agent=bob, now=monday)
    assert session.get_one(CaseField, (case.number, amount.id)).value == "1234.50"
    assert deeds(session, case) == ["field-filled"]
    assert found(session, bob, "1234.50") == [case.number]
    with pytest.raises(NotUsable, match="Amount is a number"):
        fields.fill(session, case, amount, "much", agent=bob, now=monday)
    fields.fill(session, case, amount, "", agent=bob, now=monday)
    assert (find.values(session, case.number), found(session, bob, "1234.50")) == ({}, [])


def test_a_field_has_a_name_of_its_own_where_it_is_asked_for(session, desk, bob, monday) -> None:
    fields.define(session, "Order", "text", agent=bob, now=monday)
    for name, kind, choices, said in (
        ("order", "text", [], "called order already"),
        ("", "text", [], "1 to 60"),
        ("Colour", "choice", ["red"], "2 to 100"),
        ("Colour", "colour", [], "from the list"),
    ):
        with pytest.raises(NotUsable, match=said):
            fields.define(session, name, kind, agent=bob, now=monday, desk=desk, choices=choices)
    colour = fields.define(session, "Colour", "choice", agent=bob, now=monday, desk=desk, choices=["red", "red ", "blue"])
    assert colour.choices == ["red", "blue"]
    fields.redefine(session, colour, "Colour", agent=bob, now=monday, choices=["red", "blue"], active=False)
    assert [field.name for field in find.fields_for(session, desk.id)] == ["Order"]


def test_a_case_is_solved_only_when_its_desk_knows_what_it_wants_to_know(session, desk, case, bob, monday) -> None:
    outcomes.ask(session, desk, ["verdict", "cause", "office"], agent=bob, now=monday)
    order = fields.define(session, "Order", "text", agent=bob, now=monday, required=True)
    with pytest.raises(Unsettled) as refusal:
        cases.resolve(session, case, agent=bob, now=monday)
    assert refusal.value.missing == ["office", "verdict", "Order"], "there are no causes to choose from yet"
    outcomes.list_causes(session, desk, ["Delay", "Damage", "Delay"], agent=bob, now=monday)
    delay = find.causes(session, desk.id)[1]
    outcomes.say(session, case, agent=bob, now=monday, office=" Road  works", verdict="partly")
    assert find.missing(session, case) == ["cause", "Order"]
    outcomes.say(session, case, agent=bob, now=monday, cause=delay, office="Road works", verdict="partly")
    fields.fill(session, case, order, "4711", agent=bob, now=monday)
    cases.resolve(session, case, agent=bob, now=monday)
    assert case.state == "resolved"
    outcomes.list_causes(session, desk, ["Damage"], agent=bob, now=monday)
    assert [cause.name for cause in find.causes(session, desk.id)] == ["Damage"]
    assert find.missing(session, case) == [], "what was said stays said"


def test_nobody_is_asked_where_the_desk_itself_solves_a_case(session, desk, case, bob, monday) -> None:
    outcomes.ask(session, desk, ["verdict"], agent=bob, now=monday)
    cases.resolve(session, case, agent=None, now=monday)
    assert case.state == "resolved"


def test_another_desks_cause_is_no_cause(session: Session, case: Case, bob: Agent, monday: datetime) -> None:
    elsewhere = Desk(address="x@example.org", name="X", language="en")
    session.add(elsewhere)
    session.flush()
    outcomes.list_causes(session, elsewhere, ["Noise"], agent=bob, now=monday)
    with pytest.raises(NotUsable, match="from the list"):
        outcomes.say(session, case, agent=bob, now=monday, cause=find.causes(session, elsewhere.id)[0])


def test_priority_is_one_of_four_and_each_change_is_told(session, case, bob, monday) -> None:
    fields.prioritise(session, case, "urgent", agent=bob, now=monday)
    fields.prioritise(session, case, "urgent", agent=bob, now=monday)
    assert (case.priority, deeds(session, case)) == ("urgent", ["prioritised"])
    with pytest.raises(NotUsable):
        fields.prioritise(session, case, "now", agent=bob, now=monday)
