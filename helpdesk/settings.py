"""What the operator decides.  The only reader of the environment; nonsense is refused at start, by the variable's name."""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from helpdesk.oauth import OAuthClient
from helpdesk.servers import check_server_url, is_loopback, named_login, parse_listen

PREFIX = "HOLDLINE_"
DURATION = re.compile(r"^(\d+)\s*(d|h|m|s)$")
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
DOMAIN = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
ADDRESS = re.compile(r"^[a-z0-9!#$&'*/=?^_`{|}~.-]{1,64}@[a-z0-9.-]+$")

Words = Annotated[tuple[str, ...], NoDecode]
_zones = cache(available_timezones)  # it walks through a folder of six hundred files


class SettingsError(Exception):
    """The environment does not make sense.  `str()` is a line per variable, fit for an operator."""


class Settings(BaseSettings):
    """Every setting of the product (`.env.example` explains each).  Frozen; durations are timedeltas."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Path("var")
    database_url: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    secret_key: SecretStr
    web_listen: str = "127.0.0.1:8080"
    base_url: str = "http://127.0.0.1:8080"
    smtp_listen: str = "127.0.0.1:2525"
    policy_listen: str = ""
    relay: SecretStr = SecretStr("smtp://127.0.0.1:25")
    relay_sender: str = ""
    outgoing: Literal["send", "hold"] = "send"
    oauth: dict[str, OAuthClient] = Field(default_factory=dict)
    canary: timedelta = timedelta(0)
    front_desks: Words = ("help@example.org",)
    timezone: str = "UTC"
    reply_domain: str = "reply.example.org"
    reply_form: Literal["domain", "plus"] = "domain"
    grace: timedelta = timedelta(days=28)
    expired: Literal["follow-up", "refuse"] = "follow-up"
    new_cases_per_hour: int = Field(default=30, ge=0)
    spam_headers: Literal["hold", "ignore"] = "hold"
    imap_junk: str = "auto"
    clamd: str = ""
    trusted_networks: Words = ("127.0.0.0/8", "::1/128")
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    authserv_id: Words = ()
    arc_sealers: Words = ()
    dkim: Literal["off", "verify"] = "off"
    imap_url: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    imap_recipient_header: str = "Delivered-To"
    imap_poll: timedelta = timedelta(seconds=60)
    person_figures: Literal["none", "self", "named"] = "none"
    max_mail_bytes: int = Field(default=25 * 1024 * 1024, ge=64 * 1024)
    bare_newlines: Literal["refuse", "normalise"] = "refuse"
    language: Literal["en", "de"] = "en"
    remote_images: Literal["proxy", "never"] = "proxy"
    workers: int = Field(default=2, ge=1, le=32)

    @field_validator("front_desks", "trusted_networks", "authserv_id", "arc_sealers", "imap_url", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

    @field_validator("grace", "imap_poll", "canary", mode="before")
    @classmethod
    def _duration(cls, value: object) -> object:
        if isinstance(value, str):
            found = DURATION.match(value.strip())
            if not found:
                raise ValueError("write a number and d, h, m or s, for example 28d")
            return timedelta(**{UNITS[found[2]]: int(found[1])})
        return value

    @field_validator("canary")
    @classmethod
    def _not_a_flood(cls, value: timedelta) -> timedelta:
        if value and value < timedelta(minutes=1):
            raise ValueError("at least 1m, for every probe is a mail; empty for none")
        return value

    @field_validator("relay_sender")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value and not ADDRESS.match(value.lower()):
            raise ValueError("write the mailbox's own address, like help@example.org, or leave it empty")
        return value

    @field_validator("grace")
    @classmethod
    def _grace_outlives_retries(cls, value: timedelta) -> timedelta:
        # RFC 5321 §4.5.4.1: senders retry for 4 to 5 days; a shorter grace would refuse mail that was in time.
        if value < timedelta(days=6):
            raise ValueError("at least 6d, because other mail servers retry for five days")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_secret(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if len(text) < 32 or len(set(text)) < 8:
            raise ValueError("at least 32 random characters; make one with: openssl rand -base64 32")
        return value

    @field_validator("front_desks")
    @classmethod
    def _desk_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        desks = tuple(address.lower() for address in value)
        for address in desks:
            if not ADDRESS.match(address) or not DOMAIN.match(address.partition("@")[2]):
                raise ValueError(f"{address!r} is not a mail address like help@example.org (no + in it)")
        if not desks:
            raise ValueError("name at least one front desk")
        return desks

    @field_validator("trusted_networks")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network)
        return value

    @field_validator("arc_sealers")
    @classmethod
    def _sealing_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for domain in value:
            if not DOMAIN.match(domain.lower()):
                raise ValueError(f"{domain!r} is not a domain name like google.com")
        return tuple(domain.lower() for domain in value)

    @field_validator("reply_domain", mode="before")
    @classmethod
    def _domain(cls, value: object) -> object:
        domain = str(value).strip().lower().encode("idna").decode()
        if not DOMAIN.match(domain):
            raise ValueError(f"{value!r} is not a domain name")
        return domain

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError(f"{value!r} is not a time zone like Europe/Berlin")
        return value

    @field_validator("web_listen", "smtp_listen", "policy_listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        if value:
            parse_listen(value)
        return value

    @field_validator("imap_junk")
    @classmethod
    def _folder(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("write auto, off or the name of a folder")
        return value

    @field_validator("clamd")
    @classmethod
    def _scanner(cls, value: str) -> str:
        url = urlsplit(value)
        if value and not (url.scheme == "unix" and url.path) and not (url.scheme == "tcp" and url.hostname and url.port):
            raise ValueError("write tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl")
        return value

    @field_validator("base_url")
    @classmethod
    def _base_url(cls, value: str) -> str:
        url = urlsplit(value.rstrip("/"))
        if url.scheme not in ("http", "https") or not url.hostname or url.path or url.query:
            raise ValueError("write https://desk.example.org, without a path")
        if url.scheme == "http" and not is_loopback(url.hostname):
            raise ValueError("http is accepted on loopback only, for the log-in cookie would travel in the clear; use https")
        return value.rstrip("/")

    @field_validator("relay")
    @classmethod
    def _relay(cls, value: SecretStr) -> SecretStr:
        check_server_url(value.get_secret_value(), ("smtp", "smtps", "lmtp"), plain=("smtp", "lmtp"))
        return value

    @field_validator("imap_url")
    @classmethod
    def _imap(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for url in value:
            check_server_url(url.get_secret_value(), ("imap", "imaps"), plain=("imap",))
            if not urlsplit(url.get_secret_value()).username:
                raise ValueError("write imaps://user:password@host/INBOX")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///path or postgresql://user:password@host/name")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("write redis://host:6379/0")
        return value

    @model_validator(mode="after")
    def _forms_agree(self) -> Settings:
        if self.reply_form == "domain" and self.reply_domain in {a.partition("@")[2] for a in self.front_desks}:
            raise ValueError(
                f"{PREFIX}REPLY_DOMAIN: {self.reply_domain} is also a front desk's domain; give replies a domain of their own, "
                f"or set {PREFIX}REPLY_FORM=plus"
            )
        return self

    @model_validator(mode="after")
    def _logins_are_known(self) -> Settings:
        for setting, urls in (("RELAY", (self.relay,)), ("IMAP_URL", self.imap_url)):
            for url in urls:
                name = named_login(url.get_secret_value())
                if name and name not in self.oauth:
                    raise ValueError(f"{PREFIX}{setting}: there is no {PREFIX}OAUTH__{name.upper()}__CLIENT_ID")
        return self

    @property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir.resolve()}/holdline.db"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def main_desk(self) -> str:
        return self.front_desks[0]

    @property
    def secure(self) -> bool:
        """Whether cookies are for https only."""
        return self.base_url.startswith("https://")


def from_env(env_file: Path | str | None = ".env") -> Settings:
    """Settings of this process.  Raises SettingsError, naming every variable that makes no sense."""
    try:
        return Settings(_env_file=env_file, _env_file_encoding="utf-8")
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(e["loc"], e["msg"], e["type"]) for e in error.errors())) from None


def _sentence(where: tuple[int | str, ...], message: str, kind: str) -> str:
    message = message.removeprefix("Value error, ")
    if not where:
        return message
    name = PREFIX + "__".join(str(part).upper() for part in where)
    return f"{name}: is missing; every installation needs its own" if kind == "missing" else f"{name}: {message}"
