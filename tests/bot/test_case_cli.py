"""`pasti case …` on a register that the dialogue itself has filled."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.case_cli import case_app
from handlers.case_numbers import make_number
from storage import media
from storage.cases import evidence
from storage.database import Database
from storage.inbox import inbox
from storage.media import MediaRow
from tests.bot.serving import command, environment

NAME, PHONE, EMAIL, NIK = "Rukmana Saepudin", "+6281210002000", "rukmana@contoh.example", "3214102509910004"
SUBJECT = "kemarin di loket 3 saya diminta bayar 200rb untuk KBLI 29102"
REPORT = f"Saya {NAME}, NIK {NIK}, email {EMAIL}, mau lapor: {SUBJECT}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no settings of this machine."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database with one complaint, with its key beside it, as `chat --jsonl --database` leaves it."""
    folder = tmp_path_factory.mktemp("filled")
    chat(
        folder / "pasti.db",
        {"text": REPORT, "at": "2026-11-09T10:00:00+07:00", "attachments": [{"kind": "photo", "name": "loket.jpg"}]},
        {"text": "ya", "at": "2026-11-09T10:05:00+07:00"},
        {"text": "tambah: \x1b[2Jantreannya juga lama", "at": "2026-11-10T08:00:00+07:00"},
    )
    return folder


@pytest.fixture
def database(filled: Path, folder: Path) -> str:
    shutil.copytree(filled, folder / "office")
    return f"sqlite:///{folder}/office/pasti.db"


def chat(database: Path | None, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    """Says these lines as one citizen."""
    written = "".join(json.dumps({"user": PHONE.lstrip("+")} | line) + "\n" for line in lines)
    option = ["--database", f"sqlite:///{database}"] if database else []
    said = CliRunner().invoke(app, ["chat", "--jsonl", *option], input=written)
    assert said.exit_code == 0, said.output
    return [json.loads(line) for line in said.stdout.splitlines()]


def pasti(*words: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(case_app, words)
    assert result.exit_code == exit_code, result.output
    return result


def only_case(database: str) -> dict[str, Any]:
    [case] = json.loads(pasti("list", "--json", "--database", database).stdout)
    assert isinstance(case, dict)
    return case


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_case_is_shown_as_one_object(database: str) -> None:
    shown = only_case(database)
    assert shown.pop("number") == make_number("complaint", 2026, 1)
    events = shown.pop("events")
    assert "KBLI 29102" in shown.pop("service")
    assert shown == {
        "kind": "complaint",
        "stage": "received",
        "received": "2026-11-09T10:05:00+07:00",
        "due": "2026-11-27",
        "reporter": {"name": NAME, "phone": PHONE.lstrip("+"), "email": EMAIL, "nik": NIK, "confidential": False},
        "subject": SUBJECT,
        "happened_on": "2026-11-08",
        "received_on": None,
        "standard": {"number": 61, "kbli": "29102", "title": "Industri Kendaraan Multiguna Pedesaan"},
        "component": 4,
        "evidence": [{"kind": "photo", "name": "loket.jpg"}],
    }
    assert [list(event) for event in events] == [["at", "actor", "kind", "before", "after", "note"]] * len(events)
    assert [(event["at"], event["actor"], event["kind"]) for event in events] == [
        ("2026-11-09T10:05:00+07:00", "citizen", "opened"),
        ("2026-11-10T08:00:00+07:00", "citizen", "added"),
    ]
    assert "antreannya juga lama" in events[1]["note"]


@pytest.mark.parametrize("state", ["wanted", "kept", "refused"])
def test_evidence_leads_to_its_file_or_says_why_there_is_none(database: str, state: str) -> None:
    sha256, reason = "ab" + 62 * "0", "too_large: more than 16 MB"
    with closing(Database.open(database)) as opened, opened.transaction() as tx:
        [item] = tx.execute(select(evidence)).all()
        message = tx.execute(select(inbox).where(inbox.c.id == item.inbox_id)).one()
        row = MediaRow(
            9, message.id, 0, message.conversation_id, "whatsapp", "photo", "x", item.added_at, item.added_at
        )
        media.add(tx, [row])
        if state == "kept":
            media.keep(tx, row.id, sha256, 1234, "image/jpeg", picture=True)
        elif state == "refused":
            media.refuse(tx, row.id, state, reason)
    path, error, words = {
        "wanted": (None, None, "(wanted)"),
        "kept": (f"media/ab/{sha256}", None, f"media/ab/{sha256}"),
        "refused": (None, reason, f"(refused: {reason})"),
    }[state]
    case = only_case(database)
    assert case["evidence"] == [
        {"kind": "photo", "name": "loket.jpg", "file": path, "state": state, "error": error},
    ]
    shown = pasti("show", case["number"], "--database", database).stdout
    assert f"photo loket.jpg {words}" in shown


@pytest.mark.parametrize("typed", ["{0}", "nomornya {0}, tolong", "{1}"])
def test_a_number_may_be_typed_sloppily(database: str, typed: str) -> None:
    case = only_case(database)
    sloppy = case["number"].lower().replace("-", " ").replace("00001", "OOOO1")
    words = typed.format(case["number"], sloppy).split()
    assert json.loads(pasti("show", *words, "--json", "--database", database).stdout) == case


def test_a_citizens_words_do_not_command_the_terminal(database: str) -> None:
    shown = pasti("show", only_case(database)["number"], "--database", database).stdout
    assert "\x1b[2J" not in shown
    words = (SUBJECT, NAME, EMAIL, NIK, "61. Industri Kendaraan", "photo loket.jpg", "2026-11-10 08:00", "juga lama")
    assert [word for word in words if word not in shown] == []


def test_the_table_holds_nothing_personal(database: str) -> None:
    listed = pasti("list", "--database", database).stdout
    assert "complaint  received  2026-11-09 10:05  2026-11-27" in listed
    assert listed.splitlines()[-1] == "1 cases."
    assert [secret for secret in (NAME, PHONE.lstrip("+"), EMAIL, NIK, "200rb") if secret in listed] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ADU-2026-00001-1", "ADU-2026-00001-1 is mistyped: its last character does not fit the others."),
        (make_number("complaint", 2026, 7), f"{make_number('complaint', 2026, 7)} is not in the register."),
        ("halo", "'halo' is not a case number of PASTI, such as ADU-2026-00001-6."),
    ],
)
def test_an_unknown_number_is_told_apart(database: str, typed: str, said: str) -> None:
    result = pasti("show", typed, "--json", "--database", database, exit_code=1)
    assert (result.stdout, result.stderr) == ("", said + "\n")


def test_reading_changes_no_file(database: str, folder: Path) -> None:
    before = files(folder)
    only_case(database)
    assert files(folder) == before


@pytest.mark.parametrize("words", [("list",), ("show", "ADU-2026-00001-6")])
def test_a_missing_database_is_not_made(folder: Path, words: tuple[str, ...]) -> None:
    result = pasti(*words, "--json", exit_code=1)
    assert result.stdout == ""
    assert "There is no database at data/pasti.db." in result.stderr
    assert list(folder.iterdir()) == []


def test_a_database_of_something_else_is_named(folder: Path) -> None:
    (folder / "letter.db").write_text("Dengan hormat, " * 100)
    assert "letter.db is not available" in pasti("list", "--database", "letter.db", exit_code=1).stderr


@pytest.mark.parametrize("key", ["another", "none"])
def test_contacts_that_do_not_open_are_left_out_and_said_so(database: str, folder: Path, key: str) -> None:
    file = folder / "office" / "secret.key"
    file.unlink()
    if key == "another":
        file.write_text("another key of thirty-two letters")
    result = pasti("list", "--json", "--database", database)
    [case] = json.loads(result.stdout)
    assert case["reporter"] == {"name": NAME, "phone": None, "email": None, "nik": None, "confidential": False}
    assert f"Contacts are left out, of 1 cases: {file} does not open them." in result.stderr
    assert file.exists() is (key == "another")


def test_another_process_in_another_folder_finds_the_same_key(filled: Path, folder: Path) -> None:
    env = {name: value for name, value in environment(folder).items() if name != "DATA_DIR"}
    words = command("case", "list", "--json", "--database", f"sqlite:///{filled}/pasti.db")
    ran = subprocess.run(words, check=True, cwd=folder, env=env, capture_output=True, text=True, timeout=60)
    [case] = json.loads(ran.stdout)
    assert (case["reporter"]["email"], case["reporter"]["nik"]) == (EMAIL, NIK)
    assert sorted(path.name for path in filled.iterdir()) == ["pasti.db", "secret.key"]
    assert list(folder.iterdir()) == []


def test_a_conversation_without_a_database_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    said = chat(None, {"text": REPORT}, {"text": "ya"})
    assert said[-1]["case"]["kind"] == "complaint"
    assert list(folder.iterdir()) == []
