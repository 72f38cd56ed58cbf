"""Answers an inquiry with the official words, asks which standard is meant, or says that the standard does not say.

Nothing here writes a fee, a time or a requirement: what is stated is quoted (`quote`), line by line, with its source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from handlers.dialogue import texts
from handlers.dialogue.effects import MissReason, RecordMiss, Say
from handlers.dialogue.quotes import ANNEX, Answer, component_lines, quote
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import Reading
from handlers.messages import Button, Line
from knowledge.base import OFFICE_WIDE, KnowledgeBase
from knowledge.businesses import businesses_in
from knowledge.codes import Code
from knowledge.items import ItemIndex
from knowledge.language import stem
from knowledge.questions import Asked, filler
from knowledge.search import SURE, UNSURE, Published, key
from knowledge.unstated import BY_EXAMPLE, unstated_cues

_EXACT = 0.99  # the whole title was said
_CLEARLY = 0.1
_RIVAL = 0.15  # candidates as near to the best as this are told apart by asking
_SAID_ALIKE = 0.8  # … if their names explain as much of what was said
_MORE = 1.1  # of the words that were said has a candidate that is asked about, though another is better …
_POSSIBLE = 0.45  # … if it is this good
_DETAILS = "facility_details"  # of what an item names, and says no more of
_SURE_FOR_ALL_THAT = 0.85  # of a name, beside a word that nobody knows
_FEW = 3
_MOST = 5  # candidates in one question
_ANOTHER = (  # what stands right before the name of a business
    r"\b(?:syarat\w*|persyaratan|biaya\w*|lama\w*|prosedur\w*|tarif\w*|kalau|kalo|klo|klu|pami|upami|untuk|utk|buat|"
    r"izin|ijin|usaha|industri|toko|jual\w*|buka|bisnis|kbli|standar|pabrik|bikin|kanggo|keur)"
    r"(?:\s+(?:yang|yg|nu|usaha|izin|ijin|si|buka|bikin|jual|toko))*\s+(?:\w+\s+)?"
)
_NEEDED = re.compile(r"\b(?:butuh|perlu|harus|kudu|wajib|mesti|punya|gaduh|boleh|meunang|pakai|pake|ada)\b")
_ASKS_ANNEX = re.compile(r"\blampiran\b", re.IGNORECASE)
_MENU_COMPONENTS = (1, 3, 4, 2, 5, 7, 6)
_OFFICE_TOPICS = frozenset({"hours"})
_MAY_BE_REQUIRED = frozenset({"other_document", "employees", "area"})  # some standard's requirements may name them
_ANNEX_TOPIC = "annex"
_WORDS_ENOUGH = 3  # of an item, for it to be taken for said
_WORD_FOR_WORD = 0.8  # of them
_PLENTY = 9  # of them, however long the item is


def inquire(reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer:
    """The reply to a question about what the office offers."""
    doubtful = [code for code in reading.codes if not code.exact or code.digits not in knowledge.catalogue.by_code]
    if doubtful:
        return _doubtful_code(doubtful[0], reading, state, knowledge)
    entries = named(reading, knowledge) or _still_offered(reading, state, knowledge)
    if len(entries) > 1 or (entries and _doubted(reading, knowledge)):
        return ask_which(entries, reading, state)
    if entries:
        return about(entries[0], reading, state, knowledge)
    return _unnamed(reading, state, knowledge)


def _still_offered(reading: Reading, state: State, knowledge: KnowledgeBase) -> list[Published]:
    """Those to choose from, where only what is wanted of them was said (`biayanya`) instead of which one."""
    if state.asks != "standard" or not reading.asks or reading.topics:
        return []
    by_key = knowledge.catalogue.by_key
    return [entry for choice in state.choices if (entry := by_key.get(choice.payload.removeprefix("standard:")))]


def answer_component(
    published: Published, numbers: Sequence[int], state: State, knowledge: KnowledgeBase, *, whole: bool = False
) -> Answer:
    """Components as a button or a menu asks for them; whole: also what a chat would rather leave out."""
    index = knowledge.catalogue.items(published)
    about = ", ".join(texts.SHORT_NAMES[number] for number in numbers) + (" semua" if whole else "")
    return quote(published, [Asked(number, 9.0) for number in numbers], state, index, about)


def named(reading: Reading, knowledge: KnowledgeBase) -> list[Published]:
    """The standards that the message names, by code or by title; several when it does not tell them apart."""
    if reading.codes:
        entries = [e for code in reading.codes for e in knowledge.catalogue.by_code[code.digits]]
        return _of_risk(entries, reading.risk)
    likely = [c for c in reading.match.candidates if c.score >= (UNSURE if c.whole else SURE)]
    if not likely:
        return []
    best = likely[0]
    if _doubted(reading, knowledge):
        few = [c.published for c in reading.match.candidates if c.score >= UNSURE][:_FEW]
        return _of_risk(few, reading.risk)
    fuller = [
        c.published for c in reading.match.candidates[1:_MOST] if c.score >= _POSSIBLE and c.said > best.said * _MORE
    ]
    if fuller:  # `pembenihan tanaman pakan ternak`: what has more of the words may be meant all the same
        return _of_risk([best.published, *fuller], reading.risk)
    if best.score >= _EXACT and (len(likely) == 1 or likely[1].score < best.score - _CLEARLY):
        return [best.published]
    least = max(UNSURE, best.score - _RIVAL)
    rivals = [c for c in reading.match.candidates if c.score >= least and c.said >= best.said * _SAID_ALIKE]
    close = [c.published for c in rivals][:_MOST] or [best.published]
    return _of_risk(close, reading.risk)


def _doubted(reading: Reading, knowledge: KnowledgeBase) -> bool:
    """A word is said that nobody knows, and no name whole: that word may be the one that tells."""
    best = reading.match.candidates[:1]
    if not reading.topics or not best or best[0].score >= _SURE_FOR_ALL_THAT or reading.codes:
        return False
    usual = {word.raw for word in reading.words if knowledge.unstated.is_usual(word.stem)}
    unknown = set(reading.topics) - usual - {"risiko", "resiko", *(reading.risk or "").split()}
    if not unknown:
        return False
    behind = max(reading.match.positions, default=-1) + 1
    goes_on = any(word.raw in unknown for word in reading.words[behind : behind + 1])  # `pemandian glampster`
    return best[0].whole < (2 if goes_on else 1)


def _of_risk(entries: list[Published], risk: str | None) -> list[Published]:
    fitting = [e for e in entries if risk and (e.standard.risk or "").lower() == risk]
    return fitting or entries


def about(published: Published, reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer:
    index = knowledge.catalogue.items(published)
    identity = published.standard.identity
    declined = _declined(reading, published, index, state, knowledge)
    if declined:
        return replace(declined, state=replace(declined.state, standard=identity))
    if not reading.asks:
        wanted = state.components if state.question else ()
        if wanted:
            return answer_component(published, wanted, state, knowledge)
        return _which_component(published, state)
    return quote(published, reading.asks, state, index, reading.text, reading.item)


def _unnamed(reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer:
    """No standard is named: the one in hand, an office-wide answer, or a question back."""
    in_hand = knowledge.catalogue.by_identity.get(state.standard or "")
    if in_hand is None and reading.asks and reading.asks[0].component in OFFICE_WIDE:
        reading = reading._replace(asks=tuple(a for a in reading.asks if a.component in OFFICE_WIDE))
    possible = [c for c in reading.match.candidates if c.score >= UNSURE]
    wanted = tuple(a.component for a in reading.asks)
    office_wide = bool(wanted) and all(number in OFFICE_WIDE for number in wanted)
    declined = _declined_here(reading, in_hand, office_wide or bool(possible), state, knowledge)
    if declined:
        return declined
    if not office_wide and reading.topics and _is_other_business(reading, in_hand):
        if possible and not in_hand:
            return ask_which([c.published for c in possible[:_MOST]], reading, state)
        return _unknown_standard(reading, state)
    view = in_hand or (knowledge.agreed.get(wanted[0]) if wanted else None)
    if view is not None:
        index = knowledge.catalogue.items(view)
        declined = _declined(reading, view, index, state, knowledge)
        if declined:
            return declined
        if reading.asks and (in_hand or all(number in knowledge.agreed for number in wanted)):
            kept = replace(state, standard=state.standard)
            return quote(view, reading.asks, kept, index, reading.text, reading.item, keep=state.standard)
    if possible:
        return ask_which([c.published for c in possible[:_MOST]], reading, state)
    if reading.asks:
        return ask_for_standard(reading, state, knowledge)
    return _not_understood(reading, state)


def _declined_here(
    reading: Reading, in_hand: Published | None, otherwise: bool, state: State, knowledge: KnowledgeBase
) -> Answer | None:
    """A decline where no standard is named. otherwise: examples alone do not decline what may be answered."""
    if _ASKS_ANNEX.search(reading.text) and (in_hand is None or reading.unstated is not None):
        reading = reading._replace(unstated=_ANNEX_TOPIC)
    if reading.unstated is None or (reading.unstated == BY_EXAMPLE and otherwise and in_hand is None):
        return None
    view = in_hand or (knowledge.agreed_on(2) if reading.unstated == _ANNEX_TOPIC else None)
    if view is not None:
        return _declined(reading, view, knowledge.catalogue.items(view), state, knowledge)
    named = re.search(r"lampiran\s+[ivxl\d]+", reading.text, re.IGNORECASE)
    if reading.unstated == _ANNEX_TOPIC and named:
        return _decline(
            texts.annex_missing(named.group().title().upper().replace("LAMPIRAN", "Lampiran")),
            "missing_annex",
            reading,
            state,
        )
    return _decline_unstated(reading, state, knowledge)


def _is_other_business(reading: Reading, in_hand: Published | None) -> bool:
    """Whether the unexplained words name a business that is not the one in hand."""
    if in_hand is None:
        return True
    said = reading.text.lower()
    if any(re.search(_ANOTHER + re.escape(topic) + r"\b", said) for topic in reading.topics):
        return True
    if _NEEDED.search(said):
        return False  # `butuh gudang ga` asks about the one in hand
    named = {word for name in businesses_in(reading.text) for word in name.split()}
    return not named.isdisjoint(reading.topics)


def _declined(
    reading: Reading, published: Published, index: ItemIndex, state: State, knowledge: KnowledgeBase
) -> Answer | None:
    """A decline when the message asks for something that this standard does not state."""
    if reading.unstated is None:
        return None
    if reading.unstated == _ANNEX_TOPIC:
        return _annex(reading, published, state)
    if _names_it(reading, index) or (reading.unstated != _DETAILS and _says_item(reading)):
        return None
    return _decline_unstated(reading, state, knowledge)


def _names_it(reading: Reading, index: ItemIndex) -> bool:
    """Whether a requirement of the standard does name the thing, and it is not its price or time that is wanted."""
    if reading.unstated not in _MAY_BE_REQUIRED or any(a.component != 1 for a in reading.asks[:1]):
        return False
    wanted = _topic_stems(reading) - filler()
    return bool(wanted) and index.has_item_with(wanted)


def _says_item(reading: Reading) -> bool:
    """Whether an item that is asked for stands in the message nearly word for word."""
    said = {word.stem for word in reading.words} | {stem(word.raw) for word in reading.words}
    for ask in reading.asks:
        for place in ask.items:
            own = {stem(word) for word in re.findall(r"[a-z]+", place.item.text.lower())}
            if len(own) >= _WORDS_ENOUGH and len(own & said) >= min(_WORD_FOR_WORD * len(own), _PLENTY):
                return True
    return False


def _topic_stems(reading: Reading) -> set[str]:
    evidence = unstated_cues().find(reading.words)
    found = evidence.get(reading.unstated or "")
    return {reading.words[i].stem for i in found.positions} if found else set()


def _decline_unstated(reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer:
    """Of what the office may say itself it is said that it has not: officers see in the misses what to fill in."""
    lacks = any(topic.key not in knowledge.profile for topic in reading.office)
    office = lacks or (reading.unstated in _OFFICE_TOPICS and reading.unstated not in knowledge.profile)
    reason: MissReason = "office_profile" if office else "not_stated"
    lines = texts.office_unknown() if office else texts.not_stated("")
    return _decline(lines, reason, reading, state)


def _annex(reading: Reading, published: Published, state: State) -> Answer:
    """What an annex or a cited law says is not known: the reference is quoted, and that is said."""
    for number, text in published.standard.components.items():
        found = ANNEX.search(text)
        if found and re.search(r"lampiran|klasifikasi", reading.text, re.IGNORECASE):
            lines = (*component_lines(number, text), *texts.plain(""), *texts.annex_missing(found.group()))
            lines = (*lines, texts.source(published, [number]))
            miss = RecordMiss(reading.text, "missing_annex", published.standard.identity, number)
            after = state.settled(standard=published.standard.identity, components=(number,))
            return Answer(after, (Say(lines, (texts.OFFICER, texts.MENU)), miss))
    return _decline(texts.not_stated(""), "not_stated", reading, state)


def _decline(lines: tuple[Line, ...], reason: MissReason, reading: Reading, state: State) -> Answer:
    miss = RecordMiss(reading.text, reason, state.standard, reading.asks[0].component if reading.asks else None)
    return Answer(state.settled(), (Say(lines, (texts.OFFICER, texts.MENU)), miss))


def _doubtful_code(code: Code, reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer:
    """A code that is none, or that has letters in it: what may be meant is asked, never guessed."""
    meant = knowledge.catalogue.by_code.get(code.digits) or _meant(code, reading, knowledge)
    official = knowledge.official.get(code.written)
    if official is not None or not meant:  # a code that there is was hardly mistyped
        called = official.title if official else ""
        return _decline(texts.unknown_code(code.written, (), called), "unknown_standard", reading, state)
    choices = tuple(Choice(texts.tell_apart(e, meant), f"standard:{key(e)}") for e in meant)
    wanted = tuple(a.component for a in reading.asks)
    pending = replace(
        state.settled(), mode="choosing", asks="standard", choices=choices, components=wanted, question=reading.text
    )
    buttons = tuple(Button(str(i), c.payload) for i, c in enumerate(choices, 1))
    say = Say(texts.unknown_code(code.written, meant), (*buttons, texts.OFFICER))
    return Answer(pending, (say, RecordMiss(reading.text, "unknown_standard", None, wanted[0] if wanted else None)))


def _meant(code: Code, reading: Reading, knowledge: KnowledgeBase) -> list[Published]:
    """The standards one slip away from a code; those first whose names are in the message too."""
    named = [c.published.standard.identity for c in reading.match.candidates if c.score >= UNSURE]
    near = knowledge.catalogue.near(code.digits)
    return sorted(near, key=lambda e: e.standard.identity not in named)[:_MOST]


def _unknown_standard(reading: Reading, state: State) -> Answer:
    return _decline(
        texts.unknown_standard(" ".join(_as_said(reading.topics[:4], reading.text))), "unknown_standard", reading, state
    )


def _as_said(topics: Sequence[str], text: str) -> list[str]:
    return sorted(dict.fromkeys(topics), key=text.lower().find)


def _not_understood(reading: Reading, state: State) -> Answer:
    lines = texts.unclear(again=state.misses > 0)
    miss = RecordMiss(reading.text, "not_understood", state.standard)
    buttons = (texts.MENU, texts.OFFICER) if state.misses else (texts.MENU,)
    after = replace(state, mode="idle", misses=state.misses + 1, choices=(), question="")
    return Answer(after, (Say(lines, buttons), miss))


def ask_which(entries: Sequence[Published], reading: Reading, state: State) -> Answer:
    entries = entries[:_MOST]
    wanted = tuple(a.component for a in reading.asks)
    choices = tuple(Choice(texts.tell_apart(e, entries), f"standard:{key(e)}") for e in entries)
    buttons = tuple(Button(str(i), c.payload) for i, c in enumerate(choices, 1))
    after = replace(
        state,
        mode="choosing",
        choices=choices,
        components=wanted or state.components,
        question=reading.text,
        asks="standard",
    )
    return Answer(after, (Say(texts.which_standard(entries, wanted), buttons),))


def ask_for_standard(reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer:
    entries = knowledge.catalogue.published
    if len(entries) <= _MOST:
        return ask_which(entries, reading, state)
    wanted = tuple(a.component for a in reading.asks)
    after = replace(state, mode="choosing", choices=(), components=wanted, question=reading.text, asks="standard")
    return Answer(after, (Say(texts.ask_for_standard(wanted), (texts.MENU,)),))


def _which_component(published: Published, state: State) -> Answer:
    stated = [n for n in _MENU_COMPONENTS if n in published.standard.components]
    choices = tuple(Choice(texts.SHORT_NAMES[n], f"ask:{n}") for n in stated)
    after = state.settled(standard=published.standard.identity, choices=choices, mode="choosing", asks="component")
    buttons = tuple(Button(c.title, c.payload) for c in choices[:3])
    return Answer(after, (Say(texts.which_component(published, [c.title for c in choices]), buttons),))
