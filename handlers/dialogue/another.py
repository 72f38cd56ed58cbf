"""`bukan yang itu`: the standard that was answered, or all that were offered, is not what the citizen meant."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.dialogue import texts
from handlers.dialogue.effects import RecordMiss, Say
from handlers.dialogue.inquiry import ask_for_standard, ask_which
from handlers.dialogue.quotes import Answer
from handlers.dialogue.state import State
from handlers.dialogue.understand import Reading, understand
from knowledge.base import KnowledgeBase

_NOT_THAT = re.compile(
    r"^\W*(?:(?:eh|aduh|maaf|punten)\W+)*(?:bukan|bkn|bukn|sanes|sanés|lain|salah)"
    r"(?:\W+(?:yang|yg|nu|itu|ini|eta|ieu|semua\w*|usaha\w*|maksud\w*|saya|sy|abdi|standar\w*|izin\w*|kbli\w*|deh|ah"
    r"|dong|atuh|min|pak|bu|kak))*\W*$",
    re.IGNORECASE,
)
_LIKELY = 0.1  # of a score: below, another business is no guess worth showing
_AT_MOST = 4


def another(text: str, state: State, knowledge: KnowledgeBase) -> Answer | None:
    """The next likely ones, to choose from; else the business is asked for. None where it says something else."""
    if not _NOT_THAT.match(text):
        return None
    if state.mode == "choosing" and state.asks == "standard":
        return _apologising(ask_for_standard(_asked_before(state, knowledge), state, knowledge))
    if state.mode != "idle" or not state.standard or not state.question:
        return None
    before = _asked_before(state, knowledge)
    miss = RecordMiss(state.question, "thumbs_down", state.standard, state.components[0] if state.components else None)
    answer = _apologising(_next_likely(before, replace(state, standard=None), state.standard, knowledge))
    return replace(answer, effects=(*answer.effects, miss))


def _next_likely(before: Reading, state: State, rejected: str, knowledge: KnowledgeBase) -> Answer:
    """By the words that were asked with; a code names no others, and then the business is asked for."""
    known = knowledge.catalogue.by_identity.get(rejected)
    kbli = known.standard.kbli if known else None
    if all(entry.standard.kbli == kbli for entry in knowledge.catalogue.published):
        return Answer(state.settled(), (Say(texts.no_other_standard(), (texts.OFFICER, texts.MENU)),))
    likely = () if before.codes else before.match.candidates
    others = [c.published for c in likely if c.score >= _LIKELY and c.published.standard.kbli != kbli]
    return ask_which(others[:_AT_MOST], before, state) if others else ask_for_standard(before, state, knowledge)


def _asked_before(state: State, knowledge: KnowledgeBase) -> Reading:
    return understand(state.question, None, knowledge, replace(state, standard=None, choices=()))


def _apologising(answer: Answer) -> Answer:
    first, *rest = answer.effects
    if not isinstance(first, Say):
        return answer
    return replace(answer, effects=(replace(first, lines=(*texts.meant_another(), *first.lines)), *rest))
