"""Access tokens, against a token server on a real socket: when one is asked for, when it is not, and what is told of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from helpdesk import clock
from helpdesk.db import Database, House
from helpdesk.oauth import OAuthClient
from helpdesk.queries import logins
from mail import jobs
from mail.tokens import NoToken, Tokens, tokens_of
from tests.token_server import TokenServer


@pytest.fixture()
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    with TokenServer().running() as server:
        yield server


def tokens(server: TokenServer, **more: str) -> Tokens:
    return Tokens({"office": OAuthClient(**server.client(**more))})


def with_login(database: Database, server: TokenServer, **more: str) -> Database:
    """The installation with a log-in at this server."""
    client = OAuthClient(**server.client(**more))
    database.house = House(database.house.settings.model_copy(update={"oauth": {"office": client}}), database.house.keys)
    return database


def test_a_token_is_asked_for_once_and_used_until_shortly_before_its_end(server: TokenServer, monday: datetime) -> None:
    source = tokens(server, scope="mail")
    assert [source.get("office") for _ in range(3)] == ["token-1"] * 3
    assert server.asked == [{"grant_type": "client_credentials", "client_id": "desk", "client_secret": "s3cret", "scope": "mail"}]
    with clock.freeze(monday + timedelta(minutes=49)):
        assert source.get("office") == "token-1"
    with clock.freeze(monday + timedelta(minutes=51)):
        assert source.get("office") == "token-2"


@pytest.mark.parametrize(("said", "lifetime"), [(120, 120), ("120", 120), (None, 300), ("soon", 300), (-5, 1), (10**12, 86_400)])
def test_a_token_of_a_short_life_is_renewed_when_three_quarters_are_over(
    server: TokenServer, monday: datetime, said: object, lifetime: int
) -> None:
    server.more = {"expires_in": said}
    source = tokens(server)
    source.get("office")
    early = min(lifetime / 4, 600)
    with clock.freeze(monday + timedelta(seconds=lifetime - early - 0.1)):
        assert source.get("office") == "token-1"
    with clock.freeze(monday + timedelta(seconds=lifetime - early)):
        assert source.get("office") == "token-2"


def test_a_clock_that_went_back_a_day_does_not_keep_a_token_alive(server: TokenServer, monday: datetime) -> None:
    source = tokens(server)
    source.get("office")
    with clock.freeze(monday - timedelta(days=1)):
        assert source.get("office") == "token-2"


def test_a_refused_token_is_renewed_by_one_thread_and_the_others_take_its_word(server: TokenServer) -> None:
    source = tokens(server)
    refused = source.get("office")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(source.renewed("office", refused))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["token-2"] * 8
    assert len(server.asked) == 2


def test_a_token_server_that_is_away_is_no_trouble_while_the_old_token_is_good(server: TokenServer, monday: datetime) -> None:
    source = tokens(server)
    source.get("office")
    server.refusal = (503, b"<html>down</html>")
    with clock.freeze(monday + timedelta(minutes=55)):
        assert source.get("office") == "token-1"
        assert "HTTP 503" in source.troubles()["office"]  # but it is told, before mail stops
    with clock.freeze(monday + timedelta(minutes=61)), pytest.raises(NoToken, match=r"OFFICE .* HTTP 503") as error:
        source.get("office")
    assert not error.value.refused


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_dead_refresh_token_is_told_at_once_and_asked_for_less_and_less_often(
    server: TokenServer, monday: datetime, status: int
) -> None:
    server.refusal = (status, {"error": "invalid_grant", "error_description": "the secret s3cret of desk"})
    source = tokens(server, grant="refresh_token", refresh_token="dead")
    for _ in range(5):
        with pytest.raises(NoToken, match="the token server refuses: invalid_grant") as error:
            source.get("office")
        assert error.value.refused
    assert len(server.asked) == 1
    for minutes in range(1, 61):
        with clock.freeze(monday + timedelta(minutes=minutes)), pytest.raises(NoToken):
            source.get("office")
    assert len(server.asked) == 8  # after 1, 3, 7, 15, 30, 45 and 60 minutes; not 60 times
    server.refusal = None
    with clock.freeze(monday + timedelta(minutes=76)):
        assert source.get("office") == "token-1"
        assert source.troubles() == {}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((200, {}), "holds no token"),
        ((200, {"access_token": "a\r\nA1 DELETE INBOX"}), "holds no token"),
        ((200, {"access_token": ["x"]}), "holds no token"),
        ((200, b"[" * 100_000), "holds no token"),
        ((200, b"x" * (300 << 10)), "holds no token"),
        ((302, {}), "HTTP 302"),
        ((400, {"error": "s" * 300}), "HTTP 400"),
        ((500, {"error": 7}), "HTTP 500"),
    ],
)
def test_whatever_a_token_server_says_becomes_a_sentence(server: TokenServer, answer: tuple[int, Any], sentence: str) -> None:
    server.refusal = answer
    with pytest.raises(NoToken, match=sentence):
        tokens(server).get("office")
    assert len(server.asked) == 1


def test_a_token_server_that_is_not_there_is_named_by_its_log_in(server: TokenServer) -> None:
    client = OAuthClient(**server.client(token_url="http://127.0.0.1:1/token"))
    with pytest.raises(NoToken, match=r"OFFICE .* cannot be reached") as error:
        Tokens({"office": client}).get("office")
    assert "s3cret" not in str(error.value)
    assert not error.value.refused


def test_a_secret_in_a_file_is_read_anew_and_a_missing_file_is_told(server: TokenServer, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    source = tokens(server, client_secret="", client_secret_file=str(file))
    file.write_text("first\n")
    source.renewed("office", source.get("office"))
    file.write_text("second\n")
    source.renewed("office", "token-2")
    assert [form["client_secret"] for form in server.asked] == ["first", "first", "second"]
    file.unlink()
    with pytest.raises(NoToken, match="a file with its secret cannot be read") as error:
        source.renewed("office", "token-3")
    assert str(tmp_path) not in str(error.value)


def test_a_refresh_token_that_was_exchanged_outlives_a_restart_until_another_is_configured(
    server: TokenServer, database: Database
) -> None:
    server.more = {"refresh_token": "exchanged-once"}
    with_login(database, server, grant="refresh_token", refresh_token="first")
    tokens_of(database).get("office")
    server.more = {}
    tokens_of(database).get("office")
    with_login(database, server, grant="refresh_token", refresh_token="by hand")
    tokens_of(database).get("office")
    assert [form["refresh_token"] for form in server.asked] == ["first", "exchanged-once", "by hand"]
    assert b"exchanged-once" not in (database.house.settings.data_dir / "holdline.db").read_bytes()


def test_the_timetable_tells_of_a_log_in_that_dies_before_mail_stops(
    server: TokenServer, database: Database, monday: datetime
) -> None:
    with_login(database, server)
    source = tokens_of(database)
    jobs.renew_tokens(database, source)
    server.refusal = (401, {"error": "invalid_client"})
    with clock.freeze(monday + timedelta(minutes=51)):
        jobs.renew_tokens(database, source)
        assert source.get("office") == "token-1"
        with database.reading() as session:
            assert "invalid_client" in logins.troubles(session)["office"]
    server.refusal = None
    with clock.freeze(monday + timedelta(minutes=53)):
        jobs.renew_tokens(database, source)
        with database.reading() as session:
            assert logins.troubles(session) == {}


def test_no_secret_is_shown_where_a_log_in_is_printed(server: TokenServer) -> None:
    client = OAuthClient(**server.client(refresh_token="r3fresh", grant="refresh_token"))
    assert "s3cret" not in repr(client)
    assert "r3fresh" not in repr(client)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, "client_id"),
        ({"client_id": "x"}, "TOKEN_URL is missing"),
        ({"client_id": "x", "token_url": "http://login.example/token"}, "TOKEN_URL has to be https"),
        ({"client_id": "x", "token_url": "https://login.example/token"}, "GRANT is missing"),
        ({"client_id": "x", "provider": "google"}, "REFRESH_TOKEN"),
        ({"client_id": "x", "provider": "microsoft", "client_secret": "y"}, "TENANT"),
        ({"client_id": "x", "provider": "microsoft", "tenant": "t"}, "CLIENT_SECRET"),
        ({"client_id": "x", "provider": "yahoo"}, "provider"),
    ],
)
def test_a_log_in_that_lacks_something_is_refused_by_its_name(said: dict[str, str], missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        OAuthClient(**said)


def test_a_providers_name_says_where_and_for_what() -> None:
    google = OAuthClient(provider="google", client_id="x", client_secret="y", refresh_token="z")
    assert (google.token_url, google.grant, google.scope) == ("https://oauth2.googleapis.com/token", "refresh_token", "")
    microsoft = OAuthClient(provider="microsoft", tenant="our.example", client_id="x", client_secret="y")
    assert microsoft.token_url == "https://login.microsoftonline.com/our.example/oauth2/v2.0/token"
    assert (microsoft.grant, microsoft.scope) == ("client_credentials", "https://outlook.office365.com/.default")
