"""`pasti run` from outside: what it says at the start, and when it cannot serve."""

from __future__ import annotations

import resource
import socket
import subprocess
from pathlib import Path

import pytest

from bot.serve import OPEN_FILES
from tests.bot.serving import command, environment, serving


def refused(folder: Path, **settings: str) -> str:
    """What `pasti run` says when it cannot serve."""
    env = environment(folder, **settings)
    run = subprocess.run(command("run"), check=False, cwd=folder, env=env, capture_output=True, text=True, timeout=30)
    assert (run.returncode, run.stdout) == (1, "")
    assert "Traceback" not in run.stderr
    return run.stderr


def test_it_says_what_is_on_and_what_is_off_and_why(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"  # nobody listens there
    with serving(tmp_path, TELEGRAM_TOKEN="123456:invented", TELEGRAM_API_URL=nowhere) as served:
        lines = {" ".join(line.split()) for line in served.announced.splitlines()}
        assert served.url.startswith("http://127.0.0.1:")
    assert f"on Web chat {served.url}" in lines
    assert "on Standards 1 in force" in lines
    assert f"on Database sqlite:///{tmp_path}/data/pasti.db" in lines
    assert f"on Key {tmp_path}/data/secret.key; without it no contact in the database can be read" in lines
    missing = "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_WHATSAPP_FROM"
    assert f"off WhatsApp not set: {missing}" in lines
    assert "on Telegram by polling" in lines
    assert "invented" not in served.announced + served.log.read_text()


def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(tmp_path, PORT=str(port))
    assert said == (
        f"Cannot listen on 127.0.0.1:{port}: Address already in use. "
        "Is PASTI running already? Stop it, or set PORT to another number.\n"
    )


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORT", "eighty", "PORT: 'eighty' cannot be used"),
        ("DATA_DIR", "/proc/pasti", "Set DATA_DIR to a folder of PASTI's"),
    ],
)
def test_what_the_operator_can_mend_is_a_sentence(tmp_path: Path, setting: str, value: str, said: str) -> None:
    assert said in refused(tmp_path, **{setting: value})


def test_a_second_one_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path):
        assert "PASTI is already running on this data folder (process " in refused(tmp_path)


def test_it_takes_as_many_open_files_as_it_may(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))  # the program begins with what we have
    try:
        with serving(tmp_path) as served:
            taken, _ = resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert taken == min(hard, OPEN_FILES)
