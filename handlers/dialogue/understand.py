"""Reads one message: its intent, the standard and components it asks for, codes, choices.

Pure; the state only resolves words that lean on it (`kalau biayanya?`, `2`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from handlers.dialogue.naming import find_named, weight_of_name
from handlers.dialogue.replies import is_no, is_yes
from handlers.dialogue.state import Choice, State
from handlers.dialogue.story import asked_alone, has_purpose, without_company
from knowledge.base import KnowledgeBase
from knowledge.businesses import businesses_in
from knowledge.codes import Code, find_codes
from knowledge.intents import Intent, read_intent
from knowledge.items import ItemIndex
from knowledge.language import Word, stem
from knowledge.phrases import Heard
from knowledge.profile import AskedTopic, asked_topics
from knowledge.questions import Asked, asked, component_cues, filler
from knowledge.search import SURE, Candidate, Match, Published
from knowledge.standards import tokens
from knowledge.unstated import BY_EXAMPLE, without_names

_RISK = re.compile(r"\b(menengah\s+tinggi|menengah\s+rendah|rendah|tinggi)\b", re.IGNORECASE)
_OF_RISK = ("risiko", "resiko", "menengah")
_ORDINALS = {
    "pertama": 1, "kesatu": 1, "satu": 1, "hiji": 1, "kahiji": 1, "kedua": 2, "dua": 2, "kadua": 2,
    "ketiga": 3, "tiga": 3, "tilu": 3, "katilu": 3, "keempat": 4, "empat": 4, "opat": 4,
    "kelima": 5, "lima": 5, "terakhir": -1,
}  # fmt: skip
_ORDINAL_CHOICE = re.compile(
    r"^\W*(?:(?:nomor|nomer|no|nmr|yang|yg|nu|pilih|pilihan|opsi|angka)\W+)*"
    r"(?P<word>[a-z]+)(?:\W+(?:aja|saja|ya|min|pak|bu|kak|dong|wae))*\W*$",
    re.IGNORECASE,
)
_DIGIT_CHOICE = re.compile(
    r"^\W*(?:(?:nomor|nomer|no|nmr|yang|yg|ke|pilih|pilihan|opsi|angka)\W*)*"
    r"(\d{1,2})(?:\W+(?:aja|saja|ya|min|pak|bu|kak|dong|wae|deh))*\W*$",
    re.IGNORECASE,
)
_ITEM_REF = re.compile(
    r"(?<!pp )(?<!uu )(?<!loket )(?<!rt )(?<!rw )(?<!gang )(?<!peraturan )(?<!pemerintah )(?<!menteri )(?<!undang )"
    r"\b(?:(?:nomor|nomer|nmr|no|angka|poin|point|butir|item)[\s.-]*(?:ke[\s-]*)?(?P<number>\d{1,2})"
    r"|(?:yang|yg|nu)\s+ke[\s-]*(?P<ordinal>\d{1,2})|(?:huruf|poin|butir)\s+(?P<letter>[a-m]))\b"
    r"(?!\s*(?:tahun|hari|orang|juta|ribu|rb|kali|th)\b|\d|[./-]\d)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_OF_LETTER = ("huruf", "poin", "butir")
_ITEM_WORDS = frozenset({"poin", "point", "butir", "item", "huruf", "angka"})
_OF_BUSINESS = frozenset({"izin", "usaha", "buka"})
_SECTION = re.compile(r"\b(umum|khusus\w*|umumnya)\b", re.IGNORECASE)
_INTENT_OF_CHOICE: Mapping[str, Intent] = {
    "menu": "help",
    "officer": "human",
    "cancel": "cancel",
    "complain": "complaint",
    "confirm": "complaint",
    "change": "complaint",
    "edit": "complaint",
    "add": "complaint",
    "status": "status",
    "case": "status",
    "withdraw": "cancel",
    "drop": "cancel",
}
_REMEMBERED = 512  # readings
_ANOTHER_NAME = 0.97  # as sure as a shipped one
_TIED = 9.0  # asked for in words that officers have tied to it, or that are its own
_MAY_QUOTE = 5  # words
_CLEARLY_ASKED = 6.0


@dataclass(frozen=True, slots=True)
class ItemRef:
    """A single item asked for by its mark: `syarat khusus nomor 4`."""

    section: str | None  # umum, khusus, or None
    mark: str  # as printed, without its dot: `4`, `b`


class Reading(NamedTuple):
    text: str
    words: tuple[Word, ...]
    intent: Intent
    match: Match
    codes: tuple[Code, ...] = ()
    asks: tuple[Asked, ...] = ()
    unstated: str | None = None  # a known kind of question that standards do not answer
    office: tuple[AskedTopic, ...] = ()  # what the office itself may have said something on
    risk: str | None = None
    item: ItemRef | None = None
    choice: Choice | None = None  # of the last menu
    beside: str = ""  # the text, without a title that stands in it word for word
    topics: tuple[str, ...] = ()  # words nothing explains: perhaps another business
    scores: Mapping[str, float] = {}
    cues: Mapping[str, float] = {}  # what the cues alone say of each intent
    heard: Heard | None = None  # a phrase that officers have tied to what it means


def understand(text: str, payload: str | None, knowledge: KnowledgeBase, state: State) -> Reading:
    """What a message says. The knowledge remembers it: `1`, `ya`, `menu` and `halo` are written all day."""
    key = (text, payload, state.mode, state.standard, state.choices, state.asks)
    memory: dict[object, Reading] = knowledge.memory
    reading = memory.get(key)
    if reading is None:
        if len(memory) >= _REMEMBERED:
            memory.clear()
        reading = memory[key] = _understood(text, payload, knowledge, state)
    return reading


def _understood(text: str, payload: str | None, knowledge: KnowledgeBase, state: State) -> Reading:
    """It leans on no more of the state than `understand` remembers it by."""
    whole, text = text, without_company(text)
    words = knowledge.language.read(text)
    codes = tuple(find_codes(text))
    heard = knowledge.phrases.find(words)
    spoken = heard.positions if heard else frozenset()
    if heard and codes and not heard.whole:
        heard = None  # a code says more surely what is meant
    match = _meant(heard, knowledge) or knowledge.catalogue.match(words, text)
    risk = _RISK.search(text) if any(map(text.lower().__contains__, _OF_RISK)) else None
    index = _items_in_view(knowledge, match, codes, state)
    named = find_named(words, match, codes)
    aside = named.positions
    if risk:
        of_risk = ("risiko", "resiko", *risk.group().lower().split())
        aside |= {i for i, word in enumerate(words) if word.plain in of_risk}
    rest = [word for i, word in enumerate(words) if i not in aside]
    likely = knowledge.learnt_components.read(rest)
    asks = tuple(asked(words, index, likely, aside)) if index else ()
    tied = heard is not None and heard.phrase.component is not None and (heard.mostly or not asks)
    if heard and heard.phrase.component and tied:
        asks = (Asked(heard.phrase.component, _TIED),)
    quoted = index.quoted(text) if index and len(words) >= _MAY_QUOTE else None
    if quoted and not tied:
        asks = (Asked(quoted.component, _TIED, (quoted,)),)
    unstated = None
    if not (tied or quoted):
        others = [word for i, word in enumerate(words) if i not in aside | spoken]
        others = others if named.positions else without_names(others, text)
        said, of_name = (rest, frozenset[int]()) if match.verbatim else (words, aside)
        unstated = knowledge.unstated.kind(said, of_name, others, asks, index)
    if asks and index and (unstated or (len(asks) > 1 and has_purpose(text))):
        alone = asked_alone(text, words, aside, None if codes else match, knowledge, index)
        if alone and (unstated or len(alone) < len(asks)):
            asks, unstated = alone, None
    nothing_else = named.alone or (named.mostly and _asks_nothing(asks, unstated))
    if nothing_else and not asks:
        unstated = None
    telling = rest if named.surely and not nothing_else else words  # what a business is called is nobody's complaint
    if quoted:
        telling = [word for word in telling if word.raw not in tokens(quoted.item.text)]
    beside = " ".join(word.raw for word in rest) if match.verbatim else whole
    reading = read_intent(
        text,
        telling,
        knowledge.learnt_intents.read(telling),
        asked=asks[0].score if asks else 0.0,
        has_code=bool(codes),
        named=weight_of_name(named, match, words, nothing_else=nothing_else),
    )
    choice = _choice(text, payload, state)
    return Reading(
        text=whole,
        words=words,
        intent=_intent(choice, heard, reading.intent),
        match=match,
        codes=codes,
        asks=asks,
        unstated=unstated,
        office=asked_topics(words),
        risk=" ".join(risk.group().lower().split()) if risk else None,
        beside=beside,
        item=_item_ref(beside),
        choice=choice,
        topics=() if tied else _topics(match, index, words),
        scores=reading.scores,
        cues=reading.cues,
        heard=heard,
    )


def _meant(heard: Heard | None, knowledge: KnowledgeBase) -> Match | None:
    """The standards that a phrase of the officers means, as another name of theirs."""
    entry = knowledge.catalogue.by_identity.get(heard.phrase.identity or "") if heard else None
    if heard is None or entry is None:
        return None
    same = knowledge.catalogue.by_code.get(entry.standard.kbli or "", [entry]) if heard.phrase.whole_code else [entry]
    return Match(tuple(Candidate(each, _ANOTHER_NAME) for each in same), heard.positions)


def _intent(choice: Choice | None, heard: Heard | None, read: Intent) -> Intent:
    if choice:
        return _INTENT_OF_CHOICE.get(choice.payload.partition(":")[0], "inquiry")
    asks = heard is not None and heard.whole and (heard.phrase.component or heard.phrase.answer)
    return "inquiry" if asks else read


def _asks_nothing(asks: Sequence[Asked], unstated: str | None) -> bool:
    """Whether neither a component nor anything else is asked for by words, but at most by what examples say."""
    return unstated in (None, BY_EXAMPLE) and (not asks or asks[0].score < _CLEARLY_ASKED)


def _items_in_view(knowledge: KnowledgeBase, match: Match, codes: tuple[Code, ...], state: State) -> ItemIndex | None:
    """The items of the standard that the message most likely speaks of; any standard's when none is named."""
    catalogue = knowledge.catalogue
    view: Published | None = None
    for code in codes:
        view = view or next(iter(catalogue.by_code.get(code.digits, ())), None)
    if view is None and match.candidates and match.candidates[0].score >= SURE:
        view = match.candidates[0].published
    if view is None and state.standard:
        view = catalogue.by_identity.get(state.standard)
    if view is None and catalogue.published:
        view = catalogue.published[0]
    return catalogue.items(view) if view else None


def _topics(match: Match, index: ItemIndex | None, words: tuple[Word, ...]) -> tuple[str, ...]:
    """Unexplained words, less those that the items in view know."""
    called = _called(words, match)
    if index is None or not (match.topics or called):
        return match.topics
    known = {word.raw for word in words if index.states(word.stem)} | _ITEM_WORDS
    return tuple([topic for topic in match.topics if topic not in known and topic.isalpha()] + called)


def _called(words: Sequence[Word], match: Match) -> list[str]:
    """Things of an office that are somebody's business here, and of no known kind: `izin kantin`."""
    if match.candidates:
        return []
    owners = component_cues().owners
    return [
        thing.raw
        for doing, thing in pairwise(words)
        if doing.stem in _OF_BUSINESS and thing.stem in owners and businesses_in(thing.raw)
    ]


def _item_ref(text: str) -> ItemRef | None:
    lower = text.lower()
    if not (_DIGIT.search(text) or any(map(lower.__contains__, _OF_LETTER))):
        return None
    found = _ITEM_REF.search(text)
    if not found:
        return None
    section = _SECTION.search(text)
    name = None if section is None else "khusus" if section.group().lower().startswith("khusus") else "umum"
    return ItemRef(name, (found["number"] or found["ordinal"] or found["letter"]).lower())


def _choice(text: str, payload: str | None, state: State) -> Choice | None:
    """The line of the last menu that is meant: pressed, by its number, in words, or by what tells it apart."""
    if payload is not None:
        return next((c for c in state.choices if c.payload == payload), Choice(text or payload, payload))
    if not state.choices:
        return None
    if state.mode != "choosing" and not text.strip().isdigit() and _item_ref(text):
        return None  # `nomor 4` after an answer is its fourth item
    if (number := _number_said(text)) and number <= len(state.choices):
        return state.choices[number - 1 if number > 0 else number]
    plain = " ".join(text.lower().split())
    exact = next((c for c in state.choices if plain in (c.title.lower(), c.payload.lower())), None)
    if exact or state.mode != "choosing":
        return exact
    if len(state.choices) == 1 and state.asks == "standard" and is_yes(text):
        return state.choices[0]
    if len(state.choices) == 2 and state.choices[0].title.startswith("Ya"):
        return state.choices[0] if is_yes(text) else state.choices[1] if is_no(text) else None
    return _told_apart(plain, state) if state.asks == "standard" else None


def _number_said(text: str) -> int:
    """1 and up, -1 for the last, 0 when the message is no number."""
    digit = _DIGIT_CHOICE.match(text)
    if digit:
        return int(digit[1])
    word = _ORDINAL_CHOICE.match(text)
    return _ORDINALS.get(word["word"].lower(), 0) if word else 0


def _told_apart(plain: str, state: State) -> Choice | None:
    """The one standard on the list that has all the words of the message, or the risk that it names."""
    if risk := _RISK.search(plain):
        said = f"(risiko {' '.join(risk.group().split())})"
        fitting = [c for c in state.choices if said in c.title.lower()]
        if len(fitting) == 1:
            return fitting[0]
    words = {w for w in re.findall(r"[a-z0-9]+", plain) if stem(w) not in filler()}
    fitting = [c for c in state.choices if words and words <= set(re.findall(r"[a-z0-9]+", c.title.lower()))]
    return fitting[0] if len(fitting) == 1 else None
