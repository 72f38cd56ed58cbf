"""Reads informal Indonesian: abbreviations, slang, Sundanese, office English, typos, endings become words and stems.

Nothing here touches official text that is shown. It only makes a citizen's words comparable with it. The tables are
`content/language.toml`; typos are repaired against the vocabulary of the knowledge, never against a dictionary of the
world.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.name_words import lists

# `50rb` is two words: a sum that is asked for is heard by its `ribu`.
_TOKEN = re.compile(r"\d+(?=(?:rb|ribu|rebu|jt|juta)(?![a-z0-9]))|[a-z0-9]+|[,.;:?!&+/\n]")
_LINK = re.compile(r"\bhttps?://\S+")  # an address says nothing by its letters
_JOINERS = frozenset({"dan", "serta", "beserta", "terus", "plus", "lalu", "juga", "sekalian", "sama", "kemudian"})
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_REMEMBERED = 16_384  # spellings whose reading is kept, of all that people write
_VOWELS = re.compile(r"[aeiou]")
_ENDINGS = ("nyalah", "nya", "nye", "lah", "kah", "tah", "pun", "na", "ku", "mu", "in", "keun")
_BOLD = 5  # letters
_NASAL = (
    ("ny", "s"),
    ("nge", ""),
    ("ng", "k"),
    ("ng", ""),
    ("m", "p"),
    ("n", "t"),
)  # ngirim -> kirim, nyari -> cari/sari


class Word(NamedTuple):
    raw: str  # as written, folded to lower-case letters without accents
    plain: str  # plain Indonesian
    stem: str
    known: bool  # in the vocabulary, as it stood or after repair
    clause: int = 0  # which clause of the message it stands in
    guessed: bool = False  # read as another word that differs in more than its vowels


def fold(text: str) -> str:
    """Lower case without accents and without the marks people put inside words (`réngséna`, `di*tolak`)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The stem of one plain Indonesian word: Snowball's, but for the few that it gets wrong."""
    exceptions = _tables()["stems"]
    return exceptions[word] if word in exceptions else str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("indonesian")


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("knowledge") / "content" / "language.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, str]:
    """Spelling to plain words, of all the ways of writing."""
    ways = ("sms", "slang", "sundanese", "english")
    return {key: value for way in ways for key, value in _tables()[way].items()}


@lru_cache(maxsize=1)
def filler_words() -> frozenset[str]:
    """Plain words that say nothing about the subject of a question."""
    return frozenset(_tables()["filler"]["words"].split())


@lru_cache(maxsize=1)
def words_of_any_question() -> frozenset[str]:
    """Names of the regency, its places and its office, what items of a list are called, `tanya` and `kbli`."""
    return frozenset(_tables()["anywhere"]["words"].split())


@lru_cache(maxsize=1)
def right_words() -> frozenset[str]:
    """Words that are right as they are, however much they look like a slip of another."""
    return frozenset(_tables()["plain"]["words"].split()) | lists().words


class Language:
    """Turns a message into words, knowing which words matter here.

    vocabulary: plain words of the knowledge and the cues; telling: those that a slip is more likely to have meant.
    A word outside the vocabulary is first looked up, then repaired (one slip up to seven letters, two from eight;
    vowel-less words by their consonants) unless it is right as it is, else kept and marked unknown.
    """

    def __init__(self, vocabulary: Iterable[str], telling: Iterable[str] = ()) -> None:
        self._telling = set(telling)
        table = _table()
        plain = {part for value in table.values() for part in value.split()}
        self._known = {word for word in vocabulary if word} | plain
        self._known_stems = {stem(word) for word in self._known}
        self._by_shape: dict[tuple[str, int], list[str]] = {}
        self._by_skeleton: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= 4:
                self._by_shape.setdefault((word[0], len(word)), []).append(word)
                self._by_skeleton.setdefault(_skeleton(word), []).append(word)
        self._alike = lru_cache(maxsize=512)(self._words_alike)
        self._words = lru_cache(maxsize=_REMEMBERED)(self._read_token)
        self._plain = lru_cache(maxsize=_REMEMBERED)(self._resolve)

    def read(self, text: str) -> tuple[Word, ...]:
        """The words of a message in order. Words that only address or soften (`min`, `dong`, `teh`) are left out.

        So is the `besar` of `berapa besar biayanya`, which sells nothing wholesale.
        """
        words: list[Word] = []
        clause = 0
        folded = fold(text)
        if "step by" in folded:
            folded = folded.replace("step by step", "step")  # by itself `by` is *biaya*
        for token in _TOKEN.findall(_LINK.sub(" ", folded) if "://" in text else folded):
            if not token.isalnum():
                clause += 1
                continue
            read = self._words(token, clause)
            if read and not (read[0].plain == "besar" and words and words[-1].plain == "berapa"):
                words += read
                clause = read[-1].clause
        return tuple(words)

    def _read_token(self, token: str, clause: int) -> tuple[Word, ...]:
        """What a token says, where so many clauses have begun before it: a joining word begins another."""
        found = self._plain(token)
        guessed = len(found) == 1 and found[0][1] and self._is_guess(token, found[0][0])
        words: list[Word] = []
        for plain, known in found:
            clause += plain in _JOINERS
            words.append(Word(token, plain, stem(plain), known, clause, guessed))
        return tuple(words)

    def _is_guess(self, token: str, plain: str) -> bool:
        """A short word read as one with other consonants: `seken` for `semen`. Longer ones are seldom wrong."""
        if len(token) > _BOLD or _skeleton(token) == _skeleton(plain):
            return False
        forms = _forms(_STRETCHED.sub(r"\1", token))
        return not any(form in _table() or form in self._known or stem(form) in self._known_stems for form in forms)

    def _resolve(self, token: str) -> tuple[tuple[str, bool], ...]:
        table = _table()
        token = _STRETCHED.sub(r"\1", token)
        if token.isdigit():
            return ((token, True),)
        for form in _forms(token):
            if form in table:
                return tuple((part, True) for part in table[form].split())
            if form in self._known:
                return ((form, True),)
        for form in _forms(token):
            if len(form) >= 4 and stem(form) in self._known_stems:
                return ((form, True),)
            if form in right_words():
                return ((form, False),)
        repaired = self._repair(token)
        if repaired is None:
            return ((token, False),)
        if repaired in table:
            return tuple((part, True) for part in table[repaired].split())
        return ((repaired, True),)

    def _repair(self, token: str) -> str | None:
        if any(c.isdigit() for c in token):
            return None
        if len(token) == 3:
            return self._with_a_vowel(token)
        if len(token) < 3:
            return None
        for form in _endings_cut(token):
            if len(form) >= 4 and (found := self._nearest(form)) is not None:
                return found
        return None

    def _with_a_vowel(self, token: str) -> str | None:
        """The one telling word of which a vowel was left out (`aym`)."""
        same = [
            word
            for word in self._by_skeleton.get(_skeleton(token), [])
            if word[0] == token[0] and word in self._telling and OSA.distance(token, word) == 1
        ]
        return same[0] if len(same) == 1 else None

    def _nearest(self, token: str) -> str | None:
        if len(_VOWELS.findall(token)) <= len(token) * 0.34:
            same = [word for word in self._by_skeleton.get(_skeleton(token), []) if word[0] == token[0]]
            if same:
                return min(
                    same, key=lambda word: (OSA.distance(token, word) - 0.5 * (word in self._telling), len(word))
                )
        limit = 1 if len(token) <= 7 else 2
        skeleton = _skeleton(token)  # a vowel is left out sooner than a consonant is mistaken: `mlati` is no `mati`
        best: tuple[float, str] | None = None
        alike = self._alike(token[0], len(token), limit)
        near = process.extract(token, alike, scorer=OSA.distance, score_cutoff=limit, limit=None)
        for word, distance, _ in sorted(near, key=lambda each: each[2]):
            likely = distance - 0.5 * (word in self._telling) - 0.3 * (_skeleton(word) == skeleton)
            if best is None or likely < best[0]:
                best = (likely, word)
        return best[1] if best else None

    def _words_alike(self, letter: str, length: int, limit: int) -> list[str]:
        """The known words that begin so and are about so long, the shortest first."""
        lengths = range(length - limit, length + limit + 1)
        return [word for each in lengths for word in self._by_shape.get((letter, each), ())]


def _endings_cut(token: str) -> list[str]:
    """The token, then without a doubling `2` or an ending."""
    forms = [token]
    if len(token) > 2 and token.endswith("2"):
        forms.append(token[:-1])
    elif "2" in token and token.replace("2", "").isalpha():
        forms.append(token.replace("2", ""))  # syarat2nya
    base = forms[-1]
    return forms + [base[: -len(end)] for end in _ENDINGS if base.endswith(end) and len(base) - len(end) >= 3]


def _forms(token: str) -> list[str]:
    """The token, its forms without endings, and without a colloquial nasal beginning."""
    forms = _endings_cut(token)
    base = forms[1] if token.endswith("2") and len(forms) > 1 else token
    for prefix, letter in _NASAL:
        if base.startswith(prefix) and len(base) - len(prefix) >= 3:
            forms.append(letter + base[len(prefix) :])
    return forms


def _skeleton(word: str) -> str:
    return _VOWELS.sub("", word)
