"""What a message wants of the desk. Twelve intents, told apart by cues and by the shape of the message.

A message made of nothing but the words of one intent (`whole` in `content/intents.toml`) is that, mostly only where a
cue is among them. Otherwise the intents compete by their evidence; what is asked of a standard speaks for an inquiry, a
lived misfortune for a complaint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache, partial
from typing import Literal, NamedTuple, get_args

from knowledge.cues import Cues, Evidence, load
from knowledge.language import Word, fold, stem

Intent = Literal[
    "inquiry",
    "complaint",
    "suggestion",
    "status",
    "human",
    "greeting",
    "thanks",
    "goodbye",
    "help",
    "cancel",
    "abuse",
    "out_of_scope",
]
INTENTS: tuple[Intent, ...] = get_args(Intent)

_COMMANDS: Mapping[str, Intent] = {
    "/start": "help",
    "/menu": "help",
    "/bantuan": "help",
    "/help": "help",
    "/lapor": "complaint",
    "/status": "status",
    "/petugas": "human",
    "/batal": "cancel",
}
# Set together on labelled messages; the best combinations lie on a plateau around these.
_CUE_WEIGHT = 0.8
_EXAMPLE_WEIGHT = 16.0
_ASKED_WEIGHT = 0.4
_NAMED_WEIGHT = 3.0
_CURSE_WORDS = 3
_HAPPENED = 3.0  # of a cue: something to act on was said
_WANTED = 4.0  # of a cue: an officer was asked for, and not only named
_CLEAR_COMPLAINT = 6.0
_CHANCE = 0.15  # a share of the examples that says nothing yet
_HARDLY = 0.25  # a share of the examples that makes no complaint of what names no misfortune
_COMPLAINT_LEAN = 6.0  # a complaint taken for a question costs more than the reverse
_BUSINESS = frozenset({"izin", "usaha", "syarat"})  # `halo, izin salon` greets and asks; `izin bertanya` only greets
_WHOLE: tuple[Intent, ...] = ("help", "cancel", "human", "greeting", "goodbye", "thanks", "complaint")
_WITHOUT_CUE = ("human", "greeting", "thanks")  # `petugas`, `selamat siang`; `mau` and `kapan` say nothing
_NUMBER_ONLY = re.compile(r"^\W*(?:[A-Za-z]{2,4}[\s/-]*(?:[A-Za-z]{1,3}[\s/-]+)?)?\d[\d\s./-]{4,24}[A-Za-z]?\W*$")
_LEET = str.maketrans("01345@$", "oieasas")
_MARKS = re.compile(r"[0-9*@$\x80-\U0010ffff]")
_HIDDEN_LETTERS = re.compile(r"\b(?=\w*[a-z])(?=[\w*@$]*[0-9*@$])[\w*@$]{3,}")


class IntentReading(NamedTuple):
    intent: Intent
    score: float
    scores: Mapping[str, float]
    cues: Mapping[str, float]  # what the cues alone say


@lru_cache(maxsize=1)
def intent_cues() -> Cues:
    return Cues(load("intents"))


@lru_cache(maxsize=1)
def _whole_words() -> Mapping[Intent, frozenset[str]]:
    source = load("intents")
    return {intent: frozenset(stem(w) for w in str(source[intent]["whole"]).split()) for intent in _WHOLE}


@lru_cache(maxsize=1)
def _all_whole_words() -> frozenset[str]:
    return frozenset().union(*_whole_words().values())


def _by_symbols(text: str) -> Intent:
    """A message without words: a wave, a thumb, or only `min` and `kak`."""
    for intent in ("thanks", "greeting"):
        if set(_symbols(intent)) & set(text):
            return intent
    return "greeting" if any(c.isalpha() for c in text) else "help"


@lru_cache(maxsize=2)
def _symbols(intent: str) -> str:
    return "".join(str(load("intents")[intent]["symbols"]).split())


def whole_words() -> set[str]:
    """Plain words that the vocabulary must know."""
    return {word for intent in _WHOLE for word in str(load("intents")[intent]["whole"]).split()}


def read_intent(
    text: str, words: Sequence[Word], examples: Mapping[str, float], asked: float, has_code: bool, named: float = 0.0
) -> IntentReading:
    """The intent of a message.

    examples: what the example sentences say, a share by intent; asked: how surely it asks for components of a standard;
    has_code: it holds a KBLI code; named: how surely it names a standard, 0 to 1.
    """
    if (command := _command(text)) is not None:
        return _certain(command)
    if not words:
        return _certain(_by_symbols(text))
    evidence = intent_cues().find(words)
    stems = {word.stem for word in words}
    whole = _whole(stems, evidence)
    if whole:
        return _certain(whole)
    if len(words) <= _CURSE_WORDS and _hidden_abuse(text):
        return _certain("abuse")
    if _NUMBER_ONLY.match(text):
        return _certain("inquiry" if has_code else "status")
    cues = _scores(text, evidence, has_code)
    scores = {intent: _CUE_WEIGHT * cue + _EXAMPLE_WEIGHT * examples.get(intent, 0.0) for intent, cue in cues.items()}
    scores["inquiry"] += _ASKED_WEIGHT * min(asked, 6.0) + _NAMED_WEIGHT * named
    scores["complaint"] += _COMPLAINT_LEAN * _leaning(cues["complaint"], examples, asked)
    if cues["complaint"] <= 0 and examples.get("complaint", 0.0) < _HARDLY:
        scores["complaint"] = 0.0
    if cues["complaint"] >= _HAPPENED or cues["human"] >= _WANTED:
        scores["abuse"] = 0.0  # an insult is one only where nothing else is said
    if cues["complaint"] >= _CLEAR_COMPLAINT:
        scores["thanks"] = 0.0  # `atas perhatiannya terima kasih` ends a letter
        scores["human"] -= _CLEAR_COMPLAINT  # `kecewa, petugasnya ngobrol aja` wants no talk with them
    if stems & _BUSINESS and "tanya" not in stems:
        scores["inquiry"] += scores["greeting"]  # `halo izin salon`
        scores["greeting"] = 0.0
    if "goodbye" not in evidence and (words[0].stem in _whole_words()["greeting"] or "inquiry" in evidence):
        scores["goodbye"] = 0.0  # at the start of a message its words greet, and `tanya dong` is no `nanti tanya lagi`
    best = max(INTENTS, key=scores.__getitem__)
    return IntentReading(best, scores[best], scores, cues)


def _command(text: str) -> Intent | None:
    """What `/menu` or `/status@pasti_bot` at the beginning of a message stands for."""
    said = text.lstrip()
    return _COMMANDS.get(said.lower().split(maxsplit=1)[0].split("@")[0]) if said.startswith("/") else None


def _leaning(cue: float, examples: Mapping[str, float], asked: float) -> float:
    """How much of the lean towards a complaint applies, 0 to 1: none where nothing but a clear question was heard."""
    if cue <= 0 and asked >= 9.0:
        return 0.0
    return min(1.0, max(cue, 0.0) / 3 + 4 * max(0.0, examples.get("complaint", 0.0) - _CHANCE))


def _certain(intent: Intent) -> IntentReading:
    return IntentReading(intent, 9.0, {intent: 9.0}, {intent: 9.0})


def _whole(stems: Set[str], evidence: Mapping[str, Evidence]) -> Intent | None:
    """The intent whose own words the message is made of, and that has a telling one among them."""
    if not stems <= _all_whole_words():
        return None
    fitting = [intent for intent, own in _whole_words().items() if stems <= own]
    if not fitting:
        return None
    telling = [intent for intent in fitting if intent in evidence]
    if telling:
        return max(telling, key=lambda intent: evidence[intent].score)
    return next((intent for intent in fitting if intent in _WITHOUT_CUE), None)


def _scores(text: str, evidence: Mapping[str, Evidence], has_code: bool) -> dict[str, float]:
    scores: dict[str, float] = dict.fromkeys(INTENTS, 0.0)
    for intent, found in evidence.items():
        scores[intent] = found.score
    scores["inquiry"] += 3.0 * has_code + 1.0 * ("?" in text)
    scores["abuse"] += _hidden_abuse(text)
    if scores["abuse"] > 0:
        # an insult with something to act on is a complaint
        acted = scores["complaint"] + scores["inquiry"] - 2.0
        scores["abuse"] = scores["abuse"] + 6.0 if acted < 3.0 else 0.0
    scores["greeting"] *= 0.3
    scores["thanks"] *= 0.7
    scores["inquiry"] += 0.5
    return scores


def _hidden_abuse(text: str) -> float:
    """Insults with digits or stars inside (`4nj1ng`, `g*blok`): the marks are read as the letters they stand for."""
    if not _MARKS.search(text):
        return 0.0
    for match in _HIDDEN_LETTERS.finditer(fold(text)):
        hidden = match.group().translate(_LEET)
        if any(map(partial(_may_be, hidden), _insults().get(len(hidden), ()))):
            return 3.0
    return 0.0


@lru_cache(maxsize=1)
def _insults() -> Mapping[int, list[str]]:
    """By their length."""
    found: dict[int, list[str]] = {}
    for insult in {word for cue in load("intents")["abuse"]["strong"] if " " not in (word := str(cue))}:
        found.setdefault(len(insult), []).append(insult)
    return found


def _may_be(hidden: str, insult: str) -> bool:
    return all(a == b or (a == "*" and "a" <= b <= "z") for a, b in zip(hidden, insult, strict=True))
