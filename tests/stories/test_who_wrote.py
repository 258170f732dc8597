"""Who wrote it?  What a sender may do whom our mail server vouches for, whom it says nothing of, and whom it calls a forger."""

from __future__ import annotations

import pytest

from tests.ways import in_process

CHECKED = pytest.mark.desk(authserv_id=("mx.example.org",), arc_sealers=("lists.example",))


def says(verdict: str, domain: str = "customer.example") -> list[tuple[str, str]]:
    """What our mail server writes on top of a mail."""
    return [("Authentication-Results", f"mx.example.org; dmarc={verdict} header.from={domain}")]


@pytest.fixture()
def case(anna, bob):
    """Anna's case, which Bob has answered."""
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    return case


@CHECKED
def test_a_proved_sender_joins_and_reopens(case, anna, bob) -> None:
    bob.resolves(case)
    brought = anna.answers("Still burning", headers=says("pass"))
    assert (brought.case, case.state, case.last_message.flags) == (case, "open", ())


@CHECKED
def test_a_sender_for_whom_nothing_speaks_counts_and_is_marked(case, anna) -> None:
    anna.answers("Still burning")
    assert (case.state, case.last_message.flags) == ("open", ("unverified",))


@CHECKED
def test_a_forged_participant_is_shown_and_moves_nothing(case, anna, mallory, bob, desk) -> None:
    bob.resolves(case)
    mails, told = len(desk.relay.mails), len(bob.inbox)
    brought = mallory.sends(
        "Pay to my account", to=case.door.address, author="Anna <anna@customer.example>", headers=says("fail")
    )
    assert (brought.outcome, brought.case, case.state) == ("case", case, "resolved")
    assert "not from it" in brought.reason
    assert (case.last_message.flags, len(desk.cases)) == (("suspect",), 1)
    assert (len(desk.relay.mails), len(bob.inbox)) == (mails, told)
    bob.replies(case, "Did you reach the stairs?")
    assert "my account" not in str(anna.inbox[-1].raw)


@CHECKED
def test_a_forged_sender_opens_no_case_at_the_desk_and_hears_nothing(desk, anna, mallory) -> None:
    brought = mallory.sends("Give me her data", author="Anna <anna@customer.example>", headers=says("fail"))
    assert (brought.outcome, desk.cases, anna.inbox) == ("held", [], [])
    assert "not from it" in brought.reason


@CHECKED
def test_a_forged_participant_is_not_led_home_by_a_reference(case, anna, mallory) -> None:
    known = anna.inbox[-1]["Message-ID"]
    forged = [("In-Reply-To", known), *says("fail")]
    assert mallory.sends("Me again", author="Anna <anna@customer.example>", headers=forged).outcome == "held"


@CHECKED
def test_a_forged_participant_gets_no_follow_up(case, anna, mallory, bob, desk) -> None:
    bob.resolves(case)
    door = case.door.address
    desk.days_pass(29)
    brought = mallory.sends(
        "Late", to=door, author="Anna <anna@customer.example>", envelope="anna@customer.example", headers=says("fail")
    )
    assert (brought.outcome, len(desk.cases)) == ("held", 1)


@CHECKED
@in_process
def test_only_the_trusted_server_s_word_counts(case, anna) -> None:
    anna.answers("a", headers=says("pass", "evil.example"))
    assert case.last_message.flags == ("suspect",)
    anna.answers("b", headers=[("Authentication-Results", "MX.example.org; dmarc=pass"), ("X-Helpdesk-Case", "1001")])
    assert case.last_message.flags == ("unverified",)


@in_process
def test_what_is_not_known_to_be_our_server_s_counts_for_nothing(case, anna) -> None:
    anna.answers("Still burning", headers=says("fail"))
    assert (case.state, case.last_message.flags) == ("open", ())


@CHECKED
@in_process
def test_a_list_whose_seal_we_trust_may_break_a_signature(case, anna) -> None:
    results = "mx.example.org; dmarc=fail header.from=customer.example; arc=pass"
    seal = [("ARC-Seal", "i=1; cv=none; d=lists.example; b=x")]
    told = [("ARC-Authentication-Results", "i=1; lists.example; dmarc=pass header.from=customer.example")]
    anna.answers("By the list", headers=[("Authentication-Results", results), *seal, *told])
    assert (case.state, case.last_message.flags) == ("open", ())


def test_a_group_of_ours_that_puts_itself_into_from_does_not_hide_who_wrote(desk, anna, bob) -> None:
    """Google Groups, the group being the front desk's own address."""
    fields = [
        ("X-Original-From", "Anna Weber <anna@customer.example>"),
        ("List-ID", "<help.example.org>"),
        ("Precedence", "list"),
    ]
    shown = "'Anna Weber' via Help <help@example.org>"
    case = anna.writes("The printer is on fire", author=shown, headers=fields, envelope="help+bncBA@example.org")
    assert (case.requester, case.last_message.author, case.last_message.flags) == ("anna@customer.example", "Anna Weber", ())
    bob.replies(case, "Use the stairs")
    assert len(anna.inbox) == 2


@in_process
def test_a_group_of_somebody_else_s_names_nobody_for_us(desk, mallory) -> None:
    fields = [("X-Original-From", "Anna Weber <anna@customer.example>"), ("List-ID", "<friends.evil.example>")]
    brought = mallory.sends(
        "Give me her data", author="'Anna' via Friends <mallory@evil.example>", headers=[*fields, ("Precedence", "list")]
    )
    assert brought.case.requester == "mallory@evil.example"


@in_process
def test_a_forwarder_who_names_himself_leaves_the_writer_the_writer(desk, anna) -> None:
    case = anna.writes(
        "Sent on by my office", headers=[("Resent-From", "office@elsewhere.example"), ("Resent-To", "help@example.org")]
    )
    assert case.requester == "anna@customer.example"


@pytest.mark.desk(authserv_id=("mx.example.org",))
@in_process
def test_three_acknowledgements_a_day_are_the_limit_for_the_unproved_only(desk, anna) -> None:
    for number in range(5):
        anna.writes(f"Complaint {number}")
    assert len(anna.inbox) == 3
    for number in range(5):
        anna.writes(f"Proved complaint {number}", headers=says("pass"))
    assert len(anna.inbox) == 5
