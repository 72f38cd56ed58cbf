"""Titles that stand word for word in a message, the longest first of all: near-identical ones are told apart so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

_END = ""  # no word is empty


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
        """The longest title among the tokens, where it begins and where it ends; None when there is none."""
        found: tuple[str, int, int] | None = None
        for start, token in enumerate(tokens):
            if token not in self._tree:
                continue
            here, end = self._tree, start
            while end < len(tokens) and tokens[end] in here:
                here = here[tokens[end]]
                end += 1
                if _END in here and (found is None or end - start > found[2] - found[1]):
                    found = (here[_END], start, end)
        return found
