"""The question of a message that tells more than it asks: who asks and why before it, what the answer is for after it.

What surrounds a question is no part of what is asked, but may name the business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.base import KnowledgeBase
from knowledge.items import ItemIndex
from knowledge.language import Word
from knowledge.questions import Asked, asked
from knowledge.search import UNSURE, Match
from knowledge.unstated import without_names

ASKED_BY_A_CUE = 4.0
_SENTENCE_END = re.compile(r"(?<=[.?!\n])\s+|,\s+(?=(?:padahal|tapi|tp|nah|sebenarnya|sebenernya)\b)", re.IGNORECASE)
_I = r"(?:saya|sya|sy|aku|ak|gw|gue|abdi|kami|kita)"
_PURPOSE = (
    r"(?:(?:ini|mau|soalnya)\s+)?(?:buat|bwt|untuk|utk|kanggo|keur|for)\b"
    rf"|(?:biar|supaya|spy|supados|soalnya|soale|soalna|karena|krn)\b|(?:mau|mo|bade|rek)\s+{_I}\b"
)
_PURPOSE_AFTER = re.compile(rf"[,;.?!\n]\s{{0,3}}(?:{_PURPOSE})[^?]*$", re.IGNORECASE)
_PURPOSE_BEFORE = re.compile(rf"^(?:{_PURPOSE})[^?,.;\n]*[,.;\n]\s*", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(?:apa\w*|naon|berapa|brp|sabaraha|kapan|kpn|iraha|siapa|saha|gimana|gmn|bagaimana|kumaha|mana|dimana|dmn|kenapa"
    r"|ga|gak|nggak|ngga|gk|teu|henteu|bisa|boleh)\b",
    re.IGNORECASE,
)


_COMPANY = re.compile(r"\b(?P<kind>PT|CV|UD|PD|B[Uu][Mm][Dd]es)\.?(?:\s+(?!KBLI|AMMDES)[A-Z][\w']*){1,5}")
_ENOUGH = 4  # words beside the name of a company


def without_company(text: str) -> str:
    """A text without the name of the company that asks, which tells nothing: `PT Roda Tani Sejahtera`."""
    if text.isupper():
        return text
    rest = _COMPANY.sub(lambda found: found["kind"], text)
    return rest if len(rest.split()) > _ENOUGH else text


class Part(NamedTuple):
    """A part of a text, from one letter up to another."""

    start: int
    stop: int


def parts_that_ask(text: str) -> list[Part]:
    """What of a text may be the question: without the purpose that it has, and without the story before it."""
    whole = Part(0, len(text))
    return list(dict.fromkeys(_after_a_story(text, part) for part in (_without_purpose(text, whole), whole)))


def has_purpose(text: str) -> bool:
    whole = Part(0, len(text))
    return _without_purpose(text, whole) != whole


def _without_purpose(text: str, part: Part) -> Part:
    """A part of a text without what it is asked for: `…, buat rapat desa`, `Buat rapat desa, …`."""
    start, stop = part
    if (before := _PURPOSE_BEFORE.search(text[start:stop])) and not _ASKING.search(before.group()):
        start += before.end()
    asked_until = text.rfind("?", start, stop) + 1
    if asked_until and not _ASKING.search(text, asked_until, stop):
        stop = asked_until
    if (after := _PURPOSE_AFTER.search(text[start:stop])) and not _ASKING.search(after.group()):
        stop = start + after.start() + 1  # with its mark
    return Part(start, stop)


def _after_a_story(text: str, part: Part) -> Part:
    """From where the first question begins, or else the last sentence."""
    said = text[slice(*part)]
    starts = [0, *(end.end() for end in _SENTENCE_END.finditer(said.rstrip()))]
    ends = [*starts[1:], len(said)]
    asking = (start for start, end in zip(starts, ends, strict=True) if said[start:end].rstrip().endswith("?"))
    return Part(part.start + next(asking, starts[-1]), part.stop)


def asked_alone(
    text: str,
    words: Sequence[Word],
    names: frozenset[int],
    match: Match | None,
    knowledge: KnowledgeBase,
    index: ItemIndex,
) -> tuple[Asked, ...]:
    """What the question in a message asks for by clear words; nothing where no standard states that either.

    Args:
        text: of the message, with its words.
        names: which of them name the business.
        match: of the message; its question must not name another business. None where a code says which is meant.
        knowledge: what is published.
        index: the items of the standard that the message names.
    """
    for part in parts_that_ask(text):
        if part == (0, len(text)):
            continue
        question = text[slice(*part)]
        start = len(knowledge.language.read(text[: part.start]))
        said = words[start : start + len(knowledge.language.read(question))]
        of_name = frozenset(place - start for place in names if 0 <= place - start < len(said))
        asks = _asks(question, said, of_name, knowledge, index)
        if asks and not (match and _means_another(knowledge.catalogue.match(said, question), match)):
            return asks
    return ()


def _asks(
    question: str, words: Sequence[Word], names: frozenset[int], knowledge: KnowledgeBase, index: ItemIndex
) -> tuple[Asked, ...]:
    rest = [word for place, word in enumerate(words) if place not in names]
    asks = tuple(asked(words, index, knowledge.learnt_components.read(rest), names))
    if not asks or asks[0].score < ASKED_BY_A_CUE:
        return ()
    others = rest if names else without_names(rest, question)
    return () if knowledge.unstated.kind(words, names, others, asks, index) else asks


def _means_another(question: Match, whole: Match) -> bool:
    """Whether a question names another business than its story seems to: `tukang bubut`, and asked is about a bar."""
    named = [candidate.published.standard.kbli for each in (question, whole) for candidate in each.candidates[:1]]
    return bool(question.candidates) and question.candidates[0].score >= UNSURE and len(set(named)) > 1
