"""Single numbers are looked up among sorted heaps of them, and none is merged."""

from __future__ import annotations

from random import Random

import pytest

from helpdesk.policies.packing import Heaps


def test_several_heaps_are_looked_up_as_one_sorted_list() -> None:
    chance = Random(7)
    for _ in range(200):
        heaps = [sorted(chance.choices(range(chance.choice((1, 9, 10**6))), k=chance.randrange(6))) for _heap in range(4)]
        both, plain = Heaps(heaps), sorted(number for heap in heaps for number in heap)
        assert len(both) == len(plain)
        assert list(both) == plain == [both[place] for place in range(len(both))]
        assert [both.count(number) for number in plain] == [plain.count(number) for number in plain]


@pytest.mark.parametrize("place", [-1, 3])
def test_there_is_nothing_before_the_first_and_behind_the_last(place: int) -> None:
    with pytest.raises(IndexError):
        Heaps([[1], [2, 3]])[place]
