"""What of the notices is mailed besides."""

from __future__ import annotations

import pytest

from helpdesk.policies.notices import KINDS, is_mailed


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_is_mailed_to_whoever_wants_mail_and_did_not_except_its_kind(kind) -> None:
    assert is_mailed(kind, wishes_mail=True, muted=())
    assert not is_mailed(kind, wishes_mail=True, muted=(kind,))
    assert not is_mailed(kind, wishes_mail=False, muted=())
