"""The questions that a standard must be able to answer of itself: each of its components, each of their items.

They are made from the standard whenever they are asked, so that nothing is kept that could fall behind it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from knowledge.outline import Item, outline
from knowledge.standards import ServiceStandard

_ASKED_AS = {
    1: "apa saja syarat",
    2: "bagaimana prosedur",
    3: "berapa lama proses",
    4: "berapa biaya",
    5: "apa produk layanan",
    6: "apa saluran pengaduan",
    7: "apa dasar hukum",
    8: "apa saja sarana dan fasilitas pelayanan",
    9: "apa kompetensi pelaksana",
    10: "bagaimana pengawasan internal",
    11: "berapa jumlah pelaksana",
    12: "apa jaminan pelayanan",
    13: "bagaimana jaminan keamanan dan keselamatan pelayanan",
    14: "bagaimana evaluasi kinerja pelaksana",
}
_FEWEST = 3  # words of an item that can be asked for
_MOST = 16  # words of it that are said


class OwnQuestion(NamedTuple):
    text: str
    component: int
    holds: str = ""  # the item that the answer is to hold, as printed


def own_questions(standard: ServiceStandard) -> Iterator[OwnQuestion]:
    """Each component by the code, the first also by the title; then each item, in its own words."""
    name = f"kbli {standard.kbli}" if standard.kbli else standard.title
    if standard.risk:
        name += f" risiko {standard.risk.lower()}"
    for number in sorted(standard.components.keys() & _ASKED_AS.keys()):
        yield OwnQuestion(f"{_ASKED_AS[number]} {name}?", number)
        if number == min(standard.components):
            risk = f" risiko {standard.risk.lower()}" if standard.risk else ""
            yield OwnQuestion(f"{_ASKED_AS[number]} {standard.title}{risk}?", number)
    for number in sorted(standard.components.keys() & _ASKED_AS.keys()):
        for item in _leaves(outline(standard.components[number])):
            words = item.text.split()
            if item.marker and sum(word.strip(".,;:()").isalpha() for word in words) >= _FEWEST:
                said = " ".join(words[:_MOST]).rstrip(" .;:,")
                yield OwnQuestion(f"{_ASKED_AS[number]} {name}: {said}?", number, item.text)


def _leaves(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        if item.items:
            yield from _leaves(item.items)
        else:
            yield item
