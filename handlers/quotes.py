"""Official words for officers: found as a citizen would ask for them, and quoted as the bot quotes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.dialogue import texts
from handlers.dialogue.law_notice import LEGAL_BASIS, with_notice
from handlers.dialogue.quotes import component_lines
from handlers.messages import Line
from knowledge.base import KnowledgeBase
from knowledge.codes import find_codes
from knowledge.search import UNSURE, Published, key
from knowledge.standards import COMPONENTS

MOST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A standard in force, and what it states."""

    key: str
    number: int
    title: str
    kbli: str | None
    components: tuple[tuple[int, str], ...]  # numbers and names


def found(knowledge: KnowledgeBase, text: str) -> list[Found]:
    """The standards that a text may mean, best first: by code or number, then by their names."""
    return [_shown(published) for published in matching(knowledge, text)[:MOST]]


def matching(knowledge: KnowledgeBase, text: str) -> list[Published]:
    """The same, all of them."""
    return list({published.standard.identity: published for published in _matches(knowledge, text)}.values())


def quoted(knowledge: KnowledgeBase, name: str, component: int) -> tuple[tuple[Line, ...], str] | None:
    """A component word for word under its heading, and its source; None when no standard in force states it."""
    published = knowledge.catalogue.by_key.get(name)
    text = published.standard.components.get(component) if published else None
    if published is None or text is None:
        return None
    lines = component_lines(component, text)
    if component == LEGAL_BASIS:
        lines = with_notice(lines, knowledge.kept.laws)
    return lines, texts.source(published, [component]).text


def _matches(knowledge: KnowledgeBase, text: str) -> Iterator[Published]:
    catalogue = knowledge.catalogue
    if not text.strip():
        yield from catalogue.published[:MOST]
        return
    for code in find_codes(text):
        yield from catalogue.by_code.get(code.digits, ())
    numbers = {int(word) for word in text.replace(".", " ").split() if word.isdecimal() and len(word) < 5}
    yield from (published for published in catalogue.published if published.standard.number in numbers)
    words = knowledge.language.read(text)
    yield from (candidate.published for candidate in catalogue.match(words).candidates if candidate.score >= UNSURE / 2)
    begun = text.strip()
    if begun.isdecimal():
        yield from (p for p in catalogue.published if (p.standard.kbli or "").startswith(begun))
    elif len(begun) >= 3:  # what is still being typed
        yield from (p for p in catalogue.published if begun.casefold() in p.standard.title.casefold())


def _shown(published: Published) -> Found:
    standard = published.standard
    stated = tuple((number, name) for number, name in COMPONENTS.items() if number in standard.components)
    return Found(key(published), standard.number, standard.title, standard.kbli, stated)
