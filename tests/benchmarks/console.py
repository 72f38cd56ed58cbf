"""How soon a message shows in an open console, and how soon its pages come, beside a past of so many messages."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp
from playwright.async_api import Page, async_playwright
from rich.console import Console
from rich.table import Table

from handlers import accounts
from handlers.messages import Address, Inbound
from tests.benchmarks.stored import store, store_cases
from tests.bot.connected import Connected, connected
from tests.browser import QUIET, chromium

PASSWORD = "kata sandi untuk ukuran"
PAGES = (
    "/petugas/kotak-masuk",
    "/petugas/kotak-masuk?saring=menunggu",
    "/petugas/kotak-masuk/{id}",
    "/petugas/percakapan/{id}",
    "/petugas/kasus?daftar=milik-saya",
    "/petugas/kasus?daftar=terbuka",
    "/petugas/kasus?daftar=semua",
    "/petugas/kasus?daftar=semua&hal=90",
    "/petugas/telepon",
    "/petugas/pengaturan/profil",
    "/petugas/pengaturan/libur",
    "/petugas/pengaturan/balasan",
    "/petugas/pengaturan/petugas",
    "/petugas/pengaturan/hak-akses",
    "/petugas/pengaturan/riwayat",
    "/petugas/akun",
)
SEARCHES = {
    "/petugas/kotak-masuk/daftar": ("biaya", "tidak ada yang menulis ini", "+62812"),
    "/petugas/kasus": ("antrean ke-49", "tidak ada yang menulis ini", "ADU-2026-00042", "0812-3450-0042"),
}


@dataclass(frozen=True, slots=True)
class Size:
    conversations: int = 2_000
    messages: int = 20_000
    cases: int = 5_000
    rounds: int = 40


def measure(folder: Path, size: Size) -> None:
    asyncio.run(_measure(folder, size))


async def _measure(folder: Path, size: Size) -> None:
    async with connected(folder, public_url=None) as program:
        store(folder / "data" / "pasti.db", size.messages, size.conversations)
        office = program.pasti.office
        store_cases(office, size.cases)
        accounts.add_officer(office, username="ukur", name="Ukur", role="admin", password=PASSWORD)
        shown = await _arrivals(program, size.rounds)
        pages = await _pages(program, size.rounds)
    beside = f"{size.conversations:,} conversations, {size.messages:,} messages, {size.cases:,} cases"
    table = Table(title=f"The console beside {beside}")
    for heading in ("", "median ms", "p99 ms"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, times in (("from the message to the screen", shown), *pages.items()):
        table.add_row(name, f"{statistics.median(times):.0f}", f"{sorted(times)[int(len(times) * 0.99)]:.0f}")
    Console().print(table)


async def _arrivals(program: Connected, rounds: int) -> list[float]:
    """Milliseconds from a message's being handed over to its line being on the screen of an open inbox."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        page = await browser.new_page()
        await page.goto(f"{program.url}/petugas/kotak-masuk")
        await page.get_by_label("Nama pengguna").fill("ukur")
        await page.get_by_label("Kata sandi").fill(PASSWORD)
        await page.get_by_role("button", name="Masuk").click()
        await page.get_by_text("Tersambung", exact=True).wait_for()
        times = [await _arrival(program, page, n) for n in range(rounds)]
        await browser.close()
    return times


async def _arrival(program: Connected, page: Page, n: int) -> float:
    name = f"Warga {uuid4().hex[:8]}"  # the words shown are the bot's, which answers at once
    seen = asyncio.create_task(
        page.wait_for_function(
            "name => document.querySelector('ul.lines').textContent.includes(name)", arg=name, polling="raf"
        )
    )
    await asyncio.sleep(0.05)  # the page watches
    office = program.pasti.office
    started = time.perf_counter()
    citizen = Address("web", f"warga-{n}")
    await program.pasti.intake.take(Inbound(citizen, uuid4().hex, office.clock(), "halo", name=name))
    await seen
    return (time.perf_counter() - started) * 1000


async def _pages(program: Connected, rounds: int) -> dict[str, list[float]]:
    """Milliseconds from asking for a page to having all of it."""
    times: dict[str, list[float]] = {}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(program.url, cookie_jar=jar) as session:
        await session.post("/petugas/masuk", data={"username": "ukur", "password": PASSWORD})
        async with session.get("/petugas/akun") as answer:
            found = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
            assert found
        for path in PAGES:
            for n in range(rounds):
                started = time.perf_counter()
                async with session.get(path.replace("{id}", str(n + 1))) as answer:
                    await answer.read()
                    assert answer.ok, path
                times.setdefault(path, []).append((time.perf_counter() - started) * 1000)
        for path, words in [(path, words) for path, searched in SEARCHES.items() for words in searched]:
            for _ in range(rounds):
                started = time.perf_counter()
                async with session.post(path, data={"cari": words, "csrf": found[1]}) as answer:
                    await answer.read()
                    assert answer.ok, words
                times.setdefault(f"{path}: {words}", []).append((time.perf_counter() - started) * 1000)
    return times
