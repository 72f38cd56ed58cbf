"""Citizens for tests: they talk to a real office, and see no more of it than a channel shows them.

`Desk` is an office on a database of its own, with a clock that stands still until it is moved. A `Citizen` sends
messages through whatever takes them (the desk, or a process behind JSON lines), and hears replies, mode, and what is
asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from handlers.case_numbers import make_number
from handlers.case_rules import Kind
from handlers.inbound import Decision, decide_due, receive
from handlers.library import Library
from handlers.messages import Address, Attachment, Channel, Inbound
from handlers.office import Office
from handlers.shipped import publish_shipped
from storage import audit, cases, parties
from storage.database import Database
from storage.inbox import inbox
from storage.models import Case
from storage.parties import PartyDetails
from storage.sealed import Sealer
from tests.storage.fresh import copy_of

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 11, 9, 10, 30, tzinfo=JAKARTA)
DUE = date(2026, 11, 27)  # of what comes in on that Monday
SECRET = "a secret of the tests, long enough to be one"

_LIBRARY = Library()  # every new desk has the same standards: they are read once


@dataclass(frozen=True, slots=True)
class Heard:
    """What a citizen's side sees of one decision."""

    text: str  # all replies
    payloads: tuple[str, ...] = ()  # of the buttons under them
    mode: str = "idle"
    asks: str | None = None
    case: Mapping[str, str | None] | None = None
    duplicate: bool = False
    slots: Mapping[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        assert self.case is not None, f"no case was recorded or changed: {self.text}"
        assert self.case["number"] is not None
        return self.case["number"]

    @property
    def code(self) -> str:
        """The access code of a receipt."""
        return self.text.split("Kode akses: ")[1].split("\n")[0]


def heard(decision: Decision) -> Heard:
    return Heard(
        text="\n\n".join(reply.text for reply in decision.replies),
        payloads=tuple(button.payload for reply in decision.replies for button in reply.buttons),
        mode=decision.mode,
        asks=decision.asks,
        case=decision.case,
        duplicate=decision.duplicate,
        slots=(decision.report.slots or {}) if decision.report else {},
    )


@dataclass(slots=True)
class Clock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Desk:
    """An office with the shipped standards. `audit()` says whether its register can be believed."""

    def __init__(self, folder: Path, at: datetime = MONDAY) -> None:
        self.url = copy_of("with_standards", _publish_standards, folder)
        self.clock = Clock(at)
        database = Database.open(self.url)
        self.office = Office(database, Sealer(SECRET), self.clock, random=Random(26).randbytes, library=_LIBRARY)

    def take(self, message: Inbound) -> Heard:
        return heard(receive(self.office, [message])[0])

    def take_together(self, messages: Sequence[Inbound]) -> list[Heard]:
        return [heard(decision) for decision in receive(self.office, messages)]

    def take_what_is_due(self) -> list[Heard]:
        return [heard(decision) for decision in decide_due(self.office)]

    def citizen(self, user: str, channel: Channel = "whatsapp", name: str | None = None) -> Citizen:
        """name: what the channel knows of them."""
        return Citizen(Address(channel, user), self.take, self.clock, name)

    def register(self) -> list[Case]:
        with self.office.database.reader() as conn:
            return cases.register(conn)

    def case(self, number: str) -> Case:
        with self.office.database.reader() as conn:
            case = cases.get_by_number(conn, number)
        assert case is not None, f"{number} leads nowhere"
        return case

    def numbers(self, number: str) -> list[str]:
        with self.office.database.reader() as conn:
            return cases.numbers(conn, self.case(number).id)

    def reporter(self, number: str) -> PartyDetails:
        reporter_id = self.case(number).reporter_id
        assert reporter_id is not None
        with self.office.database.reader() as conn:
            reporter = parties.get(conn, self.office.keys, reporter_id)
        assert reporter is not None
        return reporter

    def events(self, number: str) -> list[str]:
        with self.office.database.reader() as conn:
            return [event.kind for event in audit.history(conn, self.case(number).id)]

    def notes(self, number: str) -> list[str]:
        with self.office.database.reader() as conn:
            return [event.note for event in audit.history(conn, self.case(number).id)]

    def evidence(self, number: str) -> list[tuple[str, str]]:
        with self.office.database.reader() as conn:
            return [(row.kind, row.name) for row in cases.evidence_of(conn, self.case(number).id)]

    def close(self) -> None:
        self.office.database.close()

    def audit(self) -> None:
        """Numbers without gaps, each leading to its case; whole histories; a reporter each; no message that failed."""
        with self.office.database.reader() as conn:
            check_register(conn)


def check_register(conn: Connection) -> None:
    given = {number: case.id for case in cases.register(conn) for number in cases.numbers(conn, case.id)}
    expected = []
    for series, value in conn.execute(select(cases.counters.c.name, cases.counters.c.value)):
        kind: Kind = "complaint" if series.startswith("ADU") else "suggestion"
        expected += [make_number(kind, int(series[-4:]), number) for number in range(1, value + 1)]
    assert sorted(given) == sorted(expected)
    for case in cases.register(conn):
        assert case.number in given
        assert audit.first_break(conn, case.id) is None
        assert audit.history(conn, case.id)[0].kind in ("opened", "imported")
        assert case.reporter_id is not None
        assert (case.due_on is not None) == (case.kind == "complaint")
    assert conn.scalar(select(func.count()).where(inbox.c.failed)) == 0


def _publish_standards(url: str) -> None:
    database = Database.open(url)
    database.migrate()
    publish_shipped(Office(database, Sealer(SECRET), clock=Clock()))
    database.close()


@dataclass(frozen=True, slots=True)
class Story:
    """What a citizen has to tell, as the answers to what they may be asked for."""

    what: str
    service: str = "loket MPP"
    happened_on: str = "kemarin"
    received_on: str = "belum"
    name: str = "Yayat Hidayat"
    contact: str = "081234500011"

    def answer(self, slot: str) -> str:
        told: str = getattr(self, slot)
        return told


@dataclass(slots=True)
class Citizen:
    address: Address
    send: Callable[[Inbound], Heard]
    clock: Clock
    name: str | None = None  # what the channel knows of them
    sent: int = 0

    def message(self, text: str = "", *, id_: str | None = None, photo: str | None = None, **more: Any) -> Inbound:
        """The next message; `photo` is the name of an attached one."""
        self.sent += 1
        attached = (Attachment("photo", photo),) if photo else ()
        return Inbound(
            address=self.address,
            external_id=id_ or f"{self.address.channel}-{self.address.user}-{self.sent}",
            received_at=self.clock(),
            text=text,
            name=self.name,
            **{"attachments": attached, **more},
        )

    def says(self, text: str = "", **more: Any) -> Heard:
        return self.send(self.message(text, **more))

    def presses(self, payload: str) -> Heard:
        return self.says(payload=payload)

    def answers(self, story: Story, so_far: Heard) -> Heard:
        """Answers what is asked and nothing else, confirms, and stops when a case is recorded or nothing is asked."""
        for _ in range(12):
            if so_far.case or not (so_far.asks or so_far.mode == "confirming"):
                return so_far
            so_far = self.says("ya" if so_far.asks is None else story.answer(so_far.asks))
        raise AssertionError(f"asked again and again: {so_far.text}")

    def reports(self, story: Story, opening: str = "mau lapor") -> Heard:
        return self.answers(story, self.says(opening))

    def asked(self, slot: str, story: Story, opening: str = "mau lapor") -> Heard:
        """Answers until this slot is asked for (`confirming`: until the summary)."""
        so_far = self.says(opening)
        for _ in range(12):
            if slot in (so_far.asks, so_far.mode):
                return so_far
            assert so_far.asks, f"nothing more is asked, least of all {slot}: {so_far.text}"
            so_far = self.says(story.answer(so_far.asks))
        raise AssertionError(f"never asked for {slot}: {so_far.text}")

    def elsewhere(self, channel: Channel, user: str) -> Citizen:
        """The same person on another account."""
        return replace(self, address=Address(channel, user), sent=0)


# ---------------------------------------------------------------- stories

FIRST_COMPLAINT, FIRST_SUGGESTION = make_number("complaint", 2026, 1), make_number("suggestion", 2026, 1)
RUDE = Story("petugas marah-marah tanpa alasan")
_BY_YAYAT = "Saya Yayat Hidayat, 081234500011, mau lapor: "
RUDE_IN_ONE = f"{_BY_YAYAT}kemarin di loket MPP petugas marah-marah tanpa alasan"


@dataclass(frozen=True, slots=True)
class Told:
    """A story, the same story in one message, and what is to become of it."""

    story: Story
    in_one: str
    kind: str = "complaint"
    happened_on: date | None = date(2026, 11, 8)
    received_on: date | None = None
    late: bool = False
    name: str = "Yayat Hidayat"
    confidential: bool = False
    reason: str = "identitas pelapor dan pokok masalahnya lengkap"


STORIES = {
    "plain": Told(RUDE, RUDE_IN_ONE),
    "on day 30": Told(
        Story("sertifikat saya salah ketik nama", "izin usaha", "10 Oktober 2026", "sudah, 10 Oktober"),
        _BY_YAYAT + "sertifikat izin usaha saya salah ketik nama, saya terima 10 Oktober 2026",
        happened_on=date(2026, 10, 10),
        reason="masih dalam batas",
    ),
    "on day 31": Told(
        Story("sertifikat saya salah ketik nama", "izin usaha", "9 Oktober 2026", "sudah, 9 Oktober"),
        _BY_YAYAT + "sertifikat izin usaha saya salah ketik nama, saya terima 9 Oktober 2026",
        "suggestion",
        date(2026, 10, 9),
        date(2026, 10, 9),
        late=True,
        reason="31 hari",
    ),
    "two months ago, vaguely": Told(
        Story("petugas loket salah menulis alamat saya", "loket MPP", "dua bulan lalu", "sudah"),
        _BY_YAYAT + "petugas loket MPP salah menulis alamat, suratnya saya terima dua bulan lalu",
        "suggestion",
        date(2026, 9, 17),
        date(2026, 9, 17),
        late=True,
        reason="layanannya diterima",
    ),
    "nothing received for two months": Told(
        Story("sudah dua bulan izin saya belum keluar", "izin apotek", "dua bulan lalu", "belum"),
        _BY_YAYAT + "sudah dua bulan izin apotek saya belum keluar",
        happened_on=date(2026, 9, 17),
        reason="batas 30 hari belum berjalan",
    ),
    "nothing received for a year": Told(
        Story("izin saya belum terbit juga", "izin apotek", "setahun lalu", "belum"),
        _BY_YAYAT + "sudah setahun izin apotek saya belum terbit juga",
        happened_on=None,
        reason="batas 30 hari belum berjalan",
    ),
    "Hamba Allah": Told(
        replace(RUDE, name="Hamba Allah"),
        "mau lapor: kemarin di loket MPP petugas marah-marah tanpa alasan. Dari Hamba Allah",
        "suggestion",
        name="",
        reason="belum ada nama pelapor",
    ),
    "a name that is refused": Told(
        replace(RUDE, name="gak mau sebut nama"),
        "mau lapor: kemarin di loket MPP petugas marah-marah tanpa alasan. Nama tidak usah disebut",
        "suggestion",
        name="",
        reason="belum ada nama pelapor",
    ),
    "a bribe": Told(
        Story("saya dimintai 200 ribu padahal katanya gratis"),
        _BY_YAYAT + "kemarin di loket MPP saya dimintai 200 ribu padahal katanya gratis",
        confidential=True,
    ),
    "a named officer": Told(
        Story("petugas bernama Dadang membentak saya"),
        _BY_YAYAT + "kemarin di loket MPP petugas bernama Dadang membentak saya",
        confidential=True,
    ),
    "asked to keep it secret": Told(
        Story("petugas membentak saya, tolong dirahasiakan"),
        _BY_YAYAT + "tolong dirahasiakan, kemarin di loket MPP petugas membentak saya",
        confidential=True,
    ),
}


def check_receipt(desk: Desk, heard: Heard, told: Told, due: date = DUE) -> None:
    case = desk.case(heard.number)
    complaint = told.kind == "complaint"
    assert case.number == (FIRST_COMPLAINT if complaint else FIRST_SUGGESTION)
    assert heard.case == {"number": case.number, "kind": told.kind, "due": due.isoformat() if complaint else None}
    assert (case.kind, case.late, case.due_on) == (told.kind, told.late, due if complaint else None)
    assert (case.clock_started_at is not None) == complaint
    assert (case.confidential, case.visible_to) == (told.confidential, "manager" if told.confidential else None)
    if told.happened_on:
        assert case.happened_on == told.happened_on
    if told.received_on:
        assert case.received_on == told.received_on
    assert told.reason in case.kind_reason
    assert desk.reporter(case.number).name == told.name
    assert desk.events(case.number) == ["opened"]
    for said in (case.number, case.kind_reason, "Kode akses: ", "Saran/masukan" if not complaint else "Pengaduan"):
        assert said in heard.text
    assert ("Dijawab paling lambat" in heard.text) == complaint
