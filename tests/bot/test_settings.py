"""Settings: nothing is needed, everything wrong is named at once, and no secret is shown."""

from __future__ import annotations

import logging
import re
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from bot.settings import Settings, SettingsError, load_settings

NAMES = [name.upper() for name in Settings.model_fields]
EXAMPLE = Path(__file__).parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting in the environment, no `.env` in the current folder."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def load(text: str) -> Settings:
    Path(".env").write_text(text, encoding="utf-8")
    return load_settings()


def complaint_about(text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(text)
    return str(caught.value)


def named_in(message: str) -> list[str]:
    return re.findall(r"^  (\w+):", message, re.MULTILINE)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8080, "INFO")
    assert settings.data_dir == Path("data")
    assert settings.database_url == "sqlite:///data/pasti.db"
    assert settings.secret_key is None
    assert settings.public_url is None
    assert settings.telegram_lacks == ("TELEGRAM_TOKEN",)
    assert settings.whatsapp_lacks == ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM")


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("HOST", "")
    settings = load("PORT=9000\nHOST=0.0.0.0\n")
    assert (settings.port, settings.host) == (9001, "0.0.0.0")  # an empty variable counts as not set


def test_empty_values_in_the_file_count_as_not_set() -> None:
    settings = load("".join(f"{name}=\n" for name in NAMES))
    assert settings == load_settings(Path("absent"))


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]


def test_the_database_lies_in_the_data_folder() -> None:
    assert load("DATA_DIR=/srv/pasti\n").database_url == "sqlite:////srv/pasti/pasti.db"
    assert load("DATA_DIR=~/pasti\n").data_dir == Path.home() / "pasti"


def test_a_folder_name_with_url_characters_leads_to_the_same_file() -> None:
    settings = load("DATA_DIR='/srv/a b?c%20d'\n")
    assert make_url(settings.database_url).database == "/srv/a b?c%20d/pasti.db"


def test_every_bad_setting_is_named_at_once() -> None:
    Path("a-file").touch()
    bad = {
        "HOST": "127.0.0.1:8080",
        "PORT": "80a",
        "PUBLIC_URL": "pasti.example.go.id",
        "LOG_LEVEL": "loud",
        "DATA_DIR": "a-file",
        "DATABASE_URL": "oracle://x",
        "SECRET_KEY": "short",
        "TELEGRAM_TOKEN": "my bot",
        "TELEGRAM_API_URL": "ftp://127.0.0.1",
        "TELEGRAM_MODE": "both",
        "TELEGRAM_WEBHOOK_SECRET": "has blanks",
        "TWILIO_ACCOUNT_SID": "SK123",
        "TWILIO_AUTH_TOKEN": "has blanks",
        "TWILIO_API_URL": "https://x.example?y=1",
        "TWILIO_WHATSAPP_FROM": "12",
        "TWILIO_TEMPLATES": '{"birthday": "HX01"}',
    }
    assert set(bad) == set(NAMES)
    message = complaint_about("".join(f"{name}='{value}'\n" for name, value in bad.items()))
    assert sorted(named_in(message)) == sorted(NAMES)
    assert message.startswith(f"{len(NAMES)} settings are wrong:")


def test_a_message_says_what_is_wrong_and_what_to_do() -> None:
    message = complaint_about("PORT=99999\n")
    assert message == (
        "One setting is wrong:\n"
        "  PORT: '99999' cannot be used. It should be a port from 1 to 65535, or 0 for any free one.\n"
        "Correct this in the environment or in .env, or leave it out: .env.example explains every setting."
    )


def test_a_bad_folder_is_not_blamed_on_the_database() -> None:
    Path("a-file").touch()
    assert named_in(complaint_about("DATA_DIR=a-file\n")) == ["DATA_DIR"]
    assert named_in(complaint_about("DATA_DIR=a-file/inside\n")) == ["DATA_DIR"]


def test_no_secret_is_shown() -> None:
    bad = "SECRET_KEY=hush\nDATABASE_URL=oracle://me:hush@db/x\nTELEGRAM_TOKEN=hush\nTWILIO_AUTH_TOKEN='hush hush'\n"
    with pytest.raises(SettingsError) as caught:
        load(bad)
    assert named_in(str(caught.value)) == ["DATABASE_URL", "SECRET_KEY", "TELEGRAM_TOKEN", "TWILIO_AUTH_TOKEN"]
    assert "hush" not in "".join(traceback.format_exception(caught.value))
    good = load(
        f"SECRET_KEY={'hush' * 8}\nTELEGRAM_TOKEN=1:hush\nTELEGRAM_WEBHOOK_SECRET=hush\nTWILIO_AUTH_TOKEN=hush\n"
    )
    assert "hush" not in repr(good)
    assert "hush" not in str(good.model_dump())
    assert good.secret_key is not None
    assert good.secret_key.get_secret_value() == "hush" * 8


@pytest.mark.parametrize("value", ["127.0.0.1", "0.0.0.0", "::1", "localhost", "pasti.lan"])
def test_hosts(value: str) -> None:
    assert load(f"HOST={value}\n").host == value


@pytest.mark.parametrize("value", ["http://127.0.0.1", "localhost:8080", "a b", "-a"])
def test_what_is_no_host(value: str) -> None:
    assert named_in(complaint_about(f"HOST='{value}'\n")) == ["HOST"]


@given(port=st.integers())
def test_ports(port: int) -> None:
    if 0 <= port <= 65535:
        assert load(f"PORT={port}\n").port == port
    else:
        assert named_in(complaint_about(f"PORT={port}\n")) == ["PORT"]


def test_urls_lose_their_last_slash_and_nothing_else() -> None:
    settings = load("PUBLIC_URL=https://Example.go.id:443/pasti/\nTELEGRAM_API_URL=http://127.0.0.1:8081/\n")
    assert settings.public_url == "https://Example.go.id:443/pasti"  # signatures are over the URL as it was typed
    assert settings.telegram_api_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "postgresql+asyncpg://x/y", "pasti.db", "sqlite+aiosqlite:///x"]
)
def test_only_a_file_of_sqlite_or_postgresql_is_a_database(url: str) -> None:
    assert named_in(complaint_about(f"DATABASE_URL={url}\n")) == ["DATABASE_URL"]


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_postgresql_is_one_and_its_password_is_not_shown(scheme: str) -> None:
    settings = load(f"DATABASE_URL={scheme}://pasti:hush@db.example/pasti\n")
    assert settings.on_postgresql
    assert settings.shown_database == f"{scheme}://pasti:***@db.example/pasti"
    assert not load("").on_postgresql


@pytest.mark.parametrize("written", ["+6281200000000", "081200000000", "whatsapp:+6281200000000", "+62 812-0000-0000"])
def test_the_whatsapp_number_in_any_spelling(written: str) -> None:
    assert load(f"TWILIO_WHATSAPP_FROM='{written}'\n").twilio_whatsapp_from == "whatsapp:+6281200000000"


def test_templates() -> None:
    assert load('TWILIO_TEMPLATES={"survey": "HX01"}\n').twilio_templates == {"survey": "HX01"}


@pytest.mark.parametrize("value", ["{", "[]", "7", '{"survey": "01"}', '{"survey": null}', '{"birthday": "HX01"}'])
def test_what_are_no_templates(value: str) -> None:
    assert named_in(complaint_about(f"TWILIO_TEMPLATES='{value}'\n")) == ["TWILIO_TEMPLATES"]


def test_choices_in_any_case() -> None:
    settings = load("LOG_LEVEL=debug\nTELEGRAM_MODE=Webhook\n")
    assert (settings.log_level, settings.telegram_mode) == ("DEBUG", "webhook")


def test_what_a_channel_lacks() -> None:
    assert load("TELEGRAM_TOKEN=1:a\n").telegram_lacks == ()
    by_webhook = load("TELEGRAM_TOKEN=1:a\nTELEGRAM_MODE=webhook\n")
    assert by_webhook.telegram_lacks == ("TELEGRAM_WEBHOOK_SECRET", "PUBLIC_URL")
    twilio = "TWILIO_ACCOUNT_SID=AC1\nTWILIO_WHATSAPP_FROM=+6281200000000\n"
    assert load(twilio).whatsapp_lacks == ("TWILIO_AUTH_TOKEN",)
    assert load(twilio + "TWILIO_AUTH_TOKEN=a\n").whatsapp_lacks == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("TELEGRAM_TOKENS", "TELEGRAM_TOKEN"),
        ("PROT", "PORT"),
        ("databaseurl", "DATABASE_URL"),
        ("SECRET", "SECRET_KEY"),
    ],
)
def test_a_misspelt_name_is_warned_of(written: str, meant: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        load(f"{written}=hush\n")
    (record,) = caplog.records
    assert record.getMessage() == f".env: {written} is not a setting and changes nothing. Did you mean {meant}?"


def test_right_names_and_those_of_other_programs_are_not_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        load("port=9000\nCOMPOSE_PROJECT_NAME=x\nHOSTNAME=y\nTZ=Asia/Jakarta\n")
    assert caplog.records == []


def test_a_file_that_is_not_text_is_said_to_be_so() -> None:
    Path(".env").write_bytes(b"PORT=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"^\.env cannot be read .* UTF-8"):
        load_settings()


def test_the_examples_are_good_values_and_the_defaults_where_there_is_one() -> None:
    shown = load(re.sub(r"^# (?=[A-Z_]+=)", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert shown.telegram_lacks == shown.whatsapp_lacks == ()
    bare = load_settings(Path("absent"))
    differing = [name for name in Settings.model_fields if getattr(bare, name) not in (None, {}, getattr(shown, name))]
    assert differing == []


def test_every_setting_says_what_it_should_be() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
