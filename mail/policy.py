"""The same doorkeeper for an MTA in front: Postfix asks at RCPT (its policy delegation protocol), so that it refuses by itself.

Without it Postfix would take mail for an expired address, hear our 550 afterwards and send a bounce to whoever the sender
claims to be: backscatter.  Its `reject_unverified_recipient` cannot stand in, for whether an expired address takes mail
depends on who sends it.
"""

from __future__ import annotations

import socketserver
import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from helpdesk import clock
from helpdesk.db import Database
from helpdesk.servers import parse_listen
from mail import doorkeeper, replies
from mail.replies import Reply

log = structlog.get_logger()

MOST_LINES, LONGEST = 100, 4096
IDLE = 300.0  # seconds; Postfix keeps its connection open between questions


class PolicyDoor:
    """Answers «smtpd_access_policy» requests on HOLDLINE_POLICY_LISTEN, in threads of its own."""

    def __init__(self, database: Database, listen: str) -> None:
        _, host, port = parse_listen(listen)
        self._server = _Server((host, port), database)
        self._thread = threading.Thread(target=self._server.serve_forever, name="policy-door", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], database: Database) -> None:
        self.database = database
        super().__init__(address, _Conversation)


class _Conversation(socketserver.StreamRequestHandler):
    """name=value lines, an empty line, then our answer in the same form (SMTPD_POLICY_README)."""

    server: _Server
    timeout = IDLE

    def handle(self) -> None:
        try:
            while (asked := self._question()) is not None:
                self.wfile.write(f"action={_action(self.server.database, asked)}\n\n".encode())
        except (OSError, ValueError):
            return

    def _question(self) -> dict[str, str] | None:
        asked: dict[str, str] = {}
        for _ in range(MOST_LINES):
            line = self.rfile.readline(LONGEST)
            if not line:
                return None
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if not text:
                return asked
            name, _, value = text.partition("=")
            asked[name] = value
        raise ValueError("no policy request has so many lines")


def _action(database: Database, asked: dict[str, str]) -> str:
    if asked.get("request") != "smtpd_access_policy" or not asked.get("recipient"):
        return "DUNNO"
    try:
        with database.reading() as session:
            refused = doorkeeper.judge(session, asked["recipient"], asked.get("sender", ""), now=clock.now())
    except SQLAlchemyError as error:
        log.error("database does not answer", error=type(error).__name__)
        refused = doorkeeper.judge_alone(database.house, asked["recipient"])
    # Somebody else's domain is the MTA's own business: it knows its users, we do not.
    return "DUNNO" if refused is None or refused == replies.RELAY_DENIED else _spelled(refused)


def _spelled(reply: Reply) -> str:
    return f"{reply.code} {reply.enhanced} {reply.sentence}"
