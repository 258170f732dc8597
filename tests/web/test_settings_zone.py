"""Settings, the reply domain: the lines of the zone, and a test that says how each of them stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select, text

from helpdesk import clock
from helpdesk.actions import desks
from helpdesk.db import Database
from helpdesk.models import Desk, Event
from helpdesk.policies.zone import Answers, Zone
from helpdesk.settings import Settings
from helpdesk.web import Extras
from mail.names import look_up
from tests.name_server import name_server
from tests.web.browsing import Browser, begin_session, open_pages, words_of

PAGE = "/settings/reply-domain"
SAID = {"server": "mx.shop.de", "selector": "s1"}


@pytest.fixture()
def ada(settings: Settings, database: Database, staff) -> Callable[..., Browser]:
    """`ada(ask)`: Ada before the pages of an installation with domains of its own, which asks name servers so."""
    own = settings.model_copy(update={"reply_domain": "reply.shop.de", "front_desks": ("help@shop.de",)})
    opened: list[Database] = []
    with database.transaction() as session:
        session.get_one(Desk, 1).address = "help@shop.de"

    def open_window(ask: Callable[[Zone], Answers] | None = None, **change: object) -> Browser:
        opened.append(Database(own.model_copy(update=change)))
        window = Browser(open_pages(opened[-1], Extras(ask_name_servers=ask)))
        window.client.set_cookie("holdline", begin_session(database, staff["ada"]))
        return window

    yield open_window
    for one in opened:
        one.close()


def test_the_lines_stand_there_to_be_copied(ada) -> None:
    page = ada().get(PAGE)
    assert 'readonly value="reply.shop.de. IN MX 10 mail.shop.de."' in page.text
    assert "reply.shop.de. IN TXT &#34;v=spf1 mx -all&#34;" in page.text
    assert "mail._domainkey.shop.de. IN TXT" in page.text
    assert "HOLDLINE_REPLY_DOMAIN" in words_of(page)


def test_a_desk_that_was_opened_in_the_web_signs_too(ada, database) -> None:
    window = ada()
    with database.transaction() as session:
        desks.add(session, "hilfe@laden.at", "Laden", language="de", agent=None, now=clock.now())
    page = window.get(PAGE)
    assert [f"_domainkey.{domain}. IN TXT" in page.text for domain in ("shop.de", "laden.at")] == [True, True]


def test_the_mail_server_and_its_selector_are_remembered_and_on_the_record(ada, database) -> None:
    window = ada()
    page = window.post(PAGE, {"server": " MX.shop.de. ", "selector": "s1"}, follow_redirects=True)
    assert "reply.shop.de. IN MX 10 mx.shop.de." in page.text
    assert "s1._domainkey.shop.de. IN TXT" in page.text
    window.post(PAGE, SAID)
    with database.reading() as session:
        (event,) = session.scalars(select(Event).where(Event.deed == "zone-described"))
        assert (event.agent.name, event.before, event.after) == ("Ada", {"server": "", "selector": ""}, SAID)


@pytest.mark.parametrize(
    ("field", "said"), [("server", "mx"), ("server", "192.0.2.1"), ("server", "a b.de"), ("selector", "<b>")]
)
def test_what_is_no_name_is_refused_at_its_field(ada, database, field, said) -> None:
    for path in (PAGE, f"{PAGE}/test"):
        page = ada().post(path, {**SAID, field: said})
        assert (page.status_code, f'id="x-{field}"' in page.text) == (422, True)
    with database.reading() as session:
        assert session.scalars(select(Event).where(Event.deed == "zone-described")).all() == []


def test_the_test_says_of_each_line_how_it_stands(ada, database) -> None:
    records = {
        "reply.shop.de": [("MX", "10 mx.shop.de."), ("TXT", "v=spf1 +all")],
        "mx.shop.de": [("AAAA", "2001:db8::1")],
        "s1._domainkey.shop.de": f"v=DKIM1; p={'A' * 392}",
    }
    with name_server(records) as resolver:
        page = ada(partial(look_up, resolver=resolver)).post(f"{PAGE}/test", SAID, headers={"Accept-Language": "de"})
    words = words_of(page)
    assert "2 Zeilen brauchen einen Blick." in words
    assert "richtig Post geht an mx.shop.de." in words
    assert "falsch Die Zeile lässt alle Welt für diese Domain senden." in words
    assert "richtig Der Schlüssel „s1“ ist da" in words
    assert "falsch Von einer Domain ohne diese Zeile nehmen große Anbieter wenig Post." in words
    assert 'name="server" aria-describedby="h-server" value="mx.shop.de"' in page.text


def test_nothing_is_locked_while_name_servers_are_waited_for_and_silence_is_said(ada, database) -> None:
    def wait(zone: Zone) -> Answers:
        with database.transaction() as session:  # a lock of the page would make this wait for itself
            session.execute(text("SELECT 1"))
        return {}

    words = words_of(ada(wait).post(f"{PAGE}/test", SAID))
    assert words.count("not known No name server answered in time.") == 4


def test_a_process_that_cannot_ask_says_so(ada) -> None:
    assert "This process cannot ask name servers." in words_of(ada(None).post(f"{PAGE}/test", SAID))


def test_plus_addresses_need_no_lines_and_names_for_trying_no_test(ada, database) -> None:
    page = ada(reply_form="plus").get(PAGE)
    assert "what reaches help@shop.de reaches them" in words_of(page)
    assert "<form" not in page.text.split('class="setting"')[1]
    with database.transaction() as session:
        session.get_one(Desk, 1).address = "help@example.org"
    trying = ada(reply_domain="reply.example.org", front_desks=("help@example.org",)).get(PAGE)
    assert "nothing to test" in words_of(trying)
    assert f"{PAGE}/test" not in trying.text
