"""One decision: the state, what was read, and what was loaded for it become a new state and effects. Pure.

Order: a press or a numbered choice; a case number; what is open; then the intent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers.dialogue import (
    another,
    case_texts,
    comparing,
    complaint,
    cure,
    inquiry,
    kept_answer,
    law_notice,
    office_facts,
    officer,
    summing_up,
    texts,
    tracking,
)
from handlers.dialogue.case_view import CaseContext
from handlers.dialogue.complaint import Moment
from handlers.dialogue.effects import Effect, Report, Say
from handlers.dialogue.form import is_skip
from handlers.dialogue.fragments import announces_question
from handlers.dialogue.menu import Decided, cancelled, chosen, main_menu, menu_buttons, say, thumbs_down
from handlers.dialogue.officer import Queue
from handlers.dialogue.quotes import Answer
from handlers.dialogue.replies import is_yes
from handlers.dialogue.report import report
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import Reading, understand
from handlers.dialogue.wishes import SURELY_ASKED, is_question, wanted, wants_person
from handlers.messages import Button, Inbound, Outbound
from knowledge.base import KnowledgeBase
from knowledge.office_hours import hours_of
from knowledge.questions import Asked, filler

_KINDS = {
    "voice": "pesan suara",
    "photo": "foto",
    "video": "video",
    "document": "dokumen",
    "location": "lokasi",
    "sticker": "stiker",
    "contact": "kontak",
}
_EVERYTHING = re.compile(
    r"^\W*(?:semua(?:nya)?|selengkapnya|lengkapnya|lanjut(?:an|kan)?|terus(?:kan)?)\W*$", re.IGNORECASE
)
_DIGIT = re.compile(r"^\W*\d{1,2}\W*$")
_UNHELPED = re.compile(
    r"^\W*(?:masih\s+)?(?:ga|gak|tidak|kurang|nggak|ngga|teu)\s+"
    r"(?:jelas|ngerti|paham|nyambung|mudeng|ngartos|tepat|sesuai)\W*(?:min|pak|bu|kak)?\W*$",
    re.IGNORECASE,
)
READ_AT_MOST = 4000  # characters of a message that are understood; all of it stays in the inbox
_MENU_WORD = re.compile(
    r"^\W*/?(?:menu|bantuan|help|start|mulai|bantu|tolong)\W*(?:dong|min|kak|pak|bu)?\W*$", re.IGNORECASE
)
_GIVES_UP = re.compile(
    r"^\W*(?:(?:eh|aduh|maaf|udah|sudah|ya|yaudah|saya|mau|tolong)\W+)*/?(?:batal\w*|dibatal\w*|cancel|stop|berhenti|urung|ga?jadi|exit|keluar"
    r"|(?:ga|gak|tidak|tdk|nggak|ngga|teu)\s+(?:jadi|janten)|(?:ga|gak|tidak|tdk|nggak)\s+usah\s+(?:di)?(?:lanjut\w*|lapor\w*|proses)"
    r"|salah\s+(?:kirim|pencet|sambung)|ulang(?:i)?\s+dari\s+awal|hapus\s+(?:saja|aja|laporan\w*|pengaduan\w*))"
    r"(?:\W+(?:deh|lapor\w*|melapor|mengadu|ngadu|pengaduan\w*|aduan\w*|ah|pak|bu|min|kak|saja|aja|dong|ya|dulu|semua\w*|ulang|dari|awal|nya|saya|menyampaikan|membuat|buat|bikin|mengajukan))*\W*$",
    re.IGNORECASE,
)
_ONCE = frozenset({"confirm", "change", "edit", "cancel", "withdraw", "drop", "keep", "add"})
"""What buttons do to the matter in hand: one under an older message no longer speaks of that."""
_OF_FORM = frozenset({"confirm", "change", "edit", "cancel"})
_STARTS = frozenset({"menu", "start", "complain"})


@dataclass(frozen=True, slots=True)
class Context:
    """All that a decision may need, loaded before it."""

    knowledge: KnowledgeBase
    now: datetime  # aware
    cases: CaseContext = field(default_factory=CaseContext)
    waiting_since: datetime | None = None  # the citizen waits for a person

    @property
    def queue(self) -> Queue:
        said = self.knowledge.profile.get("hours")
        return Queue(self.now, self.waiting_since, hours_of(said.text if said else None), self.cases.calendar)


@dataclass(frozen=True, slots=True)
class Turn:
    state: State
    effects: tuple[Effect, ...]
    report: Report


def greeting() -> Outbound:
    """What a citizen sees before the first word, where a channel can show it."""
    return Outbound(texts.greeting(), menu_buttons())


def step(inbound: Inbound, state: State, context: Context) -> Turn:
    """Decides one thought of a citizen."""
    if len(inbound.text) > READ_AT_MOST:
        inbound = inbound._replace(text=inbound.text[:READ_AT_MOST])
    reading = understand(inbound.text, inbound.payload, context.knowledge, state)
    moment = Moment(inbound, reading, context.knowledge, context.cases, context.queue)
    after, decided, components = _decide(moment, state)
    effects = law_notice.noted(decided, components, context.knowledge.kept.laws)
    return Turn(_with_buttons(after, effects), effects, report(moment, state, after, components))


def _with_buttons(state: State, effects: tuple[Effect, ...]) -> State:
    """A digit stands for a button, where nothing else is numbered: not every channel shows buttons."""
    if state.mode != "idle" or state.choices:
        return state
    buttons = next((e.buttons for e in reversed(effects) if isinstance(e, Say)), ())
    return replace(state, choices=tuple(Choice(b.title, b.payload) for b in buttons)) if buttons else state


def _decide(moment: Moment, state: State) -> Decided:
    """The first step that has something to say decides; the intent, when none has."""
    steps = (
        _pressed,
        _given_up,
        _about_case_number,
        _within_form,
        _corrected_case,
        _in_danger,
        _of_own_case,
        _without_words,
        _about_last_answer,
        _loose_yes,
        _curing,
        _awaited_number,
        _announced,
        _not_that_one,
        _compared,
        _summed_up,
        _about_office,
    )
    for each in steps:
        if (outcome := each(moment, state)) is not None:
            return outcome
    return _by_intent(moment, state)


def _pressed(moment: Moment, state: State) -> Decided | None:
    choice = moment.reading.choice
    if choice is None:
        return None
    verb = choice.payload.partition(":")[0]
    if moment.inbound.stale and verb in _ONCE:
        old: tuple[Effect, ...] = (Say(texts.old_button(), () if state.form else (texts.MENU,)),)
        return _resumed(state, old, (), moment, state) if state.form else (state, old, ())
    if not state.form or verb in _OF_FORM:
        return chosen(choice.payload, moment, state)
    if verb in _STARTS:
        return _resumed(state, (Say(case_texts.still_open(), ()),), (), moment, state)
    after, effects, components = chosen(choice.payload, moment, state)
    return _resumed(after, effects, components, moment, state)


def _given_up(moment: Moment, state: State) -> Decided | None:
    if not _gives_up(moment.reading, state):
        return None
    if state.mode != "idle":
        return cancelled(state)
    return (*officer.leave_queue(state), ()) if moment.queue.waiting_since is not None else None


def _about_case_number(moment: Moment, state: State) -> Decided | None:
    cases = moment.cases
    if not cases.looked_up or _turned_away(moment, state):
        return None
    looked = next(iter(cases.looked_up.values()))
    after, effects = tracking.by_number(looked, moment.inbound.text, state, cases, moment.today)
    return _resumed(after, effects, (), moment, state) if state.form else (after, effects, ())


def _within_form(moment: Moment, state: State) -> Decided | None:
    if not state.form:
        return None
    return _in_form(moment, state) if moment.inbound.text.strip() else (*complaint.go_on(moment, state), ())


def _corrected_case(moment: Moment, state: State) -> Decided | None:
    """An edited message that a case was made of: the new words are added to it."""
    corrected = tracking.corrected(moment.inbound, state, moment.cases)
    return (*corrected, ()) if corrected is not None else None


def _in_danger(moment: Moment, state: State) -> Decided | None:
    reading = moment.reading
    if reading.intent in ("greeting", "thanks", "goodbye", "help"):
        return None
    asks = reading.asks if reading.intent == "inquiry" else ()
    required = " ".join([place.item.text for ask in asks for place in ask.items])
    text = complaint.without_suppositions(reading.beside) if asks else reading.beside
    if not complaint.in_danger(text, required):
        return None  # `rencana tanggap darurat` and `pemadam kebakaran` are required of many
    return (*complaint.begin(moment, state, suggestion=False), ())


def _of_own_case(moment: Moment, state: State) -> Decided | None:
    said = tracking.later_word(moment.inbound, state, moment.cases)
    return (*said, ()) if said is not None else None


def _without_words(moment: Moment, state: State) -> Decided | None:
    """A voice note may be a complaint; anything else has to be written."""
    if moment.inbound.text.strip():
        return None
    if any(a.kind in ("voice", "audio") for a in moment.inbound.attachments):
        return (*complaint.voice(moment, state), ())
    return _without_text(moment.inbound, state)


def _about_last_answer(moment: Moment, state: State) -> Decided | None:
    """All of it, none of it helped, or one item of it."""
    reading, knowledge = moment.reading, moment.knowledge
    if not state.components:
        return None
    if _EVERYTHING.match(reading.text) and state.standard in knowledge.catalogue.by_identity:
        published = knowledge.catalogue.by_identity[state.standard]
        answer = inquiry.answer_component(published, state.components, state, knowledge, whole=True)
        return answer.state, answer.effects, answer.components
    if _UNHELPED.match(reading.text):
        return thumbs_down(state)
    if _leans_on_answer(reading, state):
        one_item = reading._replace(asks=(Asked(state.components[0], SURELY_ASKED),), unstated=None, topics=())
        answer = inquiry.inquire(one_item, state, knowledge)
        return answer.state, answer.effects, answer.components
    return None


def _loose_yes(moment: Moment, state: State) -> Decided | None:
    """`ya`, or a digit, where nothing waits for one; a digit that none of the choices has."""
    digit = bool(_DIGIT.match(moment.inbound.text))
    if digit and state.mode == "choosing" and state.choices:
        buttons = tuple(Button(str(place), choice.payload) for place, choice in enumerate(state.choices, 1))
        lines = texts.no_such_choice([choice.title for choice in state.choices])
        return state, (Say(lines, buttons),), ()
    if state.mode != "idle" or not (is_yes(moment.inbound.text) or (digit and not state.choices)):
        return None
    return say(state, texts.nothing_pending(), menu_buttons())


def _curing(moment: Moment, state: State) -> Decided | None:
    cured = cure.complete(moment, state) if state.cure else None
    return (*cured, ()) if cured is not None else None


def _awaited_number(moment: Moment, state: State) -> Decided | None:
    """The number of an application that was asked for."""
    reading = moment.reading
    if state.asks != "application_number":
        return None
    if not tracking.application_number(reading.text) or (reading.codes and reading.asks):
        return None
    return (*tracking.track(reading.text, state, moment.knowledge, moment.cases, moment.queue), ())


def _announced(moment: Moment, state: State) -> Decided | None:
    """`mau tanya`, and the rest did not follow."""
    return say(state, texts.go_ahead()) if announces_question(moment.inbound.text) else None


def _not_that_one(moment: Moment, state: State) -> Decided | None:
    return _decided(another.another(moment.inbound.text, state, moment.knowledge))


def _compared(moment: Moment, state: State) -> Decided | None:
    return _decided(comparing.compare(moment.reading, state, moment.knowledge))


def _summed_up(moment: Moment, state: State) -> Decided | None:
    return _decided(summing_up.sum_up(moment.reading, state, moment.knowledge))


def _decided(answer: Answer | None) -> Decided | None:
    return (answer.state, answer.effects, answer.components) if answer is not None else None


def _about_office(moment: Moment, state: State) -> Decided | None:
    """What the office has said: on this very question, or of itself, its hours and its address."""
    if (kept := kept_answer.answer(moment.reading, state, moment.knowledge)) is not None:
        return kept.state, kept.effects, ()
    if not moment.reading.office:
        return None
    office = office_facts.Office(moment.knowledge, moment.cases.calendar, moment.today)
    return _decided(office_facts.answer(moment.reading, state, office))


def _gives_up(reading: Reading, state: State) -> bool:
    """`batal`. While a report is open only the words themselves count: a name or a story is never taken for them."""
    if state.form:
        return bool(_GIVES_UP.match(reading.text))
    if reading.intent != "cancel" or len(reading.words) > 8:
        return False
    return not (is_skip(reading.text) or is_yes(reading.text))


def _leans_on_answer(reading: Reading, state: State) -> bool:
    """`poin 3`, `no 2 yg khusus?`: a single item of what was answered last, with nothing else in the message."""
    if reading.item is None or not state.components or not state.standard or reading.codes:
        return False
    around = {"poin", "butir", "huruf", "angka", "item", "khusus", "umum", "nomor"}
    return all(w.plain.isdigit() or w.plain in around or w.stem in filler() or len(w.plain) == 1 for w in reading.words)


def _turned_away(moment: Moment, state: State) -> bool:
    """While an access code is awaited: a question or a wish that has nothing to do with it."""
    named = any(
        number in moment.inbound.text.upper() or looked.code_right is not None or looked.blocked_until is not None
        for number, looked in moment.cases.looked_up.items()
    )
    asks = bool(moment.reading.asks) and is_question(moment.inbound.text)
    return state.lookup is not None and not named and (asks or moment.reading.intent in ("human", "help"))


def _by_intent(moment: Moment, state: State) -> Decided:
    reading, knowledge = moment.reading, moment.knowledge
    intent = wanted(reading)
    match intent:
        case "greeting":
            return say(state, texts.greeting(), menu_buttons())
        case "thanks":
            return say(state, texts.thanks())
        case "goodbye":
            return say(state, texts.goodbye())
        case "help":
            return main_menu(state)
        case "cancel":
            return cancelled(state)
        case "human":
            return (*officer.call(state, knowledge, moment.queue, "asked", reading.text), ())
        case "abuse":
            return say(state, texts.calm(), menu_buttons())
        case "out_of_scope":
            return say(state, texts.out_of_scope(), (texts.MENU,))
        case "status":
            return (*tracking.track(reading.text, state, knowledge, moment.cases, moment.queue), ())
        case "complaint" | "suggestion":
            return (*complaint.begin(moment, state, suggestion=intent == "suggestion"), ())
        case "inquiry":
            answer = inquiry.inquire(reading, state, knowledge)
            return answer.state, answer.effects, answer.components


def _in_form(moment: Moment, state: State) -> Decided:
    """A message while a complaint is being taken: a way out, a question in between, or an answer."""
    reading = moment.reading
    match reading.intent:
        case "help" if _MENU_WORD.match(reading.text):
            return _resumed(state, (Say(case_texts.still_open(), ()),), (), moment, state)
        case "thanks" | "goodbye" if state.asks in ("what", "service") and len(reading.scores) == 1:  # and nothing else
            return _resumed(state, (Say(case_texts.still_open(), ()),), (), moment, state)
        case "human" if wants_person(reading) and len(reading.words) <= 8:
            after, effects = officer.call(state, moment.knowledge, moment.queue, "asked", reading.text)
            return _resumed(after, effects, (), moment, state)
        case "inquiry" if _asks_office(reading, state) and (office := _about_office(moment, state)) is not None:
            return _resumed(*office, moment, state)
        case "inquiry" if _is_question(reading, state):
            answer = inquiry.inquire(reading, state, moment.knowledge)
            return _resumed(answer.state, answer.effects, answer.components, moment, state)
    return (*complaint.go_on(moment, state), ())


def _is_question(reading: Reading, state: State) -> bool:
    """A real question, and not the story that was asked for."""
    if not is_question(reading.text) or not reading.asks:
        return False
    return state.asks != "what" or reading.scores.get("complaint", 0.0) < reading.scores.get("inquiry", 0.0) - 4.0


def _asks_office(reading: Reading, state: State) -> bool:
    """A question for the office's hours or address in the middle of a report, and not the report itself."""
    return is_question(reading.text) and (state.asks != "what" or "?" in reading.text)


def _resumed(
    after: State, effects: tuple[Effect, ...], components: tuple[int, ...], moment: Moment, state: State
) -> Decided:
    """What was wanted in between, then the form goes on with its pending question."""
    confirming = state.mode == "confirming"
    buttons = (case_texts.YES, case_texts.CHANGE, case_texts.CANCEL) if confirming else (case_texts.CANCEL,)
    again = Say(complaint.pending_question(state, moment), buttons)
    return replace(state, standard=after.standard or state.standard), (*effects, again), components


def _without_text(inbound: Inbound, state: State) -> Decided:
    kind = next((_KINDS.get(a.kind, "kiriman itu") for a in inbound.attachments), "kiriman itu")
    return say(state, texts.unsupported(kind), menu_buttons())
