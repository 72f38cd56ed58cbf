"""A report that came by a way that PASTI does not read: an officer enters it, by the same rules and with a receipt.

The thirteen ways of component 6 point 2 all lead to the one register. `received_at` is when it came in: the 14 working
days run from its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from handlers import register
from handlers.access import Actor, require
from handlers.case_events import LONGEST, Refused
from handlers.case_rules import Classification, Report, answer_due, classify
from handlers.dialogue import case_texts
from handlers.dialogue.effects import OpenCase
from handlers.dialogue.form import Form
from handlers.messages import Line
from handlers.office import Office
from handlers.ways_in import WAYS
from knowledge.calendar import DueDate, jakarta_day
from storage import cases


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands on the letter, or was said at the counter."""

    way: str  # of WAYS
    received_at: datetime  # aware: when it came in
    what: str
    service: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    nik: str = ""
    happened_on: date | None = None
    received_on: date | None = None  # the service; None: nothing was received yet
    suggestion: bool = False  # meant as one
    elsewhere: bool = False
    confidential: bool = False
    standard: str | None = None
    component: int | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """It has a number; the receipt is printed or read out. The access code stands in it, and nowhere else."""

    number: str
    receipt: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """The very same was entered before."""

    number: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an entry would become, before it is one."""

    judged: Classification
    due: DueDate | None
    confidential: bool  # because it was asked for, or by what it says


def foresee(conn: Connection, office: Office, entry: Entry) -> Foreseen | Refused:
    """As `register_elsewhere` would judge it. Nothing is written."""
    if refused := _wrong(entry, office.clock()):
        return refused
    form, judged = judge(entry)
    return Foreseen(judged, _due(office, conn, entry, judged), form.confidential)


def register_elsewhere(
    office: Office, actor: Actor, entry: Entry, *, even_so: bool = False
) -> Registered | AlreadyThere | Refused:
    """Judged by the day on which it came in. Raises NotAllowedError.

    Args:
        even_so: the officer has looked: it is another one, though it came at the same time with the same words.
    """
    require(actor, "cases.register")
    if refused := _wrong(entry, office.clock()):
        return refused
    form, judged = judge(entry)
    with office.database.transaction(alone="entered by hand") as tx:
        there = cases.entered(tx, entry.way, entry.received_at, form.what, form.name)
        if there and not even_so:
            return AlreadyThere(there)
        due = _due(office, tx, entry, judged)
        effect = OpenCase(form, judged, due)
        recorded = register.enter(tx, office, effect, entry.way, entry.received_at, officer_id=actor.id)
        receipt = case_texts.receipt(judged.kind, recorded.number, form, judged, due, recorded.code, "")
        return Registered(recorded.number, receipt)


def judge(entry: Entry) -> tuple[Form, Classification]:
    """As the dialogue fills it in, and what it is by the day on which it came in. Pure."""
    form = _form(entry)
    report = Report(
        form.name or None,
        any((form.phone, form.email, form.address, form.nik)),
        form.service or None,
        form.what or None,
        entry.received_on,
        meant_as_suggestion=entry.suggestion,
        elsewhere=entry.elsewhere,
    )
    return form, classify(report, jakarta_day(entry.received_at))


def _due(office: Office, conn: Connection, entry: Entry, judged: Classification) -> DueDate | None:
    if judged.kind != "complaint":
        return None
    return answer_due(jakarta_day(entry.received_at), office.library.read(conn)[1])


def _wrong(entry: Entry, now: datetime) -> Refused | None:
    if entry.way not in WAYS:
        return Refused("Pilih lewat jalur mana laporan ini masuk.")
    if entry.received_at > now:
        return Refused("Waktu masuknya belum terjadi.")
    if not entry.what.strip():
        return Refused("Tulis apa yang disampaikan.")
    if len(entry.what) > LONGEST * 5:
        return Refused("Isi laporan terlalu panjang.")
    day = jakarta_day(entry.received_at)
    if any(each is not None and each > day for each in (entry.happened_on, entry.received_on)):
        return Refused("Tanggal kejadian tidak mungkin sesudah laporan masuk.")
    return None


def _form(entry: Entry) -> Form:
    """What is said of bribes or names a person is confidential here too."""
    heard = register.confidential_by_itself(entry.what, jakarta_day(entry.received_at))
    return Form(
        what=entry.what.strip(),
        service=entry.service.strip(),
        happened_on=entry.happened_on.isoformat() if entry.happened_on else None,
        received_on=entry.received_on.isoformat() if entry.received_on else None,
        nothing_received=entry.received_on is None,
        name=entry.name.strip(),
        phone=entry.phone.strip(),
        email=entry.email.strip(),
        address=entry.address.strip(),
        nik=entry.nik.strip(),
        confidential=entry.confidential or heard,
        suggestion=entry.suggestion,
        elsewhere=entry.elsewhere,
        standard=entry.standard,
        component=entry.component,
    )
