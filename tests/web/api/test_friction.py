"""Marks of friction and praise, for other programs."""

from __future__ import annotations

from helpdesk.db import Database
from helpdesk.models import Notice
from tests.programs import Customers, Program


def test_a_program_marks_a_message_and_takes_the_mark_back(
    bob: Program, customers: Customers, program, database: Database
) -> None:
    number = customers.write()
    entry = next(one for one in bob.get(f"/cases/{number}").json["entries"] if one["kind"] == "mail-in")
    here, carol = f"/cases/{number}/entries/{entry['id']}/friction", program("carol")
    assert bob.get(here).json == {"marks": []}
    for _ in range(2):
        assert bob.post(here, json={"kind": "waited"}).json == {"marks": [{"kind": "waited", "agent": None}]}
    praise = {"kind": "praise", "agent": "carol@example.org"}
    assert carol.get(here).json == {"marks": [{"kind": "waited", "agent": None}]}
    assert bob.post(here, json=praise).json["marks"][1] == praise
    with database.reading() as session:
        assert [row.kind for row in session.query(Notice)] == ["praise"]
    assert bob.post(f"{here}/take-back", json=praise).json == {"marks": [{"kind": "waited", "agent": None}]}
    assert bob.post(here, json={"kind": "angry"}).status_code == 400
    assert bob.post(here, json={"kind": "rude", "agent": "carol@example.org"}).status_code == 422
    assert bob.post(here, json={"kind": "praise", "agent": "nobody@example.org"}).status_code == 422
    assert bob.post(f"/cases/{number}/entries/1/friction", json={"kind": "waited"}).status_code == 404, "no mail"
