"""What is asked of a standard: which of its fourteen components, and which of their items.

Three witnesses are heard: cues (how people name a component, `content/components.toml`), example questions, and the
standard's own items. None needs a training step; all follow the text as soon as it changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from knowledge.cues import Cues, Evidence, load
from knowledge.items import ItemIndex, Place
from knowledge.language import Word, filler_words, stem
from knowledge.standards import COMPONENTS

_WORD = re.compile(r"[a-z0-9]+")
_ITEM_WEIGHT = 0.75  # an item's own rare word counts about as much as a strong cue
_EXAMPLE_WEIGHT = 9.0
_COUNTS = 2.4  # below this nothing was really asked
_NAMES = {number: str(number) for number in COMPONENTS}  # as cues and examples call them
_NOT = frozenset({"bukan", "bkn", "sanes"})
_SECOND = 3.0  # a further component needs a strong cue of its own


class Asked(NamedTuple):
    component: int
    score: float
    items: tuple[Place, ...] = ()  # empty: the component as a whole


@lru_cache(maxsize=1)
def component_cues() -> Cues:
    return Cues({name: groups for name, groups in load("components").items() if name.isdigit()})


@lru_cache(maxsize=1)
def filler() -> frozenset[str]:
    """Stems of words that say nothing about the subject of a question."""
    return frozenset(stem(word) for word in filler_words())


def asked(
    words: Sequence[Word],
    index: ItemIndex,
    examples: Mapping[str, float],
    named: frozenset[int] = frozenset(),
) -> list[Asked]:
    """The components a message asks for, most certain first; empty when it asks for none.

    examples: what the example questions say, a share by component number.
    named: positions of words that only name the standard (`kendaraan multiguna pedesaan`); they are no evidence.
    """
    heard = [word if i not in named else _NOTHING for i, word in enumerate(words)] if named else words
    heard, evidence, denied = _without_denied(heard)
    empty = filler()
    telling = [word.stem for word in heard if word.plain and word.stem not in empty and not word.plain.isdigit()]
    if not telling and not evidence:
        return []
    best_items = index.best(telling, _owners())
    scores = {
        number: (evidence[name].score if name in evidence else 0.0)
        + _ITEM_WEIGHT * best_items.get(number, 0.0)
        + _EXAMPLE_WEIGHT * examples.get(name, 0.0)
        for number, name in _NAMES.items()
        if number not in denied
    }
    best = max(scores, key=scores.__getitem__)
    if scores[best] < _COUNTS:
        return []
    chosen = [best]
    others = [number for number in scores if number != best and _NAMES[number] in evidence]
    for number in sorted(others, key=scores.__getitem__, reverse=True):
        if _stands_alone(number, chosen, evidence, words) and not _explained(
            number, chosen, evidence, words, index, telling
        ):
            chosen.append(number)
    if len(chosen) > 1:
        chosen.sort(key=lambda number: _first_word(evidence, number))
    return [Asked(number, scores[number], tuple(_meant(number, words, named, index))) for number in chosen]


def _without_denied(words: Sequence[Word]) -> tuple[Sequence[Word], Mapping[str, Evidence], frozenset[int]]:
    """`bukan biayanya, lamanya`: what is said not to be meant is not heard, where something else is asked beside it.

    Returns the words that count, what they say, and the components that were turned down.
    """
    evidence = component_cues().find(words)
    after = [i for i, word in enumerate(words[:-1], 1) if word.plain in _NOT]
    denied = {i for i in after if words[i].stem in _owners()}
    if not denied:
        return words, evidence, frozenset()
    others = [_NOTHING if i in denied else word for i, word in enumerate(words)]
    meant = component_cues().find(others)
    if max((found.score for found in meant.values()), default=0.0) < _COUNTS:
        return words, evidence, frozenset()
    turned_down = {number for i in denied for number in _owners()[words[i].stem]}
    return others, meant, frozenset(turned_down - {int(name) for name in meant})


def _first_word(evidence: Mapping[str, Evidence], number: int) -> int:
    """Where a component is first spoken of, so that answers come in the order of the questions."""
    found = evidence.get(str(number))
    return min(found.best, default=0) if found else 0


@lru_cache(maxsize=1)
def _owners() -> Mapping[str, frozenset[int]]:
    """Words that name a component (`biaya`): they say nothing for the items of another."""
    return {word: frozenset(map(int, names)) for word, names in component_cues().owners.items()}


_NOTHING = Word("", "", "", True)


def _stands_alone(number: int, chosen: Sequence[int], evidence: Mapping[str, Evidence], words: Sequence[Word]) -> bool:
    """Whether a further component is asked for by words of its own, in a clause of its own."""
    mine = evidence[str(number)]
    if min(mine.score, mine.strongest) < _SECOND:
        return False
    for other in chosen:
        theirs = evidence.get(str(other))
        taken = theirs.best if theirs else frozenset[int]()
        if mine.best & taken:
            return False
        if {words[i].clause for i in mine.best} & {words[i].clause for i in taken}:
            return False
    return True


def _explained(
    number: int,
    chosen: Sequence[int],
    evidence: Mapping[str, Evidence],
    words: Sequence[Word],
    index: ItemIndex,
    telling: Sequence[str],
) -> bool:
    """Whether the words that speak for a further component stand in the best item of one already chosen."""
    mine = {words[i].stem for i in evidence[str(number)].best}
    for other in chosen:
        own = index.find(telling, other)
        if own and mine <= index.stems_of(max(own, key=lambda i: own[i])):
            return True
    return False


_ALL_OF_IT = (("apa", "saja"), ("sebut",), ("lengkap",), ("daftar",), ("semua",))
_EXCEPT = "selain"


def _meant(number: int, words: Sequence[Word], named: frozenset[int], index: ItemIndex) -> list[Place]:
    """The items of a component that the question is about; none when it is about all of them.

    The component's own name (`sarana dan prasarana`) points at no item of it.
    """
    stems = [word.stem for i, word in enumerate(words) if i not in named]
    empty = _says_nothing(number)
    telling = [s for s in stems if s not in empty]
    scores = index.find(telling, number)
    top = max(scores.values(), default=0.0)
    if top < 2.0:
        return []
    near = {i: scores[i] for i in sorted(scores) if scores[i] >= 0.55 * top}
    places = [index.place(i) for i in _outermost(near, index)]
    whole = _EXCEPT in stems or any(_follows(stems, phrase) for phrase in _ALL_OF_IT)
    if whole and (top < 6.0 or _EXCEPT in stems):
        return [place for place in places if place.item.items]
    return places


def _outermost(scores: Mapping[int, float], index: ItemIndex) -> list[int]:
    """Of an item and one below it only one: the upper with all of its list, unless the lower fits better."""
    paths = {p: index.place(p).path for p in scores}
    below = {
        p: [q for q in paths if len(paths[q]) > len(path) and paths[q][: len(path)] == path]
        for p, path in paths.items()
    }
    covered = {q for p in paths if below[p] and all(scores[q] <= scores[p] for q in below[p]) for q in below[p]}
    uncovering = {p for p in paths if below[p] and not set(below[p]) <= covered}
    return [p for p in paths if p not in covered and p not in uncovering]


def _follows(stems: Sequence[str], phrase: Sequence[str]) -> bool:
    return any(tuple(stems[i : i + len(phrase)]) == tuple(phrase) for i in range(len(stems)))


@lru_cache(maxsize=14)
def _says_nothing(number: int) -> frozenset[str]:
    """Words that point at no item of a component: those of its own name, and those that say nothing anywhere."""
    name = frozenset(stem(word) for word in _WORD.findall(COMPONENTS[number].lower()))
    return filler() | name | {stem("sedia"), "perlu"}
