"""What the office promises: a service standard and its fourteen components.

The fourteen components are those of PermenPANRB 15/2014, as the regent's regulation prints them. A component is kept as
plain text, one list item a line with the marker that was printed (`A.`, `1.`, `a.`, `1)`): what a person can read,
compare and correct. `outline` reads the levels back from the markers whenever single items are wanted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

COMPONENTS: Mapping[int, str] = {
    1: "Persyaratan",
    2: "Sistem, Mekanisme dan Prosedur",
    3: "Jangka Waktu Penyelesaian",
    4: "Biaya/Tarif",
    5: "Produk Layanan",
    6: "Penanganan Pengaduan, Saran dan Masukan",
    7: "Dasar Hukum",
    8: "Sarana, Prasarana, dan Fasilitas",
    9: "Kompetensi Pelaksana",
    10: "Pengawasan Internal",
    11: "Jumlah Pelaksana",
    12: "Jaminan Pelayanan",
    13: "Jaminan Keamanan dan Keselamatan Pelayanan",
    14: "Evaluasi Kinerja Pelaksana",
}


_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt about a scan, for a person to settle. The text itself is never changed by one."""

    kind: str  # ocr_doubt, number_gap, missing_annex, odd_spelling, missing_component, …
    message: str  # Indonesian: what is doubtful and what to look at
    component: int | None = None  # 1–14, or None when the whole standard is meant
    excerpt: str = ""  # the words in question, as they stand


@dataclass(frozen=True)
class ServiceStandard:
    """One standard of one edition. `number` is its number in that edition, not its identity."""

    number: int
    title: str  # `Industri Kendaraan Multiguna Pedesaan`
    kbli: str | None  # five digits
    risk: str | None  # `Menengah Tinggi`, without the word Risiko
    product: str | None  # what stands before the brackets of the heading: `Sertifikat Standar`
    components: Mapping[int, str]  # number to text; a missing component is absent
    findings: tuple[Finding, ...] = field(default=())

    @cached_property
    def identity(self) -> str:
        """What stays the same from edition to edition: KBLI, risk and product, else the normalised title."""
        if self.kbli:
            return "|".join((self.kbli, normalised(self.risk or ""), normalised(self.product or "")))
        return "|".join(filter(None, (normalised(self.title), normalised(self.risk or ""))))

    @cached_property
    def name(self) -> str:
        """The heading as a person would say it."""
        risk = f"(Risiko {self.risk})" if self.risk else ""
        code = f"KBLI {self.kbli}" if self.kbli else ""
        return " ".join(part for part in (self.product or "", risk, code, self.title) if part)


def normalised(text: str) -> str:
    """Letters and digits only, lower case, single spaces: for comparing titles, never for showing."""
    return " ".join(tokens(text))


def tokens(text: str) -> list[str]:
    """The words of a text as titles are compared by them."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _WORD.findall(plain.lower())
