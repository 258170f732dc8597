"""What a program may do to a case."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from helpdesk import clock
from helpdesk.actions import addresses as doors
from helpdesk.actions.entries import Upload
from helpdesk.blobs import Blob
from helpdesk.db import Database
from helpdesk.models import Attachment, Event, OutboxMail, ReplyAddress
from helpdesk.queries import people
from tests.programs import Customers, Program


@pytest.fixture()
def number(customers: Customers, monday: datetime) -> int:
    """Anna's case, on Monday morning."""
    return customers.write()


@pytest.fixture()
def address(bob: Program, number: int) -> str:
    """The path of the deeds on Anna's address."""
    return f"/cases/{number}/addresses/{bob.get(f'/cases/{number}').json['addresses'][0]['id']}"


def outgoing(database: Database) -> int:
    with database.reading() as session:
        return session.query(OutboxMail).count()


def test_a_reply_goes_out_and_is_the_answer(bob: Program, number: int, database: Database) -> None:
    answer = bob.post(f"/cases/{number}/replies", {"text": "Please use the **stairs**.", "idempotency_key": "k1"})
    assert answer.status_code == 201
    entry = answer.json
    assert (entry["kind"], entry["event"], entry["author"]) == ("mail-out", "replied", "Bob")
    assert (entry["text"], entry["subject"]) == ("Please use the **stairs**.", "Re: The printer burns")
    assert entry["delivery"][0] | {"at": ""} == {
        "address": "anna@customer.example",
        "state": "queued",
        "at": "",
        "answer": "",
        "maybe_twice": False,
    }
    case = bob.get(f"/cases/{number}").json
    assert entry in case["entries"]
    assert (case["state"], case["assignee"], case["waiting_since"]) == ("waiting", "bob@example.org", None)


def test_a_reply_promises_a_day_and_nonsense_is_refused(bob: Program, number: int, database: Database) -> None:
    for promise, status in (("Friday", 400), ("2026-11-01", 409)):
        answer = bob.post(f"/cases/{number}/replies", {"text": "Soon.", "promise": promise})
        assert (answer.status_code, outgoing(database)) == (status, 0), answer.json
    assert bob.post(f"/cases/{number}/replies", {"text": "Soon.", "promise": "2026-11-06"}).status_code == 201
    assert bob.get(f"/cases/{number}").json["due_at"] == "2026-11-06T22:59:59+00:00"


def test_a_key_seen_before_sends_nothing_and_answers_the_same_entry(bob: Program, number: int, database: Database) -> None:
    ask = {"text": "Please use the stairs.", "idempotency_key": "k1"}
    first, again = bob.post(f"/cases/{number}/replies", ask), bob.post(f"/cases/{number}/replies", ask)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert outgoing(database) == 1
    assert bob.post(f"/cases/{number}/replies", {**ask, "idempotency_key": "k2"}).status_code == 201
    assert bob.post(f"/cases/{number}/replies", {"text": "and"}).status_code == 201
    assert outgoing(database) == 3


def test_a_key_belongs_to_its_case(bob: Program, number: int, customers: Customers) -> None:
    other = customers.write("another")
    for case in (number, other):
        assert bob.post(f"/cases/{case}/replies", {"text": "x", "idempotency_key": "k1"}).status_code == 201


def test_a_reply_can_resolve_the_case(bob: Program, number: int) -> None:
    assert bob.post(f"/cases/{number}/replies", {"text": "Solved.", "resolve": True}).status_code == 201
    assert bob.get(f"/cases/{number}").json["state"] == "resolved"
    assert bob.post(f"/cases/{number}/replies", {"text": "By the way", "resolve": True}).status_code == 201


def test_a_note_stays_inside(bob: Program, number: int, database: Database) -> None:
    answer = bob.post(f"/cases/{number}/notes", {"text": "Ask the fire brigade"})
    assert (answer.status_code, answer.json["kind"], answer.json["delivery"]) == (201, "note", [])
    assert outgoing(database) == 0
    assert bob.get(f"/cases/{number}").json["state"] == "new"


def test_a_case_is_resolved_and_opened_again(bob: Program, number: int, database: Database) -> None:
    resolved = bob.post(f"/cases/{number}/resolve", {})
    assert (resolved.status_code, resolved.json["state"]) == (200, "resolved")
    assert resolved.json["resolved_at"] == "2026-11-02T09:00:00+00:00"
    assert bob.post(f"/cases/{number}/resolve").status_code == 409
    opened = bob.post(f"/cases/{number}/reopen", {"reason": "It burns again"})
    assert (opened.status_code, opened.json["state"], opened.json["resolved_at"]) == (200, "open", None)
    assert bob.post(f"/cases/{number}/reopen").status_code == 409
    assert bob.get(f"/cases/{number}").json["entries"][-1]["after"]["reason"] == "It burns again"


def test_a_case_is_given_to_somebody_and_to_nobody(bob: Program, program, number: int) -> None:
    program("carol")
    for named, holder in (("carol@example.org", "carol@example.org"), ("me", "bob@example.org"), (None, None)):
        answer = bob.post(f"/cases/{number}/assign", {"agent": named})
        assert (answer.status_code, answer.json["assignee"]) == (200, holder)


def test_a_case_is_not_given_to_a_stranger_or_to_somebody_who_left(
    bob: Program, program, number: int, database: Database
) -> None:
    program("carol")
    with database.transaction() as session:
        people.agent_by_email(session, "carol@example.org").active = False
    assert bob.post(f"/cases/{number}/assign", {"agent": "nemo@example.org"}).status_code == 422
    assert bob.post(f"/cases/{number}/assign", {"agent": "carol@example.org"}).status_code == 409
    assert bob.post(f"/cases/{number}/assign").json["error"]["field"] == "agent"


def test_an_address_is_withdrawn_and_a_second_time_changes_nothing(bob: Program, number: int, address: str) -> None:
    for _ in range(2):
        answer = bob.post(f"{address}/revoke", {})
        assert (answer.status_code, answer.json["standing"]) == (200, "revoked")
    assert [entry["event"] for entry in bob.get(f"/cases/{number}").json["entries"]].count("address-revoked") == 1
    assert bob.post(f"{address}/extend", {"days": 7}).status_code == 409


def test_an_address_is_extended_by_days(bob: Program, number: int, address: str) -> None:
    assert bob.post(f"{address}/extend", {"days": 7}).status_code == 409, "it lives as long as the case is open"
    bob.post(f"/cases/{number}/resolve")
    answer = bob.post(f"{address}/extend", {"days": 7})
    assert (answer.status_code, answer.json["expires_at"]) == (200, "2026-12-07T09:00:00+00:00")
    with clock.freeze(clock.now() + timedelta(days=60)):
        assert bob.get(f"/cases/{number}").json["addresses"][0]["standing"] == "expired"
        assert bob.post(f"{address}/extend", {"days": 1}).json["standing"] == "grace"


def test_an_extension_is_1_to_365_whole_days(bob: Program, address: str) -> None:
    for days in (0, 366, -1, "7", 7.5, True, None, 10**30):
        answer = bob.post(f"{address}/extend", {"days": days})
        assert (answer.status_code, answer.json["error"]["field"]) == (400, "days"), days


def test_a_leaked_address_is_replaced_by_one_that_works(bob: Program, number: int, address: str) -> None:
    answer = bob.post(f"{address}/rotate")
    assert (answer.status_code, answer.json["standing"]) == (201, "active")
    old, new = bob.get(f"/cases/{number}").json["addresses"]
    assert (old["standing"], new["id"], new["participant"]) == ("revoked", answer.json["id"], old["participant"])


def test_a_retired_address_is_past_changing(bob: Program, address: str, database: Database) -> None:
    with database.transaction() as session:
        doors.retire(session, session.get_one(ReplyAddress, 1), now=clock.now())
    for deed, body in (("revoke", None), ("extend", {"days": 1}), ("rotate", None)):
        assert bob.post(f"{address}/{deed}", body).status_code == 409


def test_an_address_of_another_case_is_not_found_by_this_one(
    bob: Program, number: int, address: str, customers: Customers
) -> None:
    other = customers.write("another")
    assert bob.post(address.replace(str(number), str(other), 1) + "/revoke").status_code == 404
    assert bob.post(f"/cases/{number}/addresses/{10**20}/revoke").status_code == 404
    assert bob.get(f"/cases/{number}").json["addresses"][0]["standing"] == "active"


DEEDS = ["replies", "notes", "resolve", "reopen", "assign", "addresses/1/revoke", "addresses/1/extend", "addresses/1/rotate"]


def test_a_field_that_nobody_knows_is_refused_and_nothing_is_done(bob: Program, number: int, database: Database) -> None:
    proper = {"replies": {"text": "x"}, "notes": {"text": "x"}, "assign": {"agent": "me"}, "addresses/1/extend": {"days": 1}}
    with database.reading() as session:
        events = session.query(Event).count()
    for deed in DEEDS:
        answer = bob.post(f"/cases/{number}/{deed}", {**proper.get(deed, {}), "agent_id": 1})
        assert (answer.status_code, answer.json["error"]["field"]) == (400, "agent_id"), deed
    with database.reading() as session:
        assert session.query(Event).count() == events


BODIES = [
    (b'{"text": "x"}', "text/plain", 415),
    (b'{"text": "x"}', "application/x-www-form-urlencoded", 415),
    (b"text=x", "multipart/form-data; boundary=b", 415),
    (b'{"text": "x"}', "", 415),
    (b"{", "application/json", 400),
    (b"\xff\xfe\xfd", "application/json", 400),
    (b"[]", "application/json", 400),
    (b'"text"', "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"text": ' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json", 400),
    (b'{"text": ' + b"1" * 5000 + b"}", "application/json", 400),
    (b'{"text": ""}', "application/json", 400),
    (b"{}", "application/json", 400),
    (b"", "", 400),
    (b'{"text": " \\n "}', "application/json", 422),
    (b'{"text": "x"}', "application/json; charset=utf-8", 201),
    ('{"text": "ä"}'.encode("utf-16"), "application/json", 201),
    (b'{"text": "' + b"x" * 1024 * 1024 + b'"}', "application/json", 413),
]


def test_a_body_is_json_or_it_is_refused(bob: Program, number: int) -> None:
    for raw, kind, status in BODIES:
        answer = bob.ask("POST", f"/cases/{number}/notes", data=raw, content_type=kind)
        assert answer.status_code == status, (raw[:40], kind)
    kept = [entry for entry in bob.get(f"/cases/{number}").json["entries"] if entry["kind"] == "note"]
    assert len(kept) == sum(status == 201 for _raw, _kind, status in BODIES)


def test_what_no_database_keeps_is_replaced(bob: Program, number: int) -> None:
    raw = rb'{"text": "a\u0000b\ud800c\ud83d\ude00"}'
    answer = bob.ask("POST", f"/cases/{number}/notes", data=raw, content_type="application/json")
    assert (answer.status_code, answer.json["text"]) == (201, "a\ufffdb\ufffdc\U0001f600")


def test_a_deed_that_fails_leaves_nothing_behind(bob: Program, number: int, database: Database) -> None:
    before = bob.get(f"/cases/{number}").json
    for deed, body in (("replies", {"text": " "}), ("reopen", {}), ("assign", {"agent": "nemo@example.org"})):
        assert bob.post(f"/cases/{number}/{deed}", body).status_code in (409, 422)
    assert bob.get(f"/cases/{number}").json == before
    assert outgoing(database) == 0


def test_get_changes_nothing(bob: Program, number: int) -> None:
    for deed in DEEDS:
        assert bob.ask("GET", f"/cases/{number}/{deed}").status_code == 405


def test_an_attachment_is_downloaded_never_shown(bob: Program, web: Flask, customers: Customers) -> None:
    name = 'Grüße "Ä"\r\nSet-Cookie: x=y.html'
    number = customers.write(files=[Upload(name, "text/html", b"<script>alert(1)</script>")])
    [received] = [entry for entry in bob.get(f"/cases/{number}").json["entries"] if entry["attachments"]]
    url = received["attachments"][0]["url"]
    answer = web.test_client().get(url, headers=bob.headers)
    assert (answer.status_code, answer.data) == (200, b"<script>alert(1)</script>")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Gr__e')
    assert "filename*=UTF-8''Gr%C3%BC%C3%9Fe" in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert web.test_client().get(url).status_code == 401


def test_a_damaged_attachment_is_said_to_be_so(bob: Program, customers: Customers, database: Database) -> None:
    customers.write(files=[Upload("a.txt", "text/plain", b"whole")])
    with database.transaction() as session:
        session.get_one(Blob, session.get_one(Attachment, 1).sha256).content = b"halve"
    answer = bob.get("/attachments/1")
    assert (answer.status_code, "damaged" in answer.json["error"]["message"]) == (500, True)
