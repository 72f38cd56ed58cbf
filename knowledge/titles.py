"""Titles that stand word for word in a message, the longest first of all: near-identical ones are told apart so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_END = ""  # no word is empty
_WHERE = frozenset({"di", "luar", "dalam", "masuk"})


class Titles:
    """A tree of the words of titles. Titles of one word are left out: `karaoke` may be said of much."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._tree: dict[str, Any] = {}
        for title in titles:
            words = title.split()
            if len(words) < 2:
                continue
            here = self._tree
            for word in words:
                here = here.setdefault(word, {})
            here[_END] = title

    def longest(self, tokens: Sequence[str]) -> tuple[str, int, int] | None:
        """The longest title among the tokens, where it begins and where it ends; None when there is none.

        What stands behind `di` is where something is: `pabrik roti di kawasan industri` asks about no `Kawasan
        Industri`, though there is such a business.
        """
        found: tuple[str, int, int] | None = None
        for title, start, end in self._all(tokens):
            if (found is None or end - start > found[2] - found[1]) and not _is_place(tokens, start):
                found = (title, start, end)
        return found

    def places(self, tokens: Sequence[str]) -> set[int]:
        """Which tokens are titles that say where something is."""
        spans = [(start, end) for _, start, end in self._all(tokens) if _is_place(tokens, start)]
        return {place for start, end in spans for place in range(start, end)}

    def _all(self, tokens: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        for start, token in enumerate(tokens):
            if token not in self._tree:
                continue
            here, end = self._tree, start
            while end < len(tokens) and tokens[end] in here:
                here = here[tokens[end]]
                end += 1
                if _END in here:
                    yield here[_END], start, end


def _is_place(tokens: Sequence[str], start: int) -> bool:
    return start > 0 and tokens[start - 1] in _WHERE
