"""The buttons of a message in words, for where buttons may not show: WhatsApp without content templates.

A button that a digit stands for gets its number; one that only a word stands for is named. What the text says already
is not said twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from handlers.dialogue.state import Choice
from handlers.messages import Button, Line

_WORDS: Mapping[str, str] = {"menu": "menu", "officer": "petugas", "cancel": "batal"}
_MENTIONED = {word: re.compile(rf"\b(?:tulis|ketik)\b[^.\n]*\b{word}\b", re.IGNORECASE) for word in _WORDS.values()}


def menu_lines(lines: Sequence[Line], buttons: Sequence[Button], choices: Sequence[Choice]) -> tuple[Line, ...]:
    """What to add below these lines; nothing where they already list the choices."""
    if not buttons:
        return ()
    said = "\n".join([line.text for line in lines])
    listed = bool(choices) and f"1. {choices[0].title}" in said
    numbered, named = _in_words(tuple(buttons), tuple(choices))
    added = () if listed else numbered
    if words := [word for word in named if not _mentions(said, word)]:
        ask = "Ketik batal untuk berhenti." if words == ["batal"] else f"Ketik {' atau '.join(words)}."
        added = (*added, Line(ask, "menu"))
    return (Line("", "menu"), *added) if added else ()


@lru_cache(maxsize=128)  # the same buttons stand under most answers
def _in_words(buttons: tuple[Button, ...], choices: tuple[Choice, ...]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The buttons that a digit stands for, as lines, and the words for the others."""
    numbers = {choice.payload: number for number, choice in enumerate(choices, 1)}
    numbered = [f"{numbers[b.payload]}. {b.title}" for b in buttons if b.payload in numbers]
    named = [_WORDS[b.payload] for b in buttons if b.payload not in numbers and b.payload in _WORDS]
    return tuple(Line(text, "menu") for text in numbered), tuple(named)


def listed(lines: Sequence[Line], choices: Sequence[Choice]) -> tuple[Button, ...]:
    """The choices as buttons, where the lines list all of them: a list can show more than three."""
    if not choices:
        return ()
    said = {line.text for line in lines}
    if any(f"{n}. {choice.title}" not in said for n, choice in enumerate(choices, 1)):
        return ()
    return tuple(Button(choice.title, choice.payload) for choice in choices)


def _mentions(said: str, word: str) -> bool:
    lower = said.lower()
    return ("tulis" in lower or "ketik" in lower) and bool(_MENTIONED[word].search(said))
