"""Short slices of `make marathon` and `make kills`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import marathon
from tests.servers import PostgreSQL

STRIDE = os.environ.get("HOLDLINE_TEST_STRIDE", "120")


def test_whatever_was_answered_250_is_there_exactly_once_after_three_kills(tmp_path: Path) -> None:
    result = marathon.run(tmp_path, kills=3, seed=20261121)
    assert len(result.answered) > marathon.WRITERS, str(result)
    assert (result.lost, result.doubled, result.mismatch) == (set(), set(), 0), str(result)
    assert result.sent_twice <= 3, str(result)  # at most one for each kill, under the same Message-ID


def test_a_deed_that_is_killed_leaves_its_case_as_before_or_as_after_it(migrated_sqlite: Path) -> None:
    # In a process without threads, for it forks.
    ran = subprocess.run(
        [sys.executable, "-m", "tests.kills_of_deeds", "60", migrated_sqlite], capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_sweep_that_is_killed_is_finished_by_the_next_one_as_if_nobody_had_died(migrated_sqlite: Path) -> None:
    kill_sweeps(str(migrated_sqlite))


@pytest.mark.long
@pytest.mark.needs("postgresql")
def test_the_same_where_the_database_outlives_whoever_died(postgresql: PostgreSQL, migrated: str) -> None:
    kill_sweeps(postgresql.url(migrated))


def kill_sweeps(migrated: str) -> None:
    command = [sys.executable, "-m", "tests.kills_of_sweeps", STRIDE, migrated]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    print(ran.stdout)
