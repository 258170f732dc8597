"""A confidential case exists for nobody else, and a case never exists for whoever is shut out of it (W2, W14)."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import api_tokens
from helpdesk.models import Team
from helpdesk.present import sheets
from helpdesk.queries import people
from tests.programs import Program
from tests.secret import CANARY, HOWS, Secret, hide
from tests.web.browsing import anna_writes, words_of

OTHERS = ("carol", "ada", "olga")
LISTS = (
    "/cases", "/cases?view=all", "/cases?view=mine", "/cases?view=unassigned", "/cases?view=theirs", "/cases?view=undeliverable",
    "/cases?view=all&q=Canary", "/people", "/people?q=Canary", "/post-room", "/post-room?outcome=new-case", "/post-room?outcome=held",
    "/post-room/out", "/cases/{open_number}", "/audit",
)  # fmt: skip
THINGS = (
    "/cases/{number}", "/people/{person_id}", "/post-room/{arrival_id}", "/post-room/{held_id}", "/mail/{mail_id}/raw", "/mail/{mail_id}/raw.eml",
    "/mail/{held_mail_id}/raw", "/files/{attachment_id}/x.txt", "/entries/{entry_id}/html", "/cases/{number}/sight",
)  # fmt: skip
API_LISTS = ("/cases", "/cases?q=Canary", "/post-room", "/cases/{open_number}")
API_THINGS = ("/cases/{number}", "/attachments/{attachment_id}")


def paths(templates: tuple[str, ...], secret: Secret) -> list[str]:
    return [path.format(**vars(secret)) for path in templates]


@pytest.fixture(params=HOWS, ids=lambda how: how.replace(" ", "-"))
def secret(request, database, staff, olga) -> Secret:
    """Bob may know of it; Carol the supervisor, Ada the admin and Olga the auditor may not."""
    return hide(database, request.param, staff["bob"], [staff["carol"], staff["ada"], staff["olga"]])


def test_an_insider_finds_it_wherever_it_is(browser, secret) -> None:
    bob = browser("bob")
    for path in paths(THINGS, secret):
        assert bob.get(path).status_code == 200, path
    for path in ("/cases?view=all", "/people", "/post-room", "/post-room?outcome=held", "/post-room/out"):
        assert CANARY.lower() in bob.get(path).text.lower(), path
    assert f"/cases/{secret.number}" in bob.get(f"/cases/{secret.open_number}").text


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_finds_it_anywhere_whatever_their_role(browser, secret, name) -> None:
    somebody = browser(name)
    for path in paths(LISTS, secret):
        page = somebody.get(path)
        assert CANARY.lower() not in page.text.lower(), path
        assert str(secret.number) not in words_of(page), path
        assert f"/cases/{secret.number}" not in page.text, path
    for path in paths(THINGS, secret):
        page = somebody.get(path)
        assert page.status_code == 404, path
        assert CANARY not in page.text


def test_no_count_betrays_it(browser, secret) -> None:
    bob, ada = browser("bob"), browser("ada")
    assert "2 cases" in words_of(bob.get("/cases?view=all"))
    assert "1 case" in words_of(ada.get("/cases?view=all"))
    assert "2 mails came in" in words_of(bob.get("/post-room"))
    assert "No mail has come in yet" in words_of(ada.get("/post-room"))
    assert ada.get("/cases/news?since=0").status_code == 204


def test_nobody_else_does_anything_to_it(browser, secret) -> None:
    ada = browser("ada")
    number = f"/cases/{secret.number}"
    deeds = [
        number,
        *(f"{number}/{deed}" for deed in ("assign", "resolve", "reopen", "participants", "let-in", "shut-out", "open-up")),
    ]
    deeds += [f"{number}/addresses/{secret.address_id}/revoke", f"{number}/mail/{secret.outbox_id}/again"]
    deeds += [
        f"/post-room/{secret.held_id}/release",
        f"/post-room/{secret.held_id}/again",
        f"/post-room/out/{secret.outbox_id}/again",
    ]
    deeds += [f"/people/{secret.person_id}", f"/files/{secret.attachment_id}/release", f"/entries/{secret.entry_id}/html"]
    for path in deeds:
        assert ada.post(path, {"text": "x"}).status_code == 404, path
    assert "Choose the mails first" in words_of(ada.post("/post-room/dismiss", {"mail": secret.held_id}, follow_redirects=True))
    assert "About a" in browser("bob").get("/post-room?outcome=held").text, "it is held as before"


@pytest.mark.parametrize("name", OTHERS)
def test_no_program_of_theirs_finds_it_either(app, database, secret, name) -> None:
    def program(of: str) -> Program:
        with database.transaction() as session:
            agent = people.agent_by_email(session, f"{of}@example.org")
            return Program(app, api_tokens.create(session, agent, now=clock.now()))

    bob, somebody = program("bob"), program(name)
    for path in paths(API_LISTS, secret):
        answer = somebody.ask("GET", path)
        assert answer.status_code == 200
        assert CANARY.lower() not in answer.text.lower(), path
        assert str(secret.number) not in answer.text, path
        assert str(secret.number) in bob.ask("GET", path).text, path
    for path in paths(API_THINGS, secret):
        assert (bob.ask("GET", path).status_code, somebody.ask("GET", path).status_code) == (200, 404), path
    assert bob.ask("GET", "/cases?q=Canary").json["cases"], "the insider finds it by its words"
    for path in (f"/cases/{secret.number}/notes", f"/cases/{secret.number}/replies"):
        assert somebody.post(path, {"text": "x"}).status_code == 404


def test_an_address_that_only_a_hidden_case_knows_is_nobody_s(browser, database, secret) -> None:
    ada = browser("ada")
    anna = next(path for path in ada.get("/people").text.split('"') if path.startswith("/people/"))
    page = ada.post(f"{anna}/addresses", {"address": f"{CANARY.lower()}@customer.example"})
    assert "Nobody has written to us from this address" in words_of(page)


def test_who_sees_a_case_is_said_on_a_page_of_its_own_and_changed_there(browser, staff, database, olga) -> None:
    bob, carol = browser("bob"), browser("carol")
    number = anna_writes(database)
    page = bob.get(f"/cases/{number}")
    assert "Confidential" not in words_of(page), "nothing to say, nothing said"
    assert f'href="/cases/{number}/sight"' in page.text
    here = f"/cases/{number}"
    assert "Everybody sees it" in words_of(bob.get(f"{here}/sight"))
    bob.post(f"{here}/conceal")
    assert "Confidential : Bob" in words_of(bob.get(here)).replace("Confidential:", "Confidential :")
    assert carol.get(here).status_code == 404
    assert "let in" in words_of(bob.post(f"{here}/let-in", {"agent": staff["carol"].id}, follow_redirects=True))
    assert carol.get(here).status_code == 200
    refused = bob.post(f"{here}/shut-out", {"agent": staff["carol"].id, "reason": " "})
    assert (refused.status_code, "Say why Carol is shut out" in words_of(refused)) == (422, True)
    bob.post(f"{here}/shut-out", {"agent": staff["carol"].id, "reason": "It is about her"})
    assert carol.get(here).status_code == 404
    assert "Shut out: Carol" in words_of(bob.get(here))
    bob.post(f"{here}/let-back", {"agent": staff["carol"].id})
    bob.post(f"{here}/open-up")
    assert carol.get(here).status_code == 200
    told = words_of(carol.get(here))
    for sentence in (
        "Bob made the case confidential",
        "Bob let Carol see the case",
        "Bob shut Carol out of the case: It is about her",
    ):
        assert sentence in told


def test_whoever_takes_themselves_out_is_led_to_their_list(browser, staff, database) -> None:
    bob, ada = browser("bob"), browser("ada")
    number = anna_writes(database)
    bob.post(f"/cases/{number}/conceal")
    bob.post(f"/cases/{number}/let-in", {"agent": staff["ada"].id})
    assert ada.post(f"/cases/{number}/send-out", {"agent": staff["ada"].id}).headers["Location"] == "/cases"


def test_an_admin_may_let_themselves_in_for_a_reason_that_is_told_but_not_where_they_are_shut_out(
    browser, secret, request
) -> None:
    ada, bob = browser("ada"), browser("bob")
    page = ada.get("/settings/confidential")
    assert CANARY not in page.text
    if "shut-out" in request.node.name:
        assert str(secret.number) not in page.text
        assert ada.post("/settings/confidential", {"number": secret.number, "reason": "I want to"}).status_code == 404
        return
    assert str(secret.number) in page.text
    assert ada.post("/settings/confidential", {"number": secret.number, "reason": " "}).status_code == 422
    assert ada.get(f"/cases/{secret.number}").status_code == 404
    ada.post("/settings/confidential", {"number": secret.number, "reason": "Bob is ill"})
    assert ada.get(f"/cases/{secret.number}").status_code == 200
    assert "Ada, who runs the desk, came in: Bob is ill" in words_of(bob.get(f"/cases/{secret.number}"))


def test_an_auditor_reads_and_changes_nothing(browser, database, olga) -> None:
    auditor, number = browser("olga"), anna_writes(database)
    page = auditor.get(f"/cases/{number}")
    assert "The printer is on fire" in words_of(page)
    main = page.text.partition("<main")[2]
    assert re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', main) == []
    assert auditor.post(f"/cases/{number}", {"text": "x"}).status_code == 404
    assert "The printer" not in words_of(browser("bob").get("/audit"))


def test_the_audit_log_is_for_auditors_and_admins_and_says_who_did_what(browser, database, olga) -> None:
    number = anna_writes(database)
    browser("bob").post(f"/cases/{number}/resolve")
    for name, status in (("olga", 200), ("ada", 200), ("carol", 404), ("bob", 404)):
        assert browser(name).get("/audit").status_code == status, name
    auditor = browser("olga")
    assert "Bob solved the case" in words_of(auditor.get("/audit"))
    assert "Bob solved the case" in words_of(auditor.get(f"/audit?case={number}&deed=resolved"))
    assert "Bob solved the case" not in words_of(auditor.get("/audit?deed=opened"))
    assert "Bob solved the case" not in words_of(auditor.get(f"/audit?agent={olga.id}"))


def test_what_is_saved_of_it_holds_no_formula_and_is_on_record(browser, database, olga, staff) -> None:
    number = anna_writes(database, subject='=HYPERLINK("http://evil.example")')
    auditor = browser("olga")
    saved = auditor.post("/audit/export", {"case": number})
    rows = list(csv.reader(io.StringIO(saved.text.removeprefix("\ufeff"))))
    assert rows[0] == ["at", "who", "deed", "case", "thing", "before", "after"]
    assert {row[2] for row in rows[1:]} >= {"opened", "received"}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert saved.headers["Content-Disposition"] == 'attachment; filename="holdline-audit.csv"'
    assert "audit exported" in words_of(auditor.get("/audit?deed=audit-exported"))
    assert browser("carol").post("/audit/export").status_code == 404


@pytest.mark.parametrize(
    "value", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]
)
def test_no_cell_of_a_table_is_computed(value) -> None:
    assert sheets.cell(value) == "'" + value
    assert sheets.cell("1-1") == "1-1"


def test_a_team_is_made_confidential_by_a_tick(browser, database, staff) -> None:
    ada = browser("ada")
    ada.post("/settings/teams", {"name": "Trust", "members": [staff["bob"].id], "confidential": "1"})
    assert "Trust confidential" in words_of(ada.get("/settings/teams"))
    with database.reading() as session:
        team = session.scalars(select(Team)).one()
        number = team.id
        assert (team.confidential, [agent.name for agent in team.agents]) == (True, ["Bob"])
    ada.post(f"/settings/teams/{number}", {"name": "Trust", "members": [staff["bob"].id]})
    assert "Trust confidential" not in words_of(ada.get("/settings/teams"))
