"""Reading informal Indonesian: what is meant is found, what is unknown stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language import Language, fold, stem

VOCABULARY = {"biaya", "persyaratan", "pengaduan", "gratis", "kendaraan", "keripik", "prosedur", "menyusui", "izin"}


@pytest.fixture(scope="module")
def language() -> Language:
    return Language(VOCABULARY, {"biaya"})


def plain(language: Language, text: str) -> str:
    return " ".join(word.plain for word in language.read(text))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("brp biayanya", "berapa biaya"),
        ("sabaraha biayana", "berapa biaya"),
        ("GRAAATISSS", "gratis"),
        ("ga bs", "tidak bisa"),
        ("klo utk izin yg ini", "kalau untuk izin yang ini"),
        ("ngirim", "kirim"),
        ("nyari", "cari"),
        ("réngséna", "selesai"),
        ("syarat2", "syarat"),
        ("syarat2nya", "syarat"),
        ("di mn, dmn", "di mana di mana"),
    ],
)
def test_ways_of_writing_become_plain_words(language: Language, written: str, meant: str) -> None:
    assert plain(language, written) == meant


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("biyaya", "biaya"),
        ("prosdur", "prosedur"),
        ("kripik", "keripik"),
        ("kendraan", "kendaraan"),
        ("krndaraan", "kendaraan"),
        ("pngduan", "pengaduan"),
        ("prsyrtn", "persyaratan"),
        ("gartis", "gratis"),
    ],
)
def test_slips_are_repaired_against_the_vocabulary(language: Language, slip: str, word: str) -> None:
    [read] = language.read(slip)
    assert (read.plain, read.raw, read.known) == (word, slip, True)


@pytest.mark.parametrize("word", ["menara", "xyzzy", "bia", "krz", "4nj1ng", "29102", "0812"])
def test_what_is_not_near_is_kept(language: Language, word: str) -> None:
    [read] = language.read(word)
    assert read.plain == word
    assert read.known == word.isdigit()


@pytest.mark.parametrize(
    ("word", "near"),
    [("hujan", "manusia"), ("penolakan", "pengolahan"), ("evakuasi", "evaluasi"), ("format", "formal")],
)
def test_a_right_word_is_no_slip_of_another(word: str, near: str) -> None:
    language = Language({near, "apotek"})
    assert [read.plain for read in language.read(f"{word} {word}nya aptek")] == [word, word, "apotek"]


def test_an_address_says_nothing(language: Language) -> None:
    assert language.read("lihat https://syarat.example/biaya?lama=1") == language.read("lihat")


def test_how_much_is_one_word() -> None:
    language = Language({"berapa", "besar", "biaya"})
    assert [word.plain for word in language.read("berapa besar biaya")] == ["berapa", "biaya"]
    assert [word.plain for word in language.read("seberapa besar, besarnya")] == ["berapa", "berapa"]
    assert [word.plain for word in language.read("biaya besar")] == ["biaya", "besar"]


def test_a_vowel_is_left_out_sooner_than_a_consonant_is_mistaken() -> None:
    language = Language({"melati", "mati", "gratis"}, {"melati", "mati"})
    assert [word.plain for word in language.read("mlati mti")] == ["melati", "mati"]


def test_words_that_only_address_are_left_out(language: Language) -> None:
    assert language.read("min dong") == ()
    assert language.read("") == language.read(" \n ?!") == ()


def test_clauses_are_counted_at_marks_and_joining_words(language: Language) -> None:
    clauses = {word.plain: word.clause for word in language.read("izin, biaya dan prosedur? gratis")}
    assert clauses["izin"] < clauses["biaya"] < clauses["prosedur"] < clauses["gratis"]


def test_one_stem_for_the_forms_of_a_word() -> None:
    assert len({stem(word) for word in ("bayar", "membayar", "pembayaran", "dibayar")}) == 1
    assert len({stem(word) for word in ("adu", "pengaduan", "mengadukan", "diadukan")}) == 1
    assert stem("biaya") != stem("berapa")


@given(st.text(max_size=80))
def test_any_text_is_read_and_read_alike_again(text: str) -> None:
    language = Language(VOCABULARY)
    words = language.read(text)
    assert words == language.read(text)
    assert [word.clause for word in words] == sorted(word.clause for word in words)
    folded = fold(text)
    for word in words:
        assert word.raw in folded
        assert word.plain
        assert word.plain == word.plain.lower()
        assert word.stem == stem(word.plain)


@given(st.sampled_from(sorted(VOCABULARY)), st.sampled_from(["", "nya", "lah", "kah", "2"]), st.booleans())
def test_the_words_of_the_vocabulary_are_known_in_every_dress(word: str, ending: str, loud: bool) -> None:
    written = word + ending
    [read] = Language(VOCABULARY).read(written.upper() if loud else written)
    assert (read.stem, read.known) == (stem(word), True)
