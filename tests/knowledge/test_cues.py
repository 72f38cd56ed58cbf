"""The little language of cue files."""

from __future__ import annotations

import pytest

from knowledge.cues import STRENGTH, Cues, load
from knowledge.language import Language, stem

CUES = Cues(
    {
        "fee": {"strong": ["biaya", "berapa + bayar|ongkos"], "hint": ["uang"]},
        "staff": {"fair": ["berapa orang|petugas"], "against": ["bayar"]},
        "time": {"certain": ["hari kerja"], "note": ["berapa"]},
    }
)
LANGUAGE = Language(CUES.words | {"tidak", "di", "sini"})


def scores(text: str) -> dict[str, float]:
    return {meaning: found.score for meaning, found in CUES.find(LANGUAGE.read(text)).items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("biaya", {"fee": 3.0}),
        ("biayanya", {"fee": 3.0}),
        ("di sini bayar berapa", {"fee": 3.0, "staff": -3.0}),
        ("pembayaran berapa", {"fee": 3.0, "staff": -3.0}),
        ("berapa ongkosnya", {"fee": 3.0}),
        ("berapa petugas", {"staff": 2.0}),
        ("petugas berapa", {}),
        ("berapa", {}),
        ("hari kerja", {"time": 6.0}),
        ("kerja hari", {}),
        ("hari di kerja", {}),
        ("biaya biaya biaya", {"fee": 3.0}),
        ("biaya uang", {"fee": 4.0}),
        ("", {}),
    ],
)
def test_cues_are_found(text: str, found: dict[str, float]) -> None:
    assert scores(text) == found


def test_the_words_that_spoke_are_told() -> None:
    assert CUES.find(LANGUAGE.read("di sini bayar itu berapa"))["fee"].positions == {2, 4}


def test_of_several_words_for_one_thing_the_first_speaks() -> None:
    """Whatever order a set of them has: that changes with each start of the program."""
    assert CUES.find(LANGUAGE.read("ongkos bayar berapa"))["fee"].positions == {0, 2}
    assert CUES.find(LANGUAGE.read("bayar ongkos berapa"))["fee"].positions == {0, 2}


def test_a_word_that_gives_a_meaning_away_alone_is_its_owner() -> None:
    assert CUES.owners == {"biaya": {"fee"}}


@pytest.mark.parametrize("name", ["components", "intents", "unstated", "profile"])
def test_the_shipped_files_hold_only_what_is_understood(name: str) -> None:
    known = {*STRENGTH, "whole", "symbols", "unless", "label", "help", "example", "also", "items"}
    for meaning, groups in load(name).items():
        if name == "components" and not meaning.isdigit():
            continue
        assert set(groups) <= known, f"{name}.toml, {meaning}"
        for strength in set(groups) & set(STRENGTH):
            for pattern in groups[strength]:
                assert pattern == pattern.lower(), pattern
                assert all(slot for phrase in pattern.split(" + ") for slot in phrase.split()), pattern
                assert not any(
                    slot.startswith("|") or slot.endswith("|") or slot == "+" for slot in pattern.split("+ ")
                )


@pytest.mark.parametrize("name", ["components", "intents", "unstated", "profile"])
def test_no_shipped_cue_waits_for_a_word_that_is_never_read(name: str) -> None:
    """The language turns some words into others (`bye` into `dadah`): a cue that waits for `bye` waits for ever."""
    cues = Cues(
        {meaning: groups for meaning, groups in load(name).items() if name != "components" or meaning.isdigit()}
    )
    language = Language(cues.words)
    dead = [word for word in sorted(cues.words) if stem(word) not in {read.stem for read in language.read(word)}]
    assert dead == []
