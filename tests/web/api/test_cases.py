"""The list of cases, one case with its story, and cases that a program opens."""

from __future__ import annotations

import base64
from dataclasses import asdict
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from helpdesk import clock
from helpdesk.actions import addresses as doors
from helpdesk.actions import cases, deliveries, desks, entries, people
from helpdesk.actions.entries import Upload
from helpdesk.actions.events import record
from helpdesk.db import Database
from helpdesk.models import Case, Desk, Entry, OutboxMail, ReplyAddress
from helpdesk.queries import people as find
from mail.letter import Invitation
from tests.programs import Customers, Program, statements


def test_a_list_says_of_each_case_what_one_needs_to_choose(bob: Program, customers: Customers, monday: datetime) -> None:
    number = customers.write("Der Drucker brennt – schnell!")
    answer = bob.get("/cases")
    assert answer.status_code == 200
    assert answer.json == {
        "cases": [
            {
                "number": number,
                "subject": "Der Drucker brennt – schnell!",
                "state": "new",
                "requester": {"name": "Anna", "address": "anna@customer.example"},
                "team": None,
                "assignee": None,
                "opened_at": "2026-11-02T09:00:00+00:00",
                "resolved_at": None,
                "waiting_since": "2026-11-02T09:00:00+00:00",
                "due_at": "2026-11-03T09:00:00+00:00",
                "changed_at": "2026-11-02T09:00:00+00:00",
                "merged_into": None,
                "spam": False,
            }
        ],
        "next": None,
    }
    assert number == 1001


def test_without_a_state_all_cases_are_listed_and_with_one_only_those(bob: Program, customers: Customers) -> None:
    new, waiting, opened, resolved = (customers.write(name) for name in ("new", "waiting", "open", "resolved"))
    bob.post(f"/cases/{waiting}/replies", {"text": "?"})
    bob.post(f"/cases/{opened}/resolve")
    bob.post(f"/cases/{opened}/reopen")
    bob.post(f"/cases/{resolved}/resolve")
    for state, number in (("new", new), ("waiting", waiting), ("open", opened), ("resolved", resolved)):
        assert [case["number"] for case in bob.get("/cases", state=state).json["cases"]] == [number]
    assert [case["number"] for case in bob.get("/cases").json["cases"]] == [resolved, opened, waiting, new]


def test_cases_are_found_by_who_holds_them(bob: Program, program, customers: Customers) -> None:
    mine, hers, nobodys = customers.write("mine"), customers.write("hers"), customers.write("nobody's")
    program("carol")
    bob.post(f"/cases/{mine}/assign", {"agent": "me"})
    bob.post(f"/cases/{hers}/assign", {"agent": "carol@example.org"})
    for assignee, number in (("me", mine), ("bob@example.org", mine), ("Carol@example.org", hers), ("nobody", nobodys)):
        assert [case["number"] for case in bob.get("/cases", assignee=assignee).json["cases"]] == [number], assignee


def test_cases_are_found_by_words_and_whatever_is_typed_is_no_query_language(bob: Program, customers: Customers) -> None:
    fire, flood = customers.write("Fire", "The printer burns"), customers.write("Flood", "Müller’s cellar")
    for words, found in (
        ("printer", [fire]),
        ("PRINT", [fire]),
        ("muller", [flood]),
        ("anna", [flood, fire]),
        ("nix", []),
        ("!", []),
    ):
        assert [case["number"] for case in bob.get("/cases", q=words).json["cases"]] == found, words
    for words in ('" OR "1', "printer*)", "NEAR(a b)", "%", "a\x00b", "'; DROP TABLE cases; --", "-printer", "x" * 5000):
        assert bob.get("/cases", q=words).status_code == 200


NONSENSE = [
    "state=closed",
    "state=OPEN",
    "limit=nonsense",
    "limit=",
    "limit=0",
    "limit=-1",
    "limit=1.5",
    "limit=%2B5",
    "limit=%D9%A5",
    "assignee=nemo@example.org",
    "cursor=nonsense",
    "cursor=%C3%A4",
    "cursor=" + base64.urlsafe_b64encode(b"mail 5").decode(),
    "cursor=" + base64.urlsafe_b64encode(b"case 0").decode(),
    "stat=open",
    "state=open&state=new",
]


def test_nonsense_is_refused_by_name(bob: Program) -> None:
    for query in NONSENSE:
        answer = bob.ask("GET", f"/cases?{query}")
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad_request"), query
        assert answer.json["error"]["field"] == query.partition("=")[0]


def test_a_page_has_fifty_cases_or_as_many_as_asked_for_but_never_more_than_200(
    bob: Program, customers: Customers, database: Database, monday: datetime
) -> None:
    many(database, 203)
    assert len(bob.get("/cases").json["cases"]) == 50
    assert len(bob.get("/cases", limit=7).json["cases"]) == 7
    for limit in ("200", "201", "99999", "9" * 5000):
        assert len(bob.get("/cases", limit=limit).json["cases"]) == 200, limit
    assert len(list(bob.all_cases(limit=500))) == 203
    with statements(database) as of_many:
        bob.get("/cases", limit=200)
    with statements(database) as of_one:
        bob.get("/cases", limit=1)
    assert len(of_many) == len(of_one) <= 5, "as many questions to the database for 200 cases as for one"


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 4), meanwhile=st.lists(st.integers(0, 2), max_size=6))
def test_every_case_is_on_exactly_one_page_while_others_are_opened(
    bob: Program, customers: Customers, database: Database, limit: int, meanwhile: list[int]
) -> None:
    many(database, 2)
    before = {case["number"] for case in bob.all_cases(limit=200)}
    seen, adding = [], iter(meanwhile)
    for case in bob.all_cases(limit=limit):
        seen.append(case["number"])
        many(database, next(adding, 0))
    assert len(seen) == len(set(seen))
    assert before <= set(seen)
    assert seen == sorted(seen, reverse=True)


def test_a_case_tells_its_whole_story(bob: Program, customers: Customers, monday: datetime) -> None:
    files = [Upload("Foto.png", "image/png", b"12345")]
    number = customers.write("Fire", "It burns.\n> Yours", flags=["unverified"], files=files)
    bob.post(f"/cases/{number}/replies", {"text": "Use the **stairs**."})
    bob.post(f"/cases/{number}/notes", {"text": "Call the fire brigade"})
    bob.post(f"/cases/{number}/resolve")
    case = bob.get(f"/cases/{number}").json
    assert (case["number"], case["subject"], case["state"], case["assignee"]) == (number, "Fire", "resolved", "bob@example.org")
    assert case["resolved_at"] == "2026-11-02T09:00:00+00:00"
    story = [(entry["kind"], entry["event"], entry["author"]) for entry in case["entries"]]
    assert story == [
        ("event", "opened", "Anna"),
        ("event", "address-issued", ""),
        ("mail-in", "received", "Anna"),
        ("mail-out", "replied", "Bob"),
        ("event", "assigned", "Bob"),
        ("note", "noted", "Bob"),
        ("event", "resolved", "Bob"),
    ]
    assert [entry["id"] for entry in case["entries"]] == sorted({entry["id"] for entry in case["entries"]})
    received, replied = case["entries"][2], case["entries"][3]
    assert (received["text"], received["flags"]) == ("It burns.\n> Yours", ["unverified"])
    assert received["attachments"] == [
        {"name": "Foto.png", "type": "image/png", "size": 5, "url": "/api/v1/attachments/1", "scan": "off"}
    ]
    assert (received["delivery"], replied["text"], replied["visible"]) == ([], "Use the **stairs**.", "Use the **stairs**.")
    assert replied["delivery"] == [
        {"address": "anna@customer.example", "state": "queued", "at": replied["at"], "answer": "", "maybe_twice": False}
    ]
    [address] = case["addresses"]
    assert address["address"].endswith("@reply.example.org")
    assert address["participant"] == case["requester"] == {"name": "Anna", "address": "anna@customer.example"}
    assert (address["standing"], address["expires_at"]) == ("grace", "2026-11-30T09:00:00+00:00")
    assert case["links"] == []


def test_the_text_of_a_suspect_is_all_there_beside_its_new_part(bob: Program, customers: Customers, database: Database) -> None:
    number = customers.write()
    with database.transaction() as session:
        case = session.get_one(Case, number)
        mail = entries.Incoming(author="Mallory", text="new\n> old", visible="new", flags=["suspect", "stranger"])
        entries.receive(session, case, mail, person=None, counts=False, now=clock.now())
    found = bob.get(f"/cases/{number}").json["entries"][-1]
    assert (found["text"], found["visible"], found["flags"]) == ("new\n> old", "new", ["suspect", "stranger"])
    assert found["author"] == "Mallory"


def test_what_became_of_each_copy_is_told(bob: Program, customers: Customers, database: Database) -> None:
    number = customers.write()
    bob.post(f"/cases/{number}/replies", {"text": "Hello"})
    with database.transaction() as session:
        deliveries.failed(session, session.get_one(OutboxMail, 1), "550 5.1.1 unknown", now=clock.now())
    case = bob.get(f"/cases/{number}").json
    [copy] = next(entry for entry in case["entries"] if entry["kind"] == "mail-out")["delivery"]
    assert (copy["state"], copy["answer"]) == ("failed", "550 5.1.1 unknown")
    assert [entry["event"] for entry in case["entries"][-2:]] == ["undeliverable", "escalated"]


def test_an_address_is_told_from_both_sides_of_its_last_instant(bob: Program, customers: Customers, monday: datetime) -> None:
    number = customers.write()
    assert bob.get(f"/cases/{number}").json["addresses"][0]["standing"] == "active"
    bob.post(f"/cases/{number}/resolve")
    [address] = bob.get(f"/cases/{number}").json["addresses"]
    ends = datetime.fromisoformat(address["expires_at"])
    for instant, standing in ((ends - timedelta(microseconds=1), "grace"), (ends, "expired")):
        with clock.freeze(instant):
            assert bob.get(f"/cases/{number}").json["addresses"][0]["standing"] == standing


def test_of_a_retired_address_only_its_standing_is_left(bob: Program, customers: Customers, database: Database) -> None:
    number = customers.write()
    with database.transaction() as session:
        doors.retire(session, session.get_one(ReplyAddress, 1), now=clock.now())
    [address] = bob.get(f"/cases/{number}").json["addresses"]
    assert (address["address"], address["standing"]) == ("", "retired")


def test_linked_cases_name_each_other(bob: Program, customers: Customers, database: Database) -> None:
    older, newer = customers.write("older"), customers.write("newer")
    with database.transaction() as session:
        cases.link(session, session.get_one(Case, newer), session.get_one(Case, older), kind="follow-up", now=clock.now())
    assert bob.get(f"/cases/{newer}").json["links"] == [{"kind": "follow-up", "number": older}]
    assert bob.get(f"/cases/{older}").json["links"] == [{"kind": "follow-up", "number": newer}]


def test_words_stand_once_also_if_something_happens_to_them_later(bob: Program, customers: Customers, database: Database) -> None:
    number = customers.write(text="only once")
    with database.transaction() as session:
        record(session, "looked-at", now=clock.now(), case=session.get_one(Case, number), entry=session.get_one(Entry, 1))
    story = bob.get(f"/cases/{number}").json["entries"]
    assert [entry["event"] for entry in story if entry["text"]] == ["received"]
    assert (story[-1]["kind"], story[-1]["event"]) == ("event", "looked-at")


def test_a_long_story_costs_no_more_questions_than_a_short_one(bob: Program, customers: Customers, database: Database) -> None:
    short, long = customers.write("short", sender="one@customer.example"), customers.write("long")
    with database.transaction() as session:
        case, bob_himself = session.get_one(Case, long), find.agent_by_email(session, "bob@example.org")
        for n in range(5):
            copied = people.known(session, f"copy{n}@customer.example", f"Copy {n}", now=clock.now())
            cases.add_participant(session, case, copied, now=clock.now(), agent=bob_himself)
        for n in range(5):
            file = Upload(f"{n}.txt", "text/plain", b"x")
            mail = entries.Incoming(author="Anna", text=f"{n}", visible=f"{n}", files=[file])
            entries.receive(session, case, mail, person=case.requester, counts=True, now=clock.now())
            entries.reply(session, case, f"answer {n}", agent=bob_himself, now=clock.now(), files=[file])
        entries.reply(session, session.get_one(Case, short), "x", agent=bob_himself, now=clock.now(), files=[file])
    asked = []
    for number in (short, long):
        with statements(database) as seen:
            case = bob.get(f"/cases/{number}").json
        asked.append(len(seen))
    assert (len(case["addresses"]), len(case["entries"]) > 20) == (6, True)
    assert asked[1] <= asked[0] <= 27


def test_a_program_opens_a_case_by_its_first_mail(bob: Program, database: Database, customers: Customers) -> None:
    answer = bob.post("/cases", {"to": "Anna Weber <Anna@Customer.Example>", "subject": "Your parcel", "text": "It is **late**."})
    assert answer.status_code == 201
    case = answer.json
    assert (case["number"], case["subject"], case["state"], case["team"]) == (1001, "Your parcel", "waiting", None)
    assert case["requester"] == {"name": "Anna Weber", "address": "anna@customer.example"}
    [sent] = [entry for entry in case["entries"] if entry["kind"] == "mail-out"]
    assert (sent["text"], sent["delivery"][0]["address"]) == ("It is **late**.", "anna@customer.example")
    assert case["addresses"][0]["standing"] == "active"
    assert bob.get("/cases/1001").json == case


def test_the_teams_desk_sends_or_else_the_main_one(bob: Program, database: Database, customers: Customers) -> None:
    with database.transaction() as session:
        returns, repairs = (desks.add_team(session, name, agent=None, now=clock.now()) for name in ("Returns", "Repairs"))
        closed = desks.add(session, "old@example.org", "Old", language="en", agent=None, now=clock.now(), team=returns)
        closed.active = False
        desks.add(session, "returns@example.org", "Returns", language="en", agent=None, now=clock.now(), team=returns)
    ask = {"to": "anna@customer.example", "subject": "x", "text": "y"}
    for team, desk in ((None, "help@example.org"), ("Returns", "returns@example.org"), ("Repairs", "help@example.org")):
        case = bob.post("/cases", {**ask, "team": team}).json
        assert case["team"] == team
        with database.reading() as session:
            assert session.get_one(Desk, session.get_one(Case, case["number"]).desk_id).address == desk
    assert repairs.name == "Repairs"


IMPOSSIBLE = [
    ({"to": "nonsense"}, 422, "to"),
    ({"to": "help@example.org"}, 422, "to"),
    ({"to": "HELP+x@example.org"}, 422, "to"),
    ({"to": "anyone@reply.example.org"}, 422, "to"),
    ({"to": "Anna\r\nBcc: victim@example.org <anna@customer.example>"}, 422, "to"),
    ({"to": ""}, 400, "to"),
    ({"to": ["a@b.example"]}, 400, "to"),
    ({"team": "Nowhere"}, 422, "team"),
    ({"subject": ""}, 400, "subject"),
    ({"subject": "x" * 301}, 400, "subject"),
    ({"text": " \n"}, 422, "text"),
    ({"text": None}, 400, "text"),
    ({"state": "resolved"}, 400, "state"),
    ({"requester_id": 1}, 400, "requester_id"),
    ({"idempotency_key": "with space"}, 400, "idempotency_key"),
]


def test_a_case_that_could_not_be_is_not_opened(bob: Program, customers: Customers) -> None:
    for changes, status, field in IMPOSSIBLE:
        answer = bob.post("/cases", {"to": "anna@customer.example", "subject": "x", "text": "y", **changes})
        assert (answer.status_code, answer.json["error"]["field"]) == (status, field), changes
    assert bob.get("/cases").json["cases"] == []


def test_a_line_break_in_a_subject_is_only_a_space(bob: Program, customers: Customers) -> None:
    answer = bob.post("/cases", {"to": "anna@customer.example", "subject": "Hi\r\nBcc: x@y.example", "text": "y"})
    assert answer.json["subject"] == "Hi Bcc: x@y.example"


def test_without_an_open_desk_nothing_is_sent(bob: Program, customers: Customers, database: Database) -> None:
    with database.transaction() as session:
        session.get_one(Desk, 1).active = False
    assert bob.post("/cases", {"to": "anna@customer.example", "subject": "x", "text": "y"}).status_code == 409


def test_the_same_key_opens_one_case(bob: Program, program, customers: Customers, database: Database) -> None:
    ask = {"to": "anna@customer.example", "subject": "x", "text": "y", "idempotency_key": "order-7"}
    first, again, other = bob.post("/cases", ask), bob.post("/cases", ask), program("carol").post("/cases", ask)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert first.json == again.json
    assert other.json["number"] != first.json["number"]
    with database.reading() as session:
        assert session.query(OutboxMail).count() == 2


def many(database: Database, count: int) -> None:
    """So many cases, without a story."""
    with database.transaction() as session:
        desk, person = find.desks(session)[0], people.known(session, "many@customer.example", now=clock.now())
        team = next(iter(find.teams(session)), None) or desks.add_team(session, "Returns", agent=None, now=clock.now())
        bob = find.agent_by_email(session, "bob@example.org")
        for n in range(count):
            case = Case(subject=f"{n}", state="open", language="en", desk=desk, requester=person, team=team, assignee=bob)
            case.opened_at = case.changed_at = clock.now()
            session.add(case)


def test_an_entry_says_what_its_mail_is_besides_its_words(bob: Program, customers: Customers) -> None:
    event = asdict(Invitation("REQUEST", "Fire drill", "2026-11-02T10:00:00+01:00"))
    event["answers"] = []
    plain, both = customers.write(), customers.write(traits={"marks": ["signed"], "invitation": event})
    entry = next(entry for entry in bob.get(f"/cases/{plain}").json["entries"] if entry["kind"] == "mail-in")
    assert (entry["marks"], entry["invitation"]) == ([], None)
    entry = next(entry for entry in bob.get(f"/cases/{both}").json["entries"] if entry["kind"] == "mail-in")
    assert (entry["marks"], entry["invitation"]) == (["signed"], event)


def test_codes_are_hidden_until_a_program_asks_and_the_look_is_on_record(bob: Program, customers: Customers) -> None:
    number = customers.write("Code", "Your code is 123456", "noreply@slack.example", flags=["verification"])
    mail = next(entry for entry in bob.get(f"/cases/{number}").json["entries"] if entry["kind"] == "mail-in")
    assert (mail["text"], mail["visible"]) == ("Your code is •••", "Your code is •••")
    assert bob.post(f"/cases/{number}/entries/{mail['id']}/show-codes").json["text"] == "Your code is 123456"
    entries_ = bob.get(f"/cases/{number}").json["entries"]
    assert "123456" in str(entries_)
    assert entries_[-1]["event"] == "codes-shown"


def test_a_stranger_s_mail_is_judged_by_programs_too(bob: Program, customers: Customers, database: Database) -> None:
    number = customers.write()
    with database.transaction() as session:
        case = session.get_one(Case, number)
        for author in ("Eve", "Mallory"):
            mail = entries.Incoming(author, "Hi", "Hi", flags=["stranger"], sender=f"{author.lower()}@elsewhere.example", level=1)
            entries.receive(session, case, mail, person=None, counts=False, now=clock.now())
    eve, mallory = (entry for entry in bob.get(f"/cases/{number}").json["entries"] if "stranger" in entry["flags"])
    assert eve["sender"] == {"address": "eve@elsewhere.example", "level": 1, "why": ""}
    assert bob.post(f"/cases/{number}/entries/{eve['id']}/accept", {"take_part": True}).json["judgement"] == "accepted"
    assert [a["participant"]["name"] for a in bob.get(f"/cases/{number}").json["addresses"]] == ["Anna", "Eve"]
    assert bob.post(f"/cases/{number}/entries/{mallory['id']}/ignore").json["judgement"] == "ignored"
    assert bob.post(f"/cases/{number}/entries/{mallory['id']}/reconsider").json["judgement"] is None
    fresh = bob.post(f"/cases/{number}/entries/{mallory['id']}/new-case")
    assert (fresh.status_code, fresh.json["requester"]["address"]) == (201, "mallory@elsewhere.example")
    assert bob.post(f"/cases/{number}/entries/{mallory['id']}/accept").status_code == 409


def test_people_who_were_written_to_as_well_are_proposals(bob: Program, customers: Customers) -> None:
    number = customers.write()
    row = customers.names_somebody_else(number)
    proposal = {"id": row, "name": "Carl", "address": "carl@customer.example", "state": "open", "by": "Anna"}
    assert bob.get(f"/cases/{number}").json["proposals"] == [proposal]
    assert bob.post(f"/cases/{number}/proposals/{row}/accept").json["state"] == "accepted"
    assert bob.get(f"/cases/{number}").json["proposals"] == []
