"""A clear yes, a clear no, and everything else."""

from __future__ import annotations

import pytest

from helpdesk.policies.satisfaction import answer

YES = (
    "Yes", "yes!", "YES.", "Ja", "ja, danke!", "Yes, thank you very much.", "Ja, vielen Dank!", "Danke, ja.", "Hallo Frau Weber,\n\nja.\n\nViele Grüße\nAnna Müller",
    "Hi Bob,\n\nYes, thanks a lot!\n\nBest regards\nAnna", "Ja\nAnna", "Ja :-)", "Ja, sehr", "Yes, absolutely.", "Jawohl", "- Ja",
)  # fmt: skip
NO = (
    "No", "no.", "Nein", "Nein!", "Nein, leider nicht.", "Leider nein", "No, not really.", "No, unfortunately not", "Leider nicht", "Nope",
    "Guten Tag,\n\nnein.\n\nMit freundlichen Grüßen\nAnna Müller", "Nein\nAnna", "not really",
)  # fmt: skip
NEITHER = (
    "", " ", "Thanks!", "Yes?", "Ja oder Nein?", "Yes and no", "Ja. Nein.", "No problem", "No thanks", "Nein danke", "No, thank you", "Nein, danke.",
    "Yes, but it broke again", "Ja, aber die Rechnung stimmt nicht", "Yes, please send it again", "Nein, die Lampe ist schwarz", "No more mails",
    "Yesterday it broke", "Nothing works", "Jane", "Ja ja ja was soll das", "Ich sage ja", "It works", "Ja\n\nPS: Wo bleibt mein Geld", "Yes\nOn Friday",
    "Ja" + "!" * 300, "Yes. Now give me my money back", "Ja, rufen Sie mich an", "Best regards\nyes", "Mit freundlichen Grüßen\nJa und nun kommt noch viel mehr",
)  # fmt: skip


@pytest.mark.parametrize("text", YES)
def test_a_clear_yes_is_one(text: str) -> None:
    assert answer(text, "Anna Müller") is True


@pytest.mark.parametrize("text", NO)
def test_a_clear_no_is_one(text: str) -> None:
    assert answer(text, "Anna Müller") is False


@pytest.mark.parametrize("text", NEITHER)
def test_everything_else_is_an_answer_like_any_other(text: str) -> None:
    assert answer(text, "Anna Müller") is None
