"""The pages of the standards: searched, changed as a draft, tried out, published, put back; each for its roles."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.bot.console.keeping import ROOT, Keeping, open_keeping


@pytest_asyncio.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[Keeping]:
    async with open_keeping(tmp_path) as keeping:
        yield keeping


def version_in(text: str) -> str:
    found = re.search(r'name="versi" value="(\d+)"', text)
    assert found
    return found[1]


async def test_the_list_is_searched_and_filtered(keeping: Keeping) -> None:
    for search in ("", "?cari=29102", "?cari=kendaraan", "?cari=61", "?saring=catatan"):
        page = await keeping.officer.get(f"{ROOT}{search}")
        assert (page.status, "Industri Kendaraan Multiguna Pedesaan" in page.text) == (200, True), search
    for search in ("?cari=zzz", "?saring=rancangan", "?mulai=50", "?cari=99999"):
        page = await keeping.officer.get(f"{ROOT}{search}")
        assert (page.status, "Industri Kendaraan Multiguna Pedesaan" in page.text) == (200, False), search


async def test_components_stand_beside_the_doubts_about_them(keeping: Keeping) -> None:
    page = await keeping.officer.get(keeping.standard)
    sixth = page.text.split('id="komponen-6"')[1].split("</section>")[0]
    assert "hari <mark>kelender</mark>" in sixth
    assert 'aria-label="Catatan pemeriksaan Penanganan Pengaduan, Saran dan Masukan"' in sixth
    assert "Ejaan “kelender” tidak lazim" in sixth
    assert page.text.count('class="card component"') == 15


async def test_a_component_is_changed_tried_and_published_and_the_bot_says_it_at_once(keeping: Keeping) -> None:
    officer, head, here = keeping.officer, keeping.head, keeping.standard
    assert "Gratis" in await keeping.says("biaya 29102")
    page = await officer.get(f"{here}/komponen/4")
    saved = await officer.post(f"{here}/komponen/4", versi=version_in(page.text), isi="Gratis\nTanpa pungutan apa pun")
    assert (saved.status, saved.place) == (303, f"{here}?tersimpan=1#komponen-4")
    assert "Tanpa pungutan" not in await keeping.says("biaya 29102")

    tried = await officer.post(f"{here}/coba", pertanyaan="biaya 29102")
    drafted, published = tried.text.split('aria-label="Jawaban yang berlaku"')
    assert "Tanpa pungutan apa pun" in drafted.split('aria-label="Jawaban dengan rancangan"')[1]
    assert "Tanpa pungutan" not in published.split("</section>")[0]
    assert keeping.town.program.rows("misses") == []

    draft = await officer.get(f"{here}/terbitkan")
    assert '<ins><span class="visually-hidden">ditambah: </span>Tanpa pungutan apa pun</ins>' in draft.text
    assert 'value="terbitkan"' not in draft.text  # not for her
    fields = {"versi": version_in(draft.text), "alasan": "lengkapi", "berlaku": "2026-11-09"}
    assert (await officer.post(f"{here}/terbitkan", tindakan="terbitkan", **fields)).status == 403
    answer = await head.post(f"{here}/terbitkan", tindakan="terbitkan", **fields)
    assert answer.place == f"{here}?tersimpan=terbit"
    assert "Tanpa pungutan apa pun" in await keeping.says("biaya 29102", "w2")

    history = await head.get(f"{here}/riwayat")
    assert "Standar diterbitkan" in history.text
    assert "lengkapi" in history.text
    older = re.findall(r'name="id" value="(\d+)"', history.text)
    assert len(older) == 1
    assert "<del>" in (await head.get(f"{here}/riwayat?lihat={older[0]}")).text
    assert (await head.post(f"{here}/pulihkan", id=older[0])).place == f"{here}?tersimpan=pulih"
    assert "Tanpa pungutan" not in await keeping.says("biaya 29102", "w3")


async def test_who_comes_late_is_told_and_loses_nothing(keeping: Keeping) -> None:
    officer, head, here = keeping.officer, keeping.head, keeping.standard
    await head.post(f"{here}/komponen/4", versi="0", isi="Gratis sekali")
    late = await officer.post(f"{here}/komponen/4", versi="0", isi="Isian saya")
    assert late.status == 409
    assert "Isian saya</textarea>" in late.text
    assert "diubah orang lain" in late.text
    again = await officer.post(f"{here}/terbitkan", versi="0", tindakan="usulkan", alasan="x", berlaku="2026-11-09")
    assert again.status == 409


async def test_what_cannot_be_kept_is_said_beside_the_field(keeping: Keeping) -> None:
    head, here = keeping.head, keeping.standard
    await head.post(f"{here}/komponen/4", versi="0", isi="Gratis sekali")
    for fields, words in (
        ({"alasan": "", "berlaku": "2026-11-09"}, "Tuliskan apa yang diubah"),
        ({"alasan": "x", "berlaku": "2020-01-01"}, "paling cepat"),
        ({"alasan": "x", "berlaku": "kapan-kapan"}, "Isi tanggal berlakunya"),
    ):
        answer = await head.post(f"{here}/terbitkan", versi="1", tindakan="terbitkan", **fields)
        assert (answer.status, words in answer.text) == (422, True)
    assert (await head.post(f"{here}/komponen/4", versi="1", isi="x" * 20_001)).status == 422
    assert (await head.post(f"{here}/komponen/0", versi="1", judul="")).status == 422
    assert (
        await head.post(f"{here}/terbitkan", versi="1", tindakan="apa", alasan="x", berlaku="2026-11-09")
    ).status == 404


async def test_where_approval_is_needed_the_author_cannot_publish(keeping: Keeping) -> None:
    head, here = keeping.head, keeping.standard
    assert (await head.post(f"{ROOT}/persetujuan", setuju="ya")).status == 303
    assert "checked" in (await head.get(ROOT)).text
    await head.post(f"{here}/komponen/4", versi="0", isi="Gratis sekali")
    fields = {"alasan": "x", "berlaku": "2026-11-09"}
    refused = await head.post(f"{here}/terbitkan", versi="1", tindakan="terbitkan", **fields)
    assert (refused.status, "perlu diusulkan dulu" in refused.text) == (422, True)
    assert (await head.post(f"{here}/terbitkan", versi="1", tindakan="usulkan", **fields)).status == 303
    assert "Menunggu persetujuan" in (await keeping.officer.get(ROOT)).text
    admin = await keeping.town.entered("ade", "admin")
    assert (await admin.post(f"{here}/terbitkan", versi="2", tindakan="terbitkan", **fields)).place.endswith("=terbit")


async def test_a_draft_is_thrown_away(keeping: Keeping) -> None:
    here = keeping.standard
    await keeping.officer.post(f"{here}/komponen/4", versi="0", isi="Gratis sekali")
    answer = await keeping.officer.post(f"{here}/terbitkan", versi="1", tindakan="buang")
    assert answer.place == f"{here}?tersimpan=buang"
    assert "Belum ada rancangan" in (await keeping.officer.get(f"{here}/terbitkan")).text


async def test_addresses_that_lead_nowhere_say_so(keeping: Keeping) -> None:
    here = keeping.standard
    for path in (
        f"{ROOT}/standar/x",
        f"{ROOT}/standar/29102-000000000000",
        f"{here}/komponen/15",
        f"{here}/komponen/99",
    ):
        assert (await keeping.officer.get(path)).status == 404
    assert (await keeping.head.post(f"{here}/pulihkan", id="1")).status == 404
    assert (await keeping.head.post(f"{here}/pulihkan", id="satu")).status == 404


async def test_what_was_typed_stays_text(keeping: Keeping) -> None:
    here = keeping.standard
    await keeping.officer.post(f"{here}/komponen/4", versi="0", isi="<script>alert(1)</script>")
    for path in (here, f"{here}/komponen/4", f"{here}/terbitkan"):
        asked = await keeping.officer.http.get(keeping.officer.url + path)
        assert "<script>alert" not in await asked.text()
