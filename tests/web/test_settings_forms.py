"""The contact forms of a desk: named by an admin, shown, removed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.models import Event, FormSender
from tests.web.browsing import words_of

HERE = "/settings/desks/1/forms"
FORM = {"address": "Forms@Shop.example", "source": "body", "mail_field": " E-Mail: ", "name_field": "Name"}


def rows(database) -> list[tuple[str, str, str, str]]:
    with database.reading() as session:
        return [(row.address, row.source, row.mail_field, row.name_field) for row in session.scalars(select(FormSender))]


def test_a_form_is_named_shown_and_removed(browser, database) -> None:
    ada = browser("ada")
    assert HERE in ada.get("/settings/desks/1").text
    words = words_of(ada.post(HERE, FORM, follow_redirects=True))
    assert "forms@shop.example the field “E-Mail” the field “Name”" in words
    assert rows(database) == [("forms@shop.example", "body", "E-Mail", "Name")]
    assert "forms@shop.example is no form any more." in words_of(ada.post(f"{HERE}/1/remove", follow_redirects=True))
    assert rows(database) == []
    with database.reading() as session:
        deeds = session.scalars(select(Event.deed).where(Event.deed.like("form-%")).order_by(Event.id)).all()
        assert deeds == ["form-added", "form-removed"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"address": "nobody"}, "is not a mail address"),
        ({"address": "Shop <forms@shop.example>"}, "is not a mail address"),
        ({"source": "x"}, "Choose where the form says who wrote."),
        ({"mail_field": " "}, "Write the name of the field"),
    ],
)
def test_what_could_not_work_is_said_at_its_field_and_nothing_is_lost(browser, database, changed, said) -> None:
    page = browser("ada").post(HERE, {**FORM, **changed})
    assert page.status_code == 422
    assert said in words_of(page)
    assert 'value="Name"' in page.text
    assert rows(database) == []


def test_a_form_is_named_once_and_by_admins_only(browser, database) -> None:
    ada = browser("ada")
    ada.post(HERE, FORM)
    assert "is a form of this desk already" in words_of(ada.post(HERE, FORM))
    for name in ("bob", "carol"):
        assert browser(name).get(HERE).status_code in (403, 404)
        assert browser(name).post(f"{HERE}/1/remove").status_code in (403, 404)
    assert len(rows(database)) == 1
    assert ada.post("/settings/desks/2/forms/1/remove").status_code == 404
