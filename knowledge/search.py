"""Which standard a message means, and how sure that is.

Every standard has names: its title, and what people call such a business (`businesses`). Names are ranked by the words
that were said of them (`ranking`), weighed by how rare they are; then each business is judged by all of its words, and
by what was said of the activity: `jual` means a shop, `pabrik` a maker. A score is between 0 and 1: how much of the
name was said, and how much of what was said the business explains.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from knowledge.business_names import (
    GENERIC_WEIGHT,
    generic_words,
    ordinary_words,
    other_name,
    papers,
    synonyms_of,
    title_name,
)
from knowledge.businesses import Activity, activities, likelihood, other_names
from knowledge.codes import slips
from knowledge.cues import load
from knowledge.items import ItemIndex
from knowledge.kbli import KbliList, names_of
from knowledge.language import Word, filler_words, fold, stem
from knowledge.questions import component_cues, filler
from knowledge.ranking import Heard, Name, Names, Ranked
from knowledge.standards import ServiceStandard, normalised, tokens
from knowledge.titles import Titles

SURE = 0.62  # answer
UNSURE = 0.34  # ask; below: it is another matter
_UNEXPLAINED_WEIGHT = 0.8
_EXPLAINED_WEIGHT = 0.5  # `kantor`, `biaya`: said of every permit, and in some titles too
_BARE = 0.5  # nothing but `jual` or `industri` was said of a name that has more
_SERVICE = "jasa"
_ORDINARY = 0.5  # `jam` or `foto`, with nothing said about doing business
_OFFICE_TALK = 0.3  # `hukum`, `petugas`, `produk`: what is asked of a permit, and a business beside a word for doing it
_AKIN = 0.6  # `main` and `perkembangan` are neither `mainan` nor `kembang`
_RARELY_MEANT = 0.985  # wholesale, market stalls, hawkers, the state's own: people who mean these say so
_NOT_SAID_SO = ("46", "478", "479", "84")
_ALL_SAID = 99.0
_BY_DESCRIPTION = 0.75  # what a description lists is not what a business is called by
_LATER_NAME = 0.002  # names are listed from the most usual
_ALIKE = 0.025  # scores as near as this are told apart by how much of what was said they explain
_WORTH_IT = 0.3  # of the best score: businesses below need no close look
_FEW = 5  # where nothing was said that tells businesses apart
_LOOKED_AT = 20  # names that are judged closely


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


class Candidate(NamedTuple):
    published: Published
    score: float
    said: float = 0.0  # the weight of the words of its name that were said
    whole: int = 0  # of how many words the name is that was said whole; one counts if no other business has that word


class Match(NamedTuple):
    """The ranking of one message, and which of its words name a business."""

    candidates: tuple[Candidate, ...]
    positions: frozenset[int] = frozenset()  # words that belong to the best candidate's names
    topics: tuple[str, ...] = ()  # words that nothing here explains: perhaps another business
    heard: frozenset[int] = frozenset()  # words of any business's names
    verbatim: bool = False  # the best candidate's title stands in the message word for word


class _Business(NamedTuple):
    """Standards of one code and title (they differ by risk), and all words of their names."""

    code: str | None
    entries: list[Published]
    words: set[str]  # stems
    plain: set[str]
    prior: float


class _Said(NamedTuple):
    """A message, as far as names of businesses go."""

    heard: Mapping[str, list[int]]  # words of names, and their places in the message
    lacking: Sequence[tuple[str, float]]  # what each takes away from a business that lacks it; "" for a number
    strange: Sequence[int]  # places of words that nothing explains
    doing: Sequence[Activity]
    plain: set[str]  # of these, those that were written, and not guessed
    telling: bool  # there are words of names that tell businesses apart


class Catalogue:
    """All current standards, ready to be searched. Built anew when the knowledge changes."""

    def __init__(self, published: Iterable[Published], official: KbliList | None = None) -> None:
        self.published = list(published)
        codes = {p.standard.kbli for p in self.published}
        self._official = {code: names_of(each) for code, each in (official or {}).items() if code in codes}
        self.by_identity = {p.standard.identity: p for p in self.published}
        self.by_key = {key(p): p for p in self.published}
        self.by_code: dict[str, list[Published]] = {}
        self._items: dict[str, ItemIndex] = {}
        self._businesses: list[_Business] = []
        self._enter()
        self._code_order = {code: order for order, code in enumerate(self.by_code)}
        self._title_words = {word for p in self.published for word in normalised(p.standard.title).split()}
        self._explained = {stem(w) for w in component_cues().words | filler_words() if w}
        self._unexplained = _UNEXPLAINED_WEIGHT * self._rarity(0)

    def _enter(self) -> None:
        """Gives every business its names, and weighs their words by how many businesses have them."""
        found: dict[tuple[str | None, str], _Business] = {}
        for entry in self.published:
            code, title = entry.standard.kbli, normalised(entry.standard.title)
            if code:
                self.by_code.setdefault(code, []).append(entry)
            if (code, title) not in found:
                rare = (code or "").startswith(_NOT_SAID_SO) or "pemerintah" in title
                found[code, title] = _Business(code, [], set(), set(), _RARELY_MEANT if rare else 1.0)
            found[code, title].entries.append(entry)
        self._found = found
        self._by_title: dict[str, list[Published]] = {}
        for (_, title), business in found.items():
            self._by_title.setdefault(title, []).extend(business.entries)
        self._titles = Titles(self._by_title)
        self._businesses = list(found.values())
        names: dict[tuple[str, ...], Name] = {}
        holders: dict[tuple[str, ...], dict[int, float]] = {}  # by business, how usual the name is for it

        def call(place: int, name: Name, usual: float) -> None:
            words = tuple(name.own)
            names.setdefault(words, name)
            holders.setdefault(words, {}).setdefault(place, usual)
            self._businesses[place].words.update(name.own, name.others)

        for place, (code, title) in enumerate(found):
            self._businesses[place].plain.update(title.split(), synonyms_of(title))
            call(place, title_name(title), 1.0)
            for order, other in enumerate(other_names(code), 1):
                self._businesses[place].plain.update(fold(other).split())
                call(place, other_name(other), 1.0 - _LATER_NAME * min(order, 8))
        counted = Counter(word for business in self._businesses for word in business.words)
        for place, (code, _) in enumerate(found):
            for other in self._official.get(code or "", ()):
                self._businesses[place].plain.update(fold(other).split())
                call(place, other_name(other), _BY_DESCRIPTION)
        # What a description names beside much else makes no word of a title more common.
        more = Counter(word for business in self._businesses for word in business.words if word not in counted)
        self._rarities = {word: self._rarity(number) for word, number in (counted + more).items()}
        weights = {
            word: rarity * (_EXPLAINED_WEIGHT if word in filler() else 1.0) for word, rarity in self._rarities.items()
        }
        self._weights = weights
        self._names = Names(list(names.values()), weights)
        self._holders = [list(each.items()) for each in holders.values()]

    @property
    def words(self) -> set[str]:
        """Plain words of all titles and of what people call these businesses."""
        others = {w for group in load("aliases")["words"].values() for w in str(group).split()}
        called = {w for code in self.by_code for name in other_names(code) for w in fold(name).split()}
        return self._title_words | others | called | set(load("aliases")["words"])

    @property
    def described(self) -> set[str]:
        """Plain words of the official list's descriptions."""
        return {w for names in self._official.values() for name in names for w in fold(name).split()}

    def items(self, published: Published) -> ItemIndex:
        """The items of one standard, indexed when first asked for."""
        identity = published.standard.identity
        if identity not in self._items:
            if len(self._items) > 64:
                self._items.clear()
            self._items[identity] = ItemIndex(published.standard.components)
        return self._items[identity]

    def near(self, code: str) -> list[Published]:
        """The standards whose code may have been meant by this one, in the order of publication (`slips`)."""
        found = sorted(slips(code) & self.by_code.keys(), key=self._code_order.__getitem__)
        return [entry for other in found for entry in self.by_code[other]]

    def match(self, words: Sequence[Word], text: str = "", limit: int = 10) -> Match:
        """The standards that a message may mean, best first. text: the message itself, where titles are looked for."""
        written = tokens(text)
        found = self._titles.longest(written)
        if found:
            return self._verbatim(words, self._hear(words), written, found)
        return self._ranked(words, self._beside_places(words, written) or self._hear(words), limit)

    def _beside_places(self, words: Sequence[Word], written: Sequence[str]) -> _Said | None:
        """What is heard beside titles that say where something is, if that names a business too."""
        placed = self._titles.places(written)
        if not placed:
            return None
        aside = {written[place] for place in placed}
        said = self._hear(words, aside)
        return said if said.telling else None

    def _verbatim(
        self, words: Sequence[Word], said: _Said, written: Sequence[str], found: tuple[str, int, int]
    ) -> Match:
        """The standards with a title that stands in the message, and no others."""
        title, start, end = found
        meant = self._by_title[title]
        own = self._found[meant[0].standard.kbli, title].words
        positions = _places(words, written, start, end)
        for word, places in said.heard.items():
            if word in own and word not in self._explained:
                positions.update(places)
        topics = tuple([words[p].raw for p in said.strange if p not in positions])
        heard = frozenset([p for places in said.heard.values() for p in places])
        candidates = tuple([Candidate(entry, 1.0, _ALL_SAID, len(title.split())) for entry in meant])
        return Match(candidates, frozenset(positions), topics, heard, verbatim=True)

    def _ranked(self, words: Sequence[Word], said: _Said, limit: int) -> Match:
        topics = tuple([words[p].raw for p in said.strange])
        if not said.heard:
            return Match((), topics=topics + tuple([word.raw for word in words if word.stem in activities()]))
        judged = self._judged(said)
        rows = [
            (-round(score / _ALIKE), -told, entry.standard.number, order, entry, score, whole)
            for score, told, place, whole in judged
            for order, entry in enumerate(self._businesses[place].entries)
        ]
        rows.sort(key=lambda each: each[:4])
        best = self._of(rows[0][4])
        positions = frozenset([p for word, places in said.heard.items() if word in best.words for p in places])
        candidates: list[Candidate] = []
        least = 1.0
        for _, told, _, _, entry, score, whole in rows[:limit]:
            least = min(least, round(score, 3))
            candidates.append(Candidate(entry, least, -told, whole))
        heard = frozenset([p for places in said.heard.values() for p in places])
        return Match(tuple(candidates), positions, topics + self._other_activities(words, best), heard)

    def _of(self, entry: Published) -> _Business:
        return self._found[entry.standard.kbli, normalised(entry.standard.title)]

    def _judged(self, said: _Said) -> list[tuple[float, float, int, int]]:
        """Score, weight of the words said, place, and length of the name said whole, of each that may be meant."""
        bit = {word: 1 << place for place, word in enumerate(said.heard)}
        loose = self._unexplained * len(said.strange)
        lack = [(bit.get(word, 0), weight) for word, weight in said.lacking]
        lacking: dict[str, float] = {}
        for word, weight in said.lacking:
            lacking[word] = lacking.get(word, 0.0) + weight
        all_lacking = loose + sum(lacking.values())
        fits: dict[int, tuple[float, float]] = {}
        best: dict[int, float] = {}
        whole: dict[int, int] = {}
        least = 0.0
        for row in self._names.ranked(Heard(list(said.heard), loose, lack), _LOOKED_AT if said.telling else _FEW):
            score = row.coverage**0.7
            if score < least:
                continue
            score *= self._doubt(row, said, bit)
            holders = self._holders[row.name]
            length = row.heard.bit_count() if row.coverage >= 1.0 else 0
            if length > 1 or (length and self._is_only_name_with(row, said, bit)):
                whole |= {place: max(length, whole.get(place, 0)) for place, _ in holders}
            for place, usual in holders:
                if place not in fits:
                    fits[place] = self._fit(self._businesses[place], said, lacking, all_lacking)
                mine = score * usual * fits[place][0]
                if mine > best.get(place, 0.0):
                    best[place] = mine
                    least = max(least, mine * _WORTH_IT)
        return [(score, fits[place][1], place, whole.get(place, 0)) for place, score in best.items()]

    def _is_only_name_with(self, row: Ranked, said: _Said, bit: Mapping[str, int]) -> bool:
        """Whether no other business has the one word that this name is."""
        return any(row.heard == bit[word] and self._rarities[word] >= self._rarity(1) for word in said.heard)

    def _other_activities(self, words: Sequence[Word], business: _Business) -> tuple[str, ...]:
        """Words that speak of doing something else with the thing: `rental mobil` is no maker of cars."""
        return tuple(
            [
                word.raw
                for word in words
                if (doing := activities().get(word.stem))
                and word.stem not in business.words
                and word.stem not in self._explained
                and likelihood(business.code, doing) < 1.0
            ]
        )

    def _hear(self, words: Sequence[Word], aside: Collection[str] = ()) -> _Said:
        heard: dict[str, list[int]] = {}
        lacking: list[tuple[str, float]] = []
        strange: list[int] = []
        doing: list[Activity] = []
        plain: set[str] = set()
        telling = False
        acts, generic, owners = activities(), generic_words(), component_cues().owners
        for position, word in enumerate(words):
            if word.raw in aside:
                continue
            base = word.stem
            if (found := acts.get(stem(word.raw)) or acts.get(base)) and word.plain != "berapa":  # that was `besarnya`
                doing += found
            rarity = self._rarities.get(base)
            of_all = base in self._explained or base in acts  # said of every permit, or of doing business
            told = not word.plain.isdigit()
            if rarity is None:
                if told and not of_all:
                    strange.append(position)
                continue
            owned = base in owners  # `biayanya` is no `Pembiayaan`, where nothing is done
            if told and (not owned or word.plain in self._title_words or doing):
                heard.setdefault(base, []).append(position)
                if base not in generic and base not in acts:
                    telling = True
                    if not word.guessed:
                        plain.add(word.plain)
            if not of_all:
                lacking.append((base if told else "", rarity * 0.5 * (GENERIC_WEIGHT if base in generic else 1.0)))
        return _Said(heard, lacking, strange, doing, plain, telling)

    def _doubt(self, row: Ranked, said: _Said, bit: Mapping[str, int]) -> float:
        """Less than 1 for a name of which only words were said that are said of much else."""
        words = [word for word in said.heard if row.heard & bit[word]]
        telling = [word for word in words if word not in generic_words() and word not in activities()]
        if not telling:
            return 1.0 if row.coverage >= 1.0 else _BARE
        if papers().issuperset(telling) and _SERVICE not in words:
            return _ORDINARY
        if not said.doing and self._explained.issuperset(telling):
            return _OFFICE_TALK
        return _ORDINARY if not said.doing and ordinary_words().issuperset(telling) else 1.0

    def _fit(
        self, business: _Business, said: _Said, lacking: Mapping[str, float], all_lacking: float
    ) -> tuple[float, float]:
        """How much of what was said the business explains, and how well it goes with the activity; what it explains."""
        known = said.heard.keys() & business.words
        told = others = 0.0
        for word in known:
            told += self._weights[word]
            others += lacking.get(word, 0.0)
        focus = (told / (told + all_lacking - others)) ** 0.3
        share = float(focus) * business.prior * likelihood(business.code, said.doing)
        return share if not said.telling or said.plain & business.plain else share * _AKIN, round(told, 2)

    def _rarity(self, number: int) -> float:
        """How much a word tells that so many businesses have in their names."""
        return math.log(1 + (len(self._businesses) + 1) / (1 + number))


def _places(words: Sequence[Word], written: Sequence[str], start: int, end: int) -> set[int]:
    """Which words were read from the tokens of a stretch: a token may be no word, or several."""
    found: set[int] = set()
    at = 0
    for position, word in enumerate(words):
        if word.raw in written[at:]:
            at = written.index(word.raw, at)
            if start <= at < end:
                found.add(position)
    return found
