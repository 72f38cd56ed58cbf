"""A small conversation in memory behind the web chat: it echoes, quotes a long passage, and can speak as an officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.live import Live, conversation_key
from bot.webchat import Bubble, WebChat
from bot.webchat.chat import Author
from bot.webchat.limits import Limits
from handlers.messages import Address, Button, Inbound, Line, Outbound
from handlers.parcels import OutgoingFile
from storage.database import DatabaseUnavailableError

COST = Button("Berapa biayanya?", "biaya")
TIME = Button("Berapa lama?", "lama")
MENU = (Button("Lihat persyaratan", "syarat"), COST, Button("Hubungi petugas", "petugas"))

LONG_QUOTE = tuple(
    Line(text, "quote")
    for text in """A. Persyaratan Umum:
1. Skala usaha kecil atau menengah;
2. Memiliki akun Sistem Informasi Industri Nasional.
3. Menyampaikan data industri melalui Sistem Informasi Industri Nasional.
4. Berlokasi di Kawasan Industri atau dapat berlokasi di luar Kawasan Industri sesuai dengan ketentuan dalam Pasal 65 \
PP Nomor 5 Tahun 2021.
5. Setelah mendapatkan perizinan berusaha, pelaku usaha sesuai dengan kebutuhannya masing-masing harus memiliki \
perizinan berusaha untuk menunjang kegiatan usaha dalam kegiatan operasional-komersial.
B. Persyaratan Khusus:
1. Memiliki sarana dan fasilitas produksi.
2. Memiliki struktur organisasi SDM yang terdokumentasi, dengan:
a. uraian tugas; dan
b. pembagian kewenangan dalam organisasi usaha.
3. Menyediakan pelayanan minimal kepada konsumen.
4. Memiliki sistem manajemen usaha perusahaan.""".splitlines()
)
SOURCE = Line("Standar Nomor 61, KBLI 29102 Industri Kendaraan Multiguna Pedesaan, komponen 1 (Persyaratan).", "source")


@dataclass(slots=True)
class Clock:
    """Time that stands still until it is moved."""

    time: datetime = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)  # 14.05 in Purwakarta

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by


@dataclass(slots=True)
class FakeChat:
    clock: Clock = field(default_factory=Clock)
    live: Live = field(default_factory=Live)
    taken: list[Inbound] = field(default_factory=list)
    away: bool = False  # the database
    folder: Path = Path("nowhere")  # where the files of officers lie
    threads: dict[Address, list[Bubble]] = field(default_factory=dict)

    def web_chat(self, *, limits: Limits | None = None, ping_seconds: float = 15) -> WebChat:
        return WebChat(
            take=self.take,
            thread=self.thread,
            file=self.file,
            folder=self.folder,
            greeting=self.greeting,
            live=self.live,
            secret="a secret of the tests",
            secure_cookies=False,
            limits=limits or Limits(),
            now=self.clock,
            ping_seconds=ping_seconds,
        )

    def greeting(self) -> Outbound:
        return Outbound(
            (
                Line("Sampurasun! Saya PASTI, asisten DPMPTSP Kabupaten Purwakarta.", "strong"),
                Line("Bapak/Ibu mau tanya apa soal perizinan? Tulis saja dengan bahasa sehari-hari."),
            ),
            MENU,
        )

    async def take(self, inbound: Inbound) -> None:
        self._reach()
        if any(inbound.external_id == earlier.external_id for earlier in self.taken):
            return
        self.taken.append(inbound)
        said = tuple(Line(text) for text in inbound.text.split("\n"))
        self._add(inbound.address, "citizen", said, external_id=inbound.external_id)
        if inbound.payload == "syarat" or "syarat" in inbound.text:
            lines = (Line("Persyaratan Industri Kendaraan Multiguna Pedesaan", "strong"), *LONG_QUOTE, SOURCE)
            self._add(inbound.address, "bot", lines, (COST, TIME))
        elif inbound.payload == "biaya":
            self._add(inbound.address, "bot", (Line("Gratis", "quote"), SOURCE))
        else:
            self._add(inbound.address, "bot", (Line(f"Jawaban atas: {inbound.text}"),), MENU[:2])
        self.live.notify(conversation_key(inbound.address))

    def _reach(self) -> None:
        if self.away:
            raise DatabaseUnavailableError("away")

    async def thread(self, address: Address, after: int) -> Sequence[Bubble]:
        self._reach()
        return [bubble for bubble in self.threads.get(address, []) if bubble.position > after]

    async def file(self, address: Address, position: int) -> Mapping[str, Any] | None:
        found = [bubble.file for bubble in await self.thread(address, position - 1) if bubble.position == position]
        return asdict(found[0]) if found and found[0] else None

    def officer_says(self, text: str, address: Address | None = None, file: OutgoingFile | None = None) -> None:
        """Something that the citizen did not ask for, to this address or to whoever wrote last."""
        address = address or self.taken[-1].address
        self._add(address, "officer", (Line(text),) if text else (), file=file)
        self.live.notify(conversation_key(address))

    def _add(
        self,
        address: Address,
        author: Author,
        lines: tuple[Line, ...],
        buttons: tuple[Button, ...] = (),
        external_id: str | None = None,
        file: OutgoingFile | None = None,
    ) -> None:
        thread = self.threads.setdefault(address, [])
        thread.append(Bubble(len(thread) + 1, author, lines, buttons, self.clock(), external_id, file))


@pytest.fixture
def fake() -> FakeChat:
    return FakeChat()
