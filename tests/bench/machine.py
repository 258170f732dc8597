"""How fast this machine is just now: rented ones are now fast, now slow, whatever runs on them."""

from __future__ import annotations

import statistics
import time


def reference(rounds: int = 50) -> float:
    """Milliseconds of one processor for always the same work."""
    took = []
    for _ in range(rounds):
        begun, words = time.process_time(), dict[str, int]()
        for n in range(20_000):
            words[str(n % 997)] = words.get(str(n % 991), 0) + len(f"abc{n}")
        took.append(time.process_time() - begun)
    return statistics.median(took) * 1000
