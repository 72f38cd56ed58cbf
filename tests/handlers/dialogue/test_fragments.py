"""Which messages wait for the rest of their thought, and which never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dialogue.fragments import LONGEST, is_fragment


@pytest.mark.parametrize(
    "text",
    [
        "min", "Min", "pak", "kak,", "bu…", "P", "min punten", "mau tanya", "mau tanya min", "kak mau nanya dong",
        "numpang tanya", "min mw tnya", "permisi mau nanya", "selamat pagi pak, mau tanya",
        "izin bertanya pak", "bade tumaros", "saya mau tanya soal", "mau nanya tentang", "tanya dong",
        "syarat untuk", "saya mau urus izin,", "jadi gini...", "punten bade naros", "boleh nanya ga usah lama,",
    ],
)  # fmt: skip
def test_a_beginning_waits(text: str) -> None:
    assert is_fragment(text)


@pytest.mark.parametrize(
    "text",
    [
        "halo", "assalamualaikum", "selamat pagi min", "ya", "1", "batal", "menu", "petugas", "status", "lapor",
        "syarat bengkel apa", "berapa biaya 29102?", "mau lapor", "mau tanya syarat bengkel", "Asep", "kemarin", "",
        "pak, berapa biayanya?", "mau nanya biaya ammdes", "makasih min", "loket MPP", "0812 0000 1234", "🙏", "ok pak",
        "min petugasnya minta uang ke saya", "apa", "boleh", "bisa", "izin",
    ],
)  # fmt: skip
def test_what_stands_by_itself_does_not(text: str) -> None:
    assert not is_fragment(text)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert not is_fragment(text) or len(text.strip()) <= LONGEST
