"""Short slices of `make marathon` and `make kills`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests import marathon


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
