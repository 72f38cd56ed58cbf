"""Where the key lies: always beside what it seals, whatever folder a command is given in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.keys import key_folder, key_name, sealer_if_any, secret_of
from bot.settings import Settings, load_settings


def settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings(Path("no.env"))


@pytest.mark.parametrize(
    ("values", "folder"),
    [
        ({}, "data"),
        ({"DATA_DIR": "/srv/office"}, "/srv/office"),
        ({"DATABASE_URL": "sqlite:////srv/rows/pasti.db"}, "/srv/rows"),
        ({"DATABASE_URL": "sqlite:////srv/rows/pasti.db", "DATA_DIR": "/srv/office"}, "/srv/office"),
    ],
)
def test_it_lies_in_data_dir_or_beside_the_database(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], folder: str
) -> None:
    assert key_folder(settings(monkeypatch, **values)) == Path(folder)


def test_the_option_of_a_command_counts_like_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_folder(settings(monkeypatch).with_database("/srv/rows/pasti.db")) == Path("/srv/rows")
    chosen = settings(monkeypatch, DATA_DIR="/srv/office")
    assert key_folder(chosen.with_database("/srv/rows/pasti.db")) == Path("/srv/office")
    assert chosen.with_database(None) is chosen


def test_to_read_makes_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen = settings(monkeypatch, DATA_DIR=str(tmp_path))
    assert sealer_if_any(chosen) is None
    assert list(tmp_path.iterdir()) == []
    made = secret_of(chosen)
    assert (made, key_name(chosen)) == ((tmp_path / "secret.key").read_text(), str(tmp_path / "secret.key"))
    assert sealer_if_any(chosen) is not None


def test_a_key_that_was_set_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen = settings(monkeypatch, DATA_DIR=str(tmp_path), SECRET_KEY="s" * 32)
    assert (secret_of(chosen), key_name(chosen)) == ("s" * 32, "SECRET_KEY")
    assert sealer_if_any(chosen) is not None
    assert list(tmp_path.iterdir()) == []
