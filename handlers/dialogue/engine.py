"""One decision: the state, what was read, and what was loaded for it become a new state and effects. Pure.

Order: a press or a numbered choice; a case number; what is open; then the intent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers.dialogue import case_texts, complaint, inquiry, officer, texts, tracking
from handlers.dialogue.case_view import CaseContext
from handlers.dialogue.complaint import Moment
from handlers.dialogue.effects import Effect, RecordMiss, Report, Say
from handlers.dialogue.form import Form, is_skip, listen
from handlers.dialogue.replies import is_yes
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import Reading, understand
from handlers.messages import Button, Inbound, Outbound
from knowledge.base import KnowledgeBase
from knowledge.calendar import jakarta_day
from knowledge.intents import Intent
from knowledge.questions import Asked, filler
from knowledge.search import Candidate, Published

_MENU = (
    Choice("Tanya syarat, biaya, lama proses", "how-to-ask"),
    Choice("Sampaikan pengaduan atau saran", "complain"),
    Choice("Cek status laporan", "status"),
    Choice("Berbicara dengan petugas", "officer"),
)
_MISHEARD = ("complaint", "suggestion", "status", "human")  # answered as a question after all
_COMPONENT_KEYS = {str(number): number for number in texts.SHORT_NAMES}
_KINDS = {"voice": "pesan suara", "photo": "foto", "video": "video", "document": "dokumen", "location": "lokasi"}
_QUESTION = re.compile(
    r"\?|\b(?:berapa|brp|brapa|apa|apakah|bagaimana|gimana|gmn|kapan|siapa|kenapa|mana|dimana|kumaha|sabaraha|naon|iraha|syarat\w*|nomor|nomer|no|nmr|alamat|email|kontak)\b"
    r"|\b(?:ada|aya|ad|bisa|boleh|perlu|wajib|dapat|jadi|mohon)\b.{0,60}\b(?:ga|gak|tidak|nggak|ngga|teu|g|gk|tdk|alamat|informasi|ya)\b",
    re.IGNORECASE,
)
_EVERYTHING = re.compile(
    r"^\W*(?:semua(?:nya)?|selengkapnya|lengkapnya|lanjut(?:an|kan)?|terus(?:kan)?)\W*$", re.IGNORECASE
)
_UNHELPED = re.compile(
    r"^\W*(?:masih\s+)?(?:ga|gak|tidak|kurang|nggak|ngga|teu)\s+(?:jelas|ngerti|paham|nyambung|mudeng|ngartos|tepat|sesuai)\W*(?:min|pak|bu|kak)?\W*$",
    re.IGNORECASE,
)
READ_AT_MOST = 4000  # characters of a message that are understood; all of it stays in the inbox
_MENU_WORD = re.compile(
    r"^\W*/?(?:menu|bantuan|help|start|mulai|bantu|tolong)\W*(?:dong|min|kak|pak|bu)?\W*$", re.IGNORECASE
)
_WANTS_PERSON = re.compile(
    r"^\W*/?(?:petugas|operator|cs|admin|agen|manusia)\W*$"
    r"|\b(?:bicara|ngobrol|ngomong|hubung\w*|sambung\w*|minta|mau|ingin|panggil|telepon|telpon|ditelpon|tanya|jangan bot)\b",
    re.IGNORECASE,
)
_CLOSE = 5.0  # how far behind the other intent an inquiry may lie and still be answered as one
_SURELY_ASKED = 9.0
_FAINT = 5.5
_ONE_CUE = 3.0
_FEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class Context:
    """All that a decision may need, loaded before it."""

    knowledge: KnowledgeBase
    now: datetime  # aware
    cases: CaseContext = field(default_factory=CaseContext)


@dataclass(frozen=True, slots=True)
class Turn:
    state: State
    effects: tuple[Effect, ...]
    report: Report


_Outcome = tuple[State, tuple[Effect, ...], tuple[int, ...]]  # state, effects, components answered


def greeting() -> Outbound:
    """What a citizen sees before the first word, where a channel can show it."""
    return Outbound(texts.greeting(), _menu_buttons())


def step(inbound: Inbound, state: State, context: Context) -> Turn:
    """Decides one thought of a citizen."""
    inbound = replace(inbound, text=inbound.text[:READ_AT_MOST])
    reading = understand(inbound.text, inbound.payload, context.knowledge, state)
    moment = Moment(inbound, reading, context.knowledge, context.cases)
    after, effects, components = _decide(moment, state)
    intent = _intent(reading, state, after, components)
    report = Report(intent, components, _ranking(reading, context.knowledge), _slots(moment, state, after))
    return Turn(after, effects, report)


def _intent(reading: Reading, before: State, after: State, components: tuple[int, ...]) -> Intent:
    """What the message was taken for: an answer within a form belongs to the report, an answered question is one."""
    if components:
        return "inquiry" if reading.intent in _MISHEARD else reading.intent
    if before.form and reading.intent not in ("cancel", "human", "help"):
        return "suggestion" if before.form.get("suggestion") else "complaint"
    return reading.intent


def _decide(moment: Moment, state: State) -> _Outcome:
    reading, inbound, knowledge, cases = moment.reading, moment.inbound, moment.knowledge, moment.cases
    if reading.choice:
        return _chosen(reading.choice.payload, moment, state)
    if state.mode != "idle" and _gives_up(reading):
        return _cancelled(state)
    if cases.looked_up and not _turned_away(moment, state):
        looked = next(iter(cases.looked_up.values()))
        return (*tracking.by_number(looked, inbound.text, state, cases, moment.today), ())
    if state.form:
        return _in_form(moment, state) if inbound.text.strip() else (*complaint.go_on(moment, state), ())
    if complaint.in_danger(inbound.text) and reading.intent not in ("greeting", "thanks", "goodbye", "help"):
        return (*complaint.begin(moment, state, suggestion=False), ())
    if (said := tracking.later_word(inbound, state, cases)) is not None:
        return (*said, ())
    if any(a.kind in ("voice", "audio") for a in inbound.attachments) and not reading.text.strip():
        return (*complaint.voice(moment, state), ())
    if not inbound.text.strip():
        return _without_text(inbound, state)
    if _EVERYTHING.match(reading.text) and state.components and state.standard in knowledge.catalogue.by_identity:
        published = knowledge.catalogue.by_identity[state.standard]
        answer = inquiry.answer_component(published, state.components, state, knowledge, whole=True)
        return answer.state, answer.effects, answer.components
    if state.components and _UNHELPED.match(reading.text):
        return _thumbs_down(state)
    if _leans_on_answer(reading, state):
        wanted = replace(reading, asks=(Asked(state.components[0], _SURELY_ASKED),), unstated=None, topics=())
        answer = inquiry.inquire(wanted, state, knowledge)
        return answer.state, answer.effects, answer.components
    if is_yes(inbound.text) and not state.choices:
        return _say(state, texts.nothing_pending(), _menu_buttons())
    if state.cure and (cured := _cured(moment, state)) is not None:
        return (*cured, ())
    number_given = tracking.application_number(reading.text) and not (reading.codes and reading.asks)
    if state.asks == "application_number" and number_given:
        return (*tracking.track(reading.text, state, knowledge, cases, moment.today), ())
    return _by_intent(moment, state)


def _gives_up(reading: Reading) -> bool:
    """`batal`, and not an answer that only leaves a question open (`ga tau`, `ga usah`)."""
    unclear = is_skip(reading.text) or is_yes(reading.text)
    return reading.intent == "cancel" and len(reading.words) <= 8 and not unclear


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
    asks = bool(moment.reading.asks) and bool(_QUESTION.search(moment.inbound.text))
    return state.lookup is not None and not named and (asks or moment.reading.intent in ("human", "help"))


def _by_intent(moment: Moment, state: State) -> _Outcome:
    reading, knowledge = moment.reading, moment.knowledge
    intent = "inquiry" if _rather_asks(reading) or _faint(reading) else reading.intent
    match intent:
        case "greeting":
            return _say(state, texts.greeting(), _menu_buttons())
        case "thanks":
            return _say(state, texts.thanks())
        case "goodbye":
            return _say(state, texts.goodbye())
        case "help":
            return _menu(state)
        case "cancel":
            return _cancelled(state)
        case "human":
            return (*officer.call(state, knowledge, "asked", reading.text), ())
        case "abuse":
            return _say(state, texts.calm(), _menu_buttons())
        case "out_of_scope":
            return _say(state, texts.out_of_scope(), (texts.MENU,))
        case "status":
            return (*tracking.track(reading.text, state, knowledge, moment.cases, moment.today), ())
        case "complaint" | "suggestion":
            return (*complaint.begin(moment, state, suggestion=intent == "suggestion"), ())
        case "inquiry":
            answer = inquiry.inquire(reading, state, knowledge)
            return answer.state, answer.effects, answer.components


def _faint(reading: Reading) -> bool:
    """Too little was understood to open a report or to call an officer on it."""
    if reading.intent not in ("complaint", "suggestion", "status"):
        return False
    unsaid = reading.cues.get(reading.intent, 0.0) < _ONE_CUE
    short = len(reading.words) <= _FEW_WORDS
    return reading.scores.get(reading.intent, _FAINT) < _FAINT or (unsaid and short)


def _rather_asks(reading: Reading) -> bool:
    """A question in a troubled voice (`lama bgt ga min prosesnya?`): it is answered, and a complaint can still follow."""
    if reading.intent not in ("complaint", "suggestion", "status") or not _QUESTION.search(reading.text):
        return False
    behind = reading.scores.get(reading.intent, 0.0) - reading.scores.get("inquiry", 0.0)
    sure = reading.asks[0].score if reading.asks else 0.0
    return behind < _CLOSE and (sure >= _SURELY_ASKED or (bool(reading.codes) and sure >= _CLOSE))


def _in_form(moment: Moment, state: State) -> _Outcome:
    """A message while a complaint is being taken: a way out, a question in between, or an answer."""
    reading = moment.reading
    match reading.intent:
        case "help" if _MENU_WORD.match(reading.text):
            return _resumed(state, (Say(case_texts.still_open(), ()),), (), moment, state)
        case "human" if _WANTS_PERSON.search(reading.text) and len(reading.words) <= 8:
            after, effects = officer.call(state, moment.knowledge, "asked", reading.text)
            return _resumed(after, effects, (), moment, state)
        case "inquiry" if _is_question(reading, state):
            answer = inquiry.inquire(reading, state, moment.knowledge)
            return _resumed(answer.state, answer.effects, answer.components, moment, state)
    return (*complaint.go_on(moment, state), ())


def _is_question(reading: Reading, state: State) -> bool:
    """A real question, and not the story that was asked for."""
    if not _QUESTION.search(reading.text) or not reading.asks:
        return False
    return state.asks != "what" or reading.scores.get("complaint", 0.0) < reading.scores.get("inquiry", 0.0) - 4.0


def _resumed(
    after: State, effects: tuple[Effect, ...], components: tuple[int, ...], moment: Moment, state: State
) -> _Outcome:
    """What was wanted in between, then the form goes on with its pending question."""
    again = Say(complaint.pending_question(state, moment), (case_texts.CANCEL,))
    return replace(state, standard=after.standard or state.standard), (*effects, again), components


def _cancelled(state: State) -> _Outcome:
    if state.form:
        return _say(state, case_texts.nothing_recorded(), (texts.MENU,))
    open_now = state.mode not in ("idle", "waiting", "officer")
    return _say(state, texts.cancelled() if open_now else texts.nothing_to_cancel(), (texts.MENU,))


def _cured(moment: Moment, state: State) -> tuple[State, tuple[Effect, ...]] | None:
    """The suggestion that lacked something is completed by this message."""
    case = tracking.own_case(str(state.cure.get("number")), moment.cases)
    if case is None or moment.reading.intent in ("human", "help", "cancel"):
        return None
    lacks = state.cure.get("lacks", ())
    if moment.reading.intent == "complaint" and "what" not in lacks and len(moment.reading.words) > 8:
        return None  # another complaint
    return complaint.complete(moment, state, case)


def _chosen(payload: str, moment: Moment, state: State) -> _Outcome:
    """A pressed button or a chosen line of a menu."""
    verb, _, value = payload.partition(":")
    knowledge, cases = moment.knowledge, moment.cases
    match verb:
        case "officer":
            return (*officer.call(state, knowledge, "asked"), ())
        case "how-to-ask":
            return _say(state, texts.how_to_ask(), (texts.MENU,))
        case "cancel":
            return _cancelled(state)
        case "complain":
            return (
                *complaint.begin(replace(moment, inbound=replace(moment.inbound, text="")), state, suggestion=False),
                (),
            )
        case "status":
            return (*tracking.track("status laporan", state, knowledge, cases, moment.today), ())
        case "confirm" if state.mode == "confirming":
            return (*complaint.submit(state, moment), ())
        case "change" if state.form:
            return (*complaint.which_to_change(state, moment), ())
        case "edit" if state.form and value in case_texts.SLOT_NAMES:
            return (*complaint.change(value, state, moment), ())
        case "case" | "withdraw" | "drop" | "add" if (case := tracking.own_case(value, cases)) is not None:
            return _with_case(verb, case.number, moment, state)
        case "thumbs-down":
            return _thumbs_down(state)
        case "standard" if value in knowledge.catalogue.by_key:
            return _standard_chosen(knowledge.catalogue.by_key[value], state, knowledge)
        case "ask" if value in _COMPONENT_KEYS:
            return _component_chosen(_COMPONENT_KEYS[value], state, knowledge)
    return _menu(state)


def _with_case(verb: str, number: str, moment: Moment, state: State) -> _Outcome:
    case = tracking.own_case(number, moment.cases)
    assert case is not None
    match verb:
        case "withdraw":
            done = tracking.withdraw(number, state, moment.cases)
            return (*done, ()) if done else _say(state, case_texts.not_withdrawable(number), (texts.MENU,))
        case "drop":
            return (*tracking.ask_withdrawal(case, state), ())
        case "add":
            return (*tracking.add(case, state.question, (), state), ())
    return (*tracking.show(case, state, moment.cases, moment.today), ())


def _thumbs_down(state: State) -> _Outcome:
    component = state.components[0] if state.components else None
    miss = RecordMiss(state.question, "thumbs_down", state.standard, component)
    return state.settled(), (Say(texts.thumbs_down(), (texts.OFFICER, texts.MENU)), miss), ()


def _standard_chosen(published: Published, state: State, knowledge: KnowledgeBase) -> _Outcome:
    """The question that was waiting is answered for the standard that was chosen."""
    identity = published.standard.identity
    asked_then = understand(state.question, None, knowledge, replace(state, standard=identity, choices=()))
    question = replace(asked_then, codes=(), unstated=None if state.components else asked_then.unstated)
    answer = inquiry.about(published, question, replace(state, standard=identity), knowledge)
    return answer.state, answer.effects, answer.components


def _component_chosen(number: int, state: State, knowledge: KnowledgeBase) -> _Outcome:
    published = knowledge.catalogue.by_identity.get(state.standard or "") or knowledge.agreed.get(number)
    if published is None:
        after = replace(state, mode="choosing", asks="standard", components=(number,), question="")
        return after, (Say(texts.ask_for_standard([number]), (texts.MENU,)),), ()
    answer = inquiry.answer_component(published, [number], state, knowledge)
    return answer.state, answer.effects, answer.components


def _menu(state: State) -> _Outcome:
    after = state.settled(choices=_MENU)
    return after, (Say(texts.menu([c.title for c in _MENU]), _menu_buttons()),), ()


def _menu_buttons() -> tuple[Button, ...]:
    return (Button("Tanya layanan", "how-to-ask"), Button("Lapor", "complain"), Button("Cek status", "status"))


def _say(state: State, lines: texts.Lines, buttons: Sequence[Button] = ()) -> _Outcome:
    choices = tuple(Choice(b.title, b.payload) for b in buttons)
    return state.settled(choices=choices), (Say(lines, tuple(buttons)),), ()


def _without_text(inbound: Inbound, state: State) -> _Outcome:
    kind = next((_KINDS.get(a.kind, "kiriman itu") for a in inbound.attachments), "kiriman itu")
    return _say(state, texts.unsupported(kind), _menu_buttons())


def _slots(moment: Moment, before: State, after: State) -> dict[str, object]:
    """The slots of the open form; of a form that was just recorded, what it held."""
    open_form = after.form or before.form
    if open_form:
        return Form.from_dict(open_form).slots()
    if moment.reading.intent in ("complaint", "suggestion"):
        return listen(Form(), moment.inbound.text, jakarta_day(moment.inbound.received_at)).slots()
    return {}


def _ranking(reading: Reading, knowledge: KnowledgeBase) -> tuple[tuple[int, str | None, str, float], ...]:
    """The standards as they were ranked, at most ten: exact codes first."""
    exact = [Candidate(e, 1.0) for code in reading.codes for e in knowledge.catalogue.by_code.get(code.digits, ())]
    taken = {c.published.standard.identity for c in exact}
    ranked = [*exact, *(c for c in reading.match.candidates if c.published.standard.identity not in taken)]
    return tuple(
        (c.published.standard.number, c.published.standard.kbli, c.published.standard.title, c.score)
        for c in ranked[:10]
    )
