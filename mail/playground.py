"""The playground: the real product on its embedded default with a demo desk, and a postbox for playing the customer.

The postbox is a small mail server of its own beside the product: it takes what Holdline's relay would take, keeps it in
memory, and sends the customer's answers back over real SMTP.
"""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import secrets
import smtplib
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from helpdesk import clock, db, seeds
from helpdesk.actions import desks
from helpdesk.servers import parse_listen
from helpdesk.settings import Settings
from mail import demo_letters, inbound

log = structlog.get_logger()

KEPT = 500  # mails of one customer's mailbox


@dataclass(frozen=True)
class Received:
    """A mail in a customer's mailbox, as a mail program would show it."""

    number: int
    sender: str
    recipient: str
    reply_to: str
    subject: str
    at: datetime
    text: str
    html: str
    message_id: str
    references: str
    automatic: bool


class Postbox:
    """The customers' mailboxes: what came for them, and a pen."""

    def __init__(self, smtp_listen: str, home: str) -> None:
        self._home = home
        _, self._host, self._port = parse_listen(smtp_listen)
        self._mails: list[Received] = []
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postbox", daemon=True)

    def start(self) -> int:
        """Open the relay; its port."""
        self._thread.start()
        # (aiosmtpd's own Controller cannot wait for a port that the kernel chooses.)
        opening = self._loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True, loop=self._loop), "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(10)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        raw = envelope.original_content or b""
        message = email.message_from_bytes(raw, policy=email.policy.default)
        home = [recipient for recipient in envelope.rcpt_tos if recipient.endswith(f"@{self._home}")]
        if home:
            brought = await self._loop.run_in_executor(None, self._bring_home, raw, envelope.mail_from or "", home)
            if not brought:
                return "451 4.4.1 its door is not open yet"
        with self._lock:
            for recipient in envelope.rcpt_tos:
                if recipient in home:
                    continue
                self._mails.append(_received(len(self._mails) + 1, recipient, message))
            del self._mails[:-KEPT]
        return "250 2.0.0 in the postbox"

    def _bring_home(self, raw: bytes, sender: str, recipients: list[str]) -> bool:
        """Holdline's own domain: what is for it goes back to its door, as by an MX record.  That is how its probes come back."""
        try:
            with smtplib.SMTP(self._host, self._port, timeout=10) as client:
                client.sendmail(sender.strip("<>"), recipients, raw)
        except (smtplib.SMTPException, OSError) as error:
            log.warning("not brought home", error=type(error).__name__)
            return False
        return True

    def people(self) -> list[str]:
        """The addresses that have mail, the one with the newest mail first."""
        with self._lock:
            return list(dict.fromkeys(mail.recipient for mail in reversed(self._mails)))

    def mails(self, address: str) -> list[Received]:
        """The mail of one address, the newest first."""
        with self._lock:
            return [mail for mail in reversed(self._mails) if mail.recipient == address]

    def mail(self, number: int) -> Received | None:
        with self._lock:
            return next((mail for mail in self._mails if mail.number == number), None)

    def send(self, sender: str, name: str, to: str, subject: str, text: str, *, answers: Received | None = None) -> str | None:
        """Write to Holdline's SMTP door as a mail program would; what it said, where it refused."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = f"{name} <{sender}>" if name else sender, to, subject
        message["Date"], message["Message-ID"] = format_datetime(clock.now()), make_msgid(domain=sender.partition("@")[2])
        if answers is not None:
            message["In-Reply-To"] = answers.message_id
            message["References"] = f"{answers.references} {answers.message_id}".strip()
            quoted = "\n".join(f"> {line}" for line in answers.text.splitlines())
            text = f"{text}\n\nOn {answers.at:%a, %d %b %Y at %H:%M}, {answers.sender} wrote:\n{quoted}"
        message.set_content(text)
        try:
            with smtplib.SMTP(self._host, self._port, timeout=10) as client:
                client.send_message(message, sender, [parseaddr(to)[1]])
        except smtplib.SMTPRecipientsRefused as refused:
            return "; ".join(said.decode("utf-8", "replace") for _, said in refused.recipients.values())
        except (smtplib.SMTPException, OSError) as error:
            return str(error)
        return None


class Playground:
    """One playground in one folder; its data stays from one run to the next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, parts: Callable[[db.Database], Any], run: Callable[..., None]) -> None:
        """Start it in the foreground, until Ctrl-C."""
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = self._settings("smtp://127.0.0.1:25")
        postbox = Postbox(settings.smtp_listen, settings.reply_domain)
        settings = self._settings(f"smtp://127.0.0.1:{postbox.start()}")
        try:
            installation = parts(db.Database(settings))
            _prepare(installation.database)
            _welcome(settings)
            run(installation, web=True, smtp=True, workers=True, extras={"postbox": postbox})
        finally:
            postbox.stop()

    def _settings(self, relay: str) -> Settings:
        """The playground's own; only where its doors are may be moved by the environment."""
        fixed: dict[str, Any] = {
            "data_dir": self._folder,
            "database_url": "",
            "redis_url": "",
            "secret_key": self._secret(),
            "relay": relay,
            "front_desks": ("help@lindenhof.example", "billing@lindenhof.example"),
            "reply_domain": "reply.lindenhof.example",
            "reply_form": "domain",
            "timezone": "Europe/Berlin",
            "imap_url": (),
            "outgoing": "send",
            "canary": timedelta(minutes=5),
        }
        doors = Settings(_env_file=None, **fixed)
        return Settings(_env_file=None, base_url=f"http://{doors.web_listen}", **fixed)

    def _secret(self) -> str:
        file = self._folder / "secret"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        return file.read_text()


def _prepare(database: db.Database) -> None:
    db.upgrade(database)
    now = clock.now()
    with database.transaction() as session:
        desks.sync_from_settings(session, now=now)
        is_new = seeds.fill(session, now=now)
    if is_new:
        inbound.accept(database, demo_letters.parcels(database.house.settings.main_desk, now))


def _welcome(settings: Settings) -> None:
    base = settings.base_url
    lines = [
        "",
        "  Holdline's playground is up.",
        "",
        f"  The desk          {base}/",
        *(f"    {role:<14}  {address}" for address, _name, role in seeds.PEOPLE),
        f"    password        {seeds.PASSWORD}",
        f"  Play the customer {base}/playground/",
        f"  Or by SMTP        {settings.smtp_listen}, to {settings.main_desk}",
        "",
        f"  Data lies in {settings.data_dir}. Ctrl-C ends it.",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _received(number: int, recipient: str, message: EmailMessage) -> Received:
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    date = message["Date"].datetime if message["Date"] else None
    return Received(
        number=number,
        sender=str(message["From"] or ""),
        recipient=recipient.lower(),
        reply_to=str(message["Reply-To"] or message["From"] or ""),
        subject=str(message["Subject"] or ""),
        at=date or clock.now(),
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
        message_id=str(message["Message-ID"] or "").strip(),
        references=" ".join(str(message["References"] or "").split()),
        automatic="Auto-Submitted" in message,
    )
