"""Who wrote it?  What a sender may do whom our mail server vouches for, whom it says nothing of, and whom it calls a forger."""

from __future__ import annotations

import pytest

from helpdesk.actions import doubts, proposals
from tests.cast import Customer
from tests.ways import each_once, in_process

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
def test_only_the_trusted_server_s_word_counts(case, anna) -> None:
    anna.answers("a", headers=says("pass", "evil.example"))
    assert case.last_message.flags == ("suspect",)
    anna.answers("b", headers=[("Authentication-Results", "MX.example.org; dmarc=pass"), ("X-Helpdesk-Case", "1001")])
    assert case.last_message.flags == ("unverified",)


@pytest.mark.parametrize("way", ["smtp-sqlite"], indirect=True)
@pytest.mark.desk(authserv_id=("mx.example.org",), trusted_networks=("192.0.2.0/24",))
def test_what_a_stranger_s_server_writes_on_top_at_our_own_door_is_nobody_s_word(case, anna) -> None:
    anna.answers("Still burning", headers=says("pass"))
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


@CHECKED
@in_process
@pytest.mark.parametrize("shown", ["help@example.org", "anything@lists.example"])
def test_nobody_speaks_for_a_participant_by_forging_a_list_of_ours(case, bob, mallory, shown) -> None:
    bob.resolves(case)
    named = [("X-Original-From", "Anna <anna@customer.example>")]
    mallory.sends("Pay to my account", to=case.door.address, author=shown, headers=named)
    assert (case.state, case.last_message.flags) == ("resolved", ("suspect",))
    held = mallory.sends("Give me her data", author=shown, headers=named)
    assert (held.outcome, held.reason) == ("held", "It says that a list of ours passed it on, but nothing proves that.")
    assert bob.releases(held.id).case.requester == "anna@customer.example"
    proved = [*named, *says("pass", shown.partition("@")[2])]
    mallory.sends("By the list", to=case.door.address, author=shown, headers=proved)
    assert case.state == "open"


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
    for number in range(4):
        anna.writes(f"Complaint {number}")
    assert len(anna.inbox) == 3
    desk.minutes_pass(60)  # or it would be a storm
    for number in range(3):
        anna.writes(f"Proved complaint {number}", headers=says("pass"))
    assert len(anna.inbox) == 5


# ── what an agent decides about doubtful mail ────────────────────────────────────────────────────────────────────────


@CHECKED
def test_a_suspect_s_mail_that_is_let_in_counts_from_its_arrival(case, anna, bob) -> None:
    bob.resolves(case)
    anna.answers("It is really me", headers=says("fail"))
    assert case.state == "resolved"
    bob.judges(case, doubts.accept)
    assert (case.state, case.last_message.flags) == ("open", ("suspect",))
    assert {"mail-accepted", "reopened"} <= set(case.events)
    bob.replies(case, "I see")
    assert anna.inbox[-1]["In-Reply-To"] == case.messages[-2].message_id  # the answer answers it
    assert "It is really me" in anna.inbox[-1].text


@in_process
def test_a_stranger_may_be_let_in_and_take_part_at_once(case, carl, bob) -> None:
    carl.sends("I am her colleague", to=case.door.address)
    bob.judges(case, doubts.accept, take_part=True)
    assert (case.participants, case.state) == (["anna@customer.example", "carl@customer.example"], "open")
    bob.replies(case, "Welcome")
    assert len(carl.inbox) == 1


@in_process
def test_a_stranger_whose_mail_counts_still_gets_nothing(case, mallory, bob) -> None:
    mallory.sends("I found this address", to=case.door.address)
    bob.judges(case, doubts.accept)
    bob.replies(case, "Thanks for the hint")  # the fixture asserts that mallory's inbox stays empty
    assert case.participants == ["anna@customer.example"]


def test_a_stranger_s_mail_may_become_a_case_of_its_own(case, carl, bob) -> None:
    carl.sends("My printer burns, too", to=case.door.address, subject="Mine")
    fresh = bob.judges(case, doubts.give_case)
    assert (fresh.requester, fresh.subject, fresh.state, fresh.last_message.flags) == ("carl@customer.example", "Mine", "new", ())
    assert (case.state, case.participants, carl.inbox) == ("waiting", ["anna@customer.example"], [])
    bob.replies(fresh, "Use your own stairs")
    assert carl.answers("I do").case == fresh


@in_process
def test_what_was_put_aside_may_be_taken_up_again(case, carl, bob) -> None:
    carl.sends("Hello", to=case.door.address)
    bob.judges(case, doubts.ignore)
    assert case.state == "waiting"
    bob.judges(case, doubts.reconsider)
    bob.judges(case, doubts.accept)
    assert case.state == "open"
    assert [deed for deed in case.events if deed.startswith("mail-")] == ["mail-ignored", "mail-reconsidered", "mail-accepted"]
    with pytest.raises(doubts.NotPermitted):
        bob.judges(case, doubts.give_case)


@in_process
def test_nobody_can_take_part_whose_name_is_not_clear(case, mallory, bob) -> None:
    mallory.sends("Who am I?", to=case.door.address, author="anna@customer.example, mallory@evil.example")
    for deed, more in ((doubts.give_case, {}), (doubts.accept, {"take_part": True})):
        with pytest.raises(doubts.NotPermitted):
            bob.judges(case, deed, **more)


# ── people who were written to as well ───────────────────────────────────────────────────────────────────────────────


def test_whoever_is_copied_is_proposed_and_gets_nothing_before_an_agent_says_so(anna, carl, mallory, bob) -> None:
    case = anna.writes("The printer is on fire", cc=[carl.address, mallory.address])
    assert (case.proposed, case.participants) == ([carl.address, mallory.address], [anna.address])
    bob.replies(case, "Use the stairs")
    assert carl.inbox == []
    bob.decides_on(case, carl.address, proposals.accept)
    bob.decides_on(case, mallory.address, proposals.decline)
    bob.replies(case, "Are you out?")
    assert (len(carl.inbox), case.proposed) == (1, [])
    assert {"proposed", "participant-added", "proposal-declined"} <= set(case.events)
    anna.sends("Yes", to=case.doors[0].address, cc=[mallory.address])
    assert case.proposed == []  # nobody asks twice


@CHECKED
@each_once
def test_neither_a_stranger_nor_a_suspect_proposes_anybody(case, carl, mallory) -> None:
    mallory.sends("Add my friend", to=case.door.address, cc=[carl.address])
    mallory.sends("Add him", to=case.door.address, cc=[carl.address], author="Anna <anna@customer.example>", headers=says("fail"))
    assert case.proposed == []


@in_process
def test_our_own_addresses_machines_and_colleagues_are_never_proposed(case, anna, bob) -> None:
    other = anna.writes("The scanner, too")
    copied = ["help@example.org", other.door.address, "noreply@shop.example", bob.address, "x@reply.example.org"]
    anna.sends("To all", to=case.door.address, cc=copied)
    assert case.proposed == []


@each_once
def test_an_address_of_ours_never_takes_part(case, carl, bob, desk) -> None:
    for ours in (case.door.address, "help@example.org", "anything@reply.example.org"):
        with pytest.raises(doubts.NotPermitted):
            bob.adds(case, Customer(desk, "Loop", ours))
    assert case.participants == ["anna@customer.example"]


# ── other services that want to know whose address this is ───────────────────────────────────────────────────────────

SLACK = {"author": "Slack <feedback@slack.example>", "subject": "Confirmation code: ABC-DEF"}
PROOF = "Confirm your email address. Your code is 123456, or follow https://slack.example/confirm/secret"


def test_a_code_for_the_desk_s_address_is_marked_hidden_and_not_acknowledged(desk, mallory, bob) -> None:
    case = mallory.sends(PROOF, **SLACK).case
    assert (case.last_message.flags, case.subject) == (("verification",), "Confirmation code: •••")
    assert desk.relay.mails == []


def test_a_code_for_a_case_s_address_moves_nothing_and_is_never_sent_on(case, anna, mallory, bob, desk) -> None:
    mails = len(desk.relay.mails)
    mallory.sends(PROOF, to=case.door.address, **SLACK)
    assert case.last_message.flags == ("stranger", "verification")
    assert (case.state, len(desk.relay.mails)) == ("waiting", mails)
    bob.judges(case, doubts.accept, take_part=True)  # even then
    bob.replies(case, "What is this?")
    assert "123456" not in str(anna.inbox[-1].raw)
