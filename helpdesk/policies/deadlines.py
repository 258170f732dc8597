"""Which cases a deadline is for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fit:
    """What a policy asks of a case, and what a case is: None and "" fit anything."""

    team_id: int | None = None
    priority: str | None = None
    tag_id: int | None = None
    customers: Sequence[str] = ()  # addresses, or «@» and a domain

    def fits(self, *, team_id: int | None, priority: str, tag_ids: Collection[int], addresses: Collection[str]) -> bool:
        """Whether a case with these traits is one of those."""
        return (
            self.team_id in (None, team_id)
            and self.priority in (None, priority)
            and (self.tag_id is None or self.tag_id in tag_ids)
            and (not self.customers or any(_is_of(address, self.customers) for address in addresses))
        )


def _is_of(address: str, customers: Sequence[str]) -> bool:
    domain = address.rpartition("@")[2]
    return address in customers or f"@{domain}" in customers
