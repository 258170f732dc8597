"""What is measured of every case of a desk, against a model that knows only what was done."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from sqlalchemy import select

from helpdesk.models import Measure
from helpdesk.policies.escalation import REASONS
from tests.figures.desk import Lived
from tests.figures.house import TEAMS
from tests.figures.metrics_model import Fact, facts_of

OF_ESCALATIONS = ("first-action", "never-acted", *(f"escalated-{reason}" for reason in REASONS))
OF_WORDS, OF_DOORS = ("satisfied", "dissatisfied", "asked-answered", "asked-unanswered"), ("door", "door-mail")
OF_OTHERS = (*OF_ESCALATIONS, *OF_WORDS, *OF_DOORS)  # models of their own have them
STRETCHES = ("first-response", "wait", "unanswered", "never-answered", "unsolved", "resolution", "first-resolution")


def plain(fact: Fact) -> Fact:
    """What the definitions say of this kind of fact; the rest is the product's own business."""
    if fact.kind in STRETCHES or fact.kind.endswith("-missed"):
        return fact
    if fact.kind.startswith("promise-"):  # to whom they are charged hangs on when somebody looked
        return Fact(fact.kind, fact.at, None, None, None, "")
    value = fact.value if fact.kind in ("their-time", "repliers") else None
    return Fact(fact.kind, fact.at, None, value, fact.working if fact.kind == "their-time" else None, fact.team)


def test_whatever_is_measured_of_every_case_is_what_was_done_says(lived: Lived) -> None:
    names: dict[int | None, str] = {lived.ids[name]: name for name in TEAMS}
    found: dict[int, Counter[Fact]] = defaultdict(Counter)
    with lived.database.reading() as session:
        for row in session.scalars(select(Measure).where(Measure.kind.not_in(OF_OTHERS))):
            fact = Fact(row.kind, row.at, row.began_at, row.value, row.working, names[row.team_id])
            found[row.case_number][plain(fact)] += 1
    expected = {number: Counter(map(plain, facts)) for number, facts in facts_of(lived.diary, lived.now).items()}
    different = [number for number in sorted({*found, *expected}) if found[number] != expected.get(number, Counter())]
    kinds = Counter(
        f"{'+' if fact in found[number] - expected.get(number, Counter()) else '-'}{fact.kind}"
        for number in different
        for fact in (found[number] - expected.get(number, Counter())) + (expected.get(number, Counter()) - found[number])
    )
    assert not different, f"{len(different)} cases differ in {kinds}\n" + "\n".join(
        told(lived, number, found[number], expected) for number in different[:3]
    )


def told(lived: Lived, number: int, found: Counter[Fact], expected: dict[int, Counter[Fact]]) -> str:
    """The story of one case and what is said of it."""
    lines = [
        f"  {line.at:%a %m-%d %H:%M:%S} {line.case} {line.deed} {line.who} {dict(line.more)}"
        for line in lived.diary
        if number in (line.case, line.more.get("into"))
    ]
    wanted = expected.get(number, Counter())
    for name, facts in (("only the product", found - wanted), ("only the model", wanted - found)):
        lines += [
            name,
            *(
                "  " + " | ".join(f"{part:%m-%d %H:%M:%S}" if isinstance(part, datetime) else str(part) for part in fact)
                for fact in facts
            ),
        ]
    return "\n".join(lines)
