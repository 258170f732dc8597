"""Logging in and out, and what a log-in is worth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from helpdesk import clock, db
from helpdesk.actions import agents
from helpdesk.models import Agent, WebSession
from helpdesk.settings import Settings
from helpdesk.web.access import local_path
from tests.web.browsing import PASSWORD, Browser, anna_writes, open_pages, words_of

Windows = Callable[..., Browser]


def test_the_front_page_is_a_form_with_one_address_one_password_and_one_button(browser: Windows) -> None:
    page = browser().get("/").text
    assert page.count('type="email"') == 1
    assert page.count('type="password"') == 1
    assert page.count("<button") == 1
    assert 'name="csrf_token"' in page


def test_whoever_logs_in_comes_to_the_cases(browser: Windows) -> None:
    bob = browser()
    assert bob.log_in("Bob@Example.org ").headers["Location"] == "/cases"
    assert bob.get("/").headers["Location"] == "/cases"
    assert bob.get("/cases").status_code == 200


def test_whoever_is_logged_out_is_led_to_the_form_and_back_to_where_they_wanted_to_go(browser: Windows) -> None:
    bob = browser()
    away = bob.get("/cases?view=mine&page=2")
    assert away.headers["Location"] == "/?next=/cases%3Fview%3Dmine%26page%3D2"
    form = bob.get(away.headers["Location"]).text
    assert 'name="next" value="/cases?view=mine&amp;page=2"' in form
    answer = bob.post("/login", {"email": "bob@example.org", "password": PASSWORD, "next": "/cases?view=mine&page=2"})
    assert answer.headers["Location"] == "/cases?view=mine&page=2"


@pytest.mark.parametrize(
    "evil",
    ["//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "https://evil.example", "javascript:alert(1)",
     "/\n/evil.example", " //evil.example", "evil.example", "", "/ /evil.example", "/\x7f/evil.example"],
)  # fmt: skip
def test_a_path_to_go_on_to_is_never_another_site(evil: str) -> None:
    assert local_path(evil) is None


def test_a_log_in_leads_only_to_a_path_of_this_site(browser: Windows) -> None:
    answer = browser().post("/login", {"email": "bob@example.org", "password": PASSWORD, "next": "//evil.example"})
    assert answer.headers["Location"] == "/cases"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(browser: Windows) -> None:
    wrong = browser().post("/login", {"email": "bob@example.org", "password": "not this one at all"})
    nobody = browser().post("/login", {"email": "eve@example.org", "password": "not this one at all"})
    assert (wrong.status_code, nobody.status_code) == (401, 401)
    assert words_of(wrong) == words_of(nobody)
    assert "do not belong together" in words_of(wrong)
    assert 'value="bob@example.org"' in wrong.text


def test_guessing_gets_slow(browser: Windows, monday: datetime) -> None:
    window = browser()
    for _ in range(6):
        answer = window.log_in("bob@example.org", "not this one at all")
    assert answer.status_code == 429
    assert window.log_in("bob@example.org", PASSWORD).status_code == 429
    with clock.freeze(monday + timedelta(minutes=1)):
        assert window.log_in("bob@example.org", PASSWORD).status_code == 303


def test_each_log_in_has_a_new_number_and_ends_the_one_before(browser: Windows) -> None:
    bob = browser("bob")
    first = bob.client.get_cookie("holdline")
    bob.log_in("bob@example.org")
    second = bob.client.get_cookie("holdline")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    bob.client.set_cookie("holdline", first.value)
    assert bob.get("/cases").status_code == 302


def test_a_log_in_ends_in_the_database_and_not_only_in_the_browser(browser: Windows) -> None:
    bob = browser("bob")
    cookie = bob.client.get_cookie("holdline")
    assert cookie is not None
    assert bob.post("/logout").headers["Location"] == "/"
    assert bob.client.get_cookie("holdline") is None
    bob.client.set_cookie("holdline", cookie.value)
    assert bob.get("/cases").headers["Location"] == "/"


def test_whoever_is_switched_off_is_logged_out_at_the_next_click(
    browser: Windows, database: db.Database, staff: dict[str, Agent]
) -> None:
    bob = browser("bob")
    with database.transaction() as session:
        agents.change(session, session.get_one(Agent, staff["bob"].id), {"active": False}, by=staff["ada"], now=clock.now())
    assert bob.get("/cases").status_code == 302
    assert bob.log_in("bob@example.org").status_code == 401


def test_a_log_in_ends_after_half_an_hour_without_a_click(browser: Windows, monday: datetime) -> None:
    bob = browser("bob")
    with clock.freeze(monday + timedelta(minutes=30)):
        assert bob.get("/cases").status_code == 200
    with clock.freeze(monday + timedelta(minutes=60, seconds=1)):
        assert bob.get("/cases").status_code == 302


def test_a_log_in_ends_after_twelve_hours_at_the_longest(browser: Windows, monday: datetime) -> None:
    bob = browser("bob")
    for minutes in range(20, 721, 20):
        with clock.freeze(monday + timedelta(minutes=minutes)):
            assert bob.get("/cases").status_code == 200
    with clock.freeze(monday + timedelta(minutes=721)):
        assert bob.get("/cases").status_code == 302


def test_a_page_that_asks_for_news_by_itself_keeps_no_log_in_alive(browser: Windows, monday: datetime) -> None:
    bob = browser("bob")
    with clock.freeze(monday + timedelta(minutes=20)):
        assert bob.get("/cases/news?since=0").status_code == 204
    with clock.freeze(monday + timedelta(minutes=31)):
        assert bob.get("/cases").status_code == 302


def test_what_is_kept_of_a_log_in_opens_nothing(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    cookie = bob.client.get_cookie("holdline")
    with database.reading() as session:
        digest = session.query(WebSession).one().digest
    assert cookie is not None
    assert cookie.value not in digest
    bob.client.set_cookie("holdline", digest)
    assert bob.get("/cases").status_code == 302


def test_a_form_without_its_token_changes_nothing(browser: Windows, database: db.Database) -> None:
    number, bob, carol = anna_writes_to(browser, database), browser("bob"), browser("carol")
    for token in (None, "", "0" * 64, "ü", carol.token(), browser().token()):
        answer = bob.client.post(f"/cases/{number}/resolve", data={"csrf_token": token} if token is not None else {})
        assert answer.status_code == 403
        assert "no longer valid" in answer.text
    assert "Solved" not in words_of(bob.get(f"/cases/{number}")).split("Case")[0]


def test_a_form_sent_from_elsewhere_changes_nothing_whatever_it_carries(browser: Windows, database: db.Database) -> None:
    number, bob = anna_writes_to(browser, database), browser("bob")
    for site in ("cross-site", "same-site"):
        assert bob.post(f"/cases/{number}/resolve", headers={"Sec-Fetch-Site": site}).status_code == 403
    assert bob.post(f"/cases/{number}/resolve", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_script_of_ours_may_send_the_token_in_a_header(browser: Windows, database: db.Database) -> None:
    number, bob = anna_writes_to(browser, database), browser("bob")
    answer = bob.client.post(f"/cases/{number}/resolve", headers={"X-CSRF-Token": bob.token()})
    assert answer.status_code == 303


def test_nobody_can_be_logged_in_by_somebody_elses_form(browser: Windows) -> None:
    answer = browser().client.post("/login", data={"email": "bob@example.org", "password": PASSWORD})
    assert answer.status_code == 403


def test_a_text_that_was_sent_after_the_log_in_had_ended_is_shown_again(
    browser: Windows, database: db.Database, monday: datetime
) -> None:
    number, bob = anna_writes_to(browser, database), browser("bob")
    token = bob.token()
    with clock.freeze(monday + timedelta(hours=1)):
        answer = bob.client.post(f"/cases/{number}", data={"csrf_token": token, "text": "An hour's <work>"})
    assert answer.status_code == 401
    assert "An hour&#39;s &lt;work&gt;" in answer.text
    assert f'name="next" value="/cases/{number}"' in answer.text


def test_over_https_the_cookies_are_for_this_host_and_https_only(settings: Settings, staff: dict[str, Agent]) -> None:
    database = db.Database(settings.model_copy(update={"base_url": "https://desk.example.org"}))
    window = Browser(open_pages(database))
    window.client.environ_overrides = {}
    page = window.client.get("/", base_url="https://desk.example.org")
    cookies = page.headers.getlist("Set-Cookie")
    assert [c.split("=")[0] for c in cookies] == ["__Host-holdline-visitor"]
    assert all(word in cookies[0] for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    database.close()


def test_over_http_on_loopback_the_cookies_are_still_out_of_a_scripts_reach(app: Flask) -> None:
    cookie = app.test_client().get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def anna_writes_to(browser: Windows, database: db.Database) -> int:
    browser()  # so that there is a desk
    return anna_writes(database)
