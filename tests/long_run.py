"""`@pytest.mark.long`: says once more, in another constellation, what other tests say; kept for the long run (`make test-long`).

A test that is asked for by its name runs in any case.
"""

from __future__ import annotations

import os

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long ones out of the everyday run."""
    if os.environ.get("HOLDLINE_TEST_LONG") or any("::" in argument for argument in config.args):
        return
    left = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]
