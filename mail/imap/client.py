"""IMAP as we speak it: what the door needs to say to a server."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, LoginError

from helpdesk.policies.mailboxes import is_speakable
from helpdesk.queries.mailboxes import Account
from mail.bearer import MECHANISMS, bearer
from mail.imap.troubles import LOST, LoginRefused, Trouble, login_trouble, spoken
from mail.imap.wire import SMALL_LITERAL, TEXT, Timeout, Wire
from mail.tokens import NoToken, Tokens

KEYWORD = b"$Holdline"
SEEN = b"\\Seen"
MOST_UID = 2**32 - 1  # RFC 9051 §2.3.1.1

LIST_OF_UIDS = 16 << 20  # two million UIDs
MOST_CHALLENGES = 4
SLICE = 0.5  # seconds after which a waiting connection looks whether it should stop


@dataclass(frozen=True)
class Folder:
    """An open folder: its numbering, and which flags may mark what we have kept."""

    uidvalidity: int
    uidnext: int
    marks: tuple[bytes, ...]


@dataclass(frozen=True)
class Outline:
    """A message before its bytes: its size in octets and when the server received it (INTERNALDATE; None if unreadable)."""

    uid: int
    size: int
    arrived_at: datetime | None


class Connection(IMAPClient):  # type: ignore[misc]
    """A log-in at an IMAP server.  Raises Trouble, an IMAPClientError or an OSError; after one of LOST it is dead."""

    _imap: Wire

    def __init__(self, account: Account, timeout: Timeout) -> None:
        self.account = account
        # SSL_CERT_FILE adds an operator's own authority; certificate and name are always verified.
        # Read only where it is used: the authorities of a whole system take longer than a log-in.
        context = None if account.tls == "none" else ssl.create_default_context()
        super().__init__(
            account.host, account.port, ssl=account.tls == "imaps", ssl_context=context, timeout=SocketTimeout(*timeout)
        )
        self._imap.debug = 0  # imapclient would write every message into the debug log, formatting it even when nobody reads that
        self.normalise_times = False

    def _create_IMAP4(self) -> Wire:  # noqa: N802 (imapclient's hook)
        return Wire(
            self.host, self.port, self.ssl_context if self.ssl else None, Timeout(self._timeout.connect, self._timeout.read)
        )

    def log_in(self, token: str = "") -> None:
        """Secure the connection as the account says, and log in: by an access token, or by the password.  Raises LoginRefused."""
        account = self.account
        if self._imap.state != "NONAUTH":
            # PREAUTH would skip STARTTLS, and show us somebody's mailbox, nobody knows whose.
            raise Trouble(f"{account.host} did not ask for a password; that cannot be the right mailbox.")
        if not (is_speakable(account.username) and is_speakable(account.password)):
            raise Trouble("The user name or the password has control characters in it.")
        if account.tls == "starttls":
            self._start_tls()
        try:
            if account.oauth:
                self._log_in_by(token)
            elif self.has_capability("AUTH=PLAIN"):
                said = f"\0{account.username}\0{account.password}"
                self.sasl_login("PLAIN", self._patiently(lambda _challenge: said))
            else:
                self.login(f'"{_escaped(account.username)}"', account.password)  # imaplib quotes the password alone
        except LoginError as error:
            raise login_trouble(account, error, token) from error
        except UnicodeEncodeError as error:
            raise LoginRefused(f"{account.host} takes only plain ASCII letters in a user name and a password.") from error

    def open_folder(self, name: str, *, to_write: bool = True) -> Folder:
        """Select a folder, to read only where it cannot be written.  Raises Trouble."""
        if not is_speakable(name):
            raise Trouble("The name of the folder has control characters in it.")
        try:
            answer = self.select_folder(name, readonly=not to_write)
        except IMAPClientReadOnlyError:
            return self.open_folder(name, to_write=False)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise Trouble(f"The folder {name} cannot be opened; {self.host} says: {spoken(error)}") from error
        uidvalidity, uidnext = answer.get(b"UIDVALIDITY", 0), answer.get(b"UIDNEXT", 0)
        if not (0 < uidvalidity <= MOST_UID and 0 < uidnext <= MOST_UID):
            raise Trouble(f"{self.host} gives the messages in {name} no lasting numbers (UIDVALIDITY and UIDNEXT).")
        return Folder(uidvalidity, uidnext, _marks(answer.get(b"PERMANENTFLAGS")) if to_write else ())

    def folders(self) -> tuple[str, ...]:
        """The names of all folders."""
        with self._answers():
            found = self.list_folders()
        return tuple(sorted(str(name) for _flags, _delimiter, name in found if is_speakable(str(name))))

    def junk_folder(self) -> str | None:
        """The name of the folder that the server calls its junk folder (RFC 6154), None where it names none."""
        with self._answers():
            found = self.list_folders()
        junk = [str(name) for flags, _delimiter, name in found if b"\\junk" in {bytes(flag).lower() for flag in flags}]
        return next((name for name in junk if is_speakable(name)), None)

    def uids(self, *criteria: object) -> set[int]:
        """The UIDs that a search finds.  Criteria are words of ours, numbers and dates; never text from a mail."""
        with self._answers(text=LIST_OF_UIDS):
            found = self.search(list(criteria))
        return {uid for uid in found if 0 < uid <= MOST_UID}

    def outlines(self, uids: Sequence[int]) -> dict[int, Outline]:
        """Size and date of these messages; what has vanished is missing."""
        with self._answers():
            found = self.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return {
            uid: Outline(uid, _size(said[b"RFC822.SIZE"]), _instant(said.get(b"INTERNALDATE"))) for uid, said in found.items()
        }

    def bodies(self, uids: Sequence[int], *, at_most: int) -> dict[int, bytes]:
        """The bytes of these messages, together no more than `at_most`; what has vanished is missing.  Nothing is marked as seen."""
        with self._answers(literals=at_most):
            found = self.fetch(uids, ["BODY.PEEK[]"])
        return {uid: _content(said[b"BODY[]"]) for uid, said in found.items()}

    def mark(self, uids: Sequence[int], folder: Folder) -> None:
        """Flag these messages as kept, as far as the folder permits."""
        if uids and folder.marks:
            self.add_flags(uids, folder.marks, silent=True)

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Idle until the server has something to tell, the time is over or `stop` is set (RFC 2177).

        imapclient's own `idle_check` takes the end of the connection for silence and overlooks what is buffered already.
        """
        tag, spoke = self._imap._command("IDLE"), False
        while self._imap._get_response() is not None:
            spoke = True  # news may come before the «+»
            if self._imap.tagged_commands[tag]:
                raise IMAPClientError("IDLE was refused")
        end = time.monotonic() + seconds
        while not spoke and not stop.is_set() and (left := end - time.monotonic()) > 0:
            spoke = self._imap.has_input(min(left, SLICE))
        self._imap.send(b"DONE\r\n")
        self._imap._command_complete("IDLE", tag)

    def hang_up(self) -> None:
        """End the connection from another thread: whoever reads from it gets an error of LOST."""
        with suppress(OSError):
            self._imap.sock.shutdown(socket.SHUT_RDWR)

    def _log_in_by(self, token: str) -> None:
        account = self.account
        mechanism = next((name for name in MECHANISMS if self.has_capability(f"AUTH={name}")), None)
        if mechanism is None:
            raise Trouble(f"{account.host} offers no log-in by OAuth2 (XOAUTH2 or OAUTHBEARER).")
        said = bearer(mechanism, account.username, token, account.host, account.port)
        self.sasl_login(mechanism, self._patiently(lambda challenge: said.answer(challenge or None)))

    def _patiently(self, answer: Callable[[bytes], str]) -> Callable[[bytes], str]:
        """Answers a few challenges; a server that goes on asking would be answered for ever."""
        left = iter(range(MOST_CHALLENGES))

        def reply(challenge: bytes) -> str:
            if next(left, None) is None:
                raise Trouble(f"{self.host} asks again and again for the log-in that it was given.")
            return answer(challenge)

        return reply

    def _start_tls(self) -> None:
        try:
            self.starttls(self.ssl_context)
        except LOST:
            raise
        except IMAPClientError as error:
            raise Trouble(f"{self.host} offers no STARTTLS, and without TLS no password is sent.") from error

    @contextmanager
    def _answers(self, *, text: int = TEXT, literals: int = SMALL_LITERAL) -> Iterator[None]:
        self._imap.untagged_responses.clear()  # imaplib piles up every EXISTS of a long session
        self._imap.allow(text=text, literals=literals)
        try:
            yield
        finally:
            self._imap.allow()


@contextmanager
def connected(account: Account, timeout: Timeout, tokens: Tokens | None = None) -> Iterator[Connection]:
    """A logged-in connection; it is closed in any case, and politely where nothing went wrong."""
    connection = _logged_in(account, timeout, tokens)
    try:
        yield connection
        with suppress(IMAPClientError, OSError):
            connection.logout()
    finally:
        connection.shutdown()


def _logged_in(account: Account, timeout: Timeout, tokens: Tokens | None) -> Connection:
    """A refused token may have been withdrawn before its time: one other is tried, over a new connection."""
    if not account.oauth:
        return _opened(account, timeout)
    try:
        if tokens is None:
            raise Trouble("This process cannot log in by OAuth2.")
        token = tokens.get(account.oauth)
        try:
            return _opened(account, timeout, token)
        except LoginRefused:
            return _opened(account, timeout, tokens.renewed(account.oauth, token))
    except NoToken as error:
        raise (LoginRefused if error.refused else Trouble)(str(error)) from error


def _opened(account: Account, timeout: Timeout, token: str = "") -> Connection:
    connection = Connection(account, timeout)
    try:
        connection.log_in(token)
    except BaseException:
        connection.shutdown()
        raise
    return connection


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _marks(permanent: tuple[bytes, ...] | None) -> tuple[bytes, ...]:
    # RFC 9051 §7.1: without PERMANENTFLAGS all flags may be set, but new keywords only where \* is among them.
    if permanent is None:
        return (SEEN,)
    wanted = {SEEN: SEEN in permanent, KEYWORD: KEYWORD in permanent or b"\\*" in permanent}
    return tuple(flag for flag, permitted in wanted.items() if permitted)


def _size(said: object) -> int:
    if not isinstance(said, int):
        raise Trouble("its size is no number")
    return said


def _instant(said: object) -> datetime | None:
    try:
        return said.astimezone(UTC) if isinstance(said, datetime) and said.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _content(said: object) -> bytes:
    if not isinstance(said, bytes):
        raise Trouble("the server does not give it out")
    return said
