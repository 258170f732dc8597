"""A short slice of `make marathon`."""

from __future__ import annotations

from pathlib import Path

from tests import marathon


def test_whatever_was_answered_250_is_there_exactly_once_after_three_kills(tmp_path: Path) -> None:
    result = marathon.run(tmp_path, kills=3, seed=20261121)
    assert len(result.answered) > marathon.WRITERS, str(result)
    assert (result.lost, result.doubled, result.mismatch) == (set(), set(), 0), str(result)
    assert result.sent_twice <= 3, str(result)  # at most one for each kill, under the same Message-ID
