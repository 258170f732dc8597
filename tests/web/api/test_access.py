"""Who gets into the API, and how failures are said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask, abort

from helpdesk import clock
from helpdesk.actions import agents
from helpdesk.actions.entries import Upload
from helpdesk.db import Database
from helpdesk.models import Agent, ApiToken
from helpdesk.queries import people
from helpdesk.web.access import needs, session
from tests.programs import Customers, Program

EVERYBODY, LEADERS = {"bob", "carol", "ada"}, {"carol", "ada"}

MATRIX = {
    "GET /cases": EVERYBODY,
    "POST /cases": EVERYBODY,
    "GET /cases/<int:number>": EVERYBODY,
    "POST /cases/<int:number>/replies": EVERYBODY,
    "POST /cases/<int:number>/notes": EVERYBODY,
    "POST /cases/<int:number>/resolve": EVERYBODY,
    "POST /cases/<int:number>/reopen": EVERYBODY,
    "POST /cases/<int:number>/assign": EVERYBODY,
    "POST /cases/<int:number>/tags": EVERYBODY,
    "POST /cases/<int:number>/fields": EVERYBODY,
    "POST /cases/<int:number>/priority": EVERYBODY,
    "POST /cases/<int:number>/outcome": EVERYBODY,
    "POST /cases/<int:number>/calls": EVERYBODY,
    "POST /cases/<int:number>/merge": EVERYBODY,
    "POST /cases/<int:number>/unmerge": EVERYBODY,
    "POST /cases/<int:number>/addresses/<int:address_id>/revoke": EVERYBODY,
    "POST /cases/<int:number>/addresses/<int:address_id>/extend": EVERYBODY,
    "POST /cases/<int:number>/addresses/<int:address_id>/rotate": EVERYBODY,
    "POST /cases/<int:number>/entries/<int:entry_id>/accept": EVERYBODY,
    "POST /cases/<int:number>/entries/<int:entry_id>/ignore": EVERYBODY,
    "POST /cases/<int:number>/entries/<int:entry_id>/reconsider": EVERYBODY,
    "POST /cases/<int:number>/entries/<int:entry_id>/show-codes": EVERYBODY,
    "POST /cases/<int:number>/entries/<int:entry_id>/new-case": EVERYBODY,
    "GET /cases/<int:number>/entries/<int:entry_id>/friction": EVERYBODY,
    "POST /cases/<int:number>/entries/<int:entry_id>/friction": EVERYBODY,
    "POST /cases/<int:number>/entries/<int:entry_id>/friction/take-back": EVERYBODY,
    "POST /cases/<int:number>/proposals/<int:proposal_id>/accept": EVERYBODY,
    "POST /cases/<int:number>/proposals/<int:proposal_id>/decline": EVERYBODY,
    "POST /cases/<int:number>/entries/<int:entry_id>/take-back": EVERYBODY,
    "POST /cases/<int:number>/participants": EVERYBODY,
    "POST /cases/<int:number>/participants/<int:participant_id>/remove": EVERYBODY,
    "POST /cases/<int:number>/participants/<int:participant_id>/is-customer": EVERYBODY,
    "POST /cases/<int:number>/links": EVERYBODY,
    "POST /cases/<int:number>/links/remove": EVERYBODY,
    "POST /cases/<int:number>/split": EVERYBODY,
    "POST /cases/<int:number>/handover": EVERYBODY,
    "POST /cases/<int:number>/take": EVERYBODY,
    "POST /cases/<int:number>/consultations": EVERYBODY,
    "POST /cases/<int:number>/consultations/<int:consultation_id>": EVERYBODY,
    "POST /cases/<int:number>/consultations/<int:consultation_id>/close": EVERYBODY,
    "GET /escalations": EVERYBODY,
    "POST /escalations/<int:escalation_id>/acknowledge": EVERYBODY,
    "POST /escalations/<int:escalation_id>/take-over": EVERYBODY,
    "POST /escalations/<int:escalation_id>/hand-back": EVERYBODY,
    "POST /cases/<int:number>/help": EVERYBODY,
    "GET /attachments/<int:attachment_id>": EVERYBODY,
    "GET /post-room": EVERYBODY,
    "POST /post-room/<int:arrival_id>/replay": LEADERS,
    "POST /post-room/<int:arrival_id>/release": EVERYBODY,
    "GET /reports/<report>": LEADERS,
    "GET /reports/<report>/cases": LEADERS,
    "GET /reports/<report>.csv": LEADERS,
    "GET /reports/<report>.xlsx": LEADERS,
    "GET /reports/<report>.pdf": LEADERS,
    "GET /openapi.json": {*EVERYBODY, None},
}
BODIES = {
    "POST /cases": {"to": "anna@customer.example", "subject": "x", "text": "y"},
    "POST /cases/<int:number>/replies": {"text": "y"},
    "POST /cases/<int:number>/notes": {"text": "y"},
    "POST /cases/<int:number>/assign": {"agent": None},
    "POST /cases/<int:number>/tags": {"tag": "late"},
    "POST /cases/<int:number>/fields": {"name": "Order", "value": ""},
    "POST /cases/<int:number>/priority": {"priority": "high"},
    "POST /cases/<int:number>/calls": {"kind": "call", "at": "2020-01-01T00:00:00+00:00", "text": "y"},
    "POST /cases/<int:number>/entries/<int:entry_id>/friction": {"kind": "waited"},
    "POST /cases/<int:number>/entries/<int:entry_id>/friction/take-back": {"kind": "waited"},
    "POST /cases/<int:number>/merge": {"into": 1001},
    "POST /cases/<int:number>/participants": {"person": "carl@customer.example"},
    "POST /cases/<int:number>/links": {"kind": "related", "number": 1001},
    "POST /cases/<int:number>/links/remove": {"number": 1001},
    "POST /cases/<int:number>/split": {"entries": [6]},
    "POST /cases/<int:number>/handover": {"agent": "me", "promised": "x", "tried": "y", "next_step": "z"},
    "POST /cases/<int:number>/consultations": {"to": "parts@supplier.example", "subject": "x", "text": "y"},
    "POST /cases/<int:number>/consultations/<int:consultation_id>": {"text": "y"},
    "POST /cases/<int:number>/addresses/<int:address_id>/extend": {"days": 1},
    "POST /escalations/<int:escalation_id>/hand-back": {"agent": "me", "text": "y"},
    "POST /cases/<int:number>/help": {"text": "y"},
}


def routes(app: Flask) -> list[str]:
    """«GET /cases» of every route under /api/v1."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    methods = [(method, rule) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return [f"{method} {rule.rule.removeprefix('/api/v1')}" for method, rule in methods]


def call(who: Program, route: str, ids: dict[str, int]) -> int:
    method, _, rule = route.partition(" ")
    path = re.sub(r"<int:(\w+)>", lambda found: str(ids[found[1]]), rule).replace("<report>", "escalation")
    return who.ask(method, path, **({"json": BODIES[route]} if route in BODIES else {})).status_code


@pytest.fixture()
def ids(bob: Program, customers: Customers) -> dict[str, int]:
    """A case with everything that a route can ask for, resolved so that it can be reopened and its address extended."""
    number = customers.write(files=[Upload("a.txt", "text/plain", b"a")])
    customers.are_asked_for("Order")
    advice = bob.post(f"/cases/{number}/consultations", {"to": "parts@supplier.example", "subject": "x", "text": "y"})
    bob.post(f"/cases/{number}/resolve")
    address = bob.get(f"/cases/{number}").json["addresses"][0]
    entry = next(entry for entry in bob.get(f"/cases/{number}").json["entries"] if entry["kind"] == "mail-in")
    return {
        "entry_id": entry["id"], "proposal_id": customers.names_somebody_else(number),
        "escalation_id": customers.burn(), "number": number, "address_id": address["id"], "attachment_id": 1, "arrival_id": customers.post("held"),
        "consultation_id": advice.json["id"], "participant_id": 1,
    }  # fmt: skip


def test_every_route_has_a_row_in_the_matrix(web: Flask) -> None:
    assert sorted(routes(web)) == sorted(MATRIX)


@pytest.mark.parametrize("route", sorted(MATRIX))
def test_the_matrix_holds(program: Callable[..., Program], ids: dict[str, int], route: str) -> None:
    for who in (None, "bob", "carol", "ada"):
        status = call(program(who), route, ids)
        if who in MATRIX[route]:
            assert status in (200, 201, 409), f"{who}: {status}; 409 is what has been done already"
        else:
            assert status == (404 if who else 401), who


def test_without_a_token_that_works_nothing_is_said(web: Flask, customers: Customers) -> None:
    number = customers.write()
    for shown in (None, "Bearer", "Bearer ", "Bearer nonsense", "Basic YWRhOnNlY3JldA==", "bearer\u00e4", "Token x"):
        for path in ("/cases", f"/cases/{number}", "/cases/9999", "/post-room", "/attachments/1"):
            answer = web.test_client().get(f"/api/v1{path}", headers={"Authorization": shown} if shown else {})
            assert (answer.status_code, answer.json["error"]["code"]) == (401, "unauthorized"), (shown, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert "printer" not in answer.text


def test_a_token_dies_with_its_revocation_and_with_its_agent(program: Callable[..., Program], database: Database) -> None:
    bob, carol = program("bob"), program("carol")
    assert (bob.get("/cases").status_code, carol.get("/cases").status_code) == (200, 200)
    with database.transaction() as session:
        session.get_one(ApiToken, 1).revoked_at = clock.now()
        people.agent_by_email(session, "carol@example.org").active = False
    assert (bob.get("/cases").status_code, carol.get("/cases").status_code) == (401, 401)


def test_a_token_is_shown_as_bearer_in_any_case_and_in_no_other_way(bob: Program) -> None:
    token = bob.headers["Authorization"].partition(" ")[2]
    assert bob.ask("GET", "/cases", headers={"Authorization": f"bearer {token}"}).status_code == 200
    for shown in (token, f"Token {token}", f"Basic {token}", f"Digest {token}"):
        assert bob.ask("GET", "/cases", headers={"Authorization": shown}).status_code == 401, shown


def test_when_a_token_was_last_used_is_known_to_the_hour(bob: Program, database: Database, monday: datetime) -> None:
    def used_at() -> datetime | None:
        with database.reading() as session:
            return session.get_one(ApiToken, 1).used_at

    assert used_at() is None
    for minutes, noted in ((0, 0), (59, 0), (60, 60), (61, 60)):
        with clock.freeze(monday + timedelta(minutes=minutes)):
            bob.get("/cases") if minutes % 2 else bob.post("/cases/4711/resolve")
        assert used_at() == monday + timedelta(minutes=noted)


def test_a_log_in_cookie_opens_nothing_here(web: Flask, database: Database, program: Callable[..., Program]) -> None:
    program("ada")
    with database.transaction() as session:
        ada = session.get_one(Agent, 1)
        agents.set_password(session, ada, "correct horse battery staple", now=clock.now())
        cookie = agents.log_in(session, ada.email, "correct horse battery staple", ip="127.0.0.1", now=clock.now())
    client = web.test_client()
    client.set_cookie(web.cookies.log_in, cookie)
    assert client.get("/cases").status_code != 401
    assert client.get("/api/v1/cases").status_code == 401
    assert client.post("/api/v1/cases", json={"to": "a@b.example", "subject": "x", "text": "y"}).status_code == 401


def test_a_foreign_page_cannot_make_a_browser_use_a_token_but_a_program_needs_no_form_token(bob: Program) -> None:
    answer = bob.post("/cases", {"to": "a@b.example", "subject": "x", "text": "y"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 201
    assert "Access-Control-Allow-Origin" not in answer.headers


FAILURES = [
    ("GET", "/nothing", 404, "not_found"),
    ("GET", "/cases/abc", 404, "not_found"),
    ("GET", "/cases/99999999999999999999", 404, "not_found"),
    ("GET", "/cases/0", 404, "not_found"),
    ("POST", "/cases/4711/resolve", 404, "not_found"),
    ("POST", "/post-room/99999999999999999999/release", 404, "not_found"),
    ("GET", "/attachments/99999999999999999999", 404, "not_found"),
    ("DELETE", "/cases", 405, "method_not_allowed"),
    ("PUT", "/cases/1001", 405, "method_not_allowed"),
]


def test_failures_are_said_in_one_form(program: Callable[..., Program]) -> None:
    ada = program("ada")
    for method, path, status, code in FAILURES:
        answer = ada.ask(method, path)
        assert (answer.status_code, answer.mimetype) == (status, "application/json"), path
        assert answer.json["error"]["code"] == code
        assert answer.json["error"]["message"].endswith(".")


def test_405_says_what_would_do(bob: Program) -> None:
    assert {"GET", "POST"} <= set(bob.ask("DELETE", "/cases").headers["Allow"].split(", "))


def test_our_fault_is_500_and_says_nothing_but_a_code_that_is_in_the_log(
    web: Flask, bob: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    @needs("case.read")
    def broken(number: int) -> str:
        session()
        raise RuntimeError("a customer's secret words")

    web.view_functions["api.cases.one"] = broken
    answer = bob.get("/cases/1001")
    assert answer.status_code == 500
    code = re.search(r"Mention ([A-Z2-9]{4})", answer.json["error"]["message"])[1]
    logged = capsys.readouterr().out
    assert code in logged
    for text in (answer.text, logged):
        assert "secret words" not in text
        assert "Traceback" not in text


def test_what_a_library_says_of_itself_is_not_passed_on(web: Flask, bob: Program) -> None:
    @needs("case.read")
    def teapot(number: int) -> str:
        abort(418)

    web.view_functions["api.cases.one"] = teapot
    answer = web.test_client().get("/api/v1/cases/1001", headers=bob.headers)
    assert (answer.status_code, answer.json) == (418, {"error": {"code": "error", "message": "This cannot be done."}})


def test_answers_are_never_cached_and_never_run(bob: Program) -> None:
    answer = bob.get("/cases")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
