from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import impossible_dates, say_date, say_found, understand_dates

TODAY = date(2026, 11, 9)  # a Monday


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


EXACT = [
    ("kemarin", ago(1)),
    ("kmrn sy ke loket", ago(1)),
    ("kemaren sore petugasnya marah", ago(1)),
    ("kejadiannya kemarinnn", ago(1)),
    ("kemrain jam 8 saya datang", ago(1)),
    ("kamari abdi ka kantor", ago(1)),
    ("semalem webnya error", ago(1)),
    ("td mlm saya wa ga dibales", ago(1)),
    ("kemarin 2 orang petugas", ago(1)),
    ("bukan kemarin tapi hari Senin", ago(7)),
    ("eh salah, bukan tgl 3, 5 November", date(2026, 11, 5)),
    ("yesterday saya ke MPP", ago(1)),
    ("tadi pagi", ago(0)),
    ("td siang di loket 4x bolak balik", ago(0)),
    ("barusan saya dibentak", ago(0)),
    ("baru aja dari loket", ago(0)),
    ("hari ini loket tutup", ago(0)),
    ("hr ini antri 3 jam", ago(0)),
    ("pagi tadi", ago(0)),
    ("dinten ieu loketna tutup", ago(0)),
    ("2 jam yang lalu saya ditolak", ago(0)),
    ("lusa kemarin", ago(2)),
    ("kemarin lusa saya datang", ago(2)),
    ("kemaren dulu", ago(2)),
    ("mangkukna abdi ka dieu", ago(2)),
    ("2 hari lalu", ago(2)),
    ("dua hr yg lalu", ago(2)),
    ("tiga hari kebelakang", ago(3)),
    ("sepuluh hari yang lalu", ago(10)),
    ("dua belas hari lalu", ago(12)),
    ("dua puluh lima hari lalu", ago(25)),
    ("30 hari lalu", ago(30)),
    ("31 hari lalu", ago(31)),
    ("tilu poe katukang", ago(3)),
    ("sudah 5 hari berkas tidak jalan", ago(5)),
    ("udah 4hr ga ada kabar", ago(4)),
    ("10 hari belum ada jawaban", ago(10)),
    ("3 days ago", ago(3)),
    # weekdays: the last one before today
    ("hari senin kemarin", ago(7)),
    ("senin lalu", ago(7)),
    ("hari jumat", ago(3)),
    ("saya Jumat kemarin ke sana", ago(3)),
    ("dari hari jmat belum dibalas", ago(3)),
    ("jum'at kmrn", ago(3)),
    ("kemarin hari rabu", ago(5)),
    ("hari minggu kemarin", ago(1)),
    ("ahad lalu", ago(1)),
    ("kamis sore kemarin", ago(4)),
    ("dinten senen kamari", ago(7)),
    ("poe rebo", ago(5)),
    ("kamis minggu lalu", ago(4)),
    ("senin 2 minggu lalu", ago(14)),
    ("snn kmrn", ago(7)),
    # written dates
    ("tgl 5", date(2026, 11, 5)),
    ("tanggal lima kemarin", date(2026, 11, 5)),
    ("kemarin tgl 5", date(2026, 11, 5)),
    ("tgl 20", date(2026, 10, 20)),
    ("tgl 20 bulan lalu", date(2026, 10, 20)),
    ("tgl 2 bulan ini", date(2026, 11, 2)),
    ("tanggal 31", date(2026, 10, 31)),
    ("5 nov", date(2026, 11, 5)),
    ("5nov", date(2026, 11, 5)),
    ("tgl 5-nop-26", date(2026, 11, 5)),
    ("5 November 2026", date(2026, 11, 5)),
    ("Kamis, 5 November 2026", date(2026, 11, 5)),
    ("hari kamis tanggal 5 november", date(2026, 11, 5)),
    ("17 agustus", date(2026, 8, 17)),
    ("17 agustsu kemarin", date(2026, 8, 17)),
    ("3 okt", date(2026, 10, 3)),
    ("20 desember tahun lalu", date(2025, 12, 20)),
    ("5/11/2026", date(2026, 11, 5)),
    ("05-11-26", date(2026, 11, 5)),
    ("5.11.2026", date(2026, 11, 5)),
    ("2026-11-05", date(2026, 11, 5)),
    ("pada 5/11", date(2026, 11, 5)),
    ("tgl 5 bulan 11", date(2026, 11, 5)),
    ("tgl 5 bln oktober", date(2026, 10, 5)),
    ("5 januari", date(2027, 1, 5)),
    ("29 februari 2024", date(2024, 2, 29)),
]


@pytest.mark.parametrize(("text", "day"), EXACT)
def test_one_day_is_understood(text: str, day: date) -> None:
    assert [(found.earliest, found.latest) for found in understand_dates(text, TODAY)] == [(day, day)]


VAGUE = [
    ("minggu lalu", ago(7), ago(1), 7),
    ("mggu kmrn", ago(7), ago(1), 7),
    ("pekan lalu", ago(7), ago(1), 7),
    ("minggu ini", TODAY, TODAY, 0),
    ("akhir pekan kemarin", ago(2), ago(1), 2),
    ("bulan lalu", date(2026, 10, 1), date(2026, 10, 31), 31),
    ("bln kmrn", date(2026, 10, 1), date(2026, 10, 31), 31),
    ("bulan kamari", date(2026, 10, 1), date(2026, 10, 31), 31),
    ("awal bulan lalu", date(2026, 10, 1), date(2026, 10, 10), 31),
    ("akhir bulan kemaren", date(2026, 10, 21), date(2026, 10, 31), 19),
    ("bulan ini", date(2026, 11, 1), TODAY, 0),
    ("bulan september", date(2026, 9, 1), date(2026, 9, 30), 61),
    ("sejak agustus", date(2026, 8, 1), date(2026, 8, 31), 92),
    ("awal oktober", date(2026, 10, 1), date(2026, 10, 10), 31),
    ("september kemarin", date(2026, 9, 1), date(2026, 9, 30), 61),
    ("juli 2025", date(2025, 7, 1), date(2025, 7, 31), 488),
    ("bulan 9", date(2026, 9, 1), date(2026, 9, 30), 61),
    ("tahun lalu", date(2025, 1, 1), date(2025, 12, 31), 365),
    ("taun kamari", date(2025, 1, 1), date(2025, 12, 31), 365),
    ("awal tahun ini", date(2026, 1, 1), date(2026, 4, 30), 193),
    ("3-5 november", date(2026, 11, 3), date(2026, 11, 5), 4),
    ("3 minggu yg lalu", ago(24), ago(18), 21),
    ("3mggu yg lalu", ago(24), ago(18), 21),
    ("dua minggu katukang", ago(17), ago(11), 14),
    ("saminggu katukang", ago(10), ago(4), 7),
    ("dua bulan lalu", ago(67), ago(53), 60),
    ("2-3 minggu lalu", ago(24), ago(11), 14),
    ("2 hingga 3 hari lalu", ago(3), ago(2), 2),
    ("beberapa hari lalu", ago(6), ago(2), 3),
    ("sebulan lalu", ago(37), ago(23), 30),
    ("udah sebulan", ago(37), ago(23), 30),
    ("udah hampir sebulan nih", ago(37), ago(23), 30),
    ("geus sabulan", ago(37), ago(23), 30),
    ("udh mau 2 bln", ago(67), ago(53), 60),
    ("sudah sebulan lebih", ago(60), ago(31), 31),
    ("lebih dari 2 minggu", ago(21), ago(15), 15),
    ("sebulan setengah yang lalu", ago(52), ago(38), 45),
    ("1,5 bulan lalu", ago(52), ago(38), 45),
    ("setengah bulan yg lalu", ago(22), ago(8), 15),
    ("SUDAH 3 MINGGU BERKAS SAYA", ago(24), ago(18), 21),
    ("nunggu 2 minggu ga ada kabar", ago(17), ago(11), 14),
    ("2 bulan belum keluar juga", ago(67), ago(53), 60),
    ("seminggu tidak dibalas", ago(10), ago(4), 7),
    ("setahun yang lalu", ago(425), ago(305), 365),
    ("tempo hari", ago(30), ago(2), 7),
    ("kemarin2 saya kesana", ago(14), ago(1), 2),
]


@pytest.mark.parametrize(("text", "earliest", "latest", "days"), VAGUE)
def test_a_vague_telling_has_a_first_a_last_and_a_likely_day(
    text: str, earliest: date, latest: date, days: int
) -> None:
    [found] = understand_dates(text, TODAY)
    assert (found.earliest, found.latest, found.days_ago(TODAY)) == (earliest, latest, days)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jam 8 sampai jam 1 belum dipanggil",
        "buka jam 08.00-15.00",
        "selesai 7 hari kerja",
        "janjinya 7 hari tapi lewat",
        "katanya 3 hari belum jadi",
        "paling lama 14 hari kerja",
        "udh 10 hr kerja",
        "lewat dari 7 hari",
        "dimintai 200rb",
        "bayar Rp 500.000",
        "bolak balik 4x",
        "kbli 29102",
        "0857-1122-3344",
        "081299887766",
        "3214014507900003",
        "ADU-2026-00042-X",
        "no reg 2024-11-0457",
        "permohonan 20241108-0031",
        "RT 02/05 RW 03",
        "buka 24/7",
        "berkas 1/2 jadi",
        "dari 7 hari kerja",
        "PP 5/2021 dan UU Nomor 11 Tahun 2020",
        "Peraturan Nomor 5 tahun 2021",
        "buka senin sampai jumat",
        "layanan hari Sabtu",
        "tiap hari rabu tutup",
        "saya nunggu di loket",
        "kumaha damang",
        "usaha saya sudah 3 tahun berdiri",
        "saya disuruh kemari lagi",
        "besoknya saya balik lagi",
        "sampai hari ini",
        "minggu",
        "nama saya Mei Lin",
        "setahu saya gratis",
        "tinggal di rumah tangga",
        "antri di barisan depan",
        "ibu saya tadinya mau daftar",
        "saya mar dan jun",
    ],
)
def test_false_friends_are_no_days(text: str) -> None:
    assert understand_dates(text, TODAY) == []


@pytest.mark.parametrize("text", ["31/02/2026", "31/02", "tgl 35", "30 februari", "31 september 2026", "2026-13-01"])
def test_an_impossible_day_is_said_to_be_one(text: str) -> None:
    assert understand_dates(text, TODAY) == []
    assert [found.words for found in impossible_dates(text, TODAY)] == [text]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("besok", ago(-1)),
        ("isukan", ago(-1)),
        ("lusa", ago(-2)),
        ("3 hari lagi", ago(-3)),
        ("senin depan", ago(-7)),
        ("selasa yang depan", ago(-1)),
        ("besok selasa", ago(-1)),
        ("tgl 20 nanti", date(2026, 11, 20)),
        ("12/12/2026", date(2026, 12, 12)),
        ("5 desember", date(2026, 12, 5)),
    ],
)
def test_what_has_not_come_yet_is_flagged(text: str, day: date) -> None:
    [found] = understand_dates(text, TODAY)
    assert (found.latest, found.future) == (day, True)


def test_several_days_come_in_the_order_of_the_message() -> None:
    text = "Tgl 5/10 saya daftar, minggu lalu ditelpon, kemarin ditolak di loket 3"
    assert [found.words for found in understand_dates(text, TODAY)] == ["Tgl 5/10", "minggu lalu", "kemarin"]


def test_words_stand_in_the_message_where_they_say() -> None:
    text = "Pak, kmrn (5 Nov) sy dtg; 2mggu yg lalu jg"
    for found in understand_dates(text, TODAY):
        assert text[found.start : found.end] == found.words
    assert [found.words for found in understand_dates(text, TODAY)] == ["kmrn", "5 Nov", "2mggu yg lalu"]


def test_dates_are_said_in_full() -> None:
    assert say_date(date(2026, 11, 5)) == "Kamis, 5 November 2026"
    assert say_date(date(2027, 1, 31)) == "Minggu, 31 Januari 2027"
    assert [say_found(found) for found in understand_dates("kemarin, bulan lalu, 3 minggu lalu", TODAY)] == [
        "Minggu, 8 November 2026",
        "antara Kamis, 1 Oktober 2026 dan Sabtu, 31 Oktober 2026",
        "sekitar Senin, 19 Oktober 2026",
    ]


DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
TOLD = [text for text, *_ in EXACT] + [text for text, *_ in VAGUE]
WORDS = st.lists(st.sampled_from(sorted({word for text in TOLD for word in text.split()} | {*"/-.,", "99", "02"})))


@given(st.one_of(st.text(), WORDS.map(" ".join)), DAYS)
def test_any_text_is_read_without_an_error(text: str, today: date) -> None:
    for found in understand_dates(text, today):
        assert found.earliest <= found.likely <= found.latest
        assert found.future == (found.earliest > today)
        assert found.future or found.latest <= today
        assert text[found.start : found.end] == found.words != ""
    for impossible in impossible_dates(text, today):
        assert text[impossible.start : impossible.end] == impossible.words


@given(DAYS, st.integers(0, 3000))
def test_a_date_that_was_said_is_understood_again(today: date, days: int) -> None:
    day = today - timedelta(days=days)
    for written in (say_date(day), f"{day.day}/{day.month}/{day.year}", day.isoformat(), f"{day:%d-%m-%Y}"):
        assert [found.latest for found in understand_dates(f"kejadiannya {written} di loket", today)] == [day]


@given(DAYS, st.integers(0, 300))
def test_days_and_weekdays_are_counted_back(today: date, days: int) -> None:
    assert [found.latest for found in understand_dates(f"{days} hari yang lalu", today)] == [today - timedelta(days)]
    [weekday] = understand_dates("hari kamis kemarin", today)
    assert weekday.latest.weekday() == 3
    assert 1 <= (today - weekday.latest).days <= 7


def test_a_long_message_takes_no_long_time() -> None:
    text = "sudah 3 minggu lalu hari senin tgl 5 - 6 / 7 sampai kemarin tadi " * 1500
    assert len(understand_dates(text, TODAY)) > 1500
