from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ids import EPOCH, SEQUENCES, Ids


def test_an_id_tells_milliseconds_process_and_sequence() -> None:
    ids = Ids(lambda: EPOCH + timedelta(milliseconds=1234), process=5)
    first, second = ids(), ids()
    assert (first >> 22, first >> 12 & 1023, first & 4095) == (1234, 5, 0)
    assert second == first + 1


@given(steps=st.lists(st.integers(-5000, 5000), min_size=1, max_size=50), process=st.integers(0, 1023))
def test_ids_rise_even_when_the_clock_steps_back(steps: list[int], process: int) -> None:
    clock = iter(datetime(2026, 11, 9, tzinfo=UTC) + timedelta(milliseconds=step) for step in steps)
    ids = Ids(lambda: next(clock), process)
    made = [ids() for _ in steps]
    assert made == sorted(set(made))
    assert {id_ >> 12 & 1023 for id_ in made} == {process}


def test_a_full_millisecond_borrows_from_the_next() -> None:
    ids = Ids(lambda: EPOCH + timedelta(milliseconds=7), process=1)
    made = [ids() for _ in range(SEQUENCES + 1)]
    assert len(set(made)) == SEQUENCES + 1
    assert made[-1] >> 22 == 8


def test_ids_fit_64_bits_until_2090() -> None:
    assert Ids(lambda: datetime(2090, 1, 1, tzinfo=UTC), process=1023)() < 2**63


@pytest.mark.parametrize("process", [-1, 1024])
def test_a_process_number_has_ten_bits(process: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 1023"):
        Ids(lambda: EPOCH, process)
