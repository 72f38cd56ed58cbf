"""`pasti doctor`: each trouble is found and named with what mends it, and none is invented."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.doctor import machine
from bot.doctor.findings import Finding
from bot.doctor.machine import check_folder, check_settings, check_spool
from bot.doctor.office import LATE, LATE_FILE, check_office
from bot.doctor_cli import doctor
from bot.lock import hold
from bot.settings import Settings
from bot.spool import Spool
from handlers.office import now
from handlers.parcels import Refused, Uncertain
from handlers.sending import exchange
from storage.database import HEAD
from storage.sealed import SECRET_FILE
from tests.bot.disk import leave_free
from tests.bot.kept_offices import COMPLAINT, Working, working
from tests.postgresql import ON_POSTGRESQL, UNSAFE, about_sqlite
from tests.storage.fresh import NOW, away

commands = typer.Typer()
commands.command()(doctor)

BEGUN = [
    ({"telegram_token": "1:a", "telegram_mode": "webhook"}, "TELEGRAM_WEBHOOK_SECRET"),
    ({"twilio_account_sid": "AC1"}, "TWILIO_AUTH_TOKEN, TWILIO_WHATSAPP_FROM"),
]
WHATSAPP = {"twilio_account_sid": "AC1", "twilio_auth_token": "secret", "twilio_whatsapp_from": "+6281200000000"}


def settings(folder: Path, **values: object) -> Settings:
    return Settings(_env_file=None, **{"data_dir": folder, **values})  # type: ignore[arg-type]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Working]:
    with working(tmp_path / "data") as office:
        yield office


def seen(findings: Iterator[Finding]) -> dict[str, list[str]]:
    """What is not in order, by state; each with a way to mend it."""
    found: dict[str, list[str]] = {"warning": [], "wrong": []}
    for finding in findings:
        assert bool(finding.mend) is (finding.state != "ok"), finding
        if finding.state != "ok" and finding.what != UNSAFE:
            found[finding.state].append(f"{finding.area}: {finding.what}")
    return found


def look(office: Working, at: datetime = NOW, **values: object) -> dict[str, list[str]]:
    return seen(check_office(settings(office.folder, database_url=office.url, **values), at))


NOTHING: dict[str, list[str]] = {"warning": [], "wrong": []}


# The settings


@pytest.mark.parametrize(("values", "missing"), BEGUN)
def test_a_channel_that_was_begun_and_not_finished(tmp_path: Path, values: dict[str, str], missing: str) -> None:
    found = seen(check_settings(settings(tmp_path, **values)))
    assert any("is off" in what and missing in what for what in found["wrong"])


def test_what_calls_us_needs_an_address_with_a_certificate(tmp_path: Path) -> None:
    assert seen(check_settings(settings(tmp_path))) == NOTHING
    assert seen(check_settings(settings(tmp_path, telegram_token="1:a"))) == NOTHING, "polling calls nobody"
    missing = seen(check_settings(settings(tmp_path, **WHATSAPP)))
    assert missing["wrong"] == ["settings: PUBLIC_URL is not set, and Twilio calls it"]
    plain = seen(check_settings(settings(tmp_path, public_url="http://pasti.example", **WHATSAPP)))
    assert plain["wrong"] == ["settings: PUBLIC_URL is not https, and Twilio calls it"]
    assert seen(check_settings(settings(tmp_path, public_url="https://pasti.example", **WHATSAPP))) == NOTHING


# The machine


def test_a_folder_in_order(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert seen(check_folder(tmp_path, now())) == NOTHING
    assert list(tmp_path.iterdir()) == []
    with hold(tmp_path):
        assert "PASTI is running on it" in next(check_folder(tmp_path, now())).what


def test_a_folder_that_is_not_in_order(tmp_path: Path) -> None:
    assert seen(check_folder(tmp_path / "nowhere", now()))["warning"] == [
        f"folder: {tmp_path}/nowhere is not there yet"
    ]
    assert not (tmp_path / "nowhere").exists()
    tmp_path.chmod(0o755)
    assert seen(check_folder(tmp_path, now()))["warning"] == [f"folder: others may look into {tmp_path}"]
    assert "cannot be written" in seen(check_folder(Path("/proc/self/task"), now()))["wrong"][0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    os.chown(tmp_path, 65534, 65534)
    [warning] = seen(check_folder(tmp_path, now()))["warning"]
    assert "belongs to another user" in warning


@pytest.mark.parametrize("apart", [timedelta(minutes=-9), timedelta(minutes=9)])
def test_a_clock_that_the_disk_does_not_share(tmp_path: Path, apart: timedelta) -> None:
    tmp_path.chmod(0o700)
    [warning] = seen(check_folder(tmp_path, now() + apart))["warning"]
    assert warning == "folder: the times of the files are 9 minutes from the clock"


def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "pasti.db").touch()
    later = (now() + timedelta(hours=5)).timestamp()
    os.utime(tmp_path / "pasti.db", (later, later))
    [warning] = seen(check_folder(tmp_path, now()))["warning"]
    assert "5 hours from the clock" in warning


@pytest.mark.parametrize(
    ("free", "state", "what"),
    [(machine.LITTLE - 1, "warning", "disk: 2.0 GB free"), (machine.TOO_LITTLE - 1, "wrong", "disk: 0.2 GB free")],
)
def test_too_little_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str, what: str) -> None:
    tmp_path.chmod(0o700)
    leave_free(monkeypatch, free)
    assert seen(check_folder(tmp_path, now())) == {**NOTHING, state: [what]}


def test_messages_that_wait_in_the_spool(office: Working) -> None:
    assert seen(check_spool(office.folder, now())) == NOTHING
    for _ in range(2):
        Spool(office.folder).put(office.message("biaya 29102"))
    [warning] = seen(check_spool(office.folder, now() + timedelta(minutes=3)))["warning"]
    assert warning == "spool: 2 messages wait for the database, for 3 minutes"


# The office


def test_an_office_in_order(office: Working) -> None:
    office.say(COMPLAINT)
    office.say("ya")
    assert look(office) == NOTHING


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = seen(check_office(settings(tmp_path), NOW))
    assert found == {"warning": [f"database: {tmp_path}/pasti.db is not there yet"], "wrong": []}
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_used(office: Working) -> None:
    def changed(statement: str) -> dict[str, list[str]]:
        with office.office.database.transaction() as tx:
            tx.exec_driver_sql(statement)
        return look(office)

    named = office.office.database.url if ON_POSTGRESQL else f"{office.folder}/pasti.db"
    assert changed("UPDATE alembic_version SET version_num = '0001'")["wrong"] == [
        f"database: {named} has tables of an older version (0001, not {HEAD})"
    ]
    assert "of a newer version (9999" in changed("UPDATE alembic_version SET version_num = '9999'")["wrong"][0]
    assert changed("DROP TABLE alembic_version")["wrong"] == [f"database: {named} is no database of PASTI"]
    with away(office.office.database):
        assert "is not available" in look(office)["wrong"][0]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "pasti.db").write_text("Dengan hormat, " * 1000)
    assert "is not available" in seen(check_office(settings(tmp_path), NOW))["wrong"][0]


@about_sqlite
def test_a_database_that_is_damaged(office: Working, tmp_path: Path) -> None:
    for number in range(30):
        office.say("biaya 29102", user=str(number))
    office.office.database.close()
    content = bytearray((office.folder / "pasti.db").read_bytes())
    for page in range(8, len(content) // 4096):
        content[page * 4096 : page * 4096 + 8] = b"rotten!!"
    (tmp_path / "pasti.db").write_bytes(content)
    [wrong] = seen(check_office(settings(tmp_path), NOW))["wrong"]
    assert "damaged" in wrong or "not available" in wrong


def test_a_key_that_does_not_open_the_contacts(office: Working) -> None:
    key = office.folder / SECRET_FILE
    key.rename(key.with_name("elsewhere"))
    assert look(office)["warning"] == ["key: there is none yet"]
    office.say(COMPLAINT)
    office.say("ya")
    assert look(office)["wrong"] == [f"key: {key} is missing, and there are contacts sealed"]
    key.write_text("another key of thirty-two letters")
    assert look(office)["wrong"] == [f"key: {key} does not open the contacts"]
    key.write_text("")
    assert look(office)["wrong"][0].startswith(f"key: The secret key {key} is empty")
    assert not key.read_text()


def test_nothing_in_force(office: Working) -> None:
    with office.office.database.transaction() as tx:
        tx.exec_driver_sql("DELETE FROM standards")
    assert look(office)["wrong"] == ["standards: none is in force: nothing can be answered"]


def test_a_year_that_nobody_has_entered(office: Working) -> None:
    assert look(office, NOW.replace(year=2027))["warning"] == ["calendar: 2028 is not complete: due dates may move"]
    assert look(office, NOW.replace(year=2031))["warning"] == [
        "calendar: 2031 and 2032 is not complete: due dates may move"
    ]


def test_what_was_not_sent(office: Working) -> None:
    office.say("biaya 29102", user="warga")
    assert look(office) == NOTHING
    assert look(office, NOW + LATE * 2)["warning"] == ["outbox: 1 messages are not sent, the oldest for 30 minutes"]
    outcomes: list[Callable[[], Refused | Uncertain]] = [lambda: Refused("21211"), lambda: Uncertain("TimeoutError")]
    for place, outcome in enumerate(outcomes):
        asked = office.say("biaya 29102", user=str(place))
        assert asked.recipient
        [parcel] = exchange(office.office, recipients=[asked.recipient]).parcels
        exchange(office.office, results=[(parcel, outcome())])
    assert look(office)["warning"] == [
        "outbox: 1 of the last 7 days failed",
        "outbox: 1 may not have arrived",
        "tasks: 1 wait for an officer",
    ]


def test_a_file_that_nobody_fetches(office: Working) -> None:
    office.say("halo")
    office.keep_file(b"a photo")
    with office.office.database.transaction() as tx:
        tx.exec_driver_sql("UPDATE media SET state = 'wanted'")
        tx.exec_driver_sql("UPDATE outbox SET state = 'sent'")
    assert look(office) == NOTHING
    assert look(office, NOW + LATE_FILE * 2)["warning"] == [
        "files: 1 files of citizens are not fetched, the oldest for 2 hours"
    ]


# The command


def pasti(*words: str, exit_code: int = 0, **env: str) -> Result:
    result = CliRunner().invoke(commands, words, env=env)
    assert result.exit_code == exit_code, result.output + str(result.exception)
    return result


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, with no settings of this machine."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_works_with_everything_off_and_changes_nothing(alone: Path) -> None:
    said = pasti().stdout
    assert "Telegram  off; not set: TELEGRAM_TOKEN" in said
    assert "0 wrong, 2 to look at" in said
    findings = json.loads(pasti("--json").stdout)
    assert {finding["state"] for finding in findings} == {"ok", "warning"}
    assert set(findings[0]) == {"area", "state", "what", "mend"}
    assert list(alone.iterdir()) == []


def test_it_fails_when_something_is_wrong(alone: Path) -> None:
    said = pasti(exit_code=1, TWILIO_ACCOUNT_SID="AC1").stdout
    assert "WhatsApp is off: TWILIO_AUTH_TOKEN, TWILIO_WHATSAPP_FROM is not set" in said
    assert "→ Set it, or unset the others." in said
    [finding] = json.loads(pasti("--json", exit_code=1, PORT="eighty").stdout)
    assert "PORT: 'eighty' cannot be used" in finding["what"]
    assert "correct" in finding["mend"].lower()
