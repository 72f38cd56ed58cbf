"""Golden questions of officers: kept as plain data, and right when they are answered so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import golden
from handlers.access import NotAllowedError, NotFoundError
from handlers.golden import GoldenProblemError
from handlers.trial import Outcome
from storage import golden as rows
from tests.handlers.keeping import identity, keeping_desk
from tests.offices import Desk
from tests.staff import employed


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with keeping_desk(tmp_path) as desk:
        yield desk


def outcome(desk: Desk, question: str) -> Outcome:
    with desk.office.database.reader() as conn:
        return golden.bot(desk.office, conn).tried(question).outcome


def passed(desk: Desk) -> dict[str, bool]:
    with desk.office.database.reader() as conn:
        bot = golden.bot(desk.office, conn)
        return {result.question.question: result.passed for result in golden.run(bot, rows.everything(conn))}


def test_what_an_answer_is(desk: Desk) -> None:
    assert outcome(desk, "biaya 29102") == Outcome("standard", identity(desk), (4,))
    assert outcome(desk, "wa pengaduan berapa") == Outcome("standard", None, (6,))  # whichever standard states it
    assert outcome(desk, "29102").kind == "asked"
    assert outcome(desk, "npwp bayar berapa").kind == "none"
    assert desk.rows("inbox") == desk.rows("misses") == desk.rows("outbox") == []


def test_each_passes_while_it_is_answered_as_it_was_kept(desk: Desk) -> None:
    head = employed(desk)
    for question in ("biaya 29102", "syarat sama biaya 29102", "wa pengaduan berapa", "npwp bayar berapa"):
        golden.keep(desk.office, head, question, outcome(desk, question))
    golden.keep(desk.office, head, "lama 29102", Outcome("standard", identity(desk), (4,)))
    assert passed(desk) == {
        "biaya 29102": True,
        "syarat sama biaya 29102": True,
        "wa pengaduan berapa": True,
        "npwp bayar berapa": True,
        "lama 29102": False,
    }


def test_the_same_is_kept_once_and_nothing_is_kept_as_nothing(desk: Desk) -> None:
    head = employed(desk)
    golden.keep(desk.office, head, "biaya  29102", Outcome("none"))
    for question in ("BIAYA 29102", " ", "x" * 301):
        with pytest.raises(GoldenProblemError):
            golden.keep(desk.office, head, question, Outcome("none"))
    assert passed(desk) == {"biaya 29102": False}


def test_one_is_taken_out_and_put_back(desk: Desk) -> None:
    head = employed(desk)
    id_ = golden.keep(desk.office, head, "biaya 29102", Outcome("none"))
    golden.remove(desk.office, head, id_)
    assert passed(desk) == {}
    golden.remove(desk.office, head, id_, undo=True)
    assert list(passed(desk)) == ["biaya 29102"]
    with pytest.raises(NotFoundError):
        golden.remove(desk.office, head, 99)
    with pytest.raises(NotAllowedError):
        golden.remove(desk.office, employed(desk, "inspector", "inspector"), id_)
