"""Stories are told by the cast."""

import pytest

pytest.register_assert_rewrite("tests.cast", "tests.ways")

from tests.cast import anna, bob, carl, carol, desk, mallory, pytest_configure  # noqa: E402
from tests.ways import mail_server, postgresql_site, reader, sqlite_site, way  # noqa: E402

__all__ = [
    "anna", "bob", "carl", "carol", "desk", "mail_server", "mallory",
    "postgresql_site", "pytest_configure", "reader", "sqlite_site", "way",
]  # fmt: skip
