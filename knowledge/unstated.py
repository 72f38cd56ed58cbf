"""What citizens ask for that no service standard states: opening hours, taxes, the price of a plot.

Cues name the kinds that are common (`content/unstated.toml`). The rest is told by example questions: whether a message
sounds more like those that no standard answers (`content/examples/unstated.tsv`) or like those that one does.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from knowledge.businesses import businesses_in
from knowledge.cues import Cues, Evidence, load
from knowledge.items import ItemIndex
from knowledge.language import Word, filler_words, here_words
from knowledge.questions import Asked, component_cues, filler

_SMOOTHING = 0.1
_USUAL = 2  # questions that say a word, for it to be one that such questions say
_FOREIGN = 0.6  # what each other word adds to the doubt
_BARELY = 1.5  # less doubt, where nothing is said but what is asked for; a short `berapa biayanya` leaves none
_SHORT = 6  # words
_NO_EVIDENCE = Evidence(0.0, frozenset(), frozenset())


@lru_cache(maxsize=1)
def unstated_cues() -> Cues:
    """What is often asked and stands in no standard."""
    return Cues(load("unstated"))


class Unstated:
    """Learnt from example questions, by counting (naive Bayes over stems and neighbours)."""

    def __init__(self, stated: Iterable[Sequence[Word]], unstated: Iterable[Sequence[Word]]) -> None:
        """Questions that standards answer, and others; the words of each."""
        answered, declined = _Said(stated), _Said(unstated)
        said = answered.questions + declined.questions  # by feature, in how many
        whole = answered.whole + declined.whole
        rest = math.log(sum(answered.mass.values()) + _SMOOTHING * len(said))
        rest -= math.log(sum(declined.mass.values()) + _SMOOTHING * len(said))
        self._weights: dict[str, tuple[float, float]] = {}  # of a feature: what it says, its own square
        kept: dict[tuple[float, float], tuple[float, float]] = {}  # most was said once: few of these are distinct
        for feature, count in said.items():
            odds = (
                math.log(
                    (declined.mass.get(feature, 0.0) + _SMOOTHING) / (answered.mass.get(feature, 0.0) + _SMOOTHING)
                )
                + rest
            )
            rarity = math.log(whole / count)
            weight = rarity * odds, rarity**2
            self._weights[feature] = kept.setdefault(weight, weight)
        self._usual = {each for each, count in answered.questions.items() if count >= _USUAL and " " not in each}

    def doubt(self, words: Sequence[Word], asks: Iterable[Asked] = (), index: ItemIndex | None = None) -> float:
        """How little it is asked of a standard: below 0 it more likely is.

        words: without those that name the business; asks: what was heard; index: the items of the standard in view.
        """
        words = _elsewhere(words)
        known = [self._weights[feature] for feature in _features(words) if feature in self._weights]
        says = sum([says for says, _ in known]) / math.sqrt(sum([square for _, square in known]) or 1.0)
        evidence = component_cues().find(words)
        explained = {place for ask in asks for place in evidence.get(str(ask.component), _NO_EVIDENCE).positions}
        beside = [word for place, word in enumerate(words) if place not in explained]
        telling = [
            each.stem for each in beside if each.known and each.stem not in filler() and not each.plain.isdigit()
        ]
        if not telling:
            return min(says, -_BARELY) if sum(not word.plain.isdigit() for word in words) <= _SHORT else says - _BARELY
        return says + _FOREIGN * sum(not (each in self._usual or (index and index.states(each))) for each in telling)


def without_names(words: Sequence[Word], text: str) -> list[Word]:
    """The words of a text but for those of names of businesses: it is then asked of any."""
    named = {word for name in businesses_in(text) for word in name.split()} - filler_words()
    return [word for word in words if word.raw not in named]


def _features(words: Sequence[Word]) -> set[str]:
    """Stems and neighbouring stems."""
    stems = [word.stem for word in words if not word.stem.isdigit()]
    return {*stems, *(f"{a} {b}" for a, b in zip(["^", *stems], [*stems, "$"], strict=True))}


class _Said:
    """What questions of one kind say, counted."""

    def __init__(self, questions: Iterable[Sequence[Word]]) -> None:
        self.whole = 0
        self.questions: Counter[str] = Counter()  # that have the feature
        self.mass: dict[str, float] = defaultdict(float)  # a long question weighs no more than a short one
        for words in questions:
            features = _features(_elsewhere(words))
            self.whole += 1
            self.questions.update(features)
            for feature in features:
                self.mass[feature] += 1 / math.sqrt(len(features))


def _elsewhere(words: Sequence[Word]) -> list[Word]:
    """Without the names of the regency, its places and its office."""
    return [word for word in words if word.plain not in here_words()]
