"""Takes a complaint or a suggestion: listens, asks what is missing, shows what it understood, records it on `ya`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from rapidfuzz import fuzz

from handlers.case_rules import Classification, answer_due, classify
from handlers.dialogue import case_texts, texts
from handlers.dialogue.amend import amended
from handlers.dialogue.case_view import CaseContext, CaseView
from handlers.dialogue.effects import Confide, Effect, OpenCase, Say
from handlers.dialogue.form import Form, answer, audience_of, listen, next_slot, raised, reported
from handlers.dialogue.officer import Queue
from handlers.dialogue.replies import is_yes
from handlers.dialogue.state import Choice, State
from handlers.dialogue.subject import happening, service_in, telling
from handlers.dialogue.understand import Reading
from handlers.messages import Inbound, Line
from knowledge.base import KnowledgeBase
from knowledge.calendar import jakarta_day
from knowledge.entities import find_entities
from knowledge.names import read_name_answer, usable_name
from knowledge.search import SURE, Published

Outcome = tuple[State, tuple[Effect, ...]]

_CHANGE = re.compile(
    r"^\W*(?:(?:masih|ada)\W+(?:yang\W+)?)?(?:ubah|ganti|edit|salah|koreksi|perbaiki|ralat|belum|bukan|tidak|ga|gak|no|enggak|nggak|teu)"
    r"(?:\W+(?:benar|bener|betul|sesuai|pas|min|pak|bu|kak|dulu|dong))*\W*$",
    re.IGNORECASE,
)
_THUMBS_DOWN = ("👎", "❌", "🙅")
_CORRECTION = re.compile(
    r"\b(?:salah|bukan|ralat|koreksi|ganti|ubah|maksud(?:nya|\s+saya)?|harusnya|seharusnya|yang\s+benar)\b",
    re.IGNORECASE,
)
_NEW_SERVICE = re.compile(
    r"\b(?:layanan|tempat|lokasi)(?:nya)?\b(?:\W+salah)?\W+"
    r"(?:(?:itu|adalah|di|harusnya|seharusnya|yang benar|yang bener|bukan\s+\w+(?:\s+tapi)?)\W+)*"
    r"(?P<value>[^,.;]{2,80})",
    re.IGNORECASE,
)
_NEW_WHAT = re.compile(
    r"\b(?:kejadian|masalah|keluhan|isi)(?:nya)?\s*(?:itu|adalah|:|yang benar|=)\s+(?P<value>.{4,})", re.IGNORECASE
)
_FRIGHTENED = re.compile(r"\b(?:takut|ancam|diancam|mengancam|intimidasi|khawatir|trauma|sieun)\b", re.IGNORECASE)
_DANGER = re.compile(  # in lower case
    r"\b(?:ancam\w*|diancam|mengancam|pukul\w*|dipukul|aniaya|dianiaya|senjata|pisau|golok|celurit|bunuh\w*|dibunuh|peras\w*|diperas|"
    r"rampok\w*|palak\w*|dipalak|todong\w*|ditodong|begal\w*|copet\w*|maling|dicuri|pencurian|"
    r"kebakaran|kahuruan|kecelakaan|pingsan|darurat|leceh\w*|dilecehkan|pelecehan|perkosa\w*|diperkosa|tembak(?!au)\w*|bom|"
    r"sandera|disandera|disekap|diculik|penculikan|gas (?:bocor|beracun)|bocor gas|keracunan|meledak|ledakan|"
    r"sesak napas|"
    r"(?:mem|nge)?bakar (?:kantor|loket|mpp|dinas)\w*|"
    r"(?:pengen|pengin|pingin|ingin|hayang|hoyong) (?:mati|modar|paeh)|mau mati (?:aja|saja)|"
    r"(?:tidak|ga|gak|nggak|ngga|teu) (?:kuat|sanggup|kiat) (?:lagi )?(?:hidup|hirup))\b",
)
_SUPPOSED = re.compile(
    r"\b(?:kalau|kalo|klo|jika|bila|apabila|seandainya|misal\w*|upami|saupami|mun|lamun)"
    r"(?: (?:ada|aya|terjadi|sampai|nanti|misalnya|misal|orang|yang|yg|nu|keadaan|kondisi)){0,3} "
    r"(?:kebakaran|kahuruan|kecelakaan|pingsan|darurat|gas bocor|bocor gas|ledakan|meledak|keracunan)\b"
    r"|\b(?:takut(?:nya)?|khawatir|sieun|biar (?:ga|gak|tidak|nggak)|jangan sampai) (?:nanti )?"
    r"(?:dipalak\w*|diperas|dicuri|copet|maling)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:bayar\w*|dibayar|uang|duit|rp|rupiah|ribu|rb|juta|jt|gratis|biaya|tarif|pungli|pungut\w*|dipungut|amplop"
    r"|dimintai|dimintain)\b|(?<!\d)\d{1,12}\s*(?:rb|jt|k)\b",
    re.IGNORECASE,
)
_WAITING = re.compile(r"\b(?:belum|blm|lama|lambat|lelet|lewat|terlambat|telat|molor)\b", re.IGNORECASE)
_REQUIREMENT = re.compile(r"\b(?:syarat\w*|persyaratan|berkas|dokumen|fotokopi)\b", re.IGNORECASE)
_NO_EVIDENCE = frozenset({"sticker", "unsupported"})
_MOST_OF = 0.7
_NAME = 3  # words: somebody may be called Bom Bom
_COMPARED = 2_000  # characters of two messages: who writes more has begun alike or not
_SAME = 92  # of 100: the same text sent again
_SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Moment:
    """What the form needs to know of the message and its surroundings."""

    inbound: Inbound
    reading: Reading
    knowledge: KnowledgeBase
    cases: CaseContext
    queue: Queue

    @property
    def today(self) -> date:
        return jakarta_day(self.inbound.received_at)

    @property
    def account(self) -> str:
        """How the account itself reaches the citizen; empty in the web chat."""
        return {"whatsapp": "WhatsApp ini", "telegram": "Telegram ini"}.get(self.inbound.address.channel, "")


def in_danger(text: str, but_for: str = "") -> bool:
    """A report of danger or crime, which needs a number to call besides. but_for: its words tell of none."""
    harmless = but_for.lower()
    return any(found.group() not in harmless for found in _DANGER.finditer(text.lower()))


def without_suppositions(text: str) -> str:
    """What is left of a question without `kalau ada kebakaran`: whoever asks where one gets out is in no fire.

    Nothing else may stand between: `kalau bisa cepat, ada kebakaran` is a call for help.
    """
    return _SUPPOSED.sub("", text)


def begin(moment: Moment, state: State, *, suggestion: bool) -> Outcome:
    """Opens the form with what the first message already says."""
    text = moment.inbound.text
    form = listen(Form(suggestion=suggestion), text, moment.today)
    what = happening(text)
    form = replace(form, what=what, service=_service(moment, state, what))
    form = _bridged(_with_evidence(form, moment.inbound), moment, state)
    if (same := _same_case(form, moment)) is not None:
        return state.settled(), (Say(case_texts.already_recorded(same.number), (texts.MENU,)),)
    opening = case_texts.care(suggestion, bool(_FRIGHTENED.search(text)), bool(what))
    if in_danger(text):
        opening += case_texts.danger()
    return _go_on(form, moment, state, opening)


def voice(moment: Moment, state: State) -> Outcome:
    """A voice note may be the complaint: it is recorded on receipt, and an officer writes down what it says."""
    form = listen(Form(), moment.inbound.text, moment.today)
    form = replace(
        form,
        what=happening(moment.inbound.text) or "Laporan lisan (pesan suara)",
        service="DPMPTSP (disebut dalam pesan suara)",
    )
    form = replace(_with_evidence(form, moment.inbound), name=form.name or moment.inbound.name or "")
    judged = classify(form.report(bool(moment.account)), moment.today)
    opened, effects = _record(form, judged, moment, state, oral=True)
    return opened, (Say(case_texts.voice_received()), *effects)


def go_on(moment: Moment, state: State) -> Outcome:
    """A message while the form is open. Whatever it answers, who is in danger is told whom to call."""
    after, effects = _taken(moment, state)
    if not in_danger(moment.inbound.text) or (state.asks == "name" and len(moment.reading.words) <= _NAME):
        return after, effects
    match effects:
        case (Say() as said, *rest):
            return after, (replace(said, lines=(*case_texts.danger(), *said.lines)), *rest)
        case _:
            return after, (Say(case_texts.danger()), *effects)


def _taken(moment: Moment, state: State) -> Outcome:
    """What a message adds to the open form."""
    form = _with_evidence(Form.from_dict(state.form), moment.inbound)
    text = moment.inbound.text
    if moment.inbound.before and not is_yes(text):
        return _go_on(_bridged(amended(form, moment.inbound.before, text, moment.today), moment, state), moment, state)
    if moment.inbound.phone and any(a.kind == "contact" for a in moment.inbound.attachments):
        return _go_on(replace(form, phone=moment.inbound.phone), moment, state)  # their own number, shared
    if not text.strip() and form.evidence == Form.from_dict(state.form).evidence:
        return _go_on(form, moment, state)
    if state.mode == "confirming":
        return _at_confirmation(form, moment, state)
    if not text.strip():
        return _go_on(form, moment, state, case_texts.photo_kept(len(form.evidence)))
    if not any(c.isalnum() for c in text) and not is_yes(text):
        return _go_on(form, moment, state)  # a mark or an emoji answers nothing
    slot = next_slot(form, moment.today, bool(moment.account))
    if slot is None:
        return _at_confirmation(form, moment, state)
    if slot != "what" and _repeats(form, text):
        return _go_on(listen(form, text, moment.today), moment, state)
    corrected = _corrected(form, text, moment)
    if corrected is not None and slot != "what":
        return _go_on(corrected, moment, state)
    place = service_in(text)
    alone = len(place) > _MOST_OF * len(text)
    if slot not in ("what", "service") and alone and telling(place) > telling(form.service):
        form = replace(form, service=place)  # a better place than the one that was taken from the story
        return _go_on(form, moment, state)
    filled = answer(form, slot, text, moment.today)
    if slot == "what":
        filled = replace(filled, what=happening(filled.what) or filled.what)
        filled = replace(filled, service=filled.service or _service(moment, state, text))
    return _go_on(_bridged(filled, moment, state), moment, state)


def change(slot: str, state: State, moment: Moment) -> Outcome:
    """The citizen picked a line of the summary to change: it is asked for again."""
    form = Form.from_dict(state.form)
    cleared: dict[str, Any] = {slot: None if slot in ("happened_on", "received_on") else ""}
    if slot == "contact":
        cleared = {"phone": "", "email": "", "address": "", "nik": ""}
    if slot == "happened_on":
        cleared |= {"received_on": None, "nothing_received": False}
    form = replace(form, **cleared, skipped=tuple(s for s in form.skipped if s != slot))
    return _go_on(form, moment, state)


def pending_question(state: State, moment: Moment) -> tuple[Line, ...]:
    """The question to repeat after an interruption."""
    form = Form.from_dict(state.form)
    slot = next_slot(form, moment.today, bool(moment.account))
    if slot is None or state.mode == "confirming":
        seen = (*case_texts.summary(form, moment.account), *case_texts.extras(form))
        return (*texts.plain(""), *seen, *case_texts.confirm(_judge(form, moment)))
    return case_texts.resume(slot)


def _at_confirmation(form: Form, moment: Moment, state: State) -> Outcome:
    text = moment.inbound.text.strip()
    if not text:
        return _go_on(form, moment, state, case_texts.photo_kept(len(form.evidence)))
    if is_yes(text):
        return submit(replace(state, form=form.as_dict()), moment)
    if _CHANGE.match(text) or text in _THUMBS_DOWN:
        return which_to_change(replace(state, form=form.as_dict()), moment)
    corrected = _corrected(form, text, moment)
    if corrected is None:
        corrected = listen(form, text, moment.today)
    if not usable_name(form.name) and len(text.split()) <= 4 and (found := read_name_answer(text)):
        corrected = replace(corrected, name=found.raw, happened_on=form.happened_on, received_on=form.received_on)
    if corrected == form and len(text.split()) > 3 and not _repeats(form, text):
        corrected = replace(form, what=f"{form.what} {' '.join(text.split())}".strip())
    if corrected == form:
        return _go_on(form, moment, state)
    return _go_on(_bridged(corrected, moment, state), moment, state)


def submit(state: State, moment: Moment) -> Outcome:
    """The confirmed form enters the register."""
    form = Form.from_dict(state.form)
    if (same := _same_case(form, moment)) is not None:
        return state.settled(), (Say(case_texts.already_recorded(same.number), (texts.MENU,)),)
    return _record(form, _judge(form, moment), moment, state)


def which_to_change(state: State, moment: Moment) -> Outcome:
    form = Form.from_dict(state.form)
    choices = tuple(Choice(case_texts.SLOT_NAMES[s], f"edit:{s}") for s, _ in case_texts.facts(form, moment.account))
    say = Say(case_texts.which_to_change([c.title for c in choices]), (case_texts.CANCEL,))
    return replace(state, mode="filling", choices=choices), (say,)


def _record(form: Form, judged: Classification, moment: Moment, state: State, *, oral: bool = False) -> Outcome:
    due = answer_due(moment.today, moment.cases.calendar) if judged.kind == "complaint" else None
    cure: Mapping[str, Any] = {}
    if judged.lacks and not form.suggestion:
        cure = {"form": form.as_dict(), "lacks": list(judged.lacks)}
    after = state.settled(standard=form.standard or state.standard, filed=state.filed + 1, cure=cure)
    return after, (*confide(form, moment.inbound.text), OpenCase(form, judged, due, oral))


def confide(form: Form, text: str) -> tuple[Effect, ...]:
    """Of a confidential report each message may say more of whom it is about; who may read it is only ever fewer."""
    audience = raised(audience_of(form), reported(text)) if form.confidential else None
    return (Confide(audience),) if audience is not None else ()


def _go_on(form: Form, moment: Moment, state: State, opening: tuple[Line, ...] = ()) -> Outcome:
    """Asks for the next slot, or shows the summary when nothing is missing."""
    slot = next_slot(form, moment.today, bool(moment.account))
    notice = case_texts.privacy() if not state.noticed and (form.name or form.contact) else ()
    after = replace(state, form=form.as_dict(), noticed=state.noticed or bool(notice), misses=0, question="", cure={})
    newly_secret = form.confidential and not state.form.get("confidential")
    secret = case_texts.confidential_note() if newly_secret else ()
    nik = find_entities(moment.inbound.text).nik
    if nik is not None and not nik.valid:
        opening = (*opening, *case_texts.bad_nik())
    hidden = confide(form, moment.inbound.text)
    if slot is not None:
        lines = (*opening, *secret, *notice, *case_texts.question(slot, form.retries > 0, form.suggestion))
        asking = replace(after, mode="filling", asks=slot, choices=())
        return asking, (Say(lines, (case_texts.CANCEL,)), *hidden)
    buttons = (case_texts.YES, case_texts.CHANGE, case_texts.CANCEL)
    lines = (*opening, *_quoted(form, moment, state), *case_texts.summary(form, moment.account))
    lines = (*lines, *case_texts.extras(form), *notice, *case_texts.confirm(_judge(form, moment)))
    choices = tuple(Choice(b.title, b.payload) for b in buttons)
    return replace(after, mode="confirming", asks=None, choices=choices), (Say(lines, buttons), *hidden)


def _judge(form: Form, moment: Moment) -> Classification:
    return classify(form.report(bool(moment.account)), moment.today)


def _repeats(form: Form, text: str) -> bool:
    """Whether a message only tells again what is in the form."""
    if len(text) < 20 or len(text) < 0.6 * len(form.what):
        return False
    told, again = form.what[:_COMPARED].lower(), (happening(text) or text)[:_COMPARED].lower()
    return bool(told) and fuzz.partial_ratio(told, again) >= _SAME


def _corrected(form: Form, text: str, moment: Moment) -> Form | None:
    """The form after `salah, namanya Asep`; None when the message corrects nothing."""
    if not _CORRECTION.search(text):
        return None
    after = listen(form, text, moment.today)
    if found := _NEW_SERVICE.search(text):
        after = replace(after, service=found["value"].strip())
    if found := _NEW_WHAT.search(text):
        after = replace(after, what=found["value"].strip())
    return after if after != form else None


def _with_evidence(form: Form, inbound: Inbound) -> Form:
    sent = tuple(
        (a.message or inbound.external_id, a.kind, a.name)
        for a in inbound.attachments
        if a.kind not in _NO_EVIDENCE and not (a.kind == "contact" and inbound.phone)
    )
    new = tuple(e for e in sent if e not in form.evidence)
    return replace(form, evidence=(*form.evidence, *new)) if new else form


def _service(moment: Moment, state: State, text: str) -> str:
    named = _standard_named(moment)
    return named.standard.name if named else service_in(text)


def _standard_named(moment: Moment) -> Published | None:
    catalogue = moment.knowledge.catalogue
    for code in moment.reading.codes:
        if entries := catalogue.by_code.get(code.digits):
            return entries[0] if len(entries) == 1 else None
    candidates = moment.reading.match.candidates
    return candidates[0].published if candidates and candidates[0].score >= SURE else None


def _bridged(form: Form, moment: Moment, state: State) -> Form:
    """Ties the complaint to the standard and the component that it touches."""
    named = _standard_named(moment)
    standard = form.standard or (named.standard.identity if named else state.standard)
    component = form.component
    if component is None and form.what:
        component = _component(form.what) or (moment.reading.asks[0].component if moment.reading.asks else None)
    return replace(form, standard=standard, component=component)


def _component(what: str) -> int | None:
    if _MONEY.search(what):
        return 4
    if _WAITING.search(what) and not re.search(
        r"\b(?:antri\w*|nunggu|menunggu|balas\w*|dibalas)\b", what, re.IGNORECASE
    ):
        return 3
    return 1 if _REQUIREMENT.search(what) else None


def _quoted(form: Form, moment: Moment, state: State) -> tuple[Line, ...]:
    """What the standard says about the matter, when a complaint touches its fee, time or requirements."""
    if form.component not in (1, 3, 4) or form.suggestion:
        return ()
    published = moment.knowledge.catalogue.by_identity.get(form.standard or "")
    if published is None and form.component == 4:
        published = moment.knowledge.agreed_on(4)
    if published is None or form.component not in published.standard.components:
        return ()
    text = published.standard.components[form.component]
    if len(text) > 420:
        return ()
    quote = (Line(line, "quote") for line in text.split("\n"))
    return (texts.heading(form.component), *quote, texts.source(published, [form.component]), Line(""))


def _same_case(form: Form, moment: Moment) -> CaseView | None:
    """A case of this account that says the same and was recorded within a day: a double send."""
    return next(
        (
            case
            for case in moment.cases.own
            if moment.inbound.received_at - case.received_at < _SOON
            and case.stage != "withdrawn"
            and form.what
            and fuzz.ratio(case.subject.lower(), form.what.lower()) >= _SAME
        ),
        None,
    )
