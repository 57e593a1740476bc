"""The service's settings, read from INCUBATOR_* environment variables."""

from __future__ import annotations

import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything an operator may set; the README lists each."""

    model_config = SettingsConfigDict(env_prefix="INCUBATOR_", extra="ignore")

    data_dir: Path = Field(default=Path("data"), description="Where the database, documents and Prefect's files lie")
    database_url: str = Field(default="", description="SQLAlchemy address; empty means SQLite in the data folder")
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="Seals personal values; empty: kept in the data folder"
    )
    host: str = Field(default="127.0.0.1", description="Where the web listens")
    port: int = Field(default=8000, ge=1, le=65535, description="The web's port")
    web_processes: int = Field(default=1, ge=1, le=64, description="Web processes; more than one needs PostgreSQL")
    clock: Literal["system", "test"] = Field(default="system", description="`test`: time is moved through the database")
    automation: Literal["embedded", "distributed"] = Field(
        default="embedded", description="`distributed`: flows run on Prefect work pools"
    )
    prefect_api_url: str = Field(default="", description="Prefect's address; empty: `serve` starts its own server")
    prefect_port: int = Field(default=4200, ge=1, le=65535, description="The port of the embedded Prefect server")
    work_pool: str = Field(default="incubator", description="The Prefect work pool of a distributed set-up")
    upload_limit_mb: int = Field(default=20, ge=1, le=200, description="The largest document, in megabytes")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/\s?#]+)?$",
        description="Where people outside reach the web, such as https://example.org; empty: as the page was asked for",
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="The mail server of notices, such as smtps://user:password@mail.example.cn?from=centre@example.cn",
    )
    secure_cookies: bool = Field(default=False, description="Set to true behind HTTPS")

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr) -> SecretStr:
        """Refuse what no mail could be sent with, at the start and not at the first notice."""
        said = urlsplit(value.get_secret_value())
        sender = parse_qs(said.query).get("from", [unquote(said.username or "")])[0]
        schemes = ("smtp", "smtp+starttls", "smtps")
        if value.get_secret_value() and (said.scheme not in schemes or not said.hostname or "@" not in sender):
            raise ValueError("write it as smtps://user:password@host?from=name@domain (or smtp+starttls://, smtp://)")
        return value

    @cached_property
    def effective_database_url(self) -> str:
        """The database's address, SQLite in the data folder unless set."""
        if self.database_url:
            url = self.database_url
            return url.replace("postgresql://", "postgresql+psycopg://", 1) if url.startswith("postgresql://") else url
        return f"sqlite:///{(self.data_dir / 'incubator.db').resolve()}"

    @cached_property
    def sealing_key(self) -> str:
        """The secret that seals personal values; made once and kept in the data folder when none is set."""
        if self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        path = self.data_dir / "secret.key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            try:
                with path.open("x", encoding="utf-8") as file:
                    path.chmod(0o600)
                    file.write(secrets.token_urlsafe(48))
            except FileExistsError:  # another process of the same start was quicker
                pass
        return path.read_text(encoding="utf-8")
