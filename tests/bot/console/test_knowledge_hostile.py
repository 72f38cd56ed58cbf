"""Whatever is posted to the pages of the knowledge: an answer, never a failure, and nothing half kept."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.console.app import all_routes
from tests.bot.console.keeping import ROOT, Keeping, open_keeping

FIELDS = (
    *("versi", "isi", "judul", "selesai", "pertanyaan", "standar", "tindakan", "alasan", "berlaku", "id", "kata"),
    *("komponen", "kode", "setuju", "cara", "cari", "jawaban", "teks", "kunci", "status", "by", "checked_on"),
    *("source", "note"),
)
ODD = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "9" * 25,
    "²",
    "\x00",
    "💥" * 50,
    "\u202eabc",
    "2026-13-45",
    "9999-12-31",
    "'; DROP TABLE phrases; --",
    "<script>",
    "{{ 7 * 7 }}",
    "a" * 30_000,
)
ACTIONS = ("", "simpan", "lihat", "cari", "coba", "terbitkan", "usulkan", "buang", "hapus", "pulihkan", "apa")


@pytest_asyncio.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[Keeping]:
    async with open_keeping(tmp_path) as keeping:
        yield keeping


async def test_nothing_that_is_posted_makes_a_page_fail(keeping: Keeping) -> None:
    await keeping.says("npwp bayar berapa")
    saved = await keeping.head.post(f"{ROOT}/jawaban", kata="titip helm", judul="Parkir", teks="Di belakang.")
    values = {
        "key": keeping.standard.rpartition("/")[2],
        "n": "4",
        "miss": str(keeping.town.program.rows("misses")[0]["id"]),
        "answer": saved.place.partition("?")[0].rpartition("/")[2],
    }
    changing = [route for route in all_routes(keeping.town.program.pasti.console) if route.path.startswith(ROOT)]
    seen: set[int] = set()
    for route in changing:
        path = re.sub(r"{(\w+)[^/]*}+", lambda found: values[found[1]], route.path)
        for number, odd in enumerate(ODD if route.changes else ODD[:2]):
            if route.method == "GET":
                query = f"?cari={number}&saring=x&mulai={number}&lihat=9&kunci=x&urung=%00&tersimpan=apa"
                answer = await keeping.head.get(path + query)
            else:
                action = ACTIONS[number % len(ACTIONS)]
                answer = await keeping.head.post(path, **{**dict.fromkeys(FIELDS, odd), "tindakan": action})
            assert (route.method, path, odd[:20], answer.status >= 500) == (route.method, path, odd[:20], False)
            seen.add(answer.status)
    assert {200, 303, 404, 422} <= seen
    assert "Gratis" in await keeping.says("biaya 29102", "w2")
