"""Runs of words that could be a name: the message as words, the lists that tell names from words, the grammar of names.

A name is titles, one to four words, `bin` and initials between; a body's is `PT`, `CV`, `Koperasi` … and what follows.
Many people write without capitals, some all in capitals, so capitals count only where the writer sets them with sense.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

WORD = re.compile(r"a\.n\b|[^\W\d_]+(?:['’`\-][^\W\d_]+)*", re.IGNORECASE)

_DOTTED = frozenset(
    {"hj", "kh", "drs", "dra", "ir", "dr", "drg", "prof", "ust", "rd", "tb", "bpk", "ny", "tn", "sdr", "sdri", "alm"}
)
_LINKS = frozenset({"bin", "binti", "bt", "al", "el", "van", "de"})
_BEGINS_LIKE_A_WORD = re.compile(r"(?:meng|meny|mem|men|me(?=[lrwy])|di..|ber..|ter..|peng|pem|nge|ng|ny|ke.+an$)")
_ENDS_LIKE_A_WORD = re.compile(r".{2}(?:nya|kan|keun|lah|kah|pun|isasi)$")
_STOP = re.compile(r"[.!?\n]")
_SHORT = 3  # letters: abbreviations, mostly
_VOWEL = re.compile(r"[aeiouy]")


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of `content/names.toml`, lower case; `not_names` are words, places and titles that are no names.

    words: plain ones, longer than abbreviations are.
    """

    given: frozenset[str]
    also_words: frozenset[str]
    titles: frozenset[str]
    bodies: frozenset[str]
    body_words: frozenset[str]
    places: frozenset[str]
    words: frozenset[str]
    not_names: frozenset[str]


@lru_cache(maxsize=1)
def lists() -> Lists:
    source = tomllib.loads((files("knowledge") / "content" / "names.toml").read_text(encoding="utf-8"))
    sets = {name: frozenset(words.split()) for name, words in source.items()}
    not_names = (sets["words"] | sets["places"] | sets["titles"]) - sets["given"] - sets["also_words"]
    sets["words"] = frozenset(word for word in sets["words"] if len(word) > _SHORT)
    return Lists(**sets, not_names=not_names)


class Token(NamedTuple):
    word: str  # lower case
    start: int
    end: int
    upper: bool  # begins with a capital
    capital: bool  # so it does, and capitals mean something here
    opens: bool  # the first of its sentence


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens first … last of a message that could be a name."""

    first: int
    last: int
    named: tuple[Token, ...]  # without titles, initials before the name and `PT`
    title: str  # the first title, lower case, or ""
    body: bool


def read_words(text: str) -> list[Token]:
    matches = list(WORD.finditer(text))
    sensible = _sensible_capitals([match.group() for match in matches])
    tokens: list[Token] = []
    end = 0
    for match in matches:
        upper = match.group()[0].isupper()
        between = text[end : match.start()]
        opens = not tokens or (between != " " and bool(_STOP.search(between)))
        tokens.append(Token(match.group().lower(), *match.span(), upper, upper and sensible, opens))
        end = match.end()
    return tokens


def _sensible_capitals(words: Sequence[str]) -> bool:
    """Not when SHOUTING, and Not When Each Common Word Has One."""
    shouted = sum(len(word) > 2 and word.isupper() for word in words)
    common = [word for word in words if word.lower() in lists().not_names]
    titled = sum(word[0].isupper() for word in common)
    return shouted * 2 <= len(words) and not (titled >= 4 and titled * 2 > len(common))


def runs(text: str, tokens: Sequence[Token]) -> Iterator[Run]:
    """Every longest run that could be a name, from left to right."""
    place = 0
    while place < len(tokens):
        run = _body_at(text, tokens, place) if tokens[place].word in lists().bodies else _name_at(text, tokens, place)
        if run:
            yield run
        place = run.last + 1 if run else place + 1


def _name_at(text: str, tokens: Sequence[Token], first: int) -> Run | None:
    place = first
    while tokens[place].word in lists().titles or (tokens[place].upper and len(tokens[place].word) == 1):
        if place + 1 == len(tokens) or not _adjacent(text, tokens[place], tokens[place + 1]):
            break
        place += 1
    named: list[Token] = []
    while place + len(named) < len(tokens):
        token = tokens[place + len(named)]
        if named and not _adjacent(text, named[-1], token):
            break
        if not (_goes_on(named, token) if named else like_a_name(token)):
            break
        named.append(token)
    while named and named[-1].word in _LINKS:
        named.pop()
    if not named:
        return None
    title = next((token.word for token in tokens[first:place] if token.word in lists().titles), "")
    return Run(first, place + len(named) - 1, tuple(named), title, body=False)


def _body_at(text: str, tokens: Sequence[Token], first: int) -> Run | None:
    last = first
    while last + 1 < len(tokens) and last - first < 6 and _adjacent(text, tokens[last], tokens[last + 1]):
        token = tokens[last + 1]
        if not (token.capital or token.word in lists().body_words or like_a_name(token)):
            break
        last += 1
    return Run(first, last, tuple(tokens[first + 1 : last + 1]), "", body=True) if last > first else None


def _adjacent(text: str, left: Token, right: Token) -> bool:
    between = text[left.end : right.start]
    if between in (". ", "."):
        return len(left.word) == 1 or left.word in _DOTTED or left.word in lists().bodies
    return between in (" ", "  ")


def like_a_name(token: Token) -> bool:
    """Known as a name, or neither known as a word nor built like one."""
    if token.word in lists().given or token.word in lists().also_words:
        return True
    if len(token.word) < 2 or _is_a_word(token.word):
        return False
    if token.capital and not token.opens:
        return True
    return len(token.word) > 2 and not _BEGINS_LIKE_A_WORD.match(token.word) and not _is_nearly_a_word(token.word)


def _is_a_word(word: str) -> bool:
    halves = word.split("-")
    if word in lists().not_names or not _VOWEL.search(word) or _ENDS_LIKE_A_WORD.search(word):
        return True
    return len(halves) > 1 and (halves[0] == halves[1] or all(half in lists().not_names for half in halves))


@lru_cache(maxsize=16384)
def _is_nearly_a_word(word: str) -> bool:
    """A word with an ending (`jualan`), or a slip away from one (`kecwea`)."""
    if word.removesuffix("an").removesuffix("in") in lists().not_names:
        return True
    alike = _words_by_letter().get(word[0], ()) if len(word) > 4 else ()
    near = process.extract(word, alike, scorer=OSA.distance, score_cutoff=1, limit=None)
    return any(len(known) != len(word) or sorted(known) == sorted(word) for known, _, _ in near)


@lru_cache(maxsize=1)
def _words_by_letter() -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for word in lists().not_names:
        if len(word) > 4:
            words.setdefault(word[0], []).append(word)
    return words


def _goes_on(named: Sequence[Token], token: Token) -> bool:
    if len(named) == 4:
        return False
    if token.word in _LINKS or (token.capital and len(token.word) == 1):
        return True
    if named[0].capital and not token.capital:
        return token.word in lists().given
    return like_a_name(token)
