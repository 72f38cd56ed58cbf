"""What the operator can set: one frozen `Settings`, read from the environment and from `.env`.

Every setting has a default, so PASTI runs without any; `.env.example` explains each. A field's description completes
the sentence "It should be …", which the operator reads when a value is wrong. `repr=False` marks a value that may hold
a secret: it appears in no message and no log.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import phonenumbers
from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, StringConstraints, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from rapidfuzz import fuzz, process
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

logger = logging.getLogger(__name__)

TemplatePurpose = Literal["case_update", "answer_ready", "officer_reply", "survey"]

TWILIO_API = "https://api.twilio.com"
TELEGRAM_API = "https://api.telegram.org"

_MISSPELT_FROM = 75  # of 100: PROT for PORT has 75, DATABASEURL for DATABASE_URL 96, HOSTNAME for HOST 67


class SettingsError(Exception):
    """Settings that cannot be used; the message names every bad one, what is wrong with it and what to do."""


def _host(value: str) -> str:
    """An address or a host name, without scheme and port (RFC 1123 names; IPv6 without brackets)."""
    if not re.fullmatch(r"(?!-)[A-Za-z0-9.-]+", value):
        ipaddress.ip_address(value)
    return value


def _root_url(value: str) -> str:
    """An http(s) URL to which paths are appended, as it was typed but without the last slash."""
    url = HttpUrl(value)
    if url.query is not None or url.fragment is not None:
        raise ValueError("paths cannot be appended to a query or fragment")
    return value.rstrip("/")


def _folder(path: Path) -> Path:
    """A folder that is there or can be made, with `~` read as a shell would."""
    path = path.expanduser() if path.parts[:1] == ("~",) else path
    try:
        usable = path.is_dir() or not (path.exists() or path.parent.is_file())
    except OSError as error:
        raise ValueError("out of reach") from error
    if not usable:
        raise ValueError("not a folder")
    return path


def _database(value: str) -> str:
    """A database URL of PostgreSQL, or of SQLite that names a file: one in memory would lose what was accepted."""
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError("not a database URL") from error
    if url.drivername in ("postgresql", "postgresql+psycopg"):
        return value
    if url.drivername != "sqlite" or url.database in (None, "", ":memory:"):
        raise ValueError("neither PostgreSQL nor a file of SQLite")
    return value


def _whatsapp_address(value: str) -> str:
    """Twilio's form of a number, `whatsapp:+62…`; a number without country code is Indonesian."""
    try:
        number = phonenumbers.parse(value.removeprefix("whatsapp:"), "ID")
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a phone number") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a possible phone number")
    return "whatsapp:" + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _shaped(pattern: str) -> AfterValidator:
    """A secret of this shape, compared whole."""

    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise ValueError("not of the expected shape")
        return secret

    return AfterValidator(check)


def _from_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _database_in(validated: dict[str, Any]) -> str:
    return URL.create("sqlite", database=str(validated["data_dir"] / "pasti.db")).render_as_string()


RootUrl = Annotated[str, AfterValidator(_root_url)]
ContentSid = Annotated[str, StringConstraints(pattern=r"^HX[0-9A-Za-z]+$")]
Templates = Annotated[Mapping[TemplatePurpose, ContentSid], NoDecode, BeforeValidator(_from_json)]


class Settings(BaseSettings):
    """Every setting under the name of its environment variable, in lower case."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, env_file_encoding="utf-8", extra="ignore", str_strip_whitespace=True
    )

    host: Annotated[str, AfterValidator(_host)] = Field(
        "127.0.0.1", description="an address or host name without port, such as 127.0.0.1 or 0.0.0.0"
    )
    port: int = Field(8080, ge=0, le=65535, description="a port from 1 to 65535, or 0 for any free one")
    public_url: RootUrl | None = Field(
        None, description="the address at which the internet reaches PASTI, such as https://pasti.example.go.id"
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    data_dir: Annotated[Path, AfterValidator(_folder)] = Field(
        Path("data"), description="a folder, such as /srv/pasti; it is made when it is not there"
    )
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        default_factory=_database_in,
        repr=False,
        description="a SQLite file, such as sqlite:////srv/pasti/pasti.db, or postgresql://user:password@host/name",
    )
    secret_key: Annotated[SecretStr, _shaped(r".{32,}")] | None = Field(
        None, repr=False, description="at least 32 characters long, such as `openssl rand -base64 32` prints"
    )

    telegram_token: Annotated[SecretStr, _shaped(r"[0-9]+:[A-Za-z0-9_-]+")] | None = Field(
        None, repr=False, description="the token that @BotFather gave, such as 123456:ABC-DEF"
    )
    telegram_api_url: RootUrl = Field(
        TELEGRAM_API, description="the root before /bot<token>, such as https://api.telegram.org"
    )
    telegram_mode: Annotated[Literal["polling", "webhook"], BeforeValidator(str.lower)] = Field(
        "polling", description="polling or webhook"
    )
    telegram_webhook_secret: Annotated[SecretStr, _shaped(r"[A-Za-z0-9_-]{1,256}")] | None = Field(
        None, repr=False, description="1 to 256 characters of A-Z, a-z, 0-9, _ and -"
    )

    twilio_account_sid: Annotated[str, StringConstraints(pattern=r"^AC[0-9A-Za-z]+$")] | None = Field(
        None, description="the Account SID of Twilio's console, which begins with AC"
    )
    twilio_auth_token: Annotated[SecretStr, _shaped(r"\S+")] | None = Field(
        None, repr=False, description="the Auth Token of Twilio's console, without blanks"
    )
    twilio_api_url: RootUrl = Field(
        TWILIO_API, description="the root before /2010-04-01, such as https://api.twilio.com"
    )
    twilio_whatsapp_from: Annotated[str, AfterValidator(_whatsapp_address)] | None = Field(
        None, description="the office's WhatsApp number, such as +6281200000000"
    )
    twilio_templates: Templates = Field(
        default_factory=dict,
        description="a JSON object from case_update, answer_ready, officer_reply or survey to the ContentSid of the "
        'approved template, such as {"survey": "HX0123456789abcdef"}',
    )

    def with_database(self, url: str | None) -> Settings:
        """These settings on another database: what `--database` says goes before DATABASE_URL."""
        return self.model_copy(update={"database_url": url}) if url else self

    @property
    def on_postgresql(self) -> bool:
        return make_url(self.database_url).get_backend_name() == "postgresql"

    @property
    def shown_database(self) -> str:
        """Its address without the password."""
        return make_url(self.database_url).render_as_string(hide_password=True)

    @property
    def telegram_lacks(self) -> tuple[str, ...]:
        """Names of the settings without which Telegram stays off; empty when it can be on."""
        needed: dict[str, object] = {"TELEGRAM_TOKEN": self.telegram_token}
        if self.telegram_mode == "webhook":
            needed["TELEGRAM_WEBHOOK_SECRET"] = self.telegram_webhook_secret
            needed["PUBLIC_URL"] = self.public_url
        return tuple(name for name, value in needed.items() if value is None)

    @property
    def whatsapp_lacks(self) -> tuple[str, ...]:
        """Names of the settings without which WhatsApp stays off; empty when it can be on."""
        needed = {
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token,
            "TWILIO_WHATSAPP_FROM": self.twilio_whatsapp_from,
        }
        return tuple(name for name, value in needed.items() if value is None)


def load_settings(env_file: Path = Path(".env")) -> Settings:
    """Read the environment, and `env_file` where it exists; the environment wins, an empty value is as good as none.

    Logs a warning for each key of the file that looks like a misspelt setting.

    Raises:
        SettingsError: naming every setting that cannot be used.
    """
    try:
        settings = Settings(_env_file=env_file)
        in_file = dotenv_values(env_file, encoding="utf-8")
    except ValidationError as error:
        raise SettingsError(_explain(error.errors())) from None  # the cause would show the secrets
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{env_file} cannot be read ({error}). It should be a text file in UTF-8.") from error
    for name, meant in _misspelt(in_file):
        logger.warning("%s: %s is not a setting and changes nothing. Did you mean %s?", env_file, name, meant)
    return settings


def _explain(errors: list[ErrorDetails]) -> str:
    """One line for each bad setting; DATABASE_URL is not to blame for the DATA_DIR that it follows from."""
    wrong: dict[str, str] = {}
    for error in errors:
        if error["type"] == "default_factory_not_called":
            continue
        name = str(error["loc"][0])
        field = Settings.model_fields[name]
        value = repr(error["input"]) if field.repr and len(error["loc"]) == 1 else "the value"
        wrong[name] = f"  {name.upper()}: {value} cannot be used. It should be {field.description}."
    count = "One setting is" if len(wrong) == 1 else f"{len(wrong)} settings are"
    advice = "Correct this in the environment or in .env, or leave it out: .env.example explains every setting."
    return "\n".join([f"{count} wrong:", *wrong.values(), advice])


def _misspelt(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of a name that is no setting and the setting that it resembles."""
    settings = [name.upper() for name in Settings.model_fields]
    for name in names:
        nearest = process.extractOne(name.upper(), settings, scorer=fuzz.ratio, score_cutoff=_MISSPELT_FROM)
        if nearest and nearest[0] != name.upper():
            yield name, nearest[0]
