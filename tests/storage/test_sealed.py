from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sealed import SECRET_FILE, Sealer, SealError, load_or_make_secret

KEYS = Sealer("kunci rahasia untuk pengujian saja")


@given(value=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_again(value: str) -> None:
    sealed = KEYS.seal("phone", value)
    assert KEYS.open("phone", sealed) == value
    assert sealed != KEYS.seal("phone", value)  # a nonce each


def test_it_opens_with_no_other_key_for_no_other_column_and_not_when_changed() -> None:
    sealed = KEYS.seal("phone", "081200001111")
    changed = sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB")
    for keys, column, text in [
        (Sealer("kunci lain"), "phone", sealed),
        (KEYS, "nik", sealed),
        (KEYS, "phone", changed),
    ]:
        with pytest.raises(SealError, match=f"{column} does not open"):
            keys.open(column, text)


@pytest.mark.parametrize("text", ["", "bukan base64!", "c2hvcnQ="])
def test_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(SealError):
        KEYS.open("phone", text)


@pytest.mark.parametrize(
    ("column", "spellings"),
    [
        ("phone", ["0812-0000-1111", "+62 812 0000 1111", "6281200001111", "62 0812 00001111", "81200001111"]),
        ("phone", ["(0264) 8224000", "+622648224000"]),
        ("email", ["Yayat@Contoh.id", " yayat@contoh.id "]),
        ("nik", ["3214 0101 0190 0001", "3214010101900001"]),
        ("address", ["Jl. Veteran  No. 1", "jl. veteran no. 1"]),
    ],
)
def test_one_hash_for_all_spellings(column: str, spellings: list[str]) -> None:
    assert len({KEYS.look_up(column, spelling) for spelling in spellings}) == 1


def test_different_values_columns_and_keys_have_different_hashes() -> None:
    hashes = {
        KEYS.look_up("phone", "081200001111"),
        KEYS.look_up("phone", "081200001112"),
        KEYS.look_up("phone", "bukan nomor"),
        KEYS.look_up("address", "081200001111"),
        Sealer("kunci lain").look_up("phone", "081200001111"),
    }
    assert len(hashes) == 5
    assert all(len(hash_) == 64 for hash_ in hashes)


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(SealError, match="SECRET_KEY is empty"):
        Sealer("  ")


def test_a_secret_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = load_or_make_secret(folder, None)
    assert len(made) >= 32
    assert load_or_make_secret(folder, None) == made
    assert stat.S_IMODE((folder / SECRET_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [SECRET_FILE]
    assert load_or_make_secret(tmp_path / "other", None) != made


def test_the_configured_secret_comes_first_and_makes_no_file(tmp_path: Path) -> None:
    assert load_or_make_secret(tmp_path / "data", "dari lingkungan") == "dari lingkungan"
    assert not (tmp_path / "data").exists()


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    found: set[str] = set()
    starts = [threading.Thread(target=lambda: found.add(load_or_make_secret(tmp_path, None))) for _ in range(8)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(found) == 1


def test_a_secret_that_was_emptied_or_is_out_of_reach_is_named(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).touch()
    with pytest.raises(SealError, match="is empty: restore it"):
        load_or_make_secret(tmp_path, None)
    with pytest.raises(SealError, match="cannot be read or made"):
        load_or_make_secret(tmp_path / SECRET_FILE / "data", None)
