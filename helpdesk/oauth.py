"""Log-ins by OAuth2, as the operator describes them: where tokens are asked for, in whose name, for what."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, field_validator, model_validator

from helpdesk.servers import is_loopback

Grant = Literal["refresh_token", "client_credentials"]

MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
SHORTCUTS: dict[str, dict[str, str]] = {
    "google": {"token_url": "https://oauth2.googleapis.com/token", "grant": "refresh_token", "scope": ""},
    # «.default»: what an admin has consented to for this application, IMAP.AccessAsApp and SMTP.SendAsApp.
    "microsoft": {"token_url": MICROSOFT, "grant": "client_credentials", "scope": "https://outlook.office365.com/.default"},
}


class OAuthClient(BaseModel):
    """One log-in.  A secret is said here, or in a file that is read anew each time, so that it may be changed while we run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Literal["", "google", "microsoft"] = ""
    tenant: str = ""  # Microsoft's name for the organisation
    token_url: str = ""
    client_id: str
    client_secret: SecretStr = SecretStr("")
    client_secret_file: Path | None = None
    refresh_token: SecretStr = SecretStr("")
    refresh_token_file: Path | None = None
    grant: Grant | None = None
    scope: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, said: object) -> object:
        """What the provider's name says by itself; a value of the operator's own wins."""
        if not isinstance(said, dict) or said.get("provider", "") not in SHORTCUTS:
            return said
        filled = SHORTCUTS[said["provider"]] | {name: value for name, value in said.items() if value != ""}
        return filled | {"token_url": str(filled["token_url"]).format(tenant=said.get("tenant", ""))}

    @field_validator("token_url")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        url = urlsplit(value)
        if not url.hostname or not (url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname))):
            raise ValueError("TOKEN_URL has to be https://…, for a secret is sent there (or name a PROVIDER: google, microsoft)")
        return value

    @model_validator(mode="after")
    def _complete(self) -> OAuthClient:
        if not self.token_url:
            raise ValueError("TOKEN_URL is missing (or name a PROVIDER: google, microsoft)")
        if self.provider == "microsoft" and "//oauth2/" in self.token_url:
            raise ValueError("Microsoft needs TENANT, the directory's id or its domain")
        if self.grant is None:
            raise ValueError("GRANT is missing: refresh_token or client_credentials")
        if self.grant == "refresh_token" and not (self.refresh_token.get_secret_value() or self.refresh_token_file):
            raise ValueError("REFRESH_TOKEN (or REFRESH_TOKEN_FILE) is missing")
        if self.grant == "client_credentials" and not (self.client_secret.get_secret_value() or self.client_secret_file):
            raise ValueError("CLIENT_SECRET (or CLIENT_SECRET_FILE) is missing")
        return self

    def read(self, name: Literal["client_secret", "refresh_token"]) -> str:
        """A secret as it is today; "" where there is none.  Raises OSError where its file cannot be read."""
        file: Path | None = getattr(self, f"{name}_file")
        said: SecretStr = getattr(self, name)
        return file.read_text(encoding="utf-8").strip() if file else said.get_secret_value()
