"""The complaint form that listens: its slots, what a message fills, and what is still to be asked.

Any message may fill several slots or correct one. Nothing is recorded from here: the citizen confirms first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal, get_args

from handlers.case_rules import Report, usable_subject
from handlers.dialogue.replies import is_no, is_yes
from handlers.dialogue.subject import service_in
from knowledge.dates import DateFound, understand_dates
from knowledge.entities import Entities, find_entities
from knowledge.language import stem
from knowledge.names import read_name_answer, usable_name
from knowledge.questions import filler

Audience = Literal["manager", "head", "inspectorate"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)  # each hides from the one before
Slot = Literal["what", "service", "happened_on", "received_on", "name", "contact"]
_ORDER: tuple[Slot, ...] = ("what", "service", "happened_on", "received_on", "name", "contact")


@dataclass(frozen=True, slots=True)
class Form:
    """What is known of a complaint before it is confirmed. Days are ISO text, so that the form is JSON as it stands."""

    what: str = ""
    service: str = ""
    happened_on: str | None = None  # the latest day it can have been
    received_on: str | None = None
    nothing_received: bool = False  # still waiting: the 30 days have not begun
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    nik: str = ""
    confidential: bool = False
    evidence: tuple[tuple[str, str, str], ...] = ()  # external id of the message, kind, name
    suggestion: bool = False  # meant as one
    elsewhere: bool = False  # another agency's matter, or about third parties
    standard: str | None = None
    component: int | None = None
    skipped: tuple[str, ...] = ()  # slots that the citizen would not or could not fill
    retries: int = 0  # of the slot that is being asked for

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Form:
        known = {f.name for f in fields(cls)}
        kept = {key: value for key, value in data.items() if key in known}
        evidence = tuple((str(m), str(k), str(n)) for m, k, n in kept.get("evidence", ()))
        return replace(cls(**kept), skipped=tuple(kept.get("skipped", ())), evidence=evidence)

    @property
    def contact(self) -> str:
        return self.phone or self.email or self.address or self.nik

    def slots(self) -> dict[str, Any]:
        """The filled slots, under the names that are used from outside."""
        filled: dict[str, Any] = {
            "service": self.service,
            "what": self.what,
            "happened_on": self.happened_on,
            "received_on": self.received_on,
            "name": self.name,
            "contact": self.contact,
            "phone": self.phone,
            "email": self.email,
            "nik": self.nik,
            "confidential": self.confidential,
            "evidence": len(self.evidence),
        }
        return {name: value for name, value in filled.items() if value}

    def report(self, account_reaches: bool) -> Report:
        """The facts that the rules judge."""
        received = self.received_on or (None if self.nothing_received else self.happened_on)
        return Report(
            name=self.name or None,
            reachable=bool(self.contact) or account_reaches,
            service=self.service or None,
            what=self.what or None,
            received_on=date.fromisoformat(received) if received else None,
            meant_as_suggestion=self.suggestion,
            elsewhere=self.elsewhere,
        )


def next_slot(form: Form, today: date, account_reaches: bool) -> Slot | None:
    """The slot to ask for next; None when the form is ready to be confirmed."""
    for slot in _ORDER:
        if slot not in form.skipped and _is_open(slot, form, today, account_reaches):
            return slot
    return None


def _is_open(slot: Slot, form: Form, today: date, account_reaches: bool) -> bool:
    match slot:
        case "what":
            return not usable_subject(form.what)
        case "service":
            return not form.service and not form.suggestion
        case "happened_on":
            return not (form.happened_on or form.received_on or form.nothing_received or form.suggestion)
        case "received_on":
            return _receipt_matters(form, today)
        case "name":
            return not usable_name(form.name) and not form.suggestion
        case "contact":
            return not (account_reaches or form.contact or form.suggestion)


def _receipt_matters(form: Form, today: date) -> bool:
    """Only when it lies so far back that the 30 days may be over, and it was not said whether anything was received."""
    if form.received_on or form.nothing_received or form.suggestion or form.elsewhere or not form.happened_on:
        return False
    return (today - date.fromisoformat(form.happened_on)).days > 30


_PENDING = re.compile(
    r"\b(?:belum|blm|blum|belom|tidak|tdk|ga|gak|nggak|teu acan|acan|tak kunjung|kunjung)\b(?:\W+\w+){0,3}?\W+"
    r"(?:keluar|kaluar|terbit|jadi|selesai|beres|rengse|diproses|proses|ditanggapi|dibalas|dibales|direspon|diverifikasi|turun|dikirim|terima|diterima)\b",
    re.IGNORECASE,
)
_RECEIVED = re.compile(
    r"\b(?:saya|sudah|udah|baru|pas|waktu|sejak)?\s*(?:terima|menerima|nerima|diterima|terbit|ditolak|tolak|dicabut|dilayani|diserahkan|keluar|katampi|nampi)\b",
    re.IGNORECASE,
)
_NOTHING_YET = re.compile(r"\b(?:belum|blm|belom|tidak|ga|gak|nggak|teu|tacan)\b", re.IGNORECASE)
_SECRET = re.compile(
    r"\b(?:rahasia\w*|dirahasia\w*|jangan\s+(?:sampai\s+)?(?:disebar\w*|ketahuan|bocor))\b", re.IGNORECASE
)
_BRIBE = re.compile(
    r"\b(?:pungli|pungutan\s+liar|suap|nyuap|disuap|sogok\w*|nyogok|amplop|uang\s+(?:pelicin|rokok|kopi|terima\s*kasih)|gratifikasi|korupsi|pemerasan|diperas|"
    r"(?:di|me)?minta(?:i|in)?\s+(?:uang|duit|bayaran|jatah|rp|\d+\s*(?:rb|ribu|jt|juta|k\b)))",
    re.IGNORECASE,
)
_ACCUSED = re.compile(
    r"\b(?:petugas|pegawai|oknum|staf|satpam|kepala\s+dinas|kadis)\s+(?:yang\s+)?(?:bernama|namanya|pak|bu|bapak|ibu|mas|mbak|kang)\s+\w+"
    r"|\b(?:bernama|oknum)\s+[A-Z]\w+|\bkepala\s+dinas|\bkadis\b",
)
_ELSEWHERE = re.compile(
    r"\b(?:tetangga|sebelah|pabrik|toko|usaha|bangunan|gudang|kafe|karaoke|warung)\b.{0,40}\b(?:tanpa|tidak\s+(?:ada|punya|ber)|ga\s+(?:ada|punya)|gak\s+punya|belum\s+(?:ada|punya)|nggak\s+punya)\s*(?:izin|ijin)\b|\b(?:ilegal|tak\s+berizin)\b",
    re.IGNORECASE,
)


_HEAD = re.compile(r"\b(?:kepala\s+(?:dinas|dpmptsp)|kadis|kapala\s+dinas)\b", re.IGNORECASE)
_MANAGER = re.compile(r"\b(?:pejabat\s+)?pengelola\s+pengaduan\b", re.IGNORECASE)


def audience_of(form: Form) -> Audience:
    """Who alone may see a confidential report: the manager; about him the head; about the head the inspectorate."""
    if _HEAD.search(form.what):
        return "inspectorate"
    return "head" if _MANAGER.search(form.what) else "manager"


def raised(one: str | None, other: str | None) -> Audience | None:
    """The higher of two audiences: what is about somebody never comes to them by a later word."""
    return next((audience for audience in reversed(AUDIENCES) if audience in (one, other)), None)


# Outside a report the name of an office (`ke kepala dinas ya?`) or of a thing (`pakai amplop?`) accuses nobody.
_SUM = r"(?:uang|duit|bayaran|jatah|setoran|imbalan|rp|\d[\d.]*\s*(?:rb|ribu|jt|juta|k\b))"
_GIVE = r"(?:kasih|ngasih|kasi|beri\w*|memberi\w*|setor\w*|menyetor\w*|nyetor|selip\w*|nyelip\w*|menyelip\w*)"
_DEMANDED = re.compile(
    r"\b(?<!bebas )(?<!anti )(?<!tanpa )(?:pungli|pungutan\s+liar|suap|nyuap|menyuap|disuap|sogok\w*|nyogok"
    r"|menyogok|diperas|pemerasan|uang\s+pelicin)\b"
    rf"|\b(?:di|me)?minta(?:i|in)?\s+{_SUM}(?!\s+(?:\w+\s+)?(?:kembali|balik)\b)"
    rf"|\b(?:(?:di|me)?minta(?:i|in)?|disuruh|nyuruh|menyuruh|suruh|dipaksa|memaksa|maksa)(?:\s+\w+)?\s+{_GIVE}\s+(?:\w+\s+)?(?:{_SUM}|amplop)",
    re.IGNORECASE,
)
_PERSON = (
    r"\b(?:(?:petugas|pegawai|oknum|staf|satpam)(?:\s+(?!minta|meminta)\w+){0,3}?\s+(?:bernama|namanya|pak|bu|bapak|ibu|mas|mbak|kang)\s+\w+"
    r"|oknum|(?:kepala|kapala)\s+(?:dinas|dpmptsp)|kadis|pengelola\s+pengaduan)\b"
)
_PAPER = r"(?:berkas\w*|surat\w*|dokumen\w*|data\w*|syarat\w*|persyaratan\w*|fotokopi|ktp|tanda|ttd|maaf|waktu)"
_VISIT = r"(?:tamu|kunjungan|berkas\w*|surat\w*|permohonan\w*|laporan\w*|pengaduan\w*|konsultasi|warga|masyarakat)"
_DID = (
    rf"(?:(?:minta(?:in)?|meminta)(?!\s+{_PAPER})|memeras|meras|(?:menerima|nerima)(?!\s+{_VISIT})|suap|menyuap|korup\w*|pungli|mungut"
    r"|marah\w*|memarahi|marahin|mempersulit|persulit|mempersusah|membentak|bentak\w*|ngebentak|memaki\w*|menghina|mengancam|ngancam"
    r"|memukul|mukul|malak\w*|memalak|menipu|nipu|melecehkan|kasar)"
)
_DONE_TO = (
    r"(?:diperas|dimintai|dimintain|dimarahi|dimarahin|dibentak\w*|dipersulit|dipalak|diancam|dimaki\w*|dihina|dipukul\w*|ditipu"
    r"|dilecehkan|dikasari)"
)
_ACCUSES = re.compile(
    rf"{_PERSON}(?:\W+\w+){{0,5}}?\W+(?:{_DID}|{_DONE_TO})\b|\b{_DONE_TO}\b(?:\W+\w+){{0,4}}?\W+{_PERSON}",
    re.IGNORECASE,
)
_HINTS = (
    "rahasia", "disebar", "ketahuan", "bocor", "minta", "suruh", "paksa", "maksa", "suap", "nyuap", "sogok", "nyogok",
    "pungli", "liar", "mungut", "peras", "meras", "pelicin", "korup", "erima", "palak", "malak", "tipu", "nipu",
    "marah", "bentak", "maki", "hina", "kasar", "ancam", "pukul", "mukul", "leceh", "sulit", "susah",
)  # fmt: skip  # one of them is in whatever the patterns find; most messages have none


def confided(text: str) -> Audience | None:
    """Whose alone a message is, wherever it is written: it asks for secrecy, tells of a bribe or accuses somebody."""
    if not any(map(text.lower().__contains__, _HINTS)):
        return None
    return _about(text) if _SECRET.search(text) or _DEMANDED.search(text) or _ACCUSES.search(text) else None


def reported(text: str) -> Audience | None:
    """Whose alone a message of a report is. There a name or `amplop` is enough: it is told because it is amiss."""
    found = _SECRET.search(text) or _BRIBE.search(text) or _ACCUSED.search(text)
    return _about(text) if found else confided(text)


def _about(text: str) -> Audience:
    return audience_of(Form(what=text))


def listen(form: Form, text: str, today: date) -> Form:
    """Fills what a message volunteers: who, how to reach them, when, how confidential, whose matter."""
    found = find_entities(text)
    dates = [d for d in understand_dates(text, today) if not d.future]
    form = _with_identity(form, found)
    form = _with_days(form, text, dates)
    return replace(
        form,
        confidential=form.confidential or reported(text) is not None,
        elsewhere=form.elsewhere or bool(_ELSEWHERE.search(text)),
    )


def _with_identity(form: Form, found: Entities) -> Form:
    changes: dict[str, Any] = {}
    if found.name and usable_name(found.name.raw):
        changes["name"] = found.name.raw
    if found.phone:
        changes["phone"] = found.phone.raw
    if found.email:
        changes["email"] = found.email.raw
    if found.nik and found.nik.valid:
        changes["nik"] = found.nik.raw
    if not changes:
        return form
    skipped = tuple(s for s in form.skipped if s not in changes and not (s == "contact" and len(changes) > 0))
    return replace(form, **changes, skipped=skipped)


def _with_days(form: Form, text: str, dates: list[DateFound]) -> Form:
    """When it happened, and when the service was received: the day that stands nearest to that word."""
    pending = bool(_PENDING.search(text))
    form = replace(form, nothing_received=form.nothing_received or pending)
    if not dates:
        return form
    received = None if pending else _RECEIVED.search(text)
    if received is None:
        return replace(form, happened_on=dates[0].latest.isoformat())
    nearest = min(dates, key=lambda day: min(abs(day.start - received.end()), abs(received.start() - day.end)))
    other = next((day for day in dates if day is not nearest), nearest)
    return replace(form, happened_on=other.latest.isoformat(), received_on=nearest.latest.isoformat())


_SKIP = re.compile(
    r"^\W*(?:lewati|lewat|skip|tidak\s+tahu|tdk\s+tau|ga\s*tau|gatau|gak\s+tau|nggak\s+tau|(?:ga|gak|tidak|nggak|ngga|teu)\s+(?:inget|ingat|emut)(?:\s+\w+){0,2}|lupa(?:\s+\w+){0,3}|entah|ga\s+inget|gak\s+ingat|tidak\s+ada|ga\s+ada|gak\s+ada|"
    r"teu\s+apal|hilap|poho|pokoknya\s+gitu|rahasia(?:\s+saja|\s+aja)?|(?:ga|gak|tidak|nggak|ngga)\s+(?:usah|perlu)(?:\s+\w+){0,2}|tidak\s+mau(?:\s+\w+){0,3}|ga\s+mau(?:\s+\w+){0,3}|gak\s+mau(?:\s+\w+){0,3}|kosong|-+|anonim\w*(?:\s+\w+){0,2}|tanpa\s+nama|hamba\s+allah|nn|no\s*name)\W*$",
    re.IGNORECASE,
)


def is_skip(text: str) -> bool:
    """Whether an answer leaves the slot empty: `lewati`, `lupa`, `anonim`."""
    return bool(_SKIP.match(text.strip()))


_MURMUR = re.compile(r"^\W*(?:h+m+|e+m+|u+m+|a+h*|e+h+|o+h*|anu)\W*$", re.IGNORECASE)
_TIME_OF_DAY = re.compile(
    r"^(?:\W|\d|an\b|\b(?:tadi|pagi|siang|sore|malam|subuh|hari|jam|sekitar|kira|kayaknya|pas|waktu|tanggal|tgl|pukul|min|kak|pak|bu"
    r"|isuk|enjing|sonten|wengi)\b)*$",
    re.IGNORECASE,
)
_STORY = 8  # words of an answer that go on telling instead of naming a place


def answer(form: Form, slot: Slot, text: str, today: date) -> Form:
    """The form after an answer to the question that was asked. What was volunteered besides is kept too.

    An answer that says nothing to the question leaves the slot open once, with `retries` raised; the next one skips it.
    """
    heard = replace(listen(form, text, today), retries=0)
    plain = " ".join(text.split())
    if is_skip(text) and not (slot == "received_on" and _NOTHING_YET.search(text)):
        return replace(heard, name=form.name, skipped=(*form.skipped, slot))
    match slot:
        case "what":
            told = replace(heard, what=_joined(form.what, plain))
            return told if usable_subject(plain) else _not_said(form, replace(heard, what=form.what), slot)
        case "service" if is_yes(text) or is_no(text) or _MURMUR.match(text) or not usable_subject(plain):
            return _not_said(form, heard, slot)
        case "service" if _is_a_day(plain, today):
            return _not_said(form, heard, slot)
        case "service" if len(plain.split()) > _STORY:
            return replace(heard, what=_joined(form.what, plain), service=service_in(plain))
        case "service":
            return replace(heard, service=plain[:200], name=form.name if not heard.phone else heard.name)
        case "happened_on":
            answered = heard.happened_on or heard.nothing_received
            return heard if answered else _not_said(form, heard, slot)
        case "received_on":
            return _answer_received(form, heard, text, today)
        case "name":
            return _answer_name(form, heard, plain)
        case "contact":
            return _answer_contact(form, heard, plain)


def _is_a_day(text: str, today: date) -> bool:
    """Whether an answer says when, and nothing else."""
    days = understand_dates(text, today)
    rest = "".join(letter for place, letter in enumerate(text) if not any(d.start <= place < d.end for d in days))
    return bool(days) and bool(_TIME_OF_DAY.match(rest))


def _joined(before: str, more: str) -> str:
    return f"{before} {more}".strip() if usable_subject(before) else more


def _not_said(form: Form, heard: Form, slot: Slot) -> Form:
    if heard != replace(form, retries=0) and form.retries < 2:
        return replace(heard, retries=form.retries + 1)  # it filled or corrected something else
    if form.retries == 0:
        return replace(heard, retries=1)
    return replace(heard, skipped=(*heard.skipped, slot))


def _answer_received(form: Form, heard: Form, text: str, today: date) -> Form:
    dates = [d for d in understand_dates(text, today) if not d.future]
    if dates:
        return replace(heard, happened_on=form.happened_on, received_on=dates[0].latest.isoformat())
    if _NOTHING_YET.search(text):
        return replace(heard, nothing_received=True)
    if re.match(r"^\W*(?:sudah|udah|ya|iya|atos|tos|sama|hari itu)\b", text, re.IGNORECASE):
        return replace(heard, received_on=form.happened_on)
    return _not_said(form, heard, "received_on")


_TITLE = re.compile(r"^(?:(?:nama|saya|sy|aku|abdi|dengan|pak|bapak|bu|ibu|mas|mbak|kang|teh)\s+)+", re.IGNORECASE)


def _bare_name(plain: str) -> str:
    """One to three words that mean nothing else, said in answer to the question for the name; empty if they do."""
    bare = _TITLE.sub("", plain).strip(" .,!")
    words = bare.split()
    ordinary = any(stem(word.lower()) in filler() for word in words)
    alone = 1 <= len(words) <= 3 and all(word.replace("'", "").isalpha() for word in words)
    return bare if alone and not ordinary and usable_name(bare) else ""


def _answer_name(form: Form, heard: Form, plain: str) -> Form:
    found = read_name_answer(plain)
    name = _bare_name(plain) or (found.raw if found and usable_name(found.raw) and len(plain.split()) <= 4 else "")
    if name:
        days = replace(heard, happened_on=form.happened_on, received_on=form.received_on)  # `Mei Lestari` is no day
        return replace(days, nothing_received=form.nothing_received, name=name)
    if heard.name != form.name:
        return heard
    if found and usable_name(found.raw):
        return replace(heard, name=found.raw)
    if len(plain.split()) > 6:  # more of the story: kept, and the name is asked again
        heard = replace(heard, what=_joined(form.what, plain))
    return _not_said(form, heard, "name")


_ADDRESS = re.compile(r"\b(?:jl|jln|jalan|kp|kampung|rt|rw|desa|kel|kec|perum|blok|gang|gg)\b", re.IGNORECASE)


def _answer_contact(form: Form, heard: Form, plain: str) -> Form:
    if heard.contact:
        return heard
    if len(plain) >= 10 and _ADDRESS.search(plain):
        return replace(heard, address=plain[:200])
    return _not_said(form, heard, "contact")
