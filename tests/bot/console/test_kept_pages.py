"""The pages of misses, phrases, the office's answers, laws and golden questions, as officers use them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.bot.console.keeping import ROOT, Keeping, open_keeping

MISSES, ANSWERS, LAWS, GOLDEN = (f"{ROOT}/{part}" for part in ("belum-terjawab", "jawaban", "dasar-hukum", "uji"))


@pytest_asyncio.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[Keeping]:
    async with open_keeping(tmp_path) as keeping:
        yield keeping


async def the_miss(keeping: Keeping) -> str:
    """The address of the one group that waits."""
    [path] = re.findall(rf'href="({MISSES}/\d+)"', (await keeping.officer.get(MISSES)).text)
    return str(path)


async def test_a_question_is_resolved_by_an_answer_and_the_next_message_is_answered_so(keeping: Keeping) -> None:
    await keeping.says("bisa bayar pake qris ga min")
    await keeping.says("bayar pakai qris bisa?", "w2")
    listed = await keeping.officer.get(MISSES)
    assert "2 kali" in listed.text
    here = await the_miss(keeping)
    page = await keeping.officer.get(here)
    assert 'value="bayar qris"' in page.text or "qris" in page.text
    fields = {"cara": "jawaban", "kata": "bayar pakai qris", "judul": "Pembayaran", "teks": "Loket menerima QRIS."}
    looked = await keeping.officer.post(here, tindakan="lihat", **fields)
    assert (looked.status, "Keterangan kantor: Pembayaran" in looked.text) == (200, True)
    assert keeping.town.program.rows("office_answers") == []
    assert (await keeping.officer.post(here, tindakan="simpan", **fields)).place == f"{MISSES}?tersimpan=1"
    assert "Loket menerima QRIS." in await keeping.says("min bayar pakai qris bisa ga", "w3")
    done = await keeping.officer.get(MISSES)
    assert "Jawaban kantor: bayar pakai qris" in done.text
    [id_] = re.findall(r'name="id" value="(\d+)"', done.text)
    assert (await keeping.officer.post(f"{MISSES}/buka", id=id_)).status == 303
    assert "Loket menerima" not in await keeping.says("bayar pakai qris", "w4")
    assert "2 kali" in (await keeping.officer.get(MISSES)).text or "3 kali" in (await keeping.officer.get(MISSES)).text


async def test_a_question_is_resolved_by_a_standard_that_was_searched(keeping: Keeping) -> None:
    await keeping.says("xyzzy plugh")
    here, name = await the_miss(keeping), keeping.standard.rpartition("/")[2]
    found = await keeping.officer.post(here, cara="standar", kata="xyzzy", cari="kendaraan", tindakan="cari")
    assert f'name="standar" value="{name}"' in found.text
    assert 'value="xyzzy"' in found.text
    wrong = await keeping.officer.post(here, cara="standar", kata="xyzzy", tindakan="simpan")
    assert (wrong.status, "Pilih standar yang dimaksud." in wrong.text) == (422, True)
    saved = await keeping.officer.post(
        here, cara="standar", kata="xyzzy", standar=name, komponen="4", tindakan="simpan"
    )
    assert saved.status == 303
    assert "Gratis" in await keeping.says("xyzzy dong min", "w2")


async def test_words_that_would_not_answer_the_question_are_not_saved_unseen(keeping: Keeping) -> None:
    await keeping.says("bisa bayar pake qris ga min")
    here = await the_miss(keeping)
    fields = {"cara": "jawaban", "kata": "titip helm", "judul": "Pembayaran", "teks": "Bisa.", "tindakan": "simpan"}
    answer = await keeping.officer.post(here, **fields)
    assert (answer.status, "tetap belum terjawab" in answer.text) == (409, True)
    assert keeping.town.program.rows("office_answers") == []
    assert (await keeping.officer.post(here, setuju="ya", **fields)).status == 303


async def test_a_question_that_is_answered_by_now_says_so(keeping: Keeping) -> None:
    await keeping.says("bisa bayar pake qris ga min")
    assert "Sekarang sudah terjawab" not in (await keeping.officer.get(MISSES)).text
    await keeping.officer.post(ANSWERS, kata="qris", judul="Pembayaran", teks="Bisa.", setuju="ya")
    assert "Sekarang sudah terjawab" in (await keeping.officer.get(MISSES)).text


async def test_a_question_is_dismissed_only_with_a_reason(keeping: Keeping) -> None:
    await keeping.says("npwp bayar berapa")
    here = await the_miss(keeping)
    assert (await keeping.officer.post(here, cara="abaikan", alasan=" ")).status == 422
    assert (await keeping.officer.post(here, cara="abaikan", alasan="urusan kantor pajak")).status == 303
    assert "Diabaikan: urusan kantor pajak" in (await keeping.officer.get(MISSES)).text
    assert (await keeping.officer.get(here)).status == 404


async def test_what_is_confidential_is_for_its_audience(keeping: Keeping) -> None:
    await keeping.says("npwp bayar berapa")
    with keeping.town.program.pasti.office.database.transaction() as tx:
        tx.exec_driver_sql("UPDATE conversations SET visible_to = 'manager'")
    miss = keeping.town.program.rows("misses")[0]["id"]
    manager = await keeping.town.entered("mimi", "complaint_manager")
    for visitor in (keeping.officer, keeping.head):
        assert "npwp" not in (await visitor.get(MISSES)).text
        assert "belum terjawab</a>" not in (await visitor.get(ROOT)).text
        assert (await visitor.get(f"{MISSES}/{miss}")).status == 404
        assert (await visitor.post(f"{MISSES}/{miss}", cara="abaikan", alasan="x")).status == 404
    assert "npwp bayar berapa" in (await manager.get(MISSES)).text
    page = await manager.get(f"{MISSES}/{miss}")
    assert (page.status, 'name="kata" value=""' in page.text) == (200, True)


async def test_a_phrase_that_takes_something_over_is_saved_only_after_a_look(keeping: Keeping) -> None:
    await keeping.officer.post(GOLDEN, pertanyaan="biaya 29102 berapa", tindakan="simpan")
    await keeping.officer.post(ANSWERS, kata="retribusi sampah", judul="Sampah", teks="Ke dinas lain.")
    here = f"{keeping.standard}/sebutan"
    shown = await keeping.officer.post(here, kata="retribusi sampah", komponen="4", tindakan="simpan")
    assert (shown.status, "retribusi sampah" in shown.text, "setuju" in shown.text) == (409, True, True)
    assert len(keeping.town.program.rows("phrases")) == 1
    saved = await keeping.officer.post(here, kata="retribusi sampah", komponen="4", tindakan="simpan", setuju="ya")
    assert saved.status == 303
    assert "Gratis" in await keeping.says("retribusi sampah berapa")
    id_ = str(keeping.town.program.rows("phrases")[-1]["id"])
    await keeping.officer.post(f"{here}/hapus", id=id_)
    assert "Ke dinas lain." in await keeping.says("retribusi sampah berapa", "w2")
    assert "Pulihkan retribusi sampah" in (await keeping.officer.get(here)).text
    await keeping.officer.post(f"{here}/hapus", id=id_, tindakan="pulihkan")
    assert "Gratis" in await keeping.says("retribusi sampah berapa", "w3")


async def test_a_harmless_phrase_is_saved_at_once_and_a_look_saves_nothing(keeping: Keeping) -> None:
    here = f"{keeping.standard}/sebutan"
    looked = await keeping.officer.post(here, kata="odong desa", tindakan="lihat")
    assert (looked.status, "Tidak ada pertanyaan uji" in looked.text) == (200, True)
    assert keeping.town.program.rows("phrases") == []
    assert (await keeping.officer.post(here, kata="odong desa", tindakan="simpan")).status == 303
    assert "odong desa" in (await keeping.officer.get(here)).text
    refused = await keeping.officer.post(here, kata="min dong", tindakan="simpan")
    assert (refused.status, "terlalu umum" in refused.text) == (422, True)


async def test_an_answer_of_the_office_is_written_changed_and_taken_out(keeping: Keeping) -> None:
    fields = {"kata": "titip helm", "judul": "Parkir", "teks": "Parkir di belakang."}
    saved = await keeping.officer.post(ANSWERS, **fields)
    assert saved.status == 303
    here = saved.place.partition("?")[0]
    assert "Parkir di belakang." in await keeping.says("titip helm dimana")
    assert (await keeping.officer.post(here, judul="Parkir", teks="", tindakan="simpan")).status == 422
    await keeping.officer.post(here, judul="Parkir", teks="Parkir di depan.", tindakan="simpan")
    assert "Parkir di depan." in await keeping.says("titip helm dimana", "w2")
    assert 'name="teks" value="Parkir di belakang."' in (await keeping.officer.get(here)).text  # the way back
    await keeping.officer.post(f"{here}/sebutan", kata="simpen helem")
    assert "Parkir di depan." in await keeping.says("simpen helem dimana ya", "w3")
    await keeping.officer.post(here, tindakan="hapus")
    assert "Parkir di depan." not in await keeping.says("titip helm dimana", "w4")
    page = await keeping.officer.get(here)
    for words in ("Jawaban kantor ditulis", "Jawaban kantor diubah", "Jawaban kantor dihapus", "simpen helem"):
        assert words in page.text
    assert (await keeping.officer.get(f"{ANSWERS}/12345")).status == 404
    assert (await keeping.officer.post(ANSWERS, kata="parkir", judul="", teks="x")).status == 422


async def test_the_register_of_laws_is_kept_and_the_bot_says_it(keeping: Keeping) -> None:
    page = await keeping.officer.get(LAWS)
    assert page.text.count("perlu dikonfirmasi kantor") == 4
    law = "peraturan pemerintah 6 2021"
    assert (await keeping.officer.get(f"{LAWS}/ubah?kunci=peraturan+pemerintah+6+2021")).status == 200
    assert (await keeping.officer.get(f"{LAWS}/ubah?kunci=apa")).status == 404
    fields = {"kunci": law, "status": "revoked", "by": "PP Contoh Nomor 1 Tahun 2026", "checked_on": "2026-11-02"}
    assert (await keeping.officer.post(f"{LAWS}/ubah", **{**fields, "by": ""})).status == 422
    assert (await keeping.officer.post(f"{LAWS}/ubah", **fields)).status == 303
    assert "Nomor 6 Tahun 2021 sudah dicabut dengan PP Contoh" in await keeping.says("dasar hukum 29102")
    assert "Status dasar hukum diubah" in (await keeping.officer.get(f"{LAWS}/ubah?kunci={law.replace(' ', '+')}")).text


async def test_golden_questions_are_added_run_and_put_back(keeping: Keeping) -> None:
    tried = await keeping.officer.post(GOLDEN, pertanyaan="biaya 29102 berapa", tindakan="coba")
    assert (tried.status, "Jawaban ini benar, simpan" in tried.text) == (200, True)
    assert keeping.town.program.rows("golden_questions") == []
    for _ in range(2):
        await keeping.officer.post(GOLDEN, pertanyaan="biaya 29102 berapa", tindakan="simpan")
    page = await keeping.officer.get(GOLDEN)
    assert "1 pertanyaan, semua lulus" in page.text
    [id_] = re.findall(r'name="id" value="(\d+)"', page.text)
    gone = await keeping.officer.post(f"{GOLDEN}/hapus", id=id_)
    assert "Urungkan" in (await keeping.officer.get(gone.place)).text
    await keeping.officer.post(f"{GOLDEN}/hapus", id=id_, tindakan="pulihkan")
    assert "1 pertanyaan, semua lulus" in (await keeping.officer.get(GOLDEN)).text


async def test_a_golden_question_of_a_draft_is_kept_as_the_draft_answers_and_stands_in_the_way(
    keeping: Keeping,
) -> None:
    here, name = keeping.standard, keeping.standard.rpartition("/")[2]
    await keeping.officer.post(GOLDEN, pertanyaan="biaya 29102 berapa", standar=name, tindakan="simpan")
    await keeping.head.post(f"{here}/komponen/4", versi="0", isi="")
    page = await keeping.head.get(f"{here}/terbitkan")
    assert "1 pertanyaan yang sekarang lulus akan gagal" in page.text
    fields = {"versi": "1", "tindakan": "terbitkan", "alasan": "x", "berlaku": "2026-11-09"}
    refused = await keeping.head.post(f"{here}/terbitkan", **fields)
    assert (refused.status, "biaya 29102 berapa" in refused.text) == (409, True)
    assert "Gratis" in await keeping.says("biaya 29102")


async def test_ids_that_are_none_are_not_found(keeping: Keeping) -> None:
    here = keeping.standard
    for path in (f"{here}/sebutan/hapus", f"{GOLDEN}/hapus", f"{MISSES}/buka", f"{ANSWERS}/1/sebutan/hapus"):
        for id_ in ("", "x", "99999999999999999999", "5"):
            assert ((await keeping.officer.post(path, id=id_)).status, path, id_) == (404, path, id_)
