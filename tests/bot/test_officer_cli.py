"""`pasti officer …`: accounts from the command line, also beside a running PASTI."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner, Result

from bot.officer_cli import officer_app
from handlers import signing_in
from handlers.office import Office
from handlers.signing_in import NewSession
from storage.database import Database
from storage.sealed import Sealer
from tests.bot.serving import command, environment, serving

PASSWORD = "pagi hari di waduk"
ONE_TIME = re.compile(r"([a-z]{4}-){3}[a-z]{4}\n")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No setting of this machine."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pasti(*words: str, exit_code: int = 0, stdin: str = "") -> Result:
    result = CliRunner().invoke(officer_app, [*words, "--database", "pasti.db"], input=stdin)
    assert result.exit_code == exit_code, result.output
    return result


def enters(folder: Path, username: str, password: str) -> bool:
    database = Database.open(str(folder / "pasti.db"))
    office = Office(database, Sealer((folder / "secret.key").read_text()))
    outcome = signing_in.sign_in(office, username, password, "", "")
    database.close()
    return isinstance(outcome, NewSession)


def test_the_one_time_password_alone_is_printed(folder: Path) -> None:
    result = pasti("add", "rina", "--role", "admin", "--name", "Rina Contoh")
    assert ONE_TIME.fullmatch(result.stdout)
    assert result.stderr == "rina signs in at /petugas with this one-time password:\n"
    assert enters(folder, "rina", result.stdout.strip())


def test_a_lasting_password_is_read_and_not_printed(folder: Path) -> None:
    result = pasti("add", "budi", "--role", "officer", "--password-stdin", stdin=f"{PASSWORD}\r\nnot this\n")
    assert result.output == "budi (officer) was added.\n"
    assert enters(folder, "budi", PASSWORD)
    [listed] = json.loads(pasti("list", "--json").stdout)
    assert listed["state"] == "active"


def test_everything_that_is_known_is_listed() -> None:
    more = ("--name", "Budi [bold]", "--agency", "DPMPTSP", "--position", "Analis", "--json")
    added = json.loads(pasti("add", "budi", "--role", "officer", *more).stdout)
    assert ONE_TIME.fullmatch(added.pop("one_time_password") + "\n")
    pasti("add", "bupati", "--role", "outside_superior")
    listed = json.loads(pasti("list", "--json").stdout)
    assert listed[0] == added
    assert added | {"id": 0} == {
        "id": 0,
        "username": "budi",
        "name": "Budi [bold]",
        "role": "officer",
        "agency": "DPMPTSP",
        "position": "Analis",
        "active": True,
        "state": "one-time password",
        "second_factor": False,
    }
    table = [" ".join(line.split()) for line in pasti("list").stdout.splitlines()]
    assert table[1] == "budi Budi [bold] officer DPMPTSP Analis one-time password off"
    assert table[2] == "bupati bupati outside_superior - - does not sign in off"
    assert table[-1] == "2 officers."


def test_a_reset_and_a_farewell(folder: Path) -> None:
    pasti("add", "rina", "--role", "admin")
    pasti("add", "budi", "--role", "officer", "--password-stdin", stdin=PASSWORD)
    with_code = Database.open("pasti.db")
    with with_code.transaction() as tx:
        tx.exec_driver_sql("UPDATE officers SET totp_sealed = 'x' WHERE username = 'budi'")
    with_code.close()
    first = pasti("reset", "budi").stdout
    assert ONE_TIME.fullmatch(first)
    assert not enters(folder, "budi", first.strip())  # the code is still asked for
    second = json.loads(pasti("reset", "budi", "--without-second-factor", "--json").stdout)["one_time_password"]
    assert not enters(folder, "budi", first.strip())
    assert enters(folder, "budi", second)
    assert pasti("deactivate", "budi").output == "budi cannot sign in any more.\n"
    assert not enters(folder, "budi", second)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "Budi", "--role", "officer"), "A user name has 3 to 32 characters: lowercase letters, digits, dots."),
        (("add", "rina", "--role", "officer"), "There is an officer of that name already."),
        (("add", "budi", "--role", "king"), "There is no such role. There are officer, complaint_manager, "),
        (("add", "budi", "--role", "officer", "--name", " "), "A name has 1 to 100 characters."),
        (("add", "budi", "--role", "officer", "--password-stdin"), "A password has at least 10 characters."),
        (("add", "budi", "--role", "outside_superior", "--password-stdin"), "An outside_superior does not sign in"),
        (("reset", "siapa"), "There is no officer 'siapa'."),
        (("deactivate", "rina"), "This is the last active admin. Add another one first."),
    ],
)
def test_what_cannot_be_done_is_a_sentence(words: tuple[str, ...], said: str) -> None:
    pasti("add", "rina", "--role", "admin")
    result = pasti(*words, exit_code=1, stdin="pendek\n")
    assert result.stderr.startswith(said)
    assert result.stdout == ""
    assert [row["username"] for row in json.loads(pasti("list", "--json").stdout)] == ["rina"]


@pytest.mark.parametrize("words", [("list",), ("reset", "budi"), ("deactivate", "budi")])
def test_only_adding_makes_a_database(words: tuple[str, ...], folder: Path) -> None:
    assert "There is no database at pasti.db." in pasti(*words, exit_code=1).stderr
    assert list(folder.iterdir()) == []


async def test_it_works_beside_a_running_pasti(folder: Path) -> None:
    """The first start prints the first admin's password, once; another officer is added while it runs."""

    def run(*words: str, stdin: str = "") -> str:
        env = environment(folder)
        done = subprocess.run(
            command("officer", *words), check=True, cwd=folder, env=env, input=stdin, capture_output=True, text=True
        )
        return done.stdout

    async def enter(url: str, username: str, password: str) -> str:
        fields = {"username": username, "password": password}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{url}petugas/masuk", data=fields, allow_redirects=False) as answer,
        ):
            return answer.headers.get("Location", "")

    with serving(folder) as served:
        lines = [" ".join(line.split()) for line in served.announced.splitlines()]
        assert f"on Console {served.url}petugas" in lines
        [first] = re.findall(r"on First officer admin, with the one-time password ([a-z-]{19})", "\n".join(lines))
        assert first not in served.log.read_text()
        assert await enter(served.url, "admin", first) == "/petugas"
        given = run("add", "budi", "--role", "officer").strip()
        assert await enter(served.url, "budi", given) == "/petugas"
        run("deactivate", "budi")
        assert await enter(served.url, "budi", given) == ""
        served.interrupt()
    with serving(folder) as served:
        assert f"{served.url}petugas" in served.announced
        assert "one-time password" not in served.announced


def test_under_systemd_no_password_is_printed_into_the_journal(tmp_path: Path) -> None:
    with serving(tmp_path, JOURNAL_STREAM="8:1") as served:
        assert "admin; `pasti officer reset admin` gives a one-time password" in " ".join(served.announced.split())
        assert "with the one-time password" not in served.announced
