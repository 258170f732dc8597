"""What filters say of a mail: a yes counts, a no proves nothing."""

from __future__ import annotations

import pytest

from mail.parse import parse
from mail.spam import verdict

YES = [
    ("X-Spam-Flag", "YES"),
    ("X-Spam-Flag", "yes"),
    ("X-Spam-Status", "Yes, score=7.1 required=5.0 tests=BAYES_99,\r\n\tHTML_MESSAGE autolearn=no"),
    ("X-Spam-Status", "Yes, hits=6.0 required=5.0"),
    ("X-Spam", "Yes"),
    ("X-Spamd-Result", "default: True [17.30 / 15.00];\r\n\tR_SPF_FAIL(1.00)[-all]"),
    ("X-Rspamd-Action", "add header"),
    ("X-Rspamd-Action", "reject"),
    ("X-MS-Exchange-Organization-SCL", "5"),
    ("X-MS-Exchange-Organization-SCL", "9"),
    ("X-Forefront-Antispam-Report", "CIP:203.0.113.9;CTRY:NL;SCL:1;SFV:SPM;CAT:SPM;DIR:INB"),
    ("X-Forefront-Antispam-Report", "CIP:203.0.113.9;SCL:8;SFV:NSPM"),
    ("X-Forefront-Antispam-Report", "CIP:203.0.113.9;SCL:1;SFV:NSPM;CAT:PHSH"),
    ("X-SES-Spam-Verdict", "FAIL"),
    ("X-SES-Virus-Verdict", "FAIL"),
    ("X-Spam-Level", "*****"),
    ("X-Spam-Bar", "+++++++"),
    ("X-Spam-Score", "5.0"),
    ("X-Spam-Score", "7.2 (*******) BAYES_99"),
]
NO = [
    ("X-Spam-Flag", "NO"),
    ("X-Spam-Flag", ""),
    ("X-Spam-Flag", "no; yes"),
    ("X-Spam-Status", "No, score=4.9 required=5.0 tests=YES_NO"),
    ("X-Spam", "no"),
    ("X-Spamd-Result", "default: False [1.50 / 15.00]; IS_TRUE(1)"),
    ("X-Rspamd-Action", "no action"),
    ("X-Rspamd-Action", "greylist"),
    ("X-MS-Exchange-Organization-SCL", "4"),
    ("X-MS-Exchange-Organization-SCL", "9" * 5000),
    ("X-Forefront-Antispam-Report", f"SCL:{'9' * 5000};SFV:NSPM"),
    ("X-MS-Exchange-Organization-SCL", "-1"),
    ("X-MS-Exchange-Organization-SCL", "²"),
    ("X-Forefront-Antispam-Report", "CIP:203.0.113.9;SCL:1;SFV:NSPM;CAT:NONE"),
    ("X-Forefront-Antispam-Report", "SFV:SKN;SCL:-1;:;;"),
    ("X-SES-Spam-Verdict", "PROCESSING_FAILED"),
    ("X-Spam-Level", "****"),
    ("X-Spam-Bar", "/"),
    ("X-Spam-Bar", "-----"),
    ("X-Spam-Score", "4.9"),
    ("X-Spam-Score", "47"),  # cPanel's tenths
]


def fields(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    header = "".join(f"{name}: {value}\r\n" for name, value in pairs)
    return parse(f"From: anna@customer.example\r\n{header}\r\nHello\r\n".encode()).fields


@pytest.mark.parametrize(("name", "value"), YES)
def test_a_filter_s_yes_is_heard(name: str, value: str) -> None:
    said = verdict(fields((name, value)))
    assert said is not None
    assert said.lower().startswith(name.lower() + ": ")
    assert "\n" not in said


@pytest.mark.parametrize(("name", "value"), NO)
def test_what_is_no_yes_is_none(name: str, value: str) -> None:
    assert verdict(fields((name, value))) is None


def test_mail_that_no_filter_saw_has_no_verdict() -> None:
    assert verdict(fields()) is None


@pytest.mark.parametrize("forged", [("X-Spam-Flag", "NO"), ("X-Spam-Status", "No, score=-100 required=5")])
def test_a_forged_no_takes_back_no_yes_wherever_it_stands(forged: tuple[str, str]) -> None:
    said = ("X-Spam-Status", "Yes, score=9 required=5")
    assert verdict(fields(forged, said))
    assert verdict(fields(said, forged))


def test_figures_count_only_where_no_filter_that_knows_its_threshold_spoke() -> None:
    assert verdict(fields(("X-Spam-Status", "No, score=5.5 required=6.3"), ("X-Spam-Level", "*****"))) is None
