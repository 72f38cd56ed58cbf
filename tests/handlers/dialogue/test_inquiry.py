"""Which standards a question means: one, or several that have to be asked about."""

from __future__ import annotations

import pytest

from handlers.dialogue.inquiry import named
from handlers.dialogue.understand import Reading
from knowledge.base import KnowledgeBase
from knowledge.search import Candidate, Match, Published
from knowledge.standards import ServiceStandard

FODDER = Published(ServiceStandard(1, "Pertanian Tanaman Pakan Ternak", "01191", None, "Izin", {}), "Edisi")
SEED = Published(ServiceStandard(2, "Perbenihan Tanaman Pakan Ternak", "01192", None, "Izin", {}), "Edisi")
KNOWLEDGE = KnowledgeBase([FODDER, SEED])


@pytest.mark.parametrize(
    ("score", "said", "meant"),
    [
        (0.5, 12.0, [FODDER, SEED]),  # it has more of the words that were said
        (0.5, 10.5, [FODDER]),  # hardly more
        (0.4, 12.0, [FODDER]),  # hardly possible
        (0.7, 9.0, [FODDER, SEED]),  # as good, nearly
    ],
)
def test_another_with_more_of_what_was_said_is_asked_about(score: float, said: float, meant: list[Published]) -> None:
    match = Match((Candidate(FODDER, 0.8, 10.0, 2), Candidate(SEED, score, said)))
    assert named(Reading("perbenihan tanaman pakan ternak", (), "inquiry", match), KNOWLEDGE) == meant
