"""What we know of the people who write to us."""

from __future__ import annotations

from helpdesk.actions import people


def test_a_person_is_known_by_the_address_whatever_its_case(session, anna, monday) -> None:
    assert people.known(session, " ANNA@Customer.example ", now=monday) is anna


def test_a_name_is_learned_once_and_mail_does_not_change_it(session, monday) -> None:
    carl = people.known(session, "carl@customer.example", now=monday)
    assert carl.called == "carl@customer.example"
    people.known(session, "carl@customer.example", "Carl", now=monday)
    people.known(session, "carl@customer.example", "Mallory", now=monday)
    assert carl.called == "Carl"


def test_an_agent_corrects_a_name(session, anna, bob, monday) -> None:
    people.change(session, anna, name=" Anna Weber ", language="de", note=" Call after 5 pm ", agent=bob, now=monday)
    assert (anna.name, anna.language) == ("Anna Weber", "de")


def test_of_three_addresses_of_one_person_none_points_at_an_alias(session, anna, bob, monday) -> None:
    phone, office = (people.known(session, address, now=monday) for address in ("anna@phone.example", "anna@office.example"))
    people.join(session, phone, office, agent=bob, now=monday)
    people.join(session, anna, phone, agent=bob, now=monday)
    people.join(session, office, anna, agent=bob, now=monday)  # known already
    assert (anna.same_as, phone.same_as, office.same_as) == (None, anna, anna)
