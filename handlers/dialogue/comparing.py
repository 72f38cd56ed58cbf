"""`bedanya syarat 29101 sama 29102`: what two or three standards say differently, each in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handlers.dialogue import texts
from handlers.dialogue.effects import Say
from handlers.dialogue.quotes import SHORT, Answer
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import Reading
from handlers.messages import Button, Line
from knowledge.base import KnowledgeBase
from knowledge.questions import component_cues
from knowledge.search import SURE, Published, key

_COMPARES = re.compile(
    r"\b(?:beda(?:nya|na)?|perbedaan(?:nya)?|banding(?:kan|in|an|keun)?|perbandingan(?:nya)?|dibanding(?:kan|in)?"
    r"|vs|versus|mana\s+(?:yang|yg|nu)\s+(?:lebih|leuwih|paling)(?:\s+\w+)?)\b",
    re.IGNORECASE,
)
_OF_COMPARING = ("beda", "banding", "vs", "versus", "mana")  # one of them is in whatever the pattern finds
_BETWEEN = re.compile(
    r"\b(?:sama|dan|dengan|dgn|atau|vs|versus|dibanding(?:kan|in)?|jeung|sareng|ama|antara|antawis)\b|[,;/&]",
    re.IGNORECASE,
)
_MARKER = re.compile(r"^\s*(?:[\divxl]{1,4}|[a-z])[.)]\s+", re.IGNORECASE)
_AT_MOST = 3  # standards beside each other on a phone
_ESSENTIALS = (3, 4, 5)  # what is compared where nothing in particular is asked for


def compare(reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer | None:
    """None where nothing is to be compared, or fewer than two standards are named or in hand."""
    if not any(map(reading.text.lower().__contains__, _OF_COMPARING)) or not _COMPARES.search(reading.text):
        return None
    entries = _compared(reading, state, knowledge)
    if not 2 <= len(entries) <= _AT_MOST:
        return None
    asked = _asked(reading)
    numbers = [n for n in asked or _ESSENTIALS if any(n in each.standard.components for each in entries)]
    if not numbers:
        return None
    lines: list[Line] = []
    for number in numbers:
        lines += [texts.heading(number), *_differences(number, entries), Line("")]
    for entry in entries:
        if stated := [n for n in numbers if n in entry.standard.components]:
            lines.append(texts.source(entry, stated))
    choices = tuple(Choice(texts.tell_apart(each, entries), f"standard:{key(each)}") for each in entries)
    lines += texts.whole_of_which([choice.title for choice in choices])
    buttons = tuple(Button(str(place), choice.payload) for place, choice in enumerate(choices, 1))
    after = state.settled(
        mode="choosing", asks="standard", choices=choices, components=tuple(numbers), question=reading.text
    )
    return Answer(after, (Say(tuple(lines), (*buttons, texts.MENU)),), tuple(numbers))


def _asked(reading: Reading) -> tuple[int, ...]:
    """The components that words beside the names ask for: items, too, may only be what a business is called."""
    cues = component_cues().find(reading.words)
    surely = {number for number, found in cues.items() if not found.positions <= reading.match.heard}
    return tuple(ask.component for ask in reading.asks if str(ask.component) in surely)


def _compared(reading: Reading, state: State, knowledge: KnowledgeBase) -> list[Published]:
    catalogue = knowledge.catalogue
    if any(not code.exact or code.digits not in catalogue.by_code for code in reading.codes):
        return []
    found = [entry for code in reading.codes for entry in catalogue.by_code[code.digits]]
    if not found:
        for part in _BETWEEN.split(_COMPARES.sub(" ", reading.text)):
            candidates = catalogue.match(knowledge.language.read(part), part).candidates
            if candidates and candidates[0].score >= SURE:
                found.append(candidates[0].published)
    in_hand = catalogue.by_identity.get(state.standard or "")
    if in_hand is not None and len({entry.standard.identity for entry in found}) == 1:
        found.insert(0, in_hand)
    return list({entry.standard.identity: entry for entry in found}.values())


def _differences(number: int, entries: Sequence[Published]) -> Iterator[Line]:
    """Short ones whole; of long ones the lines that not all of them have."""
    stated = [entry.standard.components.get(number, "") for entry in entries]
    listed = [[line for line in text.split("\n") if line.strip()] for text in stated]
    common = set.intersection(*({_same(line) for line in lines} for lines in listed))
    everywhere = "keduanya" if len(entries) == 2 else "ketiganya"
    if all(stated) and all({_same(line) for line in lines} == common for lines in listed):
        yield Line(f"Sama pada {everywhere}:")
        yield from (Line(line, "quote") for line in listed[0])
        return
    whole = all(len(text) <= SHORT for text in stated)
    for entry, lines in zip(entries, listed, strict=True):
        yield Line(texts.tell_apart(entry, entries), "strong")
        own = lines if whole else list(_own(lines, common))
        yield from (Line(line, "quote") for line in own)
        if not own:
            yield Line("Tidak disebut dalam standar ini." if not lines else "Tidak ada butir lain.")
    if not whole and common:
        yield Line(f"Selebihnya sama pada {everywhere}.")


def _own(lines: Sequence[str], common: set[str]) -> Iterator[str]:
    """The lines that are not in all, each under the heading it stands below."""
    heading = ""
    for line in lines:
        if line.rstrip().endswith(":"):
            heading = line
        elif _same(line) not in common:
            if heading:
                yield heading
                heading = ""
            yield line


def _same(line: str) -> str:
    """A line without its mark and what ends it: `3. NIB;` and `1. NIB.` say the same."""
    return _MARKER.sub("", line).strip(" ;.,").casefold()
