"""What PASTI says to citizens, as functions of facts. Warm, short, plain; official words come quoted, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

from handlers.messages import Button, Line
from knowledge.calendar import SpecialDay, jakarta_day
from knowledge.date_words import MONTHS
from knowledge.dates import say_date
from knowledge.laws import Law
from knowledge.profile import Statement
from knowledge.search import Published
from knowledge.standards import COMPONENTS

Lines = tuple[Line, ...]
FileProblem = Literal["too_large", "not_accepted", "not_fetched"]

SHORT_NAMES = {
    1: "Persyaratan",
    2: "Prosedur",
    3: "Lama proses",
    4: "Biaya",
    5: "Hasil layanan",
    6: "Pengaduan",
    7: "Dasar hukum",
    8: "Fasilitas",
    9: "Kompetensi petugas",
    10: "Pengawasan",
    11: "Jumlah petugas",
    12: "Jaminan layanan",
    13: "Keamanan",
    14: "Evaluasi",
}
MENU = Button("Menu", "menu")
OFFICER = Button("Petugas", "officer")
NOT_HELPFUL = Button("Kurang tepat", "thumbs-down")


def plain(*texts: str) -> Lines:
    return tuple(Line(text) for text in texts)


def component_button(number: int) -> Button:
    return Button(SHORT_NAMES[number], f"ask:{number}")


def heading(number: int) -> Line:
    return Line(COMPONENTS[number], "strong")


def source(published: Published, numbers: Sequence[int]) -> Line:
    """Where the words come from: standard, component, regulation and edition."""
    standard, parts = published.standard, _named(tuple(numbers))
    return Line(
        f"Sumber: Standar Pelayanan No. {standard.number}, {standard.name}; komponen {parts}; {published.edition}.",
        "source",
    )


@lru_cache(maxsize=64)
def _named(numbers: tuple[int, ...]) -> str:
    *first, last = (f"{number}. {COMPONENTS[number]}" for number in numbers)
    return f"{'; '.join(first)} dan {last}" if first else last


def greeting() -> Lines:
    return plain(
        "Halo, Bapak/Ibu. Saya PASTI, asisten layanan DPMPTSP Kabupaten Purwakarta.",
        "Saya menjawab dari standar pelayanan resmi, kata demi kata.",
        "",
        "Silakan tulis pertanyaannya, misalnya: berapa biaya KBLI 29102?",
    )


def menu(choices: Sequence[str]) -> Lines:
    return (
        Line("Menu PASTI", "strong"),
        *plain(*(f"{index}. {title}" for index, title in enumerate(choices, 1))),
        *plain(
            "",
            "Balas dengan angka, atau tulis saja keperluannya. "
            "Ketik batal untuk berhenti, petugas untuk berbicara dengan orang.",
        ),
    )


def how_to_ask() -> Lines:
    return plain(
        "Silakan tulis nama usaha atau kode KBLI dan yang ingin diketahui.",
        "Contoh: syarat KBLI 29102, berapa lama izin kendaraan pedesaan, atau nomor WA pengaduan.",
    )


def go_ahead() -> Lines:
    return (*plain("Silakan, Bapak/Ibu. Apa yang ingin ditanyakan?"), *how_to_ask()[1:])


def old_button() -> Lines:
    return plain("Tombol itu dari pesan lama, jadi tidak saya pakai.")


def thanks() -> Lines:
    return plain("Sama-sama, Bapak/Ibu. Senang bisa membantu. Tulis kapan saja kalau ada yang lain.")


def goodbye() -> Lines:
    return plain("Baik, Bapak/Ibu. Sampai jumpa, semoga usahanya lancar.")


def nothing_pending() -> Lines:
    return plain("Baik, Bapak/Ibu. Ada lagi yang bisa dibantu?")


def cancelled() -> Lines:
    return plain("Baik, dibatalkan. Tidak ada yang dicatat.", "Tulis menu kalau ingin mulai lagi.")


def nothing_to_cancel() -> Lines:
    return plain("Baik, Bapak/Ibu. Tidak ada yang sedang berjalan. Tulis menu kalau perlu sesuatu.")


def calm() -> Lines:
    return plain(
        "Saya mengerti Bapak/Ibu sedang kesal. Saya tetap ingin membantu.",
        "Ceritakan apa yang terjadi, atau pilih di bawah ini.",
    )


def out_of_scope() -> Lines:
    return plain(
        "Maaf, itu di luar layanan DPMPTSP Purwakarta, jadi saya tidak bisa menjawabnya.",
        "Saya bisa membantu soal perizinan usaha: syarat, biaya, lama proses, pengaduan.",
    )


def unclear(again: bool) -> Lines:
    first = "Maaf, saya masih belum paham." if again else "Maaf, saya belum paham maksudnya."
    return plain(first, *(line.text for line in how_to_ask())) + (
        plain("", "Kalau lebih mudah, tulis petugas.") if again else ()
    )


def which_component(published: Published, choices: Sequence[str]) -> Lines:
    return (
        Line(published.standard.name, "strong"),
        *plain("Apa yang ingin diketahui?"),
        *plain(*(f"{index}. {title}" for index, title in enumerate(choices, 1))),
        *plain("Balas dengan angka, atau tulis saja, misalnya: dasar hukumnya."),
    )


def which_standard(entries: Sequence[Published], wanted: Iterable[int]) -> Lines:
    about = ", ".join(SHORT_NAMES[number].lower() for number in wanted)
    ask = f"Untuk layanan yang mana? ({about})" if about else "Layanan yang mana maksudnya?"
    return plain(
        ask,
        *(f"{index}. {tell_apart(entry, entries)}" for index, entry in enumerate(entries, 1)),
        "Balas dengan angka. Kalau tidak ada, tulis kode KBLI atau nama usahanya.",
    )


def tell_apart(entry: Published, entries: Sequence[Published]) -> str:
    """The name of a standard by what differs from the others on the list."""
    standard = entry.standard
    same_code = [e for e in entries if e.standard.kbli == standard.kbli]
    if standard.kbli and len(same_code) > 1:
        return f"KBLI {standard.kbli} {standard.title} (Risiko {standard.risk})" if standard.risk else standard.name
    return f"KBLI {standard.kbli} {standard.title}" if standard.kbli else standard.title


def meant_another() -> Lines:
    return plain("Maaf, saya salah menangkap.")


def no_such_choice(names: Sequence[str]) -> Lines:
    return plain("Angka itu tidak ada di pilihannya.", *(f"{n}. {name}" for n, name in enumerate(names, 1)))


def no_other_standard() -> Lines:
    return plain(
        "Standar pelayanan yang lain belum ada di pengetahuan saya.", "Mau ditanyakan ke petugas? Tulis petugas."
    )


def whole_of_which(names: Sequence[str]) -> Lines:
    """After a comparison: each may be had whole."""
    numbered = (f"{place}. {name}" for place, name in enumerate(names, 1))
    return plain("", "Mau selengkapnya?", *numbered, "Balas dengan angka.")


def longer_components(counted: Sequence[tuple[int, int]]) -> Lines:
    """What a summary leaves out: components, and how many items each has."""
    return plain(
        *(f"{SHORT_NAMES[number]}: {count} butir, tulis: {SHORT_NAMES[number].lower()}" for number, count in counted)
    )


def ask_for_standard(wanted: Iterable[int]) -> Lines:
    about = " dan ".join(SHORT_NAMES[number].lower() for number in wanted)
    return plain(
        f"Untuk usaha apa, Bapak/Ibu? {about.capitalize()} berbeda-beda tiap layanan."
        if about
        else "Untuk usaha apa, Bapak/Ibu?",
        "Tulis nama usaha atau kode KBLI-nya, misalnya KBLI 29102.",
    )


def unknown_code(code: str, near: Sequence[Published], called: str = "") -> Lines:
    """A code that no standard has. near: those that may be meant, numbered. called: in the official list."""
    if not near:
        named = f"KBLI {code} ({called})" if called else f"KBLI {code}"
        return (
            plain(
                f"Maaf, standar pelayanan untuk {named} belum ada di pengetahuan saya, jadi saya tidak bisa"
                " menjawabnya."
            )
            + ask_officer_line()
        )
    last = "Kalau benar, balas 1." if len(near) == 1 else "Balas dengan angka."
    lacking = code.isdigit() and len(code) == 5
    return plain(
        f"Maaf, standar pelayanan untuk KBLI {code} belum ada di pengetahuan saya. Mungkin maksudnya:"
        if lacking
        else f"Kode “{code}” tidak saya temukan. Mungkin maksudnya:",
        *(f"{i}. {tell_apart(e, near)}" for i, e in enumerate(near, 1)),
        f"{last} Kalau bukan, tulis kode KBLI atau nama usahanya.",
    )


def unknown_standard(topic: str) -> Lines:
    about = f" tentang “{topic}”" if topic else " itu"
    return (
        plain(f"Maaf, standar pelayanan{about} belum ada di pengetahuan saya, jadi saya tidak bisa menjawabnya.")
        + plain("Kalau tahu kode KBLI-nya, boleh dituliskan.")
        + ask_officer_line()
    )


def not_stated(topic: str) -> Lines:
    about = f" {topic}" if topic else " itu"
    return (
        plain(f"Maaf, hal{about} tidak disebut dalam standar pelayanan, jadi saya tidak bisa memastikannya.")
        + ask_officer_line()
    )


def revoked_basis(laws: Sequence[Law]) -> Lines:
    """SPEC 1.9: the basis was revoked, the standard was not replaced yet, an officer can tell. Nothing more."""
    said = [f"{law.name} sudah dicabut dengan {law.by}." if law.by else f"{law.name} sudah dicabut." for law in laws]
    return plain(
        "Catatan kantor tentang dasar hukum ini:",
        *(f"- {sentence}" for sentence in said),
        "Standar pelayanan ini belum diganti. Mohon dipastikan lagi ke petugas, Bapak/Ibu.",
    )


def office_unknown() -> Lines:
    return (
        plain("Maaf, keterangan kantor itu belum diisi petugas, jadi saya tidak bisa memastikannya.")
        + ask_officer_line()
    )


def office_statement(label: str, statement: Statement) -> Lines:
    """The office's own words on a topic, with whose they are and since when."""
    said = (Line(f"Keterangan kantor: {label}", "strong"), *plain(*statement.text.split("\n")))
    day = jakarta_day(statement.updated_at)
    since = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return (*said, Line(f"Sumber: DPMPTSP Kabupaten Purwakarta, diperbarui {since}.", "source"))


def office_lacks(labels: Sequence[str]) -> Lines:
    about = " dan ".join(label[0].lower() + label[1:] for label in labels)
    return plain(f"Keterangan kantor tentang {about} belum diisi petugas.")


def office_day(day: date, working: bool, special: SpecialDay | None, settled: bool) -> Line:
    """Whether the office works on a day, as its calendar has it."""
    doubt = "" if settled else " Kalender tahun itu belum lengkap, jadi pastikan lagi menjelang harinya."
    if special is not None and not working:
        kind = "cuti bersama" if special.kind == "collective_leave" else "libur"
        moved = ", tanggalnya masih perkiraan" if special.estimated else ""
        return Line(f"{say_date(day)}: {kind} ({special.name}{moved}).")
    return Line(f"{say_date(day)} {'termasuk hari kerja' if working else 'bukan hari kerja'}.{doubt}")


def ask_officer_line() -> Lines:
    return plain("Mau ditanyakan ke petugas? Tulis petugas.")


def annex_missing(name: str) -> Lines:
    return plain(
        f"{name} tidak ada di pengetahuan saya, jadi isinya tidak bisa saya sebutkan. "
        "Petugas dapat menjelaskannya: tulis petugas."
    )


def application_status() -> Lines:
    return plain(
        "Maaf, saya tidak bisa melihat sampai mana permohonan izin diproses.",
        "Tulis nomor permohonan atau NIB-nya, saya catatkan untuk petugas. Atau tulis petugas untuk bicara langsung.",
    )


def application_noted(number: str) -> Lines:
    return plain(f"Nomor {number} sudah saya catat untuk petugas.", "")


def thumbs_down() -> Lines:
    return plain(
        "Terima kasih sudah memberi tahu. Pertanyaan ini saya catat supaya diperbaiki petugas.",
        "Coba tulis dengan kata lain, atau tulis petugas.",
    )


def more_of_it() -> Lines:
    return plain("", "Masih ada butir lain. Tulis “semua” untuk isi lengkapnya.")


def no_such_item(mark: str) -> Lines:
    return plain(f"Butir {mark} tidak ada dalam daftar itu. Tulis nomor lain, atau “semua” untuk daftar lengkapnya.")


def counted_through(mark: str) -> Lines:
    return plain(f"Nomornya mulai lagi di tiap bagian. Yang ke-{mark}, dihitung dari awal:")


def apology() -> Lines:
    return plain(
        "Maaf, ada gangguan di pihak kami. Pesan Bapak/Ibu sudah tersimpan dan akan dilihat petugas.",
        "Silakan coba lagi sebentar lagi, atau tulis petugas.",
    )


def please_answer() -> Lines:
    """What asks for an answer once WhatsApp's window has closed; the approved template has its own words."""
    return plain("Ada kabar untuk Bapak/Ibu. Balas pesan ini untuk membacanya.")


def file_problem(problem: FileProblem, megabytes: int) -> Lines:
    """Why a file that a citizen sent was not kept; `megabytes` is the most that their channel takes."""
    match problem:
        case "too_large":
            return plain(
                "Maaf, berkas yang Bapak/Ibu kirim tidak bisa kami terima: ukurannya lebih dari "
                f"{megabytes} MB. Boleh dikirim ulang dalam ukuran lebih kecil, atau ceritakan isinya."
            )
        case "not_accepted":
            return plain(
                "Maaf, berkas yang Bapak/Ibu kirim tidak bisa kami terima: jenisnya belum bisa kami buka. "
                "Boleh dikirim ulang sebagai foto atau PDF, atau ceritakan isinya."
            )
        case "not_fetched":
            return plain(
                "Maaf, berkas yang Bapak/Ibu kirim tidak berhasil kami ambil. "
                "Boleh dikirim ulang, atau ceritakan isinya."
            )


def unsupported(kind: str) -> Lines:
    return plain(f"Maaf, saya belum bisa membaca {kind}. Boleh dituliskan saja, Bapak/Ibu?")
