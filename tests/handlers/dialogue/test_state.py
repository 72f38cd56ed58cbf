"""The state as it is kept: what a version once wrote can be read for ever; what nobody can read starts over."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dialogue.state import VERSION, Choice, Mode, State, dump, load

VERSION_1 = """
{"version": 1, "mode": "choosing", "standard": "29102|menengah tinggi|sertifikat standar", "components": [4, 3],
 "choices": [{"title": "KBLI 29102 Industri", "payload": "standard:29102|menengah tinggi|sertifikat standar"}],
 "question": "berapa biayanya", "misses": 1, "asks": "standard", "form": {"what": "AC mati", "skipped": ["name"]},
 "filed": 2, "cure": {"number": "P-1", "lacks": ["name"]}, "lookup": "P-2", "noticed": true}
"""

SAVED = json.loads(VERSION_1)


def test_a_state_that_version_1_saved() -> None:
    assert load(SAVED) == State(
        mode="choosing",
        standard="29102|menengah tinggi|sertifikat standar",
        components=(4, 3),
        choices=(Choice("KBLI 29102 Industri", "standard:29102|menengah tinggi|sertifikat standar"),),
        question="berapa biayanya",
        misses=1,
        asks="standard",
        form={"what": "AC mati", "skipped": ["name"]},
        filed=2,
        cure={"number": "P-1", "lacks": ["name"]},
        lookup="P-2",
        noticed=True,
    )


def test_the_example_is_of_every_version_there_is() -> None:
    assert SAVED["version"] == VERSION == 1, "a new version needs a saved example of the old one"
    assert dump(load(SAVED)).keys() == SAVED.keys()


def test_nothing_was_saved_yet() -> None:
    assert load(None) == load({}) == State()


@pytest.mark.parametrize(
    "broken",
    [
        {"version": 2},
        {"version": "1"},
        {"version": None},
        {"mode": "dreaming"},
        {"mode": None},
        {"mode": ["idle"]},
        {"components": 4},
        {"components": ["vier"]},
        {"choices": [{"title": "x"}]},
        {"choices": ["x"]},
        {"choices": None},
        {"misses": "many"},
        {"misses": None},
        {"form": 5},
        {"form": None},
        {"filed": "x"},
        {"cure": ["x"]},
    ],
)
def test_what_cannot_be_read_starts_over(broken: dict[str, Any]) -> None:
    assert load({**SAVED, **broken}) == State()


@pytest.mark.parametrize("key", SAVED)
def test_what_is_incomplete_starts_over(key: str) -> None:
    assert load({k: v for k, v in SAVED.items() if k != key}) == State()


word = st.text(max_size=20)
states = st.builds(
    State,
    mode=st.sampled_from(get_args(Mode)),
    standard=st.none() | word,
    components=st.lists(st.integers(1, 14), max_size=4).map(tuple),
    choices=st.lists(st.builds(Choice, word, word), max_size=4).map(tuple),
    question=word,
    misses=st.integers(0, 9),
    asks=st.none() | word,
    form=st.dictionaries(word, word, max_size=3),
    filed=st.integers(0, 9),
    cure=st.dictionaries(word, word, max_size=3),
    lookup=st.none() | word,
    noticed=st.booleans(),
)


@given(states)
def test_what_is_saved_is_what_is_loaded(state: State) -> None:
    assert load(json.loads(json.dumps(dump(state)))) == state


@given(states)
def test_an_answer_settles_what_was_pending_and_keeps_what_lasts(state: State) -> None:
    calm = state.settled(standard="x")
    assert (calm.mode, calm.choices, calm.question, calm.misses) == ("idle", (), "", 0)
    assert (calm.asks, calm.form, calm.lookup) == (None, {}, None)
    assert (calm.standard, calm.filed, calm.noticed) == ("x", state.filed, state.noticed)
