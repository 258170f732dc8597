"""What was promised in a case, for other programs: by when, by whom, and whether it was kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import entries
from helpdesk.db import Database
from helpdesk.models import Case, Entry
from tests.programs import Customers, Program

DAY = timedelta(days=1)


def states(bob: Program, number: int) -> list[tuple[str, str]]:
    return [(row["kind"], row["state"]) for row in bob.get(f"/cases/{number}").json["promises"]]


def test_a_case_says_what_was_promised_in_it(bob: Program, customers: Customers, monday: datetime) -> None:
    number = customers.write()
    assert bob.get(f"/cases/{number}").json["promises"] == []
    bob.post(f"/cases/{number}/replies", {"text": "By Wednesday.", "promise": "2026-11-04"})
    (row,) = bob.get(f"/cases/{number}").json["promises"]
    assert (row["kind"], row["by"], row["day"], row["due_at"]) == (
        "agent", "bob@example.org", "2026-11-04", "2026-11-04T22:59:59+00:00",
    )  # fmt: skip
    assert (row["state"], row["settled_at"], row["answered_at"], row["renewed_by"]) == ("open", None, None, None)


def test_it_says_which_promise_was_renewed_which_was_kept_and_which_was_broken(
    bob: Program, customers: Customers, monday: datetime
) -> None:
    number = customers.write()
    bob.post(f"/cases/{number}/replies", {"text": "By Wednesday.", "promise": "2026-11-04"})
    bob.post(f"/cases/{number}/replies", {"text": "By Thursday, noon.", "promise": "2026-11-05T12:00"})
    first, second = bob.get(f"/cases/{number}").json["promises"]
    assert (first["state"], first["renewed_by"], second["day"]) == ("renewed", second["id"], None)
    bob.post(f"/cases/{number}/replies", {"text": "Here it is. More by Friday.", "promise": "2026-11-06"})
    bob.post(f"/cases/{number}/replies", {"text": "And here is more."})
    assert states(bob, number)[-1] == ("agent", "kept")
    bob.post(f"/cases/{number}/replies", {"text": "The rest by Monday.", "promise": "2026-11-09"})
    with clock.freeze(monday + 9 * DAY):
        late = bob.get(f"/cases/{number}").json["promises"][-1]
        assert (late["state"], late["settled_at"], late["answered_at"]) == ("broken", late["due_at"], None), (
            "before any sweep looks"
        )


def test_a_time_that_an_acknowledgement_named_is_the_desks_own(
    bob: Program, customers: Customers, database: Database, monday: datetime
) -> None:
    number = customers.write()
    with database.transaction() as session:
        first = session.scalars(select(Entry).where(Entry.case_number == number)).first()
        entries.acknowledge(session, session.get_one(Case, number), first, now=clock.now())
    (row,) = bob.get(f"/cases/{number}").json["promises"]
    assert (row["kind"], row["by"], row["state"]) == ("acknowledgement", None, "open")
