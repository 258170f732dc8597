"""Connections to PostgreSQL: kept for hours, known to be alive, and wiser with every page."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from helpdesk import engines
from helpdesk.db import Database, within
from helpdesk.models import Team
from helpdesk.queries import details

pytestmark = pytest.mark.needs("postgresql")

PID = text("SELECT pg_backend_pid()")
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%count(*)%team%'")


def _teams(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Team)) or 0


def test_what_was_prepared_for_one_page_is_there_for_the_next(postgresql_database: Database) -> None:
    for _ in range(2):
        with postgresql_database.reading() as session:
            _teams(session)
    with postgresql_database.reading() as session:
        assert session.scalar(PREPARED) == 1


def test_a_list_of_any_length_is_the_same_question(postgresql_database: Database) -> None:
    asked = set()
    event.listen(postgresql_database.engine, "before_cursor_execute", lambda _c, _cursor, said, *_: asked.add(said))
    with postgresql_database.reading() as session:
        for numbers in ([], [1001], [1001, 1002, 1003]):
            details.tags_of(session, numbers)
    assert len(asked) == 1


def test_a_small_number_is_asked_about_as_a_large_one_is(postgresql_database: Database) -> None:
    with postgresql_database.reading() as session:
        for number in (7, 70_000, 7, 70_000):
            session.scalar(select(Team.name).where(Team.id == number))
        kept = text("SELECT parameter_types::text[] FROM pg_prepared_statements WHERE statement LIKE '%team.id = %'")
        assert session.scalars(kept).all() == [["integer"]]


def test_what_only_reads_leaves_nothing_behind(postgresql_database: Database) -> None:
    with postgresql_database.reading() as session:
        session.add(Team(name="by mistake"))
        session.flush()
    with postgresql_database.transaction() as other:
        assert _teams(other) == 0


def test_what_is_looked_for_within_a_time_is_planned_for_itself_each_time(postgresql_database: Database) -> None:
    for _ in range(4):
        with postgresql_database.reading() as session:
            before = _limits(session)
            with within(session, 0.7):
                assert _limits(session) == ("700ms", "force_custom_plan")
            assert _limits(session) == before == ("0", "auto")


def _limits(session: Session) -> tuple[str, str]:
    one, two = (session.scalar(text(f"SHOW {name}")) for name in ("statement_timeout", "plan_cache_mode"))
    return str(one), str(two)


def test_a_question_that_failed_spoils_no_later_page(postgresql_database: Database) -> None:
    with postgresql_database.reading() as session, pytest.raises(Exception, match="division by zero"):
        session.execute(text("SELECT 1 / 0"))
    with postgresql_database.reading() as session:
        assert _teams(session) == 0


@pytest.mark.parametrize("quiet", [0.0, engines.QUIET])
def test_a_connection_that_the_server_ended_is_replaced_before_anything_is_asked(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch, quiet: float
) -> None:
    monkeypatch.setattr(engines, "QUIET", quiet)
    with postgresql_database.reading() as one, postgresql_database.reading() as two:
        killed = {one.scalar(PID), two.scalar(PID)}
    with psycopg.connect(
        postgresql_database.engine.url.set(drivername="postgresql").render_as_string(), autocommit=True
    ) as other:
        for pid in killed:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with postgresql_database.reading() as one, postgresql_database.reading() as two:
        assert (_teams(one), _teams(two)) == (0, 0)
        assert not killed & {one.scalar(PID), two.scalar(PID)}
