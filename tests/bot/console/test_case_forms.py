"""What is posted to a case without a page around it: nothing that was written is cut, and a refusal keeps all of it."""

from __future__ import annotations

from pathlib import Path

from storage import audit, cases
from tests.bot.connected import Connected
from tests.bot.console.test_case_documents import registered
from tests.bot.console.visitors import SCRIPT, open_town

LONGEST = 4_000
WRITTEN = [  # form, field, the most that it takes
    *(("telaah", name, LONGEST) for name in ("inti", "bidang", "bersama", "instansi")),
    *(("telaah", name, 20_000) for name in ("dasar", "sebelumnya", "rencana_lain", "temuan")),
    ("telaah", "standar_lain", 300),
    *(("jadikan-pengaduan", name, most) for name, most in (("nama", 200), ("telepon", 40), ("email", 200))),
    *(
        ("terlambat", name, most)
        for name, most in (("alamat", 500), ("nik", 40), ("layanan", 300), ("uraian", LONGEST))
    ),
    ("gabungkan", "ke", 300),
    ("identitas", "alasan", LONGEST),
    ("jawab", "jawaban", LONGEST),
    ("tanya", "pertanyaan", LONGEST),
    ("putuskan", "hasil", LONGEST),
    ("putuskan", "laporan", LONGEST),
    ("ketentuan-apip", "ketentuan", LONGEST),
    ("isi-bukti", "isi", LONGEST),
    ("tugaskan", "catatan", LONGEST),
]


def events(program: Connected, number: str) -> list[str]:
    with program.pasti.office.database.reader() as conn:
        case = cases.get_by_number(conn, number)
        assert case
        return [event.kind for event in audit.history(conn, case.id)]


async def test_what_is_too_long_is_refused_by_its_name_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        number = registered(town.program)
        rina = town.visitor()
        await rina.enter("rina")
        for form, field, most in WRITTEN:
            said = f"Tulisan terlalu panjang: paling banyak {most:,} huruf. Isian: ".replace(",", ".")
            sheet = {"inti": "i", "bidang": "b", "masalah": "Lainnya"} if form == "telaah" else {}
            for length, refused in ((most + 1, True), (100_000, True), (most, False)):
                fields = {"csrf": rina.csrf, "versi": "0", **sheet, field: "x" * length}
                answer = await rina.ask("POST", f"/petugas/kasus/{number}/{form}", SCRIPT, fields)
                assert (form, field, length, said in answer.text) == (form, field, length, refused)
                assert answer.status == 409 or not refused
        assert events(town.program, number) == ["opened", "unmasked"]  # by a reason of just that length


async def test_a_choice_that_no_page_offers_is_refused_and_no_fault(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        number = registered(town.program)
        rina = town.visitor()
        await rina.enter("rina")
        for form in ("jalur", "penyampaian", "kata-pelapor", "isi-bukti", "telaah"):
            names = ("kepada", "lewat", "hasil", "pelapor", "selesai", "bukti", "masalah", "standar", "versi")
            answer = await rina.post(f"/petugas/kasus/{number}/{form}", **dict.fromkeys(names, "9" * 5_000))
            assert (form, answer.status) == (form, 409)


async def test_a_plain_form_that_is_refused_comes_back_as_it_was_typed(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        number = registered(town.program)
        rina = town.visitor()
        await rina.enter("rina")
        path = f"/petugas/kasus/{number}"
        saved = {"inti": "antre lama", "bidang": "loket", "masalah": "Lainnya", "rencana": "klarifikasi"}
        assert (await rina.post(f"{path}/telaah", versi="1", **saved)).status == 303
        typed = {
            "inti": "antre <lama>",
            "masalah": "Kompetensi Pelaksana",
            "temuan": "tiga loket",
        }
        for bidang, said in (("x" * 4_001, "Isian: Bidang atau layanan."), ("loket", "sudah berubah")):
            sheet = {**typed, "bidang": bidang, "rencana": "konfirmasi"}
            page = await rina.post(f"{path}/telaah", versi="1", **sheet)
            assert page.status == 409
            assert said in page.text
            form = _form(page.text, "telaah")
            assert 'dir="auto">antre <lama></textarea>' in form
            assert f'name="bidang" value="{bidang}"' in form
            assert '<option value="Kompetensi Pelaksana" selected>' in form
            assert 'dir="auto">tiga loket</textarea>' in form
            assert 'value="konfirmasi" checked' in form
            assert 'value="klarifikasi" checked' not in form
            for stands in ("antre lama", "Lainnya"):  # what the next press would overwrite
                assert f'Isinya kini: <span class="prose" dir="auto">{stands}</span>' in form
            assert "Tercatat kini: klarifikasi." in form
            assert form.count("Isinya kini") == (3 if bidang != "loket" else 2)
        clean = await rina.get(path)
        assert "tiga loket" not in clean.text
        assert "kini:" not in _form(clean.text, "telaah")


async def test_what_is_folded_away_comes_back_unfolded_and_only_the_form_that_was_posted_is_filled(
    tmp_path: Path,
) -> None:
    async with open_town(tmp_path) as town:
        number = registered(town.program)
        rina = town.visitor()
        await rina.enter("rina")
        page = await rina.post(f"/petugas/kasus/{number}/gabungkan", versi="1", ke="ADU-2026-99999-1", alasan="sama")
        assert page.status == 409
        assert '<details class="more" id="gabung" open>' in page.text
        assert '<details class="more" id="catat">' in page.text
        assert 'name="ke" value="ADU-2026-99999-1"' in _form(page.text, "gabungkan")
        assert page.text.count('value="sama"') == 1


def _form(page: str, name: str) -> str:
    return page.partition(f'data-do="{name}"')[2].partition("</form>")[0]
