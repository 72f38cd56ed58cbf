"""An answer to what was asked is taken as that, whatever else its words could mean: a name, a day, a yes.

A word that sounds like `batal` or `petugas` must not end a report or lose it.
"""

from __future__ import annotations

import pytest

from tests.scenarios import FIRST_COMPLAINT, RUDE, RUDE_IN_ONE, Desk, Story

NAMES: tuple[str, ...] = (
    *(
        "Iqbal",
        "Karim",
        "Tedi",
        "saleh",
        "encep",
        "Lilis",
        "rini",
        "Maya",
        "Gunawan",
        "zaenal",
        "Pandu",
    ),
    *("Mei Lestari", "saya lilis"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name(desk: Desk, name: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("name", RUDE)
    heard = citizen.says(name)
    assert heard.mode == "confirming"
    assert name.removeprefix("saya ").removeprefix("Pak ").removeprefix("bu ") in heard.slots["name"]


def test_a_name_after_something_else_was_said(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("name", RUDE)
    assert citizen.says("jangan bilang siapa-siapa ya").asks == "name"
    assert citizen.answers(RUDE, citizen.says("Hendra Wijaya")).number == FIRST_COMPLAINT
    assert desk.reporter(FIRST_COMPLAINT).name == "Hendra Wijaya"


def test_a_name_at_the_summary_that_lacks_one(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("name", RUDE)
    citizen.says("lewati")
    assert citizen.says("Hendra Wijaya").slots.get("name") == "Hendra Wijaya"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("tadi", "2026-11-09"),
        ("barusan", "2026-11-09"),
        ("tadi pagi banget", "2026-11-09"),
        ("hari ini", "2026-11-09"),
        ("kmrn sore", "2026-11-08"),
        ("kamari", "2026-11-08"),
        ("selasa", "2026-11-03"),
        ("tgl 3", "2026-11-03"),
    ],
)
def test_a_day(desk: Desk, said: str, day: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("happened_on", RUDE)
    heard = citizen.says(said)
    assert (heard.slots.get("happened_on"), heard.asks) == (day, "name")


@pytest.mark.parametrize("slot", ["service", "happened_on"])
@pytest.mark.parametrize("said", ["lupa", "lupa euy", "lupa lagi min", "tidak tahu", "ga inget persisnya"])
def test_not_knowing_passes_on_and_does_not_cancel(desk: Desk, slot: str, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked(slot, RUDE)
    assert citizen.says(said).asks == {"service": "happened_on", "happened_on": "name"}[slot]


STORIES: tuple[str, ...] = (
    *("data saya terhapus", "operator telepon kasar", "cs nya ga pernah angkat telepon", "petugas tidak membantu"),
    *("tolong ditindak petugasnya, kasar", "gimana sih petugasnya, jutek", "kenapa saya bayar padahal gratis"),
    *("berkas saya dihapus petugas", "permohonan saya dibatalkan", "menu di aplikasi ga jalan"),
)


@pytest.mark.parametrize("said", STORIES)
def test_what_happened(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("what", RUDE)
    heard = citizen.says(said)
    assert (heard.mode, heard.asks in ("service", "happened_on")) == ("filling", True)
    assert said.rsplit(maxsplit=1)[-1] in heard.slots["what"]


@pytest.mark.parametrize("said", ["customer service", "loket pelayanan", "meja bantuan", "live chat"])
def test_a_place(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("service", RUDE)
    heard = citizen.says(said)
    assert (heard.slots.get("service"), heard.asks) == (said, "happened_on")


@pytest.mark.parametrize("said", ["ya", "oke", "hmm"])
def test_a_word_that_is_no_place(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("service", RUDE)
    assert citizen.says(said).slots.get("service") is None


def test_more_of_the_story_in_the_place_s_stead(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("service", RUDE)
    slots = citizen.says("kemarin pas ambil sertifikat di loket 2 mpp saya dibentak di depan orang banyak").slots
    assert len(slots["service"]) < 30
    assert "dibentak" in slots["what"]


YES: tuple[str, ...] = (
    *("y", "ya", "yaa", "iya", "yup", "ok", "oke", "siap", "betul", "sudah benar", "sudah sesuai", "lanjut", "setuju"),
    *("kirim", "kirim aja", "kirimkan", "ya kirim", "Ya, kirim", "boleh", "muhun", "enya", "leres", "mangga", "heeh"),
    *("👍", "👌", "✅"),
)


@pytest.mark.parametrize("said", YES)
def test_a_yes(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("confirming", RUDE)
    assert citizen.says(said).number == FIRST_COMPLAINT


@pytest.mark.parametrize("said", ["salah", "bukan", "tidak", "ga", "ada yang salah", "belum benar", "ubah"])
def test_a_no_asks_what_to_change_and_keeps_the_rest(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("confirming", RUDE)
    heard = citizen.says(said)
    assert "Bagian mana" in heard.text
    assert heard.slots["what"] == RUDE.what


@pytest.mark.parametrize("said", ["tunggu", "nanti dulu", "sebentar ya", "hmm"])
def test_a_pause_neither_sends_nor_loses_it(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("confirming", RUDE)
    heard = citizen.says(said)
    assert (heard.case, heard.slots["what"]) == (None, RUDE.what)
    assert citizen.says("ya").number == FIRST_COMPLAINT


@pytest.mark.parametrize("said", ["ga punya", "gak usah", "tidak ada", "lewat sini aja", "disini aja", "skip"])
def test_no_other_contact(desk: Desk, said: str) -> None:
    citizen = desk.citizen("visitor-1", "web")
    citizen.asked("contact", RUDE)
    heard = citizen.says(said)
    assert "officer" not in heard.payloads
    assert heard.mode in ("confirming", "filling")
    assert heard.slots["name"] == RUDE.name


OPENINGS = ("oke saya mau lapor", "iya mau lapor", "mau lapor tapi takut", "min tolong saya mau ngadu dong")


@pytest.mark.parametrize("said", OPENINGS)
def test_the_wish_to_report_is_no_story(desk: Desk, said: str) -> None:
    heard = desk.citizen("6281234500011").says(said)
    assert (heard.asks, heard.slots.get("what")) == ("what", None)


STRAIGHT: tuple[str, ...] = (
    *("kecewa bgt sama pelayanan mpp!!!! petugasnya ngobrol aja", "web oss error terus ga bisa login dr kemarin"),
    *("petugas loket 2 jutek pisan", "kursi di ruang tunggu mpp rusak", "udah 5x bolak balik berkas ditolak terus"),
    *("kok dipungut 50rb padahal gratis?", "tolong min izin salon saya udah 3 minggu belum keluar"),
)


@pytest.mark.parametrize("said", STRAIGHT)
def test_trouble_leads_to_a_report_without_a_menu(desk: Desk, said: str) -> None:
    heard = desk.citizen("6281234500011").says(said)
    assert heard.mode in ("filling", "confirming")
    assert heard.slots["what"]


def test_the_standard_is_quoted_where_it_contradicts_what_happened(desk: Desk) -> None:
    fee = desk.citizen("1").says("Saya Yayat Hidayat, kemarin saya dipungut 50rb untuk KBLI 29102")
    assert "Gratis" in fee.text
    late = desk.citizen("2").says("Saya Yayat Hidayat, sertifikat KBLI 29102 saya sudah 3 minggu belum keluar")
    assert "7 hari kerja" in late.text
    for heard, component in ((fee, 4), (late, 3)):
        assert heard.mode == "confirming"  # already filled in
        citizen = desk.citizen("1" if heard is fee else "2")
        citizen.sent = 1
        case = desk.case(citizen.says("ya").number)
        assert case.component == component
        assert "29102" in (case.standard_identity or "")


@pytest.mark.parametrize("slot", ["what", "happened_on", "name", "confirming"])
@pytest.mark.parametrize("said", [FIRST_COMPLAINT, f"status {FIRST_COMPLAINT}", "ADU-2026-00001-7", "ADU-2026-00077-8"])
def test_a_case_number_in_between_is_answered_and_the_report_goes_on(desk: Desk, slot: str, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.answers(RUDE, citizen.says(RUDE_IN_ONE))
    story = Story("antrian tiga jam baru dipanggil")
    before = citizen.asked(slot, story)
    heard = citizen.says(said)
    assert said.rsplit(maxsplit=1)[-1] in heard.text
    assert (heard.mode, heard.asks) == (before.mode, before.asks)
    assert citizen.answers(story, heard).number == "ADU-2026-00002-4"


def test_a_word_on_the_withdrawal_that_was_not_made(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.answers(RUDE, citizen.says(RUDE_IN_ONE))
    for no in ("tidak", "eh jangan", "2"):
        citizen.says("cabut laporan saya")
        heard = citizen.says(no)
        assert "Tidak ada yang dicatat" not in heard.text  # it is, and it stays
        assert FIRST_COMPLAINT in heard.text


@pytest.mark.parametrize(
    ("said", "happened_on", "received_on"),
    [
        ("sertifikat izin usaha saya terima 9 Oktober, kemarin baru ketahuan salah nama", "2026-11-08", "2026-10-09"),
        ("kemarin saya lihat namanya salah, izin usahanya saya terima 9 oktober", "2026-11-08", "2026-10-09"),
        ("pengajuan izin usaha 1 September, terbit 5 November tapi salah nama", None, "2026-11-05"),
        ("izin usaha saya ditolak 1 Oktober tanpa alasan", "2026-10-01", "2026-10-01"),
    ],
)
def test_which_day_is_which(desk: Desk, said: str, happened_on: str | None, received_on: str) -> None:
    slots = desk.citizen("6281234500011").says(f"Saya Yayat Hidayat, mau lapor: {said}").slots
    assert slots.get("received_on") == received_on
    assert happened_on is None or slots.get("happened_on") == happened_on


def test_a_mistyped_nik_is_called_that(desk: Desk) -> None:
    citizen = desk.citizen("visitor-1", "web")
    citizen.asked("contact", RUDE)
    heard = citizen.says("NIK saya 3214993308900003")
    assert heard.slots.get("nik") is None
    assert "NIK" in heard.text
