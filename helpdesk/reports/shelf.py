"""All reports: which there are, how each is collected, and which cases are behind a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case
from helpdesk.reports.behind import Parts, behind, parts
from helpdesk.reports.collecting import COLLECT
from helpdesk.reports.report import Behind, Name, Report, Scope

Collect = Callable[[Session, Scope, Agent], Report]
FindBehind = Callable[[Session, Behind, Scope, Agent], Sequence[int]]


@dataclass(frozen=True)
class Shelf:
    """Each with the sight of its reader: what they may not see is in no figure and in no list."""

    collects: Mapping[Name, Collect] = field(default_factory=dict)
    find_behind: FindBehind = lambda _session, _behind, _scope, _reader: ()
    find_parts: Callable[[Session, Behind, Scope, Agent], Parts] | None = None

    @property
    def names(self) -> list[Name]:
        """The reports that can be asked for."""
        return list(self.collects)

    def collect(self, session: Session, name: Name, scope: Scope, reader: Agent) -> Report:
        """The report as this reader may see it."""
        return self.collects[name](session, scope, reader)

    def parts(self, session: Session, behind: Behind, scope: Scope, reader: Agent) -> Parts:
        """The same as it is asked for, for a list of which one page is read."""
        if self.find_parts is not None:
            return self.find_parts(session, behind, scope, reader)
        return [select(Case.number).where(Case.number.in_(self.behind(session, behind, scope, reader)))]

    def behind(self, session: Session, behind: Behind, scope: Scope, reader: Agent) -> Sequence[int]:
        """The numbers of exactly the cases behind a figure."""
        return self.find_behind(session, behind, scope, reader)


SHELF = Shelf(COLLECT, behind, parts)
