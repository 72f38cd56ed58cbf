"""What is learnt from example sentences, and how it is read."""

from __future__ import annotations

import math
from importlib.resources import files

import pytest

from knowledge.language import Language, Word
from knowledge.learning import fingerprint, fitted, lines_of, question_lines
from knowledge.learnt import Learnt, features, load_learnt, telling_stems
from knowledge.lessons import SUBJECTS, Lesson, Subject, compared, lessons

LANGUAGE = Language({"kucing", "anjing", "makan", "ikan", "tulang", "tidur", "lari", "burung", "terbang"})
ROWS = [
    ("bird", "burung makan"),
    ("bird", "burung terbang"),
    ("cat", "kucing makan ikan"),
    ("cat", "kucing tidur"),
    ("dog", "anjing makan tulang"),
    ("dog", "anjing lari"),
]


def words(text: str) -> tuple[Word, ...]:
    return LANGUAGE.read(text)


TAUGHT = [Lesson(meaning, words(text)) for meaning, text in ROWS]
PETS = Learnt(lines_of("intents", TAUGHT))


def likeliest(text: str, learnt: Learnt = PETS) -> str:
    shares = learnt.read(words(text))
    return max(shares, key=shares.__getitem__)


@pytest.mark.parametrize(("meaning", "text"), ROWS)
def test_what_was_taught_is_recognised(meaning: str, text: str) -> None:
    assert likeliest(text) == meaning


def test_the_shares_make_one() -> None:
    assert math.isclose(sum(PETS.read(words("kucing makan tulang")).values()), 1.0)


def test_what_nobody_said_says_nothing() -> None:
    assert PETS.read(words("xyzzy")) == {}
    assert PETS.read(()) == {}


def test_what_speaks_for_both_is_not_certain() -> None:
    assert max(PETS.read(words("makan")).values()) < 0.7


def test_the_order_of_neighbours_counts_and_numbers_do_not() -> None:
    assert features(telling_stems(words("kucing makan"))) != features(telling_stems(words("makan kucing")))
    assert features(telling_stems(words("kucing 29102"))) == features(telling_stems(words("kucing 7")))
    assert not [each for each in features(telling_stems(words("081809898222 29102"))) if any(c.isdigit() for c in each)]


@pytest.mark.parametrize(
    "text", ["kucing makan", "kucing tidur kucing tidur tidur", "kucing xyzzy makan", "burung makan"]
)
def test_it_is_read_as_the_library_would(text: str) -> None:
    """Also what is said again, which counts once, and beside what nobody knows."""
    counted, model = fitted("intents", TAUGHT)
    probable = model.predict_proba(counted.transform([telling_stems(words(text))]))[0]
    expected = dict(zip(model.classes_, probable, strict=True))
    assert PETS.read(words(text)) == pytest.approx(expected, abs=0.03)


def test_a_word_is_heard_by_its_letters_too() -> None:
    """`#ucin`: a feature that begins as a remark would."""
    stems = telling_stems(Language({"mengucing"}).read("mengucing"))
    assert not set(stems) & {stem for lesson in TAUGHT for stem in telling_stems(lesson.words)}
    assert "#ucin" in features(stems)
    assert likeliest("mengucing") == "cat"


def test_few_lessons_count_as_much_as_many() -> None:
    many = [*TAUGHT, *[Lesson("dog", words("anjing makan"))] * 20]
    assert likeliest("makan", Learnt(lines_of("components", many))) == "dog"
    even, by_number = (Learnt(lines_of(subject, many)) for subject in ("intents", "components"))
    assert even.read(words("makan ikan"))["cat"] > by_number.read(words("makan ikan"))["cat"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_shipped_was_learnt_from_the_examples_as_they_are(subject: Subject) -> None:
    taught = list(lessons(subject))
    shipped = load_learnt(subject)
    assert shipped.lessons == fingerprint(subject, taught), "examples or language changed: make learn"
    assert set(shipped.meanings) == {lesson.meaning for lesson in taught}


def test_learning_again_teaches_the_same() -> None:
    """Also with another release of the library; a last digit may differ."""
    taught = list(lessons("components"))
    again, shipped = Learnt(lines_of("components", taught)), load_learnt("components")
    for lesson in taught[::97]:
        was, now = shipped.read(lesson.words), again.read(lesson.words)
        assert was.keys() == now.keys()
        assert all(math.isclose(was[meaning], now[meaning], abs_tol=0.02) for meaning in was)


def test_the_shipped_questions_are_those_of_the_examples() -> None:
    kept = (files("knowledge") / "content" / "learnt" / "questions.tsv").read_text(encoding="utf-8")
    assert kept.splitlines() == list(question_lines(compared())), "examples or language changed: make learn"
