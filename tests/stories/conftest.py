"""Stories are told by the cast."""

from tests.cast import anna, bob, carl, carol, desk, mallory, pytest_configure
from tests.ways import mail_server, postgresql_site, reader, sqlite_site, way

__all__ = [
    "anna", "bob", "carl", "carol", "desk", "mail_server", "mallory",
    "postgresql_site", "pytest_configure", "reader", "sqlite_site", "way",
]  # fmt: skip
