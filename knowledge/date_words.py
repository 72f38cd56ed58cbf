"""The words in which people tell a day, brought to one spelling: the alphabet that the rules of `dates` are written in.

`pieces("Kmrn, 2mggu yg lalu")` gives `kemarin , 2 minggu yang lalu`, each piece with its place in the message.
Text-message spellings, slips of the finger, Sundanese and a little English are covered; number words become digits, and
`sebulan` becomes `1 bulan`. Whatever is not about time stays as it stands, in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")  # date.weekday() is the place in this list


def _spellings(*groups: str) -> dict[str, str]:
    """`canonical: spelling spelling …`"""
    table: dict[str, str] = {}
    for group in groups:
        canonical, _, written = group.partition(":")
        table.update(dict.fromkeys(written.split(), canonical.strip()))
    return table


# A weekday or month in one of these spellings stands by itself; a short one (below) only beside another word of time.
_WORDS: Mapping[str, str] = _spellings(
    "kemarin: kemarin kemaren kmrn kmren kmaren kmarin kmrin kemrin kemarn kemaarin kmarn kamari kmari yesterday",
    "kemarin2: kemarin2 kemaren2 kmrn2 kmren2 kmarin2",
    "mangkukna: mangkukna mangkukne mangkuna",
    "tadi: tadi td tdi",
    "barusan: barusan brusan brsan barusn bieu nembean",
    "semalam: semalam semalem smlm smalam smalem",
    "ayeuna: ayeuna ayena",
    "pagi: pagi pgi enjing isuk subuh",
    "siang: siang siank beurang",
    "sore: sore sonten",
    "malam: malam malem mlm peuting wengi",
    "besok: besok bsk bsok besuk isukan tomorrow",
    "lusa: lusa pageto",
    "hari: hari hr hri hary harii dinten poe day days",
    "minggu: minggu mggu mgu mgg mnggu minggon pekan week weeks mingguan",
    "bulan: bulan bln bulam buln sasih month months bulanan",
    "tahun: tahun thn taun tahon year years",
    "jam: jam hour hours",
    "menit: menit mnt",
    "lalu: lalu lau lampau silam lepas katukang kapengker kalarung ago yl kebelakang",
    "yang: yang yg yng nu",
    "ini: ini ieu",
    "itu: itu tersebut tsb",
    "depan: depan mendatang nanti next payun",
    "last: last",
    "tanggal: tanggal tgl tggl tangal tgal tanggl kaping",
    "awal: awal awl",
    "pertengahan: pertengahan tengah",
    "akhir: akhir ahir akhr",
    "setengah: setengah stengah stngh satengah",
    "lebih: lebih lbih lbh leuwih",
    "hampir: hampir hampr ampir meh",
    "beberapa: beberapa bbrp sababaraha",
    "sudah: sudah sdh udah udh uda dah ud geus gs tos atos parantos",
    "belum: belum blm blum blom belom teuacan acan can",
    "tidak: tidak tdk tak ga gak gk nggak ngga enggak engga ndak teu henteu",
    "dari: dari dr dri ti tina",
    "sejak: sejak sjk semenjak saprak since",
    "selama: selama slama salami",
    "tunggu: tunggu nunggu menunggu nungguin nungguan ngantosan ditunggu",
    "kerja: kerja krja kerjanya",
    "lagi: lagi lg lgi deui",
    "sampai: sampai sampe smpe smp smpai ampe nyampe nepi dugi hingga until",
    "setiap: setiap tiap tiap2 unggal saban",
    "saja: saja aja aj wae",
    "januari: januari januari january",
    "februari: februari pebruari febuari february",
    "maret: maret march",
    "april: april",
    "mei: mei",
    "juni: juni june",
    "juli: juli july",
    "agustus: agustus agustusan august",
    "september: september",
    "oktober: oktober october",
    "november: november nopember nofember",
    "desember: desember december",
    "senin: senin senen monday",
    "selasa: selasa salasa tuesday",
    "rabu: rabu rebo wednesday",
    "kamis: kamis kemis thursday",
    "jumat: jumat jum'at jum’at jumaat jumaah jumah friday",
    "sabtu: sabtu saptu saturday",
    "ahad: ahad sunday",
)
_SHORT: Mapping[str, str] = _spellings(
    "januari?: jan",
    "februari?: feb peb",
    "maret?: mar mrt",
    "april?: apr",
    "juni?: jun",
    "juli?: jul",
    "agustus?: ags agt agst agus agu aug",
    "september?: sep sept",
    "oktober?: okt oct",
    "november?: nov nop",
    "desember?: des dec",
    "senin?: snn snin",
    "selasa?: sls slasa",
    "rabu?: rbu",
    "kamis?: kms",
    "jumat?: jmt jmat",
    "sabtu?: sbt sbtu",
)
_ONES: Mapping[str, tuple[str, str]] = {  # `sebulan` is two pieces of one word
    word: ("1", unit)
    for unit, words in {
        "hari": "sehari sahari sapoe sadinten",
        "minggu": "seminggu sminggu smggu smnggu smgg seminggunan semingguan saminggu samingguan sepekan saminggon",
        "bulan": "sebulan sbulan sbln sebln sebulanan sabulan sabulanan sasasih",
        "tahun": "setahun sthn setaun setahunan sataun",
    }.items()
    for word in words.split()
}
_NUMBERS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "nol",
            "satu hiji se one",
            "dua two",
            "tiga tilu three",
            "empat opat four",
            "lima five",
            "enam genep six",
            "tujuh seven",
            "delapan dalapan eight",
            "sembilan salapan nine",
            "sepuluh sapuluh ten",
            "sebelas sabelas",
        )
    )
    for word in words.split()
}
_REPAIRED = ("kemarin", "minggu", "seminggu", "sebulan", "semalam", *(m.lower() for m in MONTHS if len(m) > 6))
_NOT_SLIPS = frozenset({"kemari", "sebutan", "minggat", "minggir"})  # real words one letter away from those
_TOKEN = re.compile(r"\d+|[^\W\d_]{4,}2(?!\w)|[^\W\d_]+(?:['’][^\W\d_]+)?|[-–/.,:+]|[\n;!?()]")
_STRETCHED = re.compile(r"(\w)\1{2,}")


class Piece(NamedTuple):
    word: str
    start: int  # in the message
    end: int


def pieces(text: str) -> list[Piece]:
    """The message as canonical words, digits and marks, in order. `|` stands for a break between sentences."""
    read = [Piece(word, *match.span()) for match in _TOKEN.finditer(text) for word in _words(match.group())]
    return list(_with_digits(read)) if any(piece.word in _NUMBERS for piece in read) else read


@lru_cache(maxsize=16384)
def _words(written: str) -> tuple[str, ...]:
    token = written.lower()
    return _ONES.get(token) or (_canonical(token),)


def _canonical(written: str) -> str:
    if written.isdecimal():
        return str(int(written)) if len(written) < 3 else written
    if not written[0].isalpha():
        return {"–": "-"}.get(written, written if written in "-/.,:+" else "|")
    plain = _STRETCHED.sub(r"\1", written)
    known = _WORDS.get(plain) or _SHORT.get(plain)
    if known or len(plain) < 6 or plain in _NOT_SLIPS:
        return known or plain
    repaired = process.extractOne(plain, _REPAIRED, scorer=OSA.distance, score_cutoff=1)
    return str(repaired[0]) if repaired else plain


def _with_digits(source: Iterable[Piece]) -> Iterator[Piece]:
    """Number words as digits: `dua puluh lima` is 25, `dua belas` 12."""
    held: Piece | None = None  # a number that may go on
    for piece in source:
        number = _NUMBERS.get(piece.word)
        if held and piece.word in ("belas", "puluh") and 1 < int(held.word) < 10:
            value = int(held.word) + 10 if piece.word == "belas" else int(held.word) * 10
            held = Piece(str(value), held.start, piece.end)
        elif held and number and number < 10 and int(held.word) in range(20, 100, 10):
            yield Piece(str(int(held.word) + number), held.start, piece.end)
            held = None
        else:
            if held:
                yield held
            held = Piece(str(number), piece.start, piece.end) if number else None
            if held is None:
                yield piece
    if held:
        yield held
