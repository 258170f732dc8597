"""What holds for every page: who may see it, what it tells the browser, how it fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from helpdesk import db
from helpdesk.models import Agent
from helpdesk.policies.permissions import _TABLE
from helpdesk.settings import Settings
from helpdesk.web.access import PUBLIC, mark_of, needs
from helpdesk.web.headers import CONTENT_POLICY
from tests.web.browsing import Browser, open_pages, words_of

Windows = Callable[..., Browser]

# For everybody; each of these guards itself.
OPEN = {
    "static", "login.form", "login.log_in", "login.log_out", "health.healthz", "health.metrics",
    "account.forgot", "account.ask_for_link", "account.link", "account.use_link", "api.openapi",
}  # fmt: skip


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        mark = mark_of(app.view_functions[rule.endpoint])
        assert mark is not None, f"{rule} has neither @needs nor @public"
        assert mark == PUBLIC or mark in _TABLE, f"{rule} needs {mark}, which no table knows"


def test_no_route_is_open_to_everybody_that_is_not_listed_here(app: Flask) -> None:
    found = {rule.endpoint for rule in app.url_map.iter_rules() if mark_of(app.view_functions[rule.endpoint]) == PUBLIC}
    assert {endpoint for endpoint in found if not endpoint.startswith(("health.", "account.", "api."))} <= OPEN


def test_without_a_log_in_no_room_opens(app: Flask, staff: dict[str, Agent]) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if mark_of(app.view_functions[rule.endpoint]) == PUBLIC or "GET" not in (rule.methods or ()):
            continue
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        answer = client.get(path)
        assert answer.status_code in (302, 401), f"{path} answered {answer.status_code}"
        assert answer.status_code == 401 or answer.headers["Location"].startswith("/")


def test_a_view_without_a_mark_is_not_served(app: Flask, browser: Windows) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert browser("ada").get("/forgotten").status_code == 404


def test_what_one_may_not_see_does_not_exist(app: Flask, browser: Windows) -> None:
    @needs("settings.read")
    def view() -> str:
        return "for admins"

    app.add_url_rule("/for-admins", "for_admins", view)
    assert browser("ada").get("/for-admins").text == "for admins"
    assert browser("carol").get("/for-admins").status_code == 404
    assert browser("bob").get("/for-admins").status_code == 404


@pytest.mark.parametrize("path", ["/", "/cases", "/cases/new", "/nowhere", "/static/ui.css", "/cases/99999"])
def test_every_answer_forbids_the_browser_what_we_do_not_need(path: str, browser: Windows) -> None:
    answer = browser("bob").get(path)
    assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY
    assert "unsafe-inline" not in CONTENT_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    answer.close()


def test_pages_are_kept_in_no_cache_and_named_static_files_for_ever(browser: Windows) -> None:
    bob = browser("bob")
    page = bob.get("/cases")
    assert page.headers["Cache-Control"] == "no-store"
    asset = re.search(r'href="(/static/ui\.css\?v=[0-9a-f]+)"', page.text)
    assert asset is not None
    with bob.get(asset[1]) as style:
        assert "immutable" in style.headers["Cache-Control"]
    with bob.get("/static/ui.css?v=000000000000") as style:
        assert "immutable" not in style.headers["Cache-Control"]


def test_nothing_outside_the_static_folder_is_static(browser: Windows) -> None:
    for path in ("/static/../login.py", "/static/..%2flogin.py", "/static//etc/passwd", "/static/"):
        assert browser().get(path, follow_redirects=True).status_code == 404


def test_only_our_own_names_are_answered_to(settings: Settings, staff: dict[str, Agent]) -> None:
    database = db.Database(settings.model_copy(update={"base_url": "https://desk.example.org"}))
    client = open_pages(database).test_client()
    assert client.get("/", base_url="https://desk.example.org").status_code == 200
    assert client.get("/", base_url="http://127.0.0.1:8080").status_code == 200  # a probe beside the proxy
    evil = client.get("/", base_url="https://evil.example")
    assert evil.status_code == 400
    assert "evil.example" not in evil.text
    database.close()


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_what_a_proxy_says_counts_only_where_there_is_one(
    proxies: int, seen: str, settings: Settings, database: db.Database
) -> None:
    app = open_pages(db.Database(settings.model_copy(update={"trusted_proxies": proxies})))

    def view() -> str:
        from flask import request

        return request.remote_addr or ""

    app.add_url_rule("/who", "who", _public(view))
    assert app.test_client().get("/who", headers={"X-Forwarded-For": "203.0.113.9"}).text == seen
    app.database.close()  # type: ignore[attr-defined]


def test_a_fault_of_ours_has_a_code_for_the_phone_and_tells_nothing_else(app: Flask, browser: Windows) -> None:
    def view() -> str:
        raise RuntimeError("the customer's words, and /etc/secret")

    app.add_url_rule("/broken", "broken", _public(view))
    bob = browser("bob")
    with capture_logs() as logs:
        answer = bob.get("/broken")
    assert answer.status_code == 500
    code = re.search(r'class="code">([A-Z2-9]{4})<', answer.text)
    assert code is not None
    assert "it’s our fault" in words_of(answer)
    for secret in ("RuntimeError", "customer's words", "/etc/secret", "Traceback", "helpdesk/web"):
        assert secret not in answer.text
    assert [entry["code"] for entry in logs if entry["event"] == "page failed"] == [code[1]]
    assert "words" not in str(logs)


def test_what_a_failing_view_had_begun_is_undone(app: Flask, browser: Windows, database: db.Database) -> None:
    @app.post("/half")
    @needs("case.read")
    def half() -> Any:
        from helpdesk.web.access import session

        session().query(Agent).filter_by(email="bob@example.org").one().name = "Changed"
        if half.fails:  # type: ignore[attr-defined]
            raise RuntimeError
        return "not so", 422

    bob = browser("bob")
    for fails, status in ((True, 500), (False, 422)):
        half.fails = fails  # type: ignore[attr-defined]
        assert bob.post("/half").status_code == status
        with database.reading() as session:
            assert session.query(Agent).filter_by(email="bob@example.org").one().name == "Bob"


def test_a_body_that_is_too_large_is_refused_in_words_before_it_is_read(browser: Windows) -> None:
    bob = browser("bob")
    more = {"CONTENT_LENGTH": str(31 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = bob.client.post("/cases/new", environ_overrides=more)
    assert answer.status_code == 413
    assert "30 MB" in words_of(answer)


def test_a_form_with_too_many_parts_is_refused(browser: Windows) -> None:
    bob = browser("bob")
    many = "".join(f'--x\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n1\r\n' for n in range(300)) + "--x--\r\n"
    answer = bob.client.post("/cases/new", data=many.encode(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_looking_changes_nothing(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    for path in ("/logout", "/login", "/cases/1001/resolve", "/cases/1001/assign"):
        assert bob.get(path).status_code in (404, 405)
    assert bob.get("/cases").status_code == 200


def _public(view: Callable[..., Any]) -> Callable[..., Any]:
    from helpdesk.web.access import public

    return public(view)
