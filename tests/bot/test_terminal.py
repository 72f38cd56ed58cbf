"""`pasti chat` in a terminal: a real process with its input piped in."""

from __future__ import annotations

import subprocess

import pytest

from tests.bot.serving import command, environment


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a whole conversation prints."""
    folder = tmp_path_factory.mktemp("terminal")
    typed = ["", "1", "biaya [kbli] 29102", "1", "izin saya sudah jadi belum", "1", "keluhan [red]x"]
    ran = subprocess.run(
        command("chat"),
        input="\n".join(typed) + "\n",
        capture_output=True,
        text=True,
        env=environment(folder, COLUMNS="100", PYTHONIOENCODING="utf-8"),
        check=True,
        timeout=60,
    )
    assert ran.stderr == ""
    return ran.stdout


def bubbles(shown: str) -> list[str]:
    """What PASTI said, bubble by bubble, with the buttons under it."""
    return shown.split("╭─ PASTI")[1:]


def test_it_greets_first_and_ends_with_the_input(shown: str) -> None:
    assert "Saya PASTI, asisten layanan" in bubbles(shown)[0]
    assert "Ctrl-D" in shown
    assert shown.rstrip().endswith("Sampai jumpa.")


def test_an_answer_stands_in_a_bubble_with_its_buttons_numbered(shown: str) -> None:
    answer = bubbles(shown)[2]
    assert "Gratis" in answer
    assert "Sumber: Standar Pelayanan No. 61" in answer
    assert "[1] Lama proses" in answer
    assert "[2] Persyaratan" in answer


def test_a_number_presses_the_button_that_was_shown(shown: str) -> None:
    assert "7 hari kerja" in bubbles(shown)[3]


def test_a_number_presses_the_button_also_where_the_dialogue_offers_no_choices(shown: str) -> None:
    asked, pressed = bubbles(shown)[4:6]
    assert "[1] Petugas" in asked
    assert "antrean petugas" in pressed


def test_square_brackets_are_text_and_no_markup(shown: str) -> None:
    assert "Traceback" not in shown
    assert len(bubbles(shown)) == 7


def test_a_number_presses_the_button_of_the_greeting(shown: str) -> None:
    greeting, pressed = bubbles(shown)[:2]
    assert "[1] Tanya layanan" in greeting
    assert "kode KBLI" in pressed
