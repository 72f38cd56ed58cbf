"""One process on a data folder, and what the second is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.lock import LOCK_FILE, AlreadyRunningError, hold, hold_a_place, is_held
from bot.settings import SettingsError
from tests.bot.serving import environment

HOLDER = """
import sys
from pathlib import Path
from bot.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_who_is_first(tmp_path: Path) -> None:
    with hold(tmp_path):
        assert is_held(tmp_path)
        words = f"PASTI is already running on this data folder (process {os.getpid()}). Stop it first."
        with pytest.raises(AlreadyRunningError, match=re.escape(words)), hold(tmp_path):
            pass
        assert is_held(tmp_path)
    assert not is_held(tmp_path)
    with hold(tmp_path):
        pass


def test_processes_that_share_a_folder_have_each_a_place(tmp_path: Path) -> None:
    with hold_a_place(tmp_path) as first, hold_a_place(tmp_path) as second:
        assert (first, second) == (1, 2)
        with pytest.raises(AlreadyRunningError), hold(tmp_path):
            pass
    with hold_a_place(tmp_path) as again:
        assert again == 1


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    words = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path), text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunningError, match=rf"\(process {process.pid}\)"), hold(tmp_path):
            pass
        process.kill()
    with hold(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()}\n"


def test_it_makes_the_folder_and_only_its_owner_may_look(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    with hold(folder):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / LOCK_FILE).stat().st_mode & 0o777 == 0o600


def test_looking_makes_no_file(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    assert not is_held(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_made_is_a_sentence() -> None:
    with pytest.raises(SettingsError, match=r"^/proc/pasti/pasti\.lock cannot be made: .* Set DATA_DIR"):  # noqa: SIM117
        with hold(Path("/proc/pasti")):
            pass
