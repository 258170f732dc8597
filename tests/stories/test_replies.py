"""The customer writes again, and others do."""

from __future__ import annotations

import pytest

from tests.ways import in_process, where_mail_can_be_refused


@pytest.fixture()
def case(anna, bob):
    """Anna's case, which Bob has answered."""
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    return case


def once(outcomes: list[str | None]) -> bool:
    """Filed by the first and known to all others (a fetched copy counts for every address of ours that it shows)."""
    return sorted(map(str, outcomes)) == ["case", *["duplicate"] * (len(outcomes) - 1)] and len(outcomes) > 1


def test_an_answer_joins_the_case_and_only_its_new_part_is_shown(case, anna) -> None:
    brought = anna.answers("Still burning")
    assert (brought.outcome, brought.case) == ("case", case)
    assert case.last_message.text == "Still burning"
    assert "Use the stairs" in case.last_message.full
    assert case.last_message.flags == ()
    assert case.state == "open"


def test_whoever_holds_the_case_is_told_without_a_word_of_the_customer(case, anna, bob) -> None:
    anna.answers("A secret")
    (told,) = bob.inbox
    assert "secret" not in str(told.raw)
    assert str(case.number) in told.text
    assert "/cases/1001" in told.text


def test_the_address_alone_leads_home_whatever_the_subject(case, anna) -> None:
    brought = anna.sends("New thread, same matter", to=case.door.address, subject="something else entirely")
    assert (brought.outcome, brought.case) == ("case", case)


def test_an_answer_to_the_desk_is_led_home_by_our_message_id(case, anna) -> None:
    brought = anna.answers("My client ignores Reply-To", to="help@example.org")
    assert (brought.outcome, brought.case) == ("case", case)
    assert case.last_message.text == "My client ignores Reply-To"


def test_a_made_up_message_id_leads_nowhere(case, anna) -> None:
    ours = anna.inbox[-1]["Message-ID"]
    forged = ours[:5] + ("0" if ours[5] != "0" else "1") + ours[6:]
    brought = anna.sends("Let me in", headers=[("In-Reply-To", forged)])
    assert brought.outcome == "new-case"


def test_whoever_does_not_take_part_is_not_led_into_the_case_by_our_message_id(case, anna, carl) -> None:
    known = anna.inbox[-1]["Message-ID"]
    brought = carl.sends("Anna forwarded this to me", headers=[("In-Reply-To", known)])
    assert brought.outcome == "new-case"
    assert brought.case != case


def test_a_reply_to_all_is_one_entry_with_two_deliveries(case, anna, desk) -> None:
    before = len(desk.cases), len(anna.inbox)
    brought = anna.answers("To everybody", copy_to="help@example.org")
    assert once([line.outcome for line in brought.arrived])
    assert {line.case for line in brought.arrived} == {case}
    assert len({line.entry_id for line in brought.arrived}) == 1
    assert [said.text for said in case.messages].count("To everybody") == 1
    assert (len(desk.cases), len(anna.inbox)) == before


def test_a_copy_that_reaches_the_desk_first_joins_the_same_entry(case, anna, desk) -> None:
    """Two servers, two mails: the desk's copy overtakes the one to the case's address."""
    door = case.door.address
    raw = anna.letter("To both", to=["help@example.org"], cc=[door])
    arrived = [line for to in ("help@example.org", door) for line in desk.takes(raw, anna.address, [to]).arrived]
    assert once([line.outcome for line in arrived])
    assert {line.case for line in arrived} == {case}
    assert len(case.messages) == 3


def test_a_stranger_at_the_address_is_shown_flagged_and_gets_nothing(case, anna, mallory, bob) -> None:
    brought = mallory.sends("I found this address", to=case.door.address)
    assert (brought.outcome, brought.case) == ("case", case)
    assert case.last_message.flags == ("stranger",)
    assert case.participants == ["anna@customer.example"]
    assert case.state == "waiting"
    bob.replies(case, "Did you reach the stairs?")
    assert "I found this address" not in anna.inbox[-1].text


def test_a_stranger_does_not_reopen_a_case(case, mallory, bob) -> None:
    bob.resolves(case)
    mallory.sends("Let me in", to=case.door.address)
    assert case.state == "resolved"


@pytest.mark.parametrize(
    "author",
    [
        "anna@customer.example, mallory@evil.example",
        '"anna@customer.example" <mallory@evil.example>',
        "anna@customer.example <mallory@evil.example>",
        "Anna: anna@customer.example, mallory@evil.example;",
        "<>",
        "nobody",
    ],
)
@in_process
def test_a_from_that_is_not_one_clear_address_is_nobody_s_word(case, mallory, desk, author) -> None:
    raw = mallory.letter("Pay to this account", to=[case.door.address]).replace(
        b"From: Mallory <mallory@evil.example>", b"From: " + author.encode()
    )
    brought = desk.takes(raw, "mallory@evil.example", [case.door.address])
    assert brought.case == case
    assert set(case.last_message.flags) & {"suspect", "stranger"}
    assert case.state == "waiting"


def test_two_from_fields_are_nobody_s_word(case, anna, mallory, desk) -> None:
    raw = b"From: mallory@evil.example\r\n" + anna.letter("Pay to this account", to=[case.door.address])
    desk.takes(raw, "mallory@evil.example", [case.door.address])
    assert case.last_message.flags == ("suspect",)


def test_a_copied_stranger_does_not_take_part(case, anna, bob, mallory) -> None:
    anna.answers("With a friend in copy", headers=[("Cc", mallory.address)])
    assert case.participants == ["anna@customer.example"]
    bob.replies(case, "Hello both")  # the fixture asserts that mallory's inbox stays empty


def test_reply_to_is_no_identity_and_no_target(desk, anna, mallory, bob) -> None:
    case = anna.writes("Write to my friend", headers=[("Reply-To", mallory.address)])
    assert case.requester == "anna@customer.example"
    bob.replies(case, "No")
    assert len(anna.inbox) == 2


def test_two_who_take_part_have_two_doors_and_one_message_id(case, anna, carl, bob) -> None:
    bob.adds(case, carl)
    bob.replies(case, "Hello both")
    hers, his = anna.inbox[-1], carl.inbox[-1]
    assert hers["Message-ID"] == his["Message-ID"]
    assert hers.reply_to != his.reply_to
    carl.answers("Hello Bob")
    assert (case.last_message.text, case.last_message.flags) == ("Hello Bob", ())


def test_who_writes_to_somebody_else_s_door_is_not_taken_for_them(case, anna, carl, bob) -> None:
    bob.adds(case, carl)
    carl.sends("By Anna's address", to=case.doors[0].address)
    assert (case.last_message.author, case.last_message.flags) == ("Carl Weber", ("unverified",))


def test_two_case_addresses_in_one_mail_are_two_entries_in_two_cases(case, anna) -> None:
    other = anna.writes("The scanner, too")
    brought = anna.sends("About both", to=[case.door.address, other.door.address])
    assert [line.outcome for line in brought.arrived] == ["case", "case"]
    assert case.last_message.text == other.last_message.text == "About both"


def test_a_hidden_copy_to_a_case_leads_there(case, anna, desk) -> None:
    raw = anna.letter("In secret", to=["friend@elsewhere.example"])
    assert desk.takes(raw, anna.address, [case.door.address]).case == case


def test_mail_with_a_case_s_door_and_another_case_s_reference_goes_through_the_door(case, anna) -> None:
    other = anna.writes("The scanner, too")
    reference = anna.inbox[0]["Message-ID"]
    brought = anna.sends("For the scanner", to=other.door.address, headers=[("In-Reply-To", reference)], subject="[#1001]")
    assert brought.case == other


@pytest.mark.parametrize(
    "form",
    [str.upper, lambda a: a.replace("-", ""), lambda a: a.replace("@", "+tag@")],
    ids=["in capitals", "without hyphens", "with a tag"],
)
def test_what_mail_programs_do_to_an_address_still_leads_home(case, anna, form) -> None:
    assert anna.sends("Me again", to=form(case.door.address)).case == case


@where_mail_can_be_refused
def test_a_mistyped_address_is_refused_with_a_word_where_to_write(case, anna) -> None:
    local, at, domain = case.door.address.partition("@")
    slip = local[:-1] + ("2" if local[-1] != "2" else "3")
    brought = anna.sends("x", to=slip + at + domain)
    assert brought.answer.startswith("550 5.1.1")
    assert "mistyped" in brought.answer
    assert "help@example.org" in brought.answer


@pytest.mark.desk(reply_form="plus")
def test_in_the_plus_form_the_same_story_runs_at_the_desk_s_own_mailbox(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    assert case.door.address.startswith("help+re-")
    bob.replies(case, "Use the stairs")
    assert anna.answers("Still burning").case == case


def test_an_address_of_ours_as_the_author_opens_nothing_and_is_not_answered(desk, anna) -> None:
    brought = anna.sends("Hello me", author="help@example.org", envelope="help@example.org")
    assert brought.outcome == "held"
    assert desk.relay.mails == []


def test_a_forged_agent_is_a_stranger(case, mallory, bob) -> None:
    mallory.sends("Refund approved", to=case.door.address, author="Bob Builder <bob@example.org>")
    assert case.last_message.flags == ("stranger",)
    assert case.last_message.kind == "mail-in"
    assert bob.inbox == []


def test_a_note_is_never_mailed(case, anna, bob) -> None:
    bob.notes(case, "She sounds desperate")
    bob.replies(case, "We are on our way")
    assert "desperate" not in str([mail.raw for mail in anna.inbox])
