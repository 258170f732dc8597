"""Nonsense in the environment is refused at start, by the variable's name."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from helpdesk.db import asset
from helpdesk.oauth import OAuthClient
from helpdesk.servers import parse_listen, url_user
from helpdesk.settings import Settings, SettingsError, from_env

SECRET = "0123456789 abcdefghijklmnopqrstuvwxyz"


@pytest.fixture()
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("HOLDLINE_SECRET_KEY", SECRET)
    return monkeypatch


def read(environment: pytest.MonkeyPatch, name: str, value: str) -> Settings:
    environment.setenv(f"HOLDLINE_{name}", value)
    return from_env(None)


def test_one_secret_is_all_that_an_installation_has_to_set(environment: pytest.MonkeyPatch) -> None:
    settings = from_env(None)
    assert settings.main_desk == "help@example.org"
    assert settings.grace == timedelta(days=28)
    assert settings.database.startswith("sqlite:///")


def test_an_empty_variable_is_one_that_was_not_set(environment: pytest.MonkeyPatch) -> None:
    assert read(environment, "GRACE", "").grace == timedelta(days=28)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GRACE", "28"),
        ("GRACE", "a month"),
        ("GRACE", "5d"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("FRONT_DESKS", "not an address"),
        ("FRONT_DESKS", "help+tag@example.org"),
        ("FRONT_DESKS", "help@exa mple.org"),
        ("FRONT_DESKS", ","),
        ("REPLY_DOMAIN", "reply_example.org"),
        ("REPLY_DOMAIN", "-.org"),
        ("REPLY_FORM", "tag"),
        ("EXPIRED", "bounce"),
        ("DKIM", "maybe"),
        ("ARC_SEALERS", "google.com, not a domain"),
        ("OUTGOING", "later"),
        ("PERSON_FIGURES", "all"),
        ("TIMEZONE", "Berlin"),
        ("TIMEZONE", "../etc/passwd"),
        ("LANGUAGE", "klingon"),
        ("WEB_LISTEN", "8080"),
        ("WEB_LISTEN", "127.0.0.1:99999"),
        ("SMTP_LISTEN", "imap://127.0.0.1:25"),
        ("BASE_URL", "http://desk.example.org"),
        ("BASE_URL", "ftp://127.0.0.1"),
        ("BASE_URL", "https://desk.example.org/path"),
        ("RELAY", "mx.example.org:25"),
        ("RELAY", "smtp://mx.example.org:25"),
        ("RELAY", "smtp://127.0.0.1:port"),
        ("IMAP_URL", "imap://user:password@mx.example.org/INBOX"),
        ("IMAP_URL", "imaps://mx.example.org/INBOX"),
        ("IMAP_POLL", "often"),
        ("DATABASE_URL", "mysql://127.0.0.1/desk"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("NEW_CASES_PER_HOUR", "-1"),
        ("NEW_CASES_PER_HOUR", "many"),
        ("TRUSTED_NETWORKS", "10.0.0.0/8,everybody"),
        ("TRUSTED_NETWORKS", "10.1.2.3/8"),
        ("TRUSTED_PROXIES", "6"),
        ("MAX_MAIL_BYTES", "1000"),
        ("BARE_NEWLINES", "keep"),
        ("WORKERS", "0"),
        ("WORKERS", "1000"),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_variable(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^HOLDLINE_{name}: ") as refused:
        read(environment, name, value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="HOLDLINE_SECRET_KEY: is missing"):
        from_env(None)


def test_everything_that_is_wrong_is_said_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HOLDLINE_GRACE", "soon")
    with pytest.raises(SettingsError) as refused:
        read(environment, "TIMEZONE", "Mars")
    assert sorted(line.partition(":")[0] for line in str(refused.value).splitlines()) == ["HOLDLINE_GRACE", "HOLDLINE_TIMEZONE"]


def test_a_refused_secret_is_not_repeated(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refused:
        read(environment, "RELAY", "smtp://desk:hunter2@mx.example.org")
    assert "hunter2" not in str(refused.value)


def test_replies_never_share_a_domain_with_a_desk(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="HOLDLINE_REPLY_DOMAIN"):
        read(environment, "REPLY_DOMAIN", "example.org")
    assert read(environment, "REPLY_FORM", "plus").reply_form == "plus"


@pytest.mark.parametrize(
    "relay",
    [
        "smtp://127.0.0.1:25",
        "smtp://localhost",
        "smtp://[::1]:2525",
        "smtps://user:pa%40ss@mx.example.org:465",
        "smtp://user:password@mx.example.org:587?tls=starttls",
        "smtp://10.0.0.1:25?tls=none",
        "lmtp://127.0.0.1:24",
    ],
)
def test_a_relay_without_tls_is_on_loopback_or_said_explicitly(environment: pytest.MonkeyPatch, relay: str) -> None:
    assert read(environment, "RELAY", relay).relay.get_secret_value() == relay


def test_several_desks_and_mailboxes_are_comma_separated(environment: pytest.MonkeyPatch) -> None:
    assert read(environment, "FRONT_DESKS", "Help@example.org, sales@shop.example").front_desks == (
        "help@example.org",
        "sales@shop.example",
    )
    boxes = read(environment, "IMAP_URL", "imaps://a:b@mx.example/INBOX, imap://c:d@127.0.0.1/INBOX").imap_url
    assert [box.get_secret_value() for box in boxes] == ["imaps://a:b@mx.example/INBOX", "imap://c:d@127.0.0.1/INBOX"]


@pytest.mark.parametrize(
    ("text", "expected"), [("6d", timedelta(days=6)), ("200h", timedelta(hours=200)), ("9999m", timedelta(minutes=9999))]
)
def test_a_duration_is_a_number_and_a_unit(environment: pytest.MonkeyPatch, text: str, expected: timedelta) -> None:
    assert read(environment, "GRACE", text).grace == expected


def test_the_scheme_of_the_base_url_decides_whether_cookies_are_secure(environment: pytest.MonkeyPatch) -> None:
    assert read(environment, "BASE_URL", "https://desk.example.org/").secure
    assert not read(environment, "BASE_URL", "http://localhost:8080").secure


def test_an_international_domain_is_kept_in_its_ascii_form(environment: pytest.MonkeyPatch) -> None:
    assert read(environment, "REPLY_DOMAIN", "antwort.müller.example").reply_domain == "antwort.xn--mller-kva.example"


def test_the_env_file_is_read_and_the_environment_wins(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOLDLINE_GRACE=10d\nHOLDLINE_EXPIRED=refuse\n")
    environment.setenv("HOLDLINE_GRACE", "12d")
    settings = from_env(tmp_path / ".env")
    assert (settings.grace, settings.expired) == (timedelta(days=12), "refuse")


def test_where_to_listen_is_read_with_and_without_a_protocol() -> None:
    assert parse_listen("127.0.0.1:2525") == ("smtp", "127.0.0.1", 2525)
    assert parse_listen("lmtp://[::1]:24") == ("lmtp", "::1", 24)


def test_user_and_password_are_unquoted() -> None:
    assert url_user("imaps://help%40example.org:p%3Aw@mx.example") == ("help@example.org", "p:w")


def test_the_example_names_every_setting_and_no_other() -> None:
    named = set(re.findall(r"^HOLDLINE_(\w+)=", (asset("templates").parent / ".env.example").read_text(), re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields if name != "oauth"}


def test_the_example_names_everything_about_a_log_in_by_oauth2() -> None:
    example = (asset("templates").parent / ".env.example").read_text()
    named = set(re.findall(r"^# HOLDLINE_OAUTH__OFFICE__(\w+)=", example, re.MULTILINE))
    files = {name.upper() for name in OAuthClient.model_fields if name.endswith("_file")}
    assert named == {name.upper() for name in OAuthClient.model_fields} - files
    assert all(name in example for name in files)


OFFICE = {
    "OAUTH__OFFICE__TOKEN_URL": "https://login.example/token",
    "OAUTH__OFFICE__CLIENT_ID": "desk",
    "OAUTH__OFFICE__CLIENT_SECRET": "hush",
    "OAUTH__OFFICE__GRANT": "client_credentials",
}
BY_TOKEN = "imaps://help@imap.example/INBOX?auth=oauth:Office"


def test_a_log_in_by_oauth2_is_used_by_its_name(environment: pytest.MonkeyPatch) -> None:
    for name, value in OFFICE.items():
        environment.setenv(f"HOLDLINE_{name}", value)
    settings = read(environment, "IMAP_URL", BY_TOKEN)
    assert settings.oauth["office"].client_id == "desk"
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("IMAP_URL", BY_TOKEN, "HOLDLINE_IMAP_URL: there is no HOLDLINE_OAUTH__OFFICE__CLIENT_ID"),
        ("RELAY", "smtps://help@mx.example?auth=oauth:office", "HOLDLINE_RELAY: there is no HOLDLINE_OAUTH__OFFICE__CLIENT_ID"),
        ("RELAY", "smtps://help@mx.example?auth=plain", "HOLDLINE_RELAY: write ?auth=oauth:NAME"),
        ("RELAY", "smtps://mx.example?auth=oauth:office", "HOLDLINE_RELAY: OAuth2 needs the mailbox's name"),
        ("RELAY_SENDER", "not an address", "HOLDLINE_RELAY_SENDER: write the mailbox's own address"),
        ("CANARY", "59s", "HOLDLINE_CANARY: at least 1m"),
        ("OAUTH__OFFICE__CLIENT_ID", "desk", "HOLDLINE_OAUTH__OFFICE: TOKEN_URL is missing"),
        ("OAUTH__OFFICE__SECRET", "hush", "HOLDLINE_OAUTH__OFFICE__SECRET: Extra inputs"),
    ],
)
def test_nonsense_about_wires_is_refused_by_its_name(
    environment: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read(environment, variable, value)
    assert said in str(refused.value)
    assert "hush" not in str(refused.value)


def test_the_values_of_the_example_are_the_defaults(environment: pytest.MonkeyPatch) -> None:
    example = (asset("templates").parent / ".env.example").read_text()
    for name, value in re.findall(r"^HOLDLINE_(\w+)=(.+)$", example, re.MULTILINE):
        environment.setenv(f"HOLDLINE_{name}", value)
    assert from_env(None) == Settings(_env_file=None, secret_key=SECRET)
