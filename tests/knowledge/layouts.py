"""Invented standards, and the layouts in which scans of them come: tabs, Markdown pipes, HTML tables, plain text.

The second implementation of the format: it writes what `knowledge.ingest` reads, and shares no code with it.
"""

from __future__ import annotations

import html
import random
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

NAMES = (
    "Persyaratan",
    "Sistem, Mekanisme dan Prosedur",
    "Jangka Waktu Penyelesaian",
    "Biaya/Tarif",
    "Produk Layanan",
    "Penanganan Pengaduan, Saran dan Masukan",
    "Dasar Hukum",
    "Sarana, Prasarana, dan Fasilitas",
    "Kompetensi Pelaksana",
    "Pengawasan Internal",
    "Jumlah Pelaksana",
    "Jaminan Pelayanan",
    "Jaminan Keamanan dan Keselamatan Pelayanan",
    "Evaluasi Kinerja Pelaksana",
)
PART_A = "Proses Penyampaian Pelayanan (Service Delivery) meliputi:"
PART_B = "Proses Pengelolaan Pelayanan di Internal Organisasi (Manufacturing) meliputi:"

_HEADINGS = (
    ("Sertifikat Standar", "Menengah Tinggi", "29102", "Industri Perahu Motor Danau"),
    ("Izin", "Tinggi", "86105", "Aktivitas Klinik Hewan (Swasta)"),
    ("NIB", "Rendah", "01111", "Pertanian Jagung, Kacang dan Ubi"),
    ("Sertifikat Standar", "Menengah Rendah", "10710", "Industri Roti dan Kue"),
    (None, None, None, "Izin Praktik Bidan"),
    (None, None, None, "Rekomendasi Penelitian Lapangan"),
    ("Izin", None, "47723", "Perdagangan Eceran Obat Tradisional"),
    (None, "Tinggi", None, "Depo Air Minum Isi Ulang"),
)
_REQUIREMENTS = (
    "Memiliki akun pada sistem elektronik yang masih aktif.",
    "Menyampaikan laporan kegiatan setiap 3 (tiga) bulan kepada dinas yang membidangi urusan perindustrian.",
    "Berlokasi sesuai ketentuan dalam Pasal 65 PP Nomor 5 Tahun 2021 tentang perizinan berusaha.",
    "Memiliki tenaga teknis bersertifikat paling sedikit 4 orang;",
    "Skala usaha kecil atau menengah;",
    "Memiliki gudang bahan baku yang terpisah dari ruang produksi seluas 36 m2 (tiga puluh enam meter persegi);",
    "Fotokopi KTP, NPWP, dan/atau paspor pemohon yang masih berlaku pada saat permohonan diajukan;",
    "Surat kuasa bermeterai apabila pengurusan dilakukan oleh pihak lain.",
)
_CHANNELS = (
    "Petugas pengaduan di Jalan Melati Nomor 17, Kelurahan Sukamaju Kec. Babakan, Kabupaten Contoh 40123.",
    "Telepon: (0264) 555123 ext.207",
    "WA: 081200001111",
    "Email: aduan139@contoh.example",
    "Twitter: aduan_contoh",
    "Kotak Pengaduan",
)
_LAWS = (
    "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik;",
    "Peraturan Pemerintah Nomor 5 Tahun 2021 tentang Penyelenggaraan Perizinan Berusaha Berbasis Risiko;",
    "Peraturan Menteri Nomor 9 Tahun 2021 tentang Standar Kegiatan Usaha dan/atau Produk;",
)
_ROOMS = ("Tempat parkir;", "Ruang tunggu pelayanan;", "Aula;", "CCTV;", "Toilet (umum dan disabilitas);", "Kursi roda;", "ATM;")


@dataclass(frozen=True)
class Invented:
    """A standard as it is meant: what an ingest of any layout of it must give back."""

    number: int
    title: str
    kbli: str | None
    risk: str | None
    product: str | None
    components: dict[int, tuple[str, ...]]  # lines with their markers

    @property
    def heading(self) -> str:
        risk = f"(Risiko {self.risk})" if self.risk else ""
        code = f"KBLI {self.kbli}" if self.kbli else ""
        return " ".join(part for part in (f"{self.number}.", self.product, risk, code, self.title) if part)

    @property
    def texts(self) -> dict[int, str]:
        return {number: "\n".join(lines) for number, lines in self.components.items()}


def invented(rng: random.Random, count: int) -> list[Invented]:
    """So many standards, no two alike."""
    first = rng.choice((1, 7, 61, 118))
    headings = rng.sample(_HEADINGS, count)
    return [_standard(rng, first + i, *heading) for i, heading in enumerate(headings)]


def _listed(items: Sequence[str], marker: Callable[[int], str] = "{}.".format) -> list[str]:
    return [f"{marker(n)} {item}" for n, item in enumerate(items, 1)]


def _letter(n: int) -> str:
    return f"{chr(96 + n)}."


def _standard(
    rng: random.Random, number: int, product: str | None, risk: str | None, kbli: str | None, title: str
) -> Invented:
    general, special = rng.sample(_REQUIREMENTS, 4), rng.sample(_REQUIREMENTS, rng.randint(1, 5))
    components = {
        1: ["A. Persyaratan Umum:", *_listed(general), "B. Persyaratan Khusus:", *_listed(special)],
        2: [
            f"Sistem, Mekanisme dan Prosedur: Klasifikasi {rng.randint(1, 9)}, 12, atau 16 sebagaimana tercantum dalam"
            " Lampiran IV Peraturan Bupati ini."
        ],
        3: [f"{rng.randint(1, 30)} hari kerja sejak diterimanya berkas permohonan secara lengkap dan benar."],
        4: [rng.choice(("Gratis", "Rp 125.000,00 per permohonan", "Tidak dipungut biaya."))],
        5: ["NIB dan Sertifikat Standar dengan tanda tangan elektronik"],
        6: [
            "1. Pengaduan dapat disampaikan secara lisan dan/atau tulisan paling lambat 30 (tiga puluh) hari kalender"
            " sejak pemohon menerima pelayanan, melalui:",
            *_listed(rng.sample(_CHANNELS, rng.randint(2, 6)), _letter),
            "2. Pengaduan ditanggapi paling lambat 14 (empat belas) hari kerja sejak diterima;",
            "3. Petugas menindaklanjuti pengaduan dengan langkah-langkah sebagai berikut:",
            "a. Pencatatan pengaduan; dan",
            "b. Menelaah pengaduan berdasarkan:",
            "1) Bidang/Sektor/Jenis Pelayanan;",
            "2) Jenis masalah, diantaranya: Persyaratan; Jangka waktu penyelesaian; Biaya/tarif; dll.",
            "4. Hasil tindak lanjut diinformasikan kepada pemohon.",
        ],
        7: _listed(rng.sample(_LAWS, rng.randint(1, 3))),
        8: _listed([rng.choice(_ROOMS) for _ in range(rng.randint(2, 14))]),
        9: _listed(["Pendidikan terakhir minimal SMA dengan pengalaman 5 tahun;", "Pelatihan: Diklat PTSP, Diklat OSS."]),
        10: ["Dilakukan oleh atasan langsung secara berjenjang."],
        11: [f"{rng.randint(3, 60)} Orang"],
        12: _listed(["Kode etik;", "Motto Pelayanan: CEPAT (Cermat, Pasti, dan Tuntas);", "Maklumat pelayanan."]),
        13: ["Tersedia petugas keamanan, APAR, dan jalur evakuasi di tempat pelayanan."],
        14: [
            "Evaluasi kinerja dilakukan secara rutin dan teratur. Evaluasi diantaranya berupa:",
            *_listed(["Evaluasi prosedur 1 (satu) kali dalam 1 (satu) tahun; dan", "Survei kepuasan pelanggan."]),
        ],
    }
    return Invented(number, title, kbli, risk, product, {n: tuple(lines) for n, lines in components.items()})


# --- the text of a cell -------------------------------------------------------------------------------------------------


def _is_listed(line: str) -> bool:
    return line.split(" ", 1)[0] in {f"{n}{s}" for n in range(1, 60) for s in ".)"} | {_letter(n) for n in range(1, 27)}


def cell_lists(lines: Sequence[str], rng: random.Random) -> str:
    """Runs of items as <ol> or <ul>, the rest bare or in <p>."""
    parts: list[str] = []
    run: list[str] = []
    tag = rng.choice(('ol style="list-style-type: none"', "ol", "ul"))

    def close() -> None:
        if run:
            parts.append(f"<{tag}> {' '.join(f'<li>{item}</li>' for item in run)} </{tag.split()[0]}>")
            run.clear()

    for line in lines:
        if _is_listed(line):
            run.append(html.escape(line, quote=False))
        else:
            close()
            parts.append(f"<p>{html.escape(line, quote=False)}</p>" if parts or rng.random() < 0.5 else html.escape(line, quote=False))
    close()
    return " ".join(parts)


def cell_paragraphs(lines: Sequence[str], rng: random.Random) -> str:
    return " ".join(f"<p>{line}</p>" for line in lines)


def cell_breaks(lines: Sequence[str], rng: random.Random) -> str:
    return rng.choice(("<br>", "<br/>", " <br /> ")).join(lines)


def cell_wide(lines: Sequence[str], rng: random.Random) -> str:
    """One paragraph in which only double blanks part the items."""
    return f"<p>{'  '.join(lines)}</p>"


CELLS = {"lists": cell_lists, "paragraphs": cell_paragraphs, "breaks": cell_breaks, "wide": cell_wide}
Cell = Callable[[Sequence[str], random.Random], str]


# --- the rows of a table ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Style:
    """How a scan of the standards looks."""

    cell: Cell = cell_lists
    breaks: float = 0.3  # how probably a page ends inside or after a row
    shuffled: bool = False  # rows in another order
    restarted: bool = False  # numbers begin anew in part B
    parts: bool = True
    head: tuple[str, str, str] = ("NO", "KOMPONEN", "URAIAN")
    names: tuple[str, ...] = NAMES
    heading: str = "**{}**"  # around the heading
    colon: str = ": "


Row = tuple[str, str, str]


def pages(standard: Invented, style: Style, rng: random.Random) -> list[list[Row]]:
    """The rows of a standard page by page, the head on each; a cell may be cut between any two words."""
    rows: list[list[Row]] = [[style.head]]
    numbers = list(standard.components)
    if style.shuffled:
        rng.shuffle(numbers)
    in_part_b = False
    for position, number in enumerate(numbers):
        if style.parts and not style.shuffled and position == 0:
            rows[-1].append(("<b>A.</b>", f"<b>{PART_A}</b>", ""))
        if style.parts and not style.shuffled and number > 6 and not in_part_b:
            in_part_b = True
            rows[-1].append(("B.", PART_B, ""))
        shown = number - 6 if style.restarted and number > 6 else number
        before, after = list(standard.components[number]), list[str]()
        cut = rng.random() < style.breaks
        if cut:
            before, after = _cut(before, rng)
        rows[-1].append((str(shown), style.names[number - 1], style.colon + style.cell(before, rng)))
        if cut or rng.random() < style.breaks / 3:
            rows.append([style.head])
        if after:
            rows[-1].append(("", "", style.cell(after, rng)))
    return [page for page in rows if len(page) > 1]


def _cut(lines: list[str], rng: random.Random) -> tuple[list[str], list[str]]:
    """The lines on both sides of a page's end, which may fall between any two words of an item."""
    at = rng.randrange(len(lines))
    words = lines[at].split(" ")
    inside = rng.randrange(1, len(words)) if len(words) > 2 and rng.random() < 0.7 else len(words)
    head, tail = " ".join(words[:inside]), " ".join(words[inside:])
    return [*lines[:at], head], [tail, *lines[at + 1 :]] if tail else lines[at + 1 :]


def tabs(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    blocks = []
    for standard in standards:
        blocks.append(style.heading.format(standard.heading))
        blocks += ["\n".join("\t".join(row) for row in page) for page in pages(standard, style, rng)]
    return "\n\n" + "\n\n".join(blocks)


def pipes(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    blocks = []
    for standard in standards:
        blocks.append(style.heading.format(standard.heading))
        for page in pages(standard, style, rng):
            lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in page]
            blocks.append("\n".join([lines[0], "|----|:---|---|", *lines[1:]]))
    return "\n\n".join(blocks) + "\n"


def html_tables(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """Pretty-printed tables with <thead>, parts over several columns, and now and then a cell that spans the pages' rows."""
    blocks = ["<!DOCTYPE html>", "<html><head><title>Lampiran</title></head><body>"]
    for standard in standards:
        blocks.append(f"<h2>{html.escape(standard.heading)}</h2>" if rng.random() < 0.7 else f"<p><b>{standard.heading}</b></p>")
        for page in pages(standard, style, rng):
            blocks.append('<table border="1">\n<thead><tr>' + "".join(f"<th>{cell}</th>" for cell in page[0]) + "</tr></thead>")
            blocks.append("<tbody>")
            for number, label, body in page[1:]:
                if label and not body:
                    blocks.append(f'  <tr><td>{number}</td><td colspan="2">{label}</td></tr>')
                else:
                    cells = "\n".join(f"    <td>{cell or '&nbsp;'}</td>" for cell in (number, label, body))
                    blocks.append(f"  <tr>\n{cells}\n  </tr>")
            blocks.append("</tbody>\n</table>")
    return "\n".join([*blocks, "</body></html>"])


def html_rowspans(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """One table for everything: headings over all columns, NO and KOMPONEN spanning a row for each line of text."""
    rows = []
    for standard in standards:
        rows.append(f"<tr><td colspan=3><b>{standard.heading}</b></td></tr>")
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in style.head) + "</tr>")
        for number, lines in standard.components.items():
            span = f' rowspan="{len(lines)}"' if len(lines) > 1 else ""
            rows.append(f"<tr><td{span}>{number}</td><td{span}>{style.names[number - 1]}</td><td>{lines[0]}</td></tr>")
            rows += [f"<tr><td>{line}</td></tr>" for line in lines[1:]]
    return "<table>" + "".join(rows) + "</table>"


# --- plain text ---------------------------------------------------------------------------------------------------------


def plain_lines(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """Number, label and text below each other, the label broken over lines: `Jangka Waktu` / `Penyelesaian`."""
    out: list[str] = []
    colon = rng.choice((": ", ""))
    for standard in standards:
        out += ["", *textwrap.wrap(standard.heading, rng.choice((44, 200))), "", " ".join(style.head)]
        for number, (shown, label, lines) in _plain_rows(standard, style, rng):
            if number == 7 and style.parts and not style.shuffled:
                out += textwrap.wrap(f"B. {PART_B}", 50)
            out += [str(shown), *textwrap.wrap(label, 16, break_long_words=False)]
            text = [part for line in lines for part in textwrap.wrap(line, 60)]
            text[0] = colon + text[0]
            out += _paged(text, style, rng)
    return "\n".join(out) + "\n"


def plain_colons(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """`3. Jangka Waktu Penyelesaian : 7 hari kerja …`, text broken at 70 characters."""
    out: list[str] = []
    for standard in standards:
        out += ["", standard.heading, "", "  ".join(style.head)]
        for _, (shown, label, lines) in _plain_rows(standard, style, rng):
            text = textwrap.wrap(f"{shown}. {label} : {lines[0]}", 200, break_on_hyphens=False)
            text += [part for line in lines[1:] for part in textwrap.wrap(line, 70)]
            out += text[:1] + _paged(text[1:], style, rng)
    return "\n".join(out)


def plain_columns(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """Columns made by blanks, as `pdftotext -layout` gives them; label and text are broken side by side."""
    out: list[str] = []
    for standard in standards:
        out += ["", standard.heading, "", f"{style.head[0]:4}{style.head[1]:22}{style.head[2]}"]
        for _, (shown, label, lines) in _plain_rows(standard, style, rng):
            left = textwrap.wrap(label, 18, break_long_words=False)
            right = [part for line in lines for part in textwrap.wrap(line, 60)]
            right[0] = ": " + right[0]
            for i in range(max(len(left), len(right))):
                beside = f"{shown if i == 0 else '':<4}{left[i] if i < len(left) else '':22}"
                out.append((beside + (right[i] if i < len(right) else "")).rstrip())
            if rng.random() < style.breaks / 2:
                out += ["", f"- {rng.randint(1, 99)} -", "\f", f"{style.head[0]:4}{style.head[1]:22}{style.head[2]}"]
    return "\n".join(out)


def _plain_rows(
    standard: Invented, style: Style, rng: random.Random
) -> list[tuple[int, tuple[int, str, Sequence[str]]]]:
    numbers = list(standard.components)
    if style.shuffled:
        rng.shuffle(numbers)
    return [
        (n, (n - 6 if style.restarted and n > 6 else n, style.names[n - 1], standard.components[n])) for n in numbers
    ]


def _paged(lines: list[str], style: Style, rng: random.Random) -> list[str]:
    """The lines with a page's end between any two of them."""
    out: list[str] = []
    for i, line in enumerate(lines):
        if i and rng.random() < style.breaks / 8:
            out += ["", " ".join(style.head)]
        out.append(line)
    return out


LAYOUTS = {
    "tabs": tabs,
    "pipes": pipes,
    "html_tables": html_tables,
    "html_rowspans": html_rowspans,
    "plain_lines": plain_lines,
    "plain_colons": plain_colons,
    "plain_columns": plain_columns,
}


def without(standard: Invented, *numbers: int) -> Invented:
    return replace(standard, components={n: lines for n, lines in standard.components.items() if n not in numbers})
