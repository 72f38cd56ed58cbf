"""Learns from the example sentences: `make learn` writes `content/learnt/`, which `knowledge/learnt.py` reads.

Logistic regression (scikit-learn) over which features a sentence has, each counting by its rarity. Meanings with few
examples count more each than those with many (`_EVENNESS`), or what is asked most would win by number. The questions
that messages are compared with (`knowledge/unstated.py`) are only read, and kept as their stems.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from knowledge.learnt import features, telling_stems
from knowledge.lessons import SUBJECTS, Lesson, Subject, compared, lessons
from knowledge.unstated import OTHER, STATED, Example

_EVENNESS = {"intents": 0.75, "components": 0.0}  # 1: all meanings count the same
_STRENGTH = 30.0  # the inverse of the penalty on weights: C of scikit-learn. From 20 to 60 it makes no difference
_HEARD = 2  # sentences that have a feature, for it to count
_QUESTIONS = "# Made of content/examples by `make learn`: not to be edited. Whether standards answer it, and its stems."
_HEAD = "# Learnt from content/examples by `make learn`: not to be edited. Feature, its rarity, its weights by meaning."


def fingerprint(subject: Subject, taught: Sequence[Lesson]) -> str:
    """What tells whether a learnt file is of these lessons: it changes with the examples and with how they are read."""
    digest = hashlib.sha256(repr((_EVENNESS[subject], _STRENGTH, _HEARD)).encode())
    for lesson in taught:
        digest.update(repr((lesson.meaning, features(telling_stems(lesson.words)), lesson.weight)).encode())
    return digest.hexdigest()[:16]


def fitted(subject: Subject, taught: Sequence[Lesson]) -> tuple[Any, Any]:
    """What counts features, and what weighs them: a TfidfVectorizer and a LogisticRegression, of `pasti[test]`."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - nobody else needs it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    counted = TfidfVectorizer(analyzer=features, binary=True, min_df=_HEARD)
    table = counted.fit_transform([telling_stems(lesson.words) for lesson in taught])
    model = LogisticRegression(C=_STRENGTH, max_iter=1_000)
    model.fit(table, [lesson.meaning for lesson in taught], sample_weight=_evened(taught, _EVENNESS[subject]))
    return counted, model


def lines_of(subject: Subject, taught: Sequence[Lesson]) -> Iterator[str]:
    """The lines of a learnt file, of three meanings or more."""
    counted, model = fitted(subject, taught)
    assert len(model.classes_) > 2  # of two scikit-learn keeps but one row of weights
    yield _HEAD
    yield f"lessons\t{fingerprint(subject, taught)}"
    yield "\t".join(["meanings", *model.classes_])
    yield "\t".join(["start", *(f"{each:.2f}" for each in model.intercept_)])
    for feature, place in sorted(counted.vocabulary_.items()):
        rarity = counted.idf_[place]
        weights = [
            f"{meaning}:{said}" for meaning, each in enumerate(model.coef_) if (said := round(each[place] * rarity))
        ]
        yield "\t".join([feature, f"{rarity:.1f}", *weights])


def question_lines(questions: Iterable[Example]) -> Iterator[str]:
    """The lines of the questions that messages are compared with."""
    yield _QUESTIONS
    for stems, stated in questions:
        yield f"{STATED if stated else OTHER}\t{' '.join(stems)}"


def _evened(taught: Sequence[Lesson], evenness: float) -> list[float]:
    """The weight of each lesson, with the masses of the meanings brought together."""
    masses: dict[str, float] = defaultdict(float)
    for lesson in taught:
        masses[lesson.meaning] += lesson.weight
    mean = sum(masses.values()) / len(masses)
    return [lesson.weight * (mean / masses[lesson.meaning]) ** evenness for lesson in taught]


def learn() -> None:
    """Makes all learnt files anew."""
    folder = Path(__file__).parent / "content" / "learnt"
    folder.mkdir(exist_ok=True)
    for subject in SUBJECTS:
        _write(folder / f"{subject}.tsv", lines_of(subject, list(lessons(subject))))
    _write(folder / "questions.tsv", question_lines(compared()))


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    learn()
