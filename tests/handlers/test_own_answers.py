"""Standards are asked the questions that are made from them; what fails is named, and stands in a publication's way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from handlers import golden, publishing
from handlers.own_answers import OwnFailing, failing_of, newly_failing
from handlers.trial import Bot
from knowledge.base import KnowledgeBase
from knowledge.kept import Kept
from knowledge.phrases import Phrase
from knowledge.search import Published
from tests.handlers.keeping import entry, keeping_desk
from tests.offices import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with keeping_desk(tmp_path, "several") as desk:
        yield desk


def bot_of(desk: Desk) -> Bot:
    with desk.office.database.reader() as conn:
        return golden.bot(desk.office, conn)


def failing(bot: Bot) -> list[OwnFailing]:
    return [each for _, failed in failing_of(bot, bot.knowledge.catalogue.published) for each in failed]


def test_every_standard_answers_its_own_questions(desk: Desk) -> None:
    bot = bot_of(desk)
    asked = [number for number, _ in failing_of(bot, bot.knowledge.catalogue.published)]
    assert min(asked) >= 3
    assert [(each.question, each.got.outcome) for each in failing(bot)] == []


def test_where_two_share_code_and_risk_a_question_back_is_right(desk: Desk) -> None:
    before = bot_of(desk)
    alike = replace(entry(desk, 2).standard, product="Izin", risk="Rendah")
    known = before.knowledge.catalogue.published
    knowledge = KnowledgeBase([*known, Published(alike, "Edisi Contoh")])
    assert failing(replace(before, knowledge=knowledge)) == []


def test_a_question_that_is_not_answered_from_its_standard_is_named(desk: Desk) -> None:
    bot = bot_of(desk)
    standard = replace(
        entry(desk, 4).standard, components={4: "Gratis", 3: "A. Umum\n1. Rp5.000 dan denda tiap bulan."}
    )
    (failed,) = [each for _, found in failing_of(bot, [Published(standard, "Edisi Contoh")]) for each in found]
    assert (failed.question.component, failed.question.holds) == (3, "Rp5.000 dan denda tiap bulan.")


def test_what_a_draft_leaves_out_is_not_asked_of_it(desk: Desk) -> None:
    before = bot_of(desk)
    standard = replace(entry(desk, 4).standard, components={4: "Rp25.000"})
    assert newly_failing(before, publishing.with_standard(before, standard), standard) == []


def test_what_passes_and_would_fail_is_named(desk: Desk) -> None:
    before = bot_of(desk)
    standard = entry(desk, 4).standard
    taken = Kept((Phrase(1, "Industri Roti Basah", entry(desk, 5).standard.identity),))
    after = replace(before, knowledge=before.knowledge.with_kept(taken))
    (failed,) = newly_failing(before, after, standard)
    assert failed.question.question == "apa saja syarat Industri Roti Basah risiko rendah?"
    assert failed.outcome.identity == entry(desk, 5).standard.identity
    assert newly_failing(after, after, standard) == []  # it did not pass before
