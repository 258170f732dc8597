"""Who may know of a case."""

from __future__ import annotations

from typing import Protocol


class Kept(Protocol):
    """A case, as far as it matters who knows of it.  Agents are named by their ids."""

    @property
    def is_withdrawn(self) -> bool: ...
    @property
    def is_confidential(self) -> bool: ...
    @property
    def insiders(self) -> frozenset[int]: ...
    @property
    def outsiders(self) -> frozenset[int]: ...


def sees(agent_id: int, case: Kept) -> bool:
    """Everybody, unless they are shut out; of a confidential case only its insiders.  No role opens it by itself.

    A case that was begun and taken back is there for nobody.
    """
    return not case.is_withdrawn and agent_id not in case.outsiders and (not case.is_confidential or agent_id in case.insiders)
