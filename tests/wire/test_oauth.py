"""Log-ins by OAuth2 on the wire: a real Dovecot that asks a token server, and an SMTP relay that does."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from aiosmtpd.smtp import Session as SmtpSession
from pydantic import SecretStr

from helpdesk import clock
from helpdesk.actions import mailboxes
from helpdesk.db import Database, House
from helpdesk.oauth import OAuthClient
from helpdesk.queries import mailboxes as find
from mail import doctor
from mail.fetch import Fetcher, fetch_once, look
from mail.imap.troubles import Trouble
from mail.tokens import Tokens, tokens_of
from mail.transport import Deferred, Patience, Result, Sent, Transport
from tests.dovecot import Dovecot
from tests.imap_door import QUICK, letter, row, running, subjects, wait_for
from tests.servers import free_port
from tests.token_server import TokenServer

SHORT = Patience(connect=2, command=2, final_dot=2, farewell=0.3)


@pytest.fixture()
def tokens() -> Iterator[TokenServer]:
    with TokenServer().running() as server:
        yield server


@contextmanager
def mail_server(tokens: TokenServer, mechanism: str = "xoauth2") -> Iterator[Dovecot]:
    server = Dovecot(introspection_url=tokens.introspection_url, mechanism=mechanism)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def connected(database: Database, tokens: TokenServer, server: Dovecot) -> int:
    """The mailbox of HOLDLINE_IMAP_URL, opened by a token."""
    url = f"imap://help@127.0.0.1:{server.port}/INBOX?auth=oauth:office"
    settings = database.house.settings.model_copy(
        update={"imap_url": (SecretStr(url),), "oauth": {"office": OAuthClient(**tokens.client())}}
    )
    database.house = House(settings, database.house.keys)
    with database.transaction() as session:
        mailboxes.sync_from_settings(session, now=clock.now() - timedelta(minutes=1))
        return find.active(session)[0].id


@pytest.mark.needs("dovecot")
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_mailbox_is_read_by_an_access_token(database: Database, tokens: TokenServer, mechanism: str) -> None:
    with mail_server(tokens, mechanism) as server:
        mailbox = connected(database, tokens, server)
        fetch_once(database, mailbox, pace=QUICK)
        server.append(letter("by token"))
        assert fetch_once(database, mailbox, pace=QUICK) == 1
        assert subjects(database) == ["by token"]
        assert doctor_about_mail(database) == []


@pytest.mark.needs("dovecot")
def test_a_token_that_was_withdrawn_is_renewed_once_and_the_mail_comes_in(database: Database, tokens: TokenServer) -> None:
    with mail_server(tokens) as server:
        mailbox = connected(database, tokens, server)
        source = tokens_of(database)
        with running(Fetcher(database, mailbox, pace=QUICK, tokens=source)):
            wait_for(lambda: row(database, mailbox).checked_at)
            tokens.withdraw()
            server.stop()  # the server ends every session, as Google and Microsoft do when a token ends
            server.start()
            server.append(letter("after the renewal"))
            wait_for(lambda: subjects(database) == ["after the renewal"], seconds=10)
            wait_for(lambda: row(database, mailbox).trouble is None)
        assert len(tokens.asked) == 2


@pytest.mark.needs("dovecot")
def test_a_log_in_that_died_is_told_at_once_and_the_mail_server_is_not_asked_again_and_again(
    database: Database, tokens: TokenServer
) -> None:
    with mail_server(tokens) as server:
        mailbox = connected(database, tokens, server)
        source = tokens_of(database)
        with running(Fetcher(database, mailbox, pace=QUICK, tokens=source)):
            wait_for(lambda: row(database, mailbox).checked_at)
            tokens.withdraw()
            tokens.refusal = (400, {"error": "invalid_grant"})
            server.stop()
            server.start()
            wait_for(lambda: "OFFICE (OAuth2) gets no access token" in (row(database, mailbox).trouble or ""), seconds=10)
        with database.reading() as session:
            assert [box.id for box in find.ailing(session, now=clock.now())] == [mailbox]
        refused = re.findall("auth failed", (server.home / "log").read_text())
        assert len(refused) <= 1
        assert len(tokens.asked) == 2


@pytest.mark.needs("dovecot")
def test_a_token_that_is_good_but_opens_nothing_here_is_a_refused_log_in(database: Database, tokens: TokenServer) -> None:
    tokens.user = "somebody else"
    with mail_server(tokens) as server:
        mailbox = connected(database, tokens, server)
        with pytest.raises(Trouble, match="refuses the log-in of help"):
            fetch_once(database, mailbox, pace=QUICK)
        assert len(tokens.asked) == 2  # one other token was tried, and then no more
        assert "token-" not in (row(database, mailbox).trouble or "")


@pytest.mark.needs("dovecot")
def test_a_server_without_oauth_is_never_sent_a_token(database: Database, tokens: TokenServer, dovecot: Dovecot) -> None:
    connected(database, tokens, dovecot)
    with database.reading() as session:
        account = find.account(session, find.active(session)[0])
    assert "offers no log-in by OAuth2" in (look(account, tokens=tokens_of(database), timeout=QUICK.timeout).trouble or "")
    assert "cannot log in by OAuth2" in (look(account, timeout=QUICK.timeout).trouble or "")


def doctor_about_mail(database: Database) -> list[str]:
    return [line for line in doctor.problems(database) if line.startswith(("mailbox", "OAuth2"))]


def test_the_doctor_names_a_log_in_that_gets_no_token(database: Database, tokens: TokenServer) -> None:
    settings = database.house.settings.model_copy(update={"oauth": {"office": OAuthClient(**tokens.client())}})
    database.house = House(settings, database.house.keys)
    tokens.refusal = (401, {"error": "invalid_client"})
    assert doctor_about_mail(database) == [
        "OAuth2: The log-in OFFICE (OAuth2) gets no access token: the token server refuses: invalid_client."
    ]


# the relay


class TokenRelay:
    """An SMTP relay that takes mail only behind XOAUTH2 or OAUTHBEARER, with a good token of this mailbox."""

    def __init__(self, tokens: TokenServer) -> None:
        self.tokens, self.senders, self.answers = tokens, list[str](), list[str]()

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        return await self._auth(server, args, r"user=help\x01auth=Bearer ([^\x01]+)\x01\x01", "")

    async def auth_OAUTHBEARER(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        pattern = r"n,a=help,\x01host=127\.0\.0\.1\x01port=\d+\x01auth=Bearer ([^\x01]+)\x01\x01"
        return await self._auth(server, args, pattern, "\x01")

    async def _auth(self, server: SMTP, args: list[str], pattern: str, last_word: str) -> AuthResult:
        found = re.fullmatch(pattern, base64.b64decode(args[1]).decode())
        if found and found[1] in self.tokens.good:
            return AuthResult(success=True, auth_data="help")
        said = await server.challenge_auth('{"status":"400","schemes":"Bearer"}')
        assert said == last_word.encode()
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: SmtpSession, envelope: SmtpEnvelope, address: str, _options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 authenticate first"
        envelope.mail_from = address
        return "250 ok"

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: SmtpEnvelope) -> str:  # noqa: N802
        self.senders.append(envelope.mail_from or "")
        return "250 2.0.0 kept"


@pytest.fixture()
def relay(tokens: TokenServer, request: pytest.FixtureRequest) -> Iterator[tuple[TokenRelay, int]]:
    handler, port = TokenRelay(tokens), free_port()
    other = {"XOAUTH2": "OAUTHBEARER", "OAUTHBEARER": "XOAUTH2"}[getattr(request, "param", "XOAUTH2")]
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=port,
        auth_require_tls=False,
        auth_exclude_mechanism=["PLAIN", "LOGIN", other],
    )
    controller.start()
    yield handler, port
    controller.stop()


def transport(port: int, tokens: TokenServer) -> Transport:
    source = Tokens({"office": OAuthClient(**tokens.client())})
    return Transport(f"smtp://help@127.0.0.1:{port}?auth=oauth:office", patience=SHORT, tokens=source)


def send(way: Transport) -> list[Result]:
    with way.connection() as connection:
        return [connection.send("help@example.org", "anna@example.com", b"Subject: x\r\n\r\ny\r\n")]


@pytest.mark.parametrize("relay", ["XOAUTH2", "OAUTHBEARER"], indirect=True)
def test_mail_leaves_by_an_access_token_which_is_renewed_when_it_is_refused(
    tokens: TokenServer, relay: tuple[TokenRelay, int]
) -> None:
    handler, port = relay
    way = transport(port, tokens)
    assert [type(result) for result in (*send(way), *send(way))] == [Sent, Sent]
    assert len(tokens.asked) == 1
    tokens.withdraw()
    assert isinstance(send(way)[0], Sent)
    assert len(tokens.asked) == 2
    assert handler.senders == ["help@example.org"] * 3


@pytest.mark.parametrize("how", ["the token server refuses", "no token is good"])
def test_a_dead_log_in_defers_all_mail_and_says_why(tokens: TokenServer, relay: tuple[TokenRelay, int], how: str) -> None:
    way = transport(relay[1], tokens)
    if how == "no token is good":
        tokens.good = _Never()
        sentence = "The relay does not accept our log-in: 535"
    else:
        tokens.refusal = (400, {"error": "invalid_grant"})
        sentence = "The log-in OFFICE (OAuth2) gets no access token: the token server refuses: invalid_grant."
    (result,) = send(way)
    assert isinstance(result, Deferred)
    assert result.answer.startswith(sentence)
    assert (result.untried, result.locked_out) == (True, True)
    assert "token-" not in result.answer


class _Never(set):  # type: ignore[type-arg]
    def __contains__(self, _token: object) -> bool:
        return False
