"""The lines of our zone: what is needed, and what is said of each as it stands."""

from __future__ import annotations

import pytest

from helpdesk.policies.zone import Answer, Answers, Question, Zone, hosts_of, is_for_trying, is_name, questions
from helpdesk.policies.zone_findings import judged, mail_arrives

ZONE = Zone("reply.shop.de", "reply.shop.de", ("shop.de",), server="mx.shop.de", selector="s1")
MX, SPF, DKIM, DMARC = ZONE.lines()
KEY = "A" * 392  # base64 of 294 octets, as a key of 2048 bits


def answers(**texts: object) -> Answers:
    """All is well, but for what a test says of «mx», «host», «spf», «dkim», «dmarc»: texts, or None for no answer."""
    well: dict[str, object] = {
        "mx": ["10 mx.shop.de."], "host": ["192.0.2.1"], "spf": ["v=spf1 mx -all"], "dkim": [f"v=DKIM1; k=rsa; p={KEY}"],
        "dmarc": ["v=DMARC1; p=none"],
    }  # fmt: skip
    asked: dict[str, Question] = {
        "mx": ("reply.shop.de", "MX"), "host": ("mx.shop.de", "A"), "spf": ("reply.shop.de", "TXT"),
        "dkim": ("s1._domainkey.shop.de", "TXT"), "dmarc": ("_dmarc.shop.de", "TXT"),
    }  # fmt: skip
    said = {
        asked[name]: Answer(silent=True) if value is None else Answer(tuple(value)) for name, value in {**well, **texts}.items()
    }
    return {("mx.shop.de", "AAAA"): Answer(), ("reply.shop.de", "A"): Answer(), ("reply.shop.de", "AAAA"): Answer(), **said}


def test_the_lines_are_as_one_pastes_them_into_a_zone_file() -> None:
    assert [line.text for line in ZONE.lines()] == [
        "reply.shop.de. IN MX 10 mx.shop.de.",
        'reply.shop.de. IN TXT "v=spf1 mx -all"',
        's1._domainkey.shop.de. IN TXT "v=DKIM1; k=rsa; p=…"',
        '_dmarc.shop.de. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@shop.de"',
    ]


def test_a_relay_elsewhere_may_send_too() -> None:
    zone = Zone("reply.shop.de", "reply.shop.de", ("shop.de",), relay="a:smtp.provider.net")
    assert zone.lines()[1].value == "v=spf1 mx a:smtp.provider.net -all"


def test_each_domain_of_a_front_desk_signs_and_says_what_becomes_of_forged_mail() -> None:
    zone = Zone("reply.shop.de", "reply.shop.de", ("shop.de", "laden.at"))
    assert [line.name for line in zone.lines()[2:]] == [
        "mail._domainkey.shop.de", "_dmarc.shop.de", "mail._domainkey.laden.at", "_dmarc.laden.at",
    ]  # fmt: skip


def test_plus_addresses_need_no_line() -> None:
    zone = Zone("", "shop.de", ("shop.de",))
    assert zone.lines() == []
    assert questions(zone) == [("shop.de", "MX"), ("shop.de", "A"), ("shop.de", "AAAA")]


def test_all_is_well() -> None:
    assert [judged(ZONE, line, answers()).state for line in ZONE.lines()] == ["right"] * 4


@pytest.mark.parametrize("line", ZONE.lines(), ids=lambda line: line.kind)
def test_what_nobody_answered_is_not_known(line) -> None:
    assert judged(ZONE, line, answers(mx=None, spf=None, dkim=None, dmarc=None)).state == "unknown"
    assert judged(ZONE, line, {}).state == "unknown"


@pytest.mark.parametrize(
    ("said", "state", "words"),
    [
        ({"mx": []}, "wrong", "There is no MX line for reply.shop.de, so mail to it does not arrive."),
        ({"mx": ["0 ."]}, "wrong", "takes no mail at all"),
        ({"host": []}, "wrong", "It leads to mx.shop.de, and that name has no address."),
        ({"host": None}, "unknown", "No name server answered"),
        ({"mx": ["20 b.shop.de.", "10 mx.shop.de."], "host": ["192.0.2.1"]}, "unknown", "No name server"),
        ({"mx": ["10 mx.shop.de.", "20 mx.shop.de."]}, "right", "Mail goes to mx.shop.de."),
    ],
)
def test_where_mail_to_reply_addresses_goes(said, state, words) -> None:
    found = judged(ZONE, MX, answers(**said))
    assert (found.state, words in found.english) == (state, True), found.english


def test_without_an_mx_mail_goes_to_the_domain_itself() -> None:
    found = mail_arrives("shop.de", {("shop.de", "MX"): Answer(), ("shop.de", "A"): Answer(("192.0.2.1",))})
    assert (found.state, "goes to shop.de itself" in found.english) == ("note", True)


def test_another_server_than_the_one_that_was_named_is_worth_a_look() -> None:
    other = Zone("reply.shop.de", "reply.shop.de", ("shop.de",), server="in.shop.de")
    found = judged(other, MX, answers())
    assert (found.state, "to mx.shop.de, not to in.shop.de" in found.english) == ("note", True)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ([], "wrong"), (["v=spf1 mx -all", "v=spf1 a -all"], "wrong"), (["v=spf1 +all"], "wrong"), (["v=spf1 mx all"], "wrong"),
        (["v=spf1 -all"], "wrong"), (["v=spf1 mx"], "note"), (["v=spf1 mx ?all"], "note"), (["v=spf1 mx ~all"], "right"),
        (["V=SPF1 redirect=shop.de"], "right"), (["google-site-verification=x", "v=spf1 mx -all"], "right"),
    ],
)  # fmt: skip
def test_who_may_send(text, state) -> None:
    assert judged(ZONE, SPF, answers(spf=text)).state == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ([], "wrong"), (["v=DKIM1; p="], "wrong"), (["v=DKIM1; p=%%%"], "wrong"), (["nothing"], "wrong"), ([f"p={'A' * 128}"], "wrong"),
        ([f"p={KEY}", f"p={KEY}"], "wrong"), ([f"p={KEY}; t=s:y"], "note"), ([f"p={KEY[:200]} {KEY[200:]}"], "right"),
        ([f"k=ed25519; p={'A' * 44}"], "right"),
    ],
)  # fmt: skip
def test_the_key_that_signs(text, state) -> None:
    assert judged(ZONE, DKIM, answers(dkim=text)).state == state


def test_a_key_whose_name_nobody_has_said_is_asked_for_and_not_missed() -> None:
    unnamed = Zone("reply.shop.de", "reply.shop.de", ("shop.de",))
    found = judged(unnamed, unnamed.lines()[2], {("mail._domainkey.shop.de", "TXT"): Answer()})
    assert (found.state, "Write above" in found.english) == ("note", True)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ([], "wrong"), (["v=DMARC1; p=none", "v=DMARC1; p=none"], "wrong"), (["v=DMARC1; rua=mailto:x@shop.de"], "wrong"),
        (["v=DMARC1; p=reject"], "right"), (["v=DMARC1; p=reject; aspf=s"], "note"), (["v=DMARC1; p=none; aspf=s"], "right"),
    ],
)  # fmt: skip
def test_what_becomes_of_forged_mail(text, state) -> None:
    assert judged(ZONE, DMARC, answers(dmarc=text)).state == state


def test_what_a_parent_domain_says_of_forged_mail_counts() -> None:
    zone = Zone("reply.shop.de", "reply.shop.de", ("help.shop.de",))
    said: Answers = {("_dmarc.help.shop.de", "TXT"): Answer(), ("_dmarc.shop.de", "TXT"): Answer(("v=DMARC1; p=reject",))}
    assert ("_dmarc.shop.de", "TXT") in questions(zone)
    assert judged(zone, zone.lines()[3], said).state == "right"


def test_a_reply_domain_of_another_house_hangs_on_the_key() -> None:
    zone = Zone("reply.other.net", "reply.other.net", ("shop.de",))
    assert judged(zone, zone.lines()[3], answers(dmarc=["v=DMARC1; p=reject"])).state == "note"


def test_names() -> None:
    assert hosts_of(Answer(("20 B.shop.de.", "5 a.shop.de."))) == ["a.shop.de", "b.shop.de"]
    assert [is_name(text) for text in ("mx.shop.de", "s1", "a b", "", "-x.de", "x..de")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert [is_for_trying(name) for name in ("reply.example.org", "x.example", "shop.de", "myexample.org")] == [
        True,
        True,
        False,
        False,
    ]
