"""What a server's refusal says about an address.

A failure is permanent when the server has given up, whatever its code: that mail will not arrive, so the case says so.  The address
itself is in doubt only where the code says that nobody is there: a full mailbox (4.2.2, 5.2.2) or a policy (5.7.x) passes.
"""

from __future__ import annotations

import re

TWICE = 2  # one such refusal may be a server's bad day

# RFC 3463 §3.2: no such mailbox, no such system, bad syntax, was moved, null MX (RFC 7505); 5.2.1 is a disabled mailbox.
_NOBODY_THERE = re.compile(r"(?<![\d.])5\.(?:1\.(?:1|2|3|6|10)|2\.1)(?![\d.])")


def says_nobody_is_there(answer: str) -> bool:
    """Whether a server's words mean that the address does not exist (any more)."""
    return _NOBODY_THERE.search(answer) is not None
