"""People: everybody who wrote, what we know of them, and all their cases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import cases, people
from helpdesk.db import Database
from helpdesk.models import Case, Event, Person
from helpdesk.policies.folding import fold
from tests.web.browsing import anna_writes, words_of


def person_id(database: Database, address: str = "anna@customer.example") -> int:
    with database.reading() as session:
        return session.scalars(select(Person.id).where(Person.address == address)).one()


def test_everybody_is_listed_with_the_number_of_their_cases(browser, database) -> None:
    bob = browser("bob")
    for subject in ("Printer", "Scanner"):
        anna_writes(database, subject=subject)
    anna_writes(database, name="", address="zoe@customer.example")
    words = words_of(bob.get("/people"))
    assert "2 people have written to you" in words
    assert "Anna Kundin anna@customer.example 2" in words
    assert "zoe@customer.example zoe@customer.example 1" in words


@pytest.mark.parametrize(
    ("q", "found"), [("kund", True), ("KUNDIN", True), ("customer.example", True), ("%", False), ("_", False), ("'", False)]
)
def test_somebody_is_found_by_a_part_of_name_or_address_as_it_is_typed(browser, database, q, found) -> None:
    bob = browser("bob")
    anna_writes(database)
    page = words_of(bob.get("/people", query_string={"q": q}))
    assert ("Anna Kundin" in page) is found
    assert ("Nobody is called that." in page) is not found


@pytest.mark.parametrize("q", ["özd", "ÖZD", "Özdemir  Aylin", "aylin@"])
def test_a_name_that_begins_with_an_umlaut_is_found_in_small_letters_too(browser, database, q) -> None:
    bob = browser("bob")
    anna_writes(database, name="Özdemir Aylin", address="aylin@customer.example")
    assert "Özdemir Aylin" in words_of(bob.get("/people", query_string={"q": q}))


def test_long_lists_have_pages_and_keep_what_was_looked_for(browser, database) -> None:
    bob = browser("bob")
    with database.transaction() as session:
        for n in range(60):
            people.known(session, f"p{n:02}@customer.example", now=clock.now())
        people.known(session, "other@elsewhere.example", now=clock.now())
    first = bob.get("/people?q=customer")
    assert 'href="/people?page=2&amp;q=customer"' in first.text or 'href="/people?page=2&q=customer"' in first.text
    second = bob.get("/people?q=customer&page=2")
    assert all((first.text + second.text).count(f">p{n:02}@customer.example<") == 2 for n in range(60))
    assert "other@elsewhere" not in first.text + second.text


def test_a_person_is_shown_with_all_cases_also_those_of_others(browser, database) -> None:
    bob = browser("bob")
    own = anna_writes(database, subject="My printer")
    shared = anna_writes(database, subject="Our printer", name="Ben", address="ben@customer.example")
    anna_writes(database, subject="Nothing of hers", name="Ben", address="ben@customer.example")
    with database.transaction() as session:
        anna = session.scalars(select(Person).where(Person.address == "anna@customer.example")).one()
        cases.add_participant(session, session.get_one(Case, shared), anna, now=clock.now())
    page = bob.get(f"/people/{person_id(database)}")
    words = words_of(page)
    assert "My printer" in words
    assert "Our printer" in words
    assert "Nothing of hers" not in words
    assert f'href="/cases/{own}"' in page.text


def test_a_name_and_a_language_are_corrected(browser, database) -> None:
    bob = browser("bob")
    anna_writes(database)
    path = f"/people/{person_id(database)}"
    answer = bob.post(path, {"name": "  Anna   Weber ", "language": "de"}, follow_redirects=True)
    assert "Saved." in words_of(answer)
    with database.reading() as session:
        anna = session.scalars(select(Person)).one()
        assert (anna.name, anna.language) == ("Anna Weber", "de")
        event = session.scalars(select(Event).where(Event.deed == "person-changed")).one()
        assert (event.agent.name, event.before["name"]) == ("Bob", "Anna Kundin")


def test_a_language_that_we_do_not_speak_is_refused_and_nothing_typed_is_lost(browser, database) -> None:
    bob = browser("bob")
    anna_writes(database)
    answer = bob.post(f"/people/{person_id(database)}", {"name": "Anna Weber", "language": "tlh"})
    assert answer.status_code == 422
    assert 'value="Anna Weber"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    with database.reading() as session:
        assert session.scalars(select(Person)).one().name == "Anna Kundin"


def test_fields_that_are_not_on_the_page_are_refused(browser, database) -> None:
    bob = browser("bob")
    anna_writes(database)
    answer = bob.post(f"/people/{person_id(database)}", {"name": "x", "language": "", "address": "mallory@evil.example"})
    assert answer.status_code == 400
    with database.reading() as session:
        assert session.scalars(select(Person)).one().address == "anna@customer.example"


def test_nobody_is_changed_without_the_token_of_the_form_or_a_log_in(browser, database) -> None:
    bob, nobody = browser("bob"), browser()
    anna_writes(database)
    path = f"/people/{person_id(database)}"
    assert bob.client.post(path, data={"name": "x", "language": ""}).status_code == 403
    assert nobody.post(path, {"name": "x", "language": ""}).status_code == 401
    assert nobody.get("/people").status_code == 302
    with database.reading() as session:
        assert session.scalars(select(Person)).one().name == "Anna Kundin"


def test_somebody_who_is_not_there_is_not_found(browser) -> None:
    bob = browser("bob")
    assert bob.get("/people/7").status_code == 404
    assert bob.post("/people/7", {"name": "", "language": ""}).status_code == 404


def test_markup_in_a_name_is_shown_as_it_is(browser, database) -> None:
    bob = browser("bob")
    anna_writes(database, name="<script>alert(1)</script>")
    for path in ("/people", f"/people/{person_id(database)}"):
        assert "<script>alert" not in bob.get(path).text


def test_a_note_about_somebody_stands_beside_their_case(browser, database) -> None:
    bob = browser("bob")
    number = anna_writes(database)
    bob.post(f"/people/{person_id(database)}", {"name": "Anna", "language": "", "note": "Call after 5 pm"})
    assert "Note Call after 5 pm" in words_of(bob.get(f"/cases/{number}"))


def test_two_addresses_of_one_person_bring_their_cases_together_until_they_are_parted(browser, database) -> None:
    bob = browser("bob")
    first = anna_writes(database, subject="Printer")
    anna_writes(database, subject="Scanner", address="anna@phone.example")
    here, other = person_id(database), person_id(database, "anna@phone.example")
    page = words_of(bob.post(f"/people/{here}/addresses", {"address": " Anna@Phone.example"}, follow_redirects=True))
    assert "anna@phone.example belongs to Anna Kundin too." in page
    assert "Scanner" in words_of(bob.get(f"/people/{here}"))
    assert "Printer" in words_of(bob.get(f"/people/{other}"))
    case = words_of(bob.get(f"/cases/{first}"))
    assert "Also anna @phone.example" in case
    assert "Scanner" in case
    bob.post(f"/people/{other}/part")
    assert "Scanner" not in words_of(bob.get(f"/cases/{first}"))


def test_an_address_that_never_wrote_is_nobodys(browser, database) -> None:
    bob = browser("bob")
    anna_writes(database)
    page = bob.post(f"/people/{person_id(database)}/addresses", {"address": "zoe@nowhere.example"})
    assert page.status_code == 422
    assert "Nobody has written to us from this address." in words_of(page)


def test_people_stand_by_their_names_as_one_looks_for_them_not_by_the_codes_of_letters(browser, database) -> None:
    for name in ("Zoe", "özlem", "Oskar", "anna", "Änne"):
        anna_writes(database, name=name, address=f"{fold(name)}@customer.example")
    words = words_of(browser("bob").get("/people"))
    assert sorted(("anna", "Änne", "Oskar", "özlem", "Zoe"), key=words.index) == ["anna", "Änne", "Oskar", "özlem", "Zoe"]
