"""What citizens ask for that no service standard states: opening hours, taxes, the price of a plot.

Cues name the kinds that are common (`content/unstated.toml`). The rest is told by example questions: whether a message
sounds more like those that no standard answers (`content/examples/unstated.tsv`) or like those that one does.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from knowledge.alike import Alike
from knowledge.businesses import businesses_in
from knowledge.cues import Cues, Evidence, load
from knowledge.items import ItemIndex
from knowledge.language import Word, filler_words, words_of_any_question
from knowledge.questions import Asked, component_cues, filler

BY_EXAMPLE = "other"  # the kind of what no cue names
STATED, OTHER = "stated", "other"  # how a learnt question is marked
_SURE = 4.0  # of a cue
_BY_CUE = 1.5  # what a cue adds to the doubt
_BY_ALIKE = 4.0  # what the most alike questions add, or take
_DOUBTED = -2.75  # from here on it is declined
_DOUBTED_ALONE = -1.75  # where nothing is heard that standards state: asking back costs less
_SMOOTHING = 0.1
_USUAL = 2  # questions that say a word, for it to be one that such questions say
_FOREIGN = 0.4  # what each other word adds to the doubt
_BARELY = 2.0  # less doubt, where nothing is said but what is asked for; a short `berapa biayanya` leaves none
_SHORT = 6  # words
_FEW = 2  # words, that leave no room for anything else
_NO_EVIDENCE = Evidence(0.0, frozenset(), frozenset())


@lru_cache(maxsize=1)
def unstated_cues() -> Cues:
    """What is often asked and stands in no standard."""
    return Cues(load("unstated"))


class Example(NamedTuple):
    """A question as others are compared with it."""

    stems: tuple[str, ...]
    stated: bool  # standards answer it


def as_compared(words: Sequence[Word]) -> tuple[str, ...]:
    """The stems of what a question says, beside the name of a business."""
    return _stems(telling(words))


def load_unstated() -> Unstated:
    """What `content/learnt/questions.tsv` keeps: to read all questions anew took two seconds of each start."""
    text = (files("knowledge") / "content" / "learnt" / "questions.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    # The same stem is kept once: it is in hundreds of questions.
    return Unstated([Example(tuple(map(sys.intern, stems.split())), kind == STATED) for kind, stems in rows])


class Unstated:
    """Learnt from example questions, by counting (naive Bayes over stems and neighbours), and by the most alike."""

    def __init__(self, questions: Sequence[Example]) -> None:
        self._alike = Alike(questions)
        answered = _Said(stems for stems, stated in questions if stated)
        declined = _Said(stems for stems, stated in questions if not stated)
        said = answered.questions + declined.questions  # by feature, in how many
        whole = answered.whole + declined.whole
        rest = math.log(sum(answered.mass.values()) + _SMOOTHING * len(said))
        rest -= math.log(sum(declined.mass.values()) + _SMOOTHING * len(said))
        self._weights: dict[str, tuple[float, float]] = {}  # of a feature: what it says, its own square
        kept: dict[tuple[float, float], tuple[float, float]] = {}  # most was said once: few of these are distinct
        for feature, count in said.items():
            heard = [each.mass.get(feature, 0.0) + _SMOOTHING for each in (declined, answered)]
            odds = math.log(heard[0] / heard[1]) + rest
            rarity = math.log(whole / count)
            weight = rarity * odds, rarity**2
            self._weights[feature] = kept.setdefault(weight, weight)
        self._says = lru_cache(maxsize=1024)(self._read)  # much is asked in the same words of different businesses
        self._leans = lru_cache(maxsize=1024)(self._alike.lean)
        self._usual = {each for each, count in answered.questions.items() if count >= _USUAL and " " not in each}

    def kind(
        self,
        words: Sequence[Word],
        named: frozenset[int],
        beside: Sequence[Word],
        asks: Sequence[Asked],
        index: ItemIndex | None,
    ) -> str | None:
        """The kind of thing asked for that no standard states; None where it is asked of one.

        Args:
            words: of the message.
            named: their positions that only name the business (`hotel`) and ask for nothing.
            beside: the words beside any name.
            asks: what was heard that standards state.
            index: the items of the standard in view.
        """
        found = {
            kind: evidence
            for kind, evidence in unstated_cues().find(words).items()
            if evidence.score >= _SURE and not evidence.positions <= named
        }
        likeliest = max(found, key=lambda kind: found[kind].score) if found else None
        if likeliest and not asks:
            return likeliest
        said = telling(beside)
        others = beside_asks(said, asks)
        if not (others or likeliest) and (asks or not said) and len(said) <= _FEW:
            return None  # `yang umum?`, `ig nya`
        least = _DOUBTED if asks else _DOUBTED_ALONE
        doubt = self.doubt(said, others, index) + _BY_CUE * bool(likeliest)
        if abs(doubt - least) < _BY_ALIKE:  # else it changes nothing
            doubt += _BY_ALIKE * self._leans(_stems(said))
        if doubt <= least:
            return None  # also where a cue says so: the examples contradict it
        says_something = any(not (word.plain in filler_words() or word.plain.isdigit()) for word in words)
        return likeliest or (BY_EXAMPLE if says_something else None)

    def is_usual(self, stem: str) -> bool:
        """Whether several questions that standards answer say this word: it names no business."""
        return stem in self._usual

    def doubt(self, said: Sequence[Word], others: Sequence[str], index: ItemIndex | None = None) -> float:
        """How little it is asked of a standard by what words say: below 0 it more likely is.

        Args:
            said: what tells (`telling`) beside the name of the business.
            others: what of it asks for nothing that was heard (`beside_asks`).
            index: the items of the standard in view.
        """
        says = self._says(_stems(said))
        if not others:
            return min(says, -_BARELY) if sum(not word.plain.isdigit() for word in said) <= _SHORT else says - _BARELY
        return says + _FOREIGN * sum(not (each in self._usual or (index and index.states(each))) for each in others)

    def _read(self, stems: tuple[str, ...]) -> float:
        known = [self._weights[feature] for feature in _features(stems) if feature in self._weights]
        return sum([says for says, _ in known]) / math.sqrt(sum([square for _, square in known]) or 1.0)


def without_names(words: Sequence[Word], text: str) -> list[Word]:
    """The words of a text but for those of names of businesses: it is then asked of any.

    A word that gives a component away (`kantin`, `parkir`) stays: it is a thing of the office sooner.
    """
    named = {word for name in businesses_in(text) for word in name.split()} - filler_words()
    owners = component_cues().owners
    return [word for word in words if word.raw not in named or word.stem in owners] if named else list(words)


def _content(said: Sequence[Word]) -> list[Word]:
    return [word for word in said if word.stem not in filler() and not word.plain.isdigit()]


def beside_asks(said: Sequence[Word], asks: Sequence[Asked]) -> list[str]:
    """The stems of known words beside those that ask for something."""
    evidence = component_cues().find(said)
    explained = {place for ask in asks for place in evidence.get(str(ask.component), _NO_EVIDENCE).positions}
    return [word.stem for word in _content([w for place, w in enumerate(said) if place not in explained]) if word.known]


def _stems(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple([word.stem for word in words if not word.stem.isdigit()])


def _features(stems: tuple[str, ...]) -> list[str]:
    """Stems and neighbouring stems, each once."""
    neighbours = [f"{a} {b}" for a, b in zip(("^", *stems), (*stems, "$"), strict=True)]
    return list(dict.fromkeys((*stems, *neighbours)))


class _Said:
    """What questions of one kind say, counted."""

    def __init__(self, questions: Iterable[tuple[str, ...]]) -> None:
        self.whole = 0
        self.questions: Counter[str] = Counter()  # that have the feature
        self.mass: dict[str, float] = defaultdict(float)  # a long question weighs no more than a short one
        for stems in questions:
            features = _features(stems)
            share = 1 / math.sqrt(len(features))
            self.whole += 1
            for feature in features:
                self.questions[feature] += 1
                self.mass[feature] += share


def telling(words: Sequence[Word]) -> list[Word]:
    """Without the words that any question may have."""
    return [word for word in words if word.plain not in words_of_any_question()]
