"""The mix of messages that a province is measured with."""

from __future__ import annotations

import random
from collections import Counter
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.benchmarks.citizens import KINDS, TALKING, citizens, lanes, some_kind, spoken
from tests.offices import desk_at

SERVICES = ("Industri Karoseri",)


def test_citizens_and_messages_are_as_many_as_wanted_and_the_same_each_time() -> None:
    written = list(citizens(300, 1_200, SERVICES, seed=7))
    assert (len(written), sum(map(len, written))) == (300, 1_200)
    assert min(map(len, written)) >= 1
    assert not any("{" in text for day in written for text in day)
    assert written == list(citizens(300, 1_200, SERVICES, seed=7)) != list(citizens(300, 1_200, SERVICES, seed=8))


def test_each_kind_comes_as_often_as_its_weight_says() -> None:
    rng = random.Random(7)
    found = Counter(some_kind(rng).name for _ in range(12_000))
    for kind in KINDS:
        assert found[kind.name] / 12_000 == pytest.approx(kind.weight / sum(each.weight for each in KINDS), abs=0.01)


def test_whoever_reports_has_a_case_in_the_end(tmp_path: Path) -> None:
    rng = random.Random(7)
    with desk_at(tmp_path) as desk:
        for kind in KINDS:
            for talk in kind.talks:
                heard = [desk.say(text, user=talk) for text in spoken(talk, rng, SERVICES)]
                assert not any(decision.failed for decision in heard)
                filed = [decision.case["kind"] for decision in heard if decision.case]
                if kind.name in ("complaint", "suggestion"):
                    assert len(filed) == 1, talk


def test_many_write_at_once_and_each_in_order() -> None:
    days = [[(citizen, n) for n in range(4)] for citizen in range(2 * TALKING)]
    asked = lanes(32, map(iter, days))
    sent = [message for turn in zip_longest(*asked) for message in turn if message]
    assert sorted(sent) == [message for day in days for message in day]
    for citizen in (0, TALKING, 2 * TALKING - 1):
        assert [n for who, n in sent if who == citizen] == [0, 1, 2, 3]
    assert len({who for who, _ in sent[:TALKING]}) == TALKING


def test_nobody_writes_on_before_the_last_message_is_answered() -> None:
    slow, quick = lanes(2, map(iter, [["a1", "a2"], ["b1", "b2"]]))
    assert next(slow) == "a1"
    assert list(quick) == ["b1", "b2"]
    assert list(slow) == ["a2"]
