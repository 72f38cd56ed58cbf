"""Invented standards: what an ingest of any scan of them must give back."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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
_PROCEDURE = (
    "Sistem, Mekanisme dan Prosedur: Klasifikasi {}, 12, atau 16 sebagaimana tercantum dalam Lampiran IV Peraturan"
    " Bupati ini."
)
_COMPLAINTS = (
    "1. Pengaduan dapat disampaikan secara lisan dan/atau tulisan paling lambat 30 (tiga puluh) hari kalender sejak"
    " pemohon menerima pelayanan, melalui:"
)
_ROOMS = (
    "Tempat parkir;",
    "Ruang tunggu pelayanan;",
    "Aula;",
    "CCTV;",
    "Toilet (umum dan disabilitas);",
    "Kursi roda;",
    "ATM;",
)


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


def annex(rng: random.Random, count: int) -> list[Invented]:
    """As many standards as wanted, numbered from 1, told apart by their KBLI codes and titles."""
    return [
        _standard(rng, n, "Izin", rng.choice(("Rendah", "Tinggi")), f"{10000 + n}", f"Industri Contoh {n}")
        for n in range(1, count + 1)
    ]


def sound(rng: random.Random) -> Invented:
    """A standard in which there is nothing to doubt."""
    standard = invented(rng, 1)[0]
    plain = {
        1: ("1. KTP;", "2. Pas foto."),
        2: ("Permohonan diajukan di loket.",),
        7: ("1. Undang-Undang.",),
        8: ("Aula.",),
    }
    return replace(standard, components=dict(sorted({**standard.components, **plain}.items())))


def _listed(items: Sequence[str], marker: Callable[[int], str] = "{}.".format) -> list[str]:
    return [f"{marker(n)} {item}" for n, item in enumerate(items, 1)]


def letter(n: int) -> str:
    return f"{chr(96 + n)}."


def _standard(
    rng: random.Random, number: int, product: str | None, risk: str | None, kbli: str | None, title: str
) -> Invented:
    general, special = rng.sample(_REQUIREMENTS, 4), rng.sample(_REQUIREMENTS, rng.randint(1, 5))
    components = {
        1: ["A. Persyaratan Umum:", *_listed(general), "B. Persyaratan Khusus:", *_listed(special)],
        2: [_PROCEDURE.format(rng.randint(1, 9))],
        3: [f"{rng.randint(1, 30)} hari kerja sejak diterimanya berkas permohonan secara lengkap dan benar."],
        4: [rng.choice(("Gratis", "Rp 125.000,00 per permohonan", "Tidak dipungut biaya."))],
        5: ["NIB dan Sertifikat Standar dengan tanda tangan elektronik"],
        6: [
            _COMPLAINTS,
            *_listed(rng.sample(_CHANNELS, rng.randint(2, 6)), letter),
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
        9: _listed(
            ["Pendidikan terakhir minimal SMA dengan pengalaman 5 tahun;", "Pelatihan: Diklat PTSP, Diklat OSS."]
        ),
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


def without(standard: Invented, *numbers: int) -> Invented:
    return replace(standard, components={n: lines for n, lines in standard.components.items() if n not in numbers})
