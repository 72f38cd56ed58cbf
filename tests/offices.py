"""Real offices for tests: a temporary SQLite database with published standards, the shipped one or a few invented ones.

Everything is the real thing but for the clock, which stands still until a test moves it, and the ids, which count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy import text

from handlers import editions
from handlers.inbound import Decision, receive
from handlers.library import Library
from handlers.messages import Address, Channel, Inbound
from handlers.office import Office
from handlers.shipped import publish_shipped, shipped_standards
from knowledge.base import KnowledgeBase
from knowledge.standards import ServiceStandard
from storage.sealed import Sealer
from tests.storage.fresh import NOW, address, fresh_database

EDITION = "Peraturan Bupati Contoh Nomor 7 Tahun 2026"
MIDWIFE = "Surat Izin Praktik Bidan Mandiri di Wilayah Kerja Puskesmas Kecamatan"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """An office, its clock, and short words for talking to it."""

    office: Office
    clock: Clock
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return address(self.office.database)

    def message(self, text: str = "", *, user: str = "warga", channel: Channel = "whatsapp", **more: object) -> Inbound:
        """A message with an id of its own, received now."""
        inbound = Inbound(Address(channel, user), f"m{next(self._numbers)}", self.clock.now, text)
        return inbound._replace(**more)  # type: ignore[arg-type]

    def say(self, text: str = "", *, user: str = "warga", channel: Channel = "whatsapp", **more: object) -> Decision:
        return receive(self.office, [self.message(text, user=user, channel=channel, **more)])[0]

    def knowledge(self) -> KnowledgeBase:
        with self.office.database.reader() as conn:
            return self.office.library.current(conn)

    def rows(self, table: str, columns: str = "*") -> list[Mapping[str, object]]:
        """What stands in a table, oldest first."""
        with self.office.database.reader() as conn:
            found = conn.execute(text(f"SELECT {columns} FROM {table} ORDER BY id"))
            return [dict(row) for row in found.mappings()]


def said(decision: Decision) -> str:
    """All that was replied, as the citizen reads it."""
    return "\n".join(reply.text for reply in decision.replies)


_libraries: dict[str, Library] = {}  # desks that begin alike share what takes a second to read


@contextmanager
def desk_at(folder: Path, standards: str = "shipped") -> Iterator[Desk]:
    """A desk with the shipped standard (`shipped`), with invented ones (`several`), or with none (`empty`).

    Who publishes more at it gives it a library of its own first: `desk.office.library = Library()`.
    """
    clock = Clock()
    numbers = count(1_000)
    office = Office(fresh_database(folder), Sealer("a secret for tests"), clock, lambda: next(numbers))
    office.library = _libraries.setdefault(standards, Library())
    if standards == "shipped":
        publish_shipped(office)
    elif standards == "several":
        publish(office, several_standards())
    try:
        yield Desk(office, clock)
    finally:
        office.database.close()


def publish(office: Office, standards: list[ServiceStandard], title: str = EDITION, *, whole: bool = False) -> None:
    editions.import_edition(
        office,
        standards,
        title=title,
        effective_on=None,
        source_name=f"{title}.md",
        source_sha256="0" * 64,
        whole=whole,
    )


def several_standards() -> list[ServiceStandard]:
    """One code at three risks, two titles alike, one without a fee, one without a code; the office's own is alike."""
    shipped = shipped_standards()[0]
    wide = {number: shipped.components[number] for number in (6, 8, 9, 10, 11, 12, 13, 14)}

    def standard(
        number: int, title: str, kbli: str | None, risk: str | None, days: int, fee: str | None, need: str
    ) -> ServiceStandard:
        components = {
            1: f"1. {need};\n2. Memiliki NIB.",
            2: f"Pemohon {title} mendaftar melalui OSS.",
            3: f"{days} hari kerja sejak berkas lengkap.",
            5: f"Sertifikat Standar {title}",
            7: f"1. Peraturan Menteri Contoh Nomor {number} Tahun 2021.",
            **wide,
        }
        if fee is not None:
            components[4] = fee
        return ServiceStandard(number, title, kbli, risk, "Sertifikat Standar" if kbli else None, components)

    return [
        standard(1, "Industri Keripik Singkong", "10799", "Rendah", 1, "Gratis", "Surat dapur bersih"),
        standard(2, "Industri Keripik Singkong", "10799", "Menengah Rendah", 3, "Rp11.000", "Uji minyak"),
        standard(3, "Industri Keripik Singkong", "10799", "Tinggi", 9, "Rp77.000", "Uji laboratorium"),
        standard(4, "Industri Roti Basah", "10711", "Rendah", 2, "Rp22.000", "Denah oven"),
        standard(5, "Industri Roti Kering", "10712", "Rendah", 4, "Rp44.000", "Denah gudang"),
        standard(6, "Penginapan Remaja", "55130", "Menengah Rendah", 5, None, "Buku tamu"),
        standard(
            7,
            MIDWIFE,
            None,
            None,
            6,
            "Rp66.000",
            "STR bidan",
        ),
        standard(8, "Pemandian Alam", "93221", "Menengah Tinggi", 8, "Rp88.000", "Pelampung"),
        replace(shipped, findings=()),
    ]
