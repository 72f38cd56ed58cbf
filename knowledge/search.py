"""Which standard a message means, and how sure that is.

Exact codes first. Then other names (`content/aliases.toml`), then the words of the titles, weighed by how rare they are
among all titles. A score is between 0 and 1: how much of the title was said, and how much of what was said the title
explains.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from knowledge.cues import load
from knowledge.items import ItemIndex
from knowledge.language import Word, filler_words, fold, stem
from knowledge.questions import component_cues, filler
from knowledge.standards import ServiceStandard, normalised

SURE = 0.62  # answer
UNSURE = 0.34  # ask; below: it is another matter
_ALIAS = 0.97
_GENERIC_WEIGHT = 0.25
_SYNONYM_WEIGHT = 0.9
_UNEXPLAINED_WEIGHT = 0.8
_FEW = 8  # words that part the standards into groups
_EXPLAINED_WEIGHT = 0.5  # `kantor`, `biaya`: said of every permit, and in some titles too

_CODE = re.compile(
    r"(?:(?<![\w.,/-])|(?<=kbli)|(?<=KBLI)|(?<=\d{5},)|(?<=\d{5}/))"
    r"(?:[0-9OoIlSBZ]{5}|[0-9](?: [0-9]){4})(?![\w-]|[./]\d|,\d(?!\d{4}\b))"
)
_DIGIT = re.compile(r"[0-9]")
_LOOKS_LIKE = str.maketrans("OoIlSBZ", "0011582")
_NOT_A_CODE_BEFORE = re.compile(r"(rp\.?|pos|rupiah|(?<!kbli )(?:nomor|no\.?)|hp|wa)$", re.IGNORECASE)
_LONGEST_BEFORE = len("kbli nomor")
_NOT_A_CODE_AFTER = re.compile(r"\s*(rupiah|ribu|rb|juta|perak)", re.IGNORECASE)


class Published(NamedTuple):
    """A standard as one edition has it."""

    standard: ServiceStandard
    edition: str  # its title
    effective_on: date | None = None


def key(published: Published) -> str:
    """A short name of a standard for buttons, whose payload holds 64 bytes: its code, twelve digits of its identity."""
    return f"{published.standard.kbli or 'x'}-{_digest(published.standard.identity)}"


@lru_cache(maxsize=4096)
def _digest(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:12]


def other_names(kbli: str | None) -> tuple[str, ...]:
    """What people call a business, as it is shipped."""
    return tuple(load("aliases")["standards"].get(kbli or "", ()))


class Candidate(NamedTuple):
    published: Published
    score: float
    said: float = 0.0  # the weight of the words of its name that were said


class Code(NamedTuple):
    """A five-digit KBLI code in a message. `exact`: written in digits; else letters were read as digits (`29l02`)."""

    digits: str
    written: str
    exact: bool


def find_codes(text: str) -> list[Code]:
    """KBLI codes in a message, also spaced out or with letters like digits; amounts and telephone numbers are none."""
    found: dict[str, Code] = {}
    if not _DIGIT.search(text):
        return []
    for match in _CODE.finditer(text):
        written = match.group()
        digits = written.replace(" ", "").translate(_LOOKS_LIKE)
        if sum(c.isdigit() for c in written) < 3:
            continue
        before = text[: match.start()].rstrip()[-_LONGEST_BEFORE:]
        if _NOT_A_CODE_BEFORE.search(before) or _NOT_A_CODE_AFTER.match(text, match.end()):
            continue
        found.setdefault(digits, Code(digits, written, written.replace(" ", "").isdigit()))
    return list(found.values())


class Match(NamedTuple):
    """The ranking of one message, and which of its words name a business."""

    candidates: tuple[Candidate, ...]
    positions: frozenset[int] = frozenset()  # words that belong to the best candidate's name
    topics: tuple[str, ...] = ()  # words that nothing here explains: perhaps another business


class _TitleWord(NamedTuple):
    """A word of titles (a stem), and how the catalogue counts it."""

    holders: tuple[tuple[float, int], ...]  # weight, and the standards that have the word with it, as bits
    everybody: int  # all of these
    titles: int  # how many
    weight: float  # how rare it is, less for words that are said of every permit
    aside: float  # what it takes away from a title that lacks it
    owned: bool  # it names a component too


_Alike = tuple[int, float, int]
"""The standards of whose titles the same words were said: the standards as bits, the weight of the words, the words as
bits."""


class Catalogue:
    """All current standards, ready to be searched. Built anew when the knowledge changes.

    A set of standards is one whole number with a bit for each, the lowest for the lightest title. Hundreds of standards
    share a word, so they are not looked at one by one: they are parted by the words that were said of them, and of
    those with the same words the lightest titles fit best.
    """

    def __init__(self, published: Iterable[Published]) -> None:
        self.published = list(published)
        self.by_identity = {p.standard.identity: p for p in self.published}
        self.by_key = {key(p): p for p in self.published}
        self.by_code: dict[str, list[Published]] = {}
        self._items: dict[str, ItemIndex] = {}
        postings: dict[str, dict[int, float]] = {}
        for index, entry in enumerate(self.published):
            if entry.standard.kbli:
                self.by_code.setdefault(entry.standard.kbli, []).append(entry)
            for word, weight in _name_words(entry.standard.title).items():
                postings.setdefault(word, {})[index] = weight
        self._code_order = {code: order for order, code in enumerate(self.by_code)}
        self._title_words = {word for p in self.published for word in normalised(p.standard.title).split()}
        self._explained = {stem(w) for w in component_cues().words | filler_words() if w}
        self._unexplained = _UNEXPLAINED_WEIGHT * self._rarity(0)
        self._enter(postings)
        self._aliases: dict[str, list[tuple[int, tuple[str, ...], Published]]] = {}
        aliases = (
            (tuple(stem(word) for word in fold(alias).split()), entry)
            for code, others in load("aliases")["standards"].items()
            for alias in others
            for entry in self.by_code.get(code, ())
        )
        for order, (alias, entry) in enumerate(aliases):
            self._aliases.setdefault(alias[0], []).append((order, alias, entry))

    def _enter(self, postings: Mapping[str, Mapping[int, float]]) -> None:
        """Weighs the words of the titles, and orders the standards by the mass of theirs."""
        weights = {
            word: self._rarity(len(found)) * (_EXPLAINED_WEIGHT if word in filler() else 1.0)
            for word, found in postings.items()
        }
        mass = [0.0] * len(self.published)
        for word, found in postings.items():
            for index, weight in found.items():
                if weight in (1.0, _GENERIC_WEIGHT):
                    mass[index] += weight * weights[word]
        numbers = [entry.standard.number for entry in self.published]
        self._order = sorted(range(len(mass)), key=lambda index: (mass[index], numbers[index], index))
        self._masses = [mass[index] or 1.0 for index in self._order]
        self._numbers = [numbers[index] for index in self._order]
        bits = {index: 1 << place for place, index in enumerate(self._order)}
        self._words: dict[str, _TitleWord] = {}
        for word, found in postings.items():
            holders: dict[float, int] = {}
            for index, weight in found.items():
                holders[weight] = holders.get(weight, 0) | bits[index]
            aside = 0.0 if word in self._explained or word in _generic() else self._rarity(len(found)) * 0.5
            owned = word in component_cues().owners
            everybody = sum(holders.values())
            self._words[word] = _TitleWord(tuple(holders.items()), everybody, len(found), weights[word], aside, owned)

    @property
    def words(self) -> set[str]:
        """Plain words of all titles and other names."""
        others = {w for group in load("aliases")["words"].values() for w in str(group).split()}
        aliases = {w for group in load("aliases")["standards"].values() for alias in group for w in alias.split()}
        return self._title_words | others | aliases | set(load("aliases")["words"])

    def items(self, published: Published) -> ItemIndex:
        """The items of one standard, indexed when first asked for."""
        identity = published.standard.identity
        if identity not in self._items:
            if len(self._items) > 64:
                self._items.clear()
            self._items[identity] = ItemIndex(published.standard.components)
        return self._items[identity]

    def near(self, code: str) -> list[Published]:
        """The standards whose code differs from this one in a single digit, in the order of publication."""
        others = (
            code[:i] + digit + code[i + 1 :] for i in range(len(code)) for digit in "0123456789" if digit != code[i]
        )
        found = sorted((other for other in others if other in self.by_code), key=self._code_order.__getitem__)
        return [entry for other in found for entry in self.by_code[other]]

    def match(self, words: Sequence[Word], limit: int = 10) -> Match:
        """The standards that a message may mean, best first."""
        alias = self._match_alias(words)
        if alias:
            return alias
        heard: dict[str, list[int]] = {}  # words of titles, and their places in the message
        aside: list[tuple[str, float]] = []
        strange: list[int] = []
        for position, word in enumerate(words):
            known = self._words.get(word.stem)
            if known is None:
                if word.stem not in self._explained and not word.plain.isdigit():
                    strange.append(position)
                continue
            told = not word.plain.isdigit()
            if told and not (known.owned and word.plain not in self._title_words):  # `biayanya` is no `Pembiayaan`
                heard.setdefault(word.stem, []).append(position)
            if known.aside:
                aside.append((word.stem if told else "", known.aside))
        topics = tuple([words[p].raw for p in strange])
        if not heard:
            return Match((), topics=topics)
        bit = {word: 1 << place for place, word in enumerate(heard)}
        lacking = [(bit.get(word, 0), weight) for word, weight in aside]
        ranked = self._ranked(
            [self._words[word] for word in heard], sum([self._unexplained] * len(strange)), lacking, limit
        )
        shown = {score: round(-score, 3) for score in {row[0] for row in ranked}}
        candidates = tuple([Candidate(self.published[at], shown[score], said) for score, _, _, at, said, _ in ranked])
        best = ranked[0][-1]
        positions = frozenset([p for word, places in heard.items() if best & bit[word] for p in places])
        return Match(candidates, positions, topics)

    def _ranked(
        self, heard: Sequence[_TitleWord], loose: float, lacking: Sequence[tuple[int, float]], limit: int
    ) -> list[_Row]:
        """The best standards. Groups are taken by their best, until none left can be among so many."""
        bounds: list[tuple[float, float, _Alike]] = []
        for group in self._parted(heard):
            holders, said, _ = group
            lightest = self._masses[(holders & -holders).bit_length() - 1]
            coverage = min(1.0, said / lightest) ** 0.7
            bounds.append((-coverage * (said / (said + loose)) ** 0.3, coverage, group))
        bounds.sort()
        rows: list[_Row] = []
        for bound, coverage, group in bounds:
            if len(rows) == limit and bound > rows[-1][0]:
                break
            _, said, parts = group
            others = sum([weight for bit, weight in lacking if not parts & bit])
            focus = (said / (said + loose + others)) ** 0.3
            least = rows[-1][0] if len(rows) == limit else 0.0
            if -coverage * focus <= least:
                rows += self._best_of(group, focus, limit, least)
                rows.sort()
                del rows[limit:]
        return rows

    def _best_of(self, group: _Alike, focus: float, limit: int, least: float) -> list[_Row]:
        """Those with the lightest titles, no worse than the least. All of it said of several: their number tells."""
        holders, said, heard = group
        first = heard & -heard
        rows: list[_Row] = []
        mass, score, fewer = 0.0, 0.0, limit
        while holders and fewer:
            low = holders & -holders
            holders ^= low
            place = low.bit_length() - 1
            if self._masses[place] != mass:
                mass = self._masses[place]
                score = -(min(1.0, said / mass) ** 0.7 * focus)
                if score > least:
                    break
            rows.append((score, self._numbers[place], first, self._order[place], said, heard))
            fewer -= said < mass
        return rows

    def _parted(self, heard: Sequence[_TitleWord]) -> list[_Alike]:
        """The standards that have any of these words, by what they have of them.

        Each frequent word may part each group in two. Rare words have few standards, and these are taken one by one.
        """
        everybody = alone = 0
        for word in heard:
            everybody |= word.everybody
        if len(heard) > _FEW:
            for word in sorted(heard, key=lambda word: word.titles)[:-_FEW]:
                alone |= word.everybody
        groups: list[_Alike] = [(everybody ^ alone, 0.0, 0)] if everybody != alone else []
        for place, word in enumerate(heard):
            parted: list[_Alike] = []
            for group in groups:
                others, said, parts = group
                for weight, holders in word.holders:
                    if both := others & holders:
                        parted.append((both, said + weight * word.weight, parts | 1 << place))
                        others ^= both
                if others:
                    parted.append((others, said, parts))
            groups = parted
        return [*groups, *self._one_by_one(heard, alone)] if alone else groups

    def _one_by_one(self, heard: Sequence[_TitleWord], chosen: int) -> list[_Alike]:
        """The chosen standards, each with what it has of these words."""
        said: dict[int, float] = {}
        parts: dict[int, int] = {}
        for place, word in enumerate(heard):
            for weight, holders in word.holders:
                for one in _bits(holders & chosen):
                    said[one] = said.get(one, 0.0) + weight * word.weight
                    parts[one] = parts.get(one, 0) | 1 << place
        return [(1 << one, weight, parts[one]) for one, weight in said.items()]

    def _match_alias(self, words: Sequence[Word]) -> Match | None:
        stems = tuple(word.stem for word in words)
        aliases = [each for value in {*stems} & self._aliases.keys() for each in self._aliases[value]]
        for _, alias, entry in sorted(aliases, key=lambda each: each[0]):
            for start in range(len(stems) - len(alias) + 1):
                if stems[start : start + len(alias)] == alias:
                    same = self.by_code.get(entry.standard.kbli or "", [entry])
                    positions = frozenset(range(start, start + len(alias)))
                    return Match(tuple(Candidate(e, _ALIAS) for e in same), positions)
        return None

    def _rarity(self, titles: int) -> float:
        """How much a word tells that so many titles have."""
        return math.log(1 + (len(self.published) + 1) / (1 + titles))


_Row = tuple[float, int, int, int, float, int]
"""Less is better: score, number, first word that was said, place in the edition; then the weight of what was said, and
the words as bits."""


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set, from the lowest."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(stem(word) for word in str(load("aliases")["generic"]["words"]).split())


@lru_cache(maxsize=1)
def _synonyms() -> Mapping[str, tuple[str, ...]]:
    return {
        stem(word): tuple(stem(other) for other in str(others).split())
        for word, others in load("aliases")["words"].items()
    }


def _name_words(title: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for word in normalised(title).split():
        base = stem(word)
        generic = base in _generic()
        weights[base] = _GENERIC_WEIGHT if generic else 1.0
        for other in _synonyms().get(base, ()):
            weights.setdefault(other, _GENERIC_WEIGHT * 0.9 if generic else _SYNONYM_WEIGHT)
    return weights
