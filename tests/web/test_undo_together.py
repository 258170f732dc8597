"""Each of these deeds is offered back for some seconds; where a mail has left there is no such offer, and the page says so."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk import clock, db
from helpdesk.actions import entries
from helpdesk.models import Agent, Case, Consultation, OutboxMail
from tests.web.browsing import Browser, anna_writes, mail_comes, offered, words_of

Windows = Callable[..., Browser]
NOTE = {"promised": "An answer by Friday", "tried": "A new cable", "next_step": "Send a technician"}
ASKED = {"to": "Spare Parts <parts@supplier.example>", "subject": "Model 7", "text": "Does it **burn**?"}


@pytest.fixture()
def bob(browser: Windows, monday: object) -> Browser:
    return browser("bob")


@pytest.fixture()
def number(bob: Browser, database: db.Database, staff: dict[str, Agent]) -> int:
    number = anna_writes(database)
    with database.transaction() as session:
        agent = session.get_one(Agent, staff["bob"].id)
        entries.reply(session, session.get_one(Case, number), "Use the stairs", agent=agent, now=clock.now())
    return number


@pytest.fixture()
def does(bob: Browser, number: int) -> Callable[..., str]:
    """Post to a path of the case and press «Undo»; what the page then says."""

    def do(path: str, data: dict[str, object] | None = None) -> str:
        page = bob.post(f"/cases/{number}/{path}", data, follow_redirects=True)
        assert page.status_code == 200, path
        return words_of(bob.post("/cases/undo", offered(page), follow_redirects=True))

    return do


def test_a_handover_a_link_and_who_takes_part_are_taken_back_by_the_toast(does, bob, number, database, staff) -> None:
    said = does("handover", {"to": f"agent {staff['carol'].id}", **NOTE})
    assert "Taken back." in said
    assert "Bob took the handover to Carol back: Bob has the case" in said
    assert "not taken over yet" not in said
    assert "Bob handed the case over to Carol" in said
    other = anna_writes(database, subject="Again")
    said = does("links", {"kind": "caused-by", "other": str(other)})
    assert ("Belongs together" not in said, f"Bob took back that this case belongs to case {other}" in said) == (True, True)
    said = does("participants", {"person": "Carl <carl@customer.example>"})
    assert "Bob took back that Carl takes part" in said
    bob.post(f"/cases/{number}/participants", {"person": "Carl <carl@customer.example>"})
    carl = re.search(r"/participants/(\d+)/is-customer", bob.get(f"/cases/{number}").text)[1]  # type: ignore[index]
    assert "Bob took that back: Anna Kundin is the customer" in does(f"participants/{carl}/is-customer")
    assert "Bob let Carl take part again, by the address that they had" in does(f"participants/{carl}/remove")
    assert "the reply address of Anna Kundin works again" in does("addresses/1/replace")


def test_a_note_that_went_with_a_handover_stands_in_its_form_again_and_nowhere_else(bob, number, staff) -> None:
    page = bob.post(f"/cases/{number}/handover", {"to": f"agent {staff['carol'].id}", **NOTE}, follow_redirects=True)
    page = bob.post("/cases/undo", offered(page))
    assert (page.status_code, "What you wrote stands in the form again." in words_of(page)) == (200, True)
    form = page.text.split('class="more hand"')[1].split("</form>")[0]
    assert form.startswith(" open")
    assert f'value="agent {staff["carol"].id}" selected' in form
    assert all(page.text.count(text) == form.count(f"{text}</textarea>") == 1 for text in NOTE.values())
    later = bob.get(f"/cases/{number}")
    assert not any(text in later.text for text in NOTE.values())
    assert "Note" not in words_of(later).split("handed the case over to Carol")[1].split("took the handover")[0]


def test_a_case_that_was_split_off_is_taken_back_and_leads_to_the_first(does, bob, number, database) -> None:
    entry = mail_comes(database, number, "And the bill is wrong")
    said = does("split", {"subject": "Bill", "whose": "1", "person": "", "entries": str(entry)})
    assert "Bob took the new case back; nothing of it is left" in said
    assert bob.get(f"/cases/{number + 1}").status_code == 404


def test_a_question_is_taken_back_before_it_leaves_and_stands_in_its_form_again(bob, number, database) -> None:
    asked = {**ASKED, "files": (io.BytesIO(b"%PDF"), "plan.pdf")}
    page = bob.post(f"/cases/{number}/consultations", asked, follow_redirects=True)
    path = re.search(rf'action="(/cases/{number}/consultations/letters/\d+/take-back)#asking"', page.text)[1]  # type: ignore[index]
    assert bob.post(path.replace(f"/{number}/", f"/{anna_writes(database)}/")).status_code == 404
    page = bob.post(path)
    assert "Taken back before it left." in words_of(page)
    assert "Bob took the question to Spare Parts back before it left" in words_of(page)
    assert 'value="Spare Parts &lt;parts@supplier.example&gt;"' in page.text
    assert "Does it **burn**?" in page.text
    assert "Choose again from your computer: plan.pdf." in words_of(page)
    assert '<details class="q outside" id="asking" open>' in page.text
    with database.reading() as session:
        assert session.scalars(select(Consultation)).all() == []
    assert bob.post(path).status_code == 404


def test_what_has_left_is_not_offered_back_and_the_page_says_so(bob, number, database, staff) -> None:
    with database.transaction() as session:
        session.get_one(Agent, staff["bob"].id).undo_seconds = 0
    page = bob.post(f"/cases/{number}/consultations", ASKED, follow_redirects=True)
    assert "It left at once, so it cannot be taken back." in words_of(page)
    assert "take-back" not in page.text
    with database.transaction() as session:
        for mail in session.scalars(select(OutboxMail).where(OutboxMail.kind == "consultation")):
            mail.state = "sent"
            path = f"/cases/{number}/consultations/letters/{mail.entry_id}/take-back"
    page = bob.post(path)
    assert (page.status_code, "this mail is leaving, or has left" in words_of(page)) == (409, True)
