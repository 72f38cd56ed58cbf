"""How far something is: own cases, a case by number and access code, and what citizens do with a case afterwards.

PASTI does not see *applications*: it says so, takes the number, and offers an officer.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from rapidfuzz import fuzz

from handlers.case_rules import can_move, can_reopen
from handlers.dialogue import case_texts, officer, status_texts, texts
from handlers.dialogue.case_view import CaseContext, CaseView, Looked
from handlers.dialogue.effects import AddToCase, CallOfficer, Confide, Effect, MoveCase, Say, WrongCode
from handlers.dialogue.form import reported
from handlers.dialogue.officer import Queue
from handlers.dialogue.state import Choice, State
from handlers.messages import Attachment, Button, Inbound
from knowledge.base import KnowledgeBase
from knowledge.calendar import jakarta_day

Outcome = tuple[State, tuple[Effect, ...]]

_NUMBER = re.compile(r"(?<!\w)(?:[A-Za-z]{1,5}[-/.])?\d[\dA-Za-z./-]{3,24}(?!\w)")
_SAME = 90  # of 100: the words of a message in the subject of a case
_CAPTION = 6  # words under a photo that are no story of their own
_ABOUT_CASES = re.compile(r"\b(?:adu\w*|ngadu|pengaduan|lapor\w*|keluhan|saran|aduan|kasus|tiket)\b", re.IGNORECASE)
_WITHDRAW = re.compile(r"\b(?:cabut|tarik|batal\w*|hapus)\b", re.IGNORECASE)
_ADD = re.compile(
    r"^\W*(?:(?:saya|sy|mau|ingin|bade|min|pak|bu)\W+)*(?:tambah(?:an|kan|in)?|nambah(?:in)?|menambahkan|tambihan)\b\W*(?:keterangan|informasi|info|bukti|laporan|untuk|ke|pada|:|,)*\W*",
    re.IGNORECASE,
)
_ASKS_STATUS = re.compile(
    r"\b(?:sampai mana|sampe mana|status|kabar|perkembangan|kelanjutan|progres\w*|cek)\b"
    r"|\b(?:gimana|gmn|gmna|bagaimana|kumaha)\b(?!\W+(?:cara|carana)).*\b(?:saya|sy|aku|abdi|kami|kemarin|kmrn|tadi|itu)\b",
    re.IGNORECASE,
)
_SOLVED = re.compile(
    r"^\W*(?:sudah|udah|alhamdulillah|tos|atos)\b.{0,25}\b(?:selesai|beres|kelar|solved|rengse|ok|oke)\b", re.IGNORECASE
)
_UNSOLVED = re.compile(
    r"^\W*(?:belum|blm|belom|tidak|teu acan|acan)(?:\W+(?:selesai|beres|kelar|puas|solved|rengse|ada perubahan))?\W*",
    re.IGNORECASE,
)


def application_number(text: str) -> str | None:
    """What looks like the number of an application or a NIB: a token of at least four digits."""
    found = next((m.group() for m in _NUMBER.finditer(text) if sum(c.isdigit() for c in m.group()) >= 4), None)
    return found.strip(" .-/") if found else None


def track(text: str, state: State, knowledge: KnowledgeBase, cases: CaseContext, queue: Queue) -> Outcome:
    """`status`: the citizen's own cases; for an application, the honest answer."""
    number = application_number(text)
    about_application = number is not None or not _ABOUT_CASES.search(text)
    if cases.own and not (
        about_application and re.search(r"\b(?:izin|ijin|nib|sertifikat|permohonan|berkas)\b", text, re.IGNORECASE)
    ):
        return _show_own(state, cases, jakarta_day(queue.now))
    if number is not None:
        lines = (*texts.application_noted(number), *officer.standing(state, knowledge, queue, other_ways=True))
        return state.settled(standard=state.standard), (
            Say(lines, (texts.MENU,)),
            CallOfficer("application_status", number),
        )
    lines = texts.application_status() if about_application and len(text.split()) > 1 else status_texts.no_cases()
    after = state.settled(asks="application_number", mode="filling", standard=state.standard)
    return after, (Say(lines, (texts.OFFICER, texts.MENU)),)


def _show_own(state: State, cases: CaseContext, today: date) -> Outcome:
    if len(cases.own) == 1:
        return show(cases.own[0], state, cases, today)
    listed = cases.own[:9]
    choices = tuple(Choice(c.number, f"case:{c.number}") for c in listed)
    after = state.settled(choices=choices, mode="choosing", standard=state.standard)
    buttons = tuple(Button(c.title, c.payload) for c in choices[:3])
    return after, (Say(status_texts.own_cases(listed), buttons),)


def show(case: CaseView, state: State, cases: CaseContext, today: date) -> Outcome:
    after = state.settled(standard=state.standard)
    return after, (Say(status_texts.status(case, today, cases.calendar), (texts.MENU,)),)


def by_number(looked: Looked, text: str, state: State, cases: CaseContext, today: date) -> Outcome:
    """A case number anywhere in a message. From elsewhere it shows nothing without the access code."""
    if looked.status == "mistyped":
        return _say(state, status_texts.mistyped(looked.number))
    if looked.status == "foreign":
        return _say(state, status_texts.not_ours(looked.number))
    if looked.case is None:
        return _say(state, status_texts.unknown_number(looked.number))
    if looked.own:
        if _WITHDRAW.search(text):
            return ask_withdrawal(looked.case, state)
        if added := _ADD.sub("", text).replace(looked.number, "").strip() if _ADD.match(text) else "":
            return add(looked.case, added, (), state)
        return show(looked.case, state, cases, today)
    return _by_code(looked, state, cases, today)


def _by_code(looked: Looked, state: State, cases: CaseContext, today: date) -> Outcome:
    assert looked.case is not None
    waiting = state.settled(mode="filling", asks="access_code", lookup=looked.number, standard=state.standard)
    if looked.blocked_until is not None:
        return _say(state, status_texts.code_blocked(looked.blocked_until))
    if looked.code_right is None:
        return waiting, (Say(status_texts.ask_code(looked.number), (case_texts.CANCEL,)),)
    if not looked.code_right:
        return waiting, (Say(status_texts.wrong_code(), (case_texts.CANCEL,)), WrongCode(looked.case.id))
    return show(looked.case, state, cases, today)


def ask_withdrawal(case: CaseView, state: State) -> Outcome:
    if case.joined:
        return _say(state, status_texts.joined(case.number))
    if not can_move(case.kind, case.stage, "withdrawn"):
        return _say(state, status_texts.not_withdrawable(case.number))
    yes, no = Button("Ya, cabut", f"withdraw:{case.number}"), Button("Tidak", f"keep:{case.number}")
    after = state.settled(
        choices=(Choice(yes.title, yes.payload), Choice(no.title, no.payload)), mode="choosing", standard=state.standard
    )
    return after, (Say(status_texts.sure_to_withdraw(case.number), (yes, no)),)


def withdraw(number: str, state: State, cases: CaseContext) -> Outcome | None:
    case = own_case(number, cases)
    if case is None or case.joined or not can_move(case.kind, case.stage, "withdrawn"):
        return None
    return state.settled(cure={}), (
        MoveCase(case.id, "withdrawn"),
        Say(status_texts.withdrawn(case.number), (texts.MENU,)),
    )


def add(case: CaseView, text: str, attachments: tuple[tuple[str, str, str], ...], state: State) -> Outcome:
    """Keeps what was said later with the case; closed ones too, for the officer to see."""
    sent = tuple(Attachment(kind, name, message) for message, kind, name in attachments)
    audience = reported(text)
    return state.settled(standard=state.standard, cure=state.cure), (
        *((Confide(audience),) if audience is not None else ()),
        AddToCase(case.id, text, sent),
        Say(status_texts.added(case.number), (texts.MENU,)),
    )


def later_word(inbound: Inbound, state: State, cases: CaseContext) -> Outcome | None:
    """What a citizen says of a case without naming it: more to add, withdraw it, solved or not; None for all else."""
    if not cases.own:
        return None
    text = inbound.text.strip()
    open_cases = [c for c in cases.own if c.stage not in ("closed", "withdrawn")]
    answered = next((c for c in cases.own if c.stage in ("answered", "closed")), None)
    if answered and _SOLVED.match(text):
        return _solved(answered, state)
    if answered and _UNSOLVED.match(text) and cases.own[0].stage != "received":
        return _reopen(answered, inbound, state, cases)
    if not open_cases:
        return None
    if _ADD.match(text) and (more := _ADD.sub("", text).strip()):
        return _one_of(open_cases, "ditambah", "add", more, state, _sent(inbound))
    if _ASKS_STATUS.search(text) and _ABOUT_CASES.search(text) and len(text.split()) <= 8:
        return _show_own(state, cases, jakarta_day(inbound.received_at))
    if inbound.attachments and len(text.split()) <= _CAPTION:
        return add(open_cases[0], text, _sent(inbound), state)
    if _WITHDRAW.search(text) and _ABOUT_CASES.search(text):
        return (
            ask_withdrawal(open_cases[0], state)
            if len(open_cases) == 1
            else _one_of(open_cases, "dicabut", "drop", "", state)
        )
    return None


def corrected(inbound: Inbound, state: State, cases: CaseContext) -> Outcome | None:
    """An edit of the message that one of their open cases was made of; None for any other."""
    if not inbound.before:
        return None
    about = (case for case in cases.own if case.stage not in ("closed", "withdrawn") and case.subject)
    same = next((c for c in about if fuzz.partial_ratio(c.subject.lower(), inbound.before.lower()) >= _SAME), None)
    return add(same, f"Ralat: {inbound.text.strip()}", (), state) if same else None


def said_of_answer(verb: str, case: CaseView, inbound: Inbound, state: State, cases: CaseContext) -> Outcome | None:
    """What was pressed under an answer; None when the case is not answered any more."""
    if case.stage not in ("answered", "closed"):
        return None
    return _solved(case, state) if verb == "solved" else _reopen(case, inbound, state, cases)


def _solved(case: CaseView, state: State) -> Outcome:
    return state.settled(), (
        MoveCase(case.id, "solved"),
        Say(status_texts.solved(case.number), (texts.MENU,)),
    )


def _reopen(case: CaseView, inbound: Inbound, state: State, cases: CaseContext) -> Outcome:
    today = jakarta_day(inbound.received_at)
    if not can_reopen(case.kind, case.stage, case.answered_on, today, cases.calendar):
        return _say(state, status_texts.too_late_to_reopen(case.number))
    return state.settled(), (
        MoveCase(case.id, "reopened", inbound.text.strip()),
        Say(status_texts.reopened(case.number), (texts.MENU,)),
    )


def _sent(inbound: Inbound) -> tuple[tuple[str, str, str], ...]:
    """The attachments of a message as a case keeps them: external id, kind, name."""
    return tuple((a.message or inbound.external_id, a.kind, a.name) for a in inbound.attachments)


def _one_of(
    cases: list[CaseView],
    verb: str,
    payload: str,
    more: str,
    state: State,
    sent: tuple[tuple[str, str, str], ...] = (),
) -> Outcome:
    if len(cases) == 1 or sent:  # what was sent goes with the newest: it could not wait for a choice
        return add(cases[0], more, sent, state)
    listed = cases[:9]
    choices = tuple(Choice(c.number, f"{payload}:{c.number}") for c in listed)
    after = replace(state.settled(choices=choices, mode="choosing"), question=more)
    return after, (Say(status_texts.which_case(listed, verb), ()),)


def own_case(number: str, cases: CaseContext) -> CaseView | None:
    return next((c for c in cases.own if c.number == number), None)


def _say(state: State, lines: texts.Lines) -> Outcome:
    return state.settled(standard=state.standard, cure=state.cure), (Say(lines, (texts.MENU,)),)
