"""What of a message names a business, and whether it says anything beside that.

People often write no more than `jual pulsa` or `tukang foto nikahan`. That asks about the business, whatever else such
words are said of: in a name, `nikah` is no matter of the registry of marriages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from knowledge.businesses import activities
from knowledge.codes import Code
from knowledge.intents import intent_cues
from knowledge.language import Word
from knowledge.questions import filler
from knowledge.search import SURE, Match

_SHORT = 6  # words
_LIKELY = 0.75
_SURELY = 0.8
_CUE = 3.0
_NOTHING_ELSE = 5.0  # times what a name in a short message counts for


class Named(NamedTuple):
    positions: frozenset[int]  # words of the business's name
    rest: tuple[Word, ...]  # all others
    alone: bool  # there is nothing else to speak of
    mostly: bool  # what else there is tells nothing that is known
    surely: bool  # so that its words say nothing of what the message wants


def find_named(words: Sequence[Word], match: Match, codes: Sequence[Code]) -> Named:
    """How a message names a business by words; by a code alone it names none."""
    if not match.candidates or match.candidates[0].score < SURE or not _is_of(match, codes):
        return Named(frozenset(), tuple(words), alone=False, mostly=False, surely=False)
    score = match.candidates[0].score
    rest = tuple([word for i, word in enumerate(words) if i not in match.positions])
    empty, doing = filler(), activities()
    telling = [word for word in rest if word.stem not in empty and word.stem not in doing]
    few = len(telling) <= max(1, len(match.positions) // 2)
    mostly = score >= _LIKELY and few and not _wants_something(words, match)
    surely = match.verbatim or (score >= _SURELY and (len(match.positions) > 1 or len(words) <= _SHORT))
    return Named(match.positions, rest, not telling, mostly, surely)


def weight_of_name(named: Named, match: Match, words: Sequence[Word], *, nothing_else: bool) -> float:
    """How much the name of a business speaks for an inquiry; a long message says something else about it."""
    if nothing_else:
        return _NOTHING_ELSE
    return match.candidates[0].score if match.candidates and len(words) <= _SHORT else 0.0


def _is_of(match: Match, codes: Sequence[Code]) -> bool:
    """Whether it is the business that the codes name, if any do."""
    return not codes or match.candidates[0].published.standard.kbli in {code.digits for code in codes}


def _wants_something(words: Sequence[Word], match: Match) -> bool:
    """Whether words that are in no business's name speak of a complaint, a person, a case, …"""
    found = intent_cues().find([word for i, word in enumerate(words) if i not in match.heard])
    return any(found[intent].score >= _CUE for intent in found if intent not in ("inquiry", "greeting"))
